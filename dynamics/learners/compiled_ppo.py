"""All optimiser steps of PPO's update of one run after another, as one compiled loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dynamics.learners.compiled_layer import ONE, Array, compiled, f32, inlined
from dynamics.learners.compiled_network import load, look, move, network, pull, store

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
    """The sums of :class:`~dynamics.learners.minibatches.Minibatches` over the samples picked."""
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
    actors = (
        network(inputs, hidden, actions),
        network(inputs, hidden, actions),
        network(inputs, hidden, actions),
    )
    critics = (network(inputs, hidden, 1), network(inputs, hidden, 1), network(inputs, hidden, 1))
    wide, narrow = (2, observations, hidden + 1), (2, observations, hidden)
    out = (observations, actions)
    seen, judged = np.empty(wide, f32), np.empty(wide, f32)
    seen_slopes, judged_slopes = np.empty(narrow, f32), np.empty(narrow, f32)
    log_mix, old, slope = np.empty(out, f32), np.empty(out, f32), np.empty(out, f32)
    gains, losses = np.empty(out, f32), np.empty(out, f32)
    visits, paid = np.empty(observations, f32), np.empty(observations, f32)
    sums = (gains, losses, visits, paid)
    error = np.empty((observations, 1), f32)
    buffer = np.empty(hidden + 1, f32)
    for r in range(low, high):
        for k in range(3):
            load(past[k][r, :size], actors[k])
            load(past[k][r, size:], critics[k])
        rate, clip, value_weight, entropy_weight, weight_decay, max_norm = settings[r]
        own = (samples[0][r], samples[1][r], samples[2][r], samples[3][r])
        logits, guess = found[0][r], found[1][r].reshape((observations, 1))
        for u in range(len(order)):
            minibatch(order[u], own, normalise, deviation_floor, sums)
            look(actors[0], x, seen, logits)
            log_softmax(logits, log_mix)
            if u == 0:
                log_softmax(logits, old)
            policy_slope(log_mix, old, sums, f32(clip), f32(entropy_weight), slope)
            look(critics[0], x, judged, guess)
            for s in range(observations):
                error[s, 0] = f32(2 * value_weight) * (visits[s] * guess[s, 0] - paid[s])
            norm = math.sqrt(
                pull(actors[0], x, seen, slope, seen_slopes)
                + pull(critics[0], x, judged, error, judged_slopes)
            )
            clock = steps[r] + u + 1
            root = math.sqrt(1 - second**clock)
            numbers = (
                f32(min(1.0, max_norm / (norm + norm_epsilon))),
                f32(1 - rate * weight_decay),
                f32(rate * root / (1 - first**clock)),
                f32(adam_epsilon * root),
            )
            move(actors, x, seen, slope, seen_slopes, buffer, numbers, moments)
            move(critics, x, judged, error, judged_slopes, buffer, numbers, moments)
        look(actors[0], x, seen, logits)
        look(critics[0], x, judged, guess)
        for k in range(3):
            store(actors[k], moving[k][r, :size])
            store(critics[k], moving[k][r, size:])
