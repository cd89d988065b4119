"""Files that are whole or not there, whatever ends the process that writes them.

A file is written under a hidden name beside its own, brought to the disk, then renamed. A kill
leaves the file before or the file after, and at most a hidden file that ends in ``.partial``. Two
processes that write one file never mix: each has a hidden name of its own, the last rename stays.
"""

from __future__ import annotations

import os
from contextlib import suppress
from glob import escape
from pathlib import Path

from stackel.errors import InvalidGameError, StackelError

PARTIAL = ".partial"


def check_place(
    path: str | os.PathLike[str], *, error: type[StackelError] = InvalidGameError
) -> Path:
    """Return ``path`` when a file can be written there; say why not before any work is done.

    Raises
    ------
    StackelError
        Of the type ``error``: the folder does not exist or is read-only, or ``path`` is a folder.
    """
    target = Path(path)
    if not os.path.isdir(target.parent):
        raise error(f"{target}: its folder must exist, got {str(target.parent)!r}")
    try:
        os.lstat(_partial(target))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as reason:  # a name that is too long, a NUL character
        raise error(f"{target}: cannot be written: {_why(reason)}") from None
    if os.path.isdir(target):
        raise error(f"{target}: must be a file, got a folder")
    if not _writable(target.parent):
        raise error(f"{target}: cannot be written: its folder is read-only")
    return target


def check_folder(
    folder: str | os.PathLike[str], *, error: type[StackelError] = InvalidGameError
) -> Path:
    """Return ``folder`` when files can be made in it, or in the nearest one above that is there."""
    target = Path(folder)
    there = next((each for each in (target, *target.parents) if os.path.lexists(each)), target)
    if not os.path.isdir(there):
        raise error(f"{target}: no folder can be made: {there} is none")
    if not _writable(there):
        raise error(f"{target}: cannot be written: {str(there)!r} is read-only")
    return target


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def write_whole(
    path: str | os.PathLike[str],
    *parts: bytes | memoryview,
    error: type[StackelError] = InvalidGameError,
) -> None:
    """Write the parts, one after the other, as the file ``path``; one that is there is replaced.

    Raises
    ------
    StackelError
        Of the type ``error``, when it cannot be written: a full disk, a read-only folder. What
        was at ``path`` is still there.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.txt")
    >>> write_whole(path, b"some ", b"text")
    >>> path.read_bytes(), [each.name for each in path.parent.iterdir()]
    (b'some text', ['a.txt'])
    """
    target = Path(path)
    partial = _partial(target)
    try:
        try:
            with open(partial, "xb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
        except BaseException:
            _discard(partial)
            raise
    except (OSError, ValueError) as reason:  # ValueError: a NUL character in the path
        raise error(f"{target}: cannot be written: {_why(reason)}") from None


def _partial(target: Path) -> Path:
    """A name beside ``target`` that nobody else takes."""
    return target.with_name(f".{target.name}.{os.urandom(4).hex()}{PARTIAL}")


def _why(reason: OSError | ValueError) -> str:
    return getattr(reason, "strerror", None) or str(reason)


def sweep(folder: Path, name: str = "*") -> None:
    """Remove what killed processes left of files called ``name``, or of all, in ``folder``.

    For those who know that nobody else writes there.
    """
    pattern = "*" if name == "*" else escape(name)
    for partial in folder.glob(f".{pattern}.*{PARTIAL}"):
        _discard(partial)


def _discard(partial: Path) -> None:
    with suppress(OSError, ValueError):  # the disk is read-only or gone: there is nothing to clean
        partial.unlink(missing_ok=True)
