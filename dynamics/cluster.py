"""Legs played by the workers of a dask cluster.

The scheduler plays the leg of a worker that is lost again, elsewhere: a leg is a pure function, so
that the bits are the same. Snapshots come back to this process, which stores them: workers need no
common disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.util import find_spec
from queue import SimpleQueue
from typing import Any

from dynamics.crew import Crew, Show
from dynamics.leg import Leg, Report, Snapshot, play_leg
from stackel.errors import InvalidGameError, MissingExtraError

LOCAL = "local:"
"""``local:2`` starts two workers on this machine."""
TOPIC = "stackel-train"
"""Where workers report."""
ALLOWED_DEATHS = 10
"""Workers that may be lost while they play a leg before the leg itself is blamed."""
CONNECT = 15
"""Seconds to wait for a scheduler."""


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
    from distributed import Client, LocalCluster

    queue: SimpleQueue[Report] = SimpleQueue()
    cluster: Any = None
    with dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_DEATHS}):
        if address.startswith(LOCAL):
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=_count(address), threads_per_worker=1, dashboard_address=None
            )
        try:
            client: Any = Client(cluster or address, timeout=CONNECT)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise InvalidGameError(
                f"a cluster is the address of a dask scheduler, or local:2; got {address!r:.60}: "
                f"{' '.join(str(error).split())}"
            ) from None
    client.subscribe_topic(TOPIC, lambda event: queue.put(Report(**event[1]["report"])))
    executor = client.get_executor(pure=False)

    def play(leg: Leg) -> Future[Snapshot]:
        future: Future[Snapshot] = executor.submit(_play, leg)
        return future

    def reports() -> None:
        while not queue.empty():
            show(queue.get())

    def width() -> int:
        threads: dict[str, int] = client.nthreads()
        return max(1, sum(threads.values()))

    try:
        yield Crew(play=play, width=width, reports=reports, stop=lambda: 0.0)
    finally:
        executor.shutdown(wait=False)
        client.close()
        if cluster is not None:
            cluster.close()


def _count(address: str) -> int:
    text = address.removeprefix(LOCAL)
    if not text.isdecimal() or int(text) < 1:
        raise InvalidGameError(f"a local cluster is given as local:2, got {address!r:.60}")
    return int(text)


def _play(leg: Leg) -> Snapshot:
    from distributed import get_worker

    worker: Any = get_worker()
    return play_leg(
        leg, report=lambda each: worker.log_event(TOPIC, {"report": vars(each)}), stop=lambda: False
    )
