"""One defender who intercepts paths: a linear program of the size of grid times horizon."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from solvers.gridworld._walks import neighbours
from solvers.gridworld.path import is_path_zero_sum, require_paths
from solvers.lp import Row, maximize
from stackel.errors import NoSolutionError
from stackel.gridworld import Cell, GridworldGame


class Watch(NamedTuple):
    """How often one defender stands on each cell, and what the attacker gets."""

    attacker_value: Fraction
    chances: dict[Cell, Fraction]
    """Zeros left out."""


def one_defender(game: GridworldGame) -> Watch:
    r"""Compute the value of a zero-sum game of interception with one defender, exactly.

    One defender stands on one cell, so that the chance to be stopped adds up over the cells of a
    path: a path enters a cell once. With :math:`d_h(x)` at most the least such sum over walks of
    at most h moves to x,

    .. math:: \min_{c, d, v} v \quad \text{s.t.} \quad
        v \ge u_t (1 - d_H(t)), \; d_{h+1}(y) \le d_h(x) + c_y, \; d_{h+1}(x) \le d_h(x), \;
        d_h(\text{start}) = 0, \; \textstyle\sum_y c_y \le 1.

    Raises
    ------
    NoSolutionError
        When there is not one defender, the game is not zero-sum, paths are not intercepted, wind
        blows, or no attack pays the attacker less than 0.

    Notes
    -----
    Of polynomial size, against the double oracle of :func:`~solvers.gridworld.path.path_saddle`,
    which it checks.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from stackel import catalog
    >>> game = replace(catalog.load("gridworld-bottleneck").game, defenders=1)
    >>> print(one_defender(game).attacker_value)
    8/9
    """
    require_paths(game)
    if game.defenders != 1 or not is_path_zero_sum(game) or game.no_attack.attacker < 0:
        raise NoSolutionError(
            "the program for one defender needs one defender, a zero-sum game, and no_attack to "
            f"pay the attacker at least 0, got {game.defenders} and {game.no_attack.attacker}"
        )
    cells = [(row, col) for row in range(game.rows) for col in range(game.cols)]
    number = {cell: i for i, cell in enumerate(cells)}
    blocked = {t.cell for t in game.targets} if game.attack_rule == "first-entered" else set()
    distance: dict[tuple[int, Cell], int] = {}
    rows = [Row(coefficients=dict.fromkeys(range(len(cells)), 1), sense="<=", bound=1)]
    here = {game.start}
    variables = len(cells)
    for moves in range(1, game.moves + 1):
        leaving = here - blocked
        here = here | {to for cell in leaving for to in neighbours(game, cell)}
        for cell in sorted(here - {game.start}):
            distance[moves, cell] = variables
            variables += 1
        for to in here - {game.start}:
            came_from = {cell for cell in neighbours(game, to) if cell in leaving}
            for cell in came_from:
                before = {} if cell == game.start else {distance[moves - 1, cell]: -1}
                rows.append(
                    Row(
                        coefficients={distance[moves, to]: 1, number[to]: -1, **before},
                        sense="<=",
                        bound=0,
                    )
                )
            if (moves - 1, to) in distance:
                same = {distance[moves, to]: 1, distance[moves - 1, to]: -1}
                rows.append(Row(coefficients=same, sense="<=", bound=0))
    value = variables  # above what no attack pays
    stay = game.no_attack.attacker
    for target in game.targets:
        if target.cell in here and target.attacker_uncovered > stay:
            worth = target.attacker_uncovered
            rows.append(
                Row(
                    coefficients={value: 1, distance[game.moves, target.cell]: worth},
                    sense=">=",
                    bound=worth - stay,
                )
            )
    optimum = maximize([0] * variables + [-1], rows)
    return Watch(
        attacker_value=stay + optimum.x[value],
        chances={cell: optimum.x[i] for cell, i in number.items() if optimum.x[i]},
    )
