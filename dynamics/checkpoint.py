"""Snapshots of unfinished runs, in files that are whole or not there.

A checkpoint is one line with the SHA-256 of the rest, then an ``.npz`` archive. It is written to a
temporary file, which is then renamed: a kill at any instant leaves the file before or the file
after. Nothing in it is unpickled.
"""

from __future__ import annotations

import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np

from dynamics.leg import Snapshot
from dynamics.whole_file import replacing
from stackel.errors import CheckpointError

FORMAT = b"stackel-checkpoint/1"
SUFFIX = ".checkpoint"


def write(path: Path, snapshot: Snapshot, *, of: str) -> None:
    """Store a snapshot; ``of`` says whose, and must be given to read it again."""
    arrays = {"of": np.array(of), "iteration": np.array(snapshot.iteration)}
    arrays |= {f"state/{name}": array for name, array in snapshot.state.items()}
    arrays |= {f"log/{name}": array for name, array in snapshot.log.items()}
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # numpy's stub takes the names for flags
    body = buffer.getbuffer()
    with replacing(path) as partial, partial.open("xb") as file:
        file.write(FORMAT + b" " + sha256(body).hexdigest().encode() + b"\n")
        file.write(body)


def read(path: Path, *, of: str) -> Snapshot:
    """The snapshot in a file.

    Raises
    ------
    CheckpointError
        When the file cannot be read, is cut short or altered, or belongs to another run.
    """
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from None
    name, _, digest = head.partition(b" ")
    if name != FORMAT:
        raise CheckpointError(
            f"{path}: a checkpoint begins with {FORMAT.decode()!r}, got {name[:24]!r}"
        )
    if sha256(body).hexdigest().encode() != digest:
        raise CheckpointError(
            f"{path}: cut short or altered: its content does not have the checksum it states"
        )
    try:
        with np.load(BytesIO(body), allow_pickle=False) as archive:
            arrays = dict(archive)
        owner, iteration = str(arrays.pop("of")), int(arrays.pop("iteration"))
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path}: not a checkpoint: {error}") from None
    if owner != of:
        raise CheckpointError(f"{path}: belongs to another run")

    def part(prefix: str) -> dict[str, np.ndarray]:
        return {
            name.removeprefix(prefix): array
            for name, array in arrays.items()
            if name.startswith(prefix)
        }

    return Snapshot(iteration=iteration, state=part("state/"), log=part("log/"))
