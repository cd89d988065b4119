"""Snapshots of unfinished runs, in files that are whole or not there.

A checkpoint is one line with the SHA-256 of the rest, then an ``.npz`` archive. It is written to a
temporary file, which is then renamed: a kill at any instant leaves the file before or the file
after. Nothing in it is unpickled.
"""

from __future__ import annotations

import zipfile
from hashlib import sha256
from io import BytesIO
from math import prod
from pathlib import Path

import numpy as np

from dynamics.leg import Snapshot
from dynamics.whole_file import replacing
from stackel.errors import CheckpointError

FORMAT = b"stackel-checkpoint/1"
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""What reads the size that an array claims, for each version of its format."""
DAMAGE = (
    ValueError, KeyError, TypeError, EOFError, RuntimeError, NotImplementedError, OverflowError,
    zipfile.BadZipFile,
)  # fmt: skip
"""What is raised for an archive that is none, or holds something else."""
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
    if path.exists() and not path.is_file():  # to open a pipe may take for ever
        raise CheckpointError(f"{path}: cannot be read: a checkpoint is a regular file")
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
        arrays = _arrays(body)
        owner, iteration = str(arrays.pop("of")), int(arrays.pop("iteration"))
    except DAMAGE as error:
        raise CheckpointError(f"{path}: not a checkpoint: {str(error)[:80]}") from None
    if owner != of:
        raise CheckpointError(f"{path}: belongs to another run")

    def part(prefix: str) -> dict[str, np.ndarray]:
        return {
            name.removeprefix(prefix): array
            for name, array in arrays.items()
            if name.startswith(prefix)
        }

    return Snapshot(iteration=iteration, state=part("state/"), log=part("log/"))


def _arrays(body: bytes) -> dict[str, np.ndarray]:
    """The arrays of an archive that is not compressed: none of them is larger than it claims."""
    with zipfile.ZipFile(BytesIO(body)) as archive:
        members = archive.infolist()
        packed = [each.filename for each in members if each.compress_type != zipfile.ZIP_STORED]
        if packed:
            raise ValueError(f"{packed[0]!r} is compressed")
        arrays = {}
        for each in members:
            with archive.open(each) as stream:
                header = HEADERS[np.lib.format.read_magic(stream)]
                shape, _, dtype = header(stream)
            if prod(shape) * dtype.itemsize > len(body):
                raise ValueError(f"{each.filename!r} has more bytes than the file")
            with archive.open(each) as stream:
                name = each.filename.removesuffix(".npy")
                arrays[name] = np.lib.format.read_array(stream, allow_pickle=False)
    return arrays
