"""``stackel games``: the catalogue, one of its games, or a copy of one in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackel.cli import completion

if TYPE_CHECKING:
    from rich.console import RenderableType

    from stackel.catalog import CatalogEntry
    from stackel.game import BimatrixGame

LARGEST_SHOWN = 12
"""Rows and columns up to which a matrix is printed: what fits a terminal."""


def games(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A game of the catalogue; without it, list them all.",
            autocompletion=completion.games,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write the game to FILE: .json, .nfg or .npz.", metavar="FILE"),
    ] = None,
) -> None:
    """List the catalogue, or show NAME: payoffs, what its source claims, and our values."""
    if name is None and export is not None:
        raise typer.BadParameter("--export needs the NAME of a game")
    from stackel import catalog

    if name is not None and export is not None:
        from stackel.files import write_game

        entry = catalog.load(name)
        write_game(entry.game, export)
        print(f"{entry.name} written to {export}")
        return
    from rich.console import Console

    console = Console()
    if name is None:
        console.print(_listing([catalog.load(each) for each in catalog.names()]))
        return
    from stackel import api

    entry = catalog.load(name)
    for part in _description(entry):
        console.print(part)
    console.print(api.solve(entry.name))
    if not entry.claims:
        console.print("The source claims no values.")


def _listing(entries: list[CatalogEntry]) -> RenderableType:
    """A table for each source: names, shapes, and the first sentence of each note."""
    from itertools import groupby

    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    tables: list[RenderableType] = []
    for source, group in groupby(entries, key=lambda entry: entry.name.partition("/")[0]):
        games = list(group)
        shared = {entry.citation for entry in games}
        title = f"{source}: {shared.pop()}" if len(shared) == 1 else source
        table = Table(title=Text(title), title_justify="left", box=box.SIMPLE, pad_edge=False)
        table.add_column("game", no_wrap=True)
        table.add_column("shape", no_wrap=True)
        table.add_column("what it shows")
        for entry in games:
            about = Text(entry.note.partition(". ")[0].rstrip("."))
            if shared:
                about.append(f"\n{entry.citation}", style="dim")
            shape = " x ".join(map(str, entry.game.shape))
            table.add_row(entry.name.partition("/")[2], shape, about)
        tables.append(table)
    return Group(*tables)


def _description(entry: CatalogEntry) -> list[RenderableType]:
    """The payoffs as tables, then what the game shows and where it is from."""
    from rich.text import Text

    from stackel.bayesian import BayesianGame
    from stackel.game import BimatrixGame
    from stackel.markov import MarkovGame

    game = entry.game
    parts: list[RenderableType] = []
    if isinstance(game, BimatrixGame):
        parts = [Text(f"{entry.name}: payoffs (leader, follower)"), _bimatrix(game)]
    elif isinstance(game, BayesianGame):
        for one, chance in zip(game.types, game.prior, strict=True):
            parts += [Text(f"{one.name}, probability {chance}"), _bimatrix(one)]
    elif isinstance(game, MarkovGame):
        parts = [Text(repr(game))]
        for s, stage in enumerate(game.stages):
            name = game.state_names[s] if game.state_names else f"state {s}"
            parts += [Text(f"{name}: payoffs of a stage (leader, follower)"), _bimatrix(stage)]
    return [*parts, Text(entry.note), Text(f"Source: {entry.citation}"), Text()]


def _bimatrix(game: BimatrixGame) -> RenderableType:
    """Payoff pairs, the leader's first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    m, n = game.shape
    if max(m, n) > LARGEST_SHOWN:
        return Text(f"{m} x {n}, too large to print")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for j in range(n):
        table.add_column(Text(game.follower_actions[j] if game.follower_actions else str(j)))
    a, b = game.leader_exact, game.follower_exact
    for i in range(m):
        label = Text(game.leader_actions[i] if game.leader_actions else str(i))
        table.add_row(label, *(f"{a[i, j]}, {b[i, j]}" for j in range(n)))
    return table
