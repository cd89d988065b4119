"""``stackel explore [GAME]``: a local page to edit a small game and watch learners on it."""

from __future__ import annotations

from typing import Annotated

import typer

from stackel.cli import completion


def explore(
    game: Annotated[
        str,
        typer.Argument(
            help="A game of 2 x 2 or 2 x 3: of the catalogue, or a file.",
            autocompletion=completion.games,
        ),
    ] = "battle",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 5006,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Serve a page, for this machine alone, to edit GAME and let learners run. Ctrl-C ends."""
    from stackel import api

    def ready(address: str) -> None:
        print(f"{address} (this machine only; Ctrl-C ends)", flush=True)
        if browser:
            import webbrowser

            webbrowser.open(address)

    api.explore(game, port=port, ready=ready)
