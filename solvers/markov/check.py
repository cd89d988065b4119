"""Checks of stationary and zero-sum answers for Markov games, on the payoffs as given.

What a best response is worth is proved by the optimality equations, written out over the game: the
vectors that solve them are asked of the solvers, and it does not matter how they were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from solvers.markov.best_response import best_response
from solvers.markov.evaluate import evaluate
from solvers.markov.pure_stationary import pure_mixes
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame, Payoffs
from stackel.markov_result import BestResponse, MarkovZeroSum, PureStationary, StationaryOutcome

Values = Sequence[Fraction]


def response_faults(game: MarkovGame, policy: Sequence[ExactStrategy]) -> tuple[str, ...]:
    """What is wrong with ``best_response(game, policy)`` for a stationary policy, if anything.

    Discounted: no action in any state improves on the values, and the reply attains them.
    Average: the same of the gain and, among the actions that keep it, of the bias.
    """
    return _response_faults(game, policy, best_response(game, policy))


def _response_faults(
    game: MarkovGame, policy: Sequence[ExactStrategy], reply: BestResponse
) -> tuple[str, ...]:
    faults = []
    values = [Fraction(x) for x in reply.bias or reply.values]
    average = game.discount is None
    gain = [Fraction(x) if average else Fraction(0) for x in reply.values]
    for s, mix in enumerate(policy):
        for j in range(game.shape[2]):
            later = _mean(game, s, j, mix, gain)
            total = _now_and_later(game, game.follower, s, j, mix, values) - gain[s]
            if later > gain[s] or (later == gain[s] and total > values[s]):
                faults.append(f"action {j} in state {s} is better than the best response")
            if j == reply.follower_policy[s] and (later, total) != (gain[s], values[s]):
                faults.append("the best response does not earn its value")
    return tuple(faults)


def _mean(game: MarkovGame, s: int, j: int, mix: ExactStrategy, values: Values) -> Fraction:
    """What the next state is worth on average."""
    row = game.transition[s]
    return sum(
        (x * y * v for i, x in enumerate(mix) for y, v in zip(row[i][j], values, strict=True)),
        Fraction(0),
    )


def _now_and_later(
    game: MarkovGame, payoffs: Payoffs, s: int, j: int, mix: ExactStrategy, values: Values
) -> Fraction:
    """The payoff of a stage, and ``values`` from the next state on."""
    rate = Fraction(1) if game.discount is None else game.discount
    now = sum((x * payoffs[s][i][j] for i, x in enumerate(mix)), Fraction(0))
    return now + rate * _mean(game, s, j, mix, values)


def pure_stationary_faults(game: MarkovGame, answer: PureStationary) -> tuple[str, ...]:
    """Both outcomes earn their values against best responses, and no policy has a better one.

    Of every deterministic stationary policy: what its best responses are worth to the leader lies
    between two vectors that their optimality equations prove.
    """
    faults: list[str] = []
    for actions in product(range(game.shape[1]), repeat=game.shape[0]):
        policy = pure_mixes(actions, game.shape[1])
        reply = best_response(game, policy)
        faults += _response_faults(game, policy, reply)
        most = _leader_values(game, policy, reply.follower_policy)
        least = _leader_values(game, policy, reply.worst_policy)
        own = [Fraction(v) for v in reply.values]
        for s, mix in enumerate(policy):
            for j in range(game.shape[2]):
                tie = _now_and_later(game, game.follower, s, j, mix, own) == own[s]
                earned = [_now_and_later(game, game.leader, s, j, mix, v) for v in (most, least)]
                if tie and earned[0] > most[s]:
                    faults.append("some best response pays the leader more than the best one")
                if j == (reply.worst_policy or ())[s] and not (tie and earned[1] == least[s]):
                    faults.append("the worst best response is none")
        if game.from_start(most) > answer.strong.leader_value:
            faults.append("some policy has a better best response")
        if game.from_start(least) > answer.weak.leader_value:
            faults.append("some policy has better best responses only")
        for outcome, side in ((answer.strong, most), (answer.weak, least)):
            if outcome.leader_policy == actions:
                faults += _outcome_faults(game, policy, outcome, own, side)
    return tuple(dict.fromkeys(faults))


def _leader_values(game: MarkovGame, policy: Sequence[ExactStrategy], reply: Any) -> Values:
    """What a reply leaves the leader, from each state: to be proved by its equations."""
    found = evaluate(game, policy, pure_mixes(reply, game.shape[2]))
    return [Fraction(v) for v in found.leader]


def _outcome_faults(
    game: MarkovGame,
    policy: Sequence[ExactStrategy],
    outcome: StationaryOutcome,
    own: Values,
    leader: Values,
) -> list[str]:
    """Whether the reply of an outcome solves the equations of both players' values."""
    faults = []
    if (game.from_start(leader), game.from_start(own)) != (
        outcome.leader_value,
        outcome.follower_value,
    ):
        faults.append("the policies do not earn the values")
    for s, (mix, j) in enumerate(zip(policy, outcome.follower_policy, strict=True)):
        if _now_and_later(game, game.follower, s, j, mix, own) != own[s]:
            faults.append("the reply is no best response to the policy")
        if _now_and_later(game, game.leader, s, j, mix, leader) != leader[s]:
            faults.append("the policies do not earn the values")
    return faults


def zero_sum_faults(game: MarkovGame, answer: MarkovZeroSum) -> tuple[str, ...]:
    """Each policy is sure of its bound against every policy of the other player, in every state."""
    faults: list[str] = []
    sides: list[list[Fraction]] = []
    for turned, policy in (
        (game, answer.leader_policy),
        (game.transpose(), answer.follower_policy),
    ):
        if game.discount is None:
            sides.append(_backwards(turned, policy))
        else:
            reply = best_response(turned, policy)
            faults += _response_faults(turned, policy, reply)  # type: ignore[arg-type]
            sides.append([Fraction(v) for v in reply.values])
    least = [answer.constant - Fraction(v) for v in sides[0]]
    most = sides[1]
    if (sure := game.from_start(least)) < answer.lower:
        faults.append(f"the leader's policy must be sure of {answer.lower}, got {sure}")
    if (held := game.from_start(most)) > answer.upper:
        faults.append(f"the follower's policy must hold it to {answer.upper}, got {held}")
    error = Fraction(answer.error_bound)
    if not all(
        high - error <= Fraction(v) <= low + error
        for low, high, v in zip(least, most, answer.values, strict=True)
    ):
        faults.append("the values of the states must be within the error bound")
    mean = game.from_start([Fraction(v) for v in answer.values])
    if not answer.lower - error <= mean <= answer.upper + error:
        faults.append(f"the values of the states must agree with the value, got {mean}")
    if not answer.lower <= answer.value <= answer.upper:
        faults.append(f"the value must lie between its bounds, got {answer.value}")
    return tuple(faults)


def _backwards(game: MarkovGame, policy: Any) -> list[Fraction]:
    """What a best response to a Markov policy is worth from each state, stage by stage."""
    values = [Fraction(0)] * game.shape[0]
    for part in reversed(policy):
        mixes = [tuple(Fraction(x) for x in mix) for mix in part]
        values = [
            max(
                _now_and_later(game, game.follower, s, j, mix, values) for j in range(game.shape[2])
            )
            for s, mix in enumerate(mixes)
        ]
    return values
