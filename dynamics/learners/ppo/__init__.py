"""Proximal policy optimisation over a finite set of observations, many runs at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from dynamics.learners.ppo import captured, fused, steps
from dynamics.learners.ppo.minibatches import Samples, shuffled
from dynamics.learners.ppo.network import Network
from dynamics.learners.rates import Schedule
from dynamics.learners.rollout import Rollout, Setting, advantages
from dynamics.stream import Stream

POLICY_GAIN, VALUE_GAIN = 0.01, 1.0
"""Scale of the first weights of the output layers: the first policy is nearly uniform."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PPOState:
    """Parameters of policy and value network in one row a run, AdamW's moments, and the clock."""

    weights: Tensor
    """(R, P)."""
    mean: Tensor
    """First moment, (R, P)."""
    square: Tensor
    """Second moment, (R, P)."""
    steps: Tensor
    """Optimiser steps made, (R,), int64."""
    round: Tensor
    """Number of the next update, (R,), int64."""
    logits: Tensor
    """What the policy network says at every observation, (R, S, n)."""
    values: Tensor
    """What the value network says at every observation, (R, S)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PPO:
    r"""Improve a policy by clipped steps along sampled advantages [1]_.

    A policy and a value network, two hidden layers of tanh units each. An update takes a rollout,
    estimates advantages (:func:`~dynamics.learners.rollout.advantages`), and makes
    ``epochs`` passes over it in minibatches, each a step of AdamW [2]_ on

    .. math:: -\frac1M \sum_k \min\bigl(\rho_k \hat A_k,
        \mathrm{clip}(\rho_k, 1 - \epsilon, 1 + \epsilon) \hat A_k\bigr)
        + \frac{c_v}{M} \sum_k \bigl(V(o_k) - G_k\bigr)^2 - \frac{c_e}{M} \sum_k H(\pi(\cdot | o_k))

    with :math:`\rho_k` the ratio of the new to the old probability of the action taken and
    :math:`G_k` its return.

    Notes
    -----
    *No regret bound.* It follows the gradient of its own payoff against the opponent's present
    policy and so ignores how the opponent will react; against a learner its regret can grow
    linearly.

    *Cost.* The networks are evaluated once per distinct observation: the loss of a minibatch
    depends on the samples only through sums over (observation, action), and these sums are all that
    an optimiser step reads (:mod:`~dynamics.learners.ppo.minibatches`). The gradient is still that
    of the loss above. A step moves every parameter of a run once, whatever the batch.

    *Engines.* The steps are made by compiled loops that keep one run in a core's cache
    (:mod:`~dynamics.learners.ppo.fused`), where there are a CPU, numba and few observations, and by
    tensor operations otherwise (:mod:`~dynamics.learners.ppo.steps`; recorded on a GPU). Both read
    the same samples in the same order and agree to rounding.

    *Where the paper is silent* the usual choices are made, as Stable-Baselines3 makes them:
    advantages are normalised in each minibatch, the gradient's norm is held to 0.5, the first
    weights are orthogonal.

    References
    ----------
    .. [1] J. Schulman et al., "Proximal policy optimization algorithms", arXiv 1707.06347, 2017.
    .. [2] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Examples
    --------
    >>> ppo = PPO(actions=2, features=torch.ones((1, 1)), rate=Schedule(initial=1e-2))
    >>> stream = Stream.of_seeds([0])
    >>> state = ppo.init(stream)
    >>> for step in range(1, 21):  # action 1 pays 1
    ...     action = (stream.at(step).uniform(64) < 0.5).to(torch.int64)[:, :, None]
    ...     here = torch.zeros_like(action)
    ...     rollout = Rollout(observation=here, action=action, reward=action.float(), ended=None)
    ...     state = ppo.update(state, rollout, shuffle=stream.at(-step))
    >>> bool(ppo.strategy(state)[0, 0, 1] > 0.9)
    True
    """

    actions: int
    """Number of actions n."""
    features: Tensor
    """What the networks see of each of the S observations, (S, d)."""
    hidden: int = 128
    """Width of both hidden layers."""
    rate: Schedule = Schedule(initial=3e-4)  # noqa: RUF009 # frozen
    """Learning rate of AdamW in update t."""
    clip: Setting = 0.2
    """How far the ratio of probabilities may move, epsilon."""
    discount: Setting = 0.99
    """Weight of the next step's value, gamma; without effect where episodes have one step."""
    decay: Setting = 0.95
    """Decay of the advantage estimates, lambda; without effect where episodes have one step."""
    value_weight: Setting = 0.5
    """Weight of the value loss, c_v."""
    entropy_weight: Setting = 0.01
    """Weight of the entropy bonus, c_e."""
    weight_decay: Setting = 0.01
    """Share of the weights taken off in a step, times the learning rate."""
    max_norm: Setting = 0.5
    """The most that the norm of a step's gradient may be."""
    minibatch: int = 64
    """Samples an optimiser step; the whole rollout when that is smaller."""
    epochs: int = 4
    """Passes over a rollout."""
    normalise: bool = True
    """Whether advantages are brought to mean 0 and deviation 1 in each minibatch."""
    engine: str = "auto"
    """Who makes the optimiser steps: auto, torch, or fused (compiled loops, on a CPU)."""

    @cached_property
    def policy(self) -> Network:
        """The shape of the policy network."""
        return Network(inputs=self.features.shape[-1], hidden=self.hidden, outputs=self.actions)

    @cached_property
    def value(self) -> Network:
        """The shape of the value network."""
        return Network(inputs=self.features.shape[-1], hidden=self.hidden, outputs=1)

    @cached_property
    def recordings(self) -> dict[Any, Any]:
        """What :mod:`~dynamics.learners.ppo.captured` has recorded for this learner, by shape."""
        return {}

    def init(self, stream: Stream, *, dtype: torch.dtype = torch.float32) -> PPOState:
        """A nearly uniform policy for every key of ``stream``."""
        policy, value = self.policy, self.value
        first = policy.start(stream.at(0), head_gain=POLICY_GAIN)
        second = value.start(stream.at(1), head_gain=VALUE_GAIN)
        weights = torch.cat([first, second], -1).to(dtype)
        none = torch.zeros(len(weights), dtype=torch.int64, device=weights.device)
        logits, values = self.look(weights)
        return PPOState(
            weights=weights,
            mean=torch.zeros_like(weights),
            square=torch.zeros_like(weights),
            steps=none,
            round=none + 1,
            logits=logits,
            values=values,
        )

    def look(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """What the networks say at every observation: logits (R, S, n) and values (R, S)."""
        x, cut = self.features.to(weights), self.policy.size
        logits = self.policy.forward(self.policy.views(weights[:, :cut]), x)[-1]
        return logits, self.value.forward(self.value.views(weights[:, cut:]), x)[-1][..., 0]

    def numbers(self, state: PPOState) -> Tensor:
        """What an optimiser step reads of the settings, a row a run: (R, 6), double precision.

        Learning rate, clip, weights of value loss and entropy, weight decay, most norm.
        """
        settings = (
            self.rate.at(state.round, torch.float64),
            self.clip,
            self.value_weight,
            self.entropy_weight,
            self.weight_decay,
            self.max_norm,
        )
        runs, device = len(state.weights), state.weights.device
        each = (torch.as_tensor(x, dtype=torch.float64, device=device) for x in settings)
        return torch.stack([x.expand(runs) for x in each], -1)

    def strategy(self, state: PPOState) -> Tensor:
        """The mix at every observation, (R, S, n), in double precision."""
        return torch.softmax(state.logits.to(torch.float64), -1)

    def update(self, state: PPOState, rollout: Rollout, *, shuffle: Stream) -> PPOState:
        """The state after learning from a rollout.

        ``shuffle``, a stream of one key, orders the samples of all runs alike: those of different
        runs are drawn apart, so that this ties nothing together.

        Raises
        ------
        InvalidGameError
            When the rollout is larger than a minibatch but no multiple of it, or the engine asked
            for cannot run.
        """
        rollout = replace(rollout, reward=rollout.reward.to(state.weights.dtype))
        gain, returns = advantages(rollout, state.values, discount=self.discount, decay=self.decay)
        action = rollout.action.flatten(1)
        samples = Samples(
            observation=rollout.observation.flatten(1),
            action=action,
            advantage=gain.flatten(1),
            returns=returns.flatten(1),
            order=shuffled(
                action.shape[1], size=self.minibatch, epochs=self.epochs, shuffle=shuffle
            ),
        )
        if fused.fuses(self, state):
            return fused.improve(self, state, samples)
        if state.weights.device.type == "cuda":
            return captured.improve(self, state, samples)
        return steps.improve(self, state, samples)
