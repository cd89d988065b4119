"""Strong Stackelberg equilibrium by trying every vertex of every best-response region."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

from solvers.replies import move_inward
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame, ExactStrategy
from stackel.result import StrongStackelberg, exact_strategy

MAX_SYSTEMS = 50_000
"""Linear systems that are solved at most: some ten seconds of work, up to 9 x 9 or 2 x 300."""


def vertex_enumeration(game: BimatrixGame) -> StrongStackelberg:
    r"""Strong Stackelberg equilibrium of a small game, by enumeration.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n) with :math:`\binom{m+n}{m} \le 50000`.

    Returns
    -------
    StrongStackelberg
        Exact. ``follower_value`` is the largest over all optimal pairs (p, j), and ``unique``
        says whether there is one such pair only.

    Raises
    ------
    NoSolutionError
        When the game is too large.

    Notes
    -----
    Where j is a best response is a polytope, and on it the leader's payoff is linear: some vertex
    is optimal. A vertex with support S has :math:`|S|` best responses T that tie at that mix of S
    and at no other. So all vertices of all regions come out of one system of equations for each
    pair (S, T) with :math:`|S| = |T|`, of which there are :math:`\binom{m+n}{m} - 1`. Optimal
    pairs form a face of each region, so that they are unique
    exactly when one vertex with one reply is.

    The linear algebra is this file's own: the equilibrium shares nothing with the methods that it
    checks (``inward``, which is found afterwards, does).

    Examples
    --------
    >>> sse = vertex_enumeration(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))
    >>> sse.leader_value, sse.follower_action, sse.unique
    (Fraction(7, 2), 1, True)
    """
    m, n = game.shape
    if comb(m + n, m) > MAX_SYSTEMS:
        raise NoSolutionError(
            "vertex enumeration is for small games: binomial(m + n, m) must be at most "
            f"{MAX_SYSTEMS}, got a {m} x {n} game"
        )
    a, b = game.leader_exact, game.follower_exact
    optima: dict[tuple[ExactStrategy, int], Fraction] = {}  # (p, j) -> the follower's value
    value: Fraction | None = None
    for p, replies, follower_value in _vertices(b.rows):
        for j in replies:
            earned = sum((x * a.rows[i][j] for i, x in p.items()), start=Fraction(0))
            if value is None or earned > value:
                value = earned
                optima.clear()
            if earned == value:
                optima[exact_strategy(p, m), j] = follower_value
    if value is None:
        raise NoSolutionError("some pure commitment is always a vertex, got none")
    strategy, reply = max(optima, key=lambda pair: (optima[pair], -pair[1]))
    return StrongStackelberg(
        leader_value=value / a.scale,
        follower_value=optima[strategy, reply] / b.scale,
        leader_strategy=strategy,
        follower_action=reply,
        unique=len(optima) == 1,
        method="vertex-enumeration",
        upper_bound=value / a.scale,
        inward=move_inward(game, strategy, reply)[0],
    )


def _vertices(
    rows: Sequence[Sequence[int]],
) -> Iterator[tuple[dict[int, Fraction], list[int], Fraction]]:
    """Every vertex p, on its support, with its best responses and the follower's payoff."""
    m, n = len(rows), len(rows[0])
    for size in range(1, min(m, n) + 1):
        for support in combinations(range(m), size):
            for first, *others in combinations(range(n), size):
                ties = [[rows[i][j] - rows[i][first] for i in support] for j in others]
                weights = _only_solution(ties, size)
                if weights is None:
                    continue
                payoffs = [
                    sum(w * rows[i][j] for w, i in zip(weights, support, strict=True))
                    for j in range(n)
                ]
                best = max(payoffs)
                if payoffs[first] == best:
                    total = sum(weights)
                    p = {i: Fraction(w, total) for w, i in zip(weights, support, strict=True)}
                    replies = [j for j, x in enumerate(payoffs) if x == best]
                    yield p, replies, Fraction(best, total)


def _only_solution(matrix: list[list[int]], width: int) -> list[int] | None:
    """The positive solution of ``matrix @ x = 0``, up to scale; None when none or not only one.

    Gauss and Jordan's elimination on integers: after each step all pivots are equal, and dividing
    by the pivot before leaves no remainder (Bareiss).
    """
    rows = [list(row) for row in matrix]
    pivots: list[int] = []
    before = 1
    free: int | None = None
    for column in range(width):
        step = len(pivots)
        found = next((r for r in range(step, len(rows)) if rows[r][column]), None)
        if found is None:
            if free is not None:
                return None  # two free unknowns: a whole segment of solutions
            free = column
            continue
        rows[step], rows[found] = rows[found], rows[step]
        pivot = rows[step][column]
        for r, row in enumerate(rows):
            if r != step:
                factor = row[column]
                rows[r] = [
                    (pivot * x - factor * y) // before for x, y in zip(row, rows[step], strict=True)
                ]
        before = pivot
        pivots.append(column)
    if free is None:
        return None  # only 0
    solution = [0] * width
    solution[free] = before
    for r, column in enumerate(pivots):
        solution[column] = -rows[r][free]
    if before < 0:
        solution = [-x for x in solution]
    return solution if min(solution) > 0 else None
