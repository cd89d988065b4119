"""Which player a name stands for, with the settings of every run of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from dynamics.arenas.interface import Side
from dynamics.learners import LEARNERS, BestResponse, Hedge, QLearning, Schedule
from dynamics.learners.interface import Bandit, Learner
from dynamics.learners.ppo import PPO
from dynamics.players import Network, Player, Responder, Stepwise, Tabular
from dynamics.settings import Settings
from stackel.errors import InvalidGameError, UnknownNameError

NAMES = ("ppo", *LEARNERS)
"""Who can play."""
FAVOUR = {"strong": 1.0, "weak": -1.0, "first": 0.0}
"""What a best reply looks at when it is tied: the leader's payoff, its negative, nothing."""


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """What a player must know of one run."""

    settings: Settings
    horizon: int
    """Iterations of the run, for rates tuned to them."""
    span: float
    """The range of the player's payoffs, for rates tuned to it."""


def player(name: str, side: Side, entrants: Sequence[Entrant]) -> Player:
    """The player called ``name`` for one batch of runs.

    Raises
    ------
    UnknownNameError
        When nobody is called so.
    InvalidGameError
        When a learner of single rounds is to play a batch of them.
    """
    device = side.features.device
    first = entrants[0].settings
    if name == "ppo":
        return Network(learner=_ppo(side, [each.settings for each in entrants], device))
    if name not in LEARNERS:
        raise UnknownNameError("player", name, NAMES)
    if name == "best-response":
        return Responder(
            learner=BestResponse(),
            observations=side.observations,
            actions=side.actions,
            favour=FAVOUR[first.ties],
        )
    tabular = learner(name, side.actions, entrants, device)
    if tabular.feedback is Bandit and first.batch > 1:
        raise InvalidGameError(
            f"{name} learns from one round at a time: batch must be 1, got {first.batch}"
        )
    if isinstance(tabular, QLearning) and not side.once:
        states = replace(tabular, states=side.observations, discount=side.discount)
        return Stepwise(learner=states, actions=side.actions)
    if tabular.feedback is Bandit and not side.once:
        raise InvalidGameError(f"{name} learns from episodes of one action, not of several")
    return Tabular(learner=tabular, observations=side.observations, actions=side.actions)


def learner(name: str, n: int, entrants: Sequence[Entrant], device: torch.device) -> Any:
    """The learner called ``name`` with n actions, for one batch of runs.

    Raises
    ------
    InvalidGameError
        For ppo, which is no learner of this kind.
    """
    if name not in LEARNERS:
        raise InvalidGameError(f"blocks need a follower of dynamics.learners.LEARNERS, got {name}")
    return _stack([_learner(name, n, each) for each in entrants], device)


def _ppo(side: Side, settings: Sequence[Settings], device: torch.device) -> PPO:
    """PPO with the settings of every run."""

    def each(field: str) -> float | Tensor:
        return _numbers([getattr(one, field) for one in settings], torch.float32, device)

    first = settings[0]
    ahead: dict[str, Any] = {}
    if not side.once or (side.observations > 1 and first.memory):
        ahead = {"discount": side.discount * each("discount"), "decay": each("gae_lambda")}
    return PPO(
        actions=side.actions,
        features=side.features,
        hidden=first.hidden,
        rate=Schedule(initial=each("learning_rate"), power=each("learning_rate_power")),
        clip=each("clip"),
        **ahead,
        value_weight=each("value_weight"),
        entropy_weight=each("entropy_weight"),
        weight_decay=each("weight_decay"),
        max_norm=each("max_norm"),
        minibatch=first.minibatch,
        epochs=first.epochs,
        normalise=first.normalise,
        engine=first.engine,
    )


def _learner(name: str, n: int, entrant: Entrant) -> Learner[Any, Any]:
    """One run's learner."""
    settings = entrant.settings
    if name == "hedge":
        return Hedge(rate=Schedule(initial=settings.eta, power=settings.eta_power))
    if name == "q-learning":
        explore = Schedule(initial=settings.explore) if settings.explore > 0 else None
        return QLearning(explore=explore)
    return LEARNERS[name](n, entrant.horizon, entrant.span or 1.0)


def _stack(learners: Sequence[Any], device: torch.device) -> Any:
    """One learner for all runs: settings that differ become tensors, one row a run."""
    changed: dict[str, Any] = {}
    for field in fields(learners[0]):
        values = [getattr(learner, field.name) for learner in learners]
        if isinstance(values[0], Schedule):
            changed[field.name] = Schedule(
                **{
                    part: _rows([getattr(value, part) for value in values], device)
                    for part in ("initial", "power")
                }
            )
        elif isinstance(values[0], float):
            changed[field.name] = _rows(values, device)
    return replace(learners[0], **changed)


def _rows(values: Sequence[float], device: torch.device) -> float | Tensor:
    """Numbers (R, 1), against tensors of runs x observations."""
    numbers = _numbers(values, torch.float64, device)
    return numbers[:, None] if isinstance(numbers, Tensor) else numbers


def _numbers(values: Sequence[float], dtype: torch.dtype, device: torch.device) -> float | Tensor:
    """The common value, or one a run."""
    if len(set(values)) == 1:
        return float(values[0])
    return torch.tensor(values, dtype=dtype, device=device)
