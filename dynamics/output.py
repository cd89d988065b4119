"""The file that a run is written to, and the folder beside it while the run is unfinished."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dynamics.checkpoint import SUFFIX
from dynamics.layout import check_plan
from dynamics.plan import check_same, plan
from dynamics.record import LOGGED
from dynamics.run import Run, check_name, write
from dynamics.standing import Standing
from dynamics.sweep import Spec
from dynamics.train import train
from dynamics.whole_file import replacing
from stackel.errors import CheckpointError, brief

PLAN = "plan.json"
MOST_PLAN = 64 * 2**20
"""Bytes that a plan may have: a hundred thousand seeds take one."""


def parts_of(out: Path) -> Path:
    """The folder of the checkpoints."""
    return out.with_name(f"{out.name}.parts")


def check_out(out: Path, *, resume: bool) -> dict[str, Any] | None:
    """What has been begun at ``out``; None when nothing has.

    Raises
    ------
    CheckpointError
        When something is there and is not to be resumed, or is there and cannot be read.
    """
    check_name(out)
    parts = parts_of(out)
    if out.exists() and not resume:
        raise CheckpointError(f"{out}: is there already: choose another name")
    if parts.exists() and not resume:
        raise CheckpointError(f"{parts}: holds an unfinished run: add --resume to finish it")
    if out.exists():
        return Run.load(out).plan
    if not (parts / PLAN).exists():
        return None
    return _read_plan(parts / PLAN)


def _read_plan(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise CheckpointError(f"{path}: cannot be read: a plan is a regular file")
    try:
        if path.stat().st_size > MOST_PLAN:
            raise ValueError(f"a plan may have {MOST_PLAN} bytes")
        begun = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}") from None
    if not isinstance(begun, dict):
        raise CheckpointError(f"{path}: a plan is a JSON object, got {brief(begun)}")
    check_plan(begun, where=str(path))
    return begun


def train_into(
    out: Path,
    runs: Sequence[Spec],
    *,
    swept: Sequence[str],
    device: str,
    resume: bool,
    logged: int = LOGGED,
    workers: int = 1,
    cluster: str | None = None,
    progress: Callable[[Standing], None] | None = None,
) -> Run:
    """Play the runs and write them to ``out``; with ``resume``, go on where they were stopped."""
    begun = check_out(out, resume=resume)
    asked = plan(runs, swept=swept, device=device, logged=logged)
    parts = parts_of(out)
    if begun is not None:
        check_same(begun, asked, where=str(out if out.exists() else parts))
    if not out.exists():
        try:
            if begun is None:
                _open(parts, asked)
            data = train(
                runs,
                swept=swept,
                device=device,
                logged=logged,
                folder=parts,
                workers=workers,
                cluster=cluster,
                progress=progress,
            )
        except Exception:
            if not list(parts.glob(f"*{SUFFIX}")):  # nothing was played: nothing to resume
                _remove(parts)
            raise
        write(data, out)
    _remove(parts)
    return Run.load(out)


def _open(parts: Path, asked: dict[str, Any]) -> None:
    try:
        parts.mkdir(exist_ok=True)
    except OSError as error:
        raise CheckpointError(f"{parts}: cannot be made: {error.strerror}") from None
    with replacing(parts / PLAN) as partial:
        partial.write_text(json.dumps(asked, indent=1) + "\n")


def _remove(parts: Path) -> None:
    """Remove the folder and what this module and its checkpoints put there."""
    if not parts.exists():
        return
    for file in parts.iterdir():
        if file.name == PLAN or file.name.endswith((SUFFIX, ".partial")):
            file.unlink()
    try:
        parts.rmdir()
    except OSError as error:
        raise CheckpointError(f"{parts}: cannot be removed: {error.strerror}") from None
