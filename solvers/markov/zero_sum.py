"""Markov games whose payoffs sum to a constant: minimax values and optimal policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import inf, nextafter

from solvers.markov._iteration import discounted
from solvers.markov._process import follower_process
from solvers.markov._stage import check_length, shapley
from solvers.markov.best_response import best_response
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame
from stackel.markov_result import MarkovZeroSum

TOLERANCE = Fraction(1, 10**12)
"""Error of the discounted values at which iteration stops, as a share of their possible range."""
ROUNDING = 2**80
"""Iterates are rounded to multiples of 1/ROUNDING (values: of their range), to stay short."""
MAX_ROUNDS = 1_000
"""Rounds of iteration at most; each takes the error down at least by the discount."""
SIMPLEST = 10**5
"""Denominators up to which an exact value is looked for near the iterate."""


def zero_sum(game: MarkovGame) -> MarkovZeroSum:
    r"""Return value and optimal policies of a Markov game whose payoffs sum to a constant.

    With a horizon, backward induction on exact minimax values. With a discount, the fixed point
    of Shapley's operator :math:`(Tv)(s) = \mathrm{val}(A_s + \gamma P_s v)`.

    Parameters
    ----------
    game : MarkovGame
        With leader + follower payoffs equal to one constant in every state and joint action.

    Returns
    -------
    MarkovZeroSum
        With a horizon, exact Markov policies. With a discount, stationary policies; the value may
        be irrational, so ``lower`` and ``upper`` are what the two policies guarantee, computed
        exactly and rounded outwards, and the values of all states are within ``error_bound``.
        A fixed point with small denominators, or in pure policies, is found: then all is exact.

    Raises
    ------
    NoSolutionError
        When the payoffs have no constant sum; for average payoffs, where stationary or Markov
        policies need not be optimal (the Big Match [3]_); when exact numbers get longer than
        ``MAX_BITS`` bits; when iteration does not reach its tolerance.

    Notes
    -----
    Each round applies T, which proves :math:`\|v - v^*\| \le \|Tv - v\| / (1 - \gamma)`, and goes
    on from the exact value of the leader's mixes against a best response (Hoffman and Karp [2]_)
    instead of Tv: never slower than Shapley's iteration, and a handful of rounds in practice.

    References
    ----------
    .. [1] L. S. Shapley. Stochastic games. PNAS 39, 1953.
    .. [2] A. J. Hoffman, R. M. Karp. On nonterminating stochastic games. Management Science 12,
       1966.
    .. [3] D. Blackwell, T. S. Ferguson. The big match. Annals of Mathematical Statistics 39, 1968.

    Examples
    --------
    >>> game = MarkovGame([[[[1], [1]], [[1], [1]]]], [[[1, -1], [-1, 1]]], [[[-1, 1], [1, -1]]],
    ...                   discount="9/10")
    >>> answer = zero_sum(game)
    >>> answer.value, answer.leader_policy
    (Fraction(0, 1), ((Fraction(1, 2), Fraction(1, 2)),))
    """
    constant = game.constant_sum
    if constant is None:
        raise NoSolutionError(
            "zero_sum needs leader + follower payoffs equal to one constant everywhere, "
            "got different sums"
        )
    if game.horizon is not None:
        return _finite(game, constant * game.horizon)
    if game.discount is None:
        raise NoSolutionError(
            "zero_sum needs a horizon or a discount: for average payoffs no stationary or Markov "
            "policy need be optimal, got average payoffs"
        )
    return _discounted(game, constant / (1 - game.discount), game.discount)


def _finite(game: MarkovGame, constant: Fraction) -> MarkovZeroSum:
    values = [Fraction(0)] * game.shape[0]
    leader, follower = [], []
    for stages in range(game.horizon or 0):
        check_length(values, stages)
        values, p, q = shapley(game, values, Fraction(1))
        leader.append(tuple(p))
        follower.append(tuple(q))
    value = game.from_start(values)
    return MarkovZeroSum(
        value=value,
        lower=value,
        upper=value,
        constant=constant,
        values=tuple(values),
        error_bound=Fraction(0),
        leader_policy=tuple(reversed(leader)),
        follower_policy=tuple(reversed(follower)),
        policy_class="Markov",
        method="backward induction, minimax",
    )


def _discounted(game: MarkovGame, constant: Fraction, discount: Fraction) -> MarkovZeroSum:
    flat = [x for block in game.leader for row in block for x in row]
    span = (max(flat) - min(flat)) / (1 - discount)
    values = [min(flat) / (1 - discount)] * game.shape[0]
    better, p, q = shapley(game, values, discount)
    rounds = 0
    while (error := _distance(better, values) / (1 - discount)) > TOLERANCE * span:
        if rounds == MAX_ROUNDS:
            raise NoSolutionError(
                f"the discounted value must settle within {MAX_ROUNDS} rounds (MAX_ROUNDS), "
                f"got an error of up to {float(error / span):.3g} of its range"
            )
        grid = span / ROUNDING
        values = _guaranteed(game, [_rounded(mix) for mix in p], discount)
        values = [round(v / grid) * grid for v in values]
        better, p, q = shapley(game, values, discount)
        rounds += 1
    for guess in _guesses(game, values, p, discount):
        again, leader, follower = shapley(game, guess, discount)
        if again == guess:
            value = game.from_start(guess)
            return MarkovZeroSum(
                value=value,
                lower=value,
                upper=value,
                constant=constant,
                values=tuple(guess),
                error_bound=Fraction(0),
                leader_policy=tuple(leader),
                follower_policy=tuple(follower),
                policy_class="stationary",
                method="Shapley and Hoffman-Karp iteration, exact fixed point",
            )
    p, q = [_rounded(mix) for mix in p], [_rounded(mix) for mix in q]
    against, held = best_response(game, p), best_response(game.transpose(), q)
    lower = constant - Fraction(against.follower_value)
    upper = Fraction(held.follower_value)
    try:
        floats = [float(v) for v in values]
        error = max(
            max(Fraction(high) - Fraction(v), Fraction(v) - constant + Fraction(low))
            for v, low, high in zip(floats, against.values, held.values, strict=True)
        )
        return MarkovZeroSum(
            value=float((lower + upper) / 2),
            lower=nextafter(float(lower), -inf),
            upper=nextafter(float(upper), inf),
            constant=constant,
            values=tuple(floats),
            error_bound=nextafter(float(error), inf),
            leader_policy=tuple(p),
            follower_policy=tuple(q),
            policy_class="stationary",
            method="Shapley and Hoffman-Karp iteration",
        )
    except OverflowError:
        raise NoSolutionError(
            "a value that is not found exactly must fit float64, got payoffs beyond it"
        ) from None


def _guesses(
    game: MarkovGame, values: list[Fraction], p: Sequence[ExactStrategy], discount: Fraction
) -> Iterator[list[Fraction]]:
    """What the fixed point may be: simple numbers nearby, or what a pure policy is sure of."""
    yield [v.limit_denominator(SIMPLEST) for v in values]
    if all(1 in mix for mix in p):
        yield _guaranteed(game, p, discount)


def _guaranteed(
    game: MarkovGame, mixes: Sequence[ExactStrategy], discount: Fraction
) -> list[Fraction]:
    """What the leader's mixes are sure of from each state: the follower minimises."""
    process = follower_process(game, mixes)
    losses = tuple(tuple(-x for x in row) for row in process.leader)
    everything = [range(game.shape[2])] * game.shape[0]
    return [-v for v in discounted(process.moves, losses, discount, everything)[0]]


def _rounded(mix: ExactStrategy) -> ExactStrategy:
    """A mix with short denominators that sums to exactly 1."""
    parts = [int(x * ROUNDING) for x in mix]
    parts[parts.index(max(parts))] += ROUNDING - sum(parts)
    return tuple(Fraction(x, ROUNDING) for x in parts)


def _distance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return max(abs(x - y) for x, y in zip(left, right, strict=True))
