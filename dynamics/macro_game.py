"""The matrix game behind a gridworld: allocations against macro-actions, in expected payoffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

from dynamics.walks import Macro, Walk
from solvers.gridworld.evaluate import attainable
from solvers.gridworld.normal_form import MAX_NORMAL_FORM
from solvers.gridworld.play import OUT_OF_MOVES, Ending, ending, landings
from stackel.errors import InvalidGameError, NoSolutionError
from stackel.game import BimatrixGame
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame, require_gridworld


def macro_game(
    game: GridworldGame,
    *,
    allocations: Sequence[Sequence[Cell]] | None = None,
    macros: Sequence[Macro] | None = None,
) -> BimatrixGame:
    """Return the matrix game of expected payoffs: rows are allocations, columns macro-actions.

    Each entry is computed by following the distribution of the attacker's cell move by move, with
    the wind, exactly.

    Parameters
    ----------
    game : GridworldGame
    allocations : sequence of cells, optional
        Of the defenders: :func:`all_allocations` by default.
    macros : sequence of Macro, optional
        By default a walk to each target within reach, then no attack.

    Raises
    ------
    NoSolutionError
        When there would be more than :data:`~solvers.gridworld.normal_form.MAX_NORMAL_FORM`
        entries.
    InvalidGameError
        When a list is empty.

    Notes
    -----
    Without wind and with targets intercepted these are the payoffs of
    :func:`~solvers.gridworld.normal_form.normal_form`. Otherwise walks are some of the attacker's
    plans, not all: the matrix game is a restriction.

    Examples
    --------
    >>> from stackel.catalog import load
    >>> macro_game(load("gridworld-small").game).leader_exact.rows
    ((-2, -6, 0), (1, -6, 0), (-2, 0, 0))
    """
    require_gridworld(game, "a game of macro-actions")
    if macros is None:
        macros = all_macros(game)
    if allocations is None:
        allocations = all_allocations(game, len(macros))
    if not allocations or not macros:
        raise InvalidGameError(
            "a matrix game must have at least one allocation and one macro-action, "
            f"got {len(allocations)} and {len(macros)}"
        )
    if game.interception == "target":  # where a walk ends does not depend on the allocation
        columns = [outcomes(game, macro) for macro in macros]
        table = [[_mean(game, each, set(cells)) for each in columns] for cells in allocations]
    else:
        table = [
            [expected_payoffs(game, cells, macro) for macro in macros] for cells in allocations
        ]
    return BimatrixGame(
        [[pair[0] for pair in row] for row in table],
        [[pair[1] for pair in row] for row in table],
        name=game.name,
        source=game.source,
        leader_actions=[" ".join(map(str, cells)) or "none" for cells in allocations],
    )


def all_macros(game: GridworldGame) -> list[Macro]:
    """A walk to each target within reach, then no attack."""
    return [Walk(game, j) for j in attainable(game)]


def all_allocations(game: GridworldGame, columns: int) -> list[tuple[Cell, ...]]:
    """The allocations that differ, against ``columns`` macro-actions.

    Where targets are intercepted, the sets of at most k targets within reach, by size and then in
    order; where paths are, all placements of k defenders.

    Raises
    ------
    NoSolutionError
        When the matrix game would be too large.
    """
    if game.interception == "path":
        pool = [(row, col) for row in range(game.rows) for col in range(game.cols)]
        sizes = range(game.defenders, game.defenders + 1)
    else:
        pool = [game.targets[j].cell for j in attainable(game) if j != NO_ATTACK]
        sizes = range(min(game.defenders, len(pool)) + 1)
    entries = sum(comb(len(pool), size) for size in sizes) * columns
    if entries > MAX_NORMAL_FORM:
        raise NoSolutionError(
            f"a matrix game may have at most {MAX_NORMAL_FORM} entries, got {entries}: "
            "give the allocations"
        )
    return [cells for size in sizes for cells in combinations(pool, size)]


def expected_payoffs(
    game: GridworldGame, allocation: Sequence[Cell], macro: Macro
) -> tuple[Fraction, Fraction]:
    """Return what a macro-action earns (leader, follower) against an allocation, on average."""
    leader = follower = Fraction(0)
    for end, chance in endings(game, allocation, macro).items():
        pays = end.payoffs(game)
        leader += chance * pays[0]
        follower += chance * pays[1]
    return leader, follower


def outcomes(game: GridworldGame, macro: Macro) -> dict[int, Fraction]:
    """How likely a macro-action is to attack each target, or none, where targets are intercepted.

    >>> from stackel.catalog import load
    >>> game = load("gridworld-small").game
    >>> outcomes(game, Walk(game, 1))
    {1: Fraction(1, 1)}
    """
    return {end.target: chance for end, chance in endings(game, (), macro).items()}


def endings(
    game: GridworldGame, allocation: Sequence[Cell], macro: Macro
) -> dict[Ending, Fraction]:
    """How an episode ends, with probabilities, against an allocation."""
    ends: dict[Ending, Fraction] = {}
    where = {game.start: Fraction(1)}
    for time in range(game.horizon):
        after: dict[Cell, Fraction] = {}
        for cell, chance in where.items():
            for to, share in landings(game, cell, macro.move(cell, time)):
                end = ending(game, cell, to, defended=to in allocation, declared=macro.declares)
                if end is None:
                    after[to] = after.get(to, Fraction(0)) + chance * share
                else:
                    ends[end] = ends.get(end, Fraction(0)) + chance * share
        where = after
    if where:
        ends[OUT_OF_MOVES] = sum(where.values(), Fraction(0))
    return ends


def _mean(
    game: GridworldGame, chances: Mapping[int, Fraction], defended: set[Cell]
) -> tuple[Fraction, Fraction]:
    """The mean payoffs (leader, follower) over the outcomes when those cells are defended."""
    leader = follower = Fraction(0)
    for j, chance in chances.items():
        held = j != NO_ATTACK and game.targets[j].cell in defended
        pays = game.payoffs(j, Fraction(held))
        leader += chance * pays[0]
        follower += chance * pays[1]
    return leader, follower
