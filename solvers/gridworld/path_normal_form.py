"""The normal form of a small game of interception: every allocation against every walk."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb
from typing import NamedTuple

from solvers.gridworld._walks import Walk, neighbours
from solvers.gridworld.path import require_paths
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_certificate import PathForm

MAX_ENTRIES = 40_000
"""Entries that the normal form may have: what exact methods of matrix games take in at once."""


class PathMatrix(NamedTuple):
    """The matrix game, and what its rows and columns stand for."""

    game: BimatrixGame
    allocations: tuple[frozenset[Cell], ...]
    walks: tuple[Walk, ...]

    @property
    def form(self) -> PathForm:
        """What a certificate says of rows and columns."""
        return PathForm(
            allocations=self.allocations,
            walks=tuple(walk.cells for walk in self.walks),
            endings=tuple(walk.target for walk in self.walks),
        )


def path_normal_form(game: GridworldGame) -> PathMatrix:
    """Return the matrix game of allocations (rows) and walks (columns).

    Walks that enter the same cells and end alike are one column, given by a shortest of them;
    allocations that stop the same walks are one row.

    Raises
    ------
    NoSolutionError
        When paths are not intercepted, wind blows, or there are more than :data:`MAX_ENTRIES`
        entries.

    Examples
    --------
    >>> from stackel.gridworld import Target
    >>> game = GridworldGame(rows=1, cols=3, start=(0, 0), horizon=2, defenders=1,
    ...     interception="path", targets=(
    ...     Target(cell=(0, 2), attacker_covered=0, attacker_uncovered=5,
    ...            defender_covered=0, defender_uncovered=-5),))
    >>> matrix = path_normal_form(game)  # nobody; (0, 1) or (0, 2); (0, 0)
    >>> len(matrix.walks), matrix.game.shape
    (4, (3, 4))
    """
    require_paths(game)
    count = comb(game.rows * game.cols, game.defenders)
    walks = _walks(game, MAX_ENTRIES // count)
    cells = [(row, col) for row in range(game.rows) for col in range(game.cols)]
    entered = [walk.entered for walk in walks]
    distinct: dict[tuple[bool, ...], frozenset[Cell]] = {}
    for chosen in combinations(cells, game.defenders):
        allocation = frozenset(chosen)
        distinct.setdefault(tuple(map(allocation.isdisjoint, entered)), allocation)
    pays = [game.payoffs(walk.target) for walk in walks]
    leader, follower = (
        [
            [pay[side] if free else Fraction(0) for free, pay in zip(row, pays, strict=True)]
            for row in distinct
        ]
        for side in (0, 1)
    )
    return PathMatrix(
        BimatrixGame(leader, follower, name=game.name, source=game.source),
        tuple(distinct.values()),
        walks,
    )


def _walks(game: GridworldGame, most: int) -> tuple[Walk, ...]:
    """A shortest walk for every set of cells entered and every ending."""
    index = {target.cell: j for j, target in enumerate(game.targets)}
    declared = game.attack_rule == "declared"
    nowhere: frozenset[Cell] = frozenset()
    found = {(nowhere, NO_ATTACK): Walk((game.start,), NO_ATTACK)}
    here: dict[tuple[Cell, frozenset[Cell]], tuple[Cell, ...]]
    here = {(game.start, nowhere): (game.start,)}
    seen = set(here)
    for _ in range(game.moves):
        after: dict[tuple[Cell, frozenset[Cell]], tuple[Cell, ...]] = {}
        for (cell, before), cells in here.items():
            for to in neighbours(game, cell):
                entered, walk = before | {to}, (*cells, to)
                j = index.get(to)
                if j is not None and to not in before:
                    found.setdefault((entered, j), Walk(walk, j))
                if (to, entered) in seen or (j is not None and not declared):
                    continue
                seen.add((to, entered))
                after[to, entered] = walk
                if not entered.issuperset(index):  # some target is left to have been declared
                    found.setdefault((entered, NO_ATTACK), Walk(walk, NO_ATTACK))
            if len(found) > most or len(seen) > most:
                raise NoSolutionError(
                    "the normal form of interception may have at most "
                    f"{MAX_ENTRIES} entries, got more"
                )
        here = after
    return tuple(found.values())
