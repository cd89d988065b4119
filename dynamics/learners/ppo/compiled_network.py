"""The passes of one run's network and its AdamW step.

An update goes over the layers dozens of times. They lie as a core likes them but for the first
time, which reads the flat rows of :class:`~dynamics.learners.ppo.network.Network`, and the last,
which writes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dynamics.learners.ppo.compiled_adamw import Layer, descend
from dynamics.learners.ppo.compiled_layer import (
    Array,
    f32,
    inlined,
    square_norm,
    squash,
    times,
    times_transposed,
    unsquash,
)

Network = tuple[Layer, Layer, Layer]
"""The layers of a network, the last one transposed."""
LINE = 16
"""Numbers in a line of the cache."""


@inlined
def aligned(rows: int, columns: int) -> Array:
    """An empty matrix that begins with a line of the cache: AdamW is a fifth slower off it."""
    room = np.empty(rows * columns + LINE, f32)
    start = -(room.ctypes.data // room.itemsize) % LINE
    return room[start : start + rows * columns].reshape((rows, columns))


@inlined
def layer(inputs: int, outputs: int) -> Layer:
    """Room for a layer."""
    return aligned(inputs, outputs), aligned(inputs, outputs), aligned(inputs, outputs)


@inlined
def network(inputs: int, hidden: int, outputs: int) -> Network:
    """Room for a network."""
    return layer(inputs, hidden), layer(hidden + 1, hidden), layer(outputs, hidden + 1)


@inlined
def part(flat: Layer, r: int, start: int, shape: tuple[int, int]) -> Layer:
    """A layer where it lies in row r of ``flat``."""
    rows = slice(start, start + shape[0] * shape[1])
    return (
        flat[0][r, rows].reshape(shape),
        flat[1][r, rows].reshape(shape),
        flat[2][r, rows].reshape(shape),
    )


@inlined
def lying(flat: Layer, r: int, start: int, like: Network) -> Network:
    """A network where it lies in row r of ``flat``, of the sizes of another one.

    Its last layer is not transposed.
    """
    first, second, last = like[0][0].shape, like[1][0].shape, like[2][0].shape
    one = start + first[0] * first[1]
    two = one + second[0] * second[1]
    return (
        part(flat, r, start, first),
        part(flat, r, one, second),
        part(flat, r, two, (last[1], last[0])),
    )


@inlined
def transpose(source: Layer, target: Layer) -> None:
    """Write the transposed of one layer into another."""
    for k in range(3):
        come, to = source[k], target[k]
        for i in range(to.shape[0]):
            for j in range(to.shape[1]):
                to[i, j] = come[j, i]


@inlined
def look(net: Network, x: Array, hidden: Array, out: Array) -> None:
    """Both hidden layers, into ``hidden`` (2, S, h + 1), and the outputs (S, o) at ``x``."""
    times(x, net[0][0], hidden[0])
    squash(hidden[0])
    times(hidden[0], net[1][0], hidden[1])
    squash(hidden[1])
    times_transposed(hidden[1], net[2][0], out)


@inlined
def pull(net: Network, x: Array, hidden: Array, slope: Array, slopes: Array) -> float:
    """The slopes before each tanh, into ``slopes`` (2, S, h); the gradient's squared norm."""
    times(slope, net[2][0], slopes[1])
    unsquash(slopes[1], hidden[1])
    times_transposed(slopes[1], net[1][0], slopes[0])
    unsquash(slopes[0], hidden[0])
    total = square_norm(hidden[1], slope) + square_norm(hidden[0], slopes[1])
    return total + square_norm(x, slopes[0])


@inlined
def move(
    source: Network,
    target: Network,
    x: Array,
    hidden: Array,
    slope: Array,
    slopes: Array,
    buffer: Array,
    numbers: Any,
    moments: Any,
    ahead: Array,
    out: Array,
) -> None:
    """A step of AdamW on a network, from ``source`` to ``target``, and what it says after it.

    The new hidden layers go into ``ahead`` and the outputs into ``out``. With one observation the
    weights are read once for the step and for what they say.
    """
    (a, b, c), (new_a, new_b, new_c) = source, target
    if len(x) == 1:
        ahead[:] = f32(0)
        one, two = ahead[0, 0], ahead[1, 0]
        descend(a, new_a, x, slopes[0], buffer, numbers, moments, x[0], one)
        squash(ahead[0])
        descend(b, new_b, hidden[0], slopes[1], buffer, numbers, moments, one, two)
        squash(ahead[1])
        descend(c, new_c, slope, hidden[1], buffer, numbers, moments, None, None)
        times_transposed(ahead[1], new_c[0], out)
    else:
        descend(a, new_a, x, slopes[0], buffer, numbers, moments, None, None)
        descend(b, new_b, hidden[0], slopes[1], buffer, numbers, moments, None, None)
        descend(c, new_c, slope, hidden[1], buffer, numbers, moments, None, None)
        look(target, x, ahead, out)
