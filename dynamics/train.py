"""Train: play every batch of a list of runs and gather what they logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch

from dynamics.prepare import prepare
from dynamics.record import Log, dataset, logged_iterations, play_on
from dynamics.reference import reference
from dynamics.sweep import Spec, batches

if TYPE_CHECKING:
    import xarray as xr

STRIDE = 50
"""Iterations from one report of progress to the next."""


def train(
    runs: Sequence[Spec],
    *,
    swept: Sequence[str] = (),
    device: torch.device | str = "cpu",
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Play all runs to their end."""
    references = {run.name: run.game for run in runs}
    known = {name: reference(game) for name, game in references.items()}
    parts = batches(runs)
    logs = []
    done, whole = 0, sum(len(part) * runs[part[0]].iterations for part in parts)
    for part in parts:
        ensemble = prepare([runs[number] for number in part], device=device)
        iterations = runs[part[0]].iterations
        log = Log(iterations=logged_iterations(iterations), values={})
        state = ensemble.begin()
        while state.iteration < iterations:
            before = state.iteration
            state = play_on(ensemble, state, log, until=min(before + STRIDE, iterations))
            done += len(part) * (state.iteration - before)
            if progress is not None:
                progress(done / whole)
        logs.append((part, log))
    return dataset(runs, logs, known, swept=swept, device=str(device))
