"""What PPO is timed against: Stable-Baselines3, and one run as one would write it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from stackel.catalog import load
from stackel.game import BimatrixGame

GAME = "table1/battle"


def payoffs() -> tuple[np.ndarray, np.ndarray]:
    """The leader's and the follower's payoffs of the game that is played."""
    game = load(GAME).game
    assert isinstance(game, BimatrixGame)
    return np.array(game.leader), np.array(game.follower)


class Plain:
    """One run as one would write it: modules, autograd and an optimiser of torch's, no logging."""

    def __init__(self, batch: int) -> None:
        torch.manual_seed(0)
        self.payoffs, self.replies = (torch.from_numpy(each).float() for each in payoffs())
        self.batch = batch
        self.hedge = torch.zeros(2)
        self.actor, self.critic = _module(2), _module(1)
        self.parameters = [*self.actor.parameters(), *self.critic.parameters()]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=3e-4)

    def __call__(self) -> int:
        """One iteration."""
        seen = torch.ones(self.batch, 1)
        with torch.no_grad():
            log_mix = torch.log_softmax(self.actor(seen), -1)
            i = torch.multinomial(log_mix.exp(), 1)[:, 0]
            j = torch.multinomial(self.hedge.softmax(0), self.batch, replacement=True)
            old = log_mix.gather(-1, i[:, None])[:, 0]
            reward = self.payoffs[i, j]
            gain = reward - self.critic(seen)[:, 0]
        for _ in range(4):
            for picked in torch.randperm(self.batch).reshape(-1, 64):
                log_mix = torch.log_softmax(self.actor(seen[picked]), -1)
                ratio = (log_mix.gather(-1, i[picked, None])[:, 0] - old[picked]).exp()
                here = gain[picked]
                here = (here - here.mean()) / (here.std() + 1e-8)
                surrogate = torch.min(ratio * here, ratio.clamp(0.8, 1.2) * here).mean()
                error = (self.critic(seen[picked])[:, 0] - reward[picked]).square().mean()
                entropy = -(log_mix.exp() * log_mix).sum(-1).mean()
                self.optimiser.zero_grad()
                (0.5 * error - surrogate - 0.01 * entropy).backward()
                torch.nn.utils.clip_grad_norm_(self.parameters, 0.5)
                self.optimiser.step()
        self.hedge += 0.05 * self.replies[i].mean(0)
        return 1


class Baselines:
    """Stable-Baselines3 in a Gymnasium environment of the same game, the follower's mix fixed."""

    def __init__(self, batch: int, environments: int) -> None:
        import gymnasium
        from stable_baselines3 import PPO as Theirs
        from stable_baselines3.common.vec_env import DummyVecEnv

        leader, _ = payoffs()

        class Rounds(gymnasium.Env[np.ndarray, Any]):
            action_space: Any = gymnasium.spaces.Discrete(2)
            observation_space: Any = gymnasium.spaces.Box(0, 1, (1,))
            seen = np.ones(1, np.float32)

            def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, Any]:
                super().reset(seed=seed)
                return self.seen, {}

            def step(self, action: Any) -> tuple[Any, float, bool, bool, Any]:
                reward = float(leader[int(action), int(self.np_random.random() < 0.5)])
                return self.seen, reward, True, False, {}

        self.batch = batch
        self.model = Theirs(
            "MlpPolicy",
            DummyVecEnv([Rounds] * environments),
            n_steps=batch // environments,
            batch_size=64,
            n_epochs=4,
            ent_coef=0.01,
            seed=0,
            device="cpu",
            policy_kwargs={
                "net_arch": {"pi": [128, 128], "vf": [128, 128]},
                "optimizer_class": torch.optim.AdamW,
                "optimizer_kwargs": {"weight_decay": 0.01},
            },
        )

    def __call__(self) -> int:
        """One iteration."""
        self.model.learn(self.batch, reset_num_timesteps=False)
        return 1


def _module(outputs: int) -> torch.nn.Module:
    linear, tanh = torch.nn.Linear, torch.nn.Tanh
    return torch.nn.Sequential(
        linear(1, 128), tanh(), linear(128, 128), tanh(), linear(128, outputs)
    )
