r"""The payoffs that coarse correlated equilibria can give: a polygon in the plane.

The set of CCE is a polytope, so its payoff pairs (leader, follower) form a convex polygon. Its
corners are found from outside: maximise in one direction, then outward from every edge of what is
known until no edge can be moved. Every step is one exact linear program.
"""

from fractions import Fraction
from typing import TypeAlias

from solvers.lp import Row, maximize
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame

Point: TypeAlias = tuple[Fraction, Fraction]


def cce_payoff_region(game: BimatrixGame) -> tuple[Point, ...]:
    r"""The corners of :math:`\{(\sum z A, \sum z B) : z \text{ a CCE}\}`, in order around it.

    Parameters
    ----------
    game : BimatrixGame

    Returns
    -------
    tuple of (leader payoff, follower payoff)
        Counter-clockwise; one point or two when the polygon is flat.

    Raises
    ------
    NoSolutionError
        Never for a valid game: a CCE always exists. It would name a fault of the solver.

    Notes
    -----
    About two exact LPs of m n variables and m + n rows a corner: for games of a few hundred
    entries at most.

    Examples
    --------
    Battle of the sexes: between its three Nash equilibria.

    >>> battle = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> corners = cce_payoff_region(battle)
    >>> {(5, 1), (2, 2)} <= set(corners)
    True
    """
    rows = _cce_rows(game)
    known: dict[Point, None] = {}

    def furthest(direction: Point) -> Point:
        point = _payoffs(game, rows, direction)
        known[point] = None
        return point

    def beyond(left: Point, right: Point) -> list[Point]:
        """The corners strictly between two, on the outer side of the edge from left to right."""
        if left == right:
            return []
        outward = (right[1] - left[1], left[0] - right[0])
        point = furthest(outward)
        height = sum(d * (a - b) for d, a, b in zip(outward, point, left, strict=True))
        if height <= 0:
            return []
        return [*beyond(left, point), point, *beyond(point, right)]

    one, zero = Fraction(1), Fraction(0)
    ends = [furthest(d) for d in ((zero, -one), (one, zero), (zero, one), (-one, zero))]
    corners: list[Point] = []
    for index, end in enumerate(ends):
        corners.append(end)
        corners.extend(beyond(end, ends[(index + 1) % 4]))
    return tuple(dict.fromkeys(corners))


def _cce_rows(game: BimatrixGame) -> list[Row]:
    """Distributions over outcomes (index i n + j) that leave neither player an external regret."""
    m, n = game.shape
    a, b = game.leader_exact.rows, game.follower_exact.rows
    outcomes = [(i, j) for i in range(m) for j in range(n)]
    rows = [Row(coefficients=dict.fromkeys(range(m * n), 1), sense="==", bound=1)]
    for k in range(m):
        gain = {i * n + j: a[k][j] - a[i][j] for i, j in outcomes if a[k][j] != a[i][j]}
        rows.append(Row(coefficients=gain, sense="<=", bound=0))
    for k in range(n):
        gain = {i * n + j: b[i][k] - b[i][j] for i, j in outcomes if b[i][k] != b[i][j]}
        rows.append(Row(coefficients=gain, sense="<=", bound=0))
    return rows


def _payoffs(game: BimatrixGame, rows: list[Row], direction: Point) -> Point:
    """The payoffs of a CCE that is furthest in ``direction``."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    weights = [direction[0] * a[i, j] + direction[1] * b[i, j] for i in range(m) for j in range(n)]
    found = maximize(weights, rows)
    if found.status != "optimal":
        raise NoSolutionError(f"a CCE must exist, the linear program came back {found.status}")
    leader = sum((z * a[divmod(v, n)] for v, z in enumerate(found.x) if z), start=Fraction(0))
    follower = sum((z * b[divmod(v, n)] for v, z in enumerate(found.x) if z), start=Fraction(0))
    return leader, follower
