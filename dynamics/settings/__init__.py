"""Everything that can be set about a run, and the presets: the paper's algorithms by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

from dynamics.arenas.interface import Feedback, Information
from stackel.errors import InvalidGameError, UnknownNameError, brief


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a run; any of them can be swept. Numbers may differ within a batch of runs.

    Raises
    ------
    InvalidGameError, UnknownNameError
        When a setting breaks its rule.
    """

    leader: str = "ppo"
    """Who leads: ppo, or a learner by its name in ``dynamics.learners.LEARNERS``."""
    follower: str = "hedge"
    """Who follows: ppo, best-response, or another learner by its name."""
    information: Information = "none"
    """What the follower sees of the leader: none, its action, or its commitment."""
    feedback: Feedback = "batch"
    """What tells a tabular learner its rewards: expected (the opponent's mix), batch (its sampled
    actions), or bandit (the rewards of the learner's own sampled actions alone)."""
    batch: int = 256
    """Rounds an iteration, with both policies held."""
    eta: float = 0.05
    """Hedge's learning rate in 1 / payoff units; the paper's for matrix games, and 0.02 by
    default elsewhere."""
    eta_power: float = 0.0
    """How fast it falls: eta * t ** -eta_power."""
    learning_rate: float = 3e-4
    """PPO's learning rate."""
    learning_rate_power: float = 0.0
    """How fast it falls: learning_rate * t ** -learning_rate_power."""
    clip: float = 0.2
    """How far PPO's ratio of probabilities may move."""
    gae_lambda: float = 0.95
    """Decay of PPO's advantage estimates; without effect where episodes have one step."""
    discount: float = 0.99
    """PPO's weight of the next step, times a discounted game's own; without effect where episodes
    have one step."""
    value_weight: float = 0.5
    """Weight of PPO's value loss."""
    entropy_weight: float = 0.01
    """Weight of PPO's entropy bonus."""
    weight_decay: float = 0.01
    """AdamW's weight decay."""
    max_norm: float = 0.5
    """The most that the norm of a gradient of PPO may be."""
    hidden: int = 128
    """Width of PPO's two hidden layers."""
    minibatch: int = 64
    """Samples an optimiser step of PPO."""
    epochs: int = 4
    """PPO's passes over a batch."""
    normalise: bool = True
    """Whether PPO normalises advantages in each minibatch."""
    engine: str = "auto"
    """What makes PPO's optimiser steps: torch, fused (compiled for a CPU), or auto."""
    explore: float = 0.1
    """Q-learning's probability of a random action; 0: greedy."""
    ties: str = "strong"
    """How a best response breaks ties: strong (for the leader), weak (against it), first."""
    search: str = "exact"
    """How a best response is found: exact, or rollouts, from samples of what it does not know."""
    rollouts: int = 100
    """With search rollouts: samples at each state."""
    every: int = 1
    """The follower learns in every such iteration only."""
    after: int = 0
    """The follower begins to learn after this iteration."""
    inward: float = 0.0
    """Above 0 the leader's action is a commitment, held for a block of rounds against a follower
    that starts anew; this step into the reply's region sets the length of a block."""
    memory: bool = False
    """Whether the leader observes the last joint action."""
    chains: int = 16
    """With memory, or where PPO moves an attacker: sequences played side by side; the batch is
    divided among them."""
    episode: int = 20
    """Steps after which an episode of a discounted Markov game is broken off."""
    placement: str = "combination"
    """How a gridworld's leader places its defenders: combination (all at once), or sequential (one
    at a time, seeing those placed so far)."""
    attacker: str = "macro"
    """What a gridworld's follower chooses: macro (a target to walk to, or none), or nodes (each
    move, by time and cell)."""
    swap_regret: bool = False
    """Whether the swap regrets of a matrix game are recorded too."""
    policy_regret: bool = False
    """Whether the leader's policy regret at the end is recorded: what the best pure commitment
    would have earned against this follower, its reactions counted."""

    def __post_init__(self) -> None:
        hints = get_type_hints(Settings)
        for field in fields(self):
            value, kind = getattr(self, field.name), hints[field.name]
            if kind is int and (isinstance(value, bool) or not isinstance(value, int)):
                raise InvalidGameError(f"{field.name} must be an integer, got {brief(value)}")
            if kind is float:
                _check_number(field.name, value)
            if kind is bool and not isinstance(value, bool):
                raise InvalidGameError(f"{field.name} must be true or false, got {brief(value)}")
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise UnknownNameError(name, str(getattr(self, name)), known)
        for name in POSITIVE:
            if not getattr(self, name) > 0:
                raise InvalidGameError(f"{name} must be positive, got {brief(getattr(self, name))}")
        for name in AT_LEAST_ZERO:
            if getattr(self, name) < 0:
                got = brief(getattr(self, name))
                raise InvalidGameError(f"{name} must be at least 0, got {got}")
        for name, most in LARGEST.items():
            if getattr(self, name) > most:
                got = brief(getattr(self, name))
                raise InvalidGameError(f"{name} must be at most {most}, got {got}")
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidGameError(
                    f"{name} must be from 0 to 1, got {brief(getattr(self, name))}"
                )
        size = min(self.minibatch, self.batch)
        if self.batch % size and "ppo" in (self.leader, self.follower):
            raise InvalidGameError(
                f"batch must be a multiple of minibatch, got {self.batch} and {self.minibatch}"
            )
        if self.memory and self.batch % self.chains:
            raise InvalidGameError(
                f"with memory, batch must be a multiple of chains, got {self.batch} and "
                f"{self.chains}"
            )

    @classmethod
    def of(cls, preset: str, given: Mapping[str, Any], *, kind: str = "matrix") -> Settings:
        """The settings of a preset for a kind of game, with those given in the place of its own.

        >>> Settings.of("ald-observed", {"eta": 0.1}).information
        'action'

        Raises
        ------
        UnknownNameError, InvalidGameError
            For a preset or a setting that does not exist or breaks its rule.
        """
        if preset not in PRESETS:
            raise UnknownNameError("preset", str(preset), PRESETS)
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise UnknownNameError("setting", name, known)
        return replace(PRESETS[preset], **{**FOR_KIND.get(kind, {}), **given})


