"""The files of a reproduction: pictures, tables, data, each written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dynamics.storage.lock import alone
from stackel.atomic import check_folder, sweep, write_whole
from stackel.errors import InvalidGameError
from stackel.plots import save
from stackel.reproduction.exhibit import Exhibit, Table

LATEX = str.maketrans({sign: rf"\{sign}" for sign in "&%_#${}"} | {"^": r"\^{}"})
"""Characters that LaTeX reads as something else."""


@contextmanager
def folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The output folder, made when it is not there, and nobody else's while the block runs.

    Raises
    ------
    InvalidGameError
        When it cannot be a folder, or another process is making a reproduction there.
    """
    target = Path(path)
    parts = [target / name for name in ("data", "figures", "tables")]
    try:
        for part in parts:
            part.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidGameError(f"{target}: no folder can be made: {error.strerror}") from None
    for part in (target, *parts):
        check_folder(part)
    with alone(target, error=InvalidGameError):
        for part in (target, *parts):
            sweep(part)
        yield target


def write(path: Path, text: str) -> None:
    """Write text, whole or not at all."""
    write_whole(path, text.encode())


def write_exhibit(exhibit: Exhibit, out: Path) -> None:
    """All pictures as PNG and SVG, all tables as CSV, Markdown and LaTeX."""
    for picture in exhibit.pictures:
        for suffix in (".png", ".svg"):
            save(picture.figure, out / "figures" / f"{picture.name}{suffix}")
    for table in exhibit.tables:
        for suffix, text in (
            (".csv", as_csv(table)),
            (".md", as_markdown(table)),
            (".tex", as_latex(table)),
        ):
            write(out / "tables" / f"{table.name}{suffix}", text)


def as_csv(table: Table) -> str:
    """Columns and full-precision cells."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])
    return stream.getvalue()


def as_markdown(table: Table) -> str:
    """A pipe table under its caption.

    >>> print(as_markdown(Table(name="t", caption="Two.", columns=("a", "b"), rows=((1, 0.5),))))
    Two.
    <BLANKLINE>
    | a | b |
    | --- | --- |
    | 1 | 0.5 |
    <BLANKLINE>
    """
    lines = [table.columns, ["---"] * len(table.columns), *table.cells()]
    rows = ["| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines]
    return "\n".join([table.caption, "", *rows, ""])


def as_latex(table: Table) -> str:
    """A table with booktabs rules."""
    lines = [" & ".join(cell.translate(LATEX) for cell in line) + r" \\" for line in table.cells()]
    head = " & ".join(name.translate(LATEX) for name in table.columns) + r" \\"
    return "\n".join(
        [
            r"\begin{table}", r"\centering", rf"\begin{{tabular}}{{{'l' * len(table.columns)}}}",
            r"\toprule", head, r"\midrule", *lines, r"\bottomrule", r"\end{tabular}",
            rf"\caption{{{table.caption.translate(LATEX)}}}", r"\end{table}", "",
        ]
    )  # fmt: skip
