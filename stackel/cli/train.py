"""``stackel train GAME...``: learning dynamics against the exact values of their games."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stackel.cli import completion
from stackel.cli.training import training
from stackel.plots import check_path

if TYPE_CHECKING:
    from rich.console import RenderableType


def train(
    game: Annotated[
        list[str] | None,
        typer.Argument(help="Games of the catalogue, or files.", autocompletion=completion.games),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="Who learns how; several with commas. --settings lists them.")
    ] = "ald",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE[,VALUE]",
            help="A setting, or with commas a sweep; repeat the option. --settings lists them.",
        ),
    ] = None,
    iterations: Annotated[int, typer.Option(help="Iterations of a run.")] = 1000,
    seeds: Annotated[int, typer.Option(help="Runs of every combination.")] = 1,
    seed: Annotated[
        int | None, typer.Option(help="The first run's seed; drawn and recorded by default.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.nc", help="Write the run; unfinished, it can be resumed."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run of --out.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write a picture: .png, .svg or .pdf by the suffix.")
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write TensorBoard event files.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help="Processes that play; one a core by default.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Play on a dask cluster; local:2 starts one of two."),
    ] = None,
    logged: Annotated[int, typer.Option(help="Iterations that are logged, at most.")] = 1000,
    json: Annotated[bool, typer.Option("--json", help="Print plan and outcomes as JSON.")] = False,
    settings: Annotated[
        bool, typer.Option("--settings", help="List presets and settings, and exit.")
    ] = False,
) -> None:
    """Play learning dynamics on GAME... and hold them against its exact values."""
    from stackel import api

    if settings:
        from rich.console import Console

        Console().print(_settings())
        return
    if not game:
        raise typer.BadParameter("a GAME is needed; stackel games lists the catalogue")
    if plot is not None:
        check_path(plot)
    if tensorboard is not None:
        from dynamics.summary.tensorboard import check_tensorboard

        check_tensorboard(tensorboard)
    changed: dict[str, Any] = {}
    if set_:
        from dynamics.settings.text import parse

        changed = parse(set_)
    with training() as progress:
        run = api.train(
            game,
            preset=preset.split(","),
            iterations=iterations,
            seeds=seeds,
            seed=seed,
            device=device,
            out=out,
            resume=resume,
            processes=(os.cpu_count() or 1) if processes is None else processes,
            cluster=cluster,
            logged=logged,
            progress=progress,
            **changed,
        )
    if plot is not None:
        api.plot(run, plot)
    if tensorboard is not None:
        run.write_events(tensorboard)
    if json:
        import json as encoder

        print(encoder.dumps(run.to_dict(), indent=1))
        return
    from rich.console import Console

    Console().print(run)
    for what, path in (("run", out), ("picture", plot), ("events", tensorboard)):
        if path is not None:
            print(f"{what} written to {path}")


def _settings() -> RenderableType:
    """Presets and settings as tables."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from dynamics.learners import LEARNERS
    from dynamics.settings import ABOUT
    from dynamics.settings.text import changes, describe

    first = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("preset", "what it is", "what differs from ald"):
        first.add_column(name, overflow="fold")
    for preset, about in ABOUT.items():
        first.add_row(preset, about, Text(changes(preset)))
    second = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("setting", "default", "meaning"):
        second.add_column(name, overflow="fold")
    for each in describe():
        second.add_row(each.name, f"{each.default}", Text(each.meaning))
    return Group(first, second, Text(f"Learners: ppo, {', '.join(LEARNERS)}."))
