"""A leader that commits: its action is a mixed strategy, held for a block of rounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from dynamics.arenas.interface import Play, Seen, Side, draw
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream


@dataclass(frozen=True, eq=False, kw_only=True)
class CommittedArena:
    """R matrix games, an iteration being a batch of blocks with the leader's policy held.

    The follower lives within the blocks (see :mod:`dynamics.blocks`) and has no choice to make
    here. What a block pays is the average of its rounds, the follower's learning included.
    """

    blocks: Tensor
    """Joint distribution of play over a block of each of N commitments, (R, N, m, n), float64."""
    leader_payoffs: Tensor
    """(R, m, n), float64."""
    follower_payoffs: Tensor
    """(R, m, n), float64."""
    batch: int
    """Blocks an iteration."""
    leader: Side = field(init=False)
    follower: Side = field(init=False)

    def __post_init__(self) -> None:
        once = torch.ones((1, 1), device=self.blocks.device)
        count = self.blocks.shape[1]
        object.__setattr__(self, "leader", Side(features=once, actions=count))
        object.__setattr__(self, "follower", Side(features=once, actions=1))

    def begin(self, stream: Stream) -> Tensor:
        """Nothing is carried from block to block."""
        return torch.zeros((len(self.blocks), 1), dtype=torch.int64, device=self.blocks.device)

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """A batch of blocks."""
        level = stream.uniform(self.batch)
        nothing = torch.zeros_like(level, dtype=torch.int64)
        chosen = draw(leader, nothing, level)[..., None]
        earned = self._block_values(self.leader_payoffs)
        gained = self._block_values(self.follower_payoffs)
        everywhere = torch.ones((len(level), 1), dtype=torch.bool, device=level.device)
        return carried, Play(
            joint=torch.einsum("rc,rcij->rij", leader[:, 0], self.blocks),
            leader=Seen(
                rewards=lambda: earned[:, None],
                visited=everywhere,
                rollout=Rollout(
                    observation=nothing[..., None],
                    action=chosen,
                    reward=earned.gather(1, chosen[..., 0])[..., None],
                    ended=None,
                ),
            ),
            follower=Seen(
                rewards=lambda: (leader[:, 0] * gained).sum(-1)[:, None, None],
                visited=everywhere,
                rollout=Rollout(
                    observation=nothing[..., None],
                    action=nothing[..., None],
                    reward=gained.gather(1, chosen[..., 0])[..., None],
                    ended=None,
                ),
            ),
        )

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """The one thing to do, and what it pays the follower and the leader."""
        own = self._block_values(self.follower_payoffs)
        other = self._block_values(self.leader_payoffs)
        mix = leader[:, 0]
        return (mix * own).sum(-1)[:, None, None], (mix * other).sum(-1)[:, None, None]

    def _block_values(self, payoffs: Tensor) -> Tensor:
        """What a block of each commitment pays, (R, N)."""
        return torch.einsum("rcij,rij->rc", self.blocks, payoffs)
