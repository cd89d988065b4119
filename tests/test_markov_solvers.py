"""Commitment and zero-sum values of Markov games: theory, other methods, other orders of play."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import bimatrix_games

from solvers.markov._histories import best_reply
from solvers.markov._stage import shapley
from solvers.markov.best_response import best_response
from solvers.markov.check import pure_stationary_faults, zero_sum_faults
from solvers.markov.check_history import history_faults
from solvers.markov.check_stages import stage_wise_faults
from solvers.markov.history_dependent import history_dependent
from solvers.markov.normal_form import normal_form
from solvers.markov.pure_stationary import pure_stationary
from solvers.markov.sequence_form import sequence_form
from solvers.markov.solve import solve_markov
from solvers.markov.stage_wise import stage_wise
from solvers.markov.zero_sum import zero_sum
from solvers.multiple_lp import multiple_lp
from solvers.zero_sum import zero_sum as matrix_zero_sum
from stackel import catalog
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.markov import MarkovGame

seeds = st.integers(0, 10**9)
CLOSE = 1e-6
"""Absolute error of a float MILP's bound, for payoffs up to 5 and three stages."""


def random_game(
    rng: Random, states: int, m: int, n: int, *, constant: int | None = None, **span: Any
) -> MarkovGame:
    """Certain or random moves, tied or spread payoffs."""
    size = rng.choice([1, 5])
    certain = rng.random() < 0.5

    def chances() -> list[Fraction]:
        weights = [rng.randint(0, 2) * (not certain) for _ in range(states)]
        weights[rng.randrange(states)] += 1
        return [Fraction(x, sum(weights)) for x in weights]

    def payoffs() -> list[list[list[int]]]:
        return [
            [[rng.randint(-size, size) for _ in range(n)] for _ in range(m)] for _ in range(states)
        ]

    a, b = payoffs(), payoffs()
    if constant is not None:
        b = [[[constant - x for x in row] for row in block] for block in a]
    moves = [[[chances() for _ in range(n)] for _ in range(m)] for _ in range(states)]
    return MarkovGame(moves, a, b, start=chances(), **span)


def small_game(rng: Random, **options: Any) -> MarkovGame:
    """Two stages of a size whose normal form is solved at once."""
    states, m, n = rng.choice([(1, 2, 2), (1, 3, 2), (1, 2, 3), (2, 2, 2), (2, 1, 2), (2, 2, 1)])
    return random_game(rng, states, m, n, horizon=2, **options)


class TestOneStage:
    @given(game=bimatrix_games(max_side=3))
    def test_one_state_and_one_stage_is_the_matrix_game(self, game: BimatrixGame) -> None:
        m, n = game.shape
        once = MarkovGame(
            [[[[1]] * n] * m],
            [[[game.leader_exact[i, j] for j in range(n)] for i in range(m)]],
            [[[game.follower_exact[i, j] for j in range(n)] for i in range(m)]],
            horizon=1,
        )
        matrix = multiple_lp(game)
        for found in (history_dependent(once), stage_wise(once)):
            assert found.leader_value == matrix.leader_value
            assert found.follower_value == matrix.follower_value

    @settings(max_examples=20)
    @given(seed=seeds)
    def test_the_first_state_is_seen_before_play(self, seed: int) -> None:
        game = random_game(Random(seed), 2, 2, 2, horizon=1)
        values = [multiple_lp(stage).leader_value for stage in game.stages]
        assert history_dependent(game).leader_value == game.from_start(values)


