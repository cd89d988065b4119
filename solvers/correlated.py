r"""Payoff ranges over correlated and coarse correlated equilibria, by exact linear programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from solvers.lp import Optimum, Row, maximize_all
from stackel.certificate import Extreme
from stackel.game import BimatrixGame
from stackel.result import CorrelatedRange

Deviation: TypeAlias = tuple[int, ...]
"""(i, i') or (j, j'): told to play the first, play the second; (i',) or (j',): play it always."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Incentive:
    """What a deviation gains in every cell, as integers over ``scale``."""

    leads: bool
    """Whether the leader deviates."""
    deviation: Deviation
    gains: Mapping[int, int]
    """Cell i * n + j -> gain, zeros left out."""
    scale: int


def correlated(game: BimatrixGame) -> CorrelatedRange:
    r"""Return the ranges of both players' payoffs over all correlated equilibria, exactly.

    A joint distribution z is a correlated equilibrium (CE) when nobody gains by replacing one
    recommended action by another: :math:`\sum_j z_{ij} (A_{i'j} - A_{ij}) \le 0` for all i, i',
    and :math:`\sum_i z_{ij} (B_{ij'} - B_{ij}) \le 0` for all j, j'.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).

    Returns
    -------
    CorrelatedRange
        With, in ``extremes``, an equilibrium that attains each number and the multipliers that
        prove that no equilibrium goes beyond it (see :class:`stackel.result.Extreme`).

    Notes
    -----
    Four LPs over one polytope of m n variables and m(m-1) + n(n-1) + 1 rows; deviations that can
    never gain are left out. About a second at 20 x 20; payoffs with many digits double that. Weak
    spot: payoffs that differ by 1e-12 of their size in many places. The float solver drops such
    differences, and the exact repair takes hundreds of pivots at 8 x 8 (a second) and may take
    minutes from 16 x 16 on; the answer stays exact.

    References
    ----------
    .. [1] R. J. Aumann. Subjectivity and correlation in randomized strategies. Journal of
       Mathematical Economics 1, 1974.

    Examples
    --------
    >>> chicken = BimatrixGame([[6, 2], [7, 0]], [[6, 7], [2, 0]])
    >>> str(correlated(chicken).leader_min), str(correlated(chicken).leader_max)
    ('2', '7')
    """
    return _range(game, [*_switches(game)], "four LPs over the correlated equilibria, exact")


def coarse_correlated(game: BimatrixGame) -> CorrelatedRange:
    r"""Return the ranges of both players' payoffs over all coarse correlated equilibria, exactly.

    A joint distribution z is a coarse correlated equilibrium (CCE) when nobody gains by one fixed
    action: :math:`\sum_{ij} z_{ij} (A_{i'j} - A_{ij}) \le 0` for all i', and
    :math:`\sum_{ij} z_{ij} (B_{ij'} - B_{ij}) \le 0` for all j'. These are the limits of play
    without external regret.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).

    Returns
    -------
    CorrelatedRange
        With a proof of each number in ``extremes`` (see :class:`stackel.result.Extreme`).

    Notes
    -----
    Four LPs over one polytope of m n variables and m + n + 1 rows.

    References
    ----------
    .. [1] H. Moulin and J.-P. Vial. Strategically zero-sum games. International Journal of Game
       Theory 7, 1978.

    Examples
    --------
    >>> game = BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> coarse_correlated(game).leader_max
    Fraction(0, 1)
    """
    return _range(game, [*fixed_actions(game)], "four LPs over the coarse equilibria, exact")


def fixed_actions(game: BimatrixGame) -> Iterator[Incentive]:
    """The deviations to one fixed action, the leader's first."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    cells = [(i, j) for i in range(m) for j in range(n)]
    for other in range(m):
        line = a.rows[other]
        gains = {i * n + j: line[j] - a.rows[i][j] for i, j in cells}
        yield _incentive(True, (other,), gains, a.scale)
    for other in range(n):
        gains = {i * n + j: b.rows[i][other] - b.rows[i][j] for i, j in cells}
        yield _incentive(False, (other,), gains, b.scale)


def _switches(game: BimatrixGame) -> Iterator[Incentive]:
    """The deviations from one recommended action to another, the leader's first."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    for i in range(m):
        for other in range(m):
            gains = {i * n + j: a.rows[other][j] - a.rows[i][j] for j in range(n)}
            yield _incentive(True, (i, other), gains, a.scale)
    for j in range(n):
        for other in range(n):
            gains = {i * n + j: b.rows[i][other] - b.rows[i][j] for i in range(m)}
            yield _incentive(False, (j, other), gains, b.scale)


def _incentive(
    leads: bool, deviation: Deviation, gains: Mapping[int, int], scale: int
) -> Incentive:
    return Incentive(
        leads=leads,
        deviation=deviation,
        gains={cell: gain for cell, gain in gains.items() if gain},
        scale=scale,
    )


def _range(game: BimatrixGame, incentives: Sequence[Incentive], method: str) -> CorrelatedRange:
    binding = [each for each in incentives if max(each.gains.values(), default=0) > 0]
    _, n = game.shape
    cells = game.shape[0] * n
    rows = [Row(coefficients=dict.fromkeys(range(cells), 1), sense="==", bound=1)]
    rows += [Row(coefficients=each.gains, sense="<=", bound=0) for each in binding]
    a = [x for row in game.leader_exact.rows for x in row]
    b = [x for row in game.follower_exact.rows for x in row]
    goals = {
        "leader_min": ([-x for x in a], -game.leader_exact.scale),
        "leader_max": (a, game.leader_exact.scale),
        "follower_min": ([-x for x in b], -game.follower_exact.scale),
        "follower_max": (b, game.follower_exact.scale),
    }
    optima = maximize_all([payoffs for payoffs, _ in goals.values()], rows)
    extremes = {
        name: extreme(optimum, optimum.duals[1:], binding, scale, n)
        for (name, (_, scale)), optimum in zip(goals.items(), optima, strict=True)
    }
    return CorrelatedRange(
        leader_min=extremes["leader_min"].value,
        leader_max=extremes["leader_max"].value,
        follower_min=extremes["follower_min"].value,
        follower_max=extremes["follower_max"].value,
        method=method,
        extremes=extremes,
    )


def extreme(
    optimum: Optimum,
    duals: Sequence[Fraction],
    incentives: Sequence[Incentive],
    scale: int,
    n: int,
) -> Extreme:
    """The record of an optimum of ``scale`` times the payoff; a negative scale means a minimum."""
    multipliers: dict[bool, dict[Deviation, Fraction]] = {True: {}, False: {}}
    for each, dual in zip(incentives, duals, strict=True):
        if dual:
            multipliers[each.leads][each.deviation] = dual * Fraction(each.scale, abs(scale))
    return Extreme(
        value=optimum.value / scale,
        joint={divmod(cell, n): z for cell, z in enumerate(optimum.x) if z},
        leader_multipliers=multipliers[True],
        follower_multipliers=multipliers[False],
    )
