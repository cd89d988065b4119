"""Strong Stackelberg equilibrium by one linear program, over correlated commitments."""

from collections.abc import Sequence
from fractions import Fraction

from solvers.lp import Optimum, Row, maximize
from solvers.replies import move_inward
from stackel.certificate import StackelbergCertificate
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.result import StrongStackelberg


def correlated_commitment(game: BimatrixGame) -> StrongStackelberg:
    r"""Strong Stackelberg equilibrium from the best correlated commitment.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).

    Returns
    -------
    StrongStackelberg
        Exact, with its certificate; ``follower_value`` is the largest among the optimal pairs
        (p, j). ``unique`` is None.

    Notes
    -----
    The leader commits to a distribution z over pairs of actions and tells the follower its part:

    .. math:: \max \sum_{ij} z_{ij} A_{ij}, \quad
              \sum_i z_{ij} (B_{ij} - B_{ik}) \ge 0 \ \text{for all } j, k, \quad
              \sum_{ij} z_{ij} = 1, \ z \ge 0.

    Given the recommendation j, the leader's mix :math:`z_{\cdot j} / \sum_i z_{ij}` is a commitment
    to which j is a best response, so the optimum is an average of such commitments, none of which
    can beat the best: correlation gains the leader nothing. A second program finds the largest
    follower value among the optima in the same way. Their duals have one multiplier for each
    (j, k), and are the certificate for every follower action at once.

    Both programs have m n variables and some n (n - 1) rows, against n programs with m variables
    each in the multiple-LP method: slower, and a check on it.

    References
    ----------
    Conitzer and Korzhyk. Commitment to correlated strategies. AAAI 2011.

    Examples
    --------
    >>> sse = correlated_commitment(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))
    >>> sse.leader_value, sse.follower_action, sse.leader_strategy
    (Fraction(7, 2), 1, (Fraction(1, 2), Fraction(1, 2)))
    """
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    leader = [x for row in a.rows for x in row]
    follower = [x for row in b.rows for x in row]
    pairs = [(j, k) for j in range(n) for k in range(n) if j != k]
    rows = [Row(coefficients=dict.fromkeys(range(m * n), 1), sense="==", bound=1)]
    for j, k in pairs:
        gains = {i * n + j: row[k] - row[j] for i, row in enumerate(b.rows) if row[k] != row[j]}
        rows.append(Row(coefficients=gains, sense="<=", bound=0))
    first = _optimum(leader, rows)
    pays = Row(coefficients=dict(enumerate(leader)), sense=">=", bound=first.value)
    second = _optimum(follower, [*rows, pays])
    reply = next(j for j in range(n) if any(second.x[j::n]))
    weight = sum(second.x[reply::n], start=Fraction(0))
    strategy = tuple(x / weight for x in second.x[reply::n])
    inward, thin = move_inward(game, strategy, reply)
    value = first.value / a.scale
    # both programs had the payoffs multiplied by their denominators
    rate = Fraction(b.scale, a.scale)
    value_bounds = _by_column(n, pairs, first.duals[1:], rate)
    mu = -second.duals[-1] / rate
    tie_bounds = _by_column(n, pairs, second.duals[1:-1], Fraction(1))
    return StrongStackelberg(
        leader_value=value,
        follower_value=second.value / b.scale,
        leader_strategy=strategy,
        follower_action=reply,
        unique=None,
        method="correlated-commitment",
        upper_bound=value,
        certificate=StackelbergCertificate(
            value_bounds=value_bounds,
            tie_bounds=tuple((mu, bounds) for bounds in tie_bounds),
            thin=thin,
        ),
        inward=inward,
    )


def _optimum(objective: list[int], rows: list[Row]) -> Optimum:
    """The optimum, which exists: every commitment with a best response is feasible."""
    optimum = maximize(objective, rows)
    if optimum.status != "optimal":
        raise NoSolutionError(f"a correlated commitment always exists, got {optimum.status!r}")
    return optimum


def _by_column(
    n: int, pairs: list[tuple[int, int]], duals: Sequence[Fraction], rate: Fraction
) -> tuple[dict[int, Fraction], ...]:
    """The multipliers of the rows (j, k), as one mapping k -> multiplier a column j."""
    columns: tuple[dict[int, Fraction], ...] = tuple({} for _ in range(n))
    for (j, k), dual in zip(pairs, duals, strict=True):
        if dual:
            columns[j][k] = dual * rate
    return columns
