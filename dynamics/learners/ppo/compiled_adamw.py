"""The step of AdamW on one layer as a compiled loop, and what the layer then says.

A gradient, a sum over the observations of outer products, is made a row at a time and never stored.
"""

from __future__ import annotations

import math
from typing import Any

from dynamics.learners.ppo.compiled_layer import Array, f32, inlined
from dynamics.learners.ppo.lanes import LANES, put, root, spread, take

Layer = tuple[Array, Array, Array]
"""The weights of a layer and their two moments, (i, o) each."""


@inlined
def descend(
    source: Layer,
    target: Layer,
    x: Array,
    slope: Array,
    buffer: Array,
    numbers: tuple[f32, f32, f32, f32],
    moments: tuple[f32, f32, f32],
    ahead: Any,
    out: Any,
) -> None:
    """A step of AdamW on one layer, from ``source`` to ``target``, which may be the same memory.

    ``numbers``: what the slopes are shrunk by, the share of the weights that is kept, the step
    length, and what is added to the root of the second moment. ``moments``: the weight of the
    slope in the first moment and of its square in the second, and that of the second's past.
    ``ahead``, a row or None: what the layer reads next; what it then says is added to ``out``.

    A root and a division a weight: a core with one unit for both is kept busy by them, and neither
    estimates with Newton's steps nor a division for two weights are faster (measured). The copying
    and the layer's next output cost nothing beside them.
    """
    w, m, v = source
    new_w, new_m, new_v = target
    inputs, outputs = w.shape
    whole = outputs - outputs % LANES
    alone = len(x) == 1
    row = slope[0] if alone else buffer[:outputs]
    keep, step, floor = spread(numbers[1]), spread(numbers[2]), spread(numbers[3])
    first, second, rest = spread(moments[0]), spread(moments[1]), spread(moments[2])
    for i in range(inputs):
        a = numbers[0]
        if alone:
            a *= x[0, i]
        else:
            for j in range(outputs):
                row[j] = x[0, i] * slope[0, j]
            for s in range(1, len(x)):
                b = x[s, i]
                for j in range(outputs):
                    row[j] += b * slope[s, j]
        shrink = spread(a)
        seen = spread(f32(0) if out is None else ahead[i])
        for j in range(0, whole, LANES):
            push, mean = shrink * take(row, j), take(m[i], j)
            mean = mean + first * (push - mean)
            square = rest * take(v[i], j) + second * (push * push)
            weight = keep * take(w[i], j) - step * mean / (root(square) + floor)
            put(new_m[i], j, mean)
            put(new_v[i], j, square)
            put(new_w[i], j, weight)
            if out is not None:
                put(out, j, take(out, j) + seen * weight)
        for j in range(whole, outputs):
            push, mean = a * row[j], m[i, j]
            mean = mean + moments[0] * (push - mean)
            square = moments[2] * v[i, j] + moments[1] * (push * push)
            weight = numbers[1] * w[i, j] - numbers[2] * mean / (math.sqrt(square) + numbers[3])
            new_w[i, j], new_m[i, j], new_v[i, j] = weight, mean, square
            if out is not None:
                out[j] += ahead[i] * weight
