"""Processes that play shards. One that dies or hangs is replaced, and the call it was in counted.

A worker marks the game and the system that it is at in shared memory. When it is lost, its shard is
played again, by a new worker, without that call: a game is a function of its index, so the rest
comes out the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Generator, Iterable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from campaign.calls import IDLE, Calls
from campaign.shard import SYSTEMS, Findings, play, warm_up

PATIENCE = 60.0
"""Seconds on the clock that one call may take before its process counts as hung."""
RETRIES = 3
"""How often a shard may lose its process outside any call."""
START = 600.0
"""Seconds that a process may take to import and compile its peers."""


def play_all(
    shards: Iterable[int], *, seed: int, size: int, processes: int
) -> Generator[tuple[int, Findings], None, None]:
    """Play the shards, each of ``size`` games; give (shard, what was found) as they finish."""
    waiting = iter(shards)
    workers: dict[Any, Worker] = {}
    try:
        for _ in range(processes):
            _give(workers, Worker(seed, size), next(waiting, None))
        while workers:
            ready = wait(list(workers), timeout=1.0)
            for end in ready:
                worker = workers.pop(end)
                findings = worker.result()
                if findings is None:
                    _give(workers, worker.successor("its process died"), worker.shard)
                else:
                    assert worker.shard is not None
                    yield worker.shard, findings
                    _give(workers, worker, next(waiting, None))
            for end, worker in list(workers.items()):
                if worker.hangs():
                    del workers[end]
                    _give(workers, worker.successor("its process hung"), worker.shard)
    finally:
        for worker in workers.values():
            worker.kill()


def _give(workers: dict[Any, Worker], worker: Worker, shard: int | None) -> None:
    if shard is None:
        worker.kill()
    else:
        worker.begin(shard)
        workers[worker.pipe] = worker


class Worker:
    """A process, seen from outside."""

    def __init__(
        self,
        seed: int,
        size: int,
        lost: dict[tuple[int, str], str] | None = None,
        retries: int = RETRIES,
    ) -> None:
        self.seed, self.size = seed, size
        self.lost, self.retries = lost or {}, retries
        self.shard: int | None = None
        context: SpawnContext = multiprocessing.get_context("spawn")
        self.mark: Any = context.RawArray("q", [IDLE, IDLE])
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_work, args=(theirs, self.mark, seed, size, self.lost), daemon=True
        )
        self.process.start()
        theirs.close()
        self.seen: tuple[int, int] = (IDLE, IDLE)
        self.since = time.monotonic()
        self.started = False

    def begin(self, shard: int) -> None:
        """Let the process play a shard."""
        self.shard = shard
        self.since = time.monotonic()
        self.pipe.send(shard)

    def result(self) -> Findings | None:
        """What the process sent; None when it is gone."""
        try:
            plain = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        self.started = True
        return Findings.from_dict(plain)

    def hangs(self) -> bool:
        """Whether nothing has moved for too long."""
        now = time.monotonic()
        mark = self.mark[0], self.mark[1]
        if mark != self.seen:
            self.seen, self.since = mark, now
            self.started = True
        return now - self.since > (PATIENCE if self.started else START)

    def successor(self, how: str) -> Worker:
        """A new process that leaves out the call in which this one was lost."""
        index, number = self.mark[0], self.mark[1]
        self.kill()
        if index != IDLE:
            lost = self.lost | {(index, SYSTEMS[number]): how}
            return Worker(self.seed, self.size, lost, self.retries)
        if self.retries == 0:
            raise RuntimeError(f"{how} outside any call, in shard {self.shard}")
        return Worker(self.seed, self.size, self.lost, self.retries - 1)

    def kill(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(
    pipe: Connection, mark: Any, seed: int, size: int, lost: dict[tuple[int, str], str]
) -> None:
    """Play the shards that come through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that watches
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # some peers print
    warm_up()
    calls = Calls(mark=mark, names=list(SYSTEMS), lost=lost)
    while True:
        try:
            shard = pipe.recv()
        except EOFError:
            return
        findings = play(seed, range(shard * size, (shard + 1) * size), calls)
        pipe.send(findings.to_dict())
