r"""Strong Stackelberg equilibria by the multiple-LP method, exactly and with a certificate."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from solvers.inward import EPSILON, inward_commitment
from solvers.lp.region import IntegerGame, Weights
from solvers.multiple_lp.columns import Start, best_pure, bound_columns
from solvers.multiple_lp.constant_sum import minimax_start
from solvers.multiple_lp.optimal_pairs import OptimalPairs, optimal_pairs
from stackel.certificate import StackelbergCertificate
from stackel.game import BimatrixGame
from stackel.result import InwardCommitment, StrongStackelberg, exact_strategy

EXACT_ALONE_UP_TO = 256
"""Entries m n up to which the exact loop runs with no float solve before it: nothing heavy is
imported, and it takes at most about 0.1 s."""


def multiple_lp(
    game: BimatrixGame,
    *,
    certify: Literal["exact", "float", "none"] = "exact",
    inward_epsilon: Fraction | float = EPSILON,
    progress: Callable[[float], None] | None = None,
) -> StrongStackelberg:
    r"""Return a strong Stackelberg equilibrium: the best commitment when ties break for the leader.

    For each follower action j the linear program :math:`\max_p A_j^T p` over the mixes p with
    :math:`(B_k - B_j)^T p \le 0` for all k; the best of the n optima is the value

    .. math:: V = \max_p \max_{j \in BR(p)} p^T A e_j .

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).
    certify : {"exact", "float", "none"}
        ``exact``: rational answer, optimal pair with the largest follower value, its uniqueness,
        an inward commitment, and a certificate. ``float``: float64 answer, and bounds that hold
        the value for certain. ``none``: float64 answer alone.
    inward_epsilon : Fraction or float
        Weight, in (0, 1], that the inward commitment moves to the inside of the region.
    progress : callable, optional
        Called with the share of follower actions that are settled, 0 to 1.

    Returns
    -------
    StrongStackelberg
        ``certified`` is False: ``solvers.certify`` has the say. Without ``exact``, ``unique``,
        ``certificate`` and ``inward`` are None.

    Raises
    ------
    ValueError
        When ``inward_epsilon`` is not in (0, 1].
    InvalidGameError
        Without ``exact``, when a payoff is beyond float64.

    Notes
    -----
    Payoffs that add up to a constant take one exact minimax program. Other games with more than
    256 entries are solved in float64 first. The pair found is solved again
    in rationals, and float multipliers rounded to dyadic rationals bound most columns; a column
    that they leave open (tied, degenerate, nearly tied) gets an exact linear program. So the
    answer never rests on a float; a game with very many nearly tied columns just takes longer.
    Answers with ``float`` and ``none`` are only as good as the tolerance of the float solver: a
    near tie may have been taken for a tie, and ``leader_value`` be far above the value. With
    ``float`` the bounds are proved, rounding included, and then lie as far apart.

    References
    ----------
    V. Conitzer and T. Sandholm, Computing the optimal strategy to commit to, EC 2006.
    B. von Stengel and S. Zamir, Leadership games with convex strategy sets, Games and Economic
    Behavior 69, 2010.

    Examples
    --------
    >>> game = BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]])  # Conitzer and Sandholm's
    >>> sse = multiple_lp(game)
    >>> sse.leader_value, sse.leader_strategy, sse.follower_action, sse.unique
    (Fraction(7, 2), (Fraction(1, 2), Fraction(1, 2)), 1, True)
    """
    if not 0 < inward_epsilon <= 1:
        raise ValueError(f"inward_epsilon must lie in (0, 1], got {inward_epsilon}")
    if certify != "exact":
        return _in_floats(game, bounded=certify == "float", progress=progress)
    integers = IntegerGame(game)
    if integers.constant_sum:
        start = minimax_start(integers)
    elif integers.m * integers.n <= EXACT_ALONE_UP_TO:
        start = Start(best=best_pure(integers), bounds={}, hints={})
    else:
        from solvers.multiple_lp.float_start import float_start

        start = float_start(game, integers, progress=progress)
    best, bounds = bound_columns(integers, start)
    return _record(integers, optimal_pairs(integers, best, bounds), Fraction(inward_epsilon))


def _record(integers: IntegerGame, pairs: OptimalPairs, epsilon: Fraction) -> StrongStackelberg:
    """Turn numerators into payoffs."""
    m, rate = integers.m, Fraction(integers.follower_scale, integers.leader_scale)
    value = pairs.best.value / integers.leader_scale
    p, j, other = pairs.best.commitment, pairs.best.reply, pairs.alternative
    inward = inward_commitment(integers, p, j, epsilon=epsilon)
    return StrongStackelberg(
        leader_value=value,
        follower_value=pairs.follower_value / integers.follower_scale,
        leader_strategy=exact_strategy(p, m),
        follower_action=j,
        unique=other is None,
        method="multiple-lp",
        upper_bound=value,
        certificate=StackelbergCertificate(
            value_bounds=tuple(_times(bound.multipliers, rate) for bound in pairs.bounds),
            tie_bounds=tuple((bound.mu / rate, bound.multipliers) for bound in pairs.tie_bounds),
            alternative=None
            if other is None
            else (exact_strategy(other.commitment, m), other.reply),
            isolation=None if pairs.isolation is None else _times(pairs.isolation, rate),
            thin=inward if isinstance(inward, dict) and inward else None,
        ),
        inward=inward if isinstance(inward, InwardCommitment) else None,
    )


def _times(multipliers: Weights, rate: Fraction) -> Weights:
    return multipliers if rate == 1 else {k: rate * y for k, y in multipliers.items()}


def _in_floats(
    game: BimatrixGame, *, bounded: bool, progress: Callable[[float], None] | None
) -> StrongStackelberg:
    """The float64 answer, evaluated on the payoffs as given."""
    from solvers.multiple_lp.lazy import lazy_multiple_lp

    found = lazy_multiple_lp(game.leader, game.follower, progress=progress)
    lower = upper = None
    if bounded:
        from solvers.multiple_lp.enclosure import Payoffs, enclose

        exact = game.floats_are_exact
        lower, upper = enclose(Payoffs.of(game.leader, game.follower, exact=exact), found)
    return StrongStackelberg(
        leader_value=found.value,
        follower_value=float(found.strategy @ game.follower[:, found.action]),
        leader_strategy=tuple(found.strategy.tolist()),
        follower_action=found.action,
        unique=None,
        method="multiple-lp",
        lower_bound=lower,
        upper_bound=upper,
    )
