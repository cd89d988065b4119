"""What a terminal shows while runs are played: a bar, and the averages so far against V."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dynamics.standing import Standing

MOST_ROWS = 12
"""Games and algorithms shown: what fits under a bar."""
SHOWN_EVERY = 0.2
"""Seconds from one picture to the next."""


@contextmanager
def training() -> Iterator[Callable[[Standing], None] | None]:
    """Give a function that shows a standing; None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("training"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    task = bar.add_task("", total=1.0)
    shown = 0.0
    with Live(bar, console=Console(stderr=True), transient=True, auto_refresh=False) as live:

        def show(standing: Standing) -> None:
            nonlocal shown
            if monotonic() - shown < SHOWN_EVERY:
                return
            shown = monotonic()
            bar.update(task, completed=standing.share)
            live.update(_picture(bar, standing), refresh=True)

        yield show


def _picture(bar: RenderableType, standing: Standing) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("game", "preset"):
        table.add_column(name)
    for name in ("leader's average", "V"):
        table.add_column(name, justify="right")
    rows = standing.rows
    for game, algorithm, average, value in rows[-MOST_ROWS:]:
        table.add_row(Text(game), algorithm, f"{average:.4f}", f"{value:.4g}")
    if len(rows) > MOST_ROWS:
        table.add_row(f"and {len(rows) - MOST_ROWS} more", "", "", "")
    return Group(bar, table)
