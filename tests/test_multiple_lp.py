"""Strong Stackelberg equilibria: exact, proved, and the same as by enumerating vertices."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import KINDS, bimatrix_games
from strong_stackelberg import (
    assert_inward,
    assert_proved,
    assert_uniqueness_proved,
    by_vertices,
    from_floats,
    matrices,
)

from solvers.certify import check
from solvers.multiple_lp import multiple_lp
from solvers.multiple_lp.lazy import FloatOptimum
from stackel.game import BimatrixGame
from stackel.response import commitment_values


@settings(max_examples=250)
@given(bimatrix_games(max_side=4))
def test_vertex_enumeration_finds_the_same(game: BimatrixGame) -> None:
    sse = multiple_lp(game)
    assert_proved(game, sse)
    assert_uniqueness_proved(game, sse)
    assert_inward(game, sse)
    assert (sse.leader_value, sse.follower_value, sse.unique) == by_vertices(game)


@settings(max_examples=150)
@given(bimatrix_games(max_side=7))
def test_starting_from_floats_changes_nothing(game: BimatrixGame) -> None:
    alone, started = multiple_lp(game), from_floats(game)
    assert_proved(game, started)
    assert_uniqueness_proved(game, started)
    assert_inward(game, started)
    assert (started.leader_value, started.follower_value, started.unique) == (
        alone.leader_value,
        alone.follower_value,
        alone.unique,
    )


@given(bimatrix_games(max_side=6))
def test_the_independent_checker_accepts_every_answer(game: BimatrixGame) -> None:
    assert check(game, multiple_lp(game)) == ()
    assert check(game, from_floats(game)) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_medium_games_are_proved(kind: str) -> None:
    for seed, (m, n) in enumerate([(18, 18), (40, 9), (9, 40)]):
        game = BimatrixGame(*KINDS[kind](Random(seed), m, n))
        sse = multiple_lp(game)
        assert_proved(game, sse)
        assert_uniqueness_proved(game, sse)
        assert_inward(game, sse)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, "covariant", "security", "almost zero-sum"])
def test_large_games_are_accepted(kind: str) -> None:
    rng = np.random.default_rng(7)
    first, second = rng.standard_normal((2, 100, 100))
    if kind == "covariant":  # opposed payoffs have optimal commitments of many actions
        game = BimatrixGame(first, 0.4 * second - 0.9 * first)
    elif kind == "security":
        guarded = rng.random((100, 100)) < 0.2
        values = rng.integers(1, 10, (4, 100))
        game = BimatrixGame(
            np.where(guarded, values[0], -values[1]), np.where(guarded, -values[2], values[3])
        )
    elif kind == "almost zero-sum":
        game = BimatrixGame(first, 1e-6 * second - first)
    else:
        game = BimatrixGame(*KINDS[kind](Random(7), 100, 100))
    assert check(game, multiple_lp(game)) == ()


@settings(max_examples=50)
@given(bimatrix_games(max_side=4), st.integers(0, 2**32))
def test_a_lying_float_solver_costs_time_alone(game: BimatrixGame, seed: int) -> None:
    rng, (m, n) = Random(seed), game.shape

    def lies(*_: object, **__: object) -> FloatOptimum:
        return FloatOptimum(
            value=rng.uniform(-20, 20),
            strategy=np.full(m, 1 / m),
            action=rng.randrange(n),
            multipliers=[{k: rng.choice([-1, 0, 1e-9, 3]) for k in range(n)} for _ in range(n)],
            support=rng.sample(range(m), rng.randint(1, m)),
            tight=rng.sample(range(n), rng.randint(0, n - 1)),
            upper_bound=rng.uniform(-20, 20),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solvers.multiple_lp.lazy.lazy_multiple_lp", lies)
        sse = from_floats(game)
    assert_proved(game, sse)
    assert (sse.leader_value, sse.follower_value, sse.unique) == by_vertices(game)


@given(
    bimatrix_games(max_side=4),
    st.fractions(Fraction(1, 10**6), 10**6),
    st.fractions(-(10**6), 10**6),
    st.data(),
)
def test_affine_payoffs_and_renamed_actions(
    game: BimatrixGame, factor: Fraction, shift: Fraction, data: st.DataObject
) -> None:
    m, n = game.shape
    a, b = matrices(game)
    rows, columns = data.draw(st.permutations(range(m))), data.draw(st.permutations(range(n)))
    given_columns = [data.draw(st.fractions(-9, 9, max_denominator=9)) for _ in range(m)]
    moved = BimatrixGame(
        [[factor * a[i][j] + shift for j in columns] for i in rows],
        # what the follower cannot influence does not matter to its replies
        [[factor * b[i][j] + given_columns[i] for j in columns] for i in rows],
    )
    before, after = multiple_lp(game), multiple_lp(moved)
    assert after.leader_value == factor * before.leader_value + shift
    assert after.unique == before.unique
    if before.unique:
        assert columns[after.follower_action] == before.follower_action
        assert after.leader_strategy == tuple(before.leader_strategy[i] for i in rows)


@given(bimatrix_games())
def test_no_pure_commitment_is_better(game: BimatrixGame) -> None:
    m, _ = game.shape
    value = multiple_lp(game).leader_value
    for i in range(m):
        row = tuple(Fraction(k == i) for k in range(m))
        assert commitment_values(game, row)[0] <= value


@given(bimatrix_games(kinds=("zero-sum",), max_side=6))
def test_constant_sum_value_is_the_minimax_value(game: BimatrixGame) -> None:
    # the same value from both sides is the minimax value: no saddle gap
    swapped = multiple_lp(game.transpose())
    assert game.constant_sum is not None
    assert multiple_lp(game).leader_value + swapped.leader_value == game.constant_sum
