"""What an arena is, and what an iteration of play leaves behind.

Letters: R runs, S observations of a player, m and n the numbers of actions (leader, follower).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream

Information = Literal["none", "action", "commitment"]
"""What the follower sees of the leader: nothing, its realised action, its mixed strategy."""
Feedback = Literal["expected", "batch", "bandit"]
"""What tells a player the reward of its every action: the opponent's mix, the opponent's sampled
actions, or the rewards of its own sampled actions alone, weighed by their probabilities."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Side:
    """One player's part of an arena."""

    features: Tensor
    """What networks see of each of the S observations, (S, d)."""
    actions: int
    """Number of actions."""
    once: bool = True
    """Whether the player acts once in an episode."""
    discount: float = 1.0
    """How the game weighs the player's next step."""

    @property
    def observations(self) -> int:
        """Number of observations, S."""
        return len(self.features)


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """What one side can learn from an iteration."""

    rewards: Callable[[], Tensor]
    """The reward of every action at every observation, (R, S, n); made when asked for."""
    visited: Tensor
    """Which observations were met, (R, S), bool."""
    rollout: Rollout
    """The sampled steps."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Play:
    """An iteration: what it pays in expectation, and what each side learns from it."""

    joint: Tensor
    """What the tally adds up, float64: the joint distribution of both players' actions, (R, m, n),
    or of whatever the game's tally says."""
    leader: Seen
    follower: Seen


class Arena(Protocol):
    """A game as R runs meet it."""

    @property
    def leader(self) -> Side:
        """What the leader observes and can do."""
        ...

    @property
    def follower(self) -> Side:
        """What the follower observes and can do."""
        ...

    def begin(self, stream: Stream) -> Tensor:
        """What is carried from iteration to iteration, before the first."""
        ...

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """One iteration with mixes (R, S, m) and (R, S, n), drawn from ``stream``."""
        ...

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """What each reply to these mixes would pay the follower and the leader, (R, S, n) each.

        Where they are estimated, the samples come from ``stream``.
        """
        ...


def draw(table: Tensor, observation: Tensor, uniform: Tensor) -> Tensor:
    """Draw an action of the mix at each observation: ``table`` (R, S, n), the others (R, E).

    >>> table = torch.tensor([[[0.25, 0.75], [1.0, 0.0]]])
    >>> draw(table, torch.tensor([[0, 0, 1]]), torch.tensor([[0.2, 0.3, 0.9]]))
    tensor([[0, 1, 0]])
    """
    below = table.cumsum(-1)
    if table.shape[1] == 1:
        level = uniform * below[:, 0, -1:]
        drawn = torch.searchsorted(below[:, 0], level, right=True)
        likely = (below < below[..., -1:]).sum(-1)  # the last action of positive probability
    else:
        rows = below.gather(1, observation[..., None].expand(*observation.shape, table.shape[-1]))
        drawn = (rows <= uniform[..., None] * rows[..., -1:]).sum(-1)
        likely = (rows < rows[..., -1:]).sum(-1)
    return torch.minimum(drawn, likely)
