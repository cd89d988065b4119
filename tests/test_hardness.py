"""Where the last digits decide: exact answers are right, and float ones say that they cannot tell.

The exact value is known by construction or by an enumeration of vertices in rationals.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hard_games import GAMES, HAIR, Hard
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import KINDS, bimatrix_games
from strong_stackelberg import by_vertices

import stackel
from solvers.certify import check
from solvers.concepts import Certify
from solvers.strong import METHODS
from solvers.zero_sum import zero_sum
from stackel.bayesian import BayesianGame
from stackel.game import BimatrixGame
from stackel.gridworld import GridworldGame, NoAttack, Target
from stackel.markov import MarkovGame
from stackel.markov_result import StageWise
from stackel.result import holds_float

NARROW = 1e-6
"""Share of the leader's payoff range: proved bounds that are closer pin the value down."""
hard = pytest.mark.parametrize("hard", GAMES, ids=lambda hard: hard.name)


def exact_value(game: BimatrixGame, hard: Hard | None = None) -> Fraction:
    return by_vertices(game)[0] if hard is None or hard.value is None else hard.value


def payoff_range(game: BimatrixGame) -> Fraction:
    flat = [x for row in game.leader_exact.rows for x in row]
    return Fraction(max(flat) - min(flat), game.leader_exact.scale)


@hard
def test_exact_answers_are_right_and_certified(hard: Hard) -> None:
    game = BimatrixGame(hard.leader, hard.follower)
    solution = stackel.solve(game)
    assert solution.exact
    assert solution.sse.leader_value == exact_value(game, hard)
    assert all(concept.certified for concept in solution.concepts.values())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("hard", GAMES[::2], ids=lambda hard: hard.name)
def test_every_method_is_right(hard: Hard, method: str) -> None:
    game = BimatrixGame(hard.leader, hard.follower)
    sse = stackel.solve(game, concept="sse", method=method).sse
    assert sse.leader_value == exact_value(game, hard)
    assert sse.certified == (sse.certificate is not None) == (check(game, sse) == ())


def test_powers_of_two_that_are_one_modulo_a_prime() -> None:
    """2^61 is 1 modulo 2^61 - 1, the prime by which a check of uniqueness is made fast."""
    big = 2**61
    alone = stackel.solve([[0, 2], [1, 1]], [[big, 2], [2, 3]]).sse
    assert (alone.unique, alone.certified) == (True, True)
    mixed = stackel.solve([[1, 2], [2, 1]], [[0, 1], [big, 2]]).nash
    assert mixed.certified


def assert_honest(game: BimatrixGame, value: Fraction) -> bool:
    """Bounds hold the value, and a wrong answer has wide ones; return whether they are wide."""
    solution = stackel.solve(game, concept="sse", certify="float")
    sse = solution.sse
    assert not solution.exact
    assert not sse.certified
    assert sse.lower_bound is not None
    assert sse.upper_bound is not None
    assert Fraction(sse.lower_bound) <= value <= Fraction(sse.upper_bound)
    room = Fraction(NARROW) * payoff_range(game)
    wide = sse.upper_bound - sse.lower_bound > room
    assert wide or abs(Fraction(sse.leader_value) - value) <= room
    return wide


@hard
def test_float_bounds_hold_the_value(hard: Hard) -> None:
    game = BimatrixGame(hard.leader, hard.follower)
    assert assert_honest(game, exact_value(game, hard)) or not hard.knife_edge


@given(bimatrix_games(max_side=4))
def test_float_bounds_hold_the_value_of_any_game(game: BimatrixGame) -> None:
    assert_honest(game, exact_value(game))


@pytest.mark.parametrize("kind", ["generic", "duplicated", "zero-sum", "dominated", "floats"])
def test_float_bounds_are_narrow_on_ordinary_games(kind: str) -> None:
    for seed in range(8):
        game = BimatrixGame(*KINDS[kind](Random(seed), 4, 5))
        assert not assert_honest(
            game, Fraction(stackel.solve(game, concept="sse").sse.leader_value)
        )


@pytest.mark.parametrize("certify", ["float", "none"])
def test_without_exactness_nothing_is_called_certified(certify: Certify) -> None:
    for hard in GAMES[:9]:
        solution = stackel.solve(hard.leader, hard.follower, certify=certify)
        assert not solution.exact
        assert not solution.sse.certified
        assert not any(holds_float(x) for x in solution.concepts.values() if x.certified)


@hard
def test_batches_are_right_where_they_say_so(hard: Hard) -> None:
    game = BimatrixGame(
        np.array(hard.leader, dtype=float), np.array(hard.follower, dtype=float)
    )  # the game that the batch sees
    found = stackel.solve_batch(game.leader[None], game.follower[None])
    error = abs(Fraction(float(found.leader_value[0])) - exact_value(game))
    if found.decided[0]:
        assert error <= Fraction(1, 10**9) * (1 + payoff_range(game))


