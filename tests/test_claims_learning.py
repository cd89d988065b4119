"""The learners, divergences and regrets that claims are decided by, against independent ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from proofs_checks.balls import ball, divergence
from proofs_checks.claims.lemma_1 import gap_at, uniform_gap
from proofs_checks.claims.replacements.realised import excess_distribution
from proofs_checks.claims.replacements.swap import swap_regret
from proofs_checks.claims.replacements.uniform_replies import best_columns
from proofs_checks.definitions import regrets
from proofs_checks.learning import (
    Rewards,
    entropic_mixes,
    gradient_mixes,
    hedge_mixes,
    hedge_regret,
    onto_simplex,
    regret_matching_mixes,
    regret_of,
)
from proofs_checks.strategies import mixes, plays, small_games
from stackel.game import BimatrixGame

FRACTIONS = st.fractions(-3, 3, max_denominator=6)
REWARDS = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.tuples(*[st.integers(-2, 3)] * n), min_size=1, max_size=8)
)


@given(st.lists(FRACTIONS, min_size=1, max_size=5))
def test_no_corner_lies_on_the_far_side_of_a_projection(point: list[Fraction]) -> None:
    nearest = onto_simplex(point)
    assert sum(nearest) == 1
    assert min(nearest) >= 0
    away = [y - z for y, z in zip(point, nearest, strict=True)]
    for corner in range(len(point)):
        towards = [Fraction(i == corner) - z for i, z in enumerate(nearest)]
        assert sum(x * y for x, y in zip(away, towards, strict=True)) <= 0


def trained(learner: Any, paid: Rewards) -> list[list[float]]:
    """The mixes of a learner of stackel on these rewards."""
    import torch

    from dynamics.learners.interface import Full

    state = learner.init((), len(paid[0]))
    found = []
    for row in paid:
        found.append(learner.strategy(state).tolist())
        state = learner.update(state, Full(rewards=torch.tensor(row, dtype=torch.float64)))
    return found


THIRD = Fraction(1, 3)
SAME_RULE: dict[str, tuple[Callable[[Any], Any], Callable[[Rewards], Iterator[list[Any]]]]] = {
    "hedge": (
        lambda kit: kit.Hedge(rate=kit.Schedule(initial=1 / 3)),
        lambda paid: hedge_mixes(paid, lambda t: ball(THIRD)),
    ),
    "hedge, falling rates": (
        lambda kit: kit.Hedge(rate=kit.Schedule(initial=1 / 3, power=0.5)),
        lambda paid: hedge_mixes(paid, lambda t: ball(THIRD) / ball(t).sqrt()),
    ),
    "mirror descent, falling rates": (
        lambda kit: kit.MirrorDescent(rate=kit.Schedule(initial=1 / 3, power=0.5)),
        lambda paid: entropic_mixes(paid, lambda t: ball(THIRD) / ball(t).sqrt()),
    ),
    "gradient": (
        lambda kit: kit.MirrorDescent(rate=kit.Schedule(initial=1 / 3), regulariser="euclidean"),
        lambda paid: gradient_mixes(paid, THIRD),
    ),
    "regret matching": (lambda kit: kit.RegretMatching(), regret_matching_mixes),
}


@pytest.mark.parametrize("name", SAME_RULE)
@given(paid=REWARDS)
def test_the_claims_learners_are_those_that_train(name: str, paid: Rewards) -> None:
    pytest.importorskip("torch", reason="needs the extra `dynamics`")
    import dynamics.learners

    learner, own = SAME_RULE[name]
    for found, expected in zip(own(paid), trained(learner(dynamics.learners), paid), strict=True):
        assert [float(x) for x in found] == pytest.approx(expected, abs=1e-12)


@given(REWARDS)
def test_regret_is_what_the_best_action_earned_more(paid: Rewards) -> None:
    uniform = [Fraction(1, len(paid[0]))] * len(paid[0])
    best = max(sum(row[a] for row in paid) for a in range(len(paid[0])))
    earned = sum(Fraction(sum(row), len(row)) for row in paid)
    assert regret_of(iter([uniform] * len(paid)), paid) == best - earned


@given(st.integers(2, 4).flatmap(lambda n: st.tuples(mixes(n), mixes(n))))
def test_divergence_is_relative_entropy(pair: tuple[Any, Any]) -> None:
    p, q = pair
    full = [(x + 1) / (len(q) + 1) for x in q]
    found = float(divergence(p, full))
    assert found == pytest.approx(entropy([float(x) for x in p], [float(x) for x in full]))


@given(st.lists(st.tuples(mixes(2), st.tuples(*[st.integers(0, 2)] * 2)), min_size=1, max_size=5))
def test_the_distribution_of_realised_regret_is_that_of_all_draws(rounds: list[Any]) -> None:
    expected: dict[Fraction, Fraction] = {}
    for drawn in product(range(2), repeat=len(rounds)):
        excess, chance = Fraction(0), Fraction(1)
        for a, (mix, paid) in zip(drawn, rounds, strict=True):
            excess += sum(p * x for p, x in zip(mix, paid, strict=True)) - paid[a]
            chance *= mix[a]
        expected[excess] = expected.get(excess, Fraction(0)) + chance
    found = excess_distribution(rounds)
    assert {x: p for x, p in found.items() if p} == {x: p for x, p in expected.items() if p}


GAMES_AND_PLAYS = small_games(columns=(2, 3)).flatmap(
    lambda game: st.tuples(st.just(game), plays(*game.shape))
)


@given(GAMES_AND_PLAYS)
def test_swap_regret_is_the_best_of_all_maps(drawn: Any) -> None:
    game, play = drawn
    b, n = game.follower_exact, game.shape[1]
    gains = [
        sum((b[i, swap[j]] - b[i, j] for i, j in play), start=Fraction(0))
        for swap in product(range(n), repeat=n)
    ]
    assert swap_regret(game, play) == max(gains) / len(play)


@given(GAMES_AND_PLAYS.flatmap(lambda x: st.tuples(st.just(x), mixes(x[0].shape[0]))))
def test_no_leader_mix_has_a_larger_gap_than_the_worst_row(drawn: Any) -> None:
    (game, play), p = drawn
    n = game.shape[1]
    q = [Fraction(sum(j == k for _, j in play), len(play)) for k in range(n)]
    assert 0 <= gap_at(game, p, q) <= uniform_gap(game, play)


def test_lemma_1_holds_where_best_columns_agree_and_nowhere_else() -> None:
    """All 2 x 2 games with payoffs 0 and 1: some play without regret has a gap, or none has."""
    for flat in product((0, 1), repeat=4):
        game = BimatrixGame([[0, 0], [0, 0]], [flat[:2], flat[2:]])
        steady = [((i, j),) for i in range(2) for j in range(2)]
        fails = any(uniform_gap(game, play) > 0 for play in steady if regrets(game, play)[1] <= 0)
        agree = best_columns(game)[0] == best_columns(game)[1]
        assert fails != agree


def test_hedge_with_a_constant_rate_has_the_regret_of_the_closed_form() -> None:
    for rate in (0.02, 0.05, 0.1, 1.0):
        regret = hedge_regret([(1, 0), (0, 1)] * 50, constant(Fraction(rate)))
        assert float(regret) == pytest.approx(100 * math.tanh(rate / 2) / 4, rel=1e-12)


def constant(rate: Fraction) -> Callable[[int], Any]:
    return lambda _: ball(rate)