class TestHistoryDependent:
    @settings(max_examples=25)
    @given(seed=seeds)
    def test_the_sequence_form_agrees(self, seed: int) -> None:
        game = small_game(Random(seed))
        exact, milp = history_dependent(game), sequence_form(game)
        assert history_faults(game, exact) == ()
        assert milp.leader_value == exact.leader_value
        assert float(milp.upper_bound) == pytest.approx(float(exact.leader_value), abs=CLOSE)

    @pytest.mark.slow
    @settings(max_examples=12)
    @given(seed=seeds)
    def test_the_sequence_form_agrees_over_three_stages(self, seed: int) -> None:
        game = random_game(Random(seed), 1, 2, 2, horizon=3)
        assert sequence_form(game).leader_value == history_dependent(game).leader_value

    @settings(max_examples=25)
    @given(seed=seeds)
    def test_the_policy_earns_the_value_and_no_random_one_more(self, seed: int) -> None:
        rng = Random(seed)
        game = small_game(rng)
        sse = history_dependent(game)
        policy = {d.history: tuple(Fraction(x) for x in d.strategy) for d in sse.leader_policy}
        reply = best_reply(game, policy)
        assert (reply.leader_value, reply.follower_value) == (sse.leader_value, sse.follower_value)
        _, m, n = game.shape
        for _ in range(5):
            other = {}
            firsts = [(s,) for s in range(game.shape[0])]
            for h in [
                *firsts,
                *(
                    (*h, i, j, t)
                    for h in firsts
                    for i in range(m)
                    for j in range(n)
                    for (t,) in firsts
                ),
            ]:
                weights = [rng.choice([0, 0, 1, 2]) for _ in range(m)]
                weights[rng.randrange(m)] += 1
                other[h] = tuple(Fraction(x, sum(weights)) for x in weights)
            assert best_reply(game, other).leader_value <= sse.leader_value

    @settings(max_examples=15)
    @given(seed=seeds)
    def test_units_of_payoff_do_not_matter(self, seed: int) -> None:
        game = small_game(Random(seed))
        moved = MarkovGame(
            game.transition,
            [[[2 * x + 3 for x in row] for row in block] for block in game.leader],
            [[[5 * x - 1 for x in row] for row in block] for block in game.follower],
            start=game.start,
            horizon=2,
        )
        one, other = history_dependent(game), history_dependent(moved)
        assert other.leader_value == 2 * Fraction(one.leader_value) + 6
        assert other.follower_value == 5 * Fraction(one.follower_value) - 2

    @settings(max_examples=15)
    @given(seed=seeds)
    def test_a_leader_without_choice_gets_the_follower_s_optimum(self, seed: int) -> None:
        game = random_game(Random(seed), 2, 1, 2, horizon=2)
        reply = best_response(game, [[1], [1]])
        for found in (history_dependent(game), stage_wise(game)):
            assert found.leader_value == reply.leader_value
            assert found.follower_value == reply.follower_value

    @settings(max_examples=15)
    @given(seed=seeds)
    def test_a_follower_without_choice_leaves_the_leader_s_optimum(self, seed: int) -> None:
        game = random_game(Random(seed), 2, 2, 1, horizon=2)
        best = best_response(game.transpose(), [[1], [1]]).follower_value
        assert history_dependent(game).leader_value == best
        assert stage_wise(game).leader_value == best

    def test_play_that_earns_nothing_tomorrow_changes_nothing(self) -> None:
        """From the second stage on an empty state: the sum is that of the first stage."""
        rows = [[[[0, 1]] * 2] * 2] * 2
        a, b = [[2, 4], [1, 3]], [[1, 0], [0, 1]]
        zero = [[0, 0], [0, 0]]
        game = MarkovGame(rows, [a, zero], [b, zero], horizon=2)
        assert history_dependent(game).leader_value == Fraction(7, 2)

    def test_histories_are_counted_where_nobody_chooses(self) -> None:
        game = MarkovGame([[[["1/2", "1/2"]]]] * 2, [[[1]]] * 2, [[[2]]] * 2, horizon=40)
        with pytest.raises(NoSolutionError, match="MAX_TREE"):
            history_dependent(game)

    def test_a_long_game_without_choices(self) -> None:
        game = MarkovGame([[[[1]]]], [[[1]]], [[[2]]], horizon=100)
        assert history_dependent(game).follower_value == 200
        long = MarkovGame([[[[1]]]], [[[1]]], [[[2]]], horizon=300)
        with pytest.raises(NoSolutionError, match="MAX_DEPTH"):
            history_dependent(long)


