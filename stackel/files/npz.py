"""``.npz``: payoffs as NumPy arrays, for large games. Nothing is unpickled."""

from __future__ import annotations

import ast
import re
import sys
import zipfile
import zlib
from io import BytesIO
from math import prod
from typing import IO, TYPE_CHECKING, Any

from stackel.errors import InvalidGameError, UnknownNameError
from stackel.files.json_format import check_characters
from stackel.files.payoffs import float_or_none, payoff_rows
from stackel.game import BimatrixGame
from stackel.matrix import MAX_ENTRIES

if TYPE_CHECKING:
    import numpy as np

TEXTS = ("name", "source", "leader_actions", "follower_actions")
"""Arrays of strings beside ``leader`` and ``follower``; each may be absent."""
MAX_TEXT_BYTES = 64 * 2**20
"""Size of one array of strings."""
MAX_HEADER_BYTES = 10_000
"""Size of the description of an array, as NumPy limits it too."""


def read_npz(file: IO[bytes]) -> BimatrixGame:
    """The game in an ``.npz`` file."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _read_archive(archive)
    except InvalidGameError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,  # a compression or zip version that Python does not have
        OverflowError,
        RuntimeError,  # an encrypted member
        ValueError,
    ) as error:
        raise InvalidGameError(f"must be a valid .npz file: {str(error)[:80]}") from None


def _read_archive(archive: zipfile.ZipFile) -> BimatrixGame:
    members = archive.namelist()
    known = [f"{name}.npy" for name in ("leader", "follower", *TEXTS)]
    for member in members:
        if member not in known:
            raise InvalidGameError(str(UnknownNameError("array", member[:40], known)))
        if members.count(member) > 1:
            raise InvalidGameError(f"arrays must occur once, got {member!r} twice")
    for player in ("leader", "follower"):
        if f"{player}.npy" not in members:
            raise InvalidGameError(f"array {player!r} is missing")
    leader, follower = (_read_array(archive, player, "fiu") for player in ("leader", "follower"))
    texts = {
        name: _read_array(archive, name, "U").tolist() for name in TEXTS if f"{name}.npy" in members
    }
    for name in TEXTS[:2]:
        if not isinstance(texts.get(name), str | None):
            raise InvalidGameError(f"array {name!r} must hold one string")
    for name in TEXTS[2:]:
        if not isinstance(texts.get(name), list | None):
            raise InvalidGameError(f"array {name!r} must hold a list of strings")
    for name, value in texts.items():
        check_characters(name, value)
    return BimatrixGame(leader, follower, **texts)


def _read_array(archive: zipfile.ZipFile, name: str, kinds: str) -> np.ndarray[Any, Any]:
    """One array; its declared size is checked before memory is taken."""
    import numpy as np

    with archive.open(f"{name}.npy") as stream:
        kind, descr, shape, fortran = _read_header(stream, name)
        if kind not in kinds:
            rule = "strings" if kinds == "U" else "real numbers"
            raise InvalidGameError(f"array {name!r} must hold {rule}, got type {descr!r}")
        try:
            dtype = np.dtype(descr)
        except TypeError:
            raise InvalidGameError(
                f"array {name!r} must be of a known type, got {descr!r}"
            ) from None
        if kinds == "U":
            if prod(shape) * dtype.itemsize > MAX_TEXT_BYTES or len(shape) > 1:
                raise InvalidGameError(
                    f"array {name!r} may have one dimension and {MAX_TEXT_BYTES} bytes, "
                    f"got shape {shape} of type {descr!r}"
                )
        elif prod(shape) > MAX_ENTRIES or len(shape) != 2 or dtype.itemsize > 8:
            raise InvalidGameError(
                f"array {name!r} must have two dimensions, at most {MAX_ENTRIES} entries and "
                f"8 bytes an entry, got shape {shape} of type {descr!r}"
            )
        size = prod(shape) * dtype.itemsize
        data = stream.read(size)
        if len(data) != size or stream.read(1):
            raise InvalidGameError(
                f"array {name!r} must have the {size} bytes of shape {shape}, got another number"
            )
    if kind == "U" and size:
        points = np.frombuffer(data, dtype=f"{dtype.byteorder}u4")
        if points.max() > sys.maxunicode:
            raise InvalidGameError(
                f"array {name!r} must be Unicode text, got character number {points.max()}"
            )
    array = np.frombuffer(data, dtype=dtype) if size else np.empty(prod(shape), dtype=dtype)
    return array.reshape(shape, order="F" if fortran else "C")


def _read_header(stream: IO[bytes], name: str) -> tuple[str, str, tuple[int, ...], bool]:
    """Kind and code of the type, shape, and whether columns come first."""
    start = stream.read(8)
    width = {1: 2, 2: 4, 3: 4}.get(start[6] if len(start) == 8 else 0, 0)
    if start[:6] != b"\x93NUMPY" or not width:
        raise InvalidGameError(f"array {name!r} must be in .npy format 1, 2 or 3")
    length = int.from_bytes(stream.read(width), "little")
    if length > MAX_HEADER_BYTES:
        raise InvalidGameError(
            f"array {name!r} must have a header of at most {MAX_HEADER_BYTES} bytes, got {length}"
        )
    try:
        header = ast.literal_eval(stream.read(length).decode())
        descr, shape, fortran = header["descr"], header["shape"], header["fortran_order"]
    except (SyntaxError, TypeError, LookupError, ValueError, MemoryError, RecursionError):
        raise InvalidGameError(f"array {name!r} must have a valid header") from None
    sides = isinstance(shape, tuple) and all(type(s) is int and 0 <= s < 2**63 for s in shape)
    if not isinstance(descr, str) or not sides or not isinstance(fortran, bool):
        raise InvalidGameError(f"array {name!r} must have a plain type and shape")
    if not (match := re.fullmatch(r"[<>|=]?([a-zA-Z])([0-9]{1,9})", descr)):
        raise InvalidGameError(f"array {name!r} must hold real numbers, got type {descr[:40]!r}")
    return match[1], descr, shape, fortran


def format_npz(game: BimatrixGame) -> memoryview:
    """The file of ``game``; refuses a game whose payoffs the arrays would round."""
    import numpy as np

    arrays = {player: _array(game, player) for player in ("leader", "follower")}
    for name in TEXTS:
        if (value := getattr(game, name)) is None:
            continue
        texts = list(value) if isinstance(value, tuple) else value
        arrays[name] = np.array(texts, dtype=np.str_)
        if arrays[name].tolist() != texts:
            raise InvalidGameError(f"{name} in .npz files must not end with a NUL character")
    stream = BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getbuffer()


def _array(game: BimatrixGame, player: str) -> np.ndarray[Any, Any]:
    """The payoffs as int64 or float64, exactly."""
    import numpy as np

    rows = payoff_rows(game, player)
    if all(isinstance(x, int) and abs(x) < 2**63 for row in rows for x in row):
        return np.array(rows, dtype=np.int64)
    floats = [[float_or_none(x) for x in row] for row in rows]
    for i, row in enumerate(floats):
        if None in row:
            j = row.index(None)
            raise InvalidGameError(
                f"payoffs in .npz files must be float64 or int64 numbers; {player} payoff "
                f"[{i}][{j}] would be rounded; write .json or .nfg instead"
            )
    return np.array(floats, dtype=np.float64)
