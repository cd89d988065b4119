r"""What a float solve saves the exact one: an optimal pair, and bounds of most columns.

Nothing here is trusted because a float solver said so. The pair is solved again in rationals. Any
:math:`\lambda \ge 0` bounds a column, so the float multipliers, rounded to a dyadic grid, are
taken as they are; their bound is computed in float64 with a strict bound on its rounding error,
and in integers where that cannot decide.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import frexp, inf
from typing import TYPE_CHECKING

from solvers.lp.region import IntegerGame, maximize_over_region
from solvers.multiple_lp.columns import Bound, Pair, Start, best_pure
from solvers.multiple_lp.exact_basis import basis_bound, basis_pair
from stackel.errors import InvalidGameError, NoSolutionError
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID_BITS = 40
"""Multipliers are rounded to this many bits below the ratio of the two payoff ranges."""
TINY = 2.0**-1022
"""The smallest normal float64: more than any underflow loses."""


def float_start(
    game: BimatrixGame, integers: IntegerGame, *, progress: Callable[[float], None] | None
) -> Start:
    """Solve in floats and prove what can be proved cheaply."""
    from solvers.multiple_lp.lazy import lazy_multiple_lp

    try:
        found = lazy_multiple_lp(game.leader, game.follower, progress=progress)
    except (NoSolutionError, InvalidGameError):  # gave up, or payoffs beyond float64
        return Start(best=best_pure(integers), bounds={}, hints={})
    j = found.action
    best = basis_pair(integers, j, found.support, found.tight)
    own = basis_bound(integers, j, found.support, found.tight) if best else None
    if best is None:  # degenerate, or feasible within the float tolerance only
        answer = maximize_over_region(
            integers,
            j,
            integers.leader[j],
            actions=range(integers.m),
            start=found.tight,
        )
        best = best_pure(integers)
        if answer.status == "optimal":
            own = Bound(value=answer.value, multipliers=answer.multipliers)
            if answer.value > best.value:
                best = Pair(commitment=answer.commitment, reply=j, value=answer.value)
    bounds = _proved(game, integers, found.multipliers, best.value)
    if own is not None:
        bounds[j] = own
    return Start(
        best=best,
        bounds=bounds,
        hints={k: tuple(row) for k, row in enumerate(found.multipliers) if k not in bounds},
    )


def _proved(
    game: BimatrixGame,
    integers: IntegerGame,
    multipliers: list[dict[int, float]],
    value: Fraction,
) -> dict[int, Bound]:
    """The columns that their rounded multipliers bound by ``value``."""
    import numpy as np

    a, b, n = game.leader, game.follower, integers.n
    unit = _grid(a, b)
    counts = np.zeros((n, n))  # [k, j]: lambda_k of column j in units of the grid
    for j, row in enumerate(multipliers):
        for k, weight in row.items():
            count = weight / unit
            if k != j and 0 < count < inf:
                counts[k, j] = round(count)
    weights = counts * unit  # exact: the unit is a power of two
    target = float(value / integers.leader_scale)
    terms = np.count_nonzero(counts, axis=0) + 8
    with np.errstate(over="ignore", invalid="ignore"):
        sums = weights.sum(axis=0)
        bounds = a + b * sums - b @ weights
        # Float images, products and sums together err by at most this in any order of summation
        # (Higham 2002, section 3.1), even when they underflow; terms that are 0 add nothing.
        size = np.abs(a).max() + 2 * np.abs(b).max() * sums + abs(target)
        error = 1.01 * terms * (2.0**-53 * size + TINY * (1 + sums))
        near = ~(bounds < target - 4 * error)  # also where it is not a number
        far = np.where(near, -inf, bounds).max(axis=0) + 2 * error
    step = Fraction(unit) * Fraction(integers.leader_scale, integers.follower_scale)
    proved: dict[int, Bound] = {}
    for j, row in enumerate(multipliers):
        exact = {k: int(counts[k, j]) * step for k in row if counts[k, j]}
        tops = [Fraction(top) * integers.leader_scale] if (top := float(far[j])) > -inf else []
        close = np.flatnonzero(near[:, j]).tolist()
        if close:
            priced, scale = integers.priced(integers.leader[j], j, exact, close)
            tops.append(Fraction(max(priced), scale))
        if max(tops) <= value:
            proved[j] = Bound(value=max(tops), multipliers=exact)
    return proved


def _grid(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """A power of two, so many bits below one unit of follower payoff in leader payoffs."""
    size = float(b.max()) - float(b.min())
    ratio = (float(a.max()) - float(a.min())) / size if size > 0 else 1.0
    return 2.0 ** (frexp(ratio)[1] - GRID_BITS)
