"""One episode of a gridworld security game: whose turn it is, what is legal, how it ends."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from solvers.gridworld.play import (
    BLOWN,
    MOVE_NAMES,
    OUT_OF_MOVES,
    Ending,
    ending,
)
from stackel.errors import InvalidGameError
from stackel.gridworld import Cell, GridworldGame

Mask: TypeAlias = npt.NDArray[np.int8]
Turn: TypeAlias = Literal["leader", "follower", "over"]


def action_counts(game: GridworldGame) -> tuple[int, int]:
    """Return how many actions the leader and the follower have.

    The leader's are the cells, row by row. The follower's are the moves N, S, E, W, STAY and,
    under the rule ``declared``, after them one declaration a target.
    """
    declarations = len(game.targets) if game.attack_rule == "declared" else 0
    return game.rows * game.cols, len(MOVE_NAMES) + declarations


class Episode:
    """The state of play: the leader places its k defenders, one a turn; then the follower moves.

    Under the rule ``declared`` the follower's first action fixes the target and takes no time.

    Notes
    -----
    A placement a turn has as many actions as there are cells; one joint choice would have
    C(cells, k): 4950 for two defenders on 10 x 10. The order of placements makes no difference.
    """

    def __init__(self, game: GridworldGame, rng: np.random.Generator) -> None:
        self.game = game
        self.rng = rng
        """Draws the wind."""
        self.placed: list[Cell] = []
        self.cell = game.start
        self.time = 0
        """Moves made."""
        self.declared: int | None = None
        self.entered: set[Cell] = set()
        """Cells entered so far; the start, when it was entered again."""
        self.ending: Ending | None = None

    @property
    def turn(self) -> Turn:
        """Who acts next."""
        if self.ending is not None:
            return "over"
        return "leader" if len(self.placed) < self.game.defenders else "follower"

    @property
    def payoffs(self) -> tuple[Fraction, Fraction]:
        """What the episode has paid (leader, follower): 0 before its end."""
        if self.ending is None:
            return Fraction(0), Fraction(0)
        return self.ending.payoffs(self.game)

    def mask(self) -> Mask:
        """The legal actions of whoever acts next: 1 legal, 0 not."""
        counts = action_counts(self.game)
        legal = np.zeros(counts[self.turn != "leader"], dtype=np.int8)
        if self.turn == "leader":
            legal[:] = 1
            legal[[row * self.game.cols + col for row, col in self.placed]] = 0
        elif self.turn == "follower":
            declaring = self.game.attack_rule == "declared" and self.declared is None
            moves = len(MOVE_NAMES)
            legal[slice(moves, None) if declaring else slice(moves)] = 1
        return legal

    def act(self, action: int) -> None:
        """Play one action of whoever acts next.

        Raises
        ------
        InvalidGameError
            When the action is not legal.
        """
        legal = self.mask()
        if not (0 <= action < len(legal) and legal[action]):
            raise InvalidGameError(
                f"action must be one of the {legal.sum()} that the mask allows the "
                f"{self.turn if self.turn != 'over' else 'players of a finished episode'}, "
                f"got {action}"
            )
        if self.turn == "leader":
            self.placed.append(divmod(int(action), self.game.cols))
        elif action >= len(MOVE_NAMES):
            self.declared = int(action) - len(MOVE_NAMES)
        else:
            self._move(MOVE_NAMES[action])

    def _move(self, move: str) -> None:
        """One move of the attacker, which the wind may replace."""
        if self.rng.random() < self.game.wind:
            move = BLOWN[self.rng.integers(len(BLOWN))]
        came_from, self.cell = self.cell, self.game.step(self.cell, move)
        self.time += 1
        if self.cell != came_from:
            self.entered.add(self.cell)
        self.ending = ending(
            self.game,
            came_from,
            self.cell,
            defended=self.cell in self.placed,
            declared=self.declared,
        )
        if self.ending is None and self.time == self.game.horizon:
            self.ending = OUT_OF_MOVES

    def summary(self) -> dict[str, str | int]:
        """How the episode ended and which target was attacked or approached; empty before."""
        if self.ending is None:
            return {}
        return {"ending": self.ending.kind, "target": self.ending.target}

    def draw(self) -> str:
        """Return the map as text: A the attacker, # a defender, targets by number, S the start."""
        index = {target.cell: str(j) for j, target in enumerate(self.game.targets)}
        index.setdefault(self.game.start, "S")
        width = max(map(len, index.values()))
        lines = [
            " ".join(
                ("A" if (row, col) == self.cell else " ")
                + index.get((row, col), ".").rjust(width)
                + ("#" if (row, col) in self.placed else " ")
                for col in range(self.game.cols)
            ).rstrip()
            for row in range(self.game.rows)
        ]
        return "\n".join([*lines, self._caption()])

    def _caption(self) -> str:
        """What has happened, in a line."""
        if self.turn == "leader":
            return f"defender {len(self.placed) + 1} of {self.game.defenders} is to be placed"
        state = f"move {self.time} of {self.game.horizon}"
        if self.ending is None:
            aim = "" if self.declared is None else f", target {self.declared} is declared"
            return state + aim
        place = f" at target {self.ending.target}" if self.ending.target >= 0 else ""
        leader, follower = self.payoffs
        return f"{state}: {self.ending.kind}{place}, leader {leader}, follower {follower}"
