"""Pictures for a page, each as an image that is part of it."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING, Any

from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN_UP_TO = 16
"""Entries of a game up to which its picture helps a reader."""


def game_picture(id: str) -> str | None:
    """The game that a claim's stored witness is about, drawn; None where there is none to draw."""
    from proofs_checks.checks import Witness
    from proofs_checks.registry import claims

    for check in claims()[id].checks:
        if isinstance(check, Witness) and check.about == "statement":
            game = _game_in(check.stored)
            if (
                game is not None
                and game.shape[0] > 1
                and game.shape[0] * game.shape[1] <= DRAWN_UP_TO
            ):
                return _drawn(game)
    return None


def _game_in(stored: Any) -> BimatrixGame | None:
    """The first game of a stored witness."""
    if isinstance(stored, BimatrixGame):
        return stored
    if isinstance(stored, tuple | list):
        return next((game for part in stored if (game := _game_in(part)) is not None), None)
    return None


@cache
def _drawn(game: BimatrixGame) -> str:
    from solvers.concepts import solve_matrix_game
    from stackel.plots.matrix import plot_solution

    return as_image(plot_solution(solve_matrix_game(game)))


def as_image(figure: Figure) -> str:
    """A figure as the address of an image: SVG, in the page itself."""
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "stackel"}):
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(stream.getvalue()).decode()}"
