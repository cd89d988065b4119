"""Who plays legs: this process, or several processes of this machine.

:mod:`dynamics.crew.cluster` has a third crew. All of them do the same work and give the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from typing import TypeAlias

from dynamics.crew.worker import follow_parent
from dynamics.leg import Leg, Report, Snapshot, play_leg

Show: TypeAlias = Callable[[Report], None]
"""What is done with a report."""
MOST_WORKERS = 1024
"""Processes that may play side by side."""
PATIENCE = 30.0
"""Seconds that processes have to store what they play when everything is to stop."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Crew:
    """Something that plays legs."""

    play: Callable[[Leg], Future[Snapshot]]
    width: Callable[[], int]
    """How many legs it plays side by side, now."""
    reports: Callable[[], None]
    """Hand on the reports that have come in."""
    stop: Callable[[], float]
    """Ask it to end its legs early; the seconds that this may take."""


@contextmanager
def here(show: Show, *, stop: Callable[[], bool]) -> Iterator[Crew]:
    """The process itself: a leg is played when it is handed over."""

    def play(leg: Leg) -> Future[Snapshot]:
        future: Future[Snapshot] = Future()
        future.set_result(play_leg(leg, report=show, stop=stop))
        return future

    yield Crew(play=play, width=lambda: 1, reports=lambda: None, stop=lambda: 0.0)


@contextmanager
def processes(count: int, show: Show) -> Iterator[Crew]:
    """``count`` processes, spawned: they share no state with this one."""
    context = get_context("spawn")
    queue: SimpleQueue[Report] = context.SimpleQueue()
    stop = context.Event()
    pool = ProcessPoolExecutor(
        count, mp_context=context, initializer=_enlist, initargs=(queue, stop)
    )

    def reports() -> None:
        while not queue.empty():
            show(queue.get())

    def ask() -> float:
        stop.set()
        return PATIENCE

    try:
        yield Crew(
            play=lambda leg: pool.submit(_play, leg),
            width=lambda: count,
            reports=reports,
            stop=ask,
        )
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


_reports: SimpleQueue[Report] | None = None
_stop: Event | None = None


def _enlist(queue: SimpleQueue[Report], stop: Event) -> None:
    """Prepare a process."""
    global _reports, _stop
    _reports, _stop = queue, stop
    os.environ["OMP_NUM_THREADS"] = "1"  # the processes share the cores already
    follow_parent()


def _play(leg: Leg) -> Snapshot:
    assert _reports is not None
    assert _stop is not None
    return play_leg(leg, report=_reports.put, stop=_stop.is_set)
