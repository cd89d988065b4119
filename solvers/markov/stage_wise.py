"""The stage-wise recursion: one-shot Stackelberg equilibria by backward induction."""

from __future__ import annotations

from fractions import Fraction

from solvers.markov._histories import check_finite
from solvers.markov._stage import check_length, stage_payoffs
from solvers.multiple_lp import multiple_lp
from stackel.game import BimatrixGame, ExactStrategy
from stackel.markov import MarkovGame
from stackel.markov_result import StageWise
from stackel.result import StrongStackelberg


def stage_wise(game: MarkovGame) -> StageWise:
    r"""Return the outcome of committing anew at every stage, by backward induction.

    In state s with t stages to go, the players face the matrix game with payoffs
    :math:`A_s + P_s V^L_{t-1}` and :math:`B_s + P_s V^F_{t-1}`; its strong Stackelberg equilibrium
    gives :math:`V^L_t(s)` and :math:`V^F_t(s)`.

    Parameters
    ----------
    game : MarkovGame
        With a horizon.

    Returns
    -------
    StageWise
        Exact values and policies of both players.

    Raises
    ------
    NoSolutionError
        When the game has no horizon, or exact numbers get longer than ``MAX_BITS`` bits.

    Notes
    -----
    This is not the Stackelberg value of the game. The recursion's mixes form a Markov policy to
    which the recursion's replies are a best response, ties broken for the leader; so the leader
    can commit to it, and the value is at most that of
    :func:`~solvers.markov.history_dependent.history_dependent`. It can be less, because a
    commitment to later stages may depend on what the follower does now: it is so even with one
    state, two actions each and two stages (``markov/reward_for_obedience`` of the catalogue).

    Examples
    --------
    >>> twice = MarkovGame([[[[1], [1]], [[1], [1]]]], horizon=2,
    ...                    leader=[[[3, 0], [4, 1]]], follower=[[[3, 4], [0, 1]]])
    >>> stage_wise(twice).leader_value
    Fraction(2, 1)
    """
    horizon = check_finite(game, "the stage-wise recursion")
    states = range(game.shape[0])
    leader = follower = [Fraction(0) for _ in states]
    mixes: list[tuple[ExactStrategy, ...]] = []
    proofs: list[tuple[StrongStackelberg, ...]] = []
    replies: list[tuple[int, ...]] = []
    for stages in range(horizon):
        check_length((*leader, *follower), stages)
        answers = [
            multiple_lp(
                BimatrixGame(
                    stage_payoffs(game, game.leader, s, leader, Fraction(1)),
                    stage_payoffs(game, game.follower, s, follower, Fraction(1)),
                )
            )
            for s in states
        ]
        leader = [Fraction(sse.leader_value) for sse in answers]
        follower = [Fraction(sse.follower_value) for sse in answers]
        proofs.append(tuple(answers))
        mixes.append(tuple(tuple(Fraction(x) for x in sse.leader_strategy) for sse in answers))
        replies.append(tuple(sse.follower_action for sse in answers))
    return StageWise(
        leader_value=game.from_start(leader),
        follower_value=game.from_start(follower),
        leader_values=tuple(leader),
        follower_values=tuple(follower),
        leader_policy=tuple(reversed(mixes)),
        follower_policy=tuple(reversed(replies)),
        method="backward induction, multiple-lp",
        certificates=tuple(reversed(proofs)),
    )
