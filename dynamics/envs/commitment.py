"""What the leader commits to: a mix of allocations of all its defenders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from solvers.gridworld.sampling import systematic_sampling
from stackel.errors import InvalidGameError, brief
from stackel.game import Number
from stackel.gridworld import Cell, GridworldGame, require_gridworld
from stackel.gridworld_result import Allocation
from stackel.matrix import parse_number

ROUNDING = Fraction(1, 10**9)
"""How far from 1 probabilities given as floats may sum: they are rounded to about 1e-16 each."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Commitment:
    """A mix of allocations."""

    allocations: tuple[tuple[Cell, ...], ...]
    probabilities: tuple[Fraction, ...]
    """Non-negative, with sum 1."""

    @classmethod
    def read(cls, game: GridworldGame, given: Committed) -> Commitment:
        """Return the mix that was meant.

        Parameters
        ----------
        game : GridworldGame
        given : Commitment, mapping or sequence
            Probabilities of allocations (a mapping from tuples of k cells), one allocation
            (k cells), the ``allocation_mix`` of a solution, or a coverage (a probability for each
            target), which systematic sampling turns into a mix.

        Raises
        ------
        InvalidGameError
            When it is none of these, or when only targets are covered although paths are
            intercepted, where it matters on which cells the other defenders stand.

        Examples
        --------
        >>> from stackel.catalog import load
        >>> game = load("gridworld-small").game
        >>> Commitment.read(game, ["1/4", "3/4"]).probabilities
        (Fraction(1, 4), Fraction(3, 4))
        """
        require_gridworld(game, "an environment")
        if isinstance(given, Commitment):
            pairs: Sequence[tuple[Any, Any]] = list(
                zip(given.allocations, given.probabilities, strict=True)
            )
        elif isinstance(given, Mapping):
            pairs = list(given.items())
        else:
            pairs = _pairs(game, given)
        weights = [Fraction(parse_number(p, "a probability")) for _, p in pairs]
        total = sum(weights, Fraction(0))
        if any(w < 0 for w in weights) or abs(total - 1) > ROUNDING:
            raise InvalidGameError(
                f"the probabilities of a mix must be at least 0 with sum 1, got sum {total!s:.40}"
            )
        return cls(
            allocations=tuple(_read_allocation(game, cells) for cells, _ in pairs),
            probabilities=tuple(w / total for w in weights),
        )

    def draw(self, rng: np.random.Generator) -> tuple[Cell, ...]:
        """Return one of the allocations, with its probability."""
        ends = [float(end) for end in accumulate(self.probabilities)]
        number = int(np.searchsorted(ends, rng.random(), side="right"))
        return self.allocations[min(number, len(ends) - 1)]

    def cell_coverage(self, game: GridworldGame) -> npt.NDArray[np.float32]:
        """Return how often a defender stands on each cell, row by row."""
        coverage = [Fraction(0)] * (game.rows * game.cols)
        for cells, probability in zip(self.allocations, self.probabilities, strict=True):
            for row, col in cells:
                coverage[row * game.cols + col] += probability
        return np.array([float(c) for c in coverage], dtype=np.float32)


Committed: TypeAlias = (
    Commitment
    | Mapping[tuple[Cell, ...], Number | str]
    | Sequence[Cell]
    | Sequence[Allocation]
    | Sequence[Number | str]
)
"""What may be given for a commitment; see :meth:`Commitment.read`."""


def _pairs(game: GridworldGame, given: Any) -> list[tuple[Any, Any]]:
    """Allocations and probabilities from a sequence, by what it is a sequence of."""
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str):
        raise InvalidGameError(
            "a commitment must be an allocation, a mix of allocations or a coverage, "
            f"got {brief(given)}"
        )
    if not len(given) or isinstance(given[0], tuple | list):
        return [(given, 1)]
    mix = given
    if not isinstance(given[0], Allocation):
        if len(given) != len(game.targets):
            raise InvalidGameError(
                f"a coverage must have {len(game.targets)} entries, one a target, got {len(given)}"
            )
        coverage = [Fraction(parse_number(c, "coverage")) for c in given]
        mix = systematic_sampling(coverage, defenders=game.defenders)
    if game.interception == "path" and any(a.cells is None for a in mix):
        raise InvalidGameError(
            "where paths are intercepted a commitment must name cells, not only targets, "
            f"got {brief(given)}"
        )
    return [(a.cells or game.allocation(a.defended_targets), a.probability) for a in mix]


def _read_allocation(game: GridworldGame, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells of all k defenders, checked."""
    read = tuple((int(row), int(col)) for row, col in cells)
    inside = all(0 <= row < game.rows and 0 <= col < game.cols for row, col in read)
    if not inside or len(set(read)) != len(read) or len(read) != game.defenders:
        raise InvalidGameError(
            f"an allocation must be {game.defenders} distinct cells of the grid, got {brief(read)}"
        )
    return read
