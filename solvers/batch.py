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
INWARD = 1e-11
"""Weight moved to the inside of a reply's region, to see that it is there: moves the leader's value
by less than the tolerance, and the follower's lead over other replies by more than rounding."""
ROUNDING = 1e-14
"""Rounding of a payoff or probability, relative to the largest payoff or 1: with room to spare."""
WELL_POSED = 1e-4
"""Smallest pivot of a square system, whose rows have largest entry 1, that keeps rounding from
moving its solution by more than the tolerance."""
MAX_DETERMINANT = 1e9
"""Up to this bound, the determinant of an integer system that is not 0 cannot hide in rounding."""
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
        best = _Best(a, b, tolerance)
        with np.errstate(all="ignore"):  # what is not finite fails every comparison
            if m == 2:
                for j in range(n):
                    _piece(best, j, tolerance)
            else:
                for s in range(1, min(m, n) + 1):
                    for support in combinations(range(m), s):
                        for replies in combinations(range(n), s):
                            _vertex(best, support, replies, tolerance)
                best.move_inward()
        best.store(found, part)
    return found


class _Best:
    """The best candidate so far of each game of a chunk."""

    def __init__(self, a: Floats, b: Floats, tolerance: float) -> None:
        import numpy as np

        self.a, self.b = a, b
        m, _, count = a.shape
        self.value = np.full(count, -np.inf)
        self.follower_value = np.full(count, -np.inf)
        self.strategy = [np.zeros(count) for _ in range(m)]
        self.action = np.zeros(count, dtype=np.intp)
        self.scale_b = _largest(b)
        self.slack_a = tolerance * _largest(a)
        self.slack_b = tolerance * self.scale_b
        self.blurred = min(a.shape[:2]) > 1 and a.shape[:2] != (2, 2)
        """Whether replies are compared after rounding; elsewhere they are as they are."""
        self.integral = (b == np.rint(b)).all(axis=(0, 1))
        self.certain = np.full(count, -np.inf)
        """The most that is surely earned."""
        self.doubt = np.full(count, -np.inf)
        """The most that ill-posed systems, whose solutions mean nothing, could stand for."""
        self.inside: dict[int, tuple[list[Floats], Floats]] = {}
        """Reply -> sum of the mixes found for it, and their number."""

    def offer(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Take the mix ``weights`` (row -> probability) with reply j wherever that is better."""
        import numpy as np

        value: Any = sum(x * self.a[i, j] for i, x in weights.items())
        earned: Any = sum(x * self.b[i, j] for i, x in weights.items())
        better = value >= self.value - self.slack_a
        better &= earned > self.follower_value + self.slack_b
        better |= value > self.value + self.slack_a
        better &= valid
        np.copyto(self.value, value, where=better)
        np.copyto(self.follower_value, earned, where=better)
        for i, kept in enumerate(self.strategy):
            np.copyto(kept, weights.get(i, 0.0), where=better)
        np.copyto(self.action, j, where=better)

    def sure(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Note that reply j is best at this mix or next to it, where ``valid``."""
        import numpy as np

        value: Any = sum(x * self.a[i, j] for i, x in weights.items())
        np.copyto(self.certain, value, where=valid & (value > self.certain))

    def doubt_about(self, ill: Any, support: tuple[int, ...], replies: tuple[int, ...]) -> None:
        """Note the most that the leader could get by these rows and replies, where ``ill``."""
        import numpy as np

        games = np.flatnonzero(ill)
        if len(games):
            most = np.maximum.reduce([self.a[i, j, games] for i in support for j in replies])
            self.doubt[games] = np.maximum(self.doubt[games], most)

    def collect(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Keep the mix as one at which j may be best."""
        import numpy as np

        if j not in self.inside:
            self.inside[j] = (
                [np.zeros_like(self.value) for _ in self.strategy],
                np.zeros_like(self.value),
            )
        total, number = self.inside[j]
        for i, x in weights.items():
            total[i] += np.where(valid, x, 0.0)
        number += valid

    def move_inward(self) -> None:
        """Be sure of the value where the reply leads next to the mix, towards all others found."""
        import numpy as np

        n = self.a.shape[1]
        for j, (total, number) in self.inside.items():
            mix = [
                (1 - INWARD) * x + INWARD * y / number
                for x, y in zip(self.strategy, total, strict=True)
            ]
            earned: list[Any] = [sum(x * self.b[i, k] for i, x in enumerate(mix)) for k in range(n)]
            leads: Any = self.action == j
            for k in range(n):
                if k != j:
                    twins = (self.b[:, k] == self.b[:, j]).all(axis=0)
                    leads &= twins | (earned[j] > earned[k] + ROUNDING * self.scale_b)
            np.copyto(self.certain, self.value, where=leads)

    def store(self, found: BatchSolution, part: slice) -> None:
        found.leader_value[part] = self.value
        found.follower_value[part] = self.follower_value
        found.follower_action[part] = self.action
        for i, x in enumerate(self.strategy):
            found.leader_strategy[part, i] = x
        most = self.value + self.slack_a
        sure = (self.certain >= self.value - self.slack_a) & (self.doubt <= most)
        found.decided[part] = sure | (not self.blurred)


def _piece(best: _Best, j: int, tolerance: float) -> None:
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


def _vertex(
    best: _Best, support: tuple[int, ...], replies: tuple[int, ...], tolerance: float
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


def _largest(payoffs: Floats) -> Floats:
    """Largest absolute payoff of each game; 1 where all are 0."""
    import numpy as np

    largest: Floats = np.abs(payoffs).max(axis=(0, 1))
    largest[largest == 0] = 1.0
    return largest


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
