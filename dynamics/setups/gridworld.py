"""Gridworld security games: allocations against macro-actions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import torch
from torch import Tensor

from dynamics.arenas.grid import Grid
from dynamics.gridworld_tally import GridworldTally
from dynamics.macro_game import all_allocations, all_macros, macro_game, outcomes
from dynamics.setups.interface import Setup
from dynamics.setups.matrix import in_rounds, stack_payoffs
from dynamics.sweep import Spec
from stackel.errors import InvalidGameError
from stackel.gridworld import NO_ATTACK, GridworldGame


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """Gridworlds that differ in payoffs alone.

    Raises
    ------
    InvalidGameError
        When paths are intercepted: whether a walk is stopped depends on more than where it ends.
    """
    games = [run.game for run in runs if isinstance(run.game, GridworldGame)]
    game, settings = games[0], runs[0].settings
    if game.interception != "target":
        raise InvalidGameError(
            "gridworlds are trained on where targets are intercepted, "
            f"got interception {game.interception!r}"
        )
    macros = all_macros(game)
    allocations = all_allocations(game, len(macros))
    distinct = {id(each): each for each in games}
    matrices = {
        key: macro_game(each, allocations=allocations, macros=macros)
        for key, each in distinct.items()
    }
    leader, follower = stack_payoffs([matrices[id(each)] for each in games], device)
    covered = [[target.cell in cells for target in game.targets] for cells in allocations]
    chances = [outcomes(game, macro) for macro in macros]
    attack = [[float(each.get(j, 0)) for j in _outcomes(game)] for each in chances]
    tally = GridworldTally(
        leader_payoffs=leader,
        follower_payoffs=follower,
        coverage=torch.tensor(covered, dtype=torch.float64, device=device),
        attack=torch.tensor(attack, dtype=torch.float64, device=device),
        grid=Grid.of(game, device=device),
        free=_attacker_payoffs(games, Fraction(0), device),
        held=_attacker_payoffs(games, Fraction(1), device),
        observes=settings.information == "action",
    )
    return in_rounds(runs, leader, follower, tally)


def _attacker_payoffs(
    games: Sequence[GridworldGame], coverage: Fraction, device: torch.device | str
) -> Tensor:
    """What each outcome pays the attacker when every target is covered so often, (R, J + 1)."""
    pays = [[float(game.payoffs(j, coverage)[1]) for j in _outcomes(game)] for game in games]
    return torch.tensor(pays, dtype=torch.float64, device=device)


def _outcomes(game: GridworldGame) -> tuple[int, ...]:
    """The targets in order, then no attack."""
    return (*range(len(game.targets)), NO_ATTACK)
