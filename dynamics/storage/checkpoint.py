"""The snapshots of unfinished runs as files: sealed ``.npz`` archives.

Each is written whole or not at all and ends in its checksum: :mod:`stackel.atomic`,
:mod:`dynamics.storage.seal`. Nothing in it is unpickled.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from math import prod
from pathlib import Path
from tokenize import TokenError

import numpy as np

from dynamics.leg import Snapshot
from dynamics.storage.seal import seal, unseal
from stackel.atomic import write_whole
from stackel.errors import CheckpointError

FORMAT = "stackel-checkpoint/2"
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""What reads the size that an array claims, for each version of its format."""
DAMAGE = (
    ValueError, KeyError, TypeError, EOFError, RuntimeError, NotImplementedError, OverflowError,
    SyntaxError, TokenError, zipfile.BadZipFile,
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
    write_whole(path, body, seal(FORMAT, body), error=CheckpointError)


def read(path: Path, *, of: str) -> Snapshot:
    """The snapshot in a file.

    Raises
    ------
    CheckpointError
        When the file cannot be read, is cut short or altered, or belongs to another run.
    """
    body = unseal(path, FORMAT)
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


def _arrays(body: memoryview) -> dict[str, np.ndarray]:
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