class TestStageWise:
    @settings(max_examples=40)
    @given(seed=seeds)
    def test_is_never_above_the_true_value(self, seed: int) -> None:
        game = small_game(Random(seed))
        found = stage_wise(game)
        assert found.leader_value <= history_dependent(game).leader_value
        assert stage_wise_faults(game, found) == ()

    def test_the_stored_example_is_strictly_below(self) -> None:
        game = catalog.load("markov/reward_for_obedience").game
        assert isinstance(game, MarkovGame)
        assert stage_wise(game).leader_value == 0
        assert history_dependent(game).leader_value == 1
        assert sequence_form(game).leader_value == 1

    @pytest.mark.slow
    def test_no_smaller_example_exists(self) -> None:
        """Payoffs 0 and 1, two stages of a 2 x 2 game: only the stored one and its relabellings."""
        stored = catalog.load("markov/reward_for_obedience").game
        assert isinstance(stored, MarkovGame)
        below: set[tuple[tuple[tuple[int, ...], ...], ...]] = set()
        for bits in product((0, 1), repeat=8):
            a, b = (bits[0:2], bits[2:4]), (bits[4:6], bits[6:8])
            game = MarkovGame([[[[1], [1]], [[1], [1]]]], [a], [b], horizon=2)
            if stage_wise(game).leader_value < history_dependent(game).leader_value:
                below.add((a, b))
        payoffs = stored.leader[0], stored.follower[0]
        relabelled = {
            tuple(tuple(tuple(int(z[i][j]) for j in columns) for i in rows) for z in payoffs)
            for rows in ((0, 1), (1, 0))
            for columns in ((0, 1), (1, 0))
        }
        assert below == relabelled

    def test_numbers_that_grow_too_long_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("solvers.markov._stage.MAX_BITS", 20)
        game = random_game(Random(1), 2, 2, 2, horizon=40)
        with pytest.raises(NoSolutionError, match="MAX_BITS"):
            stage_wise(game)


class TestChecks:
    """A changed answer does not pass."""

    def test_history_dependent(self) -> None:
        dilemma = [[3, 0], [4, 1]], [[3, 4], [0, 1]]
        game = MarkovGame([[[[1], [1]], [[1], [1]]]], [dilemma[0]], [dilemma[1]], horizon=2)
        found = history_dependent(game)
        assert history_faults(game, found) == ()
        assert found.certificates is not None
        first, *_ = found.certificates
        proof = found.certificates[first]
        bounds = proof.certificate
        assert bounds is not None
        none = replace(bounds, value_bounds=tuple({} for _ in bounds.value_bounds))
        fewer = replace(bounds, value_bounds=bounds.value_bounds[:-1])
        turned = tuple(replace(reply, action=1 - reply.action) for reply in found.follower_policy)
        tiny = Fraction(1, 10**9)
        changes: tuple[dict[str, Any], ...] = (
            {"leader_value": found.leader_value + tiny, "upper_bound": found.upper_bound + tiny},
            {"follower_value": found.follower_value + tiny},
            {"leader_policy": found.leader_policy[1:]},
            {"follower_policy": turned},
            {"certificates": None},
            *(
                {"certificates": {**found.certificates, first: replace(proof, **change)}}
                for change in (
                    {"certificate": none},
                    {"certificate": fewer},
                    {"leader_value": proof.leader_value - tiny},
                )
            ),
        )
        for change in changes:
            assert history_faults(game, replace(found, **change)), change

    def test_stage_wise(self) -> None:
        game = catalog.load("markov/reward_for_obedience").game
        assert isinstance(game, MarkovGame)
        found = stage_wise(game)
        assert stage_wise_faults(game, found) == ()
        assert found.certificates is not None
        for change in (
            {"leader_value": Fraction(1)},
            {"follower_values": (Fraction(3),)},
            {"leader_policy": (((Fraction(1), Fraction(0)),),) * 2},
            {"follower_policy": ((1,), (1,))},
            {"certificates": found.certificates[:1]},
            {"certificates": (found.certificates[0],) * 2},
        ):
            assert stage_wise_faults(game, replace(found, **change))

    @pytest.mark.parametrize(
        "span", [{"horizon": 2}, {"discount": "1/2"}], ids=["sum", "discounted"]
    )
    def test_zero_sum(self, span: dict[str, Any]) -> None:
        game = random_game(Random(8), 2, 2, 2, constant=0, **span)
        found = zero_sum(game)
        assert zero_sum_faults(game, found) == ()
        for change in (
            {"lower": found.lower + 1},
            {"upper": found.upper - 1},
            {"value": found.value + 1},
            {"values": tuple(v + 1 for v in found.values)},
        ):
            assert zero_sum_faults(game, replace(found, **change))

    def test_pure_stationary(self) -> None:
        game = random_game(Random(8), 2, 2, 2, discount="1/2")
        found = pure_stationary(game)
        assert pure_stationary_faults(game, found) == ()
        strong = found.strong
        other = tuple(1 - j for j in strong.follower_policy)
        for changed in (
            replace(strong, leader_value=strong.leader_value + 1),
            replace(strong, follower_policy=other),
            replace(strong, leader_value=strong.leader_value - 1),
        ):
            assert pure_stationary_faults(game, replace(found, strong=changed))


