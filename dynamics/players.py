"""Players: what connects a learner to an arena, whatever the learner is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import Tensor

from dynamics.arenas.interface import Seen
from dynamics.learners import Bandit, BestResponse, Full, Learner, QLearning, Transition, select
from dynamics.learners.best_response import BestResponseState
from dynamics.learners.ppo import PPO, PPOState
from dynamics.learners.q_learning import QLearningState
from dynamics.stream import Stream

Replies = Callable[[], tuple[Tensor, Tensor]]
"""What each reply to the leader's present policy would pay the follower, and the leader."""


class Player(Protocol):
    """One side of every run: a policy, and how it learns from what it saw.

    ``mask`` (R,) says which runs change; None: all of them.
    """

    def begin(self, stream: Stream) -> Any:
        """The state before the first iteration, one run for every key of ``stream``."""
        ...

    def anticipate(self, state: Any, replies: Replies, mask: Tensor | None) -> Any:
        """The state once the leader's policy of this iteration is known, before any play."""
        ...

    def policy(self, state: Any) -> Tensor:
        """The mix at every observation, (R, S, n), float64."""
        ...

    def learn(self, state: Any, seen: Seen, mask: Tensor | None, shuffle: Stream) -> Any:
        """The state after an iteration."""
        ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Tabular:
    """A learner with one copy a run and observation; the copies whose observation was met learn."""

    learner: Learner[Any, Any]
    observations: int
    """S."""
    actions: int
    """n."""

    def begin(self, stream: Stream) -> Any:
        """A copy for every run and observation."""
        shape = (len(stream.key), self.observations)
        return self.learner.init(shape, self.actions, device=stream.key.device)

    def anticipate(self, state: Any, replies: Replies, mask: Tensor | None) -> Any:
        """Nothing: it learns from what has been played."""
        return state

    def policy(self, state: Any) -> Tensor:
        """What the copies play."""
        return self.learner.strategy(state)

    def learn(self, state: Any, seen: Seen, mask: Tensor | None, shuffle: Stream) -> Any:
        """Each copy is told the reward of its every action, or of the one action it played."""
        feedback: Full | Bandit
        if self.learner.feedback is Full:
            feedback = Full(rewards=seen.rewards())
        else:  # a batch of one round: see ``dynamics.settings``
            shape = (-1, self.observations)
            action = seen.rollout.action.flatten(1).expand(shape)
            feedback = Bandit(action=action, reward=seen.rollout.reward.flatten(1).expand(shape))
        met = seen.visited if mask is None else mask[:, None] & seen.visited
        return select(met, self.learner.update(state, feedback), state)


@dataclass(frozen=True, eq=False, kw_only=True)
class Stepwise:
    """Q-learning along one sequence of steps, whose states are the observations."""

    learner: QLearning
    actions: int
    """n."""

    def begin(self, stream: Stream) -> QLearningState:
        """Nothing tried yet."""
        return self.learner.init((len(stream.key), 1), self.actions, device=stream.key.device)

    def anticipate(
        self, state: QLearningState, replies: Replies, mask: Tensor | None
    ) -> QLearningState:
        """Nothing: it learns from what has been played."""
        return state

    def policy(self, state: QLearningState) -> Tensor:
        """The mix at every observation."""
        return self.learner.mixes(state)[:, 0]

    def learn(
        self, state: QLearningState, seen: Seen, mask: Tensor | None, shuffle: Stream
    ) -> QLearningState:
        """One step after another, each told where it led."""
        steps, updated = seen.rollout, state
        here, action = steps.observation, steps.action
        ended = torch.ones_like(here, dtype=torch.bool) if steps.ended is None else steps.ended
        last = torch.zeros_like(here[..., 0]) if steps.last is None else steps.last
        after = torch.cat([here[..., 1:], last[..., None]], -1)
        for step in range(here.shape[-1]):
            feedback = Transition(
                action=action[..., step],
                reward=steps.reward[..., step],
                next_state=after[..., step],
                ended=ended[..., step],
            )
            updated = self.learner.update(replace(updated, here=here[..., step]), feedback)
        return updated if mask is None else select(mask, updated, state)


@dataclass(frozen=True, eq=False, kw_only=True)
class Responder:
    """A best reply to the leader's policy, or, where its action is observed, to every action."""

    learner: BestResponse
    observations: int
    actions: int
    favour: float = 1.0
    """How ties are broken: 1 for the leader, -1 against it, 0 for the first reply."""

    def begin(self, stream: Stream) -> BestResponseState:
        """Nothing seen yet: all actions are tied."""
        shape = (len(stream.key), self.observations)
        return self.learner.init(shape, self.actions, device=stream.key.device)

    def anticipate(
        self, state: BestResponseState, replies: Replies, mask: Tensor | None
    ) -> BestResponseState:
        """Reply to the present policy."""
        own, other = replies()
        updated = self.learner.update(state, Full(rewards=own, other=self.favour * other))
        return updated if mask is None else select(mask, updated, state)

    def policy(self, state: BestResponseState) -> Tensor:
        """The last reply computed."""
        return self.learner.strategy(state)

    def learn(
        self, state: BestResponseState, seen: Seen, mask: Tensor | None, shuffle: Stream
    ) -> BestResponseState:
        """Nothing: it knows the game."""
        return state


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """A PPO agent."""

    learner: PPO

    def begin(self, stream: Stream) -> PPOState:
        """Networks with first weights drawn from the stream."""
        return self.learner.init(stream)

    def anticipate(self, state: PPOState, replies: Replies, mask: Tensor | None) -> PPOState:
        """Nothing: it learns from what has been played."""
        return state

    def policy(self, state: PPOState) -> Tensor:
        """The policy network's mixes."""
        return self.learner.strategy(state)

    def learn(self, state: PPOState, seen: Seen, mask: Tensor | None, shuffle: Stream) -> PPOState:
        """An update from the sampled steps."""
        updated = self.learner.update(state, seen.rollout, shuffle=shuffle)
        return updated if mask is None else select(mask, updated, state)
