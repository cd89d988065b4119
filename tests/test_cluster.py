"""Batches in other processes and on a dask cluster: the same bits, whoever is lost on the way."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

import dynamics.play
import stackel
from dynamics.standing import Standing
from stackel.errors import InvalidGameError

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
    monkeypatch.setattr("dynamics.cluster.CONNECT", 0.2)
    with pytest.raises(InvalidGameError) as caught:
        stackel.train("battle", cluster=address, **OPTIONS)
    assert address in str(caught.value)
    assert "\n" not in str(caught.value)
