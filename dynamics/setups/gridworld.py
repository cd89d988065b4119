"""Gridworld security games: who places what, and who walks where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd

import torch
from torch import Tensor

from dynamics.arenas.grid import Grid
from dynamics.arenas.interface import Arena
from dynamics.arenas.matrix import MatrixArena
from dynamics.arenas.nodes import NodesArena
from dynamics.arenas.sequential import Placements, SequentialArena
from dynamics.macro_game import all_allocations, all_macros, outcomes
from dynamics.roster import FAVOUR
from dynamics.settings import Settings
from dynamics.settings.sweep import Spec
from dynamics.setups.interface import Setup
from dynamics.setups.matrix import in_rounds
from dynamics.tally.gridworld import GridworldTally
from solvers.gridworld.evaluate import attainable
from stackel.errors import InvalidGameError
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame

STEPPING = ("ppo", "q-learning")
"""Who learns from sampled steps."""


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """Gridworlds that differ in payoffs alone.

    Raises
    ------
    InvalidGameError
        When paths are intercepted: whether a walk is stopped depends on more than where it ends.
        When the settings do not go together.
    """
    games = [run.game for run in runs if isinstance(run.game, GridworldGame)]
    game, settings = games[0], runs[0].settings
    check(game, settings)
    nodes = settings.attacker == "nodes"
    macros = [] if nodes else all_macros(game)
    allocations = all_allocations(game, len(macros) or len(game.targets) + 1)
    chances = [outcomes(game, macro) for macro in macros]
    ends = _outcomes(game)

    def table(rows: Sequence[Sequence[float]]) -> Tensor:
        return torch.tensor(rows, dtype=torch.float64, device=device)

    attack = table([[float(each.get(j, 0)) for j in ends] for each in chances])
    tally = GridworldTally(
        coverage=table([[float(t.cell in cells) for t in game.targets] for cells in allocations]),
        attack=table(torch.eye(len(ends)).tolist()) if nodes else attack,
        grid=Grid.of(game, device=device),
        free=(table(_payoffs(games, Fraction(0), 0)), table(_payoffs(games, Fraction(0), 1))),
        held=(table(_payoffs(games, Fraction(1), 0)), table(_payoffs(games, Fraction(1), 1))),
        observes=settings.information == "action",
    )
    setup = in_rounds(runs, tally.leader_payoffs, tally.follower_payoffs, tally)
    arena: Arena = setup.arena
    if nodes and isinstance(arena, MatrixArena):
        arena = NodesArena(
            table=arena,
            grid=tally.grid,
            coverage=tally.coverage,
            favour=FAVOUR[settings.ties],
            samples=arena.samples,
            chains=gcd(settings.chains, settings.batch) if settings.follower in STEPPING else 0,
        )
    if settings.placement == "sequential" and game.defenders:
        arena = _sequential(game, allocations, arena)
    return replace(setup, arena=arena)


def check(game: GridworldGame, settings: Settings) -> None:
    """Refuse what has no meaning, in one line."""
    nodes, sequential = settings.attacker == "nodes", settings.placement == "sequential"
    if game.interception != "target":
        raise InvalidGameError(
            "gridworlds are trained on where targets are intercepted, "
            f"got interception {game.interception!r}"
        )
    if nodes and game.attack_rule != "first-entered":
        raise InvalidGameError(
            "attacker nodes plays attack rule 'first-entered', where a move needs no declaration, "
            f"got {game.attack_rule!r}"
        )
    if nodes and settings.feedback == "bandit":
        raise InvalidGameError("attacker nodes learns from feedback expected or batch, got bandit")
    if (nodes or sequential) and settings.inward > 0:
        raise InvalidGameError(
            "a leader that commits in blocks needs attacker macro and placement combination, "
            f"got {settings.attacker} and {settings.placement}"
        )
    if sequential and settings.memory:
        raise InvalidGameError("memory needs placement combination, got sequential")


def _sequential(
    game: GridworldGame, allocations: Sequence[Sequence[Cell]], arena: Arena
) -> SequentialArena:
    """The arena whose leader places one defender a turn."""
    number = {target.cell: j for j, target in enumerate(game.targets)}
    reach = [j for j in attainable(game) if j != NO_ATTACK]
    sets = [frozenset(number[cell] for cell in cells) for cells in allocations]
    return SequentialArena(
        inside=arena,
        placements=Placements.of(sets, reach, game.defenders),
        turns=game.defenders,
        targets=len(game.targets),
    )


def _payoffs(games: Sequence[GridworldGame], coverage: Fraction, side: int) -> list[list[float]]:
    """What each outcome pays a side when every target is covered so often, (R, J + 1)."""
    return [[float(game.payoffs(j, coverage)[side]) for j in _outcomes(game)] for game in games]


def _outcomes(game: GridworldGame) -> tuple[int, ...]:
    """The targets in order, then no attack."""
    return (*range(len(game.targets)), NO_ATTACK)
