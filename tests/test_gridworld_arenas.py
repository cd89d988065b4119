"""Arenas of gridworlds against play move by move, brute force, and the exact best reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import sqrt
from random import Random
from typing import Any

import numpy as np
import pytest
from windy import random_windy

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch
from torch import Tensor

from dynamics.arenas.nodes import NodesArena
from dynamics.arenas.sequential import SequentialArena
from dynamics.prepare import prepare
from dynamics.settings.sweep import specs
from dynamics.stream import Stream
from solvers.gridworld.best_reply import best_reply
from solvers.gridworld.play import MOVE_NAMES, OUT_OF_MOVES, ending, landings
from stackel.catalog import load
from stackel.gridworld import Cell, GridworldGame

ROUNDING = 1e-9
"""In payoff units: sums of some hundred float64 numbers below 100."""
ERRORS = 5
"""Standard errors that a sampled mean may be off."""
STREAM = Stream.of_seeds([7])


def _arena(game: GridworldGame, **given: Any) -> tuple[Any, list[frozenset[Cell]]]:
    """The arena of one run of a game, and the cells that each allocation defends."""
    given = {"batch": 1, "feedback": "expected", **given}
    swept = {name: [value] for name, value in given.items()}
    ensemble = prepare(specs({"game": game}, ["ald"], swept=swept, seeds=[0], iterations=1))
    coverage = ensemble.tally.coverage  # type: ignore[attr-defined]
    cells = [
        frozenset(t.cell for t, held in zip(game.targets, row, strict=True) if held)
        for row in coverage
    ]
    return ensemble.arena, cells


def _catalogued(name: str) -> GridworldGame:
    game = load(name).game
    assert isinstance(game, GridworldGame)
    return game


def _windy(rng: Random, *, kind: str) -> GridworldGame:
    """A small game with both wind and a defender."""
    while True:
        game = random_windy(rng, kind=kind)
        if game.defenders and 0 < game.wind < 1:
            return game


def _mixes(rng: Random, *shape: int) -> Tensor:
    """Random mixes, multiples of 1/64, so that rationals and floats agree exactly."""
    generator = np.random.default_rng(rng.randrange(2**32))
    drawn = generator.multinomial(64, np.full(shape[-1], 1 / shape[-1]), shape[:-1])
    return torch.from_numpy(drawn / 64)


def _node(game: GridworldGame, world: int, time: int, cell: Cell) -> int:
    cells = game.rows * game.cols
    return (world * game.horizon + time) * cells + cell[0] * game.cols + cell[1]


def _by_hand(
    game: GridworldGame,
    chances: Callable[[int, Cell], list[float]],
    allocation: frozenset[Cell],
    time: int,
    cell: Cell,
    move: str,
) -> tuple[float, float]:
    """What a move pays (leader, follower) if the policy ``chances`` follows: a walk of the tree."""
    total = [0.0, 0.0]
    for to, share in landings(game, cell, move):
        end = ending(game, cell, to, defended=to in allocation, declared=None)
        if end is None and time + 1 == game.horizon:
            end = OUT_OF_MOVES
        if end is not None:
            pays = tuple(map(float, end.payoffs(game)))
        else:
            later = chances(time + 1, to)
            each = [
                _by_hand(game, chances, allocation, time + 1, to, name)
                for name, chance in zip(MOVE_NAMES, later, strict=True)
                if chance
            ]
            weights = [chance for chance in later if chance]
            pays = tuple(
                sum(w * pair[side] for w, pair in zip(weights, each, strict=True))
                for side in (0, 1)
            )
        total = [t + float(share) * p for t, p in zip(total, pays, strict=True)]
    return total[0], total[1]


@pytest.mark.parametrize("information", ["none", "action"])
def test_counterfactual_values_and_payoffs_are_those_of_the_tree(information: str) -> None:
    rng = Random(11)
    for _ in range(4):
        game = replace(_windy(rng, kind="general"), horizon=2)
        arena, cells = _arena(game, attacker="nodes", information=information)
        assert isinstance(arena, NodesArena)
        leader = _mixes(rng, 1, 1, arena.leader.actions)
        follower = _mixes(rng, 1, arena.follower.observations, 5)
        _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
        rewards, expected = play.follower.rewards(), [0.0, 0.0]
        wanted = torch.zeros_like(rewards)
        for i, allocation in enumerate(cells):
            world = i if information == "action" else 0
            chance = float(leader[0, 0, i])

            chances = partial(_chances, game, follower[0], world)
            for time, cell in _reachable(game):
                node = _node(game, world, time, cell)
                assert play.follower.visited[0, node]
                for number, move in enumerate(MOVE_NAMES):
                    pays = _by_hand(game, chances, allocation, time, cell, move)
                    wanted[0, node, number] += chance * pays[1]
                    if time == 0:
                        share = chance * float(follower[0, node, number])
                        expected = [e + share * p for e, p in zip(expected, pays, strict=True)]
        met = play.follower.visited
        assert (rewards - wanted)[met].abs().max() < ROUNDING
        assert abs(float((arena.table.leader_payoffs * play.joint).sum()) - expected[0]) < ROUNDING
        assert (
            abs(float((arena.table.follower_payoffs * play.joint).sum()) - expected[1]) < ROUNDING
        )


def _chances(
    game: GridworldGame, follower: Tensor, world: int, time: int, cell: Cell
) -> list[float]:
    return list(map(float, follower[_node(game, world, time, cell)]))


def _reachable(game: GridworldGame) -> list[tuple[int, Cell]]:
    """Times and cells that the attacker may meet, from the rules of play."""
    targets = {target.cell for target in game.targets}
    layers = [{game.start}]
    for _ in range(game.horizon - 1):
        after = {to for x in layers[-1] for m in MOVE_NAMES for to, _ in landings(game, x, m)}
        layers.append(after - targets)
    return [(time, cell) for time, layer in enumerate(layers) for cell in layer]


@pytest.mark.parametrize("ties", ["strong", "weak"])
@pytest.mark.parametrize("information", ["commitment", "action"])
def test_value_iteration_finds_the_exact_best_reply(information: str, ties: Any) -> None:
    rng = Random(13)
    for kind in ("general", "tied", "tied", "flat"):
        game = _windy(rng, kind=kind)
        arena, cells = _arena(game, attacker="nodes", information=information, ties=ties)
        leader = _mixes(rng, 1, 1, arena.leader.actions)
        own, other = arena.replies(leader, STREAM)
        for world in range(len(cells) if information == "action" else 1):
            mix = [Fraction(float(p)) for p in leader[0, 0]]
            if information == "action":
                mix = [Fraction(i == world) for i in range(len(cells))]
            plan = best_reply(game, list(map(tuple, cells)), mix, ties=ties)
            node = _node(game, world, 0, game.start)
            best = own[0, node].max()
            assert abs(float(best) - float(plan.follower_value)) < ROUNDING
            tied = other[0, node][own[0, node] > best - ROUNDING]
            leaders = tied.max() if ties == "strong" else tied.min()
            assert abs(float(leaders) - float(plan.leader_value)) < ROUNDING


@pytest.mark.parametrize("information", ["commitment", "action"])
def test_rollouts_of_a_search_tend_to_the_exact_reply(information: str) -> None:
    rng = Random(17)
    game = _windy(rng, kind="general")
    exact, _ = _arena(game, attacker="nodes", information=information)
    sampled, _ = _arena(
        game,
        attacker="nodes",
        information=information,
        follower="best-response",
        search="rollouts",
        rollouts=4000,
    )
    leader = _mixes(rng, 1, 1, exact.leader.actions)
    met = exact.grid.reachable.flatten().repeat(
        exact.follower.observations // exact.grid.reachable.numel()
    )
    gap = (exact.replies(leader, STREAM)[0] - sampled.replies(leader, STREAM)[0])[0][met]
    assert gap.abs().max() < 20 * game.horizon * ERRORS / sqrt(4000)
    assert gap.abs().max() > 0


def test_a_search_in_a_matrix_game_replies_to_the_sampled_rounds() -> None:
    arena, _ = _arena(
        _catalogued("gridworld-small"), follower="best-response", search="rollouts", rollouts=8
    )
    leader = torch.tensor([[[0.25, 0.25, 0.5]]], dtype=torch.float64)
    own, other = arena.replies(leader, STREAM)
    payoffs = torch.cat([arena.follower_payoffs[0], arena.leader_payoffs[0]], 1)
    shares = torch.linalg.lstsq(payoffs.mT, torch.cat([own, other], -1)[0, 0]).solution
    assert (8 * shares - (8 * shares).round()).abs().max() < ROUNDING
    assert abs(float(shares.sum()) - 1) < ROUNDING


def test_play_in_the_environments_pays_what_the_arena_says() -> None:
    pytest.importorskip("gymnasium")
    pytest.importorskip("pettingzoo")
    from dynamics.envs.episode import Episode

    rng = Random(19)
    game = _windy(rng, kind="general")
    arena, cells = _arena(game, attacker="nodes")
    leader = _mixes(rng, 1, 1, arena.leader.actions)
    follower = _mixes(rng, 1, arena.follower.observations, 5)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    generator = np.random.default_rng(0)
    paid = []
    for _ in range(3000):
        episode = Episode(game, generator)
        i = generator.choice(len(cells), p=leader[0, 0].numpy())
        defended = [j for j, t in enumerate(game.targets) if t.cell in cells[i]]
        for row, col in game.allocation(defended):
            episode.act(row * game.cols + col)
        while episode.turn == "follower":
            mix = follower[0, _node(game, 0, episode.time, episode.cell)].numpy()
            episode.act(int(generator.choice(5, p=mix)))
        paid.append([float(x) for x in episode.payoffs])
    for side, payoffs in enumerate((arena.table.leader_payoffs, arena.table.follower_payoffs)):
        each = np.array(paid)[:, side]
        expected = float((payoffs * play.joint).sum())
        assert abs(each.mean() - expected) < ERRORS * each.std() / sqrt(len(each)) + ROUNDING


def test_the_steps_shown_to_a_follower_are_whole_episodes_without_dead_steps() -> None:
    rng = Random(23)
    game = _windy(rng, kind="general")
    arena, _ = _arena(
        game, attacker="nodes", follower="ppo", batch=640, minibatch=64, feedback="batch"
    )
    leader = _mixes(rng, 1, 1, arena.leader.actions)
    follower = _mixes(rng, 1, arena.follower.observations, 5)
    carried, earned, episodes, squares = arena.begin(STREAM), 0.0, 0, 0.0
    last = torch.full((1, 16), -1)
    expected = 0.0
    for place in range(10):
        carried, play = arena.play(carried, leader, follower, STREAM.at(place))
        rollout = play.follower.rollout
        assert rollout.ended is not None
        assert rollout.action.shape == (1, 16, 40)
        start = rollout.observation % (game.rows * game.cols) == arena.grid.start
        fresh = torch.cat([(last < 0)[..., None], rollout.ended[..., :-1]], -1)
        times = rollout.observation // (game.rows * game.cols)
        assert (start & (times == 0))[fresh].all()  # a new episode begins at once
        assert (times[..., 1:] == times[..., :-1] + 1)[~rollout.ended[..., :-1]].all()
        assert (rollout.reward[~rollout.ended] == 0).all()
        last = torch.where(rollout.ended[..., -1], -1, 0)
        paid = rollout.reward[rollout.ended]
        earned, episodes = earned + float(paid.sum()), episodes + len(paid)
        squares += float(paid.square().sum())
        expected = float((arena.table.follower_payoffs * play.joint).sum())
    mean = earned / episodes
    error = sqrt(max(squares / episodes - mean**2, 0) / episodes)
    assert abs(mean - expected) < ERRORS * error + ROUNDING


def _sequential(rng: Random, **given: Any) -> tuple[SequentialArena, Tensor, Tensor]:
    game = replace(_catalogued("gridworld"), horizon=14)
    arena, _ = _arena(game, placement="sequential", **given)
    assert isinstance(arena, SequentialArena)
    leader = _mixes(rng, 1, arena.leader.observations, arena.leader.actions)
    follower = _mixes(rng, 1, arena.follower.observations, arena.follower.actions)
    return arena, leader, follower


def test_a_leader_that_places_in_turn_is_credited_with_the_whole_return() -> None:
    arena, leader, follower = _sequential(Random(29), batch=256)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    rollout, inside = play.leader.rollout, arena.inside
    _, within = inside.play(
        inside.begin(STREAM), play.joint.sum(2)[:, None], follower, STREAM.at(0)
    )
    assert (rollout.reward[..., -1] == within.leader.rollout.reward.flatten(1)).all()
    assert (rollout.reward[..., :-1] == 0).all()
    assert rollout.ended is not None
    assert rollout.ended[..., -1].all()
    assert not rollout.ended[..., :-1].any()
    leads = torch.tensor(arena.placements.leads)
    after = leads[rollout.observation, rollout.action]
    assert (rollout.observation[..., 0] == 0).all()
    assert (after[..., :-1] == rollout.observation[..., 1:]).all()
    drawn = after[..., -1] - arena.leader.observations
    assert (drawn == within.leader.rollout.action.flatten(1)).all()


def test_placements_in_turn_are_as_frequent_as_if_drawn_in_turn() -> None:
    arena, leader, follower = _sequential(Random(31), batch=4096)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    rollout = play.leader.rollout
    first = torch.bincount(rollout.action[0, :, 0], minlength=arena.leader.actions) / 4096
    assert (first - leader[0, 0]).abs().max() < ERRORS * 0.5 / sqrt(4096)
    for node in range(1, arena.leader.observations):
        second = rollout.action[0, :, 1][rollout.observation[0, :, 1] == node]
        if len(second) > 100:
            shares = torch.bincount(second, minlength=arena.leader.actions) / len(second)
            assert (shares - leader[0, node]).abs().max() < ERRORS * 0.5 / sqrt(len(second))


def test_values_of_placements_add_up_to_the_leaders_payoff() -> None:
    arena, leader, follower = _sequential(Random(37))
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    rewards = play.leader.rewards()
    payoffs = arena.inside.leader_payoffs  # type: ignore[attr-defined]
    assert abs(float((leader * rewards)[0, 0].sum()) - float((payoffs * play.joint).sum())) < 1e-9
    best = (payoffs * play.joint.sum(1, keepdim=True)).sum(2).max()
    for _ in range(arena.turns):  # the best placements lead to the best allocation
        _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
        rewards = play.leader.rewards()
        leader = torch.nn.functional.one_hot(rewards.argmax(-1), leader.shape[-1]).to(leader)
    _, play = arena.play(arena.begin(STREAM), leader, follower, STREAM)
    values = play.leader.rewards()[0, 0]
    assert abs(float(values.max()) - float(best)) < 1e-9
