"""Swap and policy regret, recorded where they are asked for, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import bimatrix_games

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import stackel
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame


@settings(max_examples=15)
@given(bimatrix_games(min_side=2, max_side=3), st.integers(0, 99))
def test_swap_regret_is_that_of_the_average_play(game: BimatrixGame, seed: int) -> None:
    """One Hedge a side, expected play: the joint distributions are products of the logged mixes."""
    run = stackel.train(game, preset="hedge-hedge", iterations=12, seed=seed, swap_regret=True).data
    p, q = run.leader_policy.values[0], run.follower_policy.values[0]
    joint = np.einsum("ti,tj->ij", p, q)
    size = 12 * float(np.abs(game.leader).max() + 1)
    for name, weights, payoffs in (
        ("leader_swap_regret", joint, game.leader),
        ("follower_swap_regret", joint.T, game.follower.T),
    ):
        best = 0.0
        for played in range(len(weights)):
            gains = [
                (weights[played] * (payoffs[other] - payoffs[played])).sum()
                for other in range(len(weights))
            ]
            best += max(gains)
        scale = size if name.startswith("leader") else 12 * float(np.abs(payoffs).max() + 1)
        assert float(run[name][0, -1]) == pytest.approx(best, abs=1e-9 * scale)
    assert float(run.leader_swap_regret[0, -1]) >= float(run.leader_regret[0, -1]) - 1e-9 * size


def test_policy_regret_against_a_best_response_is_t_times_the_pure_value() -> None:
    run = stackel.train(
        "conitzer_sandholm_2006", preset="best-response", iterations=20, seed=0,
        policy_regret=True, hidden=8, batch=32, minibatch=16,
    ).data  # fmt: skip
    expected = 20 * (3 - float(run.leader_average[0, -1]))  # committing to row 2 pays 3 a round
    assert float(run.leader_policy_regret[0]) == pytest.approx(expected, abs=1e-9)


def test_policy_regret_counts_how_hedge_reacts() -> None:
    """Against Hedge with rate eta, row 1 of Battle for ever: its share of column 1 is logistic."""
    eta, rounds = 0.3, 40
    run = stackel.train(
        "battle", preset="ald", iterations=rounds, seed=1, policy_regret=True, eta=eta,
        hidden=8, batch=32, minibatch=16,
    ).data  # fmt: skip
    time = np.arange(rounds)
    first = (5 / (1 + np.exp(-eta * time))).sum()
    second = (2 / (1 + np.exp(-2 * eta * time))).sum()
    earned = rounds * float(run.leader_average[0, -1])
    assert float(run.leader_policy_regret[0]) == pytest.approx(
        max(first, second) - earned, abs=1e-9
    )


@pytest.mark.parametrize(
    ("game", "changed"),
    [
        ("battle", {"preset": "symmetric", "policy_regret": True}),
        ("battle", {"preset": "ald-observed", "policy_regret": True}),
        ("battle", {"preset": "committed-ald", "policy_regret": True}),
        ("battle", {"preset": "ald", "every": 3, "policy_regret": True}),
        ("gridworld-small", {"preset": "ald", "policy_regret": True}),
        ("gridworld-small", {"preset": "ald", "swap_regret": True}),
    ],
)
def test_a_regret_without_meaning_is_refused(game: str, changed: dict[str, object]) -> None:
    with pytest.raises(InvalidGameError, match="regret needs a matrix game"):
        stackel.train(game, iterations=5, **changed)  # type: ignore[arg-type]
