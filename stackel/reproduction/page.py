"""The page of a reproduction: the paper's claim, our run, the exact value, the verdict."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.report.template import render
from stackel.reproduction.exhibit import Exhibit, Picture

if TYPE_CHECKING:
    from proofs_checks.report import Report
    from stackel.reproduction.scale import Scale

RESOLUTION = 110
"""Dots per inch of the page's pictures: sharp at its width, and the page stays small."""


def page(exhibits: Sequence[Exhibit], report: Report, scale: Scale) -> str:
    """One self-contained HTML page."""
    here = Path(__file__).parent
    style = (here.parent / "report" / "page.css").read_text(encoding="utf-8")
    return render(
        here / "page.html.j2",
        exhibits=exhibits,
        decided={each.id: each for each in report},
        scale=scale,
        image=_image,
        style=style + (here / "page.css").read_text(encoding="utf-8"),
    )


def _image(picture: Picture) -> str:
    """The picture as an image that is part of the page."""
    stream = io.BytesIO()
    picture.figure.savefig(stream, format="png", dpi=RESOLUTION)
    return f"data:image/png;base64,{b64encode(stream.getvalue()).decode()}"
