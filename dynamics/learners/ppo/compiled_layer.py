"""The passes of one layer as compiled loops, in single precision.

A layer is one matrix whose last row is the bias, and what it reads ends with a 1. The output layer
is transposed, so that every row is long: loops over two actions would cost more to set up than to
run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

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
        made: Any = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder to keep it in
        return cast("F", numba.njit(**OPTIONS)(function))
    with suppress(AttributeError):
        made._cache._cache_file._source_stamp = stamp(function)
    return cast("F", made)


def stamp(function: Callable[..., Any]) -> tuple[tuple[str, int, int], ...]:
    """What tells that a compiled function is out of date: all files beside its own.

    Its parts come from several; numba would look at the one that the function itself stands in.
    """
    beside = Path(function.__code__.co_filename).parent.glob("*.py")
    found = ((path.name, path.stat()) for path in sorted(beside))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@inlined
def squash(rows: Array) -> None:
    """The hyperbolic tangent of rows (S, h + 1), to a few units in the last place; their end is 1.

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
    rows[:, -1] = ONE


@inlined
def times(x: Array, layer: Array, out: Array) -> None:
    """``out`` (S, o) = ``x`` (S, i) times ``layer`` (i, o), in the columns that both have."""
    inputs, outputs = len(layer), min(layer.shape[1], out.shape[1])
    for s in range(len(x)):
        for j in range(outputs):
            out[s, j] = f32(0)
    whole = inputs - inputs % 4
    for i in range(0, whole, 4):  # four rows at a time: fewer passes over ``out``
        for s in range(len(x)):
            a, b, c, d = x[s, i], x[s, i + 1], x[s, i + 2], x[s, i + 3]
            for j in range(outputs):
                left = a * layer[i, j] + b * layer[i + 1, j]
                out[s, j] += left + c * layer[i + 2, j] + d * layer[i + 3, j]
    for i in range(whole, inputs):
        for s in range(len(x)):
            a = x[s, i]
            for j in range(outputs):
                out[s, j] += a * layer[i, j]


@inlined
def times_transposed(x: Array, layer: Array, out: Array) -> None:
    """``out`` (S, i) = ``x`` (S, >= o) times the first rows of ``layer`` (i, o), transposed."""
    inputs, outputs = out.shape[1], layer.shape[1]
    whole = inputs - inputs % 4
    for i in range(0, whole, 4):  # four rows at a time: fewer passes over ``x``
        for s in range(len(x)):
            a: Any = f32(0)
            b: Any = f32(0)
            c: Any = f32(0)
            d: Any = f32(0)
            for j in range(outputs):
                seen = x[s, j]
                a += layer[i, j] * seen
                b += layer[i + 1, j] * seen
                c += layer[i + 2, j] * seen
                d += layer[i + 3, j] * seen
            out[s, i], out[s, i + 1], out[s, i + 2], out[s, i + 3] = a, b, c, d
    for i in range(whole, inputs):
        for s in range(len(x)):
            total: Any = f32(0)
            for j in range(outputs):
                total += layer[i, j] * x[s, j]
            out[s, i] = total


@inlined
def unsquash(slope: Array, hidden: Array) -> None:
    """From the loss's slope after the tanh of ``hidden`` (S, h + 1) to that before, in place."""
    for s in range(len(slope)):
        for i in range(slope.shape[1]):
            slope[s, i] *= ONE - hidden[s, i] * hidden[s, i]


@inlined
def square_norm(x: Array, slope: Array) -> float:
    """Squared norm of the gradient of a layer, the sum over s of x_s outer slope_s."""
    total = 0.0
    for s in range(len(x)):
        for t in range(s + 1):
            seen: Any = f32(0)
            pushed: Any = f32(0)
            for i in range(x.shape[1]):
                seen += x[s, i] * x[t, i]
            for j in range(slope.shape[1]):
                pushed += slope[s, j] * slope[t, j]
            total += (1.0 if s == t else 2.0) * seen * pushed
    return total
