"""Gridworld environments: views and opponents agree, seeds repeat, the APIs' own tests pass."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from corridors import STAY, E, S, named, two_targets
from gridworlds import KINDS, random_game
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("gymnasium", reason="the environments need extra `envs`")
pytest.importorskip("pettingzoo", reason="the environments need extra `envs`")

from gymnasium.utils.env_checker import check_env
from pettingzoo.test import (  # type: ignore[import-untyped, unused-ignore]
    api_test,
    parallel_api_test,
    seed_test,
)

from dynamics.envs import (
    BestResponder,
    Commitment,
    FollowerEnv,
    LeaderEnv,
    MacroBandit,
    Route,
    Walk,
    macro_game,
    security_game_v0,
)
from dynamics.macro_game import expected_payoffs
from solvers.gridworld.normal_form import normal_form
from solvers.gridworld.origami import origami
from stackel.api import solve
from stackel.catalog import load
from stackel.errors import InvalidGameError
from stackel.gridworld import NO_ATTACK, Cell


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(sorted(KINDS)))
def test_macro_game_is_the_normal_form(seed: int, kind: str) -> None:
    game = random_game(Random(seed), kind=kind)
    ours, theirs = macro_game(game), normal_form(game)
    for mine, other in (
        (ours.leader_exact, theirs.leader_exact),
        (ours.follower_exact, theirs.follower_exact),
    ):
        assert (mine.rows, mine.scale) == (other.rows, other.scale)


def test_macro_bandit_pays_the_matrix() -> None:
    matrix = macro_game(named("gridworld"))
    env = MacroBandit(matrix)
    for i, j in product(*map(range, matrix.shape)):
        env.reset(seed=0)
        _, paid, terminated, _, _ = env.step({"leader_0": i, "follower_0": j})
        assert paid == {"leader_0": matrix.leader[i, j], "follower_0": matrix.follower[i, j]}
        assert all(terminated.values())
        assert not env.agents


def test_routes_decide_where_paths_are_intercepted() -> None:
    game = two_targets(interception="path")
    macros = [Route(game, ["S"] * 3 + ["E"], declares=1), Route(game, ["E"] + ["S"] * 3)]
    matrix = macro_game(game, allocations=[[(1, 0)], [(1, 1)], [(0, 0)]], macros=macros)
    assert matrix.follower.tolist() == [[0, 3], [3, 0], [3, 3]]
    assert matrix.leader.tolist() == [[0, -6], [-6, 0], [-6, -6]]


def test_expected_payoffs_are_the_mean_of_episodes_in_the_wind() -> None:
    game = named("gridworld-wind")
    walk = Walk(game, 4)
    cells = [(7, 3), (3, 2)]
    expected = expected_payoffs(game, cells, walk)
    env = LeaderEnv(game, follower=walk)
    env.reset(seed=5)
    returns = []
    for _ in range(1000):
        env.reset()
        env.step(np.int64(73))
        returns.append(env.step(np.int64(32))[1])
    error = np.std(returns) / np.sqrt(len(returns))
    assert abs(np.mean(returns) - float(expected[0])) < 4 * error


def test_solution_plays_as_it_promises() -> None:
    """Drawing from the mix of the strong equilibrium earns the follower its value on average."""
    game = named("gridworld")
    answer = origami(game)
    assert answer.allocation_mix is not None
    env = FollowerEnv(game, leader=answer.allocation_mix, information="commitment")
    player = BestResponder(game, answer.allocation_mix)
    returns = []
    env.reset(seed=11)
    for _ in range(300):
        env.reset()
        reward = 0.0
        while env.episode.ending is None:
            reward = env.step(np.int64(player.act(env.episode)))[1]
        returns.append(reward)
    error = np.std(returns) / np.sqrt(len(returns))
    assert abs(np.mean(returns) - float(answer.follower_value)) < 4 * error


def test_best_responder_earns_the_value_of_a_mix_of_cells_that_intercept_paths() -> None:
    game: Any = load("gridworld-bottleneck").game
    answer: Any = solve(game, concept="sse").sse
    player = BestResponder(game, answer.allocation_mix)
    earned = 0.0
    for allocation in answer.allocation_mix:
        env = FollowerEnv(
            game,
            leader=allocation.cells,
            information="commitment",
            commitment=answer.allocation_mix,
        )
        env.reset(seed=0)
        reward, over = 0.0, False
        while not over:
            _, reward, over, _, _ = env.step(np.int64(player.act(env.episode)))
        earned += float(allocation.probability) * reward
    assert earned == pytest.approx(8 / 15)
    assert answer.follower_value == Fraction(8, 15)
    drawn = FollowerEnv(game, leader=answer.allocation_mix, information="commitment")
    assert isinstance(drawn.leader, Commitment)
    assert drawn.leader.allocations == tuple(a.cells for a in answer.allocation_mix)


def test_step_before_reset_is_refused() -> None:
    for env in (LeaderEnv(two_targets(), 0), FollowerEnv(two_targets(), [(0, 1)])):
        with pytest.raises(InvalidGameError, match="must be reset before its first step"):
            env.step(np.int64(0))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(security_game_v0, id="two-players"),
        pytest.param(BestResponder, id="best-responder"),
        pytest.param(lambda game: LeaderEnv(game, 0), id="leader"),
        pytest.param(lambda game: FollowerEnv(game, [(0, 1)]), id="follower"),
    ],
)
@pytest.mark.parametrize(
    "game",
    [
        pytest.param("gridworld-small", id="a-name"),
        pytest.param(load("battle").game, id="a-matrix-game"),
    ],
)
def test_only_gridworld_games_are_played(make: Any, game: Any) -> None:
    with pytest.raises(InvalidGameError, match="needs a GridworldGame"):
        make(game)


def test_unknown_ties_are_refused() -> None:
    ties: Any = "x"
    with pytest.raises(InvalidGameError, match="ties must be one of strong, weak, got 'x'"):
        BestResponder(two_targets(), ties=ties)


def test_allocations_are_drawn_as_committed() -> None:
    mix: dict[tuple[Cell, ...], Fraction] = {
        ((0, 1),): Fraction(1, 10),
        ((0, 2),): Fraction(3, 10),
        ((0, 3),): Fraction(6, 10),
    }
    commitment = Commitment.read(two_targets(), mix)
    rng = np.random.default_rng(8)
    rounds = 20_000
    drawn = [commitment.draw(rng) for _ in range(rounds)]
    for cells, chance in mix.items():
        spread = float(chance * (1 - chance) / rounds) ** 0.5
        assert abs(drawn.count(cells) / rounds - chance) < 4 * spread


def test_mix_of_outcomes_is_drawn_as_given() -> None:
    game = two_targets()
    env = LeaderEnv(game, follower={0: "1/4", 1: "1/2", NO_ATTACK: "1/4"})
    env.reset(seed=2)
    rounds = 2000
    met = []
    for _ in range(rounds):
        env.reset()
        met.append(env.step(np.int64(0))[4]["target"])
    for outcome, chance in ((0, 0.25), (1, 0.5), (NO_ATTACK, 0.25)):
        spread = (chance * (1 - chance) / rounds) ** 0.5
        assert abs(met.count(outcome) / rounds - chance) < 4 * spread


def test_policies_from_outside_play_either_side() -> None:
    game = two_targets(defenders=2)

    def east_then_south(observation: Any, mask: Any, rng: np.random.Generator) -> int:
        column = int(observation[:16].argmax()) % 4
        return E if column < 3 else S

    env = LeaderEnv(game, follower=east_then_south)
    env.reset(seed=0)
    env.step(np.int64(0))
    assert env.step(np.int64(13))[1] == -2

    def first_free(observation: Any, mask: Any, rng: np.random.Generator) -> int:
        return int(mask.argmax())

    seat = FollowerEnv(game, leader=first_free)
    seat.reset(seed=0)
    assert seat.episode.placed == [(0, 0), (0, 1)]
    with pytest.raises(InvalidGameError, match="must be shown one"):
        FollowerEnv(game, leader=first_free, information="commitment")


@pytest.mark.parametrize(
    "follower",
    [
        pytest.param(2, id="no-such-target"),
        pytest.param({0: 0.5, 1: 0.4}, id="mix-without-sum-1"),
        pytest.param("walk", id="a-word"),
    ],
)
def test_bad_follower_is_refused(follower: Any) -> None:
    with pytest.raises(InvalidGameError):
        LeaderEnv(two_targets(), follower=follower)


def test_illegal_action_is_read_as_the_next_legal_one() -> None:
    env = LeaderEnv(two_targets(defenders=3), follower=NO_ATTACK)
    env.reset(seed=0)
    for action in (15, 15, 15):
        env.step(np.int64(action))
    assert env.episode.placed == [(3, 3), (0, 0), (0, 1)]
    assert env.action_masks().sum() == 0
    with pytest.raises(InvalidGameError, match="must be reset"):
        env.step(np.int64(0))


def _trace(env: Any, seed: int | None, episodes: int = 5) -> list[Any]:
    """Everything a fixed sequence of actions brings about."""
    rng = np.random.default_rng(0)
    trace: list[Any] = []
    for number in range(episodes):
        observation, info = env.reset(seed=seed if number == 0 else None)
        trace.append(observation.tolist())
        over = False
        while not over:
            action = rng.integers(env.action_space.n)
            observation, reward, over, _, info = env.step(action)
            trace.append([observation.tolist(), reward, info["action_mask"].tolist()])
    return trace


def _sides() -> dict[str, Any]:
    game = named("gridworld-wind")
    coverage = ["1/5", "1/5", "2/5", "3/5", "3/5"]
    declared = replace(game, attack_rule="declared")
    return {
        "follower": lambda: FollowerEnv(game, leader=coverage),
        "follower-declares": lambda: FollowerEnv(
            declared, leader=coverage, information="commitment", render_mode="ansi"
        ),
        "follower-sees-nothing": lambda: FollowerEnv(
            named("gridworld-bottleneck"),
            leader={((2, 2), (1, 1)): 0.5, ((2, 1), (3, 3)): 0.5},
            information="none",
        ),
        "leader": lambda: LeaderEnv(game, follower={0: 0.5, 4: 0.5}, render_mode="ansi"),
        "leader-declared": lambda: LeaderEnv(declared, follower=NO_ATTACK),
    }


SIDES = [pytest.param(make, id=name) for name, make in _sides().items()]


@pytest.mark.parametrize("make", SIDES)
def test_seed_repeats_bit_for_bit_and_entropy_is_recorded(make: Any) -> None:
    assert _trace(make(), 7) == _trace(make(), 7)
    unseeded = make()
    trace = _trace(unseeded, None)
    assert _trace(make(), unseeded.np_random_seed) == trace


def test_two_player_game_records_its_entropy() -> None:
    env, other = (security_game_v0(named("gridworld-wind")) for _ in range(2))

    def walk(env: Any, seed: int | None) -> list[Cell]:
        env.reset(seed=seed)
        env.step(0)
        env.step(1)
        cells = []
        while env.agent_selection == "follower_0":
            env.step(STAY)
            cells.append(env.unwrapped.episode.cell)
        return cells

    first = walk(env, None)
    seed = env.unwrapped.np_random_seed
    second = walk(env, None)
    assert [walk(other, seed), walk(other, None)] == [first, second]
    assert env.unwrapped.np_random_seed == seed, "later resets continue the stream"


@pytest.mark.parametrize("make", SIDES)
def test_gymnasium_accepts_both_sides(make: Any) -> None:
    check_env(make(), skip_render_check=True)  # rendering is checked below, without a registry


@pytest.mark.parametrize("information", ["action", "commitment", "none"])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="default"),
        pytest.param({"attack_rule": "declared", "wind": Fraction(1, 3)}, id="declared-in-wind"),
        pytest.param({"interception": "path", "defenders": 2}, id="paths"),
        pytest.param({"defenders": 0}, id="no-defender"),
    ],
)
def test_pettingzoo_accepts_the_game(
    changes: dict[str, Any], information: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    game = two_targets(**changes)
    cells = [(3, 1), (2, 2)][: game.defenders]

    def make() -> Any:
        return security_game_v0(game, information=information, commitment=cells)

    api_test(make(), num_cycles=30)
    seed_test(make, num_cycles=30)
    assert "Passed API test" in capsys.readouterr().out


def test_pettingzoo_accepts_the_bandit(capsys: pytest.CaptureFixture[str]) -> None:
    parallel_api_test(MacroBandit(macro_game(two_targets())), num_cycles=10)
    assert "Passed" in capsys.readouterr().out


def test_map_is_drawn_as_text() -> None:
    env = FollowerEnv(two_targets(), leader=[(3, 1)], render_mode="ansi")
    env.reset(seed=0)
    for action in (S, S, S):
        env.step(np.int64(action))
    assert env.render() == (
        " S   .   .   .\n .   .   .   0\n .   .   .   .\nA.   1#  .   .\nmove 3 of 6"
    )
    env.step(np.int64(E))
    assert str(env.render()).endswith("move 4 of 6: caught at target 1, leader 0, follower -2")
    with pytest.raises(InvalidGameError, match="render_mode"):
        FollowerEnv(two_targets(), leader=[(3, 1)], render_mode="human")


def test_example_ends_with_the_values_of_the_solution() -> None:
    script = Path(__file__).resolve().parent.parent / "examples" / "gridworld_env.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    frames = done.stdout.split("\n\n")
    assert [frame.splitlines()[-1] for frame in frames[:-1]] == [
        f"move {time} of 6" for time in range(4)
    ]
    assert frames[-1].splitlines()[-2:] == [
        "move 4 of 6: success at target 0, leader -2, follower 5",
        "the attacker gets 13/11 on average, the leader -1/11",
    ]


@pytest.mark.peer
def test_ppo_learns_to_reply() -> None:
    """PPO sees where the defender stands, and learns which target to walk to.

    Measured: it attains the best reply, 41/11, after 8192 steps with each of the seeds 0 to 4.
    Always to walk to the same target earns 13/11.
    """
    stable_baselines3 = pytest.importorskip("stable_baselines3")
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    torch = pytest.importorskip("torch")
    game = two_targets()
    answer = origami(game)
    assert answer.allocation_mix is not None
    mix = Commitment.read(game, answer.allocation_mix)
    rng = np.random.default_rng(4)

    def worth(policy: Any, episodes: int) -> float:
        """The mean return against each allocation, weighted."""
        total = 0.0
        for cells, probability in zip(mix.allocations, mix.probabilities, strict=True):
            env = FollowerEnv(game, leader=cells)
            for _ in range(episodes):
                observation, _ = env.reset(seed=0)
                over = False
                while not over:
                    observation, reward, over, _, _ = env.step(policy(observation))
                    total += float(probability) * reward / episodes
        return total

    seat = FollowerEnv(game, leader=mix)
    checker.check_env(seat)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for so small a net more only wait for each other
    try:
        model = stable_baselines3.PPO(
            "MlpPolicy",
            seat,
            n_steps=1024,
            batch_size=256,
            learning_rate=1e-3,
            gamma=1.0,
            ent_coef=0.05,
            seed=0,
            device="cpu",
        )
        model.learn(16_384)
    finally:
        torch.set_num_threads(threads)
    learned = worth(lambda seen: model.predict(seen, deterministic=True)[0], episodes=1)
    chance = worth(lambda seen: rng.integers(5), episodes=500)
    player = BestResponder(game)
    best = sum(
        probability * player.plan(cells).follower_value
        for cells, probability in zip(mix.allocations, mix.probabilities, strict=True)
    )
    assert best == Fraction(41, 11)
    assert learned > chance + 1
    assert float(best) - 0.5 < learned < float(best) + 1e-9
