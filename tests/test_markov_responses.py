"""Best responses in Markov games against every deterministic policy, valued by other means."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.lp import Row, maximize
from solvers.markov._chains import gain_and_bias, recurrent_classes
from solvers.markov._iteration import average
from solvers.markov.best_response import best_response
from solvers.markov.check import response_faults
from solvers.markov.evaluate import evaluate
from stackel.errors import InvalidGameError
from stackel.markov import MarkovGame

CLOSE = 1e-7
"""Absolute error of the float references, for payoffs up to 5."""


def random_game(rng: Random, states: int, m: int, n: int, **span: Any) -> MarkovGame:
    """Mostly certain moves, so that there are several recurrent classes; often ties."""
    size = rng.choice([1, 5])

    def chances() -> list[Fraction]:
        if rng.random() < 0.6:
            target = rng.randrange(states)
            return [Fraction(t == target) for t in range(states)]
        weights = [rng.randint(0, 2) for _ in range(states)]
        weights[rng.randrange(states)] += 1
        return [Fraction(x, sum(weights)) for x in weights]

    def payoffs() -> list[list[list[int]]]:
        return [
            [[rng.randint(-size, size) for _ in range(n)] for _ in range(m)] for _ in range(states)
        ]

    moves = [[[chances() for _ in range(n)] for _ in range(m)] for _ in range(states)]
    for s in range(states):
        if rng.random() < 0.3:  # absorbing
            moves[s] = [[[Fraction(t == s) for t in range(states)]] * n] * m
    return MarkovGame(moves, payoffs(), payoffs(), **span)


def random_policy(rng: Random, states: int, actions: int) -> list[list[Fraction]]:
    policy = []
    for _ in range(states):
        weights = [rng.randint(0, 2) for _ in range(actions)]
        weights[rng.randrange(actions)] += 1
        policy.append([Fraction(x, sum(weights)) for x in weights])
    return policy


def pure(actions: Any, count: int) -> list[list[int]]:
    return [[int(k == j) for k in range(count)] for j in actions]


def chain(game: MarkovGame, p: Any, q: Any) -> tuple[Any, Any, Any]:
    """Transition matrix and both reward vectors of two stationary policies, in floats."""
    joint = np.einsum("si,sj->sij", np.array(p, dtype=float), np.array(q, dtype=float))
    moves = np.array(game.transition, dtype=float)
    a, b = (np.array(x, dtype=float) for x in (game.leader, game.follower))
    return (
        np.einsum("sij,sijt->st", joint, moves),
        (joint * a).sum(axis=(1, 2)),
        (joint * b).sum(axis=(1, 2)),
    )


def limit(matrix: Any) -> Any:
    """The Cesaro limit: that of the lazy chain, which has a limit, by repeated squaring."""
    lazy = (np.eye(len(matrix)) + matrix) / 2
    for _ in range(50):
        lazy = lazy @ lazy
        lazy /= lazy.sum(axis=1, keepdims=True)
    return lazy


seeds = st.integers(0, 10**9)


class TestFiniteHorizon:
    @settings(max_examples=25)
    @given(seed=seeds)
    def test_against_all_markov_policies(self, seed: int) -> None:
        rng = Random(seed)
        states, horizon = rng.randint(1, 2), rng.randint(1, 2)
        m, n = rng.randint(1, 2), rng.randint(1, 3)
        game = random_game(rng, states, m, n, horizon=horizon)
        policy = [random_policy(rng, states, m) for _ in range(horizon)]
        found = []
        for actions in product(product(range(n), repeat=states), repeat=horizon):
            values = dict.fromkeys(range(states), (0.0, 0.0))
            for mixes, part in reversed(list(zip(policy, actions, strict=True))):
                moves, a, b = chain(game, mixes, pure(part, n))
                values = {
                    s: (
                        b[s] + sum(moves[s, t] * values[t][0] for t in range(states)),
                        a[s] + sum(moves[s, t] * values[t][1] for t in range(states)),
                    )
                    for s in range(states)
                }
            found.append(values)
        reply = best_response(game, policy)
        for s in range(states):
            assert float(reply.values[s]) == pytest.approx(max(v[s][0] for v in found), abs=CLOSE)
        ties = [
            v[0][1]
            for v in found
            if all(abs(v[s][0] - float(reply.values[s])) < CLOSE for s in range(states))
        ]
        assert float(reply.leader_value) == pytest.approx(max(ties), abs=CLOSE)
        assert reply.leader_worst is not None
        assert float(reply.leader_worst) <= min(ties) + CLOSE
        replies = [pure(part, n) for part in reply.follower_policy]
        earned = evaluate(game, policy, replies)
        assert earned.follower == reply.values
        assert game.from_start(earned.leader) == reply.leader_value

    def test_a_stationary_policy_is_one_mix_for_all_stages(self) -> None:
        rng = Random(3)
        game = random_game(rng, 3, 2, 2, horizon=4)
        policy = random_policy(rng, 3, 2)
        assert best_response(game, policy).values == best_response(game, [policy] * 4).values

    @settings(max_examples=20)
    @given(seed=seeds)
    def test_one_more_stage_is_worth_between_the_extreme_payoffs(self, seed: int) -> None:
        rng = Random(seed)
        policy = random_policy(rng, 3, 2)
        now = random_game(Random(seed), 3, 2, 2, horizon=3)
        later = random_game(Random(seed), 3, 2, 2, horizon=4)
        flat = [x for block in now.follower for row in block for x in row]
        for v, w in zip(
            best_response(now, policy).values, best_response(later, policy).values, strict=True
        ):
            assert min(flat) <= w - v <= max(flat)


class TestDiscounted:
    @settings(max_examples=25)
    @given(seed=seeds)
    def test_against_all_stationary_policies(self, seed: int) -> None:
        rng = Random(seed)
        states, m, n = rng.randint(1, 3), rng.randint(1, 2), rng.randint(1, 3)
        rate = rng.choice([Fraction(0), Fraction(1, 2), Fraction(9, 10)])
        game = random_game(rng, states, m, n, discount=rate)
        policy = random_policy(rng, states, m)
        found = []
        for actions in product(range(n), repeat=states):
            moves, a, b = chain(game, policy, pure(actions, n))
            inverse = np.linalg.inv(np.eye(states) - float(rate) * moves)
            found.append((inverse @ b, inverse @ a))
        reply = best_response(game, policy)
        best = np.max([b for b, _ in found], axis=0)
        assert np.allclose(np.array(reply.values, dtype=float), best, atol=CLOSE)
        ties = [a[0] for b, a in found if np.allclose(b, best, atol=CLOSE)]
        assert reply.leader_worst is not None
        assert float(reply.leader_value) == pytest.approx(max(ties), abs=CLOSE)
        assert float(reply.leader_worst) == pytest.approx(min(ties), abs=CLOSE)
        assert response_faults(game, [tuple(mix) for mix in policy]) == ()

    @settings(max_examples=15)
    @given(seed=seeds)
    def test_without_a_future_only_the_stage_counts(self, seed: int) -> None:
        rng = Random(seed)
        game, policy = random_game(rng, 3, 2, 3, discount=0), random_policy(rng, 3, 2)
        once = MarkovGame(game.transition, game.leader, game.follower, horizon=1)
        assert best_response(game, policy).values == best_response(once, policy).values


class TestAverage:
    @settings(max_examples=60)
    @given(seed=seeds)
    def test_against_all_stationary_policies(self, seed: int) -> None:
        rng = Random(seed)
        states, m, n = rng.randint(1, 4), rng.randint(1, 2), rng.randint(1, 3)
        game = random_game(rng, states, m, n)
        policy = random_policy(rng, states, m)
        gains = []
        for actions in product(range(n), repeat=states):
            moves, _, b = chain(game, policy, pure(actions, n))
            gains.append(limit(moves) @ b)
        reply = best_response(game, policy)
        assert np.allclose(np.array(reply.values, dtype=float), np.max(gains, axis=0), atol=1e-5)
        assert response_faults(game, [tuple(mix) for mix in policy]) == ()
        earned = evaluate(game, policy, pure(reply.follower_policy, n))
        assert earned.follower == reply.values
        assert game.from_start(earned.leader) == reply.leader_value

    @settings(max_examples=40)
    @given(seed=seeds)
    def test_against_the_linear_program(self, seed: int) -> None:
        """The least g, summed over states, with g >= P g and g + h >= r + P h for all actions."""
        rng = Random(seed)
        states, n = rng.randint(1, 4), rng.randint(1, 3)
        game = random_game(rng, states, 1, n)
        rows = []
        for s, j in product(range(states), range(n)):
            chances = game.transition[s][0][j]
            gain = {t: Fraction(t == s) - x for t, x in enumerate(chances)}
            bias = {states + t: x for t, x in gain.items()}
            rows.append((gain, Fraction(0)))
            rows.append(({s: Fraction(1)} | bias, game.follower[s][0][j]))
        free = [  # every number as a difference of two that are at least 0
            Row(
                coefficients=row | {2 * states + v: -x for v, x in row.items()},
                sense=">=",
                bound=bound,
            )
            for row, bound in rows
        ]
        objective = [-1] * states + [0] * states + [1] * states + [0] * states
        optimum = maximize(objective, free)
        assert optimum.status == "optimal"
        assert -optimum.value == sum(best_response(game, [[1]] * states).values)

    @settings(max_examples=40)
    @given(seed=seeds)
    def test_gain_and_bias_solve_the_evaluation_equations(self, seed: int) -> None:
        rng = Random(seed)
        states = rng.randint(1, 6)
        game = random_game(rng, states, 1, 1)
        moves = [dict(game.successors[s][0][0]) for s in range(states)]
        rewards = [game.follower[s][0][0] for s in range(states)]
        gain, bias = gain_and_bias(moves, rewards)
        mean = [
            (sum(x * gain[t] for t, x in row.items()), sum(x * bias[t] for t, x in row.items()))
            for row in moves
        ]
        for s in range(states):
            assert mean[s][0] == gain[s]
            assert gain[s] + bias[s] == rewards[s] + mean[s][1]
        stationary = limit(
            np.array([[float(row.get(t, 0)) for t in range(states)] for row in moves])
        )
        assert np.allclose(stationary @ np.array(bias, dtype=float), 0, atol=1e-5)

    def test_recurrent_classes(self) -> None:
        one, half = Fraction(1), Fraction(1, 2)
        moves = [{0: half, 1: half}, {2: one}, {1: one}, {3: one}, {0: half, 3: half}]
        assert recurrent_classes(moves) == [[1, 2], [3]]

    def test_heaven_and_hell(self) -> None:
        """The first move decides for ever; the gain depends on the state."""
        stay = [[[0, 1, 0], [0, 1, 0]]], [[[0, 0, 1], [0, 0, 1]]]
        game = MarkovGame(
            [[[[0, 1, 0], [0, 0, 1]]], *stay],
            [[[0, 0]], [[0, 0]], [[1, 1]]],
            [[[0, 5]], [[1, 1]], [[0, 0]]],
        )
        reply = best_response(game, [[1]] * 3)
        assert reply.values == (1, 1, 0)
        assert reply.follower_policy[0] == 0
        assert (reply.follower_value, reply.leader_value) == (1, 0)

    def test_a_greedy_start_does_not_trap_the_iteration(self) -> None:
        """Leaving costs 100 once and pays 1 for ever: only the gain step finds it."""
        game = MarkovGame(
            [[[[1, 0], [0, 1]]], [[[0, 1], [0, 1]]]], [[[0, 0]]] * 2, [[[0, -100]], [[1, 1]]]
        )
        reply = best_response(game, [[1], [1]])
        assert reply.values == (1, 1)
        assert reply.follower_policy[0] == 1
        assert reply.bias is not None
        assert reply.bias[0] - reply.bias[1] == -101

    def test_stay_or_move(self) -> None:
        """Optimal policies are not convex: the mean of two of gain 1 has gain 1/2."""
        game = MarkovGame(
            [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]], [[[0, 0]]] * 2, [[[1, 0]], [[1, 0]]]
        )
        leader = [[1], [1]]
        first, second = [[1, 0], [0, 1]], [[0, 1], [1, 0]]
        half = [["1/2", "1/2"], ["1/2", "1/2"]]
        assert evaluate(game, leader, first).follower == (1, 1)
        assert evaluate(game, leader, second).follower == (1, 1)
        assert evaluate(game, leader, half).follower == (Fraction(1, 2), Fraction(1, 2))
        assert best_response(game, leader).values == (1, 1)

    def test_the_discounted_reply_tends_to_the_average_one(self) -> None:
        rng = Random(11)
        game = random_game(rng, 4, 2, 3)
        policy = random_policy(rng, 4, 2)
        near = Fraction(999_999, 10**6)
        fields = game.transition, game.leader, game.follower
        patient = best_response(MarkovGame(*fields, discount=near), policy)
        gains = best_response(game, policy).values
        for v, g in zip(patient.values, gains, strict=True):
            assert abs(float((1 - near) * Fraction(v) - Fraction(g))) < 1e-3

    @settings(max_examples=20)
    @given(seed=seeds)
    def test_iteration_ends_in_states_with_equal_rewards(self, seed: int) -> None:
        """All policies tie: no cycling."""
        game = random_game(Random(seed), 5, 1, 3)
        moves = tuple(tuple(dict(game.successors[s][0][j]) for j in range(3)) for s in range(5))
        gain, _, _ = average(moves, ((Fraction(2),) * 3,) * 5)
        assert gain == [2] * 5


class TestPolicies:
    GAME = MarkovGame([[[[1], [1]]]], [[[1, 2]]], [[[0, 0]]], discount="1/2")

    @pytest.mark.parametrize(
        ("policy", "message"),
        [
            ([], "one mix a state"),
            ("ab", "one mix a state"),
            ([[1], [1]], "one mix a state .1., got 2"),
            ([[1, 0]], r"policy \[0\] must have one entry a action"),
            ([["1/2"]], r"policy \[0\] must sum to 1"),
            ([[[1]]], "must be stationary"),
        ],
    )
    def test_bad_policies(self, policy: Any, message: str) -> None:
        with pytest.raises(InvalidGameError, match=message):
            best_response(self.GAME, policy)

    def test_stages_must_fit_the_horizon(self) -> None:
        game = MarkovGame([[[[1]]]], [[[1]]], [[[0]]], horizon=3)
        with pytest.raises(InvalidGameError, match=r"one part a stage \(3\), got 2"):
            best_response(game, [[[1]], [[1]]])
