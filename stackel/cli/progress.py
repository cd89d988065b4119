"""A progress bar for long work: on a terminal only, and only once the work proves long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer

PATIENCE = 1.0
"""Seconds before a bar appears: what is done by then needs none."""


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[..., None] | None]:
    """Give a function that takes the share of the work done, 0 to 1; None in a pipe.

    It takes as a second argument what is being done, when that changes.

    The bar appears by itself when the work takes long, and pulses until a share is reported.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    lock = Lock()
    ended = False

    def show() -> None:
        with lock:
            if not ended:
                bar.start()

    def report(share: float, what: str | None = None) -> None:
        bar.update(task, completed=share, total=1.0, description=what)

    timer = Timer(PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield report
    finally:
        timer.cancel()
        with lock:
            ended = True
            bar.stop()
