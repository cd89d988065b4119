r"""What a float answer proves: an interval that holds the strong Stackelberg value for certain.

From above, weak duality with the multipliers of the float solver: any :math:`\lambda \ge 0` will
do. From below, commitments whose replies are known: at a mix p every reply that rounding leaves
possible is priced, and the worst for the leader counts; except that replies which pay the follower
the same in every action of the support of p are tied for certain, and the leader's favourite among
them is played. Where a knife-edge tie decides, the second is far below the first: floats cannot
tell it from a near tie.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from solvers.multiple_lp.lazy import FloatOptimum
from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

ROUNDOFF = 2.0**-53
"""Relative error of one rounding."""
TINY = 2.0**-1022
"""The smallest normal float64: more than any underflow loses."""
STEPS = (1e-12, 1e-9, 1e-6, 1e-3)
"""Weights moved from the optimal mix to the inside of the reply's region: tried in turn."""
CLOSE = 1e-9
"""Share of the leader's payoff range at which the interval is narrow enough."""
INSIDE_UP_TO = 250_000
"""Entries m n up to which a program looks for the middle of the region: half a second or so."""
CHUNK = 32
"""Columns priced together: bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Payoffs:
    """Float images of the payoffs, and how far rounding can have moved what is computed of them."""

    leader: FloatArray
    """A, shape (m, n)."""
    follower: FloatArray
    """B, shape (m, n)."""
    moved: FloatArray
    """B less its least entry, rounded: no reply notices, and sums of it lose less."""
    leader_size: float
    """Largest absolute entry."""
    follower_size: float
    """A bound on the entries and, with :data:`ROUNDOFF`, on their errors."""
    exact: bool
    """Whether the images are the payoffs themselves."""

    @classmethod
    def of(cls, leader: FloatArray, follower: FloatArray, *, exact: bool) -> Payoffs:
        """Move the follower's payoffs; ``exact`` says whether both arrays hold the true ones."""
        moved = follower - follower.min()
        size = float(moved.max())
        return cls(
            leader=leader,
            follower=follower,
            moved=moved,
            leader_size=float(np.abs(leader).max()),
            follower_size=size if exact else max(size, 2 * float(np.abs(follower).max())),
            exact=exact,
        )


def enclose(payoffs: Payoffs, found: FloatOptimum) -> tuple[float, float]:
    """Return a lower and an upper bound of the value, in the leader's payoffs.

    Both are proved up to nothing but the rounding that they account for (Higham 2002, section
    3.1: a sum of t products errs by at most 1.01 t roundoffs of its absolute terms).
    """
    upper = _upper(payoffs, found)
    span = float(np.ptp(payoffs.leader))
    lower = _pure(payoffs)
    for mix in _mixes(payoffs, found):
        if lower >= upper - CLOSE * span:
            break
        lower = max(lower, _guaranteed(payoffs, mix))
    return lower, max(lower, upper)


