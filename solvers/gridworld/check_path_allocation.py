"""A check of realised allocations where paths are intercepted: all at once, move by move."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import comb
from typing import TYPE_CHECKING, Any

from solvers.gridworld.evaluate import Undecided, failed
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_result import AllocationCommitment, AllocationOutcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CELLS = 1_000_000_000
"""Allocations times cells times horizon that are visited: some seconds."""
CHUNK = 2_000_000
"""Allocations times cells that are held at a time."""
Outcomes = tuple[tuple[Fraction, Fraction, int], ...]
"""Payoffs (leader, follower) and target of each possible ending."""


def path_allocation_faults(game: GridworldGame, answer: AllocationCommitment) -> tuple[str, ...]:
    """Return what is wrong with the best realised allocations: all replies are found anew."""
    outcomes = _outcomes(game)
    faults = {
        "the strong reply is a best one": _is_reply(game, answer.strong, outcomes, weak=False),
        "the weak reply is the worst of the best": _is_reply(
            game, answer.weak, outcomes, weak=True
        ),
    }
    size = game.rows * game.cols
    if comb(size, game.defenders) * size * game.moves > MAX_CELLS and not failed(faults):
        raise Undecided("the replies are best ones; the other allocations are too many to be tried")
    every = combinations([divmod(i, game.cols) for i in range(size)], game.defenders)
    best: dict[bool, list[Fraction]] = {False: [], True: []}
    while some := list(islice(every, max(1, CHUNK // size))):
        possible = _possible(game, some)
        for weak, values in best.items():
            replies = _replies(possible, outcomes, weak=weak)
            values.append(max(outcomes[place][0] for place in set(replies.tolist())))
    faults["no allocation has a better reply"] = answer.strong.leader_value == max(best[False])
    faults["no allocation has better replies only"] = answer.weak.leader_value == max(best[True])
    return failed(faults)


def _outcomes(game: GridworldGame) -> Outcomes:
    """Attacks on the targets in order, no attack, and to be stopped."""
    attacks = [(*game.payoffs(j), j) for j in range(len(game.targets))]
    stay = (*game.payoffs(NO_ATTACK), NO_ATTACK)
    return (*attacks, stay, (Fraction(0), Fraction(0), NO_ATTACK))


def _possible(game: GridworldGame, allocations: Sequence[Sequence[Cell]]) -> NDArray[Any]:
    """Which outcomes the attacker can bring about, shape (allocations, outcomes).

    Dynamic programming: where it can be after h moves, unharmed, follows from where after h - 1.
    """
    import numpy as np

    defended = np.zeros((len(allocations), game.rows, game.cols), dtype=bool)
    for place, cells in enumerate(allocations):
        for cell in cells:
            defended[(place, *cell)] = True
    passable = np.ones((game.rows, game.cols), dtype=bool)
    if game.attack_rule == "first-entered":
        for target in game.targets:
            passable[target.cell] = False
    here = np.zeros_like(defended)
    here[:, game.start[0], game.start[1]] = True
    stopped = np.zeros(len(allocations), dtype=bool)
    for _ in range(game.moves):
        leaving = here & passable
        entered = np.zeros_like(here)
        entered[:, 1:] |= leaving[:, :-1]
        entered[:, :-1] |= leaving[:, 1:]
        entered[:, :, 1:] |= leaving[:, :, :-1]
        entered[:, :, :-1] |= leaving[:, :, 1:]
        stopped |= (entered & defended).any(axis=(1, 2))
        here |= entered & ~defended
    attacks = [here[:, target.cell[0], target.cell[1]] for target in game.targets]
    return np.stack([*attacks, np.ones_like(stopped), stopped], axis=1)


def _replies(possible: NDArray[Any], outcomes: Outcomes, *, weak: bool) -> NDArray[Any]:
    """The best reply to each allocation, as the number of an outcome."""
    import numpy as np

    def preferred(place: int) -> tuple[Fraction, Fraction]:
        leader, follower, _ = outcomes[place]
        return follower, -leader if weak else leader

    order = sorted(range(len(outcomes)), key=preferred, reverse=True)
    replies: NDArray[Any] = np.array(order)[possible[:, order].argmax(axis=1)]
    return replies


def _is_reply(
    game: GridworldGame, found: AllocationOutcome, outcomes: Outcomes, *, weak: bool
) -> bool:
    cells = found.cells or ()
    inside = all(0 <= row < game.rows and 0 <= col < game.cols for row, col in cells)
    if len(set(cells)) != game.defenders or not inside:
        return False
    possible = _possible(game, [cells])
    (reply,) = _replies(possible, outcomes, weak=weak)
    pays = outcomes[reply][:2]
    attacked = any(
        outcome == (*pays, found.attacked_target) and can
        for outcome, can in zip(outcomes, possible[0], strict=True)
    )
    return attacked and pays == (found.leader_value, found.follower_value)
