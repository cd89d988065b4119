"""Whole runs: bands, presets, schedules, and that a run is the same alone and in a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import bimatrix_games

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch

import stackel
from dynamics.learners import LEARNERS
from dynamics.prepare import prepare
from dynamics.settings import PRESETS
from dynamics.settings.sweep import specs
from dynamics.train import train
from stackel.catalog import load, names
from stackel.game import BimatrixGame

TABULAR = [name for name in LEARNERS if name not in ("fixed", "script", "best-response")]
CHEAP: dict[str, Any] = {"hidden": 8, "batch": 32, "minibatch": 16}
"""Small networks and batches: what is tested here does not depend on the size."""


def _matrix(name: str) -> BimatrixGame:
    game = load(name).game
    assert isinstance(game, BimatrixGame)
    return game


def _runs(
    games: dict[str, BimatrixGame], preset: str, iterations: int, seeds: int = 1, **swept: Any
) -> list[Any]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in swept.items()}
    return specs(games, [preset], swept=lists, seeds=range(seeds), iterations=iterations)


@settings(max_examples=25)
@given(
    bimatrix_games(min_side=2, max_side=3),
    st.sampled_from(TABULAR),
    st.sampled_from(TABULAR),
    st.sampled_from(["none", "action"]),
    st.sampled_from(["expected", "batch", "bandit"]),
    st.integers(0, 2**31),
)
def test_every_play_of_any_learners_stays_in_the_band(
    game: BimatrixGame, leader: str, follower: str, information: str, feedback: str, seed: int
) -> None:
    runs = specs(
        {"game": game},
        ["hedge-hedge"],
        swept={
            "leader": [leader],
            "follower": [follower],
            "information": [information],
            "feedback": [feedback],
        },
        seeds=[seed],
        iterations=30,
    )
    data = train(runs)
    assert data.inside_band.all()


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_stays_in_the_band_of_every_game(preset: str) -> None:
    games = {
        name: _matrix(name)
        for name in ("table1/battle", "table3/hero", "table3/stag_hunt", "conitzer_sandholm_2006")
    }
    cheap = {} if preset in ("theorem-10", "hedge-hedge") else CHEAP
    cheap = cheap | ({"inward": 0.25} if preset == "committed-ald" else {})
    data = train(_runs(games, preset, 60, 2, **cheap))
    assert data.inside_band.all()
    assert data.sizes["run"] == 8


def test_a_band_that_is_too_narrow_is_left() -> None:
    """The check has power: half the slope of the band, and a play on its edge is outside."""
    from dataclasses import replace

    from dynamics.reference import reference
    from dynamics.tally import band

    game = _matrix("conitzer_sandholm_2006")
    known = reference(game)
    assert known.hi is not None
    assert known.k_hi is not None
    a, b = np.array(game.leader), np.array(game.follower)
    joint = np.array([[0.0, 0.0], [0.0, 1.0]])  # (row 2, column 2) for ever
    average = float((a * joint).sum())
    regrets = [
        float((a * joint.sum(0)).sum(1).max() - average),
        float((b * joint.sum(1)[:, None]).sum(0).max() - (b * joint).sum()),
    ]
    rows = [torch.tensor([[regret]], dtype=torch.float64) for regret in regrets]
    one = torch.tensor([1.0], dtype=torch.float64)
    value = torch.tensor([[average]], dtype=torch.float64)
    assert band(value, rows, one, [known])[2].all()
    assert max(regrets) > 0
    narrow = (average - known.hi) / max(regrets) * 0.99
    assert not band(value, rows, one, [replace(known, k_hi=narrow)])[2].any()


def test_hedge_against_hedge_in_battle_ends_at_a_pure_equilibrium() -> None:
    """From many starts, 5 or 2, never the 10/3 of the paper's Table 1."""
    runs = _runs({"battle": _matrix("battle")}, "hedge-hedge", 400)
    ensemble = prepare(runs * 200)
    state = ensemble.begin()
    rng = np.random.default_rng(3)
    starts = torch.from_numpy(rng.normal(size=(2, 200, 1, 2)))
    from dataclasses import replace

    state = replace(
        state,
        leader=replace(state.leader, gains=starts[0]),
        follower=replace(state.follower, gains=starts[1]),
    )
    joint = None
    for _ in range(400):
        state, joint = ensemble.step(state)
    assert joint is not None
    final = ensemble.tally.measure(joint, state.total, 400)["leader_payoff"]
    ends = torch.minimum((final - 5).abs(), (final - 2).abs())
    assert (ends < 0.05).double().mean() > 0.95
    assert ((final - 5).abs() < 0.05).any()
    assert ((final - 2).abs() < 0.05).any()
    assert not ((final - 10 / 3).abs() < 0.05).any()


