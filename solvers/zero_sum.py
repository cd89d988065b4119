r"""Constant-sum games by one minimax linear program."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from solvers.lp.minimax import guarantees, minimax, minimax_float
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.result import ZeroSum


def zero_sum(
    game: BimatrixGame, *, certify: Literal["exact", "float", "none"] = "exact"
) -> ZeroSum:
    r"""Return the value and optimal strategies of a constant-sum game.

    With A + B = c everywhere, the value is
    :math:`v = \max_p \min_j p^T A e_j = \min_q \max_i e_i^T A q`: what the leader's strategy
    guarantees it, and what the follower's strategy holds it to. The follower gets c - v.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n) with a constant sum, exactly.
    certify : {"exact", "float", "none"}
        ``exact``: a rational value and rational mixes; both guarantees are evaluated and equal.
        Otherwise float64: ``value`` lies midway between the two guarantees, and ``gap`` is their
        difference.

    Raises
    ------
    NoSolutionError
        When A + B is not constant: two entries that show it are named.

    Notes
    -----
    One LP of m rows and n variables. Exact: a float basis, then two exact solves with it; the
    numbers grow with the support, so a 200 x 200 game of small integers takes about a tenth of a
    second, float payoffs some times longer. In float64: the simplex of HiGHS, from 300 x 300 on an
    interior-point method, which takes seconds at 1000 x 1000 and mixes over all actions a little.

    References
    ----------
    .. [1] J. von Neumann. Zur Theorie der Gesellschaftsspiele. Mathematische Annalen 100, 1928.

    Examples
    --------
    >>> answer = zero_sum(BimatrixGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    >>> str(answer.value), [str(x) for x in answer.leader_strategy]
    ('0', ['1/2', '1/2'])
    """
    constant = game.constant_sum
    if constant is None:
        raise NoSolutionError(_two_sums(game))
    if certify != "exact":
        value, gap, p, q = minimax_float(game.leader)
        return ZeroSum(
            value=value,
            constant=float(constant),
            leader_strategy=p,
            follower_strategy=q,
            gap=gap,
            method="minimax LP, float64",
        )
    payoffs = game.leader_exact
    _, leader, follower = minimax(payoffs)
    least, most = guarantees(payoffs, leader, follower)
    return ZeroSum(
        value=least,
        constant=constant,
        leader_strategy=leader,
        follower_strategy=follower,
        gap=most - least,
        method="minimax LP, exact",
    )


def _two_sums(game: BimatrixGame) -> str:
    """The message that names two entries with different sums."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact

    def total(i: int, j: int) -> Fraction:
        return a[i, j] + b[i, j]

    first = total(0, 0)
    i, j = next((i, j) for i in range(m) for j in range(n) if total(i, j) != first)
    return (
        "zero_sum needs A + B to be constant, "
        f"got {first} at entry (0, 0) and {total(i, j)} at entry ({i}, {j})"
    )
