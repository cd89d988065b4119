"""The mixes at which a leader's optimum may lie: ends of pieces, and vertices of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from solvers.batch.best import ROUNDING, Best

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

WELL_POSED = 1e-4
"""Smallest pivot of a square system, whose rows have largest entry 1, that keeps rounding from
moving its solution by more than the tolerance."""
MAX_DETERMINANT = 1e9
"""Up to this bound, the determinant of an integer system that is not 0 cannot hide in rounding."""


def piece(best: Best, j: int, tolerance: float) -> None:
    """Offer both ends of the interval of x, the probability of row 1, on which j is a reply."""
    import numpy as np

    count = best.value.size
    low: Any = np.zeros(count)
    high: Any = np.ones(count)
    valid: Any = np.ones(count, dtype=bool)
    for k in range(best.b.shape[1]):
        if k == j:
            continue
        ahead0 = best.b[0, j] - best.b[0, k]
        ahead1 = best.b[1, j] - best.b[1, k]
        behind0, behind1 = ahead0 < 0, ahead1 < 0
        cut = ahead0 / (ahead0 - ahead1)  # used only where exactly one of them is negative
        np.maximum(low, cut, out=low, where=behind0)
        np.minimum(high, cut, out=high, where=behind1)
        valid &= ~(behind0 & behind1)
    # a piece wider than the rounding of its ends is there; at pure commitments nothing is rounded
    surely = valid & (low < high - ROUNDING)
    valid &= low <= high + tolerance
    for x in (low, high):
        weights = {0: 1 - x, 1: x}
        best.offer(valid, weights, j)
        if best.blurred:
            best.sure(surely, weights, j)
    for row in range(2) if best.blurred else ():
        pure = best.b[row, j] == best.b[row].max(axis=0)
        best.sure(pure, {row: np.ones(count)}, j)


def vertex(
    best: Best, support: tuple[int, ...], replies: tuple[int, ...], tolerance: float
) -> None:
    """Offer the mix of ``support`` at which ``replies`` tie, if there is one and they are best."""
    import numpy as np

    b = best.b
    valid: Any
    if len(support) == 1:
        row = support[0]
        weights = {row: np.ones(best.value.size)}
        valid = b[row, replies[0]] == b[row].max(axis=0)
        best.offer(valid, weights, replies[0])
        if best.blurred:
            best.sure(valid, weights, replies[0])
            best.collect(valid, weights, replies[0])
        return
    first, *others = replies
    rows, posed = [], np.ones(best.value.size, dtype=bool)
    determinant = np.where(best.integral, 1.0, np.inf)
    for k in others:
        leads = [b[i, k] - b[i, first] for i in support]
        size = np.maximum.reduce([np.abs(x) for x in leads])
        posed &= size > 0  # replies that are the same on the support make no vertex
        determinant = determinant * size
        rows.append([x / size for x in leads])
    solution, pivot = _solve(rows)
    singular = (determinant <= MAX_DETERMINANT) & (pivot < ROUNDING)
    best.doubt_about(posed & ~(pivot > WELL_POSED) & ~singular, support, replies)
    valid = np.logical_and.reduce([x >= -tolerance for x in solution])
    mix = [np.maximum(x, 0) for x in solution]
    total: Any = sum(mix)
    weights = {i: x / total for i, x in zip(support, mix, strict=True)}
    earned: list[Any] = [sum(x * b[i, k] for i, x in weights.items()) for k in range(b.shape[1])]
    enough = np.maximum.reduce(earned) - best.slack_b
    for k in replies:
        tied = valid & (earned[k] >= enough)
        best.offer(tied, weights, k)
        best.collect(tied, weights, k)


def _solve(rows: list[list[Floats]]) -> tuple[list[Floats], Floats]:
    """The x with sum 1 and ``row @ x = 0`` for all rows of all games, and the least pivot.

    Where a system is singular, x is not finite.
    """
    import numpy as np

    size = len(rows) + 1
    one, zero = np.ones_like(rows[0][0]), np.zeros_like(rows[0][0])
    system = [[*row, zero] for row in rows] + [[one] * (size + 1)]
    for c in range(size):
        for r in range(c + 1, size):  # bring the largest entry of the column up
            larger = np.abs(system[r][c]) > np.abs(system[c][c])
            for t in range(c, size + 1):
                upper, lower = system[c][t], system[r][t]
                system[c][t] = np.where(larger, lower, upper)
                system[r][t] = np.where(larger, upper, lower)
        for r in range(c + 1, size):
            factor = system[r][c] / system[c][c]
            for t in range(c + 1, size + 1):
                system[r][t] = system[r][t] - factor * system[c][t]
    solution: list[Floats] = []
    for r in reversed(range(size)):
        rest = system[r][size]
        for t, x in enumerate(solution):
            rest = rest - system[r][size - 1 - t] * x
        solution.append(rest / system[r][r])
    pivots = [np.abs(system[r][r]) for r in range(size)]
    return solution[::-1], np.fmin.reduce(pivots)