class TestPureStationary:
    @settings(max_examples=15)
    @given(seed=seeds)
    def test_against_every_pair_of_policies(self, seed: int) -> None:
        rng = Random(seed)
        game = random_game(rng, 2, 2, 2, discount="2/3")
        found = pure_stationary(game)
        values = []
        for actions in product(range(2), repeat=2):
            reply = best_response(game, [[1 - i, i] for i in actions])
            values.append((reply.leader_value, reply.leader_worst))
        assert found.strong.leader_value == max(v for v, _ in values)
        assert found.weak.leader_value == max(w for _, w in values if w is not None)
        assert solve_markov(game).pure_stationary.certified

    def test_the_guard(self) -> None:
        game = random_game(Random(0), 3, 20, 1, discount=0)
        with pytest.raises(NoSolutionError, match="MAX_POLICIES"):
            pure_stationary(game)


def value_iteration(game: MarkovGame, rounds: int) -> list[float]:
    """Shapley's iteration in floats, for two actions each, by the closed form of a 2 x 2 value."""
    rate = float(game.discount or 0)
    values = [0.0] * game.shape[0]
    for _ in range(rounds):
        following = []
        for s in range(game.shape[0]):
            (a, b), (c, d) = (
                [
                    float(x) + rate * sum(float(y) * values[t] for t, y in moves)
                    for x, moves in zip(row, later, strict=True)
                ]
                for row, later in zip(game.leader[s], game.successors[s], strict=True)
            )
            low, high = max(min(a, b), min(c, d)), min(max(a, c), max(b, d))
            following.append(low if low >= high else (a * d - b * c) / (a + d - b - c))
        values = following
    return values


