"""The exact best responder, and policies from outside, to play against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np

from dynamics.envs.commitment import Commitment, Committed
from dynamics.envs.episode import Episode, Mask
from dynamics.envs.observation import Observation
from dynamics.walks import FollowerPolicy
from solvers.gridworld.best_reply import ReplyPlan, best_reply
from solvers.gridworld.play import MOVE_NAMES
from stackel.gridworld import Cell, GridworldGame, require_gridworld
from stackel.gridworld_fields import check_choice

Ties: TypeAlias = Literal["strong", "weak"]
Policy: TypeAlias = Callable[[Observation, Mask, np.random.Generator], int]
"""A player from outside: (observation, legal actions, generator of the environment) -> action."""


class BestResponder(FollowerPolicy):
    """The exact best reply to what the follower sees, by dynamic programming.

    Parameters
    ----------
    game : GridworldGame
    commitment : optional
        The mix that the follower knows; see :meth:`~dynamics.envs.Commitment.read`. Without one
        it sees the allocation of each episode and replies to that.
    ties : {"strong", "weak"}
        Whether it breaks ties for or against the leader.

    Raises
    ------
    InvalidGameError
        When an argument breaks its rule.

    Notes
    -----
    A reply is computed once for every allocation met: about 0.1 s on 10 x 10 with horizon 20.
    Where only targets are intercepted, allocations that defend the same targets share one.

    Examples
    --------
    >>> from stackel.catalog import load
    >>> game = load("gridworld-small").game
    >>> print(BestResponder(game, ["1/4", "3/4"]).plan().follower_value)
    7/2
    """

    def __init__(
        self,
        game: GridworldGame,
        commitment: Committed | None = None,
        *,
        ties: Ties = "strong",
    ) -> None:
        require_gridworld(game, "an environment")
        check_choice(ties, "ties", get_args(Ties))
        self.game = game
        self.commitment = None if commitment is None else Commitment.read(game, commitment)
        self.ties = ties
        self._plans: dict[frozenset[Cell] | None, ReplyPlan] = {}

    def plan(self, placed: Sequence[Cell] = ()) -> ReplyPlan:
        """Return the best reply when the defenders are ``placed`` there, or to the commitment."""
        seen = None if self.commitment else self._relevant(placed)
        if seen not in self._plans:
            mix = (
                (self.commitment.allocations, self.commitment.probabilities)
                if self.commitment
                else ((tuple(seen or ()),), (1,))
            )
            self._plans[seen] = best_reply(self.game, *mix, ties=self.ties)
        return self._plans[seen]

    def _relevant(self, placed: Sequence[Cell]) -> frozenset[Cell]:
        """The cells where a defender makes a difference."""
        cells = frozenset(placed)
        if self.game.interception == "target":
            cells &= {target.cell for target in self.game.targets}
        return cells

    def act(self, episode: Episode) -> int:
        """Follow the plan."""
        plan = self.plan(episode.placed)
        if plan.declared is not None and episode.declared is None:
            return len(MOVE_NAMES) + plan.declared
        return MOVE_NAMES.index(plan.move(episode.time, episode.cell, frozenset(episode.entered)))
