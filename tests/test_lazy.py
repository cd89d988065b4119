"""The float engine: its value against full LPs, its bound in exact arithmetic, its recoveries."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy.optimize import linprog
from strategies import KINDS as SMALL_KINDS
from strategies import bimatrix_games

from solvers.multiple_lp import lazy
from solvers.multiple_lp.dual_simplex import DualSimplex
from solvers.multiple_lp.lazy import FloatOptimum, lazy_multiple_lp
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, int], tuple[Floats, Floats]]

GAP = 1e-7
"""Largest gap between value and bound, in units of the leader's payoff range."""
ACCURACY = 1e-9
"""Largest difference from the full LPs, in the same unit; for the follower, in units of its."""


def uniform(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    return rng.uniform(-1, 1, (m, n)), rng.uniform(-1, 1, (m, n))


def nearly_zero_sum(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    a = rng.standard_normal((m, n))
    return a, -0.9 * a + 0.2 * rng.standard_normal((m, n))


def security(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    covered = np.arange(m)[:, None] % n == np.arange(n)
    a = np.where(covered, rng.uniform(0, 10, n), -rng.uniform(1, 10, n))
    return a, np.where(covered, -rng.uniform(0, 10, n), rng.uniform(1, 10, n))


def ranked(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    a, b = (rng.permutation(m * n).reshape(m, n).astype(float) for _ in range(2))
    return a, b


def tied(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    a, b = rng.integers(-1, 2, (2, m, n)).astype(float)
    return a, b


def duplicated(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    a, b = nearly_zero_sum(rng, m, n)
    rows, columns = rng.integers(m, size=m), rng.integers(n, size=n)
    return a[np.ix_(rows, columns)], b[np.ix_(rows, columns)]


def zero_sum(rng: np.random.Generator, m: int, n: int) -> tuple[Floats, Floats]:
    a = rng.integers(-9, 10, (m, n)).astype(float)
    return a, 3.0 - a


DRAWS: tuple[Draw, ...] = (
    uniform,
    nearly_zero_sum,
    security,
    ranked,
    tied,
    duplicated,
    zero_sum,
)


def full_lps(a: Floats, b: Floats) -> float:
    """The value by one complete LP for every follower action, unscaled games of range about 1."""
    best = -np.inf
    m, n = a.shape
    for j in range(n):
        answer = linprog(
            -a[:, j],
            A_ub=(b - b[:, [j]]).T,
            b_ub=np.zeros(n),
            A_eq=np.ones((1, m)),
            b_eq=[1.0],
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if answer.x is not None and answer.status == 0:
            best = max(best, float(a[:, j] @ answer.x))
    return best


def check(a: Floats, b: Floats, optimum: FloatOptimum) -> None:
    """The answer and its bound, in rationals, on the payoffs as given."""
    m, n = a.shape
    size, unit = float(np.ptp(a)), float(np.ptp(b))
    assert optimum.strategy.shape == (m,)
    assert optimum.strategy.min() >= 0
    assert optimum.strategy.sum() == pytest.approx(1, abs=1e-12)
    payoffs = optimum.strategy @ b
    assert payoffs[optimum.action] >= payoffs.max() - ACCURACY * max(unit, np.abs(b).max() * 1e-6)
    assert optimum.value == pytest.approx(optimum.strategy @ a[:, optimum.action], rel=1e-12)
    assert optimum.value <= optimum.upper_bound <= optimum.value + GAP * size
    exact_a = [[Fraction(x) for x in row] for row in a.tolist()]
    exact_b = [[Fraction(x) for x in row] for row in b.tolist()]
    assert len(optimum.multipliers) == n
    for j, row in enumerate(optimum.multipliers):
        assert all(weight >= 0 and 0 <= k < n and k != j for k, weight in row.items())
        weights = {k: Fraction(weight) for k, weight in row.items()}
        bound = max(
            leader[j] + sum(w * (follower[j] - follower[k]) for k, w in weights.items())
            for leader, follower in zip(exact_a, exact_b, strict=True)
        )
        assert bound <= Fraction(optimum.value) + Fraction(GAP) * Fraction(size)
    assert len(optimum.support) == len(optimum.tight) + 1
    assert optimum.action not in optimum.tight
    assert set(np.flatnonzero(optimum.strategy)) <= set(optimum.support)


@given(bimatrix_games(max_side=6))
@settings(max_examples=200)
def test_bound_proves_the_value_of_small_games(game: BimatrixGame) -> None:
    check(game.leader, game.follower, lazy_multiple_lp(game.leader, game.follower))


UNIT_KINDS = tuple(kind for kind in SMALL_KINDS if kind not in ("badly scaled", "near-tied"))


@given(bimatrix_games(max_side=6, kinds=UNIT_KINDS))
def test_value_is_that_of_the_full_lps_in_small_games(game: BimatrixGame) -> None:
    optimum = lazy_multiple_lp(game.leader, game.follower)
    size = max(float(np.ptp(game.leader)), 1.0)
    assert optimum.value == pytest.approx(
        full_lps(game.leader, game.follower), rel=0, abs=ACCURACY * size
    )


@pytest.mark.parametrize("shape", [(20, 20), (10, 40), (40, 10)], ids=["square", "wide", "tall"])
@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_value_is_that_of_the_full_lps(draw: Draw, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(2):
        a, b = draw(rng, *shape)
        optimum = lazy_multiple_lp(a, b)
        check(a, b, optimum)
        assert optimum.value == pytest.approx(
            full_lps(a, b), rel=0, abs=ACCURACY * float(np.ptp(a))
        )


@pytest.mark.slow
@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_value_is_that_of_the_full_lps_in_large_games(draw: Draw) -> None:
    rng = np.random.default_rng(1)
    for m, n in [(100, 100), (60, 150), (150, 60)]:
        a, b = draw(rng, m, n)
        optimum = lazy_multiple_lp(a, b)
        check(a, b, optimum)
        assert optimum.value == pytest.approx(
            full_lps(a, b), rel=0, abs=ACCURACY * float(np.ptp(a))
        )


@pytest.mark.parametrize("scale", [1e-8, 1e9], ids=["tiny payoffs", "huge payoffs"])
@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_units_of_payoffs_do_not_matter(draw: Draw, scale: float) -> None:
    a, b = draw(np.random.default_rng(2), 25, 25)
    plain, scaled = lazy_multiple_lp(a, b), lazy_multiple_lp(scale * a, b / scale)
    check(scale * a, b / scale, scaled)
    size = float(np.ptp(a))
    assert scaled.value / scale == pytest.approx(plain.value, rel=0, abs=ACCURACY * size)


def test_payoffs_far_from_zero_keep_their_differences() -> None:
    a, b = nearly_zero_sum(np.random.default_rng(3), 20, 20)
    a, b = np.round(a * 64) / 64, np.round(b * 64) / 64  # sums with 2**20 are exact
    near, far = lazy_multiple_lp(a, b), lazy_multiple_lp(a + 2.0**20, b - 2.0**20)
    assert far.value - 2.0**20 == pytest.approx(near.value, rel=0, abs=1e-8)


@pytest.mark.parametrize(
    ("leader", "follower"),
    [(1e200, 1e-200), (1e-200, 1e200), (1.7e308, 1.0)],
    ids=["ratio too large", "ratio too small", "range too large"],
)
def test_ranges_beyond_floats_are_refused(leader: float, follower: float) -> None:
    a, b = np.array([[-1.0, 1.0], [0.5, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    with pytest.raises(InvalidGameError, match="within float64"):
        lazy_multiple_lp(leader * a, follower * b)


def test_textbook_game_needs_a_mixed_commitment() -> None:
    # Conitzer and Sandholm 2006: half and half makes the follower indifferent, worth 3.5
    a, b = np.array([[2.0, 4.0], [1.0, 3.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert optimum.value == 3.5
    assert optimum.strategy.tolist() == [0.5, 0.5]
    assert (optimum.action, sorted(optimum.support), optimum.tight) == (1, [0, 1], [0])


def test_one_row_leaves_the_follower_its_best_reply() -> None:
    a, b = np.array([[9.0, 1.0, 5.0]]), np.array([[0.0, 2.0, 2.0]])
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert (optimum.value, optimum.action) == (5.0, 2)


def test_one_column_leaves_the_leader_its_best_row() -> None:
    a, b = np.array([[1.0], [7.0], [3.0]]), np.array([[5.0], [0.0], [9.0]])
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert (optimum.value, optimum.support, optimum.tight) == (7.0, [1], [])


def test_strictly_dominated_action_is_bounded_though_no_mix_induces_it() -> None:
    rng = np.random.default_rng(4)
    a, b = nearly_zero_sum(rng, 12, 12)
    b[:, 5] = b[:, 2] - 1e-3
    a[:, 5] += 100.0
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert optimum.upper_bound < 10
    assert optimum.action != 5


def test_constant_payoffs_are_solved() -> None:
    for a, b in [(np.ones((3, 4)), np.zeros((3, 4))), (np.eye(3), np.ones((3, 3)))]:
        optimum = lazy_multiple_lp(a, b)
        check(a, b, optimum)
        assert optimum.value == 1.0


def test_zero_sum_multipliers_are_the_follower_s_optimal_mix() -> None:
    a = np.random.default_rng(5).uniform(-1, 1, (15, 12))
    optimum = lazy_multiple_lp(a, -a)
    check(a, -a, optimum)
    mix = np.array([optimum.multipliers[optimum.action].get(k, 0.0) for k in range(12)])
    mix[optimum.action] = 1.0 - mix.sum()
    assert mix.min() >= -1e-9
    assert (a @ mix).max() == pytest.approx(optimum.value, abs=1e-9)
    assert (optimum.strategy @ a).min() == pytest.approx(optimum.value, abs=1e-9)


@pytest.mark.parametrize("draw", [nearly_zero_sum, tied], ids=["nearly zero-sum", "tied"])
def test_columns_out_of_pivots_are_solved_otherwise(
    draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = draw(np.random.default_rng(6), 12, 15)
    monkeypatch.setattr(lazy, "PIVOTS", 0)
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert optimum.value == pytest.approx(full_lps(a, b), rel=0, abs=ACCURACY * float(np.ptp(a)))


def test_lost_multipliers_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = nearly_zero_sum(np.random.default_rng(7), 12, 15)
    expected = lazy_multiple_lp(a, b).value
    monkeypatch.setattr(DualSimplex, "multipliers", lambda self: [{} for _ in range(15)])
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert optimum.value == pytest.approx(expected, abs=ACCURACY * float(np.ptp(a)))


def test_wrong_basis_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = nearly_zero_sum(np.random.default_rng(8), 12, 15)
    expected = lazy_multiple_lp(a, b)
    wrong = int(a[:, expected.action].argmax())  # as if the follower did not choose
    monkeypatch.setattr(DualSimplex, "basis", lambda self, j: ([wrong], []))
    optimum = lazy_multiple_lp(a, b)
    check(a, b, optimum)
    assert optimum.value == pytest.approx(expected.value, abs=ACCURACY * float(np.ptp(a)))


def test_progress_grows_to_one() -> None:
    a, b = nearly_zero_sum(np.random.default_rng(9), 60, 60)
    shares: list[float] = []
    lazy_multiple_lp(a, b, progress=shares.append)
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] == 1


def test_interruption_is_passed_on() -> None:
    def interrupt(share: float) -> None:
        raise KeyboardInterrupt

    a, b = uniform(np.random.default_rng(10), 30, 30)
    with pytest.raises(KeyboardInterrupt):
        lazy_multiple_lp(a, b, progress=interrupt)


def test_games_are_left_unchanged() -> None:
    a, b = nearly_zero_sum(np.random.default_rng(11), 10, 10)
    before = a.copy(), b.copy()
    a.flags.writeable = b.flags.writeable = False
    lazy_multiple_lp(a, b)
    assert np.array_equal(a, before[0])
    assert np.array_equal(b, before[1])
