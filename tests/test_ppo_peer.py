"""Stable-Baselines3's PPO beside ours in the same Gymnasium environments: the same curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="PPO needs extra `dynamics`")
pytest.importorskip("gymnasium", reason="extra `envs` is not installed")

import gymnasium
import torch

from dynamics.envs.bandit import MacroBandit
from dynamics.learners.ppo import PPO
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream
from stackel.catalog import load

pytestmark = [pytest.mark.peer, pytest.mark.slow]
SEEDS = 10
ITERATIONS = 16
CHAINS, STEPS = 64, 4
"""Environments side by side and steps each an iteration: 256 rounds."""
SPREAD = 4.0
"""Standard errors, of the difference of two means over seeds, that count as agreement: with some
forty of them compared, chance breaks it once in four hundred times."""
FLOOR = 0.01
"""Difference of probabilities that is no difference whatever the spread."""


class Rounds(gymnasium.Env[int, Any]):
    """The leader of a matrix game, round after round; who follows is in the subclasses."""

    observations = 1

    def __init__(self) -> None:
        self.bandit = MacroBandit(load("table1/battle").game)  # type: ignore[arg-type]
        self.action_space = self.bandit.action_space("leader_0")
        self.observation_space: Any = gymnasium.spaces.Discrete(self.observations)

    def pay(self, leader: int, follower: int) -> float:
        self.bandit.reset(seed=0)
        paid = self.bandit.step({"leader_0": leader, "follower_0": follower})[1]
        return paid["leader_0"]


class FixedMix(Rounds):
    """A follower that draws its action evenly, in episodes of one round."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        return 0, {}

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict[str, Any]]:
        reward = self.pay(int(action), int(self.np_random.integers(2)))
        return 0, reward, True, False, {}


class Imitator(Rounds):
    """A follower that repeats the leader's last action, for ever; the leader observes it."""

    observations = 2
    last = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.last = int(self.np_random.integers(2))
        return self.last, {}

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict[str, Any]]:
        reward = self.pay(int(action), self.last)
        self.last = int(action)
        return self.last, reward, False, False, {}


def ours(make: Callable[[], Rounds], ppo: PPO) -> np.ndarray:
    """Probability of the first action, its mean over observations: (seeds, iterations)."""
    stream = Stream.of_seeds(range(SEEDS))
    state = ppo.init(stream)
    envs = [[make() for _ in range(CHAINS)] for _ in range(SEEDS)]
    seen = torch.tensor(
        [
            [env.reset(seed=1000 * run + number)[0] for number, env in enumerate(row)]
            for run, row in enumerate(envs)
        ]
    )
    curve = []
    for iteration in range(1, ITERATIONS + 1):
        mix = ppo.strategy(state)
        levels = stream.at(2, iteration).uniform(CHAINS * STEPS).reshape(SEEDS, CHAINS, STEPS)
        steps: list[tuple[torch.Tensor, ...]] = []
        for step in range(STEPS):
            first = mix[..., 0].gather(1, seen)
            action = (levels[..., step] >= first).long()
            found = [
                [env.step(a) for env, a in zip(row, own, strict=True)]
                for row, own in zip(envs, action.tolist(), strict=True)
            ]
            reward = torch.tensor([[each[1] for each in row] for row in found])
            ended = torch.tensor([[each[2] for each in row] for row in found])
            steps.append((seen, action, reward, ended))
            seen = torch.tensor([[each[0] for each in row] for row in found])
        observed, actions, rewards, ends = (torch.stack(x, -1) for x in zip(*steps, strict=True))
        play = Rollout(observation=observed, action=actions, reward=rewards, ended=ends, last=seen)
        state = ppo.update(state, play, shuffle=Stream.of_seeds([0]).at(iteration))
        curve.append(ppo.strategy(state)[..., 0].mean(1).numpy())
    return np.stack(curve, 1)


def theirs(make: Callable[[], Rounds]) -> np.ndarray:
    """The same with Stable-Baselines3, which is told the same settings."""
    sb3 = pytest.importorskip("stable_baselines3", reason="extra peers is not installed")
    from stable_baselines3.common.vec_env import DummyVecEnv

    curves = []
    for seed in range(SEEDS):
        model = sb3.PPO(
            "MlpPolicy",
            DummyVecEnv([make] * CHAINS),
            learning_rate=3e-4,
            n_steps=STEPS,
            batch_size=64,
            n_epochs=4,
            gamma=0.99,
            gae_lambda=0.95,
            clip_range=0.2,
            ent_coef=0.01,
            vf_coef=0.5,
            max_grad_norm=0.5,
            seed=seed,
            device="cpu",
            policy_kwargs={
                "net_arch": {"pi": [128, 128], "vf": [128, 128]},
                "activation_fn": torch.nn.Tanh,
                "optimizer_class": torch.optim.AdamW,
                "optimizer_kwargs": {"weight_decay": 0.01},
            },
        )
        everything = torch.arange(model.observation_space.n)
        curve = []
        for _ in range(ITERATIONS):
            model.learn(CHAINS * STEPS, reset_num_timesteps=False)
            with torch.no_grad():
                mix = model.policy.get_distribution(everything).distribution.probs
            curve.append(float(mix[:, 0].mean()))
        curves.append(curve)
    return np.array(curves)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference of the means over seeds, in what counts as agreement."""
    errors = np.sqrt((one.var(0, ddof=1) + other.var(0, ddof=1)) / SEEDS)
    return float((np.abs(one.mean(0) - other.mean(0)) / (SPREAD * errors + FLOOR)).max())


def until(curves: np.ndarray, level: float) -> np.ndarray:
    """The first iteration after which the probability is at least ``level``, one a seed."""
    reached = curves >= level
    return np.where(reached.any(1), reached.argmax(1) + 1.0, ITERATIONS + 1.0)[:, None]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", [FixedMix, Imitator], ids=["fixed mix", "imitator"])
def test_learning_curves_are_the_same(make: type[Rounds]) -> None:
    ppo = PPO(actions=2, features=torch.eye(make.observations))
    peer = theirs(make)
    mine = ours(make, ppo)
    assert mine[:, -1].mean() > 0.9  # they have learnt what pays
    assert apart(mine, peer) < 1
    assert apart(until(mine, 0.9), until(peer, 0.9)) < 1
    # the comparison can tell PPOs apart
    assert apart(ours(make, replace(ppo, epochs=3)), peer) > 1
    assert apart(ours(make, replace(ppo, clip=0.05)), peer) > 1
