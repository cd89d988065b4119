"""The file that a run is written to, and the folder beside it while the run is unfinished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dynamics.plan import check_same, plan
from dynamics.record import LOGGED
from dynamics.run import Run, check_name, write
from dynamics.settings.sweep import Spec
from dynamics.standing import Standing
from dynamics.storage.checkpoint import SUFFIX
from dynamics.storage.layout import check_plan
from dynamics.storage.lock import alone
from dynamics.storage.seal import sealed_json, unsealed_json
from dynamics.train import train
from stackel.atomic import PARTIAL, sweep, write_whole
from stackel.errors import CheckpointError

PLAN = "plan.json"


def parts_of(out: Path) -> Path:
    """The folder of the checkpoints."""
    return out.with_name(f"{out.name}.parts")


def check_out(out: Path, *, resume: bool) -> dict[str, Any] | None:
    """What has been begun at ``out``; None when nothing has.

    Raises
    ------
    CheckpointError
        When something is there and is not to be resumed, or is there and cannot be read, or
        nothing can be written there.
    """
    if out.exists() and resume:
        return Run.load(out).plan
    check_name(out)
    if out.exists():
        raise CheckpointError(f"{out}: is there already: choose another name")
    parts = parts_of(out)
    if not (parts / PLAN).exists() and not _played(parts):
        return None
    if not resume:
        raise CheckpointError(f"{parts}: holds an unfinished run: add --resume to finish it")
    begun = unsealed_json(parts / PLAN)
    check_plan(begun, where=str(parts / PLAN))
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
    """Play the runs and write them to ``out``; with ``resume``, go on where they were stopped.

    Raises
    ------
    CheckpointError
        When something else is there, another process is writing there, or nothing can be written.
    """
    asked = plan(runs, swept=swept, device=device, logged=logged)
    parts = parts_of(out)
    _begun(out, asked, resume=resume)
    if out.exists() and not parts.exists():
        return Run.load(out)
    try:
        with alone(parts):
            begun = _begun(out, asked, resume=resume)  # another process may have been faster
            if not out.exists():
                sweep(out.parent, out.name)
                try:
                    if not begun:
                        write_whole(parts / PLAN, sealed_json(asked), error=CheckpointError)
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
                    if not _played(parts):  # nothing to resume
                        _empty(parts)
                    raise
                write(data, out)
            _empty(parts)
    finally:
        with suppress(OSError):  # what is left in it is to be resumed, or of somebody else
            parts.rmdir()
    return Run.load(out)


def _begun(out: Path, asked: dict[str, Any], *, resume: bool) -> bool:
    """Whether these runs have been begun at ``out``; raise a CheckpointError if others have."""
    begun = check_out(out, resume=resume)
    if begun is not None:
        check_same(begun, asked, where=str(out if out.exists() else parts_of(out)))
    return begun is not None


def _played(parts: Path) -> list[Path]:
    return list(parts.glob(f"*{SUFFIX}"))


def _empty(parts: Path) -> None:
    """Remove what this module and its checkpoints put there."""
    for file in (parts / PLAN, *_played(parts), *parts.glob(f".*{PARTIAL}")):
        with suppress(OSError):
            file.unlink()
