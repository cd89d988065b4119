r"""Strong Stackelberg equilibria in floating point: multiple LPs, most of them left unfinished.

For the follower action j: maximise :math:`A_j^T x` over the simplex subject to
:math:`(B_k - B_j)^T x \le 0` for all k (Conitzer and Sandholm 2006). A column is settled as soon
as a bound on its maximum falls to the best value found. The columns with the largest bounds are
lowered together, so that hardly any work goes to a column whose bound is below the value anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from sys import float_info
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from solvers.multiple_lp.bounds import Draft, ScaledGame, prove
from solvers.multiple_lp.dual_simplex import DualSimplex
from stackel.errors import InvalidGameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

SETTLED = 1e-11
"""How far above the best value a column's bound may end, in units of the leader's payoff range."""
TIED = 1e-12
"""Payoffs closer than this, in units of their range, are equal: best responses together, or
sums that are constant."""
BATCH = 32
"""Columns lowered together: enough to hide the cost of a call, few enough to waste little."""
PIVOTS = 4
"""Pivots a column may take, times (m + n), before HiGHS solves it instead."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FloatOptimum:
    """A strong Stackelberg equilibrium in floats, with a bound that proves it nearly optimal."""

    value: float
    """The leader's payoff at ``strategy`` and ``action``, on the payoffs as given."""
    strategy: FloatArray
    """Leader mix, shape (m,)."""
    action: int
    """The follower's action j."""
    multipliers: list[dict[int, float]]
    """Per follower column j the nonzero lambda_k >= 0 that bound its program by
    ``max_i A_ij + sum_k lambda_k (B_ij - B_ik)``; {} where the maximum of A_j is bound enough."""
    support: list[int]
    """Leader actions basic in the winning program."""
    tight: list[int]
    """Follower actions whose rows are tight in the winning basis: one fewer than ``support``."""
    upper_bound: float
    """The largest of the columns' bounds: no commitment gives the leader more, up to rounding."""


def lazy_multiple_lp(
    leader: FloatArray,
    follower: FloatArray,
    *,
    progress: Callable[[float], None] | None = None,
) -> FloatOptimum:
    """Return a strong Stackelberg equilibrium of payoffs (m, n), with the proof of its value.

    Parameters
    ----------
    leader, follower : array, shape (m, n)
        Finite payoffs; each is scaled to range over 1, so their units do not matter.
    progress : callable, optional
        Called with the share of columns settled so far, in [0, 1].

    Raises
    ------
    InvalidGameError
        When a payoff range, or the leader's over the follower's, is beyond float64.
    NoSolutionError
        When a program cannot be finished in floats.

    Notes
    -----
    Ties of the follower within 1e-10 of its payoff range count as ties. Random games need a few
    pivots in few columns; games close to zero-sum, whose optima have large supports, take longest.
    Payoffs that sum to a constant are one minimax program.

    References
    ----------
    Conitzer and Sandholm, "Computing the optimal strategy to commit to", EC 2006.

    Examples
    --------
    >>> import numpy as np
    >>> optimum = lazy_multiple_lp(np.array([[2.0, 4.0], [1.0, 3.0]]), np.eye(2))
    >>> optimum.value, optimum.action, optimum.strategy.tolist(), optimum.tight
    (3.5, 1, [0.5, 0.5], [0])
    """
    low, size = _range(leader)
    follower_low, unit = _range(follower)
    ratio = size / unit if unit > 0 else 0.0  # turns multipliers back into the payoffs' units
    vanishes = unit > 0 and size > 0 and ratio < float_info.min
    if vanishes or not all(map(isfinite, (size, unit, ratio))):
        raise InvalidGameError(
            "payoff ranges and their ratio must lie within float64 for a float method, "
            f"got {size:.3g} and {unit:.3g}"
        )
    game = ScaledGame(
        leader_columns=_scaled(leader.T, low, size),
        follower=_scaled(follower, follower_low, unit),
        follower_columns=_scaled(follower.T, follower_low, unit),
    )
    draft = _minimax(game) if _constant_sum(game) else _lower(game, progress)
    strategy, bound = prove(game, draft)
    if progress is not None:
        progress(1.0)
    value = float(strategy @ leader[:, draft.action])
    return FloatOptimum(
        value=value,
        strategy=strategy,
        action=draft.action,
        multipliers=[{k: x * ratio for k, x in row.items()} for row in draft.multipliers],
        support=draft.support,
        tight=draft.tight,
        upper_bound=max(value, low + size * bound),
    )


