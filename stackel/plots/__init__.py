"""Pictures of games and solutions, written to a file chosen by its suffix."""

from __future__ import annotations

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.atomic import check_place, write_whole
from stackel.errors import InvalidGameError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
RESOLUTION = 160
"""Dots per inch of a PNG: sharp on a screen, printable at half a page."""

UNDATED: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""Suffix -> what is left out of the file, which would tell one writing from the next."""


def check_path(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` when a picture can be written there; say why not before any work is done."""
    suffix = Path(path).suffix
    if suffix.lower() not in SUFFIXES:
        raise InvalidGameError(
            f"{path}: a picture must end in {', '.join(SUFFIXES)}, got {suffix!r}"
        )
    return check_place(path)


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write ``figure`` whole or not at all; the same figure is the same file, byte for byte."""
    import matplotlib

    target = check_path(path)
    suffix = target.suffix.lower()
    stream = BytesIO()
    with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": "stackel"}):
        warnings.filterwarnings("ignore", message="Glyph")  # one that the font lacks is a box
        figure.savefig(stream, format=suffix[1:], dpi=RESOLUTION, metadata=UNDATED[suffix])
    write_whole(target, stream.getbuffer())
