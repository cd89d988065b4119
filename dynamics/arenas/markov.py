r"""Finite Markov games: one mix for every state, or for every stage and state with a horizon.

What an action is worth to a learner is what it pays, with what follows from the next state under
both players' present policies (exactly, from the game). Feedback decides over what it is averaged:
the opponent's mix (expected), the opponent's actions sampled in that state (batch); or it is the
return of the learner's own sampled actions, weighed by their probabilities (bandit).

*No bound in general.* One no-regret learner a state has no regret in a game of one state and one
stage. Otherwise what follows an action changes with both policies, and no bound is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from dynamics.arenas.interface import Feedback, Information, Play, Seen, Side, draw
from dynamics.arenas.markov_values import MarkovTables
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream


class Episodes(NamedTuple):
    """Sampled episodes, (R, E, L) each, and what both observe after them, (R, E)."""

    observation: Tensor
    leader: Tensor
    follower: Tensor
    last: tuple[Tensor, Tensor]


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovArena:
    """R Markov games of one shape; an iteration is ``batch`` episodes from the start.

    The leader observes (stage, state), or the state where stages are not told apart; the follower
    the same, and with information ``action`` also the leader's action in it.
    """

    tables: MarkovTables
    information: Information = "none"
    feedback: Feedback = "expected"
    batch: int = 1
    """Episodes an iteration, E."""
    length: int
    """Steps of an episode, L: the horizon, or where a discounted game is broken off."""
    favour: float = 1.0
    """How a best reply breaks ties: 1 for the leader, -1 against it, 0 for the first."""
    samples: int = 0
    """Draws of the leader's action in each state that a best reply is based on; 0: its mix."""
    comparators: tuple[Tensor, Tensor]
    """Fixed policies that regret is judged by, (D, T, S, m) and (D, T, S, m, n)."""
    leader: Side = field(init=False)
    follower: Side = field(init=False)

    def __post_init__(self) -> None:
        _, states, m, n = self.tables.leader.shape
        places = self.tables.stages * states
        once = self.length == 1
        for name, observations, actions in (
            ("leader", places, m),
            ("follower", places * m if self.observes else places, n),
        ):
            features = torch.eye(observations, device=self.tables.leader.device)
            side = Side(
                features=features, actions=actions, once=once, discount=self.tables.discount
            )
            object.__setattr__(self, name, side)

    @property
    def observes(self) -> bool:
        """Whether the follower sees the leader's action."""
        return self.information == "action"

    def begin(self, stream: Stream) -> Tensor:
        """Nothing is carried on: every iteration starts anew."""
        return torch.zeros_like(self.tables.start[:, :1], dtype=torch.int64)

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """Values of the policies, and episodes drawn from them."""
        p, q = self._split(leader, follower)
        worths = self.tables.worths(p, q)
        episodes = self._sample(leader, follower, stream)
        i, j = episodes.leader, episodes.follower
        paid = [
            pays.flatten(1).gather(1, self._cell(episodes).flatten(1)).reshape(i.shape)
            for pays in (self.tables.leader, self.tables.follower)
        ]
        seen = episodes.observation
        watched = seen * p.shape[-1] + i if self.observes else seen
        ended = None
        if self.length > 1 or self.tables.horizon is None:
            ended = torch.zeros_like(i, dtype=torch.bool)
            ended[..., -1] = self.tables.horizon is not None
        rollouts = [
            Rollout(observation=at, action=action, reward=reward, ended=ended, last=after)
            for at, action, reward, after in (
                (seen, i, paid[0], episodes.last[0]),
                (watched, j, paid[1], episodes.last[1]),
            )
        ]
        return carried, Play(
            joint=self._account(p, q, leader, follower, worths),
            leader=Seen(
                rewards=lambda: self._leader_rewards(p, q, worths[0], rollouts, leader),
                visited=self._visited(rollouts[0], leader),
                rollout=rollouts[0],
            ),
            follower=Seen(
                rewards=lambda: self._follower_rewards(p, worths[1], rollouts, follower),
                visited=self._visited(rollouts[1], follower),
                rollout=rollouts[1],
            ),
        )

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """What each reply pays if the best ones follow."""
        mixes = leader
        if self.samples:
            runs, places, m = leader.shape
            count = places * self.samples
            where = torch.arange(places, device=leader.device).repeat_interleave(self.samples)
            drawn = draw(leader, where.expand(runs, -1), stream.uniform(count))
            shares = torch.zeros_like(leader).flatten(1)
            mixes = shares.scatter_add(1, where * m + drawn, torch.ones_like(drawn).to(leader))
            mixes = mixes.reshape(leader.shape) / self.samples
        shape = (len(leader), self.tables.stages, -1, leader.shape[-1])
        own, other = self.tables.replies(mixes.reshape(shape), self.favour, self.observes)
        return own.flatten(1, 3), other.flatten(1, 3)

    def _split(self, leader: Tensor, follower: Tensor) -> tuple[Tensor, Tensor]:
        """Policies by stage, state and, for the follower, the leader's action."""
        runs, states, m, n = self.tables.leader.shape
        p = leader.reshape(runs, -1, states, m)
        q = follower.reshape(runs, -1, states, m if self.observes else 1, n)
        return p, q.expand(-1, -1, -1, m, -1)

    def _sample(self, leader: Tensor, follower: Tensor, stream: Stream) -> Episodes:
        """Episodes from the start."""
        runs, states, m, n = self.tables.leader.shape
        levels = stream.uniform((3 * self.length + 2) * self.batch).reshape(runs, -1, self.batch)
        nothing = torch.zeros_like(levels[:, 0], dtype=torch.int64)
        state = draw(self.tables.start[:, None], nothing, levels[:, -1])
        moves = self.tables.transition.flatten(1, 3)
        seen = nothing[..., None].repeat(1, 1, self.length)
        i, j = torch.zeros_like(seen), torch.zeros_like(seen)
        for step in range(self.length):
            row, column, onward = levels[:, 3 * step : 3 * step + 3].unbind(1)
            place = state + (step * states if self.tables.horizon else 0)
            seen[..., step] = place
            i[..., step] = draw(leader, place, row)
            watched = place * m + i[..., step] if self.observes else place
            j[..., step] = draw(follower, watched, column)
            cell = (state * m + i[..., step]) * n + j[..., step]
            state = draw(moves, cell, onward)
        shown = state  # where nothing ends, the next step is begun
        if self.observes:
            shown = state * m + draw(leader, state, levels[:, -2])
        return Episodes(seen, i, j, (state, shown))

    def _cell(self, episodes: Episodes) -> Tensor:
        """Numbers of (state, leader's action, follower's action)."""
        _, states, m, n = self.tables.leader.shape
        return (episodes.observation % states * m + episodes.leader) * n + episodes.follower

    def _leader_rewards(
        self,
        p: Tensor,
        q: Tensor,
        worth: Tensor,
        rollouts: list[Rollout],
        leader: Tensor,
    ) -> Tensor:
        """What every leader action is worth at every observation, (R, T S, m)."""
        if self.feedback == "bandit":
            return self._returns(rollouts[0], leader)
        if self.feedback == "batch" and not self.observes:
            met = self._counts(rollouts[0].observation, rollouts[1].action, q.shape[-1], p)
            q = met[..., None, :]
        return (q * worth).sum(-1).flatten(1, 2)

    def _follower_rewards(
        self, p: Tensor, worth: Tensor, rollouts: list[Rollout], follower: Tensor
    ) -> Tensor:
        """What every follower action is worth at every observation, (R, S, n)."""
        if self.feedback == "bandit":
            return self._returns(rollouts[1], follower)
        if self.observes:
            return worth.flatten(1, 3)
        if self.feedback == "batch":
            p = self._counts(rollouts[0].observation, rollouts[0].action, p.shape[-1], p)
        return (p[..., None] * worth).sum(-2).flatten(1, 2)

    def _counts(self, seen: Tensor, action: Tensor, count: int, like: Tensor) -> Tensor:
        """Shares of actions at every stage and state, (R, T, S, count); 0 where none was met."""
        places = like.shape[1] * like.shape[2]
        table = like.new_zeros((len(like), places * count))
        pair = (seen * count + action).flatten(1)
        table = table.scatter_add(1, pair, torch.ones_like(pair).to(like))
        table = table.reshape(*like.shape[:3], count)
        return table / table.sum(-1, keepdim=True).clamp(min=1)

    def _returns(self, rollout: Rollout, policy: Tensor) -> Tensor:
        """Mean return of the sampled actions at each observation over their probability."""
        gain, after = torch.empty_like(rollout.reward), torch.zeros_like(rollout.reward[..., 0])
        for step in reversed(range(self.length)):
            after = rollout.reward[..., step] + self.tables.discount * after
            gain[..., step] = after
        runs, places, n = policy.shape
        flat, seen = policy.flatten(1), rollout.observation.flatten(1)
        pair = seen * n + rollout.action.flatten(1)
        earned = torch.zeros_like(flat).scatter_add(1, pair, gain.flatten(1))
        ones = torch.ones_like(seen).to(flat)
        visits = flat.new_zeros((runs, places)).scatter_add(1, seen, ones).clamp(min=1)
        tiny = torch.finfo(flat.dtype).tiny
        return earned.reshape(policy.shape) / (visits[..., None] * policy).clamp(min=tiny)

    def _visited(self, rollout: Rollout, policy: Tensor) -> Tensor:
        """The observations that were met; all of them where rewards need no samples."""
        if self.feedback == "expected":
            return torch.ones_like(policy[..., 0], dtype=torch.bool)
        seen = rollout.observation.flatten(1)
        met = torch.zeros_like(policy[..., 0], dtype=torch.bool)
        return met.scatter(1, seen, torch.ones_like(seen, dtype=torch.bool))

    def _account(
        self,
        p: Tensor,
        q: Tensor,
        leader: Tensor,
        follower: Tensor,
        worths: tuple[Tensor, Tensor],
    ) -> Tensor:
        """What the tally adds up: values, those of the comparators, and both policies, (R, K)."""
        runs = len(p)
        chances = p[:, 0, ..., None] * q[:, 0]
        values = [
            (self.tables.start * (chances * worth[:, 0]).sum((2, 3))).sum(1, keepdim=True)
            for worth in worths
        ]
        gains = []
        for side, each in enumerate(self.comparators):
            if count := len(each):
                tables = self.tables.repeat(count)
                fixed = each.repeat(runs, *(1,) * (each.dim() - 1))
                mixes = (fixed, q.repeat_interleave(count, 0))
                if side:
                    mixes = (p.repeat_interleave(count, 0), fixed)
                gains.append(tables.values(*mixes)[side].reshape(runs, count))
        return torch.cat([*values, *gains, leader.flatten(1), follower.flatten(1)], 1)
