r"""What a play adds up to: everything that is judged follows from the joint distribution of play.

With z the mean over the iterations of the joint distribution of the actions, (m, n), the averages
are :math:`\langle A, z \rangle`, the external regrets
:math:`T \max_i \sum_j \bigl(\sum_k z_{kj}\bigr) A_{ij} - T \langle A, z \rangle`, the average
policies the marginals of z, and the band of the game holds for z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from dynamics.reference import Reference


class Judge(Protocol):
    """What adds up the play of R runs and says what it amounts to."""

    def begin(self) -> Tensor:
        """Nothing played: the sum of no iterations' joints, (R, ...)."""
        ...

    def measure(self, joint: Tensor, total: Tensor, rounds: int) -> dict[str, Tensor]:
        """What is logged: of the ``joint`` of this iteration, and of the ``total`` so far."""
        ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """The payoffs of R matrix games, (R, m, n) each, and how their play is judged."""

    leader_payoffs: Tensor
    follower_payoffs: Tensor
    swap: bool = False
    """Whether swap regrets are computed too."""

    def begin(self) -> Tensor:
        """Nothing played: the sum of the joint distributions, (R, m, n)."""
        return torch.zeros_like(self.leader_payoffs)

    def measure(self, joint: Tensor, total: Tensor, rounds: int) -> dict[str, Tensor]:
        """What is logged: of the ``joint`` of this iteration, and of the ``total`` so far."""
        mean = total / rounds
        rows, columns = total.sum(1, keepdim=True), total.sum(2, keepdim=True)
        earned = (self.leader_payoffs * total).sum((1, 2))
        gained = (self.follower_payoffs * total).sum((1, 2))
        found = {
            "leader_payoff": (self.leader_payoffs * joint).sum((1, 2)),
            "follower_payoff": (self.follower_payoffs * joint).sum((1, 2)),
            "leader_average": earned / rounds,
            "follower_average": gained / rounds,
            "leader_regret": (self.leader_payoffs * rows).sum(2).amax(1) - earned,
            "follower_regret": (self.follower_payoffs * columns).sum(1).amax(1) - gained,
            "leader_policy": joint.sum(2),
            "follower_policy": joint.sum(1),
            "leader_average_policy": mean.sum(2),
            "follower_average_policy": mean.sum(1),
        }
        if self.swap:
            found["leader_swap_regret"] = _swap(total, self.leader_payoffs)
            found["follower_swap_regret"] = _swap(total.mT, self.follower_payoffs.mT)
        return found


def _swap(total: Tensor, payoffs: Tensor) -> Tensor:
    """Swap regret of the row player: the gain of replacing each action by its best substitute."""
    gains = total @ payoffs.mT  # [a, b]: what b would have paid where a was played
    return (gains.amax(-1) - gains.diagonal(dim1=-2, dim2=-1)).sum(-1)


def band(
    average: Tensor, regrets: Sequence[Tensor], rounds: Tensor, references: Sequence[Reference]
) -> tuple[Tensor, Tensor, Tensor]:
    """The band (low, high) of every run at every logged iteration, and whether it holds.

    ``average`` and the regrets have shape (R, I), ``rounds`` (I,). Runs of games without computed
    constants have the band from minus to plus infinity.
    """
    eps = torch.stack([regret / rounds for regret in regrets]).amax(0).clamp(min=0)

    def ends(bound: str, slope: str, sign: float) -> Tensor:
        known = [
            (sign * torch.inf, 0.0)
            if (edge := getattr(each, bound)) is None
            else (edge, getattr(each, slope))
            for each in references
        ]
        edges = torch.tensor(known, dtype=torch.float64)
        return edges[:, :1] + sign * edges[:, 1:] * eps

    low, high = ends("lo", "k_lo", -1.0), ends("hi", "k_hi", 1.0)
    slack = torch.tensor([[each.slack] for each in references], dtype=torch.float64)
    return low, high, (average >= low - slack) & (average <= high + slack)