def _upper(payoffs: Payoffs, found: FloatOptimum) -> float:
    """The largest of the columns' bounds."""
    a, b = payoffs.leader, np.ascontiguousarray(payoffs.moved.T)
    image = 0.0 if payoffs.exact else ROUNDOFF * payoffs.leader_size + TINY
    free = [j for j, row in enumerate(found.multipliers) if not row]
    highest = float(a[:, free].max()) + image if free else -np.inf
    priced = [j for j, row in enumerate(found.multipliers) if row]
    for start in range(0, len(priced), CHUNK):
        columns = priced[start : start + CHUNK]
        width = max(len(found.multipliers[j]) for j in columns)
        replies = np.repeat(np.array(columns)[:, None], width, axis=1)
        weights = np.zeros((len(columns), width))
        for c, j in enumerate(columns):
            row = found.multipliers[j]
            replies[c, : len(row)], weights[c, : len(row)] = list(row), list(row.values())
        gains = b[columns][:, None] - b[replies]  # (columns, width, m)
        sums = weights.sum(axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            bounds = (a.T[columns] + np.matmul(weights[:, None], gains)[:, 0]).max(axis=1)
            size = payoffs.leader_size + 4 * payoffs.follower_size * sums
            error = 1.01 * (width + 8) * (ROUNDOFF * size + TINY * (1 + sums))
            highest = max(highest, float((bounds + error).max()))
    return highest if highest == highest else float("inf")


def _pure(payoffs: Payoffs) -> float:
    """The best pure commitment: an action's replies are compared as they are."""
    a, b = payoffs.leader, payoffs.follower
    if not payoffs.exact:
        return max(_guaranteed(payoffs, row) for row in np.eye(len(a)))
    best = b == b.max(axis=1, keepdims=True)
    return float(np.where(best, a, -np.inf).max())


def _mixes(payoffs: Payoffs, found: FloatOptimum) -> Iterator[FloatArray]:
    """The optimal mix, then mixes next to it at which its reply should be strictly best."""
    p = found.strategy
    yield p
    for direction in (_along(payoffs, found), _to_the_middle(payoffs, found)):
        if direction is not None:
            for step in STEPS:
                yield np.maximum(p + step * direction, 0.0)


def _along(payoffs: Payoffs, found: FloatOptimum) -> FloatArray | None:
    """Where the optimal mix moves when the tied replies are to be worse by one and the same."""
    rows = payoffs.moved[np.ix_(found.support, [found.action, *found.tight])]
    rows = rows - rows[:, :1]
    rows[:, 0] = 1.0
    if len(found.support) != len(found.tight) + 1:
        return None
    target = np.full(len(rows), -payoffs.follower_size)
    target[0] = 0.0
    try:
        step = np.linalg.solve(rows.T, target)
    except np.linalg.LinAlgError:
        return None
    direction = np.zeros(len(payoffs.leader))
    direction[found.support] = step
    return direction if np.isfinite(direction).all() else None


def _to_the_middle(payoffs: Payoffs, found: FloatOptimum) -> FloatArray | None:
    """From the optimal mix to the one at which the reply is best by most."""
    b, j = payoffs.follower, found.action
    m, n = b.shape
    if m * n > INSIDE_UP_TO or payoffs.follower_size == 0:
        return None
    from solvers.lp.highs import Highs

    # the last variable is the lead, raised by 2 so that it is positive, over replies that differ
    gains = (b[:, [j]] - b).T / payoffs.follower_size
    others = np.flatnonzero(np.abs(gains).max(axis=1) > 0)
    if not len(others):
        return None
    rows = np.hstack([np.r_[np.ones((1, m)), -gains[others] - 2.0], np.ones((1 + len(others), 1))])
    rows[0, -1] = 0.0
    upper = np.r_[1.0, np.zeros(len(others))]
    with suppress(NoSolutionError):
        answer = Highs().maximize(
            np.r_[np.zeros(m), 1.0], rows, np.r_[1.0, np.full(len(others), -np.inf)], upper
        )
        middle = np.maximum(answer.x[:m], 0.0)
        if middle.sum() > 0:
            return np.asarray(middle / middle.sum() - found.strategy)
    return None


def _guaranteed(payoffs: Payoffs, mix: FloatArray) -> float:
    """What ``mix``, divided by its exact sum, pays the leader at least."""
    support = np.flatnonzero(mix)
    weights = mix[support]
    a, b = payoffs.leader[support], payoffs.moved[support]
    total = float(weights.sum())
    if not total > 0:
        return -np.inf
    terms = 1.01 * (2 * len(support) + 8)  # those of a product, and of the sum of the weights
    error = terms * (ROUNDOFF * payoffs.follower_size * total + TINY)
    earned = weights @ b
    possible = np.flatnonzero(earned >= earned.max() - 2 * error)
    paid = (weights @ a[:, possible]) / total
    if payoffs.exact:  # replies that are the same on the support are tied for certain
        replies = payoffs.follower[np.ix_(support, possible)]
        _, same = np.unique(replies, axis=1, return_inverse=True)
        tied = np.full(int(same.max()) + 1, -np.inf)
        np.maximum.at(tied, same.ravel(), paid)
        paid = tied
    return float(paid.min()) - terms * (ROUNDOFF * payoffs.leader_size + TINY)
