"""What runs leave behind: a labelled array of everything that was logged."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dynamics.ensemble import Ensemble, State
from dynamics.reference import Reference
from dynamics.sweep import Spec
from dynamics.tally import band

if TYPE_CHECKING:
    import xarray as xr

Array: TypeAlias = NDArray[Any]

LOGGED = 1000
"""Iterations that a long run logs, evenly spaced; a shorter one logs all."""


def logged_iterations(iterations: int) -> Array:
    """The iterations to log, from 1; the last is always among them.

    >>> logged_iterations(3), logged_iterations(2500)[:3], len(logged_iterations(2500))
    (array([1, 2, 3]), array([3, 5, 8]), 1000)
    """
    count = min(iterations, LOGGED)
    return -(-np.arange(1, count + 1) * iterations // count)


@dataclass(frozen=True, eq=False, kw_only=True)
class Log:
    """The measures of a batch of runs at the logged iterations, in CPU memory."""

    iterations: Array
    """(I,), int64."""
    values: dict[str, Array]
    """Measure -> (R, I) or (R, I, actions)."""

    def write(self, place: int, measures: Mapping[str, Tensor]) -> None:
        """Put the measures of the logged iteration number ``place`` (from 0) in their place."""
        for name, value in measures.items():
            row = value.cpu().numpy()
            if name not in self.values:
                shape = (len(row), len(self.iterations), *row.shape[1:])
                self.values[name] = np.full(shape, np.nan)
            self.values[name][:, place] = row


def play_on(ensemble: Ensemble, state: State, log: Log, *, until: int) -> State:
    """Play up to iteration ``until`` and log what is due."""
    place = int(np.searchsorted(log.iterations, state.iteration, side="right"))
    while state.iteration < until:
        state, joint = ensemble.step(state)
        if place < len(log.iterations) and state.iteration == log.iterations[place]:
            log.write(place, ensemble.tally.measure(joint, state.total, state.iteration))
            place += 1
    return state


def dataset(
    runs: Sequence[Spec],
    logs: Sequence[tuple[Sequence[int], Log]],
    references: Mapping[str, Reference],
    *,
    swept: Sequence[str],
    device: str,
) -> xr.Dataset:
    """Gather the logs of all batches: dimensions ``run``, ``iteration`` and the actions.

    What is not measured in a run is NaN there; the band is left out where no game has one.
    """
    import xarray as xr

    iterations = logs[0][1].iterations
    whole: dict[str, Array] = {}
    for name in sorted({name for _, log in logs for name in log.values}):
        parts = [(members, log.values[name]) for members, log in logs if name in log.values]
        tail = tuple(max(part.shape[2:] for _, part in parts))
        whole[name] = np.full((len(runs), len(iterations), *tail), np.nan)
        for members, part in parts:
            missing = [(0, most - size) for most, size in zip(tail, part.shape[2:], strict=True)]
            padded = np.pad(part, [(0, 0), (0, 0), *missing], constant_values=np.nan)
            whole[name][list(members)] = padded
    known = [references[run.name] for run in runs]
    variables: dict[str, Any] = {
        name: (("run", "iteration", *(_actions(name),) * (values.ndim - 2)), values)
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
    }.items():
        variables[name] = (("run",), np.array(values))
    coordinates: dict[str, Any] = {
        "iteration": iterations,
        "game": ("run", [run.name for run in runs]),
        "preset": ("run", [run.preset for run in runs]),
        "seed": ("run", [run.seed for run in runs]),
    }
    for name in swept:
        coordinates[name] = ("run", [getattr(run.settings, name) for run in runs])
    return xr.Dataset(variables, coordinates, attributes(runs, device=device))


def attributes(runs: Sequence[Spec], *, device: str) -> dict[str, str]:
    """Configuration, versions and device, as text."""
    from importlib.metadata import version

    defaults = {run.preset: asdict(run.settings) for run in runs}
    return {
        "format": "stackel-run/1",
        "settings": json.dumps(defaults),
        "device": device,
        "stackel": version("stackel"),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _actions(name: str) -> str:
    return f"{name.partition('_')[0]}_action"


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
