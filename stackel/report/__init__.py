"""The report of ``stackel verify`` as a page: one self-contained HTML file, or Markdown.

Nothing is fetched: styles, pictures and mathematics (MathML) are part of the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.atomic import check_place, write_whole
from stackel.errors import InvalidGameError
from stackel.report.chapters import chapters, tallies
from stackel.report.pictures import game_picture
from stackel.report.template import render

if TYPE_CHECKING:
    from proofs_checks.report import Report

SUFFIXES = (".html", ".md")


def check_path(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` when a page can be written there; say why not before any work is done.

    Raises
    ------
    InvalidGameError
        When the name has another suffix, or the folder does not exist or is read-only.
    """
    suffix = Path(path).suffix
    if suffix.lower() not in SUFFIXES:
        raise InvalidGameError(f"{path}: a page must end in {', '.join(SUFFIXES)}, got {suffix!r}")
    return check_place(path)


def page(report: Report) -> str:
    """Return the report as HTML.

    Examples
    --------
    >>> from proofs_checks.verify import verify
    >>> html = page(verify(["thm-2"], budget="quick", seed=0, processes=1))
    >>> '<article id="thm-2"' in html, "http://" in html.replace("http://www.w3.org", "")
    (True, False)
    """
    from proofs_checks.registry import claims

    folder = Path(__file__).parent
    return render(
        folder / "page.html.j2",
        report=report,
        chapters=chapters(report),
        verdicts=tallies(each.verdict for each in report),
        proofs=tallies(each.paper_proof for each in report if each.paper_proof != "none"),
        kinds=tallies(each.kind or "none" for each in report),
        picture=game_picture,
        present={each.id for each in report},
        shorts={id: known.short for id, known in claims().items()},
        style=(folder / "page.css").read_text(encoding="utf-8"),
    )


def write_report(report: Report, path: str | os.PathLike[str]) -> None:
    """Write the report, whole or not at all.

    HTML is :func:`page`; Markdown has the same statements, verdicts and evidence.
    """
    from proofs_checks import markdown

    target = check_path(path)
    text = page(report) if target.suffix.lower() == ".html" else markdown.page(report)
    write_whole(target, text.encode())
