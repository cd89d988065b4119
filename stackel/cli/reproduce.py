"""``stackel reproduce``: the paper's tables and figures, run again next to the truth."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from stackel.cli import completion


def reproduce(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="table-1, table-3, fig-1, fig-2, fig-3, ablations, or all.",
            autocompletion=completion.exhibits,
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the page, figures, tables, data.")] = Path(
        "reproduction"
    ),
    seeds: Annotated[int | None, typer.Option(help="Runs of everything; 10, quick 3.")] = None,
    iterations: Annotated[
        int | None, typer.Option(help="Iterations of a run; 1000, quick 150.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A look in two minutes.")] = False,
) -> None:
    """Run the paper's experiments and write a page: claims, runs, exact values, verdicts."""
    from stackel import api
    from stackel.cli.progress import progress_bar

    with progress_bar("reproducing") as report:
        page = api.reproduce(
            what or ["all"],
            out=out,
            seeds=seeds,
            iterations=iterations,
            device=device,
            quick=quick,
            processes=os.cpu_count() or 1,
            progress=None if report is None else lambda name, share: report(share, name),
        )
    print(f"page written to {page}")
