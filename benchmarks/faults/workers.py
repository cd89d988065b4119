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
from threading import Event, Thread
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from results import store

import dynamics.play
import stackel
from stackel.errors import StackelError

OPTIONS: dict[str, Any] = {
    "preset": ["hedge-hedge", "theorem-10"], "iterations": 3000, "seeds": 2, "seed": 1,
    "logged": 20,
}  # fmt: skip
LEG = 0.5
"""Seconds of a leg."""
PAUSE = 4.0
"""Seconds from one kill to the next, on average."""


def main() -> int:
    """Play runs on a cluster whose workers die until enough have, and store the counts."""
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

    def kill(cluster: Any, ended: Event) -> None:
        while not ended.wait(rng.expovariate(1 / PAUSE)):
            alive = [each.pid for each in cluster.workers.values() if each.pid]
            if alive and counts["kills"] < given.kills:
                try:
                    os.kill(rng.choice(alive), signal.SIGKILL)
                except ProcessLookupError:  # it is being started again
                    continue
                counts["kills"] += 1

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        while counts["kills"] < given.kills and not faults:
            ended, start = Event(), time.monotonic()
            killer = Thread(target=kill, args=(cluster, ended))
            killer.start()
            try:
                run = stackel.train("battle", cluster=cluster.scheduler_address, **OPTIONS)
                if not run.data.identical(truth):
                    faults.append("the bits differ")
            except StackelError as error:
                faults.append(str(error))
            ended.set()
            killer.join()
            counts["runs with the same bits"] += not faults
            print(dict(counts), round(time.monotonic() - start), "s", faults, flush=True)
    store("workers", {**counts, "leg_seconds": LEG, "faults": faults})
    return bool(faults)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
