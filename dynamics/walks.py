"""Followers that walk: to a target, or by a fixed route."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from solvers.gridworld.play import MOVE_NAMES
from stackel.errors import InvalidGameError, brief
from stackel.gridworld import MOVES, NO_ATTACK, Cell, GridworldGame, require_gridworld

if TYPE_CHECKING:
    from dynamics.envs.episode import Episode


class FollowerPolicy(ABC):
    """A follower that is given the episode itself, and looks only at what it may see."""

    @abstractmethod
    def act(self, episode: Episode) -> int:
        """Return the follower's action."""


class Macro(FollowerPolicy):
    """A follower whose moves depend on the time and its cell alone."""

    game: GridworldGame
    declares: int
    """The target it fixes under the rule ``declared``."""

    @abstractmethod
    def move(self, cell: Cell, time: int) -> str:
        """Return the move from a cell at a time."""

    def act(self, episode: Episode) -> int:
        """Declare where the rule asks for it, then move."""
        if episode.game.attack_rule == "declared" and episode.declared is None:
            return len(MOVE_NAMES) + self.declares
        return MOVE_NAMES.index(self.move(episode.cell, episode.time))


class Walk(Macro):
    """Walks to a target by a shortest path from wherever the wind has blown it.

    Under the rule ``first-entered`` it walks round other targets. With ``outcome`` -1 (no attack),
    or a target behind others, it stays; when it must declare, it then declares the first target
    among those farthest from the start.
    """

    def __init__(self, game: GridworldGame, outcome: int) -> None:
        require_gridworld(game, "a walk")
        if type(outcome) is not int or not NO_ATTACK <= outcome < len(game.targets):
            raise InvalidGameError(
                f"a follower can walk to targets 0 to {len(game.targets) - 1} or to none (-1), "
                f"got {brief(outcome)}"
            )
        self.game = game
        self.outcome = outcome
        self.declares = outcome
        if outcome == NO_ATTACK and game.attack_rule == "declared":
            self.declares = max(
                range(len(game.targets)), key=lambda j: _moves_to(game, j)[game.start]
            )

    def move(self, cell: Cell, time: int) -> str:
        """Return the first of N, S, E, W that comes nearer."""
        if self.outcome == NO_ATTACK:
            return "STAY"
        far = _moves_to(self.game, self.outcome)
        unreachable = len(far) + 1
        return min(
            ("STAY", *MOVE_NAMES), key=lambda m: far.get(self.game.step(cell, m), unreachable)
        )


class Route(Macro):
    """Makes the given moves whatever happens, then stays."""

    def __init__(self, game: GridworldGame, moves: Sequence[str], *, declares: int = 0) -> None:
        require_gridworld(game, "a route")
        if not isinstance(moves, Sequence):
            raise InvalidGameError(f"moves must be a sequence of moves, got {brief(moves)}")
        for move in moves:
            if move not in tuple(MOVES):  # of any type: a list has no hash
                known = ", ".join(MOVES)
                raise InvalidGameError(f"a move must be one of {known}, got {brief(move)}")
        if type(declares) is not int or not 0 <= declares < len(game.targets):
            raise InvalidGameError(
                f"a route may declare targets 0 to {len(game.targets) - 1}, got {brief(declares)}"
            )
        self.game = game
        self.moves = tuple(moves)
        self.declares = declares

    def move(self, cell: Cell, time: int) -> str:
        """Return the move of that time."""
        return self.moves[time] if time < len(self.moves) else "STAY"


@lru_cache(maxsize=256)  # one for each target of the few games in play
def _moves_to(game: GridworldGame, target: int) -> dict[Cell, int]:
    """The fewest moves to a target from every cell; from those cut off, more than there are."""
    blocked = set()
    if game.attack_rule == "first-entered":
        blocked = {t.cell for j, t in enumerate(game.targets) if j != target}
    goal = game.targets[target].cell
    far = {goal: 0}
    queue = deque([goal])
    while queue:
        cell = queue.popleft()
        for move in MOVES:  # moves are symmetric: what can be left this way can be entered
            to = game.step(cell, move)
            if to not in far and to not in blocked:
                far[to] = far[cell] + 1
                queue.append(to)
    return far