def _range(payoffs: FloatArray) -> tuple[float, float]:
    """The least payoff, and how far the largest is above it."""
    low = float(payoffs.min())
    return low, float(payoffs.max()) - low


def _scaled(payoffs: FloatArray, low: float, size: float) -> FloatArray:
    """The payoffs moved to [0, 1], in C order."""
    scaled: FloatArray = np.subtract(payoffs, low, order="C")
    if size > 0:
        scaled /= size
    return scaled


def _constant_sum(game: ScaledGame) -> bool:
    """Whether the scaled payoffs sum to 1; the first column alone rules most games out."""
    a, b = game.leader_columns, game.follower_columns
    return all(np.abs(x + y - 1.0).max() <= TIED for x, y in ((a[:1], b[:1]), (a, b)))


def _lower(game: ScaledGame, progress: Callable[[float], None] | None) -> Draft:
    """Lower the columns' bounds until none is above the best value."""
    n, m = game.leader_columns.shape
    programs = DualSimplex(game.leader_columns, game.follower, game.follower_columns)
    best, action = _pure(game)
    finished = np.zeros(n, dtype=np.bool_)
    while True:
        unsettled = programs.bounds > best + SETTLED
        unsettled[action] = True  # its basis is wanted even when its bound is low enough
        columns = np.flatnonzero(unsettled & ~finished)
        if progress is not None:
            progress(1.0 - len(columns) / n)
        if not len(columns):
            break
        if len(columns) > BATCH:
            columns = columns[np.argpartition(-programs.bounds[columns], BATCH)[:BATCH]]
        optimal = columns[programs.pivot(columns, best)]
        finished[optimal] = True
        for j in optimal.tolist():
            if programs.bounds[j] > best:
                best, action = float(programs.bounds[j]), j
        finished[columns] |= programs.pivots[columns] > PIVOTS * (m + n)
    support, tight = programs.basis(action)
    return Draft(action=action, support=support, tight=tight, multipliers=programs.multipliers())


def _pure(game: ScaledGame) -> tuple[float, int]:
    """The value of the best pure commitment, and the follower's action there."""
    columns = game.follower_columns
    replies = np.flatnonzero(columns >= columns.max(axis=0) - TIED)
    values = game.leader_columns.ravel()[replies]
    best = int(values.argmax())
    return float(values[best]), int(replies[best]) // columns.shape[1]


def _minimax(game: ScaledGame) -> Draft:
    """The optimum when payoffs sum to a constant: one program, whose duals bound every column."""
    from solvers.lp.highs import Highs

    n, m = game.leader_columns.shape
    # The first variable is the value of payoffs raised by 1, so that it is positive and basic.
    rows = np.ones((n + 1, m + 1))
    rows[0, 0] = 0.0
    rows[1:, 1:] = -1.0 - game.leader_columns
    answer = Highs().maximize(
        np.r_[1.0, np.zeros(m)],
        rows,
        np.r_[1.0, np.full(n, -np.inf)],
        np.r_[1.0, np.zeros(n)],
    )
    mix = np.maximum(answer.duals[1:], 0.0)
    tight = [k - 1 for k in answer.tight_rows if k > 0]
    action = max(tight, key=lambda k: float(mix[k]))
    weights = {k: float(mix[k]) for k in np.flatnonzero(mix).tolist()}
    return Draft(
        action=action,
        support=[i - 1 for i in answer.basic_columns if i > 0],
        tight=[k for k in tight if k != action],
        multipliers=[{k: x for k, x in weights.items() if k != j} for j in range(n)],
    )
