"""What a picture shows of the attacker: its walks, or how often it enters each cell."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from solvers.gridworld.best_reply import best_reply
from solvers.gridworld.evaluate import attainable, best_replies
from solvers.gridworld.path import is_path_zero_sum
from solvers.gridworld.play import ending, landings
from solvers.gridworld.reachability import shortest_path
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_result import CoverageCommitment

ATTACK: Final = "attack"
OTHERS: Final = "other best replies"
MIX: Final = "the attacker's equilibrium mix"


class Path(NamedTuple):
    """A walk to draw."""

    cells: tuple[Cell, ...]
    label: str
    probability: float
    """1 unless it is one of a mix."""


def paths(game: GridworldGame, sse: CoverageCommitment) -> list[Path]:
    """The walks of best replies, the attack last; none where wind blows.

    Where paths are intercepted, the attacker's equilibrium mix when the game is zero-sum, else the
    walk of the commitment.
    """
    if game.interception == "path":
        if is_path_zero_sum(game):
            plans = [plan for plan in sse.attacker_plans or () if plan.walk]
            found = [Path(plan.walk or (), MIX, float(plan.probability)) for plan in plans]
            return sorted(found, key=lambda path: (path.probability, path.cells))
        walk = None if sse.reply is None else sse.reply.walk
        return [] if walk is None or len(walk) < 2 else [Path(walk, ATTACK, 1.0)]
    if game.wind:
        return []
    _, replies = best_replies(game, [Fraction(c) for c in sse.coverage], attainable(game))
    shortest = {j: shortest_path(game, j) for j in sorted(replies - {NO_ATTACK})}
    drawn = [
        Path(tuple(cells), ATTACK if j == sse.attacked_target else OTHERS, 1.0)
        for j, cells in shortest.items()
        if cells is not None
    ]
    return sorted(drawn, key=lambda path: path.label == ATTACK)


def entries(game: GridworldGame, sse: CoverageCommitment) -> Mapping[Cell, float]:
    """How often the attacker's best reply enters each cell on average, where wind blows.

    Found anew from the allocation mix, and played forwards; empty when that is too much work.
    """
    mix = sse.allocation_mix or ()
    allocations = [game.allocation(a.defended_targets) for a in mix]
    try:
        plan = best_reply(game, allocations, [Fraction(a.probability) for a in mix])
    except NoSolutionError:
        return {}
    entered: dict[Cell, float] = {}
    here = {game.start: 1.0}
    for time in range(game.horizon):
        after: dict[Cell, float] = {}
        for cell, chance in here.items():
            for to, share in landings(game, cell, plan.move(time, cell, frozenset())):
                part = chance * float(share)
                if to != cell:
                    entered[to] = entered.get(to, 0.0) + part
                if ending(game, cell, to, defended=False, declared=plan.declared) is None:
                    after[to] = after.get(to, 0.0) + part
        here = after
    return entered
