"""What each side sees of an episode, as one vector with the same layout for both."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast, get_args

import gymnasium
import numpy as np
import numpy.typing as npt

from dynamics.envs.commitment import Commitment, Committed
from dynamics.envs.episode import Episode
from stackel.errors import InvalidGameError, brief
from stackel.gridworld import GridworldGame, require_gridworld

Observation: TypeAlias = npt.NDArray[np.float32]
Information: TypeAlias = Literal["action", "commitment", "none"]
"""What the follower sees of the leader: the realised allocation, its mix, or nothing."""


class Sight:
    """Turns episodes into observations.

    An observation has, with C = rows times cols and cells row by row,

    - C entries: 1 at the attacker's cell, else 0;
    - C entries, the defenders. The leader sees those placed so far. The follower sees the
      allocation (``"action"``), how often each cell is defended (``"commitment"``), or zeros
      (``"none"``);
    - 1 entry: the share of the horizon that is left;
    - under the rule ``declared``, n entries: the follower sees 1 at the declared target.

    Notes
    -----
    Where paths are intercepted and k >= 2, how often each cell is defended does not determine the
    mix: the follower then sees less than the commitment.
    """

    def __init__(
        self, game: GridworldGame, information: Information, commitment: Committed | None
    ) -> None:
        require_gridworld(game, "an environment")
        if information not in get_args(Information):
            raise InvalidGameError(
                f"information must be one of {', '.join(get_args(Information))}, "
                f"got {brief(information)}"
            )
        self.game = game
        self.information = information
        declared = len(game.targets) if game.attack_rule == "declared" else 0
        self.size = 2 * game.rows * game.cols + 1 + declared
        """Entries of an observation."""
        self.commit(commitment)

    def commit(self, commitment: Committed | None) -> None:
        """Show the follower this commitment from now on."""
        if self.information == "commitment" and commitment is None:
            raise InvalidGameError(
                "a follower that sees the commitment must be shown one, got commitment None"
            )
        self.commitment = None if commitment is None else Commitment.read(self.game, commitment)
        self.coverage = (
            None if self.commitment is None else self.commitment.cell_coverage(self.game)
        )

    def space(self) -> gymnasium.spaces.Space[Observation]:
        """The space of observations."""
        return cast(
            gymnasium.spaces.Space[Observation],  # Box does not narrow its type to its dtype
            gymnasium.spaces.Box(0, 1, (self.size,), np.float32),
        )

    def leader(self, episode: Episode) -> Observation:
        """What the leader sees."""
        return self._write(episode, self._placed(episode), declared=None)

    def follower(self, episode: Episode) -> Observation:
        """What the follower sees."""
        if self.information == "action":
            shown = self._placed(episode)
        elif self.information == "commitment" and self.coverage is not None:
            shown = self.coverage
        else:
            shown = np.zeros(self.game.rows * self.game.cols, dtype=np.float32)
        return self._write(episode, shown, declared=episode.declared)

    def _placed(self, episode: Episode) -> Observation:
        """1 at every cell with a defender."""
        shown = np.zeros(self.game.rows * self.game.cols, dtype=np.float32)
        shown[[row * self.game.cols + col for row, col in episode.placed]] = 1
        return shown

    def _write(self, episode: Episode, shown: Observation, declared: int | None) -> Observation:
        """The vector."""
        game = self.game
        cells = game.rows * game.cols
        vector = np.zeros(self.size, dtype=np.float32)
        vector[episode.cell[0] * game.cols + episode.cell[1]] = 1
        vector[cells : 2 * cells] = shown
        vector[2 * cells] = 1 - episode.time / game.horizon
        if declared is not None:
            vector[2 * cells + 1 + declared] = 1
        return vector