FOR_KIND: Mapping[str, Mapping[str, Any]] = {"gridworld": {"eta": 0.02}, "markov": {"eta": 0.02}}
"""Defaults that differ for a kind of game: the paper's."""
CHOICES = {
    "information": ("none", "action", "commitment"),
    "feedback": ("expected", "batch", "bandit"),
    "ties": ("strong", "weak", "first"),
    "engine": ("auto", "torch", "fused"),
    "search": ("exact", "rollouts"),
    "placement": ("combination", "sequential"),
    "attacker": ("macro", "nodes"),
}
POSITIVE = (
    "batch", "eta", "learning_rate", "clip", "hidden", "minibatch", "epochs", "every", "max_norm",
    "chains", "rollouts", "episode",
)  # fmt: skip
AT_LEAST_ZERO = (
    "eta_power", "learning_rate_power", "value_weight", "entropy_weight", "weight_decay", "after",
)  # fmt: skip
LARGEST: Mapping[str, float] = {
    "batch": 2**20, "minibatch": 2**20, "chains": 2**20, "rollouts": 2**20, "hidden": 2**12,
    "epochs": 1000, "episode": 100_000, "every": 10**9, "after": 10**9, "eta": 1e9,
    "eta_power": 100, "learning_rate": 1e9, "learning_rate_power": 100, "clip": 1e9,
    "value_weight": 1e9, "entropy_weight": 1e9, "weight_decay": 1e9, "max_norm": 1e9,
}  # fmt: skip
"""What is refused beyond: the memory or the time that it takes, or a number that overflows."""
SHARES = ("gae_lambda", "discount", "explore", "inward")


def _check_number(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    finite = isinstance(value, int) or (number and math.isfinite(value))  # type: ignore[arg-type]
    if not number or not finite:
        raise InvalidGameError(f"{name} must be a finite number, got {brief(value)}")


PRESETS: Mapping[str, Settings] = {
    "ald": Settings(),
    "ald-observed": Settings(information="action"),
    "symmetric": Settings(follower="ppo"),
    "best-response": Settings(follower="best-response", information="commitment"),
    "theorem-10": Settings(
        leader="q-learning", follower="hedge-paper", information="action", batch=1
    ),
    "committed-ald": Settings(
        follower="hedge-tuned", feedback="expected", inward=0.05, batch=1024, minibatch=256
    ),
    "hedge-hedge": Settings(
        leader="hedge-anytime", follower="hedge-anytime", feedback="expected", batch=1
    ),
}
"""The paper's algorithms and ours by name: :data:`ABOUT` says what each is."""
ABOUT: Mapping[str, str] = {
    "ald": "the paper's Algorithm 2: PPO leads, Hedge follows, one simultaneous move",
    "ald-observed": "its Algorithm 1: the follower sees the action, one Hedge a leader action",
    "symmetric": "its first baseline: PPO on both sides",
    "best-response": "its second baseline: PPO against an exact best response",
    "theorem-10": "its Theorem 10: Q-learning leads, Hedge follows and sees the action",
    "committed-ald": "PPO over commitments, each held for a block: reaches the Stackelberg value",
    "hedge-hedge": "two learners without regret",
}
