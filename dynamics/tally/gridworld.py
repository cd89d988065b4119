r"""What play on a gridworld adds up to.

With z the mean joint distribution of allocations and columns (the attacker's macro-actions, or its
outcomes), the averages are :math:`\langle A, z \rangle` and the leader's regret is that of the
matrix game, for its best fixed allocation. The follower's is for the best fixed *policy* given what
it may observe: a move for every time and cell, or also for every allocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from dynamics.arenas.grid import Grid


@dataclass(frozen=True, eq=False, kw_only=True)
class GridworldTally:
    """R gridworlds that differ in payoffs alone, and how play on them is judged."""

    coverage: Tensor
    """Which targets each of m allocations defends, (m, J), 0 or 1."""
    attack: Tensor
    """Distribution over the J + 1 outcomes of each of n columns, (n, J + 1)."""
    grid: Grid
    free: tuple[Tensor, Tensor]
    """What each outcome pays leader and follower when no target is defended, (R, J + 1) each."""
    held: tuple[Tensor, Tensor]
    """The same when all targets are."""
    observes: bool
    """Whether the follower sees the allocation."""

    @cached_property
    def leader_payoffs(self) -> Tensor:
        """Of allocations against columns, (R, m, n)."""
        return _times(self._pays(0, self.coverage[None]), self.attack.mT)

    @cached_property
    def follower_payoffs(self) -> Tensor:
        """Of allocations against columns, (R, m, n)."""
        return _times(self._pays(1, self.coverage[None]), self.attack.mT)

    def begin(self) -> Tensor:
        """Nothing played: the sum of the joint distributions, (R, m, n)."""
        return torch.zeros_like(self.leader_payoffs)

    def measure(self, joint: Tensor, total: Tensor, rounds: int) -> dict[str, Tensor]:
        """What is logged: of the ``joint`` of this iteration, and of the ``total`` so far.

        Policies are shown as coverage (R, J) and as attack distribution (R, J + 1).
        """
        columns = total.sum(1, keepdim=True)
        earned = (self.leader_payoffs * total).sum((1, 2))
        gained = (self.follower_payoffs * total).sum((1, 2))
        leader, follower = (joint.sum(2), total.sum(2) / rounds), (joint.sum(1), columns[:, 0])
        return {
            "leader_payoff": (self.leader_payoffs * joint).sum((1, 2)),
            "follower_payoff": (self.follower_payoffs * joint).sum((1, 2)),
            "leader_average": earned / rounds,
            "follower_average": gained / rounds,
            "leader_regret": (self.leader_payoffs * columns).sum(2).amax(1) - earned,
            "follower_regret": self.best_fixed(total) - gained,
            "leader_policy": _times(leader[0], self.coverage),
            "follower_policy": _times(follower[0], self.attack),
            "leader_average_policy": _times(leader[1], self.coverage),
            "follower_average_policy": _times(follower[1], self.attack) / rounds,
        }

    def best_fixed(self, total: Tensor) -> Tensor:
        """What the best fixed policy would have earned in all against the allocations, (R,)."""
        weights = total.sum(2)
        if self.observes:
            return (weights * self.grid.best(self._pays(1, self.coverage[None]))).sum(1)
        rounds = weights.sum(1, keepdim=True)
        mean = _times(weights / rounds, self.coverage)
        return (rounds * self.grid.best(self._pays(1, mean[:, None])))[:, 0]

    def _pays(self, side: int, coverage: Tensor) -> Tensor:
        """What each outcome pays a side at coverages (R or 1, K, J), (R, K, J + 1)."""
        free, held = self.free[side][:, None], self.held[side][:, None]
        return free + torch.nn.functional.pad(coverage, (0, 1)) * (held - free)


def _times(rows: Tensor, table: Tensor) -> Tensor:
    """``rows @ table`` with the same bits for a row whatever rows there are beside it."""
    product = rows[..., :1] * table[0]
    for k in range(1, len(table)):
        product = product + rows[..., k : k + 1] * table[k]
    return product
