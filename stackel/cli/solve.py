"""``stackel solve GAME``: reference values of a game, as a table, as JSON, as a picture."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stackel.cli import completion
from stackel.cli.progress import progress_bar
from stackel.plots import check_path


class Certify(StrEnum):
    """How answers are proved."""

    exact = "exact"
    float = "float"
    none = "none"


def solve(
    game: Annotated[
        str,
        typer.Argument(
            help="A game of the catalogue, a file, or - for JSON on stdin.",
            autocompletion=completion.games,
        ),
    ],
    concept: Annotated[
        list[str] | None,
        typer.Option(
            help="Compute only this concept; repeat the option for several.",
            autocompletion=completion.concepts,
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="How the SSE is computed: multiple-lp, milp, correlated-commitment, "
            "vertex-enumeration; Bayesian: branch-and-bound, dobss, harsanyi; "
            "Markov: normal-form, sequence-form."
        ),
    ] = None,
    certify: Annotated[
        Certify, typer.Option(help="Exact and checked, float64 with bounds, or float64 alone.")
    ] = Certify.exact,
    json: Annotated[bool, typer.Option("--json", help="Print stackel-solution/1 JSON.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write a picture: .png, .svg or .pdf by the suffix.")
    ] = None,
) -> None:
    """Solve GAME: strong and weak Stackelberg, pure, Nash, maximin, CE, CCE, no-regret class."""
    from stackel import api

    if plot is not None:
        check_path(plot)
    names = [name for entry in concept for name in entry.split(",")] if concept else None
    with progress_bar("solving") as progress:
        solution = api.solve(
            game, concept=names, method=method, certify=certify.value, progress=progress
        )
    if plot is not None:
        api.plot(solution, plot)
    if json:
        import json as encoder

        print(encoder.dumps(solution.to_dict(), indent=1))
        return
    from rich.console import Console

    Console().print(solution)
    if plot is not None:
        print(f"picture written to {plot}")