def test_a_pair_without_regret_reaches_the_value_wherever_the_class_says_holds() -> None:
    games = {
        name: _matrix(name)
        for name in names()
        if load(name).game.kind == "matrix"
        and stackel.solve(name, concept="no_regret").no_regret.class_ == "holds"
    }
    assert len(games) >= 8
    data = train(_runs(games, "hedge-hedge", 1000))
    for run, name in enumerate(data.game.values):
        span = np.ptp(games[name].leader)
        gap = abs(float(data.distance_to_sse[run, -1]))
        eps = max(float(data.leader_regret[run, -1]), float(data.follower_regret[run, -1]), 0.0)
        assert gap <= 0.05 * span
        assert eps / 1000 < 0.05 * span


@pytest.mark.parametrize("preset", PRESETS)
def test_a_run_is_the_same_alone_and_in_a_batch_to_the_bit(preset: str) -> None:
    games = {"battle": _matrix("battle"), "hero": _matrix("hero")}
    cheap = {} if preset in ("theorem-10", "hedge-hedge") else CHEAP
    cheap = cheap | ({"inward": 0.25} if preset == "committed-ald" else {})
    together = train(_runs(games, preset, 12, 3, eta=[0.05, 0.1], **cheap))
    runs = _runs(games, preset, 12, 3, eta=[0.05, 0.1], **cheap)
    for number in (0, 4, 11):
        alone = train([runs[number]])
        for name in ("leader_payoff", "follower_policy", "leader_regret"):
            assert np.array_equal(alone[name].values[0], together[name].values[number])


def test_the_follower_learns_on_schedule() -> None:
    game = {"battle": _matrix("battle")}
    runs = _runs(game, "ald", 20, every=[1, 5], after=[0, 10], **CHEAP)
    data = train(runs)
    changes = np.abs(np.diff(data.follower_policy.values, axis=1)).max(-1) > 1e-12
    for run, spec in enumerate(runs):
        every, after = spec.settings.every, spec.settings.after
        learns = [t > after and (t - after - 1) % every == 0 for t in range(1, 20)]
        assert changes[run].tolist() == learns


@pytest.mark.parametrize(("ties", "value"), [("strong", 3), ("weak", 1), ("first", 2)])
def test_a_best_response_breaks_ties_as_told(ties: str, value: float) -> None:
    game = {"indifferent": BimatrixGame([[2, 3, 1]] * 2, [[0, 0, 0]] * 2)}
    data = train(_runs(game, "best-response", 1, ties=ties, **CHEAP))
    assert abs(float(data.leader_payoff[0, 0]) - value) < 1e-12


def test_an_observed_action_meets_the_reply_to_it() -> None:
    game = {"cs": _matrix("conitzer_sandholm_2006")}
    data = train(
        _runs(game, "best-response", 150, information="action", learning_rate=3e-3, **CHEAP)
    )
    assert abs(float(data.leader_payoff[0, -1]) - 3) < 0.1  # the pure value
    assert float(data.follower_regret[0, -1]) <= 1e-9


def test_greedy_q_learning_in_battle_never_leaves_row_2() -> None:
    """The counterexample to Theorem 10, by induction: Q(1) = 0 <= Q(2), ties to row 2."""
    from dataclasses import replace

    from dynamics.learners import QLearning
    from dynamics.players import Tabular

    runs = _runs({"battle": _matrix("battle")}, "theorem-10", 500)
    ensemble = prepare(runs)
    greedy = Tabular(learner=QLearning(explore=None, ties="last"), observations=1, actions=2)
    ensemble = replace(ensemble, leader=greedy)
    state = ensemble.begin()
    joint = state.total
    for _ in range(500):
        state, joint = ensemble.step(state)
        assert joint[0, 0].sum() == 0
    assert ensemble.tally.measure(joint, state.total, 500)["leader_average"] <= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["battle", "hero", "conitzer_sandholm_2006", "matching_pennies"])
def test_committed_ald_reaches_the_stackelberg_value(name: str) -> None:
    game = _matrix(name)
    data = train(_runs({name: game}, "committed-ald", 400, 3))
    miss = (data.sse_value - data.leader_payoff[:, -1]) / np.ptp(game.leader)
    assert (abs(miss) <= 0.05).all()
