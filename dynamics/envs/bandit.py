"""The macro-action view: a matrix game in episodes of one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium
from gymnasium.utils import seeding
from pettingzoo import ParallelEnv  # type: ignore[import-untyped, unused-ignore]

from dynamics.envs.security_game import FOLLOWER, LEADER
from stackel.errors import InvalidGameError, brief
from stackel.game import BimatrixGame


class MacroBandit(ParallelEnv):  # type: ignore[misc]
    """Episodes of one simultaneous move in a matrix game, for PettingZoo.

    Both players choose an action at once and are paid the expected payoffs; there is nothing to
    observe. The regret of a learner here is regret in the matrix game.

    Parameters
    ----------
    matrix : BimatrixGame
        Such as :func:`~dynamics.macro_game.macro_game` returns.

    Raises
    ------
    InvalidGameError
        When it is no matrix game.

    Examples
    --------
    >>> from dynamics.macro_game import macro_game
    >>> from stackel.catalog import load
    >>> env = MacroBandit(macro_game(load("gridworld-small").game))
    >>> _ = env.reset(seed=0)
    >>> env.step({"leader_0": 1, "follower_0": 1})[1]
    {'leader_0': -6.0, 'follower_0': 3.0}
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "macro_bandit_v0", "render_modes": []}

    def __init__(self, matrix: BimatrixGame) -> None:
        if not isinstance(matrix, BimatrixGame):
            raise InvalidGameError(
                "the bandit needs a BimatrixGame, such as dynamics.macro_game.macro_game(game) "
                f"returns, got {brief(matrix)}"
            )
        self.matrix = matrix
        self.render_mode = None
        self.possible_agents = [LEADER, FOLLOWER]
        self.agents: list[str] = []
        self.action_spaces = {
            agent: gymnasium.spaces.Discrete(count)
            for agent, count in zip(self.possible_agents, matrix.shape, strict=True)
        }
        self.observation_spaces = {
            agent: gymnasium.spaces.Discrete(1) for agent in self.possible_agents
        }
        self.np_random_seed: int | None = None
        """The seed given to ``reset``, or the entropy drawn; nothing here is random."""

    def observation_space(self, agent: str) -> gymnasium.spaces.Discrete:
        """Return the space with the one observation, 0."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.spaces.Discrete:
        """Return the space of a player's actions."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, int], dict[str, dict[str, Any]]]:
        """Begin an episode."""
        if seed is not None or self.np_random_seed is None:
            _, self.np_random_seed = seeding.np_random(seed)
        self.agents = self.possible_agents[:]
        return dict.fromkeys(self.agents, 0), {agent: {} for agent in self.agents}

    def step(
        self, actions: Mapping[str, int]
    ) -> tuple[
        dict[str, int],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Pay both players; the episode is over."""
        agents, self.agents = self.agents, []
        at = int(actions[LEADER]), int(actions[FOLLOWER])
        paid = {LEADER: float(self.matrix.leader[at]), FOLLOWER: float(self.matrix.follower[at])}
        return (
            dict.fromkeys(agents, 0),
            paid,
            dict.fromkeys(agents, True),
            dict.fromkeys(agents, False),
            {agent: {} for agent in agents},
        )
