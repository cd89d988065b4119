"""The band holds for every play, is as narrow as it can be, and classifies games rightly."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import bimatrix_games

from solvers.correlated import coarse_correlated
from solvers.lp import Row, maximize
from solvers.multiple_lp import multiple_lp
from solvers.no_regret import no_regret
from solvers.zero_sum import zero_sum
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.response import external_regrets
from stackel.result import NoRegret

Joint = list[list[Fraction]]
ZERO = Fraction(0)


def _play(game: BimatrixGame, rng: Random, rounds: int) -> Joint:
    """The joint distribution of a play: random, or replies to the other's past, or a cycle."""
    m, n = game.shape
    counts = [[0] * n for _ in range(m)]
    kind = rng.choice(["random", "alternate", "best replies", "skewed"])
    i, j = rng.randrange(m), rng.randrange(n)
    a, b = game.leader_exact, game.follower_exact
    for t in range(rounds):
        if kind == "random" or (kind == "skewed" and rng.random() < 0.2):
            i, j = rng.randrange(m), rng.randrange(n)
        elif kind == "alternate":
            i, j = (i + 1) % m, (j + rng.choice([0, 1])) % n
        elif kind == "best replies" and t % 2:
            i = max(range(m), key=lambda x: a.rows[x][j])
        elif kind == "best replies":
            j = max(range(n), key=lambda x: b.rows[i][x])
        counts[i][j] += 1
    return [[Fraction(x, rounds) for x in row] for row in counts]


def _average(game: BimatrixGame, joint: Joint) -> Fraction:
    m, n = game.shape
    a = game.leader_exact
    return sum((a[i, j] * joint[i][j] for i, j in product(range(m), range(n))), start=ZERO)


def _regret(game: BimatrixGame, joint: Joint) -> Fraction:
    return Fraction(max(0, *external_regrets(game, joint)))


def _within(game: BimatrixGame, band: NoRegret, joint: Joint) -> bool:
    regret, average = _regret(game, joint), _average(game, joint)
    return band.lo - band.k_lo * regret <= average <= band.hi + band.k_hi * regret


