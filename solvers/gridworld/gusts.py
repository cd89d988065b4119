"""The attacker's dynamic program where wind blows, for checks: no code is shared with the solvers.

Values and chances are integers: after h of H moves in units of one over (4 d)^(H - h), d the
denominator of the wind.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, Any

from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Board = NDArray[Any]

MAX_STEPS = 500_000
"""Cells times horizon that one dynamic program visits: seconds."""
Pay = tuple[Fraction, Fraction]
"""What an outcome pays the leader and the follower."""


class Gusts:
    """The grid of a game on which entering one of ``cells`` ends the episode."""

    def __init__(self, game: GridworldGame, cells: Sequence[Cell]) -> None:
        steps = game.rows * game.cols * game.horizon
        if steps > MAX_STEPS:
            raise NoSolutionError(
                f"a check with wind needs cells times horizon of at most {MAX_STEPS}, got {steps}"
            )
        self.game = game
        self.cells = tuple(cells)
        self.unit = 4 * game.wind.denominator
        self.total = self.unit**game.horizon
        """The unit of values at the start."""

    def most(self, pays: Sequence[int], stay: int) -> int:
        """``total`` times the most that a policy earns on average."""
        import numpy as np

        gust = self.game.wind.numerator
        steady = self.unit - 4 * gust
        board: Board = np.full(self.game.shape, stay, dtype=object)
        whole = list(pays)
        for _ in range(self.game.horizon):
            for cell, pay in zip(self.cells, whole, strict=True):
                board[cell] = pay
            north, south, east, west = _neighbours(board)
            best = np.maximum(np.maximum(north, south), np.maximum(east, west))
            after = steady * np.maximum(best, board)
            if gust:
                after = after + gust * (north + south + east + west)
            board = after
            whole = [self.unit * pay for pay in whole]
        return int(board[self.game.start])

    def best(self, pays: Sequence[Fraction], stay: Fraction) -> Fraction:
        """The most that a policy earns on average."""
        scale = lcm(stay.denominator, *(pay.denominator for pay in pays))
        value = self.most([int(pay * scale) for pay in pays], int(stay * scale))
        return Fraction(value, scale * self.total)

    def lexicographic(
        self, first: Sequence[Fraction], second: Sequence[Fraction]
    ) -> tuple[Fraction, Fraction]:
        """The most of the first payoffs, then of the second; no attack comes last in each.

        All policies that are best for the first are weighed: the second can change the sum of the
        two by less than the least difference that the first can make.
        """
        scale = lcm(*(x.denominator for x in first))
        rate = lcm(*(x.denominator for x in second))
        low = min(second)
        extra = [int((x - low) * rate) for x in second]
        weight = 1 + max(extra) * self.total
        joint = [int(x * scale) * weight + y for x, y in zip(first, extra, strict=True)]
        value, rest = divmod(self.most(joint[:-1], joint[-1]), weight)
        return Fraction(value, scale * self.total), low + Fraction(rest, rate * self.total)

    def outcomes(self, table: Sequence[str]) -> dict[int, Fraction] | None:
        """Where a policy leads, number of a cell to its chance; None when it is no policy.

        One line a time, one letter a cell.
        """
        import numpy as np

        rows, cols = self.game.shape
        if len(table) != self.game.horizon or any(len(line) != rows * cols for line in table):
            return None
        gust = self.game.wind.numerator
        steady = self.unit - 4 * gust
        mass: Board = np.zeros(self.game.shape, dtype=object)
        mass[self.game.start] = 1
        entered = [0] * len(self.cells)
        for line in table:
            letters = np.array(list(line)).reshape(rows, cols)
            after = steady * np.where(letters == ".", mass, 0)
            for side, letter in enumerate("NSEW"):
                after = after + _moved(
                    gust * mass + steady * np.where(letters == letter, mass, 0), side
                )
            for j, cell in enumerate(self.cells):
                entered[j] = self.unit * entered[j] + after[cell]
                after[cell] = 0
            mass = after
        rest = int(mass.sum())
        found = {j: Fraction(int(x), self.total) for j, x in enumerate(entered) if x}
        return {**found, NO_ATTACK: Fraction(rest, self.total)} if rest else found


@lru_cache(maxsize=1)  # the checks of one game ask in turn
def adaptive(game: GridworldGame) -> Gusts:
    """The attacker under the rule ``first-entered``."""
    return Gusts(game, [target.cell for target in game.targets])


@lru_cache(maxsize=1)
def reach_chances(game: GridworldGame) -> tuple[tuple[Fraction, Fraction], ...]:
    """The least and the largest chance to enter each target in time, passing through the others."""
    one, zero = Fraction(1), Fraction(0)
    alone = [Gusts(game, [target.cell]) for target in game.targets]
    return tuple((-gusts.best([-one], zero), gusts.best([one], zero)) for gusts in alone)


def pays(game: GridworldGame, coverage: Sequence[Fraction]) -> list[Pay]:
    """What each attack pays (leader, follower) at a coverage; no attack comes last."""
    attacks = [game.payoffs(j, c) for j, c in enumerate(coverage)]
    return [*attacks, game.payoffs(NO_ATTACK)]


def adaptive_reply(game: GridworldGame, coverage: Sequence[Fraction], *, weak: bool = False) -> Pay:
    """Payoffs (leader, follower) of a best reply, ties broken for or against the leader."""
    sign = -1 if weak else 1
    table = pays(game, coverage)
    follower, leader = adaptive(game).lexicographic(
        [pay[1] for pay in table], [sign * pay[0] for pay in table]
    )
    return sign * leader, follower


def _neighbours(board: Board) -> tuple[Board, Board, Board, Board]:
    """What lies north, south, east and west of each cell; beyond the edge, the cell itself."""
    import numpy as np

    return (
        np.vstack([board[:1], board[:-1]]),
        np.vstack([board[1:], board[-1:]]),
        np.hstack([board[:, 1:], board[:, -1:]]),
        np.hstack([board[:, :1], board[:, :-1]]),
    )


def _moved(mass: Board, side: int) -> Board:
    """All mass one cell to the north, south, east or west; at the edge it stays."""
    import numpy as np

    turned = mass if side < 2 else mass.T
    moved: Board = np.zeros_like(turned)
    if side in (0, 3):
        moved[:-1] = turned[1:]
        moved[0] = moved[0] + turned[0]
    else:
        moved[1:] = turned[:-1]
        moved[-1] = moved[-1] + turned[-1]
    return moved if side < 2 else moved.T
