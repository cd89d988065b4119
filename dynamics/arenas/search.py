"""Best replies of an attacker on the map by value iteration, exact or from samples."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dynamics.arenas.grid import Grid
from dynamics.learners.greedy import best_actions, play
from solvers.gridworld.play import BLOWN


@dataclass(frozen=True, eq=False, kw_only=True)
class Outlook:
    """What an attacker reckons with at each time and cell, in R runs and W worlds.

    The axes of time and cell have length 1 where all are alike.
    """

    own: Tensor
    """What each outcome pays it, (R, W, H or 1, C or 1, J + 1)."""
    other: Tensor
    """What each outcome pays the leader, of the same shape."""
    wind: Tensor
    """Chances that the wind moves it N, S, E, W, or that it does not blow, (R, W, ., ., 5)."""


def exact_wind(grid: Grid, like: Tensor) -> Tensor:
    """The chances of the wind, (1, 1, 1, 1, 5)."""
    gust = grid.wind / len(BLOWN)
    return like.new_tensor([gust] * len(BLOWN) + [1 - grid.wind])[None, None, None, None]


def sampled_wind(grid: Grid, uniform: Tensor) -> Tensor:
    """Its shares in N draws for each state, ``uniform`` (..., N): (..., 5)."""
    counts = uniform.new_zeros((*uniform.shape[:-1], len(BLOWN) + 1))
    if not grid.wind:
        counts[..., -1] = 1
        return counts
    gust = (uniform * (len(BLOWN) / grid.wind)).to(torch.int64).clamp(max=len(BLOWN))
    return counts.scatter_add(-1, gust, torch.ones_like(uniform)) / uniform.shape[-1]


def best_moves(grid: Grid, outlook: Outlook, favour: float) -> tuple[Tensor, Tensor]:
    """What each move pays the attacker and the leader when the best moves follow it.

    Ties go to the leader (``favour`` 1), against it (-1), or to the first move (0). Both results
    have shape (R, W, H, C, 5).
    """
    tables = (outlook.own, outlook.other)
    shape = (*outlook.own.shape[:2], grid.cells)
    values = [table[:, :, 0, 0, -1:].expand(shape) for table in tables]
    found = []
    for time in reversed(range(grid.horizon)):
        wind = _at(outlook.wind, time)
        own, other = (
            _worth(grid, value, _at(table, time), wind)
            for value, table in zip(values, tables, strict=True)
        )
        best = best_actions(favour * other, among=best_actions(own))
        chosen = play(best, "first", own.dtype)
        values = [(chosen * own).sum(-1), (chosen * other).sum(-1)]
        found.append((own, other))
    first, second = zip(*reversed(found), strict=True)
    return torch.stack(first, 2), torch.stack(second, 2)


def _at(table: Tensor, time: int) -> Tensor:
    """The part of a table (R, W, H or 1, ...) for a time."""
    return table[:, :, time if table.shape[2] > 1 else 0]


def _worth(grid: Grid, values: Tensor, pays: Tensor, wind: Tensor) -> Tensor:
    """What each move is worth, (R, W, C, 5), if later ``values`` (R, W, C) follow."""
    around = values[..., grid.to.mT]
    into = grid.target_at[grid.to.mT]
    ends = pays.expand(*around.shape[:-1], -1).gather(-1, into.expand(around.shape))
    around = torch.where(into < len(grid.targets), ends, around)
    blown = (wind[..., : len(BLOWN)] * around[..., : len(BLOWN)]).sum(-1, keepdim=True)
    return wind[..., -1:] * around + blown
