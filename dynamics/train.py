"""Train: play every batch of a list of runs, leg by leg, and gather what they logged."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dynamics.crew import Crew, Show, here, processes
from dynamics.crew.interruption import Interruption, interruption
from dynamics.leg import Report
from dynamics.plan import plan
from dynamics.play import Play
from dynamics.prepare import prepare
from dynamics.reaction import check as check_reaction
from dynamics.reaction import policy_regrets
from dynamics.record import LOGGED, Log, dataset, logged_iterations
from dynamics.reference import reference
from dynamics.settings.sweep import Spec, batches, check_room
from dynamics.settings.unheeded import refuse_unheeded
from dynamics.standing import Standing
from stackel.errors import InvalidGameError

if TYPE_CHECKING:
    import xarray as xr


def train(
    runs: Sequence[Spec],
    *,
    swept: Sequence[str] = (),
    device: torch.device | str = "cpu",
    logged: int = LOGGED,
    folder: Path | None = None,
    workers: int = 1,
    cluster: str | None = None,
    progress: Callable[[Standing], None] | None = None,
) -> xr.Dataset:
    """Play all runs to their end.

    Parameters
    ----------
    runs : sequence of Spec
        All of one number of iterations.
    swept : sequence of str
        Settings that become coordinates of the result.
    logged : int
        Iterations that are logged, at most, evenly spaced.
    folder : Path, optional
        Where checkpoints are; those that are there are gone on from. It must exist.
    workers : int
        Processes; 1 plays everything here.
    cluster : str, optional
        Address of the scheduler whose workers play instead, see :mod:`dynamics.crew.cluster`.
    progress : callable, optional
        Called with the :class:`~dynamics.standing.Standing` of all runs, some times a second.

    Raises
    ------
    CheckpointError
        When a checkpoint is damaged, belongs to other runs, or cannot be written.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, once everything that can be stored is stored.
    """
    parts = batches(runs, device=device)
    check_room(runs, parts, logged=logged)
    _check(runs, parts, str(device))
    known = {name: reference(game) for name, game in {run.name: run.game for run in runs}.items()}
    asked = plan(runs, swept=swept, device=str(device), logged=logged)
    play = Play(
        runs=runs,
        parts=parts,
        of=asked["runs"],
        device=str(device),
        logged=logged,
        folder=folder,
    )
    standing = Standing.of(runs, parts, known)

    def show(report: Report) -> None:
        standing.note(report)
        if progress is not None:
            progress(standing)

    with interruption() as signals, _crew(len(parts), workers, cluster, show, signals) as crew:
        play.play(crew, signals)
    logs = [
        (part, Log(iterations=logged_iterations(asked["iterations"], logged), values=snapshot.log))
        for part, snapshot in zip(parts, play.ended(), strict=True)
    ]
    data = dataset(runs, logs, known, swept=swept, attributes=_attributes(asked))
    if all(run.settings.policy_regret for run in runs):
        regrets = policy_regrets(runs, data["leader_average"].values[:, -1].tolist())
        data["leader_policy_regret"] = ("run", np.array(regrets))
    return data


def _check(runs: Sequence[Spec], parts: Sequence[Sequence[int]], device: str) -> None:
    """Raise now what would be raised later, when a batch is begun or after it is played."""
    for first in {runs[part[0]].mould: runs[part[0]] for part in parts}.values():
        if len(parts) > 1:
            begin(first, device=device)
        else:  # a single batch is prepared next
            _check_regrets(first)


def begin(run: Spec, *, device: torch.device | str = "cpu") -> None:
    """Prepare a run, and raise where a regret is asked for that it does not have."""
    _check_regrets(run)
    prepare([run], device=device)


def _check_regrets(run: Spec) -> None:
    if run.settings.swap_regret and run.game.kind != "matrix":
        raise InvalidGameError(f"swap_regret needs a matrix game, got {run.game.kind}")
    if run.settings.policy_regret:
        check_reaction(run)


def check_given(
    runs: Sequence[Spec], given: Mapping[str, Sequence[Any]], *, device: torch.device | str = "cpu"
) -> None:
    """Raise an InvalidGameError where a setting that was given changes nothing about the runs."""
    refuse_unheeded(runs, given, lambda run: begin(run, device=device))


def _crew(
    parts: int, workers: int, cluster: str | None, show: Show, signals: Interruption
) -> AbstractContextManager[Crew]:
    """Who plays."""
    if cluster is not None:
        from dynamics.crew.cluster import workers_at

        return workers_at(cluster, show)
    if min(workers, parts) > 1:
        return processes(min(workers, parts), show)
    return here(show, stop=lambda: signals.asked)


def _attributes(asked: dict[str, Any]) -> dict[str, str]:
    """The plan and the versions, as the texts that a netCDF file holds."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in asked.items()
    }
    return texts | {"numpy": np.__version__, "python": platform.python_version()}
