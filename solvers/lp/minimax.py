r"""Optimal mixes of both sides of a matrix: :math:`\max_p \min_q p^T M q` by one exact LP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from math import lcm
from operator import mul
from typing import TYPE_CHECKING

from solvers.lp import Row, maximize
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.matrix import ScaledMatrix

if TYPE_CHECKING:
    from stackel.game import FloatArray

INTERIOR_FROM = 300
"""Smaller side from which the interior-point method is faster than the simplex."""


def minimax(matrix: ScaledMatrix) -> tuple[Fraction, ExactStrategy, ExactStrategy]:
    r"""Return the value of ``matrix`` to the maximising rows, and optimal row and column mixes.

    Payoffs are moved into [1, 2] times their range, which turns the mixes into an LP whose origin
    is feasible: maximise :math:`\sum_j y_j` over :math:`S y \le 1, y \ge 0`. Its optimum is one
    over the value, y and the duals are the mixes, up to their sum.

    >>> [str(x) for x in minimax(ScaledMatrix(rows=((1, -1), (-1, 1)), scale=2))[1]]
    ['1/2', '1/2']
    """
    m, n = len(matrix.rows), len(matrix.rows[0])
    low = min(map(min, matrix.rows))
    span = max(map(max, matrix.rows)) - low
    if span == 0:
        return Fraction(low, matrix.scale), _pure(m), _pure(n)
    move = span - low
    rows = [
        Row(coefficients={j: x + move for j, x in enumerate(line)}, sense="<=", bound=1)
        for line in matrix.rows
    ]
    optimum = maximize([1] * n, rows)
    value = (1 / optimum.value - move) / matrix.scale
    return value, _mix(optimum.duals, optimum.value), _mix(optimum.x, optimum.value)


def minimax_float(
    matrix: FloatArray,
) -> tuple[float, float, tuple[float, ...], tuple[float, ...]]:
    """Return (value, gap, row mix, column mix) in float64, by the same LP.

    The mixes, divided by their exact sums, guarantee ``value - gap / 2`` and ``value + gap / 2``,
    the rounding of the payoffs to float64 and of these sums included.

    >>> import numpy as np
    >>> round(minimax_float(np.array([[2.0, 0.0], [0.0, 1.0]]))[0], 12)
    0.666666666667
    """
    import numpy as np

    low = float(matrix.min())
    # halves, because the range itself may be beyond float64
    span = float(matrix.max()) / 2 - low / 2
    m, n = matrix.shape
    if span == 0:
        p, q = np.eye(1, m)[0], np.eye(1, n)[0]
    else:
        moved = (matrix / 2 - low / 2) / span + 1
        p, q = _float_weights(moved)
        p, q = p / p.sum(), q / q.sum()
    least, most = float((p @ matrix).min()), float((matrix @ q).max())
    # Higham 2002, section 3.1: a sum of t products errs by at most 1.01 t roundoffs of its terms,
    # and so does the sum of the weights
    size = max(abs(low), abs(float(matrix.max())))
    error = 1.01 * (2 * max(m, n) + 8) * (2.0**-53 * size + 2.0**-1022)
    gap = max(most - least, 0.0) + 2 * error
    return least / 2 + most / 2, gap, tuple(p.tolist()), tuple(q.tolist())


def _float_weights(moved: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Row and column mixes, up to their sums, of a matrix with entries in [1, 2]."""
    import numpy as np

    from solvers.lp.highs import Highs

    m, n = moved.shape
    if min(m, n) >= INTERIOR_FROM:
        from solvers.lp.interior import interior

        with suppress(NoSolutionError):
            return interior(moved)
    answer = Highs().maximize(np.ones(n), moved, np.full(m, -np.inf), np.ones(m))
    return np.maximum(answer.duals, 0), np.maximum(answer.x, 0)


def guarantees(
    matrix: ScaledMatrix, p: ExactStrategy, q: ExactStrategy
) -> tuple[Fraction, Fraction]:
    """What the rows are sure of by ``p``, and what ``q`` holds them to, from the payoffs.

    >>> guarantees(ScaledMatrix(rows=((3, 0), (0, 1)), scale=1), (Fraction(1), Fraction(0)),
    ...            (Fraction(0), Fraction(1)))
    (Fraction(0, 1), Fraction(1, 1))
    """
    columns = zip(*(row for row, x in zip(matrix.rows, p, strict=True) if x), strict=True)
    chosen = [column for column, x in zip(zip(*matrix.rows, strict=True), q, strict=True) if x]
    least, most = min(_sums(columns, p)), max(_sums(zip(*chosen, strict=True), q))
    return least / matrix.scale, most / matrix.scale


def _sums(lines: Iterable[Sequence[int]], mix: ExactStrategy) -> list[Fraction]:
    """Each line, cut down to the support of ``mix``, weighed by it; in integers, for speed."""
    support = [x for x in mix if x]
    scale = lcm(*(x.denominator for x in support))
    weights = [x.numerator * (scale // x.denominator) for x in support]
    return [Fraction(sum(map(mul, line, weights)), scale) for line in lines]


def _mix(weights: Sequence[Fraction], total: Fraction) -> ExactStrategy:
    return tuple(x / total if x else x for x in weights)


def _pure(count: int) -> ExactStrategy:
    return (Fraction(1), *[Fraction(0)] * (count - 1))
