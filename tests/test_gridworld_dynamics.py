"""Learning on gridworlds: exact payoffs and regrets, and what no-regret play must reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from gridworlds import random_game
from windy import random_windy

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch

import stackel
from dynamics.arenas.grid import Grid
from dynamics.prepare import prepare
from dynamics.settings import PRESETS
from dynamics.settings.sweep import Spec, specs
from dynamics.train import train
from solvers.gridworld.best_reply import best_reply
from solvers.gridworld.nash import nash_range
from stackel.errors import InvalidGameError
from stackel.gridworld import NO_ATTACK, GridworldGame

ROUNDING = 1e-9
"""In payoff units: sums of some hundred float64 numbers below 100."""
CHEAP: dict[str, Any] = {"hidden": 8, "batch": 32, "minibatch": 16}
"""Small networks and batches: what is tested here does not depend on the size."""


def _runs(
    game: GridworldGame, preset: str, iterations: int, seeds: int = 1, **given: Any
) -> list[Spec]:
    swept = {name: [value] for name, value in given.items()}
    return specs({"game": game}, [preset], swept=swept, seeds=range(seeds), iterations=iterations)


def _catalogued(name: str) -> GridworldGame:
    game = stackel.load_game(name)
    assert isinstance(game, GridworldGame)
    return game


def _random_mix(rng: Random, game: GridworldGame) -> tuple[list[tuple[Any, ...]], list[Fraction]]:
    """Three allocations of at most k targets, and their probabilities."""
    cells = [target.cell for target in game.targets]
    most = min(game.defenders, len(cells))
    chosen = [tuple(rng.sample(cells, rng.randint(0, most))) for _ in range(3)]
    weights = [rng.randint(1, 9) for _ in chosen]
    return chosen, [Fraction(w, sum(weights)) for w in weights]


def _pays(game: GridworldGame, coverage: Sequence[Fraction]) -> torch.Tensor:
    each = [game.payoffs(j, c)[1] for j, c in enumerate(coverage)]
    pays = [float(x) for x in (*each, game.payoffs(NO_ATTACK)[1])]
    return torch.tensor(pays, dtype=torch.float64)


@pytest.mark.parametrize("rule", ["first-entered", "declared"])
def test_the_best_policy_on_the_map_is_the_exact_best_reply(rule: str) -> None:
    rng = Random(1)
    for _ in range(15):
        game = random_windy(rng, kind="general", attack_rule=rule)
        allocations, probabilities = _random_mix(rng, game)
        coverage = [
            sum((p for a, p in zip(allocations, probabilities, strict=True) if t.cell in a))
            + Fraction(0)
            for t in game.targets
        ]
        exact = best_reply(game, allocations, probabilities).follower_value
        found = Grid.of(game).best(_pays(game, coverage))
        assert abs(float(found) - float(exact)) < ROUNDING


def _zero_sum_games(count: int) -> list[GridworldGame]:
    rng = Random(3)
    games = [random_game(rng, kind="zero-sum") for _ in range(count)]
    return [game for game in games if game.defenders]


@pytest.mark.parametrize("attacker", ["macro", "nodes"])
@pytest.mark.parametrize("placement", ["combination", "sequential"])
def test_a_no_regret_pair_is_within_its_regrets_of_the_nash_value(
    attacker: str, placement: str
) -> None:
    games = {
        str(k): game
        for k, game in enumerate(_zero_sum_games(7))
        if attacker == "macro" or game.attack_rule == "first-entered"
    }
    swept = {"attacker": [attacker], "placement": [placement]}
    data = train(specs(games, ["hedge-hedge"], swept=swept, seeds=[0], iterations=100))
    assert data.inside_band.all()
    for number, name in enumerate(games):
        value = float(nash_range(games[name]).leader_min)
        run = data.isel(run=number)
        slack = ROUNDING * (1 + abs(value))
        assert (run.leader_average >= value - run.leader_regret / run.iteration - slack).all()
        assert (run.leader_average <= value + run.follower_regret / run.iteration + slack).all()
        assert float(run.leader_regret[-1]) / 100 < 2  # and the regrets are no excuse
        assert abs(float(run.distance_to_nash[-1])) < 2


@pytest.mark.parametrize("attacker", ["macro", "nodes"])
@pytest.mark.parametrize("information", ["none", "action"])
def test_the_followers_regret_is_for_the_exact_best_reply(information: str, attacker: str) -> None:
    rng = Random(5)
    for _ in range(6):
        game = random_windy(rng, kind="general")
        ensemble = prepare(
            _runs(game, "hedge-hedge", 3, information=information, attacker=attacker)
        )
        state = ensemble.begin()
        joint = state.total
        for _ in range(3):
            state, joint = ensemble.step(state)
        found = ensemble.tally.measure(joint, state.total, 3)
        weights = [float(w) for w in state.total.sum(2)[0]]
        coverage = ensemble.tally.coverage  # type: ignore[attr-defined]
        cells = [
            [t.cell for t, held in zip(game.targets, row, strict=True) if held] for row in coverage
        ]
        if information == "none":
            mix = [Fraction(w) / sum(Fraction(w) for w in weights) for w in weights]
            best = 3 * float(best_reply(game, cells, mix).follower_value)
        else:
            replies = [best_reply(game, [each], [Fraction(1)]).follower_value for each in cells]
            best = sum(w * float(v) for w, v in zip(weights, replies, strict=True))
        earned = 3 * float(found["follower_average"][0])
        assert abs(float(found["follower_regret"][0]) - (best - earned)) < 1e-6


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["gridworld-small", "gridworld"])
def test_every_preset_plays_in_the_band_of_the_normal_form(preset: str, name: str) -> None:
    cheap = {} if preset in ("theorem-10", "hedge-hedge") else CHEAP
    cheap = cheap | ({"inward": 0.5} if preset == "committed-ald" else {})
    data = train(_runs(_catalogued(name), preset, 20, 2, **cheap))
    assert data.inside_band.all()
    assert data.leader_policy.min() >= 0
    assert data.leader_policy.max() <= 1
    assert abs(data.follower_policy.sum("follower_action") - 1).max() < ROUNDING
    assert len(data.follower_action) == len(_catalogued(name).targets) + 1


@pytest.mark.parametrize("attacker", ["macro", "nodes"])
@pytest.mark.parametrize("placement", ["combination", "sequential"])
def test_a_run_is_the_same_alone_and_in_a_batch_to_the_bit(attacker: str, placement: str) -> None:
    given = {"attacker": attacker, "placement": placement, "batch": 32, "eta": 0.1}
    for preset in ("hedge-hedge", "best-response"):
        runs = _runs(
            replace(_catalogued("gridworld"), wind=Fraction(1, 10), horizon=9),
            preset,
            6,
            4,
            **given,
            **({} if preset == "hedge-hedge" else {"hidden": 8, "minibatch": 16}),
        )
        together, alone = train(runs), train(runs[2:3])
        for name in ("leader_payoff", "follower_regret", "leader_policy", "follower_average"):
            assert (together[name].values[2] == alone[name].values[0]).all()


def test_the_wind_has_no_band_but_all_else() -> None:
    game = replace(_catalogued("gridworld-small"), wind=Fraction(1, 10))
    data = train(_runs(game, "ald", 5, **CHEAP))
    assert "inside_band" not in data
    assert (data.follower_regret > -ROUNDING).all()
    solution = stackel.solve(game, concept=["sse", "pure"])
    assert float(data.sse_value[0]) == float(solution.sse.leader_value)
    assert float(data.pure_value[0]) == float(solution.pure.strong.leader_value)


def test_the_learning_rate_is_the_papers_for_gridworlds() -> None:
    (run,) = _runs(_catalogued("gridworld"), "ald", 1)
    assert run.settings.eta == 0.02
    (run,) = _runs(_catalogued("gridworld"), "ald", 1, eta=0.1)
    assert run.settings.eta == 0.1


def test_interception_of_paths_is_refused() -> None:
    with pytest.raises(InvalidGameError, match="targets are intercepted"):
        prepare(_runs(_catalogued("gridworld-bottleneck"), "ald", 1))
