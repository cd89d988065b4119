"""kill -9 of workers of a dask cluster at random instants: the runs have the bits of one process.

python benchmarks/faults/workers.py --kills 20
"""

import argparse
import os
import random
import signal
import sys
import time
import warnings
from collections import Counter
from contextlib import suppress
from threading import Timer
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from results import store

import dynamics.play
import stackel
from dynamics.crew.cluster import SETTINGS
from dynamics.standing import Standing
from stackel.errors import StackelError

OPTIONS: dict[str, Any] = {
    "preset": ["hedge-hedge", "theorem-10"], "iterations": 3000, "seeds": 2, "seed": 1,
    "logged": 20,
}  # fmt: skip
LEG = 0.5
"""Seconds of a leg."""
LATEST = 2.0
"""Seconds from a report of progress to the next kill, at most: a leg that loses its workers too
often is given up, by design."""


def main() -> int:
    """Play runs on a cluster whose workers die until enough have, and store the counts."""
    import dask
    from distributed import LocalCluster

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    truth = stackel.train("battle", **OPTIONS).data
    vars(dynamics.play)["INTERVAL"] = LEG

    dask.config.set(SETTINGS)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        pending: list[Timer] = []
        before = 0

        def kill() -> None:
            alive = [each.pid for each in cluster.workers.values() if each.pid]
            with suppress(ProcessLookupError):  # it is being started again
                os.kill(rng.choice(alive), signal.SIGKILL)
                counts["kills"] += 1
            pending.clear()

        def watch(standing: Standing) -> None:
            nonlocal before
            if (now := int(standing.iterations.sum())) != before and not pending:
                before = now
                pending.append(Timer(rng.random() * LATEST, kill))
                pending[0].start()

        while counts["kills"] < given.kills and not faults:
            start = time.monotonic()
            try:
                run = stackel.train(
                    "battle", cluster=cluster.scheduler_address, progress=watch, **OPTIONS
                )
                if not run.data.identical(truth):
                    faults.append("the bits differ")
            except StackelError as error:
                faults.append(str(error))
            for timer in list(pending):
                timer.join()
            counts["runs with the same bits"] += not faults
            print(dict(counts), round(time.monotonic() - start), "s", faults, flush=True)
    store("workers", {**counts, "leg_seconds": LEG, "faults": faults})
    return bool(faults)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
