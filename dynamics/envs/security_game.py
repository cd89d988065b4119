"""The gridworld security game as a two-player environment for PettingZoo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.utils import seeding
from pettingzoo import AECEnv  # type: ignore[import-untyped, unused-ignore]
from pettingzoo.utils.wrappers import OrderEnforcingWrapper  # type: ignore[import-untyped, unused-ignore]

from dynamics.envs.commitment import Committed
from dynamics.envs.episode import Episode, action_counts
from dynamics.envs.observation import Information, Observation, Sight
from stackel.errors import InvalidGameError, brief
from stackel.gridworld import GridworldGame

LEADER, FOLLOWER = "leader_0", "follower_0"
"""The players, named as PettingZoo recommends."""


def security_game_v0(
    game: GridworldGame,
    *,
    information: Information = "action",
    commitment: Committed | None = None,
    render_mode: str | None = None,
) -> AECEnv[str, Observation, int | None]:
    """Return the game as an agent-environment cycle: the leader places, then the follower moves.

    The leader chooses a cell for each of its k defenders in turn; actions number the cells row by
    row. The follower's actions are N, S, E, W, STAY; under the rule ``declared`` its first action,
    5 + j, fixes target j and takes no time. ``info["action_mask"]`` marks what is legal. Rewards
    are 0 until the episode ends, and then the game's payoffs. The end at the horizon is a
    termination, as the game is finite and the time is observed.

    Parameters
    ----------
    game : GridworldGame
    information : {"action", "commitment", "none"}
        What the follower sees of the defenders: where they stand, how often each cell is
        defended under ``commitment``, or nothing.
    commitment : optional
        The leader's mix; see :meth:`~dynamics.envs.Commitment.read`. ``reset`` takes another as
        ``options={"commitment": ...}``. The leader's placements are not held to it.
    render_mode : {"ansi", None}
        With ``"ansi"``, ``render()`` returns the map as text.

    Raises
    ------
    InvalidGameError
        When the information is unknown, or is ``"commitment"`` without one; by ``step``, when an
        action is not legal.

    Notes
    -----
    The wind is drawn from a generator that ``reset(seed=...)`` makes; without a seed it is made
    from fresh entropy, which ``env.unwrapped.np_random_seed`` records. Later resets without a seed
    continue the stream.

    References
    ----------
    J. K. Terry et al. (2021), NeurIPS, "PettingZoo: Gym for multi-agent reinforcement learning".

    Examples
    --------
    >>> from stackel.catalog import load
    >>> env = security_game_v0(load("gridworld-small").game)
    >>> env.reset(seed=0)
    >>> env.step(13)  # the defender goes to cell (3, 1), a target
    >>> for action in (2, 2, 2, 1):  # E, E, E, S: to the other target
    ...     env.step(action)
    >>> env.rewards
    {'leader_0': -2.0, 'follower_0': 5.0}
    """
    return OrderEnforcingWrapper(
        SecurityGame(game, information=information, commitment=commitment, render_mode=render_mode)
    )


class SecurityGame(AECEnv[str, Observation, int | None]):  # type: ignore[misc]
    """The environment behind :func:`security_game_v0`, which says what it does."""

    metadata: ClassVar[dict[str, Any]] = {
        "name": "security_game_v0",
        "render_modes": ["ansi"],
        "is_parallelizable": False,
        "render_fps": 2,
    }

    def __init__(
        self,
        game: GridworldGame,
        *,
        information: Information = "action",
        commitment: Committed | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__()
        if render_mode not in (None, "ansi"):
            raise InvalidGameError(f"render_mode must be 'ansi' or None, got {brief(render_mode)}")
        self.game = game
        self.render_mode = render_mode
        self.sight = Sight(game, information, commitment)
        self.possible_agents = [LEADER, FOLLOWER]
        self.observation_spaces = {agent: self.sight.space() for agent in self.possible_agents}
        self.action_spaces = {
            agent: gymnasium.spaces.Discrete(count)
            for agent, count in zip(self.possible_agents, action_counts(game), strict=True)
        }
        self.np_random_seed: int | None = None
        """What the generator was made from: the seed given, or the entropy drawn."""

    def observation_space(self, agent: str) -> gymnasium.spaces.Space[Observation]:
        """Return the space of a player's observations."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.spaces.Discrete:
        """Return the space of a player's actions."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Begin an episode; ``options={"commitment": ...}`` shows the follower that one."""
        if seed is not None or self.np_random_seed is None:
            self.np_random, self.np_random_seed = seeding.np_random(seed)
        if options is not None and "commitment" in options:
            self.sight.commit(options["commitment"])
        self.episode = Episode(self.game, self.np_random)
        self.agents = self.possible_agents[:]
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self._tell()

    def observe(self, agent: str) -> Observation:
        """Return what a player sees now."""
        look = self.sight.leader if agent == LEADER else self.sight.follower
        return look(self.episode)

    def step(self, action: int | None) -> None:
        """Play the action of the player whose turn it is; None once the episode is over."""
        if self.terminations[self.agent_selection]:
            self._was_dead_step(action)
            return
        if action is None:
            raise InvalidGameError("action must be an integer while the episode goes on, got None")
        self._cumulative_rewards[self.agent_selection] = 0.0
        self._clear_rewards()
        self.episode.act(int(action))
        if self.episode.turn == "over":
            leader, follower = self.episode.payoffs
            self.rewards = {LEADER: float(leader), FOLLOWER: float(follower)}
            self.terminations = dict.fromkeys(self.agents, True)
        self._tell()
        self._accumulate_rewards()

    def _tell(self) -> None:
        """Say whose turn it is and what is legal, and at the end what happened."""
        turn = self.episode.turn
        self.agent_selection = FOLLOWER if turn == "follower" else LEADER
        self.infos = {}
        for agent, count in zip(self.possible_agents, action_counts(self.game), strict=True):
            acts = turn != "over" and agent == self.agent_selection
            mask = self.episode.mask() if acts else np.zeros(count, dtype=np.int8)
            self.infos[agent] = {"action_mask": mask, **self.episode.summary()}

    def render(self) -> str | None:
        """Return the map as text."""
        return self.episode.draw() if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Release nothing: there is no window."""
