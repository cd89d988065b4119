"""What runs leave behind: a labelled array of everything that was logged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dynamics.reference import Reference
from dynamics.settings.sweep import Spec
from dynamics.tally import band

if TYPE_CHECKING:
    import xarray as xr

Array: TypeAlias = NDArray[Any]

LOGGED = 1000
"""Iterations that a long run logs, evenly spaced; a shorter one logs all."""
LARGEST_POLICY = 64
"""Numbers up to which a policy is logged: a thousand iterations of more would fill the memory."""


def logged_iterations(iterations: int, most: int = LOGGED) -> Array:
    """The iterations to log, from 1; the last is always among them.

    >>> logged_iterations(3), logged_iterations(2500)[:3], len(logged_iterations(2500))
    (array([1, 2, 3]), array([3, 5, 8]), 1000)
    """
    count = min(iterations, most)
    return -(-np.arange(1, count + 1) * iterations // count)


@dataclass(frozen=True, eq=False, kw_only=True)
class Log:
    """The measures of a batch of runs at the logged iterations, in CPU memory."""

    iterations: Array
    """(I,), int64."""
    values: dict[str, Array]
    """Measure -> (R, I) or (R, I, actions)."""

    def place(self, iteration: int) -> int | None:
        """Where an iteration is logged; None when it is not."""
        place = int(np.searchsorted(self.iterations, iteration))
        due = place < len(self.iterations) and self.iterations[place] == iteration
        return place if due else None

    def write(self, place: int, measures: Mapping[str, Tensor]) -> None:
        """Put the measures of a logged iteration in their place; large policies are left out."""
        for name, value in measures.items():
            if value.dim() > 1 and value[0].numel() > LARGEST_POLICY:
                continue
            row = value.cpu().numpy()
            if name not in self.values:
                shape = (len(row), len(self.iterations), *row.shape[1:])
                self.values[name] = np.full(shape, np.nan)
            self.values[name][:, place] = row


def dataset(
    runs: Sequence[Spec],
    logs: Sequence[tuple[Sequence[int], Log]],
    references: Mapping[str, Reference],
    *,
    swept: Sequence[str],
    attributes: Mapping[str, str],
) -> xr.Dataset:
    """Gather the logs of all batches, which are emptied: docs/training.md describes the result.

    What is not measured in a run is NaN there: actions that a game lacks and another one has, and
    policies too large to log. The band is left out where no game has one.
    """
    import xarray as xr

    iterations = logs[0][1].iterations
    whole = {
        name: _gather(name, len(runs), logs)
        for name in sorted({name for _, log in logs for name in log.values})
    }
    known = [references[run.name] for run in runs]
    variables: dict[str, Any] = {
        name: (("run", "iteration", *_dimensions(name, values.ndim - 2)), values)
        for name, values in whole.items()
    }
    per_iteration = ("run", "iteration")
    average = whole["leader_average"]
    if any(run.game.kind == "matrix" for run in runs) or any(e.lo is not None for e in known):
        low, high, inside = band(
            torch.from_numpy(average),
            [torch.from_numpy(whole[f"{side}_regret"]) for side in ("leader", "follower")],
            torch.from_numpy(iterations),
            known,
        )
        variables |= {
            "band_low": (per_iteration, low.numpy()),
            "band_high": (per_iteration, high.numpy()),
            "inside_band": (per_iteration, inside.numpy()),
        }
    variables |= {
        "distance_to_sse": (per_iteration, average - _column([each.sse[0] for each in known])),
        "distance_to_nash": (per_iteration, _from_nash(average, known)),
        "distance_to_cce": (per_iteration, _outside(average, known)),
    }
    for name, values in {
        "sse_value": [each.sse[0] for each in known],
        "sse_follower_value": [each.sse[1] for each in known],
        "pure_value": [each.pure for each in known],
        "cce_low": [math.nan if each.lo is None else each.lo for each in known],
        "cce_high": [math.nan if each.hi is None else each.hi for each in known],
        "no_regret_class": [each.class_ or "not computed" for each in known],
        "leader_payoff_range": [each.span for each in known],
    }.items():
        variables[name] = (("run",), np.array(values))
    values = [each.nash or () for each in known]
    variables["nash_value"] = (("run", "nash"), _padded(values, max(map(len, values))))
    for side in ("leader", "follower"):
        if f"{side}_policy" in whole and whole[f"{side}_policy"].ndim == 3:
            mixes = [getattr(each, f"sse_{side}") for each in known]
            filled = _padded(mixes, whole[f"{side}_policy"].shape[-1])
            variables[f"sse_{side}_policy"] = (("run", f"{side}_action"), filled)
    coordinates: dict[str, Any] = {
        "iteration": iterations,
        "game": ("run", [run.name for run in runs]),
        "algorithm": ("run", [run.preset for run in runs]),
        "seed": ("run", [run.seed for run in runs]),
    }
    for name in swept:
        coordinates[name] = ("run", [getattr(run.settings, name) for run in runs])
    return xr.Dataset(variables, coordinates, dict(attributes))


def _gather(name: str, runs: int, logs: Sequence[tuple[Sequence[int], Log]]) -> Array:
    """One measure of all runs, taken out of the logs: at no time are there two copies of all."""
    parts = [(members, log.values.pop(name)) for members, log in logs if name in log.values]
    tail = [max(sizes) for sizes in zip(*(part.shape[2:] for _, part in parts), strict=True)]
    gathered = np.full((runs, len(logs[0][1].iterations), *tail), np.nan)
    for members, part in parts:
        missing = [(0, most - size) for most, size in zip(tail, part.shape[2:], strict=True)]
        gathered[list(members)] = np.pad(part, [(0, 0), (0, 0), *missing], constant_values=np.nan)
    return gathered


def _padded(rows: Sequence[Sequence[float]], width: int) -> Array:
    """Rows as one array, filled up with NaN; a row that is too long is left out."""
    filled = np.full((len(rows), width), np.nan)
    for place, row in zip(filled, rows, strict=True):
        if len(row) <= width:
            place[: len(row)] = row
    return filled


def _dimensions(name: str, count: int) -> tuple[str, ...]:
    """Of a measure: actions; or observations, and the options there."""
    side = name.partition("_")[0]
    return ((), (f"{side}_action",), (f"{side}_observation", f"{side}_option"))[count]


def _column(values: Sequence[float]) -> Array:
    return np.array(values)[:, None]


def _from_nash(average: Array, known: Sequence[Reference]) -> Array:
    """Distance of the leader's average to its nearest value in an extreme Nash equilibrium."""
    rows = [
        np.full_like(row, np.nan)
        if each.nash is None
        else np.abs(row[:, None] - np.array(each.nash)).min(1)
        for row, each in zip(average, known, strict=True)
    ]
    return np.stack(rows)


def _outside(average: Array, known: Sequence[Reference]) -> Array:
    """Distance of the leader's average to its range over coarse correlated equilibria."""
    low = _column([math.nan if each.lo is None else each.lo for each in known])
    high = _column([math.nan if each.hi is None else each.hi for each in known])
    beyond: Array = np.maximum(np.maximum(low - average, average - high), 0)
    return beyond
