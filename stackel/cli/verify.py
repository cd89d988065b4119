"""``stackel verify [CLAIM...]``: every claim of the paper decided, or one claim spelled out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stackel.cli import completion
from stackel.cli.progress import progress_bar


class Budget(StrEnum):
    """How hard searches look."""

    quick = "quick"
    default = "default"
    thorough = "thorough"


def verify(
    claim: Annotated[
        list[str] | None,
        typer.Argument(
            help="Claims such as thm-1; all of them by default.",
            autocompletion=completion.claims,
        ),
    ] = None,
    budget: Annotated[
        Budget, typer.Option(help="How hard searches look: seconds, minutes, hours.")
    ] = Budget.default,
    seed: Annotated[int, typer.Option(help="Where searches and simulations start.")] = 0,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write a page with every claim spelled out: .html or .md.", metavar="FILE"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the claims as a JSON list.")] = False,
) -> None:
    """Decide the paper's claims, each with its evidence. Exit 1 when a verdict is unexpected."""
    from stackel import api

    if report is not None:
        from stackel.report import check_path

        check_path(report)
    with progress_bar("verifying") as progress:
        found = api.verify(claim or None, budget=budget.value, seed=seed, progress=progress)
    if report is not None:
        api.save_report(found, report)
    if json:
        import json as encoder

        print(encoder.dumps(found.to_dict(), indent=1))
    else:
        from rich.console import Console

        Console().print(found)
    if found.missing:
        raise typer.Exit(130)
    if not found.agrees:
        raise typer.Exit(1)
