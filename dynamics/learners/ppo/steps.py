"""The optimiser steps of PPO's update as tensor operations, on any device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dynamics.learners.ppo.adamw import adamw, descend, rows
from dynamics.learners.ppo.memory import copied
from dynamics.learners.ppo.minibatches import Minibatches, Samples

if TYPE_CHECKING:
    from dynamics.learners.ppo import PPO, PPOState

RUNS_IN_CACHE = 40
"""Runs that a CPU moves through all steps before it turns to the next. With few the calls cost as
much as what they do, with many nothing stays in the cache (measured with two processes)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Climb:
    """All that the steps of an update read and write, some rows of each."""

    weights: Tensor
    """(R, P), moved in place, as are its two moments."""
    mean: Tensor
    square: Tensor
    slopes: Tensor
    """Room for a gradient, (R, P)."""
    steps: Tensor
    """Steps made before, (R,)."""
    old: Tensor
    """Logarithms of the mixes before the update, (R, S, n)."""
    numbers: Tensor
    """See :meth:`~dynamics.learners.ppo.PPO.numbers`, (R, 6)."""
    batches: Minibatches

    @classmethod
    def of(cls, ppo: PPO, state: PPOState, samples: Samples) -> Climb:
        """Everything that an update of ``state`` needs; what will be moved is still the state's."""
        return cls(
            weights=state.weights,
            mean=state.mean,
            square=state.square,
            slopes=torch.empty_like(state.weights),
            steps=state.steps,
            old=torch.log_softmax(state.logits, -1),
            numbers=ppo.numbers(state),
            batches=samples.minibatches(
                observations=len(ppo.features), actions=ppo.actions, normalise=ppo.normalise
            ),
        )

    def copied(self) -> Climb:
        """The same with its own copies of all that the steps move."""
        return replace(
            self,
            weights=copied(self.weights),
            mean=copied(self.mean),
            square=copied(self.square),
        )

    def rows(self, low: int, high: int) -> Climb:
        """The part of the runs from ``low`` to before ``high``: views."""

        def part(whole: Any) -> Any:
            if isinstance(whole, Tensor):
                return whole[low:high]
            return replace(whole, **{f.name: part(getattr(whole, f.name)) for f in fields(whole)})

        made: Climb = part(self)
        return made


def improve(ppo: PPO, state: PPOState, samples: Samples) -> PPOState:
    """The state after all optimiser steps of an update, with one call of torch an operation."""
    climb = Climb.of(ppo, state, samples).copied()
    runs = len(climb.weights)
    together = RUNS_IN_CACHE if climb.weights.device.type == "cpu" else runs
    for low in range(0, runs, together):
        part = climb.rows(low, low + together)
        climb_all(ppo, replace(part, slopes=climb.slopes[: len(part.weights)]))  # in cache already
    return after(ppo, state, climb)


def after(ppo: PPO, state: PPOState, climb: Climb) -> PPOState:
    """The state that follows ``state`` when all steps are made."""
    logits, values = ppo.look(climb.weights)
    return replace(
        state,
        weights=climb.weights,
        mean=climb.mean,
        square=climb.square,
        steps=state.steps + climb.batches.count,
        round=state.round + 1,
        logits=logits,
        values=values,
    )


def climb_all(ppo: PPO, climb: Climb, entrywise: Callable[..., None] = descend) -> None:
    """All steps, in place; ``entrywise`` as in :func:`~dynamics.learners.ppo.adamw.adamw`."""
    weights, slopes, batches = climb.weights, climb.slopes, climb.batches
    x, policy, value = ppo.features.to(weights), ppo.policy, ppo.value
    actor, critic = policy.views(weights[:, : policy.size]), value.views(weights[:, policy.size :])
    actor_out = policy.views(slopes[:, : policy.size])
    critic_out = value.views(slopes[:, policy.size :])
    rate, clip, value_weight, entropy_weight, weight_decay, max_norm = climb.numbers[
        ..., None
    ].unbind(1)
    clip, entropy_weight = (each.to(weights)[..., None] for each in (clip, entropy_weight))
    value_weight = value_weight.to(weights)
    own_kernel = weights.device.type == "cpu" and hasattr(torch, "_fused_adamw_")
    runs = rows(weights, slopes, climb.mean, climb.square) if own_kernel else None
    for number in range(batches.count):
        first, second, logits = policy.forward(actor, x)
        log_mix = torch.log_softmax(logits, -1)
        mix, ratio = log_mix.exp(), (log_mix - climb.old).exp()
        gains, losses = batches.gains[:, number], batches.losses[:, number]
        visits, returns = batches.visits[:, number], batches.returns[:, number]
        push = -ratio * (gains * (ratio < 1 + clip) + losses * (ratio > 1 - clip))
        slope = push - mix * push.sum(-1, keepdim=True)
        entropy = -(mix * log_mix).sum(-1, keepdim=True)
        slope += entropy_weight * visits[..., None] * mix * (log_mix + entropy)
        policy.backward(actor, x, (first, second), slope, actor_out)
        first, second, guess = value.forward(critic, x)
        slope = 2 * value_weight * (visits * guess[..., 0] - returns)
        value.backward(critic, x, (first, second), slope[..., None], critic_out)
        adamw(
            weights,
            slopes,
            climb.mean,
            climb.square,
            step=climb.steps[:, None] + (number + 1),
            rate=rate,
            weight_decay=weight_decay,
            max_norm=max_norm,
            entrywise=entrywise,
            runs=runs,
        )
