"""The matrix game of one state once a value for every next state is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

from solvers.lp.minimax import minimax
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame, Payoffs
from stackel.matrix import ScaledMatrix

MAX_BITS = 50_000
"""Length of an exact number, in bits, at which backward induction gives up: where mixes are played
it doubles about every stage."""


def stage_payoffs(
    game: MarkovGame, payoffs: Payoffs, s: int, values: Sequence[Fraction], discount: Fraction
) -> list[list[Fraction]]:
    """Payoffs now and ``discount`` times ``values`` later, for every joint action in state s."""
    return [
        [
            reward + discount * sum((x * values[t] for t, x in moves), Fraction(0))
            for reward, moves in zip(row, following, strict=True)
        ]
        for row, following in zip(payoffs[s], game.successors[s], strict=True)
    ]


def shapley(
    game: MarkovGame, values: Sequence[Fraction], discount: Fraction
) -> tuple[list[Fraction], list[ExactStrategy], list[ExactStrategy]]:
    """Minimax value and optimal mixes of every state's matrix game of leader payoffs, exactly.

    >>> game = MarkovGame([[[[1], [1]], [[1], [1]]]], [[[2, 0], [0, 2]]], [[[0, 2], [2, 0]]],
    ...                   discount="1/2")
    >>> shapley(game, [Fraction(2)], Fraction(1, 2))[0]
    [Fraction(2, 1)]
    """
    found = []
    for s in range(game.shape[0]):
        rows = stage_payoffs(game, game.leader, s, values, discount)
        scale = lcm(*(x.denominator for row in rows for x in row))
        whole = tuple(tuple(x.numerator * (scale // x.denominator) for x in row) for row in rows)
        found.append(minimax(ScaledMatrix(rows=whole, scale=scale)))
    return [v for v, _, _ in found], [p for _, p, _ in found], [q for _, _, q in found]


def check_length(values: Iterable[Fraction], stages: int) -> None:
    """Give up before exact numbers get too long to compute with."""
    bits = max(x.denominator.bit_length() for x in values)
    if bits > MAX_BITS:
        raise NoSolutionError(
            f"exact backward induction takes numbers of at most {MAX_BITS} bits (MAX_BITS), "
            f"got {bits} after {stages} stages"
        )
