"""An iteration of play: frequencies, payoffs, and what each side is told of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch
from torch import Tensor

from dynamics.arenas.interface import draw
from dynamics.arenas.matrix import MatrixArena
from dynamics.stream import Stream

DOUBLE = torch.float64
MANY = 40_000
"""Rounds whose frequencies are within 5 standard deviations, 0.0125, of the probabilities."""
NEAR = 0.0125


def _game(runs: int, m: int, n: int, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shape = (runs, m, n)
    return tuple(  # type: ignore[return-value]
        torch.randint(-9, 10, shape, generator=generator).to(DOUBLE) for _ in range(2)
    )


def _table(runs: int, observations: int, n: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    table = torch.rand((runs, observations, n), generator=generator, dtype=DOUBLE)
    table[..., 0] *= (
        torch.rand(table.shape[:-1], generator=generator) < 0.5
    )  # some are never played
    table += torch.nn.functional.one_hot(torch.tensor(n - 1), n) * 0.01
    return table / table.sum(-1, keepdim=True)


def _arena(seed: int, *, m: int = 3, n: int = 2, runs: int = 2, **settings: object) -> MatrixArena:
    leader, follower = _game(runs, m, n, seed)
    return MatrixArena(leader_payoffs=leader, follower_payoffs=follower, **settings)  # type: ignore[arg-type]


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 5))
def test_drawn_actions_are_possible_and_as_frequent_as_their_probability(
    seed: int, observations: int, n: int
) -> None:
    table = _table(1, observations, n, seed)
    observation = torch.arange(MANY)[None] % observations
    drawn = draw(table, observation, Stream.of_seeds([seed]).uniform(MANY))
    chances = table[0][observation[0], drawn[0]]
    assert (chances > 0).all()
    for at in range(observations):
        counts = torch.bincount(drawn[0, observation[0] == at], minlength=n)
        assert (counts / counts.sum() - table[0, at]).abs().max() < NEAR * observations**0.5


def test_the_last_level_draws_the_last_possible_action() -> None:
    table = torch.tensor([[[0.1] * 3 + [0.7, 0.0]]], dtype=DOUBLE)
    top = torch.tensor([[1 - 2.0**-53]], dtype=DOUBLE)
    assert draw(table, torch.zeros((1, 1), dtype=torch.int64), top).item() == 3


@pytest.mark.parametrize("information", ["none", "action"])
def test_the_joint_distribution_is_what_is_played(information: str) -> None:
    arena = _arena(1, information=information, batch=MANY)
    leader = _table(2, 1, 3, 2)
    follower = _table(2, arena.follower.observations, 2, 3)
    _, play = arena.play(
        arena.begin(Stream.of_seeds([1, 2])), leader, follower, Stream.of_seeds([3, 4])
    )
    for run in range(2):
        for i in range(3):
            reply = follower[run, i if information == "action" else 0]
            expected = leader[run, 0, i] * reply
            assert torch.allclose(play.joint[run, i], expected, atol=1e-15)
            moved = (play.leader.rollout.action[run].flatten() == i)[:, None]
            met = play.follower.rollout.action[run].flatten()[:, None] == torch.arange(2)
            assert ((moved & met).to(DOUBLE).mean(0) - expected).abs().max() < NEAR


@pytest.mark.parametrize("information", ["none", "action"])
def test_rewards_are_the_payoffs_of_the_actions_played(information: str) -> None:
    arena = _arena(4, information=information, batch=50)
    follower = _table(2, arena.follower.observations, 2, 6)
    seeds = Stream.of_seeds([1, 2])
    _, play = arena.play(arena.begin(seeds), _table(2, 1, 3, 5), follower, seeds)
    for run in range(2):
        i = play.leader.rollout.action[run].flatten()
        j = play.follower.rollout.action[run].flatten()
        assert torch.equal(
            play.leader.rollout.reward[run].flatten(), arena.leader_payoffs[run][i, j]
        )
        assert torch.equal(
            play.follower.rollout.reward[run].flatten(), arena.follower_payoffs[run][i, j]
        )
        if information == "action":
            assert torch.equal(play.follower.rollout.observation[run].flatten(), i)
            assert play.follower.visited[run].tolist() == [k in i for k in range(3)]


@pytest.mark.parametrize("information", ["none", "action"])
@pytest.mark.parametrize("feedback", ["batch", "bandit"])
def test_estimated_rewards_are_unbiased(information: str, feedback: str) -> None:
    """The mean over many iterations of a small batch is the expected feedback."""
    runs, m, n = 4000, 3, 2
    a, b = _game(1, m, n, 7)
    a, b = (payoffs.expand(runs, m, n) for payoffs in (a, b))
    truth = MatrixArena(
        leader_payoffs=a,
        follower_payoffs=b,
        information=information,  # type: ignore[arg-type]
        batch=4,
    )
    noisy = MatrixArena(
        leader_payoffs=a,
        follower_payoffs=b,
        information=information,  # type: ignore[arg-type]
        feedback=feedback,  # type: ignore[arg-type]
        batch=4,
    )
    leader = torch.tensor([[[0.5, 0.3, 0.2]]], dtype=DOUBLE).expand(runs, 1, m)
    count = truth.follower.observations
    follower = torch.tensor([0.6, 0.4], dtype=DOUBLE).expand(runs, count, n)
    seeds = Stream.of_seeds(range(runs))
    _, exact = truth.play(truth.begin(seeds), leader, follower, seeds)
    _, seen = noisy.play(noisy.begin(seeds), leader, follower, seeds)
    near = 5 * 9 / 0.2 / (4 * runs) ** 0.5  # payoffs up to 9, probabilities from 0.2
    gap = seen.leader.rewards().mean(0) - exact.leader.rewards().mean(0)
    assert gap.abs().max() < near
    met = seen.follower.visited[..., None]  # an observation that was not met says nothing
    mean = (seen.follower.rewards() * met).sum(0) / met.sum(0)
    assert (mean - exact.follower.rewards().mean(0)).abs().max() < 2 * near


def test_with_memory_the_leader_observes_the_last_joint_action() -> None:
    arena = _arena(8, batch=60, memory=True, chains=4)
    leader, follower = _table(2, 6, 3, 9), _table(2, 1, 2, 10)
    seeds = Stream.of_seeds([1, 2])
    start = arena.begin(seeds)
    carried, play = arena.play(start, leader, follower, seeds)
    steps = play.leader.rollout
    joint = steps.action * 2 + play.follower.rollout.action
    assert torch.equal(steps.observation[..., 0], start)
    assert torch.equal(steps.observation[..., 1:], joint[..., :-1])
    assert torch.equal(carried, joint[..., -1])
    assert steps.last is not None
    assert torch.equal(steps.last, carried)
    assert steps.ended is not None
    assert not steps.ended.any()
    seen = torch.stack([leader[run, steps.observation[run].flatten()].mean(0) for run in range(2)])
    assert torch.allclose(play.joint.sum(2), seen, atol=1e-15)


def test_a_run_alone_draws_what_it_draws_in_a_batch() -> None:
    together = _arena(11, runs=3, batch=20)
    leader, follower = _table(3, 1, 3, 12), _table(3, 1, 2, 13)
    _, whole = together.play(
        together.begin(Stream.of_seeds([5, 6, 7])), leader, follower, Stream.of_seeds([5, 6, 7])
    )
    alone = MatrixArena(
        leader_payoffs=together.leader_payoffs[1:2],
        follower_payoffs=together.follower_payoffs[1:2],
        batch=20,
    )
    seed = Stream.of_seeds([6])
    _, single = alone.play(alone.begin(seed), leader[1:2], follower[1:2], seed)
    assert torch.equal(single.leader.rollout.action[0], whole.leader.rollout.action[1])
    assert torch.equal(single.joint[0], whole.joint[1])
