r"""A primal-dual interior-point method for large dense matrix games, in float64.

Maximise :math:`1^T y` over :math:`S y + w = 1` with dual :math:`S^T p - s = 1`, where every entry
of S lies in [1, 2]: uniform mixes are then strictly feasible on both sides, so that no first phase
is needed, and every step solves one positive definite system of the smaller side (Mehrotra 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from stackel.game import FloatArray

COMPLEMENTARITY = 1e-11
"""Duality gap at which to stop, in units of S, whose value lies in [1, 2]."""
ACCEPTED = 1e-9
"""Duality gap that will do if the linear systems become singular before that."""
STEPS = 100
"""Far more than the 15 to 25 that games take."""
REGULAR = 1e-14
"""Share of the largest diagonal entry added to all: identical rows stay solvable."""
SHARE = 0.9995
"""Of the way to the boundary that a step may go."""


def interior(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return weights (p, y) of rows and columns, the mixes up to their sums; entries in [1, 2].

    >>> p, y = interior(np.array([[2.0, 1.0], [1.0, 2.0]]))
    >>> np.round(p / p.sum(), 9).tolist(), np.round(y / y.sum(), 9).tolist()
    ([0.5, 0.5], [0.5, 0.5])
    """
    m, n = matrix.shape
    if m > n:  # the column player's game: 3 - S has its entries in [1, 2] too
        y, p = interior(3 - matrix.T)
        return p, y
    y, p = np.full(n, 0.25 / n), np.full(m, 2.0 / m)
    w, s = 1 - matrix @ y, matrix.T @ p - 1
    gap = float(y @ s + p @ w)
    for _ in range(STEPS):
        if gap < COMPLEMENTARITY:
            break
        try:
            y, w, p, s = _step(matrix, y, w, p, s)
        except LinAlgError:
            break
        gap = float(y @ s + p @ w)
    if not gap < ACCEPTED:  # also when it is nan
        raise NoSolutionError(f"the interior-point method must reach {ACCEPTED}, got {gap}")
    return p, y


def _step(
    matrix: FloatArray, y: FloatArray, w: FloatArray, p: FloatArray, s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """One predictor and corrector step of (y, w, p, s)."""
    count = len(y) + len(p)
    normal = (matrix * (y / s)) @ matrix.T
    normal[np.diag_indices(len(p))] += w / p + REGULAR * normal.diagonal().max()
    factor = cho_factor(normal, lower=True, overwrite_a=True)
    primal, dual = 1 - matrix @ y - w, 1 - matrix.T @ p + s

    def direction(
        ys: FloatArray, pw: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """The Newton step that changes the products y s and p w by ``ys`` and ``pw``."""
        dp = cho_solve(factor, matrix @ ((ys + y * dual) / s) + pw / p - primal)
        ds = matrix.T @ dp - dual
        dy = (ys - y * ds) / s
        return dy, primal - matrix @ dy, dp, ds

    gap = (y @ s + p @ w) / count
    dy, dw, dp, ds = direction(-y * s, -p * w)
    a, b = _length(y, dy, w, dw), _length(p, dp, s, ds)
    reached = ((y + a * dy) @ (s + b * ds) + (p + b * dp) @ (w + a * dw)) / count
    target = gap * (reached / gap) ** 3
    dy, dw, dp, ds = direction(target - y * s - dy * ds, target - p * w - dp * dw)
    a, b = SHARE * _length(y, dy, w, dw), SHARE * _length(p, dp, s, ds)
    return y + a * dy, w + a * dw, p + b * dp, s + b * ds


def _length(u: FloatArray, du: FloatArray, v: FloatArray, dv: FloatArray) -> float:
    """The longest step, up to 1, that keeps u and v positive."""
    shrink = max(float((-du / u).max()), float((-dv / v).max()))
    return min(1.0, 1 / shrink) if shrink > 0 else 1.0
