"""The passes of one run's network and its AdamW step as compiled loops, in single precision.

A layer is one matrix (inputs + 1, outputs) whose last row is the bias, as it lies in the flat rows
of :class:`~dynamics.learners.network.Network`. Its gradient, a sum over the observations of outer
products, is made a few rows at a time and never stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Array = NDArray[np.float32]
f32 = np.float32
"""Every constant is made one of these: a loop with a double in it is half as fast."""
ONE, TWO, HALF = f32(1), f32(2), f32(0.5)
SATURATED = f32(9)
"""Beyond it tanh is 1 in single precision."""
AT_ONCE = 1024
"""Entries of a gradient made at once, about: they stay in the first level of the cache."""
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "fastmath": {"contract", "reassoc", "arcp", "nsz"},
    "error_model": "numpy",
}


def inlined(function: F) -> F:
    """A function that becomes part of every compiled function that calls it.

    On its own it would be in memory twice while its caller comes from the compiler, and once when
    the caller comes from disk, with sums reassociated in two ways: a run would have other bits the
    first time on a machine.
    """
    made: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return made


def compiled(function: F) -> F:
    """The function compiled on first use, free of the interpreter's lock, and kept on disk.

    Sums may be reassociated; NaN and infinity go through as they would in tensors.
    """
    try:
        made: F = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder to keep it in
        made = numba.njit(**OPTIONS)(function)
    return made


@inlined
def squash(rows: Array) -> None:
    """The hyperbolic tangent of every entry, in place, to a few units in the last place.

    Lambert's continued fraction at half the argument, then the formula for twice the argument: a
    loop of plain arithmetic, which becomes vector instructions.
    """
    flat = rows.reshape(-1)
    for k in range(len(flat)):
        x = HALF * min(max(flat[k], -SATURATED), SATURATED)
        s = x * x
        top = x * (f32(34459425) + s * (f32(4729725) + s * (f32(135135) + s * (f32(990) + s))))
        low = f32(34459425) + s * (
            f32(16216200) + s * (f32(945945) + s * (f32(13860) + s * f32(45)))
        )
        flat[k] = TWO * top * low / (low * low + top * top)


@inlined
def dense(x: Array, layer: Array, out: Array) -> None:
    """``out`` (S, o) = ``x`` (S, i) times all rows of ``layer`` but its last, plus that."""
    observations, inputs = x.shape
    outputs = out.shape[1]
    for s in range(observations):
        for j in range(outputs):
            out[s, j] = layer[inputs, j]
    whole = inputs - inputs % 4
    for i in range(0, whole, 4):  # four rows at a time: fewer passes over ``out``
        for s in range(observations):
            a, b, c, d = x[s, i], x[s, i + 1], x[s, i + 2], x[s, i + 3]
            for j in range(outputs):
                left = a * layer[i, j] + b * layer[i + 1, j]
                out[s, j] += left + c * layer[i + 2, j] + d * layer[i + 3, j]
    for i in range(whole, inputs):
        for s in range(observations):
            a = x[s, i]
            for j in range(outputs):
                out[s, j] += a * layer[i, j]


@inlined
def back(layer: Array, hidden: Array, slope: Array, out: Array) -> None:
    """The loss's slope before the tanh of ``hidden`` (S, i), from the slope (S, o) at the next."""
    for i in range(hidden.shape[1]):
        for s in range(len(hidden)):
            total: Any = f32(0)
            for j in range(slope.shape[1]):
                total += layer[i, j] * slope[s, j]
            out[s, i] = total * (ONE - hidden[s, i] * hidden[s, i])


@inlined
def square_norm(x: Array, slope: Array) -> float:
    """Squared norm of the gradient of a layer, the sum over s of (x_s, 1) outer slope_s."""
    total = 0.0
    for s in range(len(x)):
        for t in range(s + 1):
            seen: Any = ONE
            pushed: Any = f32(0)
            for i in range(x.shape[1]):
                seen += x[s, i] * x[t, i]
            for j in range(slope.shape[1]):
                pushed += slope[s, j] * slope[t, j]
            total += (1.0 if s == t else 2.0) * seen * pushed
    return total


@inlined
def descend(
    moving: tuple[Array, Array, Array],
    x: Array,
    slope: Array,
    buffer: Array,
    numbers: tuple[f32, f32, f32, f32],
    moments: tuple[f32, f32, f32],
) -> None:
    """A step of AdamW on one layer, in place: ``moving`` are its weights and their two moments.

    ``numbers``: what the slopes are shrunk by, the share of the weights that is kept, the step
    length, and what is added to the root of the second moment. ``moments``: the weight of the
    slope in the first moment and of its square in the second, and that of the second's past.
    """
    weights, mean, square = moving
    shrink, keep, step, floor = numbers
    first, second, rest = moments
    inputs, outputs = x.shape[1], slope.shape[1]
    together = max(1, AT_ONCE // outputs)
    for top in range(0, inputs + 1, together):
        bottom = min(top + together, inputs + 1)
        for s in range(len(x)):
            for i in range(top, bottom):
                a = shrink * (x[s, i] if i < inputs else ONE)
                row = buffer[(i - top) * outputs : (i - top + 1) * outputs]
                if s == 0:
                    for j in range(outputs):
                        row[j] = a * slope[s, j]
                else:
                    for j in range(outputs):
                        row[j] += a * slope[s, j]
        w = weights[top * outputs : bottom * outputs]
        m = mean[top * outputs : bottom * outputs]
        v = square[top * outputs : bottom * outputs]
        for k in range(len(w)):
            g = buffer[k]
            m[k] += first * (g - m[k])
            v[k] = rest * v[k] + second * (g * g)
            w[k] = keep * w[k] - step * m[k] / (math.sqrt(v[k]) + floor)
