"""The passes of one run's network and its AdamW step, on layers that lie as a core likes them.

They are copied out of the flat rows of :class:`~dynamics.learners.network.Network` and back: an
update goes over them dozens of times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dynamics.learners.compiled_layer import (
    Array,
    descend,
    f32,
    inlined,
    square_norm,
    squash,
    times,
    times_transposed,
    unsquash,
)

LINE = 16
"""Numbers in a line of the cache."""


@inlined
def aligned(rows: int, columns: int) -> Array:
    """An empty matrix that begins with a line of the cache: AdamW is a fifth slower off it."""
    room = np.empty(rows * columns + LINE, f32)
    start = -(room.ctypes.data // room.itemsize) % LINE
    return room[start : start + rows * columns].reshape((rows, columns))


@inlined
def network(inputs: int, hidden: int, outputs: int) -> tuple[Array, Array, Array]:
    """Room for the three layers of a network, the last one transposed."""
    return aligned(inputs, hidden), aligned(hidden + 1, hidden), aligned(outputs, hidden + 1)


@inlined
def load(flat: Array, layers: tuple[Array, Array, Array]) -> None:
    """Take the layers of a network from a flat row."""
    a, b, c = layers[0].reshape(-1), layers[1].reshape(-1), layers[2]
    one, two = flat[len(a) :], flat[len(a) + len(b) :]
    for k in range(len(a)):
        a[k] = flat[k]
    for k in range(len(b)):
        b[k] = one[k]
    for j in range(len(c)):
        for i in range(c.shape[1]):
            c[j, i] = two[i * len(c) + j]


@inlined
def store(layers: tuple[Array, Array, Array], flat: Array) -> None:
    """Write the layers of a network into a flat row."""
    a, b, c = layers[0].reshape(-1), layers[1].reshape(-1), layers[2]
    one, two = flat[len(a) :], flat[len(a) + len(b) :]
    for k in range(len(a)):
        flat[k] = a[k]
    for k in range(len(b)):
        one[k] = b[k]
    for j in range(len(c)):
        for i in range(c.shape[1]):
            two[i * len(c) + j] = c[j, i]


@inlined
def look(layers: tuple[Array, Array, Array], x: Array, hidden: Array, out: Array) -> None:
    """Both hidden layers, into ``hidden`` (2, S, h + 1), and the outputs (S, o) at ``x``."""
    times(x, layers[0], hidden[0])
    squash(hidden[0])
    times(hidden[0], layers[1], hidden[1])
    squash(hidden[1])
    times_transposed(hidden[1], layers[2], out)


@inlined
def pull(
    layers: tuple[Array, Array, Array], x: Array, hidden: Array, slope: Array, slopes: Array
) -> float:
    """The slopes before each tanh, into ``slopes`` (2, S, h); the gradient's squared norm."""
    times(slope, layers[2], slopes[1])
    unsquash(slopes[1], hidden[1])
    times_transposed(slopes[1], layers[1], slopes[0])
    unsquash(slopes[0], hidden[0])
    total = square_norm(hidden[1], slope) + square_norm(hidden[0], slopes[1])
    return total + square_norm(x, slopes[0])


@inlined
def move(
    moving: tuple[Any, Any, Any],
    x: Array,
    hidden: Array,
    slope: Array,
    slopes: Array,
    buffer: Array,
    numbers: Any,
    moments: Any,
) -> None:
    """A step of AdamW on a network: ``moving`` are its layers and their two moments."""
    (a, b, c), (ma, mb, mc), (va, vb, vc) = moving
    descend((a, ma, va), x, slopes[0], buffer, numbers, moments)
    descend((b, mb, vb), hidden[0], slopes[1], buffer, numbers, moments)
    descend((c, mc, vc), slope, hidden[1], buffer, numbers, moments)
