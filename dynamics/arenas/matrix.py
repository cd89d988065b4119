"""Matrix games, played in rounds of one simultaneous move, or with the leader's action observed."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from dynamics.arenas.interface import Feedback, Information, Play, Seen, Side, draw
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixArena:
    r"""R matrix games of one shape, an iteration being K rounds with the players' mixes held.

    The follower has one mix q, or, with information ``action``, one for every leader action:
    the joint distribution of an iteration is :math:`p_i q_j` or :math:`p_i q_{ij}`. With ``memory``
    the leader observes the last joint action; its K rounds are then ``chains`` sequences side by
    side, which go on from iteration to iteration, and p is its mean mix over what it observed.
    """

    leader_payoffs: Tensor
    """(R, m, n), float64."""
    follower_payoffs: Tensor
    """(R, m, n), float64."""
    information: Information = "none"
    feedback: Feedback = "expected"
    batch: int = 1
    """Rounds an iteration, K."""
    memory: bool = False
    """Whether the leader observes the last joint action."""
    chains: int = 1
    """Sequences side by side, a divisor of K; without memory every round stands alone."""
    samples: int = 0
    """Rounds from which a best reply to the mix is estimated; 0: it is exact."""
    leader: Side = field(init=False)
    follower: Side = field(init=False)

    def __post_init__(self) -> None:
        _, m, n = self.leader_payoffs.shape
        watched = m if self.information == "action" else 1
        for name, observations, actions in (
            ("leader", m * n if self.memory else 1, m),
            ("follower", watched, n),
        ):
            features = torch.eye(observations, device=self.leader_payoffs.device)
            object.__setattr__(self, name, Side(features=features, actions=actions))

    def begin(self, stream: Stream) -> Tensor:
        """What the leader observes next in every chain, (R, E): with memory, drawn uniformly."""
        chains = self.chains if self.memory else self.batch
        return (stream.uniform(chains) * self.leader.observations).to(torch.int64)

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """K rounds: E = ``carried.shape[1]`` sequences of K / E rounds."""
        runs, m, n = self.leader_payoffs.shape
        chains = carried.shape[1]
        levels = stream.uniform(2 * self.batch).reshape(runs, 2, chains, -1)
        steps: list[tuple[Tensor, Tensor, Tensor]] = []
        for step in range(levels.shape[-1]):
            i = draw(leader, carried, levels[:, 0, :, step])
            watched = i if self.information == "action" else torch.zeros_like(i)
            j = draw(follower, watched, levels[:, 1, :, step])
            steps.append((carried, i, j))
            carried = i * n + j if self.memory else carried
        observed, i, j = (torch.stack(each, -1) for each in zip(*steps, strict=True))
        joint = (i * n + j).flatten(1)
        counts = torch.zeros((runs, m * n), dtype=torch.float64, device=i.device)
        counts = counts.scatter_add(1, joint, torch.ones_like(joint, dtype=torch.float64))
        shares = counts.reshape(runs, m, n) / self.batch
        met = torch.zeros((runs, leader.shape[1]), dtype=torch.float64, device=i.device)
        met = met.scatter_add(
            1, observed.flatten(1), torch.full_like(joint, 1, dtype=torch.float64)
        )
        mix = (met[..., None] * leader).sum(1) / self.batch
        rows = (i,) if self.information == "action" else (torch.zeros_like(i),)
        last = carried if self.memory else None
        ended = torch.zeros_like(i, dtype=torch.bool) if self.memory else None
        seen = shares.sum(-1) > 0 if self.information == "action" else met.new_ones((runs, 1)) > 0
        return carried, Play(
            joint=mix[..., None] * follower,
            leader=Seen(
                rewards=lambda: self._leader_rewards(mix, follower, shares, levels[:, 1]),
                visited=met > 0,
                rollout=Rollout(
                    observation=observed,
                    action=i,
                    reward=self.leader_payoffs.flatten(1).gather(1, joint).reshape(i.shape),
                    ended=ended,
                    last=last,
                ),
            ),
            follower=Seen(
                rewards=lambda: self._follower_rewards(mix, follower, shares),
                visited=seen,
                rollout=Rollout(
                    observation=rows[0],
                    action=j,
                    reward=self.follower_payoffs.flatten(1).gather(1, joint).reshape(j.shape),
                    ended=None,
                ),
            ),
        )

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """What each reply pays: to the action observed, or to the mix, exactly or in samples."""
        if self.information == "action":
            return self.follower_payoffs, self.leader_payoffs
        mix = leader.mean(1, keepdim=True)
        if self.samples:
            mix = self.sampled_mix(leader, stream.uniform(self.samples)[:, None])
        return mix @ self.follower_payoffs, mix @ self.leader_payoffs

    def sampled_mix(self, leader: Tensor, uniform: Tensor) -> Tensor:
        """Shares of the leader's actions in draws at the levels (R, K, N): (R, K, m)."""
        mix = leader.mean(1, keepdim=True)
        drawn = draw(
            mix, torch.zeros_like(uniform.flatten(1), dtype=torch.int64), uniform.flatten(1)
        )
        counts = uniform.new_zeros((*uniform.shape[:2], mix.shape[-1]))
        counts = counts.scatter_add(-1, drawn.reshape(uniform.shape), torch.ones_like(uniform))
        return counts / uniform.shape[-1]

    def _leader_rewards(
        self, mix: Tensor, follower: Tensor, shares: Tensor, levels: Tensor
    ) -> Tensor:
        """What every leader action earns against the follower's present policy, (R, S, m)."""
        payoffs = self.leader_payoffs
        if self.feedback == "bandit":
            rewards = (shares * payoffs).sum(-1) / mix.clamp(min=torch.finfo(mix.dtype).tiny)
        elif self.feedback == "expected":
            rewards = (follower * payoffs).sum(-1)
        elif self.information == "action":  # the replies that each action would have met
            rewards = (_replied(follower, levels.flatten(1)) * payoffs).sum(-1)
        else:
            rewards = (shares.sum(1, keepdim=True) * payoffs).sum(-1)
        return rewards[:, None].expand(-1, self.leader.observations, -1)

    def _follower_rewards(self, mix: Tensor, follower: Tensor, shares: Tensor) -> Tensor:
        """What every follower action earns at each observation, (R, S, n)."""
        payoffs, observes = self.follower_payoffs, self.information == "action"
        if self.feedback == "bandit":
            earned = shares * payoffs
            tiny = torch.finfo(mix.dtype).tiny
            if observes:
                return earned / (shares.sum(-1, keepdim=True) * follower).clamp(min=tiny)
            return earned.sum(1, keepdim=True) / follower.clamp(min=tiny)
        if observes:
            return payoffs
        leader = mix if self.feedback == "expected" else shares.sum(-1)
        return leader[:, None] @ payoffs


def _replied(follower: Tensor, levels: Tensor) -> Tensor:
    """How often each action would have met each reply at these levels (R, K): (R, m, n)."""
    runs, m, n = follower.shape
    flat = follower.reshape(runs * m, 1, n)
    level = levels[:, None].expand(-1, m, -1).reshape(runs * m, -1)
    drawn = draw(flat, torch.zeros_like(level, dtype=torch.int64), level)
    counts = follower.new_zeros((runs * m, n))
    counts = counts.scatter_add(1, drawn, torch.ones_like(level))
    return counts.reshape(runs, m, n) / level.shape[-1]
