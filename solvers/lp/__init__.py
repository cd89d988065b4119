"""The one place that talks to a linear-programming solver: exact optima at any size.

Small programs go to the exact simplex in pure Python, which imports nothing. Larger ones are solved
in floating point by HiGHS, on rows scaled to size 1; its basis, and nothing else of its answer, is
then taken over by the exact revised simplex, which proves it optimal or repairs it. Whatever HiGHS
says or fails to say, the answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from solvers.lp.simplex import (
    IntegerRow,
    Optimum,
    Rational,
    Row,
    integer_row,
    integers,
    simplex_all,
)
from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Optimum", "Row", "maximize", "maximize_all"]

SMALL = 600
"""Variables times rows up to which pure Python beats loading and calling HiGHS."""


def maximize(objective: Sequence[Rational], rows: Sequence[Row]) -> Optimum:
    """Maximise ``objective @ x`` over ``x >= 0`` subject to ``rows``, exactly.

    Returns
    -------
    Optimum
        An optimal vertex and multipliers that prove it; or a Farkas ray that proves that no x
        satisfies the rows; or a ray along which the objective grows for ever.

    Examples
    --------
    >>> maximize([1, 1], [Row(coefficients={0: 1, 1: 2}, sense="<=", bound=3)]).x
    (Fraction(3, 1), Fraction(0, 1))
    """
    return maximize_all([objective], rows)[0]


def maximize_all(
    objectives: Sequence[Sequence[Rational]], rows: Sequence[Row]
) -> tuple[Optimum, ...]:
    """Maximise several objectives over the same rows: later ones start where the last ended.

    >>> square = [Row(coefficients={v: 1}, sense="<=", bound=1) for v in (0, 1)]
    >>> [str(optimum.value) for optimum in maximize_all([[1, 2], [1, -1]], square)]
    ['3', '1']
    """
    if len(objectives[0]) * len(rows) <= SMALL:
        return simplex_all(objectives, rows)
    return tuple(_large(objectives, [integer_row(row) for row in rows]))


def _large(
    objectives: Sequence[Sequence[Rational]], rows: Sequence[IntegerRow]
) -> Iterator[Optimum]:
    """Float basis, then exact proof or repair."""
    import numpy as np

    from solvers.lp.highs import Basis, Highs
    from solvers.lp.revised import Revised

    n = len(objectives[0])
    highs, exact = Highs(), Revised(n, rows)
    matrix, upper = _floats(n, rows)
    lower = np.where([row.fixed for row in rows], upper, -np.inf)
    start: Basis | None = None
    for objective in objectives:
        prices, scale = integers(objective)
        size = max(map(abs, prices)) or 1
        try:
            rough = highs.maximize([x / size for x in prices], matrix, lower, upper, start=start)
        except NoSolutionError:  # HiGHS gave up: go on from the basis at hand
            pass
        else:
            start = rough.basis
            exact.start(rough.basic_columns, rough.tight_rows)
        optimum = exact.maximum(prices)
        if optimum.status != "optimal":
            scale = 1
        yield Optimum(
            status=optimum.status,
            value=optimum.value / scale,
            x=optimum.x,
            duals=tuple(
                y * row.factor / scale for y, row in zip(optimum.duals, rows, strict=False)
            ),
        )


def _floats(n: int, rows: Sequence[IntegerRow]) -> tuple[csr_matrix, list[float]]:
    """The rows in floats, each scaled to coefficients up to 1, and x to bounds up to 1."""
    import numpy as np
    from scipy.sparse import csr_matrix

    sizes = [max(map(abs, row.values), default=1) or 1 for row in rows]
    counts = [len(row.values) for row in rows]
    total = sum(counts)
    entries = (x / size for row, size in zip(rows, sizes, strict=True) for x in row.values)
    data = np.fromiter(entries, np.float64, total)
    columns = np.fromiter(chain.from_iterable(row.variables for row in rows), np.int32, total)
    starts = np.cumsum([0, *counts], dtype=np.int32)
    bounds = [Fraction(row.bound, size) for row, size in zip(rows, sizes, strict=True)]
    largest = max(map(abs, bounds), default=Fraction(1)) or 1
    upper = [float(bound / largest) for bound in bounds]
    return csr_matrix((data, columns, starts), shape=(len(rows), n)), upper
