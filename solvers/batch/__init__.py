r"""Strong Stackelberg equilibria of many small games at once, in float64.

**Two leader actions.** Let x be the probability of row 1. Reply j is best on the interval of x cut
out by the n - 1 inequalities :math:`(1-x)(B_{0j}-B_{0k}) + x(B_{1j}-B_{1k}) \ge 0`: its piece of
the follower's upper envelope. The leader's payoff is linear on it, so the optimum lies at an end of
some piece. With two replies each piece has at most one cut, and no tie is decided by rounding.

**More.** Every vertex of a best-response region solves a square system: a support S of rows and as
many replies K that tie on it. All such (S, K) are solved by elimination, side by side for all games
of a batch, and kept where the solution is a mix to which K are best responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any, TypeAlias

from solvers.batch.best import Best
from solvers.batch.candidates import piece, vertex
from stackel.errors import InvalidGameError, brief
from stackel.matrix import is_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Actions: TypeAlias = NDArray[np.intp]
    Decisions: TypeAlias = NDArray[np.bool_]

TOLERANCE = 1e-10
"""Probabilities, and payoffs relative to the largest of the game, closer than this count as equal:
rounding moves them by some 1e-14, and in games of small integers different ones are 1e-6 apart."""
CHUNK_ENTRIES = 65_536
"""Payoffs handled at a time: the temporaries then fit in the cache, measured on 2 x 2 games."""
MAX_ENTRIES = 200_000_000
"""Entries that the payoffs of a player may have over all games: 1.6 GB."""
MAX_PAYOFF = 1e150
"""Largest absolute payoff: products and differences of two stay finite."""
MAX_SYSTEMS = 2_000
"""Most square systems a game may need: C(m + n, m), as for 6 x 6 or 3 x 20."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchSolution:
    """Strong Stackelberg equilibria of N games, as arrays."""

    leader_value: Floats
    """Shape (N,), in payoff units."""
    follower_value: Floats
    """Shape (N,): the largest among the optimal commitments."""
    leader_strategy: Floats
    """Shape (N, m)."""
    follower_action: Actions
    """Shape (N,)."""
    decided: Decisions
    """Shape (N,): whether the leader's value is right to within the tolerance, whatever rounding
    has done to ties. Where False, a tie may decide that floats cannot tell from a near tie."""


