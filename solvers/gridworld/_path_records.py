"""From mixes of allocations and of walks to the records of a game of interception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from solvers.gridworld._walks import Walk
from stackel.gridworld import Cell, GridworldGame
from stackel.gridworld_result import Allocation, AttackEquilibrium, AttackPlan

AllocationMix = Iterable[tuple[Fraction, frozenset[Cell]]]
WalkMix = Iterable[tuple[Fraction, Walk]]


def equilibrium(
    game: GridworldGame,
    leader: Fraction,
    follower: Fraction,
    mix: AllocationMix,
    walks: WalkMix,
) -> AttackEquilibrium:
    mix, walks = tuple(mix), tuple((q, walk) for q, walk in walks if q)
    return AttackEquilibrium(
        leader_value=leader,
        follower_value=follower,
        coverage=coverage(game, mix),
        attack=aims(walks),
        plans=plans(walks),
        allocation_mix=allocations(game, mix),
    )


def allocations(game: GridworldGame, mix: AllocationMix) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(
            defended_targets=tuple(
                j for j, target in enumerate(game.targets) if target.cell in cells
            ),
            probability=p,
            cells=tuple(sorted(cells)),
        )
        for p, cells in mix
        if p
    )


def coverage(game: GridworldGame, mix: AllocationMix) -> tuple[Fraction, ...]:
    """How often a defender stands on each target."""
    mix = tuple(mix)
    return tuple(
        sum((p for p, cells in mix if target.cell in cells), Fraction(0)) for target in game.targets
    )


def aims(walks: WalkMix) -> dict[int, Fraction]:
    """How often each ending is aimed at."""
    aims: Counter[int] = Counter()
    for q, walk in walks:
        aims[walk.target] += q  # type: ignore[assignment]
    return {j: Fraction(aims[j]) for j in sorted(aims)}


def plans(walks: WalkMix) -> tuple[AttackPlan, ...]:
    return tuple(
        AttackPlan(probability=q, outcomes={walk.target: Fraction(1)}, walk=walk.cells)
        for q, walk in walks
    )
