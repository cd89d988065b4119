"""Games in files: ``stackel-game/1`` JSON, Gambit's ``.nfg``, and ``.npz``.

A file is untrusted: nothing in it is executed or unpickled, and a size it declares is checked
before memory is taken for it. Whatever is wrong with it becomes one
:class:`~stackel.errors.InvalidGameError` of one line that starts with the file's name.
"""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING

from stackel.atomic import write_whole
from stackel.errors import InvalidGameError
from stackel.files.json_format import format_game, parse_game
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from stackel.files.json_format import Game

__all__ = ["SUFFIXES", "read_game", "write_game"]

SUFFIXES = (".json", ".nfg", ".npz")
"""What the name of a game file ends in, in either case."""
MAX_TEXT_BYTES = 64 * 2**20
"""Size of a text file: some 10^7 payoffs, which take twenty times as much memory when parsed."""


def read_game(path: str | os.PathLike[str]) -> Game:
    r"""Return the game in a file.

    Parameters
    ----------
    path : str or path
        A file whose name ends in ``.json``, ``.nfg`` or ``.npz``, or ``-`` for JSON on standard
        input.

    Returns
    -------
    BimatrixGame or BayesianGame
        With the payoffs as the file states them, exactly: a JSON string ``"1/3"`` and a number
        of an ``.nfg`` file are the rationals they spell (there ``0.1`` is 1/10); a JSON number
        with a point or an exponent, and a float64 of an ``.npz`` file, is a binary fraction.

    Raises
    ------
    InvalidGameError
        When the file cannot be read or breaks a rule of its format: one line that names the
        file, what is wrong, the rule, and the value got.

    Notes
    -----
    Text files may have 64 MiB, JSON integers 4300 digits, other numbers 400 characters.

    Examples
    --------
    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "game.nfg")
    >>> with open(path, "w") as file:
    ...     _ = file.write('NFG 1 R "a game" { "I" "II" } { 1 2 } 1/3 0 5 1')
    >>> game = read_game(path)
    >>> game.name, game.leader_exact.rows, game.leader_exact.scale
    ('a game', ((1, 15),), 3)
    """
    name = os.fsdecode(path)
    where = "standard input" if name == "-" else name
    try:
        if name == "-":
            if sys.stdin is None:
                raise InvalidGameError("standard input must hold a game, got a closed one")
            return parse_game(_decode(_read_limited(sys.stdin.buffer)))
        suffix = _suffix(name)
        if os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name)):
            # to open a pipe may take for ever
            raise InvalidGameError("a game is read from a regular file, or from -, standard input")
        with open(name, "rb") as file:
            if suffix == ".json":
                return parse_game(_decode(_read_limited(file)))
            if suffix == ".nfg":
                from stackel.files.nfg import parse_nfg

                return parse_nfg(_decode(_read_limited(file)))
            from stackel.files.npz import read_npz

            return read_npz(file)
    except InvalidGameError as error:
        message = f"{where}: {error}"
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        message = f"{where}: cannot be read: {getattr(error, 'strerror', None) or error}"
    raise InvalidGameError(" ".join(message.splitlines()))


def write_game(game: Game, path: str | os.PathLike[str]) -> None:
    r"""Write a game to a file, exactly.

    Parameters
    ----------
    game : BimatrixGame or BayesianGame
        Bayesian games are written as JSON only.
    path : str or path
        Ends in ``.json``, ``.nfg`` or ``.npz``. An existing file is replaced, in one step: it
        never holds half a game.

    Raises
    ------
    InvalidGameError
        When the file cannot be written, or its format cannot hold the game without loss:
        ``.npz`` holds float64 or int64 payoffs and nothing between; ``.nfg`` holds the labels
        that Gambit accepts (printable ASCII, single inner spaces, no backslash).

    Examples
    --------
    >>> import tempfile
    >>> from stackel.game import BimatrixGame
    >>> path = os.path.join(tempfile.mkdtemp(), "game.json")
    >>> write_game(BimatrixGame([["1/3", 2]], [[0, 1]]), path)
    >>> read_game(path).leader_exact[0, 0]
    Fraction(1, 3)
    """
    name = os.fsdecode(path)
    try:
        content = _content(game, _suffix(name))
    except InvalidGameError as error:
        message = f"{name}: {error}"
        raise InvalidGameError(" ".join(message.splitlines())) from None
    write_whole(name, content)


def _content(game: Game, suffix: str) -> bytes | memoryview:
    """The game in the format; refuses what it cannot hold."""
    if suffix == ".json":
        return format_game(game).encode()
    if not isinstance(game, BimatrixGame):
        raise InvalidGameError(f"{suffix} files hold matrix games, got kind {game.kind!r}")
    if suffix == ".nfg":
        from stackel.files.nfg import format_nfg

        return format_nfg(game).encode()
    from stackel.files.npz import format_npz

    return format_npz(game)


def _suffix(name: str) -> str:
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in SUFFIXES:
        raise InvalidGameError(f"game files end in {', '.join(SUFFIXES)}, got {suffix!r}")
    return suffix


def _read_limited(stream: IO[bytes]) -> bytes:
    """Everything in ``stream``; a device or a pipe may never end, so in pieces."""
    pieces, size = [], 0
    while piece := stream.read(2**20):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_TEXT_BYTES:
            raise InvalidGameError(f"text files may have {MAX_TEXT_BYTES} bytes, got more")
    return b"".join(pieces)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidGameError(
            f"text files must be UTF-8, got byte 0x{data[error.start]:02x} at {error.start}"
        ) from None
