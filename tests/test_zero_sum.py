"""Constant-sum games: both guarantees meet, exactly."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from strategies import bimatrix_games

from solvers.lp import highs, minimax
from solvers.zero_sum import zero_sum
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.response import column_payoffs, row_payoffs
from stackel.result import ZeroSum


def constant_sum(matrix: list[list[Fraction]], constant: Fraction | int = 0) -> BimatrixGame:
    return BimatrixGame(matrix, [[constant - x for x in row] for row in matrix])


def _check(game: BimatrixGame, answer: ZeroSum) -> None:
    p, q = answer.leader_strategy, answer.follower_strategy
    assert min(p) >= 0
    assert min(q) >= 0
    assert sum(p) == sum(q) == 1
    assert min(column_payoffs(game.leader_exact, p)) == answer.value
    assert max(row_payoffs(game.leader_exact, q)) == answer.value
    assert min(row_payoffs(game.follower_exact, q)) == answer.constant - answer.value
    assert answer.gap == 0


@given(bimatrix_games(max_side=6), st.fractions(-5, 5, max_denominator=7))
def test_both_strategies_guarantee_the_value(game: BimatrixGame, constant: Fraction) -> None:
    m, n = game.shape
    matrix = [[game.leader_exact[i, j] for j in range(n)] for i in range(m)]
    fair = constant_sum(matrix, constant)
    answer = zero_sum(fair)
    assert answer.constant == constant
    _check(fair, answer)


@pytest.mark.parametrize(
    ("matrix", "value"),
    [
        pytest.param([[1, -1], [-1, 1]], Fraction(0), id="matching-pennies"),
        pytest.param([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], Fraction(0), id="rock-paper-scissors"),
        # a fully mixed 2 x 2 game: (ad - bc) / (a + d - b - c)
        pytest.param([[3, -1], [-2, 4]], Fraction(10, 10), id="mixed-two-by-two"),
        pytest.param([[4, 2, 5], [3, 1, 0]], Fraction(2), id="saddle-point"),
        # one over the sum of the reciprocals
        pytest.param([[1, 0, 0], [0, 2, 0], [0, 0, 3]], Fraction(6, 11), id="diagonal"),
        pytest.param([[7]], Fraction(7), id="one-by-one"),
    ],
)
def test_known_values(matrix: list[list[Fraction]], value: Fraction) -> None:
    assert zero_sum(constant_sum(matrix)).value == value


def test_two_entries_show_that_the_sum_is_not_constant() -> None:
    with pytest.raises(NoSolutionError, match=r"0 at entry \(0, 0\) and 7 at entry \(1, 0\)"):
        zero_sum(BimatrixGame([[1, 2], [3, 4]], [[-1, -2], [4, -4]]))


def test_a_constant_that_no_float_can_hold_is_recognised() -> None:
    wide = np.full((9, 9), 1e16)
    assert BimatrixGame(wide, np.ones((9, 9))).constant_sum == 10**16 + 1
    other = np.ones((9, 9))
    other[4, 5] = np.nextafter(1.0, 0.0)  # rounds to the same float sum
    assert wide[4, 5] + other[4, 5] == wide[0, 0] + other[0, 0]
    assert BimatrixGame(wide, other).constant_sum is None
    integers = np.full((9, 9), 2**60)
    assert BimatrixGame(integers, -integers + 1).constant_sum == 1
    other = 1 - integers
    other[4, 5] += 1  # far below the spacing of floats of that size
    assert BimatrixGame(integers, other).constant_sum is None


@given(st.integers(0, 2**32), st.sampled_from([-30, 0, 30]))
def test_constant_sums_of_arrays_are_those_of_their_rationals(seed: int, power: int) -> None:
    rng = np.random.default_rng(seed)
    leader = rng.integers(-3, 4, (9, 8)) * 2.0**power
    follower = 1.0 - leader  # rounded, for the small ones
    whole = [
        [Fraction(x) + Fraction(y) for x, y in zip(*pair, strict=True)]
        for pair in zip(leader.tolist(), follower.tolist(), strict=True)
    ]
    same = all(x == whole[0][0] for row in whole for x in row)
    assert BimatrixGame(leader, follower).constant_sum == (whole[0][0] if same else None)


@pytest.mark.parametrize("size", [1, 9], ids=["heavily-tied", "integers"])
@pytest.mark.parametrize("shape", [(60, 60), (20, 90), (90, 20)], ids=["square", "wide", "tall"])
def test_games_beyond_the_small_simplex(shape: tuple[int, int], size: int) -> None:
    rng = Random(size)
    matrix = [
        [Fraction(rng.randint(-size, size)) for _ in range(shape[1])] for _ in range(shape[0])
    ]
    game = constant_sum(matrix)
    _check(game, zero_sum(game))


@pytest.mark.parametrize("power", [-12, 12], ids=["tiny", "huge"])
def test_scale_changes_the_value_by_the_scale_alone(power: int) -> None:
    rng = Random(5)
    matrix = [[Fraction(rng.randint(-9, 9)) for _ in range(30)] for _ in range(30)]
    plain = zero_sum(constant_sum(matrix))
    scaled = constant_sum([[x * Fraction(10) ** power for x in row] for row in matrix])
    answer = zero_sum(scaled)
    _check(scaled, answer)
    assert answer.value == plain.value * Fraction(10) ** power


def test_payoffs_of_very_different_sizes_in_one_game() -> None:
    rng = Random(6)
    matrix = [
        [Fraction(rng.randint(-9, 9)) * Fraction(10) ** rng.randint(-12, 12) for _ in range(30)]
        for _ in range(30)
    ]
    game = constant_sum(matrix)
    _check(game, zero_sum(game))


@pytest.mark.parametrize("power", [-9, 0, 9], ids=["tiny", "plain", "huge"])
def test_float_gap_bounds_the_error(power: int) -> None:
    rng = np.random.default_rng(1)
    matrix = rng.uniform(-1, 1, (25, 25)) * 10.0**power
    game = BimatrixGame(matrix, -matrix)
    exact, rough = zero_sum(game), zero_sum(game, certify="float")
    size = 10.0**power
    assert rough.gap >= -1e-15 * size
    # the value lies between the two guarantees; 1e-15 is the rounding of their evaluation
    assert abs(Fraction(rough.value) - Fraction(exact.value)) <= rough.gap / 2 + 1e-15 * size
    assert rough.gap < 1e-8 * size


@pytest.mark.parametrize("shape", [(30, 30), (20, 45), (45, 20)], ids=["square", "wide", "tall"])
@pytest.mark.parametrize("kind", ["uniform", "tied", "duplicated", "rank one", "skew"])
def test_interior_point_method_on_hard_games(
    kind: str, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minimax, "INTERIOR_FROM", 0)
    monkeypatch.setattr(highs.Highs, "maximize", None)  # it must not need the simplex
    rng = np.random.default_rng(8)
    m, n = shape
    draw = rng.uniform(-1, 1, (m, n))
    matrix = {
        "uniform": draw,
        "tied": np.sign(draw),
        "duplicated": np.sign(draw[rng.integers(0, m, m) // 3]),
        "rank one": np.outer(draw[:, 0], draw[0]),
        "skew": draw - draw.mean(axis=0),
    }[kind]
    value, gap, p, q = minimax.minimax_float(matrix)
    assert gap < 1e-9
    assert (p @ matrix).min() <= value <= (matrix @ q).max()
    monkeypatch.undo()
    assert value == pytest.approx(minimax.minimax_float(matrix)[0], abs=1e-9)


@pytest.mark.slow
def test_a_thousand_actions_in_float64() -> None:
    rng = np.random.default_rng(9)
    matrix = rng.uniform(-1, 1, (1000, 1000))
    assert zero_sum(BimatrixGame(matrix, -matrix), certify="float").gap < 1e-9


def test_value_matches_an_independent_float_solver() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.integers(-9, 10, (40, 50))
    m, n = matrix.shape
    other = linprog(
        [*np.zeros(m), -1],
        A_ub=np.column_stack([-matrix.T, np.ones(n)]),
        b_ub=np.zeros(n),
        A_eq=[[*np.ones(m), 0]],
        b_eq=[1],
        bounds=[*[(0, None)] * m, (None, None)],
    )
    assert other.fun is not None
    answer = zero_sum(BimatrixGame(matrix, -matrix))
    assert float(answer.value) == pytest.approx(-other.fun, abs=1e-8)


@pytest.mark.peer
def test_value_matches_quantecon() -> None:
    optimize = pytest.importorskip("quantecon.optimize")
    rng = np.random.default_rng(4)
    for _ in range(10):
        matrix = rng.integers(-9, 10, (8, 8))
        value = zero_sum(BimatrixGame(matrix, -matrix)).value
        theirs = optimize.minmax(matrix.astype(float))[0]
        assert theirs == pytest.approx(float(value), abs=1e-8)
