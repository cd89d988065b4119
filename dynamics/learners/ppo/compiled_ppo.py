"""All optimiser steps of PPO's update of one run after another, as one compiled loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynamics.learners.ppo.compiled_layer import ONE, Array, compiled, f32, inlined
from dynamics.learners.ppo.compiled_network import look, lying, move, network, pull, transpose

Whole = NDArray[np.int64]


@inlined
def log_softmax(logits: Array, out: Array) -> None:
    """Logarithms of the mix at every observation."""
    for s in range(len(logits)):
        top: Any = logits[s, 0]
        for a in range(1, logits.shape[1]):
            top = max(top, logits[s, a])
        total: Any = f32(0)
        for a in range(logits.shape[1]):
            total += math.exp(logits[s, a] - top)
        for a in range(logits.shape[1]):
            out[s, a] = logits[s, a] - top - math.log(total)


@inlined
def policy_slope(
    log_mix: Array,
    old: Array,
    sums: tuple[Array, Array, Array, Array],
    clip: f32,
    entropy_weight: f32,
    out: Array,
) -> None:
    """The slope of the clipped loss and of the entropy bonus at the logits, (S, n)."""
    gains, losses, visits, _ = sums
    actions = log_mix.shape[1]
    for s in range(len(log_mix)):
        drift: Any = f32(0)
        entropy: Any = f32(0)
        for a in range(actions):
            ratio = math.exp(log_mix[s, a] - old[s, a])
            push: Any = f32(0)
            if ratio < ONE + clip:
                push -= ratio * gains[s, a]
            if ratio > ONE - clip:
                push -= ratio * losses[s, a]
            out[s, a] = push
            drift += push
            entropy -= math.exp(log_mix[s, a]) * log_mix[s, a]
        for a in range(actions):
            bonus = entropy_weight * visits[s] * (log_mix[s, a] + entropy)
            out[s, a] += math.exp(log_mix[s, a]) * (bonus - drift)


@inlined
def minibatch(
    picked: Whole,
    samples: tuple[Whole, Whole, Array, Array],
    normalise: bool,
    floor: float,
    sums: tuple[Array, Array, Array, Array],
) -> None:
    """The sums of :class:`~dynamics.learners.ppo.minibatches.Minibatches` over these samples."""
    observation, action, gain, returns = samples
    gains, losses, visits, paid = sums
    for s in range(len(visits)):
        visits[s], paid[s] = f32(0), f32(0)
        for a in range(gains.shape[1]):
            gains[s, a], losses[s, a] = f32(0), f32(0)
    size = len(picked)
    mean, deviation = 0.0, 1.0
    if normalise and size > 1:
        for k in picked:
            mean += gain[k]
        mean /= size
        square = 0.0
        for k in picked:
            square += (gain[k] - mean) ** 2
        deviation = math.sqrt(square / (size - 1)) + floor
    for k in picked:
        s, a = observation[k], action[k]
        push = f32((gain[k] - mean) / deviation)
        if push > 0:
            gains[s, a] += push
        else:
            losses[s, a] += push
        visits[s] += ONE
        paid[s] += returns[k]
    share = f32(1 / size)
    for s in range(len(visits)):
        visits[s] *= share
        paid[s] *= share
        for a in range(gains.shape[1]):
            gains[s, a] *= share
            losses[s, a] *= share


@compiled
def improve(
    low: int,
    high: int,
    past: tuple[Array, Array, Array],
    moving: tuple[Array, Array, Array],
    found: tuple[Array, Array],
    x: Array,
    hidden: int,
    samples: tuple[Whole, Whole, Array, Array],
    order: Whole,
    normalise: bool,
    steps: Whole,
    settings: NDArray[np.float64],
    constants: tuple[float, float, float, float, float],
) -> None:
    """Update the runs from ``low`` to before ``high``.

    ``past`` and ``moving``: weights and their two moments before and after, (R, P). ``found``:
    logits (R, S, n) and values (R, S) after the update. ``samples``: observation, action, advantage
    and return, (R, K). ``order``: (minibatches, size). ``settings`` (R, 6): learning rate, clip,
    weights of value loss and entropy, weight decay, most norm. ``constants``: the decays of AdamW's
    moments, and what is added to the second's root, to the norm, and to the deviation of the
    advantages.
    """
    observations, inputs, actions = len(x), x.shape[1], found[0].shape[2]
    first, second, adam_epsilon, norm_epsilon, deviation_floor = constants
    moments = (f32(1 - first), f32(1 - second), f32(second))
    size = inputs * hidden + (hidden + 1) * (hidden + actions)
    actor, critic = network(inputs, hidden, actions), network(inputs, hidden, 1)
    wide, narrow = (2, observations, hidden + 1), (2, observations, hidden)
    out = (observations, actions)
    seen, seen_next = np.empty(wide, f32), np.empty(wide, f32)
    judged, judged_next = np.empty(wide, f32), np.empty(wide, f32)
    seen_slopes, judged_slopes = np.empty(narrow, f32), np.empty(narrow, f32)
    log_mix, old, slope = np.empty(out, f32), np.empty(out, f32), np.empty(out, f32)
    gains, losses = np.empty(out, f32), np.empty(out, f32)
    visits, paid = np.empty(observations, f32), np.empty(observations, f32)
    sums = (gains, losses, visits, paid)
    error = np.empty((observations, 1), f32)
    buffer = np.empty(hidden + 1, f32)
    for r in range(low, high):
        old_actor, old_critic = lying(past, r, 0, actor), lying(past, r, size, critic)
        new_actor, new_critic = lying(moving, r, 0, actor), lying(moving, r, size, critic)
        transpose(old_actor[2], actor[2])
        transpose(old_critic[2], critic[2])
        first_actor = (old_actor[0], old_actor[1], actor[2])
        first_critic = (old_critic[0], old_critic[1], critic[2])
        last_actor = (new_actor[0], new_actor[1], actor[2])
        last_critic = (new_critic[0], new_critic[1], critic[2])
        rate, clip, value_weight, entropy_weight, weight_decay, max_norm = settings[r]
        own = (samples[0][r], samples[1][r], samples[2][r], samples[3][r])
        logits, guess = found[0][r], found[1][r].reshape((observations, 1))
        look(first_actor, x, seen, logits)
        look(first_critic, x, judged, guess)
        log_softmax(logits, old)
        for u in range(len(order)):
            from_actor, from_critic = (first_actor, first_critic) if u == 0 else (actor, critic)
            last = u == len(order) - 1
            to_actor, to_critic = (last_actor, last_critic) if last else (actor, critic)
            minibatch(order[u], own, normalise, deviation_floor, sums)
            log_softmax(logits, log_mix)
            policy_slope(log_mix, old, sums, f32(clip), f32(entropy_weight), slope)
            for s in range(observations):
                error[s, 0] = f32(2 * value_weight) * (visits[s] * guess[s, 0] - paid[s])
            norm = math.sqrt(
                pull(from_actor, x, seen, slope, seen_slopes)
                + pull(from_critic, x, judged, error, judged_slopes)
            )
            clock = steps[r] + u + 1
            bias = math.sqrt(1 - second**clock)
            numbers = (
                f32(min(1.0, max_norm / (norm + norm_epsilon))),
                f32(1 - rate * weight_decay),
                f32(rate * bias / (1 - first**clock)),
                f32(adam_epsilon * bias),
            )
            seen_slope = (slope, seen_slopes, buffer, numbers, moments)
            move(from_actor, to_actor, x, seen, *seen_slope, seen_next, logits)
            judged_slope = (error, judged_slopes, buffer, numbers, moments)
            move(from_critic, to_critic, x, judged, *judged_slope, judged_next, guess)
            seen, seen_next = seen_next, seen
            judged, judged_next = judged_next, judged
        transpose(actor[2], new_actor[2])
        transpose(critic[2], new_critic[2])
