"""The map of a gridworld as tensors: where moves lead, and what an attacker can make of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from solvers.gridworld.play import BLOWN, MOVE_NAMES
from stackel.gridworld import GridworldGame


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """C cells, row by row, J targets and the five moves N, S, E, W, STAY.

    Outcomes are the targets in order, then no attack: J + 1 of them. Where a defender stops nobody
    but at a target, a policy's outcome does not depend on where the defenders stand.
    """

    to: Tensor
    """Where each move ends from each cell without wind, (5, C), int64."""
    targets: Tensor
    """Cells of the targets, (J,), int64."""
    start: int
    horizon: int
    wind: float
    declared: bool
    """Whether one target is fixed at the start and the others are passed through."""

    @classmethod
    def of(cls, game: GridworldGame, *, device: torch.device | str | None = None) -> Grid:
        """The map of a game."""
        cells = [(row, col) for row in range(game.rows) for col in range(game.cols)]

        def number(cell: tuple[int, int]) -> int:
            return cell[0] * game.cols + cell[1]

        to = [[number(game.step(cell, move)) for cell in cells] for move in MOVE_NAMES]
        return cls(
            to=torch.tensor(to, device=device),
            targets=torch.tensor([number(target.cell) for target in game.targets], device=device),
            start=number(game.start),
            horizon=game.horizon,
            wind=float(game.wind),
            declared=game.attack_rule == "declared",
        )

    @property
    def cells(self) -> int:
        """Number of cells, C."""
        return self.to.shape[1]

    def best(self, pays: Tensor) -> Tensor:
        """The most that a policy earns, whose moves may depend on time and cell.

        ``pays`` (..., J + 1) is for every outcome; backward induction over the moves.
        """
        if self.declared:  # one world a declaration, in which the other targets are mere cells
            count = len(self.targets)
            stops = torch.eye(count, dtype=torch.bool, device=pays.device)
            spread = self._spread(pays[..., None, :].expand(*pays.shape[:-1], count, -1), stops)
            return self._best(spread, self._spread_mask(stops), pays[..., None, -1:]).amax(-1)
        stops = torch.ones((1, len(self.targets)), dtype=torch.bool, device=pays.device)[0]
        return self._best(self._spread(pays, stops), self._spread_mask(stops), pays[..., -1:])

    def _best(self, ends: Tensor, stops: Tensor, stay: Tensor) -> Tensor:
        """Values at the start: ``ends`` (..., C) where it stops, ``stay`` (..., 1) elsewhere."""
        values = torch.where(stops, ends, stay)
        for _ in range(self.horizon):
            values = torch.where(stops, ends, self.worth(values).amax(-1))
        return values[..., self.start]

    def worth(self, values: Tensor) -> Tensor:
        """What each move from each cell is worth, (..., C, 5), if the next cell is worth values."""
        around = values[..., self.to.mT]
        if not self.wind:
            return around
        blown = around[..., : len(BLOWN)].mean(-1, keepdim=True)
        return (1 - self.wind) * around + self.wind * blown

    def _spread(self, pays: Tensor, stops: Tensor) -> Tensor:
        """Payoffs (..., J + 1) at the cells of the targets, (..., C); 0 elsewhere."""
        table = pays.new_zeros((*pays.shape[:-1], self.cells))
        table[..., self.targets] = pays[..., :-1] * stops
        return table

    def _spread_mask(self, stops: Tensor) -> Tensor:
        """Which cells end the episode, (..., C)."""
        table = torch.zeros((*stops.shape[:-1], self.cells), dtype=torch.bool, device=stops.device)
        table[..., self.targets] = stops
        return table
