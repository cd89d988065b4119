"""The loop: one batch of runs, from the first iteration to the last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import Tensor

from dynamics.arenas.interface import Arena
from dynamics.players import Player
from dynamics.stream import Stream
from dynamics.tally import Judge

SHUFFLING = 0
"""Seed of the order of PPO's minibatches, which all runs share."""
LEADER, FOLLOWER, CHANCE, SEARCH = range(4)
"""Places of a run's random numbers: first weights of either side, play, and searched replies."""


@dataclass(frozen=True, eq=False, kw_only=True)
class State:
    """Where a batch of runs stands; with the seeds, all that its future depends on."""

    iteration: int
    """Iterations played."""
    leader: Any
    follower: Any
    carried: Tensor
    """What the arena carries on."""
    total: Tensor
    """Sum of what all iterations add to the tally, such as joint distributions (R, m, n)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ensemble:
    """R runs of one shape: who plays whom, on what, with which random numbers."""

    arena: Arena
    leader: Player
    follower: Player
    tally: Judge
    stream: Stream
    every: Tensor
    """Iterations from one update of the follower to the next, (R,), on the CPU."""
    after: Tensor
    """Iterations before its first update, (R,), on the CPU."""

    @cached_property
    def shuffling(self) -> Stream:
        """What orders the minibatches of all runs, one key."""
        return Stream.of_seeds([SHUFFLING], device=self.stream.key.device)

    def begin(self) -> State:
        """Nothing played yet."""
        return State(
            iteration=0,
            leader=self.leader.begin(self.stream.at(LEADER)),
            follower=self.follower.begin(self.stream.at(FOLLOWER)),
            carried=self.arena.begin(self.stream.at(CHANCE, 0)),
            total=self.tally.begin(),
        )

    def step(self, state: State) -> tuple[State, Tensor]:
        """One iteration: the new state, and the joint distribution of its play, (R, m, n)."""
        iteration = state.iteration + 1
        shuffle = self.shuffling.at(iteration)
        leader, follower = self.leader.policy(state.leader), state.follower
        someone, learns = self._learns(iteration)
        if someone:
            follower = self.follower.anticipate(
                follower,
                lambda: self.arena.replies(leader, self.stream.at(SEARCH, iteration)),
                learns,
            )
        carried, play = self.arena.play(
            state.carried,
            leader,
            self.follower.policy(follower),
            self.stream.at(CHANCE, iteration),
        )
        if someone:
            follower = self.follower.learn(follower, play.follower, learns, shuffle.at(FOLLOWER))
        return (
            State(
                iteration=iteration,
                leader=self.leader.learn(state.leader, play.leader, None, shuffle.at(LEADER)),
                follower=follower,
                carried=carried,
                total=state.total + play.joint,
            ),
            play.joint,
        )

    def _learns(self, iteration: int) -> tuple[bool, Tensor | None]:
        """Whether any follower learns in this iteration, and in which runs; None: in all."""
        since = iteration - self.after - 1
        mask = (since >= 0) & (since % self.every == 0)
        return bool(mask.any()), None if mask.all() else mask.to(self.stream.key.device)
