"""Checks of answers where paths are intercepted, by the multipliers of the normal form.

Rows and columns are listed anew from the rules of play: that the matrix of the certificate has them
all makes its multipliers a proof about the game, of commitments and of Nash equilibria.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise

from solvers.certify import check
from solvers.gridworld.play import MOVE_NAMES, ending
from stackel.game import BimatrixGame
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_certificate import PathCertificate, PathForm, PathNashCertificate
from stackel.gridworld_result import AttackNash, CoverageCommitment

WalkClass = tuple[frozenset[Cell], int]
"""The cells that a walk enters, and how it ends."""


def matrix_faults(
    game: GridworldGame, answer: CoverageCommitment, certificate: PathCertificate
) -> dict[str, bool]:
    """Whether the certificate is about the game, and proves the commitment."""
    matrix, complete = _listed(game, certificate.form)
    strong, weak = certificate.strong, certificate.weak
    return complete | {
        "no mix pays the leader more": not check(matrix, strong),
        "no mix guarantees more": not check(matrix, weak),
        "the values are those of the normal form": (answer.leader_value, answer.follower_value)
        == (strong.leader_value, strong.follower_value),
        "the inducible value is that of the normal form": answer.inducible_value
        == weak.leader_value,
    }


def range_faults(
    game: GridworldGame, answer: AttackNash, certificate: PathNashCertificate
) -> dict[str, bool]:
    """Whether the certificate is about the game, and proves the range of equilibria."""
    matrix, complete = _listed(game, certificate.form)
    found = certificate.range
    return complete | {
        "the ends are those of the normal form": (answer.leader_min, answer.leader_max)
        == (found.leader_min, found.leader_max),
        "the follower's ends are those of the normal form": (
            (answer.follower_value, answer.follower_max) == (found.follower_min, found.follower_max)
        ),
        "no equilibrium lies beyond": not check(matrix, found),
    }


def _listed(game: GridworldGame, form: PathForm) -> tuple[BimatrixGame, dict[str, bool]]:
    """The matrix game of these rows and columns, and whether none is missing."""
    walks = [
        (frozenset(b for a, b in pairwise(walk) if a != b), end)
        for walk, end in zip(form.walks, form.endings, strict=True)
    ]
    through: dict[Cell, int] = {}
    for place, (entered, _) in enumerate(walks):
        for cell in entered:
            through[cell] = through.get(cell, 0) | 1 << place

    def stopped(allocation: frozenset[Cell]) -> int:
        """The walks that an allocation stops, as bits."""
        bits = 0
        for cell in allocation:
            bits |= through.get(cell, 0)
        return bits

    cells = [(row, col) for row in range(game.rows) for col in range(game.cols)]
    rows = [stopped(allocation) for allocation in form.allocations]
    every = {stopped(frozenset(chosen)) for chosen in combinations(cells, game.defenders)}
    pays = [game.payoffs(end) for _, end in walks]
    sides = [
        [
            [Fraction(0) if row >> place & 1 else pay[side] for place, pay in enumerate(pays)]
            for row in rows
        ]
        for side in (0, 1)
    ]
    return BimatrixGame(*sides), {
        "every walk is a column": set(walk_classes(game)) == set(walks),
        "every allocation stops what a row does": every == set(rows),
    }


def walk_classes(game: GridworldGame) -> Iterator[WalkClass]:
    """All sets of cells that a walk may enter, each with how it may end; some more than once.

    Played out breadth first: a cell that is come to again, with nothing new entered, leads no
    further than it did before.
    """
    declarations = range(len(game.targets)) if game.attack_rule == "declared" else (None,)
    for declared in declarations:
        start: tuple[Cell, frozenset[Cell]] = game.start, frozenset()
        seen = {start}
        queue = deque([(start, 0)])
        while queue:
            (cell, entered), moves = queue.popleft()
            yield entered, NO_ATTACK
            if moves == game.horizon:
                continue
            for move in MOVE_NAMES:
                to = game.step(cell, move)
                if to == cell:
                    continue
                end = ending(game, cell, to, defended=False, declared=declared)
                if end is not None:
                    yield entered | {to}, end.target
                elif (following := (to, entered | {to})) not in seen:
                    seen.add(following)
                    queue.append((following, moves + 1))
