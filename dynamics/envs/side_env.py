"""What the Gymnasium views of both sides share: spaces, masks, the legal reading of an action."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from dynamics.envs.episode import Episode, Mask
from dynamics.envs.observation import Observation, Sight
from stackel.errors import InvalidGameError, brief
from stackel.gridworld import GridworldGame


class SideEnv(gymnasium.Env[Observation, np.int64]):
    """One side of a gridworld security game; the other is part of the environment."""

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 2}  # noqa: RUF012, a class attribute of gymnasium

    def __init__(
        self, game: GridworldGame, sight: Sight, actions: int, render_mode: str | None
    ) -> None:
        if render_mode not in (None, "ansi"):
            raise InvalidGameError(f"render_mode must be 'ansi' or None, got {brief(render_mode)}")
        self.game = game
        self.sight = sight
        self.render_mode = render_mode
        self.observation_space = sight.space()
        self.actions = actions
        self.action_space = gymnasium.spaces.Discrete(actions)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode; without a seed the stream goes on, or starts from fresh entropy."""
        super().reset(seed=seed)
        self.episode = Episode(self.game, self.np_random)
        self._begin()
        return self._observe(), self._info()

    def step(self, action: int | np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Play an action; one that is not legal is read as the next one that is, cyclically."""
        if not hasattr(self, "episode"):
            raise InvalidGameError("an environment must be reset before its first step, got a step")
        if self.episode.ending is not None:
            raise InvalidGameError("an episode that is over must be reset, got a step")
        self.episode.act(next_legal(self.episode.mask(), int(action)))
        self._reply()
        return self._observe(), self._reward(), self.episode.turn == "over", False, self._info()

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Return which actions are legal now, as learners with invalid-action masking ask."""
        return self._mask().astype(bool)

    def render(self) -> str | None:
        """Return the map as text."""
        return self.episode.draw() if self.render_mode == "ansi" else None

    def _mask(self) -> Mask:
        """The legal actions; none when the episode is over."""
        if self.episode.turn == "over":
            return np.zeros(self.actions, dtype=np.int8)
        return self.episode.mask()

    def _info(self) -> dict[str, Any]:
        """The mask, and at the end what happened."""
        return {"action_mask": self._mask(), **self.episode.summary()}

    @abstractmethod
    def _begin(self) -> None:
        """Let the other side do what it does first."""

    @abstractmethod
    def _reply(self) -> None:
        """Let the other side do what it does after an action."""

    @abstractmethod
    def _observe(self) -> Observation:
        """What this side sees."""

    @abstractmethod
    def _reward(self) -> float:
        """What this side has just been paid."""


def next_legal(mask: Mask, action: int) -> int:
    """Return the first legal action from ``action`` on, cyclically.

    So every action means something, and a learner that knows no masks can play.

    >>> next_legal(np.array([1, 0, 0, 1], dtype=np.int8), 1)
    3
    """
    if not 0 <= action < len(mask):
        raise InvalidGameError(f"action must be from 0 to {len(mask) - 1}, got {action}")
    return (action + int(np.argmax(np.roll(mask, -action)))) % len(mask)