class TestZeroSum:
    @settings(max_examples=25)
    @given(seed=seeds)
    def test_finite_horizon_all_methods_agree(self, seed: int) -> None:
        rng = Random(seed)
        game = small_game(rng, constant=rng.choice([0, 3]))
        found = zero_sum(game)
        assert found.value == history_dependent(game).leader_value
        assert found.value == stage_wise(game).leader_value
        reduced = [matrix_zero_sum(normal_form(game, s).matrix).value for s in range(game.shape[0])]
        assert found.value == game.from_start(reduced)
        assert zero_sum_faults(game, found) == ()
        assert zero_sum(game.transpose()).value == found.constant - found.value

    @settings(max_examples=20)
    @given(seed=seeds)
    def test_discounted_against_plain_iteration(self, seed: int) -> None:
        rng = Random(seed)
        rate = rng.choice([Fraction(0), Fraction(1, 2), Fraction(4, 5)])
        game = random_game(rng, 3, 2, 2, constant=0, discount=rate)
        found = zero_sum(game)
        assert found.lower <= found.value <= found.upper
        assert float(found.upper - found.lower) < 1e-9
        for exact, rough in zip(found.values, value_iteration(game, 150), strict=True):
            assert float(exact) == pytest.approx(rough, abs=1e-9)
        assert zero_sum_faults(game, found) == ()

    @settings(max_examples=15)
    @given(seed=seeds)
    def test_shapley_s_operator_contracts(self, seed: int) -> None:
        rng = Random(seed)
        game = random_game(rng, 3, 2, 3, constant=0, discount="3/4")
        v, w = ([Fraction(rng.randint(-9, 9)) for _ in range(3)] for _ in range(2))
        rate = Fraction(3, 4)
        one, other = shapley(game, v, rate)[0], shapley(game, w, rate)[0]
        apart = max(abs(x - y) for x, y in zip(v, w, strict=True))
        assert max(abs(x - y) for x, y in zip(one, other, strict=True)) <= rate * apart

    def test_one_state_is_the_matrix_game_for_ever(self) -> None:
        a = [[3, -1], [-2, 1]]
        game = MarkovGame(
            [[[[1], [1]], [[1], [1]]]], [a], [[[-x for x in row] for row in a]], discount="9/10"
        )
        once = matrix_zero_sum(BimatrixGame(a, [[-x for x in row] for row in a]))
        assert zero_sum(game).value == 10 * Fraction(once.value)
        assert zero_sum(game).error_bound == 0

    def test_an_irrational_value(self) -> None:
        """Play goes on only after one joint action: v = val((1 + v/2, 0), (0, 1)), that is
        v^2 + 3 v = 2."""
        stay, end = [1, 0], [0, 1]
        game = MarkovGame(
            [[[stay, end], [end, end]], [[end, end], [end, end]]],
            [[[1, 0], [0, 1]], [[0, 0], [0, 0]]],
            [[[-1, 0], [0, -1]], [[0, 0], [0, 0]]],
            discount="1/2",
        )
        found = zero_sum(game)
        lower, upper = Fraction(found.lower), Fraction(found.upper)
        assert lower**2 + 3 * lower < 2 < upper**2 + 3 * upper
        assert upper - lower < Fraction(1, 10**11)
        v, bound = Fraction(found.values[0]), Fraction(found.error_bound)
        assert (v - bound) ** 2 + 3 * (v - bound) < 2 < (v + bound) ** 2 + 3 * (v + bound)
        assert not solve_markov(game).exact

    @pytest.mark.parametrize("scale", [Fraction(1, 10**9), Fraction(10**9)], ids=["tiny", "huge"])
    def test_badly_scaled_payoffs(self, scale: Fraction) -> None:
        game = random_game(Random(5), 3, 2, 2, constant=0, discount="9/10")
        scaled = MarkovGame(
            game.transition,
            [[[scale * x for x in row] for row in block] for block in game.leader],
            [[[scale * x for x in row] for row in block] for block in game.follower],
            start=game.start,
            discount="9/10",
        )
        one, other = zero_sum(game), zero_sum(scaled)
        assert float(other.value) == pytest.approx(float(scale) * float(one.value), rel=1e-9)
        assert zero_sum_faults(scaled, other) == ()

    def test_a_pure_value_with_a_long_denominator_is_exact(self) -> None:
        rate = Fraction(1, 10**9 + 7)
        game = MarkovGame([[[[1]]]], [[["1/3"]]], [[["-1/3"]]], discount=rate)
        assert zero_sum(game).value == Fraction(1, 3) / (1 - rate)

    def test_average_payoffs_are_refused(self) -> None:
        game = MarkovGame([[[[1]]]], [[[1]]], [[[-1]]])
        with pytest.raises(NoSolutionError, match="horizon or a discount"):
            zero_sum(game)
