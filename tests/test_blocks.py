"""Blocks of a committed leader: what they pay, how long they are, where they lead."""

from __future__ import annotations

from fractions import Fraction
from math import comb, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bimatrix_games

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import torch

from dynamics.blocks import (
    MOST_COMMITMENTS,
    block_length,
    block_replies,
    commitments,
)
from dynamics.learners import Fixed, Full, Hedge, NoSwapRegret, RegretMatching, Schedule
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame


@given(st.integers(1, 7), st.sampled_from([0.02, 0.05, 0.3, 1.0]))
def test_commitments_are_all_mixes_with_one_denominator(m: int, inward: float) -> None:
    mixes = commitments(m, inward)
    assert len(mixes) <= MOST_COMMITMENTS
    assert (mixes >= 0).all()
    assert (mixes.sum(1) - 1).abs().max() < 1e-12
    smallest = mixes[mixes > 0].min()
    parts = round(1 / float(smallest))
    assert len({tuple((mix * parts).round().tolist()) for mix in mixes}) == len(mixes)
    assert len(mixes) == comb(parts + m - 1, m - 1)
    pure = mixes[(mixes == 1).any(1)]
    assert len(pure) == m


def test_a_leader_with_too_many_actions_is_told_so() -> None:
    with pytest.raises(InvalidGameError, match="at most 2000 mixes"):
        commitments(100, 0.1)


@given(st.integers(2, 6), st.sampled_from([0.1, 0.2, 0.3]))
def test_a_block_is_just_long_enough_for_the_regret_bound(n: int, inward: float) -> None:
    for kind in (Hedge, NoSwapRegret):

        def learner(rounds: int, kind: type = kind) -> Hedge:
            tuned: Hedge = kind().tuned(n, horizon=rounds)
            return tuned

        rounds = block_length(learner, n, inward)
        bound = learner(rounds).regret_bound(rounds, n) / rounds
        before = learner(rounds - 1).regret_bound(rounds - 1, n) / (rounds - 1)
        assert bound <= inward**2 < before
    hedge = block_length(lambda rounds: Hedge().tuned(n, horizon=rounds), n, inward)
    assert abs(hedge - log(n) / (2 * inward**4)) <= 1


@pytest.mark.parametrize("follower", [RegretMatching(), Fixed(mix=(0.5, 0.5))], ids=["rm", "fixed"])
def test_a_follower_whose_bound_never_suffices_is_refused(follower: object) -> None:
    with pytest.raises(InvalidGameError, match=r"regret bound|at most"):
        block_length(lambda rounds: follower, 2, 1e-3)  # type: ignore[arg-type, return-value]


@given(bimatrix_games(min_side=2, max_side=4, kinds=("generic", "tied", "duplicated")))
def test_replies_within_a_block_obey_the_regret_bound(game: BimatrixGame) -> None:
    """The share of replies that are worse by g is at most C(K) / (K g): the proof's one step."""
    m, n = game.shape
    payoffs = torch.from_numpy(game.follower.copy())[None]
    span = float(payoffs.max() - payoffs.min()) or 1.0
    rounds = 200
    hedge = Hedge().tuned(n, horizon=rounds, reward_range=span)
    mixes = commitments(m, 0.5)
    replies = block_replies(hedge, mixes, payoffs, rounds)[0]
    rewards = mixes @ payoffs[0]
    regret = rounds * (rewards.amax(1) - (replies * rewards).sum(1))
    bound = float(hedge.regret_bound(rounds, n, span))
    assert (regret <= bound + 1e-9 * span * rounds).all()
    assert (replies.sum(1) - 1).abs().max() < 1e-9


def test_a_block_average_is_the_average_of_its_rounds() -> None:
    """Hedge against a fixed mix in closed form: weights exp(eta t r)."""
    payoffs = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]], dtype=torch.float64)
    mixes = torch.tensor([[0.75, 0.25]], dtype=torch.float64)
    hedge = Hedge().tuned(2, horizon=50)
    found = block_replies(hedge, mixes, payoffs, 50)[0, 0]
    eta = (8 * log(2) / 50) ** 0.5
    weights = torch.exp(eta * torch.arange(50, dtype=torch.float64)[:, None] * (mixes @ payoffs[0]))
    assert torch.allclose(found, (weights / weights.sum(1, keepdim=True)).mean(0), atol=1e-12)


@given(
    bimatrix_games(min_side=2, max_side=4, kinds=("generic", "tied", "duplicated")),
    st.integers(1, 400),
    st.floats(1e-3, 3.0),
    st.integers(1, 50),
)
def test_hedge_in_closed_form_is_hedge_round_by_round(
    game: BimatrixGame, rounds: int, rate: float, together: int
) -> None:
    payoffs = torch.from_numpy(game.follower.copy())[None]
    mixes = commitments(game.shape[0], 0.7)
    schedule = Schedule(initial=rate)
    found = block_replies(Hedge(rate=schedule), mixes, payoffs, rounds)
    state = Hedge().init(found.shape[:2], found.shape[2])
    played = torch.zeros_like(found)
    for _ in range(rounds):
        played += Hedge(rate=schedule).strategy(state)
        state = Hedge().update(state, Full(rewards=mixes @ payoffs))
    assert (found - played / rounds).abs().max() < 1e-12
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dynamics.blocks.AT_ONCE", found.numel() * together)
        pieces = block_replies(Hedge(rate=schedule), mixes, payoffs, rounds)
    assert (found - pieces).abs().max() < 1e-12


def test_a_falling_rate_is_played_round_by_round() -> None:
    payoffs = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]], dtype=torch.float64)
    mixes = torch.tensor([[0.9, 0.1]], dtype=torch.float64)
    rounds = torch.arange(1, 31, dtype=torch.float64)
    gained = (0.8 * (rounds - 1) * 0.7 * rounds**-0.5).sigmoid().mean()
    hedge = Hedge(rate=Schedule(initial=0.7, power=0.5))
    assert float(block_replies(hedge, mixes, payoffs, 30)[0, 0, 0]) == pytest.approx(
        float(gained), abs=1e-12
    )


def test_no_commitment_of_the_grid_beats_the_stackelberg_value_by_more_than_the_bound() -> None:
    """Deng, Schneider and Sivan: a held commitment exploits no mean-based learner beyond V."""
    import stackel

    solution = stackel.solve("deng_schneider_sivan_2019", concept="sse")
    value = solution.sse.leader_value
    assert isinstance(value, Fraction)
    leader = torch.from_numpy(solution.game.leader.copy())
    payoffs = torch.from_numpy(solution.game.follower.copy())[None]
    rounds, span = 2000, float(payoffs.max() - payoffs.min())
    hedge = Hedge().tuned(3, horizon=rounds, reward_range=span)
    mixes = commitments(2, 0.05)
    replies = block_replies(hedge, mixes, payoffs, rounds)[0]
    earned = torch.einsum("ci,ij,cj->c", mixes, leader, replies)
    gaps = (mixes @ payoffs[0]).amax(1, keepdim=True) - mixes @ payoffs[0]
    for i in range(len(mixes)):
        clear = gaps[i][gaps[i] > 1e-9]
        share = float(hedge.regret_bound(rounds, 3, span)) / (rounds * float(clear.min()))
        assert earned[i] <= float(value) + 4 * min(share, 1) + 1e-9
