"""Learning in Markov games: values, replies, rewards and regrets against the exact solvers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import sqrt
from random import Random
from typing import Any

import pytest
from test_markov_responses import random_game

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch
from torch import Tensor

from dynamics.arenas.markov import MarkovArena
from dynamics.ensemble import Ensemble
from dynamics.prepare import prepare
from dynamics.settings import PRESETS
from dynamics.settings.sweep import specs
from dynamics.stream import Stream
from dynamics.train import train
from solvers.markov.best_response import best_response
from solvers.markov.evaluate import evaluate
from solvers.markov.zero_sum import zero_sum
from stackel.catalog import load
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame
from stackel.markov import MarkovGame

ROUNDING = 1e-9
"""In payoff units: sums of some hundred float64 numbers below 100."""
ERRORS = 5
"""Standard errors that a sampled mean may be off."""
STREAM = Stream.of_seeds([5])
SPANS = [{"horizon": 3}, {"discount": Fraction(4, 5)}]
CHEAP: dict[str, Any] = {"hidden": 8, "batch": 32, "minibatch": 16, "rollouts": 20}

spans = pytest.mark.parametrize("span", SPANS, ids=["horizon", "discount"])


def _ensemble(game: MarkovGame, preset: str = "hedge-hedge", **given: Any) -> Ensemble:
    swept = {name: [value] for name, value in given.items()}
    return prepare(specs({"game": game}, [preset], swept=swept, seeds=[0], iterations=1))


def _mixes(rng: Random, arena: Any) -> tuple[Tensor, Tensor]:
    """Random policies of both; multiples of 1/64 are the same in floats and in rationals."""

    def mix(n: int) -> list[float]:
        cuts = sorted(rng.randint(0, 64) for _ in range(n - 1))
        return [(b - a) / 64 for a, b in zip([0, *cuts], [*cuts, 64], strict=True)]

    def policy(side: Any) -> Tensor:
        rows = [mix(side.actions) for _ in range(side.observations)]
        return torch.tensor([rows], dtype=torch.float64)

    return policy(arena.leader), policy(arena.follower)


def _exact(game: MarkovGame, policy: Tensor) -> Any:
    """A policy as the solvers take it: one mix a state, or a stage and state."""
    rows = [[float(x) for x in mix] for mix in policy[0]]
    states = game.shape[0]
    if game.horizon is None:
        return rows
    return [rows[t * states : (t + 1) * states] for t in range(game.horizon)]


def _random(rng: Random, span: dict[str, Any]) -> MarkovGame:
    return random_game(rng, rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 3), **span)


@spans
def test_payoffs_are_those_of_the_exact_evaluation(span: dict[str, Any]) -> None:
    rng = Random(1)
    for _ in range(8):
        game = _random(rng, span)
        ensemble = _ensemble(game)
        leader, follower = _mixes(rng, ensemble.arena)
        _, play = ensemble.arena.play(ensemble.arena.begin(STREAM), leader, follower, STREAM)
        exact = evaluate(game, _exact(game, leader), _exact(game, follower))
        found = ensemble.tally.measure(play.joint, play.joint, 1)
        assert abs(float(found["leader_payoff"]) - float(game.from_start(exact.leader))) < ROUNDING
        wanted = float(game.from_start(exact.follower))
        assert abs(float(found["follower_payoff"]) - wanted) < ROUNDING


@spans
@pytest.mark.parametrize("ties", ["strong", "weak"])
def test_best_replies_are_the_exact_ones(span: dict[str, Any], ties: str) -> None:
    rng = Random(2)
    for number in range(10):
        game = _random(rng, span)
        if number % 2:  # payoffs 0 and 1 and pure policies: many ties
            game = MarkovGame(
                game.transition,
                [[[int(x > 0) for x in row] for row in block] for block in game.leader],
                [[[int(x > 0) for x in row] for row in block] for block in game.follower],
                **span,
            )
        arena = _ensemble(game, ties=ties).arena
        leader, _ = _mixes(rng, arena)
        if number % 2:
            leader = torch.nn.functional.one_hot(leader.argmax(-1), leader.shape[-1]).to(leader)
        own, other = (x[0, : game.shape[0]] for x in arena.replies(leader, STREAM))
        exact = best_response(game, _exact(game, leader))
        best = own.amax(-1, keepdim=True)
        assert abs(float(best[0]) - float(exact.values[0])) < ROUNDING
        tied = own > best - ROUNDING
        sign = 1 if ties == "strong" else -1
        leaders = sign * torch.where(tied, sign * other, -torch.inf).amax(-1)
        start = torch.tensor([float(x) for x in game.start], dtype=torch.float64)
        wanted = exact.leader_value if ties == "strong" else exact.leader_worst
        assert wanted is not None
        assert abs(float((start * leaders).sum()) - float(wanted)) < ROUNDING


@spans
def test_a_reply_to_actions_beats_every_policy_that_sees_them(span: dict[str, Any]) -> None:
    rng = Random(3)
    for _ in range(4):
        game = random_game(rng, 2 if "discount" in span else 1, 2, 2, **span)
        arena = _ensemble(game, information="action").arena
        assert isinstance(arena, MarkovArena)
        leader, _ = _mixes(rng, arena)
        own, _ = arena.replies(leader, STREAM)
        best = own.amax(-1).reshape(1, arena.tables.stages, game.shape[0], 2)[:, 0]
        start = arena.tables.start
        found = float((start * (leader[:, : game.shape[0]] * best).sum(-1)).sum())
        fixed = arena.comparators[1]
        assert len(fixed) >= 4
        p = leader.reshape(1, arena.tables.stages, game.shape[0], 2).expand(len(fixed), -1, -1, -1)
        values = arena.tables.repeat(len(fixed)).values(p, fixed)[1]
        assert abs(found - float(values.max())) < ROUNDING


@spans
@pytest.mark.parametrize("information", ["none", "action"])
def test_regrets_are_for_the_best_fixed_policy(span: dict[str, Any], information: str) -> None:
    rng = Random(4)
    span = {**span} if "discount" in span else {"horizon": 2}
    game = random_game(rng, 2 if "discount" in span else 1, 2, 2, **span)
    ensemble = _ensemble(game, information=information)
    state, plays = ensemble.begin(), []
    joint = state.total
    for _ in range(3):
        plays.append(
            (ensemble.leader.policy(state.leader), ensemble.follower.policy(state.follower))
        )
        state, joint = ensemble.step(state)
    found = ensemble.tally.measure(joint, state.total, 3)
    stages = game.horizon or 1
    if information == "action":  # the regret of the leader needs no policies that see actions
        assert float(found["follower_regret"]) >= -ROUNDING
        return
    pure = [
        torch.nn.functional.one_hot(torch.tensor([choice]), 2).double()
        for choice in product((0, 1), repeat=stages * game.shape[0])
    ]

    def value(p: Tensor, q: Tensor, side: str) -> float:
        values = getattr(evaluate(game, _exact(game, p), _exact(game, q)), side)
        return float(game.from_start(values))

    best = {
        "leader": max(sum(value(each, q, "leader") for _, q in plays) for each in pure),
        "follower": max(sum(value(p, each, "follower") for p, _ in plays) for each in pure),
    }
    for side in ("leader", "follower"):
        earned = sum(value(p, q, side) for p, q in plays)
        assert abs(float(found[f"{side}_regret"]) - (best[side] - earned)) < 1e-8


@spans
@pytest.mark.parametrize("information", ["none", "action"])
def test_expected_rewards_add_up_to_the_payoffs(span: dict[str, Any], information: str) -> None:
    rng = Random(5)
    game = _random(rng, span)
    ensemble = _ensemble(game, information=information)
    arena = ensemble.arena
    leader, follower = _mixes(rng, arena)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    found = ensemble.tally.measure(play.joint, play.joint, 1)
    states, m, _ = game.shape
    start = torch.tensor([float(x) for x in game.start], dtype=torch.float64)
    each = (leader * play.leader.rewards()).sum(-1)[0, :states]
    assert abs(float((start * each).sum()) - float(found["leader_payoff"])) < ROUNDING
    each = (follower * play.follower.rewards()).sum(-1)[0]
    if information == "action":
        each = (leader[0] * each.reshape(-1, m)).sum(-1)
    wanted = float(found["follower_payoff"])
    assert abs(float((start * each[:states]).sum()) - wanted) < ROUNDING


@pytest.mark.parametrize("feedback", ["batch", "bandit"])
@pytest.mark.parametrize("information", ["none", "action"])
def test_sampled_rewards_tend_to_the_expected_ones(feedback: str, information: str) -> None:
    rng = Random(6)
    game = random_game(rng, 2, 2, 2, horizon=2)
    exact = _ensemble(game, information=information).arena
    sampled = _ensemble(game, information=information, feedback=feedback, batch=20_000).arena
    leader, follower = _mixes(rng, exact)
    leader, follower = (x * 0.5 + 0.25 for x in (leader, follower))  # every action is tried
    _, wanted = exact.play(exact.begin(STREAM), leader, follower, STREAM)
    _, found = sampled.play(sampled.begin(STREAM), leader, follower, STREAM)
    for side in ("leader", "follower"):
        met = getattr(found, side).visited
        gap = (getattr(found, side).rewards() - getattr(wanted, side).rewards())[met]
        assert gap.abs().max() < 0.1 * (1 + abs(getattr(wanted, side).rewards()).max())


@spans
def test_returns_of_sampled_episodes_are_the_payoffs_on_average(span: dict[str, Any]) -> None:
    rng = Random(7)
    game = random_game(rng, 3, 2, 2, **span)
    ensemble = _ensemble(game, batch=4000, episode=60)
    arena = ensemble.arena
    leader, follower = _mixes(rng, arena)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    found = ensemble.tally.measure(play.joint, play.joint, 1)
    weight = float(game.discount or 1)
    for side in ("leader", "follower"):
        rewards = getattr(play, side).rollout.reward[0]
        returns = (rewards * weight ** torch.arange(rewards.shape[-1])).sum(-1)
        error = float(returns.std()) / sqrt(len(returns)) * ERRORS + 1e-4  # what is broken off
        assert abs(float(returns.mean()) - float(found[f"{side}_payoff"])) < error


def test_one_state_and_one_stage_is_the_matrix_game() -> None:
    battle = load("battle").game
    assert isinstance(battle, BimatrixGame)
    game = MarkovGame(
        [[[[1], [1]], [[1], [1]]]], [battle.leader.tolist()], [battle.follower.tolist()], horizon=1
    )
    swept = {"eta": [0.1]}
    for preset in ("hedge-hedge", "best-response"):
        one, two = (
            train(specs({"game": each}, [preset], swept=swept, seeds=[1], iterations=12))
            for each in (battle, game)
        )
        for name in ("leader_average", "follower_average", "leader_regret", "follower_regret"):
            if preset == "hedge-hedge":  # the other one's samples are drawn in another order
                assert abs(one[name] - two[name]).max() < ROUNDING
            assert one[name].shape == two[name].shape


def test_a_zero_sum_pair_comes_near_the_value() -> None:
    rng = Random(8)
    for _ in range(2):
        game = random_game(rng, 2, 2, 2, horizon=2)
        game = MarkovGame(
            game.transition,
            game.leader,
            [[[-x for x in row] for row in block] for block in game.leader],
            horizon=2,
        )
        data = train(specs({"g": game}, ["hedge-hedge"], swept={}, seeds=[0], iterations=150))
        value = float(zero_sum(game).value)
        run = data.isel(run=0)
        for bound in (
            run.leader_average + run.leader_regret / run.iteration - value,
            value - run.leader_average + run.follower_regret / run.iteration,
        ):
            assert (bound > -ROUNDING).all()
        assert abs(float(run.distance_to_nash[-1])) < 0.1 * (game.stages[0].leader.max() + 10)


def test_memory_lets_the_leader_reward_obedience() -> None:
    game = load("reward_for_obedience").game
    assert isinstance(game, MarkovGame)
    arena = _ensemble(game, memory=True, chains=1).arena
    give = torch.zeros((1, 10, 2), dtype=torch.float64)
    give[:, :, 0] = 1
    give[:, 0] = torch.tensor([0.0, 1.0])  # the first stage, no past
    give[:, 5 + 4] = torch.tensor([0.0, 1.0])  # the second, after (give, share)
    own, other = arena.replies(give, STREAM)
    assert own[0, 0].tolist() == [1.0, 1.0]  # to take now, or to be given later
    assert other[0, 0].tolist() == [0.0, 1.0]
    with pytest.raises(InvalidGameError, match="average"):
        _ensemble(MarkovGame(game.transition, game.leader, game.follower))


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "committed-ald"])
@spans
def test_every_preset_plays(preset: str, span: dict[str, Any]) -> None:
    game = random_game(Random(9), 2, 2, 3, **span)
    cheap = {} if preset in ("theorem-10", "hedge-hedge") else CHEAP
    swept = {name: [value] for name, value in cheap.items()}
    data = train(specs({"game": game}, [preset], swept=swept, seeds=[0, 1], iterations=5))
    assert "inside_band" not in data
    assert not data.leader_average.isnull().any()
    assert abs(data.follower_mixes.sum("follower_option") - 1).max() < ROUNDING
    again = train(specs({"game": game}, [preset], swept=swept, seeds=[1], iterations=5))
    assert (again.leader_payoff.values[0] == data.leader_payoff.values[1]).all()


def test_q_learning_finds_a_reward_that_comes_later() -> None:
    stay, move = [[1, 0]], [[0, 1]]
    game = MarkovGame(
        [[stay, move], [move, move]],
        leader=[[[1], [0]], [[5], [0]]],
        follower=[[[0], [0]], [[0], [0]]],
        horizon=2,
    )
    swept = {"explore": [0.5]}
    data = train(specs({"g": game}, ["theorem-10"], swept=swept, seeds=[0, 1], iterations=200))
    last = data.leader_mixes[:, -1].values  # (stage, state): first 0, then 1
    assert (last[:, 0, 1] > 0.5).all()  # give up 1 now for 5 later
    assert (last[:, 3, 0] > 0.5).all()


def test_a_searched_reply_knows_only_samples() -> None:
    game = random_game(Random(10), 2, 3, 2, horizon=2)
    exact, rough = (
        _ensemble(game, **x).arena
        for x in ({}, {"follower": "best-response", "search": "rollouts"})
    )
    leader, _ = _mixes(Random(11), exact)
    near, far = exact.replies(leader, STREAM)[0], rough.replies(leader, STREAM)[0]
    assert 0 < float((near - far).abs().max()) < 10
