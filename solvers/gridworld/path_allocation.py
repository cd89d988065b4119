"""The best realised allocations where defenders intercept paths."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import combinations
from math import comb

from solvers.gridworld._walks import neighbours
from solvers.gridworld.path import require_paths
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_result import AllocationCommitment, AllocationOutcome

MAX_ALLOCATIONS = 50_000
"""Allocations for which the attacker's reply is computed."""
MAX_VISITS = 5_000_000
"""Allocations times cells: some ten seconds."""


def path_allocation(game: GridworldGame) -> AllocationCommitment:
    """Compute the best realised allocations by trying them all, ties for and against the leader.

    The attacker who sees where everybody stands goes round them, or stays, or walks into one.

    Raises
    ------
    NoSolutionError
        When paths are not intercepted, wind blows, or there are more than
        :data:`MAX_ALLOCATIONS` allocations, or :data:`MAX_VISITS` cells in all of them.

    Examples
    --------
    >>> from stackel import catalog
    >>> print(path_allocation(catalog.load("gridworld-bottleneck").game).strong.leader_value)
    -1
    """
    require_paths(game)
    count = comb(game.rows * game.cols, game.defenders)
    if count > MAX_ALLOCATIONS:
        raise NoSolutionError(
            f"the best allocation against paths tries at most {MAX_ALLOCATIONS}, got {count}"
        )
    if count * game.rows * game.cols > MAX_VISITS:
        raise NoSolutionError(
            f"the best allocation against paths takes at most {MAX_VISITS} allocations times "
            f"cells, got {count * game.rows * game.cols}"
        )
    cells = [(row, col) for row in range(game.rows) for col in range(game.cols)]
    strong: list[AllocationOutcome] = []
    weak: list[AllocationOutcome] = []
    for chosen in combinations(cells, game.defenders):
        replies = _replies(game, frozenset(chosen))
        for found, (leader, follower, j) in ((strong, max(replies)), (weak, min(replies))):
            found.append(
                AllocationOutcome(
                    leader_value=leader,
                    follower_value=follower,
                    attacked_target=j,
                    defended_targets=tuple(
                        j for j, target in enumerate(game.targets) if target.cell in chosen
                    ),
                    cells=chosen,
                )
            )
    return AllocationCommitment(
        strong=max(strong, key=lambda found: (found.leader_value, found.follower_value)),
        weak=max(weak, key=lambda found: (found.leader_value, found.follower_value)),
        method="all allocations",
    )


def _replies(
    game: GridworldGame, allocation: frozenset[Cell]
) -> list[tuple[Fraction, Fraction, int]]:
    """The endings that are best for the attacker: (leader, follower, target)."""
    index = {target.cell: j for j, target in enumerate(game.targets)}
    endings = [(*game.payoffs(NO_ATTACK), NO_ATTACK)]
    endings += [
        (*game.payoffs(index[cell]), index[cell])
        for cell in _distances(game, allocation)
        if cell in index
    ]
    if _can_be_stopped(game, allocation):
        endings.append((Fraction(0), Fraction(0), NO_ATTACK))
    best = max(follower for _, follower, _ in endings)
    return [ending for ending in endings if ending[1] == best]


def _can_be_stopped(game: GridworldGame, allocation: frozenset[Cell]) -> bool:
    """Whether a walk enters a defended cell within the horizon."""
    blocked = {t.cell for t in game.targets} if game.attack_rule == "first-entered" else set()
    return any(
        to in allocation
        for cell, moves in _distances(game, allocation).items()
        if moves < game.horizon and cell not in blocked
        for to in neighbours(game, cell)
    )


def _distances(game: GridworldGame, allocation: frozenset[Cell]) -> dict[Cell, int]:
    """The fewest moves to each cell that can be entered past the defenders."""
    blocked = {t.cell for t in game.targets} if game.attack_rule == "first-entered" else set()
    found = {game.start: 0}
    queue = deque([game.start])
    while queue:
        cell = queue.popleft()
        if found[cell] == game.horizon or cell in blocked:
            continue
        for to in neighbours(game, cell):
            if to not in found and to not in allocation:
                found[to] = found[cell] + 1
                queue.append(to)
    return found
