"""The best realised allocations with wind and a declared target."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

from solvers.gridworld.declared import attack_on, declarations
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import AllocationCommitment, AllocationOutcome

MAX_ALLOCATIONS = 20_000
"""Sets of defended targets that are tried: about a second."""


def declared_allocation(game: GridworldGame) -> AllocationCommitment:
    """Compute the best realised allocations by trying them all, ties for and against the leader.

    Raises
    ------
    NoSolutionError
        As :func:`~solvers.gridworld.declared.declared_commitment`, and with more than
        :data:`MAX_ALLOCATIONS` allocations.
    """
    options = declarations(game)
    sizes = range(min(game.defenders, len(options)) + 1)
    count = sum(comb(len(options), size) for size in sizes)
    if count > MAX_ALLOCATIONS:
        raise NoSolutionError(
            f"the best allocation with wind tries at most {MAX_ALLOCATIONS} sets of targets, "
            f"got {count}"
        )
    strong: list[AllocationOutcome] = []
    weak: list[AllocationOutcome] = []
    for size in sizes:
        for defended in combinations(range(len(options)), size):
            cover = [Fraction(j in defended) for j in range(len(options))]
            best = max(d.worth(c) for d, c in zip(options, cover, strict=True))
            replies = [
                (d.leader(game, chance, c), d.number, chance)
                for d, c in zip(options, cover, strict=True)
                if d.worth(c) == best
                for chance in d.chances(c)
            ]
            for found, (leader, j, chance) in ((strong, max(replies)), (weak, min(replies))):
                found.append(
                    AllocationOutcome(
                        leader_value=leader,
                        follower_value=best,
                        attacked_target=j if 2 * chance >= 1 else NO_ATTACK,
                        attack=attack_on(j, chance),
                        defended_targets=defended,
                    )
                )
    return AllocationCommitment(
        strong=max(strong, key=lambda found: (found.leader_value, found.follower_value)),
        weak=max(weak, key=lambda found: (found.leader_value, found.follower_value)),
        method="all allocations",
    )