def solve_batch(
    A: Any,
    B: Any,
    *,
    tolerance: float = TOLERANCE,
) -> BatchSolution:
    r"""Return a strong Stackelberg equilibrium of each of N games of one shape.

    Parameters
    ----------
    A, B : array, shape (N, m, n)
        Leader and follower payoffs of the games.
    tolerance : float
        Where three or more constraints must meet in a point, how far rounding may have moved them
        apart: in probability, and in payoff relative to the game's largest absolute payoff. Leader
        values as close as that are tied, and the larger follower value decides.

    Returns
    -------
    BatchSolution
        Values, leader strategies and follower actions, in float64. Ties of the follower are broken
        for the leader, then leader ties by the larger follower value, then the smaller action.

    Raises
    ------
    InvalidGameError
        For payoffs that are not finite real numbers, shapes that differ or are not (N, m, n), and
        games with more than :data:`MAX_SYSTEMS` square systems, C(m + n, m).

    Notes
    -----
    Two leader actions cost O(n^2) a game, several million 2 x 2 games a second on one core; other
    shapes C(m + n, m) small eliminations. In 2 x 2 games, and at pure commitments in all, replies
    are compared as they are. Elsewhere those within the tolerance are tied, so that payoffs which
    round tied rationals are solved as if tied. ``decided`` says where that cannot have changed the
    value; solve the other games with :func:`stackel.solve`, which is exact.

    Examples
    --------
    >>> leader = [[[5, 0], [0, 2]], [[2, 4], [1, 3]]]
    >>> follower = [[[1, 0], [0, 2]], [[1, 0], [0, 1]]]
    >>> found = solve_batch(leader, follower)
    >>> found.leader_value.tolist(), found.leader_strategy.tolist(), found.decided.tolist()
    ([5.0, 3.5], [[1.0, 0.0], [0.5, 0.5]], [True, True])
    """
    import numpy as np

    leader, follower = _payoffs(A, "A"), _payoffs(B, "B")
    if leader.shape != follower.shape:
        raise InvalidGameError(
            f"A and B must have one shape (N, m, n), got {leader.shape} and {follower.shape}"
        )
    count, m, n = leader.shape
    systems = comb(m + n, m)
    if m > 2 and systems > MAX_SYSTEMS:
        raise InvalidGameError(
            f"games of a batch must have m <= 2 or C(m + n, m) <= {MAX_SYSTEMS}, "
            f"got {systems} for {m} x {n}: solve them one by one"
        )
    if not tolerance >= 0:
        raise InvalidGameError(f"tolerance must be at least 0, got {tolerance}")
    found = BatchSolution(
        leader_value=np.empty(count),
        follower_value=np.empty(count),
        leader_strategy=np.empty((count, m)),
        follower_action=np.empty(count, dtype=np.intp),
        decided=np.empty(count, dtype=np.bool_),
    )
    step = max(1, CHUNK_ENTRIES // (m * n))
    for start in range(0, count, step):
        part = slice(start, start + step)
        # entry (i, j) of all games of the chunk side by side
        a = np.ascontiguousarray(leader[part].transpose(1, 2, 0))
        b = np.ascontiguousarray(follower[part].transpose(1, 2, 0))
        best = Best(a, b, tolerance)
        with np.errstate(all="ignore"):  # what is not finite fails every comparison
            if m == 2:
                for j in range(n):
                    piece(best, j, tolerance)
            else:
                for s in range(1, min(m, n) + 1):
                    for support in combinations(range(m), s):
                        for replies in combinations(range(n), s):
                            vertex(best, support, replies, tolerance)
                best.move_inward()
        best.store(found, part)
    return found


def _payoffs(payoffs: Any, letter: str) -> Floats:
    """Validate one array of payoffs."""
    import numpy as np

    if not hasattr(payoffs, "__array__"):
        level, entries = payoffs, 1
        for _ in range(3):  # numpy would make an array of anything, of any length
            if not is_list(level) or not len(level):
                raise InvalidGameError(
                    f"{letter} must have shape (N, m, n) with m, n >= 1, got {brief(payoffs)}"
                )
            entries *= len(level)
            level = level[0]
        if entries > MAX_ENTRIES:
            raise InvalidGameError(
                f"{letter} may have at most {MAX_ENTRIES} entries, got {entries}"
            )
    try:
        array = np.asarray(payoffs)
    except ValueError:
        raise InvalidGameError(f"{letter} must have shape (N, m, n), got ragged rows") from None
    if array.ndim != 3 or 0 in array.shape[1:]:
        raise InvalidGameError(
            f"{letter} must have shape (N, m, n) with m, n >= 1, got shape {array.shape}"
        )
    if array.dtype.kind not in "iuf" or array.dtype.itemsize > 8:
        raise InvalidGameError(
            f"{letter} must hold real numbers of at most 64 bits, got dtype {array.dtype}"
        )
    if array.size > MAX_ENTRIES:
        raise InvalidGameError(
            f"{letter} may have at most {MAX_ENTRIES} entries, got shape {brief(array.shape)}"
        )
    floats = np.asarray(array, dtype=np.float64)
    bad = np.argwhere(~(np.abs(floats) <= MAX_PAYOFF))
    if len(bad):
        game, i, j = (int(k) for k in bad[0])
        raise InvalidGameError(
            f"{letter}[{game}][{i}][{j}]: payoffs must be finite and at most {MAX_PAYOFF:g} in "
            f"size, got {float(floats[game, i, j])!r}"
        )
    return floats
