"""Strong Stackelberg equilibrium in history-dependent policies, by reduction to a matrix game."""

from __future__ import annotations

from fractions import Fraction

from solvers.markov._histories import (
    best_reply,
    count_histories,
    decisions,
    replies_played,
)
from solvers.markov.normal_form import normal_form
from solvers.multiple_lp import multiple_lp
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame
from stackel.markov_result import History, HistoryStackelberg
from stackel.result import StrongStackelberg

MAX_TREE = 50_000
"""Histories of a policy that is written out: where a player has no choice, the normal form alone
says nothing about their number."""


def history_dependent(game: MarkovGame) -> HistoryStackelberg:
    r"""Return a strong Stackelberg equilibrium in history-dependent policies, exactly.

    The leader commits to a policy :math:`\pi`, a mix for every history of states and joint
    actions; the follower, who knows it and sees the same histories, plays a best
    history-dependent policy :math:`\sigma`. The value is

    .. math:: \max_\pi \max_{\sigma \in BR(\pi)} E_{\pi, \sigma} \sum_{t < H} A_{s_t}(i_t, j_t).

    Parameters
    ----------
    game : MarkovGame
        With a horizon.

    Raises
    ------
    NoSolutionError
        When the game has no horizon or its normal form is too large.

    Notes
    -----
    Both see the first state, so each one has a normal form of its own. It is doubly exponential in
    the horizon: 2 x 2 actions and two stages give 8 x 8 pure policies when the next state is
    certain, 32 x 32 when there are two; three stages 128 x 128. For the complexity of commitment in
    Markov games see [1]_; for mixing over policies and after histories, [2]_.

    References
    ----------
    .. [1] J. Letchford, L. MacDermed, V. Conitzer, R. Parr, C. Isbell. Computing optimal
       strategies to commit to in stochastic games. AAAI 2012.
    .. [2] H. Kuhn. Extensive games and the problem of information. 1953.

    Examples
    --------
    A prisoners' dilemma, twice. Without threats the leader gets 1 a stage.

    >>> twice = MarkovGame([[[[1], [1]], [[1], [1]]]], horizon=2,
    ...                    leader=[[[3, 0], [4, 1]]], follower=[[[3, 4], [0, 1]]])
    >>> sse = history_dependent(twice)
    >>> sse.leader_value
    Fraction(14, 3)
    """
    reduced = {s: normal_form(game, s) for s, chance in enumerate(game.start) if chance}
    if (count := count_histories(game, MAX_TREE)) > MAX_TREE:
        raise NoSolutionError(
            f"a policy may have at most {MAX_TREE} histories (MAX_TREE), got at least {count}"
        )
    leader = Fraction(0)
    proofs: dict[int, StrongStackelberg] = {}
    policy: dict[History, ExactStrategy] = {}
    for s, form in reduced.items():
        answer = proofs[s] = multiple_lp(form.matrix)
        leader += game.start[s] * Fraction(answer.leader_value)
        policy |= form.behavioural(tuple(Fraction(x) for x in answer.leader_strategy))
    reply = best_reply(game, policy)
    return HistoryStackelberg(
        leader_value=reply.leader_value,
        follower_value=reply.follower_value,
        leader_policy=decisions(policy),
        follower_policy=replies_played(game, policy, reply),
        method="normal form, multiple-lp",
        upper_bound=leader,
        certificates=proofs,
    )
