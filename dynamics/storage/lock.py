"""One process at a time in a folder.

The lock is the system's own (``flock``): it ends with the process that holds it, however that
ends, so that a kill leaves nothing that blocks. Where the file system knows no locks, or the
system has none of this kind, nobody is refused; files are whole all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stackel.errors import CheckpointError, StackelError

LOCK = ".lock"
"""The file that is locked."""


@contextmanager
def alone(folder: Path, *, error: type[StackelError] = CheckpointError) -> Iterator[None]:
    """Hold ``folder`` while the block runs; it is made when it is not there.

    Raises
    ------
    StackelError
        Of the type ``error``, when another process holds it, or it cannot be written.
    """
    path = folder / LOCK
    try:
        descriptor = _hold(path)
    except BlockingIOError:
        raise error(
            f"{folder}: another process is writing there: wait for its end or choose another name"
        ) from None
    except OSError as reason:
        raise error(f"{folder}: cannot be written: {reason.strerror}") from None
    try:
        yield
    finally:
        with suppress(OSError):  # the folder is gone
            path.unlink()
        os.close(descriptor)


def _hold(path: Path) -> int:
    """A descriptor of the locked file, which is still the one at ``path``."""
    while True:
        path.parent.mkdir(exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:  # whoever was here before has just removed the folder
            continue
        try:
            _lock(descriptor)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks
        return


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one at ``path``: its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
