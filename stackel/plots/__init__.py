"""Pictures of games and solutions, written to a file chosen by its suffix."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.errors import InvalidGameError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
RESOLUTION = 160
"""Dots per inch of a PNG: sharp on a screen, printable at half a page."""


def check_path(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` when a picture can be written there; say why not before any work is done."""
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise InvalidGameError(
            f"{target}: a picture must end in {', '.join(SUFFIXES)}, got {target.suffix!r}"
        )
    if not target.parent.is_dir():
        raise InvalidGameError(f"{target}: its folder must exist, got {str(target.parent)!r}")
    try:
        if target.is_dir():
            raise InvalidGameError(f"{target}: a picture is a file, got a folder")
    except OSError as error:  # a name that is too long
        raise InvalidGameError(f"{target}: cannot be written: {error.strerror}") from None
    return target


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write ``figure`` to a temporary file beside ``path``, then rename it."""
    target = check_path(path)
    partial = target.with_name(f".{target.stem}.partial{target.suffix}")
    try:
        with warnings.catch_warnings():  # a letter that the font lacks is drawn as a box
            warnings.filterwarnings("ignore", message="Glyph")
            figure.savefig(partial, dpi=RESOLUTION)
        partial.replace(target)
    except OSError as error:
        raise InvalidGameError(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
