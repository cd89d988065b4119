"""A check of history-dependent commitments, on the tree of histories of the game itself.

For each pure policy of the follower the certificate has multipliers that bound the leader wherever
it is a best reply, by weak duality; the leader's best policy against what they weigh is found by
backward induction over the histories, so that no row of the normal form is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple, TypeAlias

from stackel.game import ExactStrategy
from stackel.markov import MarkovGame
from stackel.markov_result import History, HistoryStackelberg


class Reaction(NamedTuple):
    """A pure policy of the follower from a state on: what to do now, and after what follows."""

    action: int
    later: Mapping[tuple[int, int], Reaction]
    """(leader's action, next state) -> what then."""


Weighed: TypeAlias = Sequence[tuple[Reaction, Fraction, Fraction]]
"""Policies, each with weights of the leader's and of the follower's payoff."""


def history_faults(game: MarkovGame, answer: HistoryStackelberg) -> tuple[str, ...]:
    """Return what is wrong with a commitment that claims to be best."""
    policy = {
        decision.history: tuple(Fraction(x) for x in decision.strategy)
        for decision in answer.leader_policy
    }
    if any(min(mix) < 0 or sum(mix) != 1 for mix in policy.values()):
        return ("the policy is no distribution",)
    try:
        earned = _from_start(game, policy)
    except KeyError:
        return ("the policy says nothing after some history",)
    faults = []
    if earned != (answer.leader_value, answer.follower_value):
        faults.append("the policy does not earn the values against a best reply")
    if not _plays(game, policy, answer, earned):
        faults.append("the replies are no best ones")
    proved = Fraction(0)
    for s, chance in enumerate(game.start):
        if not chance:
            continue
        proof = (answer.certificates or {}).get(s)
        if proof is None or proof.certificate is None:
            return (*faults, "some first state has no certificate")
        value = Fraction(proof.leader_value)
        reactions = list(_reactions(game, s, game.horizon or 0))
        if len(reactions) != len(proof.certificate.value_bounds):
            return (*faults, "the certificate must bound every policy of the follower")
        for own, multipliers in zip(reactions, proof.certificate.value_bounds, strict=True):
            total = sum(multipliers.values(), Fraction(0))
            weighed = [(own, Fraction(1), total)]
            weighed += [(reactions[k], Fraction(0), -y) for k, y in multipliers.items()]
            negative = min(multipliers.values(), default=Fraction(0)) < 0
            if negative or _most(game, s, game.horizon or 0, weighed) > value:
                return (*faults, "some reply may pay the leader more")
        proved += chance * value
    if proved != answer.leader_value or answer.upper_bound != answer.leader_value:
        faults.append("the value is not what the certificates prove")
    return tuple(faults)


def _reactions(game: MarkovGame, s: int, stages: int) -> Iterator[Reaction]:
    """All pure policies of the follower: actions in order, then what follows, the last fastest."""
    if not stages:
        yield Reaction(0, {})
        return
    for j in range(game.shape[2]):
        branches = [
            (i, t)
            for i in range(game.shape[1])
            for t, x in enumerate(game.transition[s][i][j])
            if x
        ]
        options = [list(_reactions(game, t, stages - 1)) for _, t in branches]
        for chosen in product(*options):
            yield Reaction(j, dict(zip(branches, chosen, strict=True)))


def _most(game: MarkovGame, s: int, stages: int, weighed: Weighed) -> Fraction:
    """The most that a leader's policy makes of the weighed payoffs: it sees what the follower did.

    Policies that do the same so far stay together.
    """
    if not stages or not weighed:
        return Fraction(0)
    by_action: dict[int, list[tuple[Reaction, Fraction, Fraction]]] = {}
    for one in weighed:
        by_action.setdefault(one[0].action, []).append(one)
    worth = []
    for i in range(game.shape[1]):
        total = Fraction(0)
        for j, alike in by_action.items():
            total += sum((a for _, a, _ in alike), Fraction(0)) * game.leader[s][i][j]
            total += sum((b for _, _, b in alike), Fraction(0)) * game.follower[s][i][j]
            for t, x in enumerate(game.transition[s][i][j]):
                if x:
                    later = [(policy.later[i, t], a, b) for policy, a, b in alike]
                    total += x * _most(game, t, stages - 1, later)
        worth.append(total)
    return max(worth)


def _from_start(
    game: MarkovGame, policy: Mapping[History, ExactStrategy]
) -> tuple[Fraction, Fraction]:
    """What the policy earns (leader, follower) against a best reply, ties broken for the leader."""

    def after(history: History, stages: int) -> tuple[Fraction, Fraction]:
        """(follower, leader), which orders the replies."""
        if not stages:
            return Fraction(0), Fraction(0)
        s, mix = history[-1], policy[history]
        replies = []
        for j in range(game.shape[2]):
            own = other = Fraction(0)
            for i, x in enumerate(mix):
                if not x:
                    continue
                own += x * game.follower[s][i][j]
                other += x * game.leader[s][i][j]
                for t, y in enumerate(game.transition[s][i][j]):
                    if y:
                        later = after((*history, i, j, t), stages - 1)
                        own, other = own + x * y * later[0], other + x * y * later[1]
            replies.append((own, other))
        return max(replies)

    ends = [(x, after((s,), game.horizon or 0)) for s, x in enumerate(game.start) if x]
    follower, leader = (sum((x * pair[side] for x, pair in ends), Fraction(0)) for side in (0, 1))
    return leader, follower


def _plays(
    game: MarkovGame,
    policy: Mapping[History, ExactStrategy],
    answer: HistoryStackelberg,
    earned: tuple[Fraction, Fraction],
) -> bool:
    """Whether the replies named, played forwards, earn the values."""
    replies = {reply.history: reply.action for reply in answer.follower_policy}
    leader = follower = Fraction(0)
    here: dict[History, Fraction] = {(s,): x for s, x in enumerate(game.start) if x}
    for _ in range(game.horizon or 0):
        after: dict[History, Fraction] = {}
        for history, chance in here.items():
            s, j = history[-1], replies.get(history, -1)
            if not 0 <= j < game.shape[2]:
                return False
            for i, x in enumerate(policy[history]):
                leader += chance * x * game.leader[s][i][j]
                follower += chance * x * game.follower[s][i][j]
                for t, y in enumerate(game.transition[s][i][j]):
                    if x and y:
                        after[*history, i, j, t] = chance * x * y
        here = after
    return (leader, follower) == earned
