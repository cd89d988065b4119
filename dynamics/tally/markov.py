"""What play of a Markov game adds up to."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovTally:
    """How play of R Markov games is judged.

    An iteration's record has, a run: both players' values, the values of D fixed policies of each
    against the other's policy, and both policies.
    """

    fixed: tuple[int, int]
    """Numbers of fixed policies, of leader and follower; 0: too many to try, and no regret."""
    leader_shape: tuple[int, int]
    """Observations and actions."""
    follower_shape: tuple[int, int]
    like: Tensor
    """What sums are made like, (R, ...), float64."""

    def begin(self) -> Tensor:
        """Nothing played: (R, 2 + fixed policies + both policies' entries)."""
        policies = sum(a * b for a, b in (self.leader_shape, self.follower_shape))
        return self.like.new_zeros((len(self.like), 2 + sum(self.fixed) + policies))

    def measure(self, joint: Tensor, total: Tensor, rounds: int) -> dict[str, Tensor]:
        """What is logged: of the ``joint`` of this iteration, and of the ``total`` so far.

        Regret is for the best fixed policy (one action a state, or a stage and state, and a
        leader's action where it is seen) against the opponent's policies of all iterations.
        """
        now, so_far = self._split(joint), self._split(total)
        found = {
            "leader_payoff": now[0][:, 0],
            "follower_payoff": now[1][:, 0],
            "leader_average": so_far[0][:, 0] / rounds,
            "follower_average": so_far[1][:, 0] / rounds,
        }
        for side, earned, gains in (("leader", 0, 2), ("follower", 1, 3)):
            if so_far[gains].shape[1]:
                best = so_far[gains].amax(1)
                found[f"{side}_regret"] = best - so_far[earned][:, 0]
        for side, part, shape in (
            ("leader", 4, self.leader_shape),
            ("follower", 5, self.follower_shape),
        ):
            found[f"{side}_mixes"] = now[part].reshape(-1, *shape)
            found[f"{side}_average_mixes"] = so_far[part].reshape(-1, *shape) / rounds
        return found

    def _split(self, record: Tensor) -> tuple[Tensor, ...]:
        sizes = [1, 1, *self.fixed]
        sizes += [a * b for a, b in (self.leader_shape, self.follower_shape)]
        return torch.split(record, sizes, 1)
