"""A check of the stage-wise recursion: every stage is a matrix game with a certified answer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from solvers.certify import check
from stackel.game import BimatrixGame
from stackel.markov import MarkovGame
from stackel.markov_result import StageWise


def stage_wise_faults(game: MarkovGame, answer: StageWise) -> tuple[str, ...]:
    """Return what is wrong with the recursion, stage by stage from the last.

    The matrix game of a state, from the values that the stage after it proved, must have the
    strong Stackelberg equilibrium that the certificate of that stage proves: with the mix and the
    reply of the policies. So the replies are also a best response to the whole policy.
    """
    states, m, n = game.shape
    later = [(Fraction(0), Fraction(0))] * states
    stages = list(
        zip(answer.leader_policy, answer.follower_policy, answer.certificates or (), strict=False)
    )
    if len(stages) != game.horizon:
        return ("there must be a policy and a certificate for every stage",)
    for mixes, replies, proofs in reversed(stages):
        now = []
        for s, (mix, reply, proof) in enumerate(zip(mixes, replies, proofs, strict=True)):
            leader, follower = (
                [
                    [payoffs[s][i][j] + _later(game, later, side, s, i, j) for j in range(n)]
                    for i in range(m)
                ]
                for side, payoffs in enumerate((game.leader, game.follower))
            )
            if check(BimatrixGame(leader, follower), proof):
                return (f"state {s} of some stage has no certified equilibrium",)
            if (mix, reply) != (proof.leader_strategy, proof.follower_action):
                return ("the policies are not those of the certificates",)
            now.append((Fraction(proof.leader_value), Fraction(proof.follower_value)))
        later = now
    values = answer.leader_values, answer.follower_values
    faults = []
    if values != (tuple(a for a, _ in later), tuple(b for _, b in later)):
        faults.append("the policies do not earn the values")
    if (game.from_start(values[0]), game.from_start(values[1])) != (
        answer.leader_value,
        answer.follower_value,
    ):
        faults.append("the values from the start are no mean over the first state")
    return tuple(faults)


def _later(
    game: MarkovGame,
    values: Sequence[tuple[Fraction, Fraction]],
    side: int,
    s: int,
    i: int,
    j: int,
) -> Fraction:
    """What the next state is worth to a player on average."""
    moves = zip(game.transition[s][i][j], values, strict=True)
    return sum((x * v[side] for x, v in moves), Fraction(0))
