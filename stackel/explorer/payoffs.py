"""From what was typed to a game, or to one line about what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame
from stackel.matrix import format_number

ROWS = 2
"""Leader actions of every game that is explored: a commitment is one number."""
COLUMNS = (2, 3)
"""Follower actions that it may have."""


def read_game(leader: Sequence[Sequence[str]], follower: Sequence[Sequence[str]]) -> BimatrixGame:
    """The game of two tables of typed payoffs.

    Raises
    ------
    InvalidGameError
        When something typed is not a number, or nothing is.

    Examples
    --------
    >>> read_game([["1/3", "0"], ["0", "2"]], [["1", "0"], ["0", "2.5"]]).follower_exact[1, 1]
    Fraction(5, 2)
    >>> read_game([["1", ""]], [["1", "0"]])
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: leader, row 1, column 2: type a number such as 3, -1/2 or 0.25
    """
    for player, table in (("leader", leader), ("follower", follower)):
        for i, row in enumerate(table):
            for j, text in enumerate(row):
                if not text.strip():
                    raise InvalidGameError(
                        f"{player}, row {i + 1}, column {j + 1}: "
                        "type a number such as 3, -1/2 or 0.25"
                    )
    tables = [[[text.strip() for text in row] for row in table] for table in (leader, follower)]
    return BimatrixGame(*tables)


def check_explorable(game: object) -> BimatrixGame:
    """Return ``game`` when it can be explored.

    Raises
    ------
    InvalidGameError
        When it is not a matrix game of 2 x 2 or 2 x 3.
    """
    if not isinstance(game, BimatrixGame):
        kind = getattr(game, "kind", type(game).__name__)
        raise InvalidGameError(f"games that are explored are 2 x 2 or 2 x 3, got a {kind} game")
    m, n = game.shape
    if m != ROWS or n not in COLUMNS:
        raise InvalidGameError(f"games that are explored are 2 x 2 or 2 x 3, got {m} x {n}")
    return game


def written(game: BimatrixGame) -> tuple[list[list[str]], list[list[str]]]:
    """Both tables as one would type them.

    >>> written(BimatrixGame([["1/3", 2]], [[0, 0.5]]))
    ([['1/3', '2']], [['0', '1/2']])
    """
    m, n = game.shape
    sides = (game.leader_exact, game.follower_exact)
    leader, follower = (
        [[format_number(side[i, j]) for j in range(n)] for i in range(m)] for side in sides
    )
    return leader, follower
