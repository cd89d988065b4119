"""Gridworld security games: allocations against macro-actions, or against single moves."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from dynamics.arenas.grid import Grid
from dynamics.gridworld_tally import GridworldTally
from dynamics.macro_game import all_allocations, all_macros, macro_game, outcomes
from dynamics.setups.interface import Setup, span
from dynamics.setups.matrix import matrix_arena, stack_payoffs
from dynamics.sweep import Spec
from stackel.errors import InvalidGameError
from stackel.gridworld import NO_ATTACK, GridworldGame


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """The matrix games behind gridworlds that differ in payoffs alone.

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
    matrices = [macro_game(each, allocations=allocations, macros=macros) for each in games]
    leader, follower = stack_payoffs(matrices, device)
    covered = [[target.cell in cells for target in game.targets] for cells in allocations]
    ends = [*range(len(game.targets)), NO_ATTACK]
    chances = [outcomes(game, macro) for macro in macros]
    return Setup(
        arena=matrix_arena(leader, follower, settings),
        judge=GridworldTally(
            leader_payoffs=leader,
            follower_payoffs=follower,
            coverage=torch.tensor(covered, dtype=torch.float64, device=device),
            attack=torch.tensor(
                [[float(each.get(j, 0)) for j in ends] for each in chances],
                dtype=torch.float64,
                device=device,
            ),
            grid=Grid.of(game, device=device),
            pays=attacker_payoffs(games, device),
            observes=settings.information == "action",
        ),
        leader_span=span(leader),
        follower_span=span(follower),
    )


def attacker_payoffs(
    games: Sequence[GridworldGame], device: torch.device | str
) -> tuple[torch.Tensor, torch.Tensor]:
    """What each outcome pays the attacker, undefended and defended, (R, targets + 1)."""
    free = [[float(game.payoffs(j)[1]) for j in _ends(game)] for game in games]
    held = [[float(game.payoffs(j, Fraction(1))[1]) for j in _ends(game)] for game in games]
    return (
        torch.tensor(free, dtype=torch.float64, device=device),
        torch.tensor(held, dtype=torch.float64, device=device),
    )
