"""Legs played by the workers of a dask cluster.

The scheduler plays the leg of a worker that is lost again, elsewhere: a leg is a pure function, so
that the bits are the same. Snapshots come back to this process, which stores them: workers need no
common disk.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from importlib.util import find_spec
from queue import SimpleQueue
from typing import Any

from dynamics.crew import MOST_WORKERS, Crew, Show
from dynamics.leg import Leg, Report, Snapshot, play_leg
from stackel.errors import InvalidGameError, MissingExtraError, StackelError, brief

LOCAL = "local:"
"""``local:2`` starts two workers on this machine."""
ADDRESS = r"((tcp|tls)://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):[0-9]{1,5}"
"""What an address of a scheduler looks like."""
TOPIC = "stackel-train"
"""Where workers report."""
SETTINGS = {
    "distributed.scheduler.allowed-failures": 10,
    "distributed.deploy.lost-worker-timeout": "10 minutes",
}
"""Of a cluster that is started here: how many workers a leg may lose before it is blamed itself,
and how long a worker may take to start again. By default it has 15 seconds: on a busy machine all
workers were given up, one after the other, and what they played was waited for in vain."""
CONNECT = 5
"""Seconds to wait for a scheduler."""
GO_ON = "with --out, --resume goes on from what was stored"
"""What to do when a cluster has failed."""
GONE = "the scheduler at {} is gone; " + GO_ON
"""Said when nothing answers any more."""


@contextmanager
def workers_at(address: str, show: Show) -> Iterator[Crew]:
    """The workers of the scheduler at ``address``.

    Raises
    ------
    InvalidGameError
        When nothing answers there.
    MissingExtraError
        When dask.distributed is not installed.
    """
    if find_spec("distributed") is None:
        raise MissingExtraError("clusters", "cluster", "distributed")
    import dask
    import distributed  # noqa: F401  # its defaults must be there before some are changed

    queue: SimpleQueue[Report] = SimpleQueue()
    with dask.config.set(SETTINGS), _client(address) as client:
        client.subscribe_topic(TOPIC, lambda event: queue.put(Report(**event[1]["report"])))
        executor = client.get_executor(pure=False)

        def play(leg: Leg) -> Future[Snapshot]:
            promised: Future[Snapshot] = Future()
            played: Future[Snapshot] = executor.submit(_play, leg)
            played.add_done_callback(lambda done: _settle(promised, done, address))
            return promised

        def reports() -> None:
            while not queue.empty():
                show(queue.get())

        def width() -> int:
            try:
                threads: dict[str, int] = client.nthreads()
            except OSError:
                raise StackelError(GONE.format(address)) from None
            return max(1, sum(threads.values()))

        try:
            yield Crew(play=play, width=width, reports=reports, stop=lambda: 0.0)
        finally:
            executor.shutdown(wait=False)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the scheduler at ``address``, or of one that is started here."""
    from distributed import Client, LocalCluster

    cluster: Any = None
    if address.startswith(LOCAL):
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=_count(address), threads_per_worker=1, dashboard_address=None
        )
    elif not re.fullmatch(ADDRESS, address):
        raise InvalidGameError(
            "a cluster is the address of a dask scheduler such as tcp://10.0.0.1:8786, or "
            f"local:2; got {brief(address)}"
        )
    try:
        client: Any = Client(cluster or address, timeout=CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, MemoryError) as error:
        raise InvalidGameError(
            f"a cluster is the address of a dask scheduler, or local:2; got {brief(address)}: "
            f"{' '.join(str(error).split())}"
        ) from None
    try:
        yield client
    finally:
        with _quiet("distributed.client"):
            client.close()
        if cluster is not None:
            cluster.close()


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger still: a client whose scheduler is gone says so at its end, in thirty lines."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _settle(promised: Future[Snapshot], done: Future[Snapshot], address: str) -> None:
    """Hand on what was played, or in a line why it was not."""
    from distributed import KilledWorker

    try:
        promised.set_result(done.result())
    except KilledWorker:
        promised.set_exception(
            StackelError(f"a leg lost its worker again and again at {address}; {GO_ON}")
        )
    except (CancelledError, OSError):
        promised.set_exception(StackelError(GONE.format(address)))
    except Exception as error:  # what was raised while the leg was played
        promised.set_exception(error)


def _count(address: str) -> int:
    text = address.removeprefix(LOCAL)
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_WORKERS:
        raise InvalidGameError(
            f"a local cluster of 1 to {MOST_WORKERS} workers is given as local:2, "
            f"got {brief(address)}"
        )
    return int(text)


def _play(leg: Leg) -> Snapshot:
    from distributed import get_worker

    worker: Any = get_worker()
    return play_leg(
        leg, report=lambda each: worker.log_event(TOPIC, {"report": vars(each)}), stop=lambda: False
    )
