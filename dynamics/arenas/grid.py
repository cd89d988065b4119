"""The map of a gridworld as tensors: where moves lead, and what an attacker can make of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from solvers.gridworld.play import BLOWN, MOVE_NAMES
from stackel.gridworld import GridworldGame


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """C cells, row by row, J targets and the five moves N, S, E, W, STAY.

    Outcomes are the targets in order, then no attack: J + 1 of them. Where defenders stop nobody
    but on a target, a policy's outcome does not depend on where they stand.
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

    @cached_property
    def target_at(self) -> Tensor:
        """Number of the target on each cell, J where there is none, (C,)."""
        count = len(self.targets)
        nowhere = torch.full_like(self.to[0], count)
        return nowhere.index_copy(0, self.targets, torch.arange(count, device=nowhere.device))

    @cached_property
    def reachable(self) -> Tensor:
        """Cells where the attacker may be at each time, on no target yet, (H, C), bool."""
        here = torch.zeros_like(self.to[0], dtype=torch.bool)
        here[self.start] = True
        free = self.target_at == len(self.targets)
        times = [here]
        for _ in range(self.horizon - 1):  # moves are symmetric: what leads here is led to
            times.append(times[-1][self.to].any(0) & free)
        return torch.stack(times)

    def best(self, pays: Tensor) -> Tensor:
        """The most that a policy earns, whose moves may depend on time and cell.

        ``pays`` (..., J + 1) is for every outcome; backward induction over the moves.
        """
        count = len(self.targets)
        if not self.declared:
            return self._best(pays, torch.ones(count, dtype=torch.bool, device=pays.device))
        worlds = torch.eye(count, dtype=torch.bool, device=pays.device)  # one a declaration
        return self._best(pays[..., None, :].expand(*pays.shape[:-1], count, -1), worlds).amax(-1)

    def _best(self, pays: Tensor, stops: Tensor) -> Tensor:
        """The same where the targets of ``stops`` (..., J) alone end the episode."""
        ends = self.spread(pays)
        where = torch.zeros((*stops.shape[:-1], self.cells), dtype=torch.bool, device=pays.device)
        where[..., self.targets] = stops
        values = torch.where(where, ends, pays[..., -1:])
        for _ in range(self.horizon):
            values = torch.where(where, ends, self.worth(values).amax(-1))
        return values[..., self.start]

    def worth(self, values: Tensor) -> Tensor:
        """What each move from each cell is worth, (..., C, 5), if the next cell is worth values."""
        around = values[..., self.to.mT]
        if not self.wind:
            return around
        blown = around[..., : len(BLOWN)].mean(-1, keepdim=True)
        return (1 - self.wind) * around + self.wind * blown

    def spread(self, pays: Tensor) -> Tensor:
        """Payoffs (..., J + 1) by cell, (..., C): a target's at its own, else that of no attack."""
        return pays[..., self.target_at]

    def blown(self, moves: Tensor) -> Tensor:
        """What becomes of mixes (..., 5) of moves in the wind."""
        if not self.wind:
            return moves
        gust = torch.zeros_like(moves)
        gust[..., : len(BLOWN)] = self.wind / len(BLOWN)
        return (1 - self.wind) * moves + gust