@pytest.mark.parametrize("shape", [(2, 3), (2, 5), (3, 3), (3, 4), (4, 3)], ids=str)
def test_batches_of_any_games_are_right_where_they_say_so(shape: tuple[int, int]) -> None:
    decided = 0
    for kind, draw in KINDS.items():
        rng = Random(f"{kind} {shape}")
        pairs = [draw(rng, *shape) for _ in range(10)]
        a, b = (np.array(x, dtype=float) for x in zip(*pairs, strict=True))
        found = stackel.solve_batch(a, b)
        for g in np.flatnonzero(found.decided).tolist():
            value = stackel.solve(a[g], b[g], concept="sse").sse.leader_value
            assert abs(found.leader_value[g] - float(value)) <= 1e-9 * np.abs(a[g]).max(), kind
            decided += 1
    assert decided >= 75  # of 100


def test_a_batch_cannot_tell_a_reply_that_is_best_in_one_point() -> None:
    names = ("below", "above")
    found = [
        stackel.solve_batch([hard.leader], [[[float(x) for x in row] for row in hard.follower]])
        for hard in GAMES
        if hard.name.startswith("three in one point") and hard.name.endswith(names)
    ]
    assert [x.decided.tolist() for x in found] == [[False], [False]]


@pytest.mark.parametrize("size", [5, 40, 320], ids=["small", "medium", "interior point"])
def test_minimax_in_floats_knows_its_error(size: int) -> None:
    """A diagonal matrix is worth 1 / (1/d_1 + ... + 1/d_m), here with d from 1e-12 to 1e12."""
    rng = Random(size)
    diagonal = [rng.randint(1, 9) * 10.0 ** rng.randint(-12, 12) for _ in range(size)]
    matrix = np.diag(diagonal)
    answer = zero_sum(BimatrixGame(matrix, -matrix), certify="float")
    value = 1 / sum((1 / Fraction(x) for x in diagonal), start=Fraction(0))
    assert abs(Fraction(answer.value) - value) <= Fraction(answer.gap) / 2
    assert not answer.certified


@given(st.integers(0, 2**32))
@settings(max_examples=10)
def test_two_types_with_a_hair_between_them(seed: int) -> None:
    """The game against either type alone, up to a hair, and a certificate for the whole."""
    rng = Random(seed)
    leader = [[rng.randint(-3, 3) for _ in range(3)] for _ in range(2)]
    follower = [[rng.randint(-1, 1) for _ in range(3)] for _ in range(2)]
    other = [[x + rng.choice([-1, 0, 1]) * HAIR for x in row] for row in follower]
    game = BayesianGame(leader, [follower, other], ["1/2", "1/2"])
    expansion = stackel.solve(game, method="harsanyi")
    solution = stackel.solve(game)
    assert solution.sse.certified
    assert solution.sse.leader_value == expansion.sse.leader_value
    milp = stackel.solve(game, method="dobss")
    assert not milp.exact  # its bound is a float
    assert not milp.sse.certified
    assert milp.sse.leader_value <= solution.sse.leader_value


hairs = pytest.mark.parametrize("hair", [HAIR, 0, -HAIR], ids=["below", "tied", "above"])


@hairs
def test_a_gridworld_attacker_a_hair_from_staying_at_home(hair: Fraction) -> None:
    """One guard, two targets: no coverage leaves the attacker less than 1/2, or what peace pays."""
    peace = Fraction(1, 2) - hair
    target = {
        "attacker_covered": Fraction(0),
        "attacker_uncovered": Fraction(1),
        "defender_covered": Fraction(0),
        "defender_uncovered": Fraction(-1),
    }
    game = GridworldGame(
        rows=2,
        cols=2,
        start=(0, 0),
        horizon=2,
        defenders=1,
        targets=(Target(cell=(0, 1), **target), Target(cell=(1, 0), **target)),
        no_attack=NoAttack(attacker=peace, defender=Fraction(7)),
    )
    sse = stackel.solve(game, concept="sse").sse
    assert sse.certified
    assert sse.leader_value == (Fraction(-1, 2) if hair > 0 else 7)


@hairs
def test_a_markov_game_in_which_a_hair_decides(hair: Fraction) -> None:
    """Two stages of the game in which the leader's favourite reply is best in one point."""
    middle = Fraction(1, 2) - hair
    leader, follower = [[0, 0, 9]] * 2, [[1, 0, middle], [0, 1, middle]]
    game = MarkovGame([[[[1]] * 3] * 2], [leader], [follower], horizon=2)
    stages = stackel.solve(game, concept="stage_wise").concepts["stage_wise"]
    assert isinstance(stages, StageWise)
    assert stages.certified
    assert stages.leader_value == (0 if hair > 0 else 18)