def _most(game: BimatrixGame, regret: Fraction, sign: int) -> Fraction:
    """The largest ``sign`` times the leader's average over plays of at most that regret: an LP."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    cells = list(product(range(m), range(n)))
    rows = [Row(coefficients=dict.fromkeys(range(m * n), 1), sense="==", bound=1)]
    for other in range(m):
        gains = {i * n + j: a[other, j] - a[i, j] for i, j in cells}
        rows.append(Row(coefficients=gains, sense="<=", bound=regret))
    for other in range(n):
        gains = {i * n + j: b[i, other] - b[i, j] for i, j in cells}
        rows.append(Row(coefficients=gains, sense="<=", bound=regret))
    return maximize([sign * a[i, j] for i, j in cells], rows).value


@settings(max_examples=120)
@given(bimatrix_games(max_side=4), st.integers(0, 2**32), st.integers(1, 40))
def test_no_finite_play_leaves_the_band(game: BimatrixGame, seed: int, rounds: int) -> None:
    band = no_regret(game, sse_value=ZERO)
    rng = Random(seed)
    for _ in range(4):
        assert _within(game, band, _play(game, rng, rounds))


@given(bimatrix_games(max_side=4))
def test_the_band_cannot_be_narrower(game: BimatrixGame) -> None:
    band = no_regret(game, sse_value=ZERO)
    scale = game.leader_exact.scale
    largest = Fraction(max(max(map(abs, row)) for row in game.leader_exact.rows) or 1, scale)
    follower = game.follower_exact
    largest += Fraction(max(max(map(abs, row)) for row in follower.rows), follower.scale)
    for k, end, sign in [(band.k_hi, band.hi, 1), (band.k_lo, band.lo, -1)]:
        assert k >= 0
        edge = band.extremes["k_hi" if sign > 0 else "k_lo"].joint
        m, n = game.shape
        joint = [[Fraction(edge.get((i, j), 0)) for j in range(n)] for i in range(m)]
        assert sum(map(sum, joint)) == 1
        regret = _regret(game, joint)
        assert sign * (_average(game, joint) - end) == k * regret
        if k == 0:
            continue
        assert regret > 0
        # near 0 too, by an LP of its own: the constant is the slope there, and 1 % less fails
        small = min(regret, largest / 10**9)
        slope = (_most(game, small, sign) - sign * end) / small
        assert slope == k
        assert slope > k * Fraction(99, 100)


@given(bimatrix_games(max_side=5))
def test_ends_and_constants_are_proved_by_their_multipliers(game: BimatrixGame) -> None:
    band = no_regret(game, sse_value=ZERO)
    a, b = game.leader_exact, game.follower_exact
    m, n = game.shape
    for name, k, sign in [("hi", band.k_hi, 1), ("lo", band.k_lo, -1)]:
        proof = band.extremes[name]
        leader, follower = proof.leader_multipliers, proof.follower_multipliers
        assert all(x > 0 for each in (leader, follower) for x in each.values())
        assert sum(leader.values()) + sum(follower.values()) == k
        for i, j in product(range(m), range(n)):
            gain = sum(x * (a[other, j] - a[i, j]) for (other,), x in leader.items())
            gain += sum(x * (b[i, other] - b[i, j]) for (other,), x in follower.items())
            assert sign * (a[i, j] - proof.value) <= gain
        joint = [[Fraction(proof.joint.get((i, j), 0)) for j in range(n)] for i in range(m)]
        assert _regret(game, joint) == 0
        assert _average(game, joint) == proof.value == getattr(band, name)


@given(bimatrix_games(max_side=4))
def test_range_and_class_follow_from_the_coarse_equilibria(game: BimatrixGame) -> None:
    value = Fraction(multiple_lp(game).leader_value)
    band, coarse = no_regret(game), coarse_correlated(game)
    assert (band.lo, band.hi) == (coarse.leader_min, coarse.leader_max)
    assert (band.class_ == "holds") == (band.lo == band.hi == value)
    assert (band.class_ == "never") == (not band.lo <= value <= band.hi)


@given(bimatrix_games(max_side=5, kinds=("zero-sum",)))
def test_theorem_one_holds_in_constant_sum_games(game: BimatrixGame) -> None:
    band = no_regret(game)
    assert band.class_ == "holds"
    assert band.lo == band.hi == zero_sum(game).value
    # the value minus the leader's regret, plus the follower's: no constant beyond 1 is needed
    assert max(band.k_lo, band.k_hi) <= 1


def test_battle_may_fail() -> None:
    band = no_regret(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    assert (band.class_, band.lo, band.hi) == ("may-fail", Fraction(10, 7), 5)


def test_two_regrets_pin_the_average_to_zero_while_commitment_pays_half() -> None:
    # for any play: average = Reg_L(row 2) + Reg_F(column 1), hence k_hi = 2
    band = no_regret(BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]]))
    assert (band.class_, band.lo, band.hi) == ("never", 0, 0)
    assert (band.k_lo, band.k_hi) == (0, 2)


def test_hero_as_printed_never_reaches_its_stackelberg_value() -> None:
    game = BimatrixGame([[0, -3], [-2, -1]], [[-3, -1], [0, -2]])
    assert multiple_lp(game).leader_value == -1
    band = no_regret(game)
    assert (band.class_, band.lo, band.hi) == ("never", Fraction(-3, 2), Fraction(-3, 2))


def test_averages_above_the_stackelberg_value_need_three_follower_actions() -> None:
    # Deng, Schneider and Sivan (2019) with 1/10 for their small number
    game = BimatrixGame([[0, -2, -2], [0, -2, 2]], [["1/10", -1, 0], [-1, 1, 0]])
    assert multiple_lp(game).leader_value == 0
    assert no_regret(game).hi == Fraction(22, 21)


def test_without_choice_nothing_can_stray() -> None:
    band = no_regret(BimatrixGame([[7]], [[1]]))
    assert (band.class_, band.lo, band.hi, band.k_lo, band.k_hi) == ("holds", 7, 7, 0, 0)


def test_a_rounded_stackelberg_value_is_refused() -> None:
    with pytest.raises(NoSolutionError, match=r"exact Stackelberg value .* got the float 0\.5"):
        no_regret(BimatrixGame([[0]], [[0]]), sse_value=0.5)
