"""Batches in other processes and on a dask cluster: the same bits, whoever is lost on the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import pytest

import dynamics.play
import stackel
from dynamics.crew.cluster import _settle
from dynamics.leg import Snapshot
from dynamics.standing import Standing
from stackel.errors import InvalidGameError, StackelError

OPTIONS: dict[str, Any] = {
    "preset": ["hedge-hedge", "theorem-10"],  # two batches
    "iterations": 2000,
    "seeds": 2,
    "seed": 1,
    "logged": 20,
}


@pytest.mark.slow
def test_processes_give_the_same_bits() -> None:
    alone = stackel.train("battle", **OPTIONS)
    assert stackel.train("battle", processes=2, **OPTIONS).data.identical(alone.data)


@pytest.mark.slow
def test_processes_stop_and_resume(tmp_path: Path) -> None:
    out = tmp_path / "run.nc"

    def stop(standing: Standing) -> None:
        if standing.share > 0.2:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        stackel.train("battle", processes=2, out=out, progress=stop, **OPTIONS)
    assert list(tmp_path.glob("run.nc.parts/*.checkpoint"))
    resumed = stackel.train("battle", processes=2, out=out, resume=True, **OPTIONS)
    assert resumed.data.identical(stackel.train("battle", **OPTIONS).data)


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_killed_worker_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(dynamics.play, "INTERVAL", 0.5)
    killed: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:

        def kill(standing: Standing) -> None:
            if not killed and standing.share > 0.1:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        run = stackel.train("battle", cluster=cluster.scheduler_address, progress=kill, **OPTIONS)
    assert killed
    assert run.data.identical(stackel.train("battle", **OPTIONS).data)


@pytest.mark.parametrize("address", ["local:0", "local:two", "tcp://127.0.0.1:1"])
def test_address_of_no_cluster_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynamics.crew.cluster.CONNECT", 0.2)
    with pytest.raises(InvalidGameError) as caught:
        stackel.train("battle", cluster=address, **OPTIONS)
    assert address in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (CancelledError(), "the scheduler at tcp://a:1 is gone"),
        (OSError("closed"), "the scheduler at tcp://a:1 is gone"),
        ("KilledWorker", "lost its worker again and again"),
    ],
)
def test_cluster_that_fails_is_one_line(raised: Any, message: str) -> None:
    distributed = pytest.importorskip("distributed")
    if raised == "KilledWorker":
        raised = distributed.KilledWorker("leg", None, 4)
    promised: Future[Snapshot] = Future()
    done: Future[Snapshot] = Future()
    done.set_exception(raised)
    _settle(promised, done, "tcp://a:1")
    with pytest.raises(StackelError, match=message) as caught:
        promised.result(timeout=0)
    assert "--resume goes on from what was stored" in str(caught.value)


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_killed_scheduler_is_one_line_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dynamics.play, "INTERVAL", 0.2)
    out = tmp_path / "run.nc"
    program = [sys.executable, "-m"]
    address = f"tcp://127.0.0.1:{_free_port()}"
    scheduler = subprocess.Popen(
        [*program, "distributed.cli.dask_scheduler", "--port", address.rpartition(":")[2],
         "--no-dashboard"],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    worker = subprocess.Popen(
        [*program, "distributed.cli.dask_worker", address, "--nthreads", "1"],
        stderr=subprocess.DEVNULL,
    )

    def kill(standing: Standing) -> None:
        if list(tmp_path.glob("run.nc.parts/*.checkpoint")):
            scheduler.kill()

    monkeypatch.setattr("dynamics.crew.cluster.CONNECT", 60)
    try:
        with pytest.raises(StackelError, match="is gone; with --out, --resume goes on"):
            stackel.train("battle", cluster=address, out=out, progress=kill, **OPTIONS)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    resumed = stackel.train("battle", out=out, resume=True, **OPTIONS)
    assert resumed.data.identical(stackel.train("battle", **OPTIONS).data)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
