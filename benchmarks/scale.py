"""How time and memory grow with the work: every solver and learner, doubling until it takes long.

Each point is measured in a process of its own, on one thread and with everything imported: CPU
time (that of its children too), wall-clock time, and the peak of its memory. A curve ends before
the point that its last two let expect to take over ``--limit`` seconds. ``--total`` seconds end
the study; begun anew, it goes on where it was stopped. Writes benchmarks/results/scale.json, from
which benchmarks/scale_page.py makes docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy starts its threads

from scale_cases import BY_ID, CASES, Case

from stackel.errors import StackelError

RESULTS = Path(__file__).parent / "results" / "scale.json"
ENOUGH = 0.3
"""Seconds of CPU for which short work is repeated; the least time counts."""
ONCE = 5.0
"""Seconds from which work is done once; else at least twice, as the first time may import."""
PATIENCE = 8
"""Times the limit: CPU seconds after which a point is given up."""
LONG = 900
"""The same for processes and claims, whose work is given and not doubled."""
QUICK = 0.2
"""Seconds to which --quick lowers the limit."""


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak() -> float:
    """The most memory that this process, or a child of it, has held, in MB."""
    most = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return most / 1024


def point(case: Case, size: int) -> dict[str, Any]:
    """Measure one point in this process."""
    work = case.make(size)
    before, times, spent, seconds, wall = peak(), 0, 0.0, float("inf"), float("inf")
    while spent < ENOUGH or (times < 2 and spent < ONCE):
        start, begun = time.perf_counter(), cpu()
        try:
            work()
        except StackelError as error:
            return {"refused": str(error)}
        used, took = cpu() - begun, time.perf_counter() - start
        seconds, wall = min(seconds, used), min(wall, took)
        spent, times = spent + max(used, took), times + 1  # on the clock where workers do the work
    return {
        "cpu_seconds": round(seconds, 5),
        "seconds": round(wall, 5),
        "megabytes": round(peak(), 1),
        "megabytes_before": round(before, 1),
    }


def measure(case: Case, size: int, patience: int) -> dict[str, Any]:
    """Measure one point in a process of its own, forked from this one."""
    load = round(os.getloadavg()[0], 1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        try:
            found = point(case, size)
        except StackelError as error:  # the case itself is too large
            found = {"refused": str(error)}
        except BaseException as error:
            found = {"failed": f"{type(error).__name__}: {error}"}
        os.write(writer, json.dumps(found).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    found = json.loads(told) if told else {"given_up": patience}
    return {"case": case.id, "size": size, **found, "load_average": load}


def expected(rows: Sequence[Mapping[str, Any]]) -> float:
    """What the next point of a curve is to take, from the last two."""
    if len(rows) < 2:
        return 0.0
    before, last = (row["cpu_seconds"] for row in rows[-2:])
    return float(last * max(last / max(before, 1e-4), 1.0))


def curve(case: Case, known: list[dict[str, Any]], limit: float) -> Iterator[dict[str, Any]]:
    """The points that are missing, as they are measured; the first work imports what all need."""
    patience = LONG if case.law == "none" else round(PATIENCE * limit)
    have = {row["size"]: row for row in known if row.get("given_up", patience) >= patience}
    rows: list[dict[str, Any]] = []
    warm = case.law == "none"
    for size in case.sizes():
        if case.law != "none" and expected(rows) > limit:
            return
        row = have.get(size)
        if row is None:
            if not warm:
                case.make(case.start)()
                warm = True
            row = measure(case, size, patience)
            yield row
        if "cpu_seconds" not in row:
            return
        rows.append(row)


def save(rows: list[dict[str, Any]], limit: float) -> None:
    """Write the results, whole or not at all."""
    order = list(BY_ID)
    rows.sort(key=lambda row: (order.index(row["case"]), row["size"]))
    result = {
        "command": f"python benchmarks/scale.py --limit {limit:g}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one thread",
        "python": platform.python_version(),
        "versions": {d: version(d) for d in ("numpy", "highspy", "python-flint", "torch", "numba")},
        "rows": rows,
    }
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(json.dumps(result, indent=1) + "\n")
    partial.replace(RESULTS)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="*", choices=list(BY_ID), default=list(BY_ID))
    parser.add_argument("--limit", type=float, default=40.0, help="seconds of a point")
    parser.add_argument("--total", type=float, default=2100.0, help="seconds of the study")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--fresh", action="store_true", help="measure everything anew")
    parser.add_argument("--curve", metavar="CASE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    limit = QUICK if options.quick else options.limit
    rows: list[dict[str, Any]] = []
    if RESULTS.exists() and not options.fresh and not options.quick:
        rows = json.loads(RESULTS.read_text())["rows"]
    if options.curve:
        own = [row for row in rows if row["case"] == options.curve]
        for row in curve(BY_ID[options.curve], own, limit):
            print(json.dumps(row), flush=True)
        return
    end = time.monotonic() + options.total
    for case in CASES:
        if case.id not in options.cases:
            continue
        passed = ["--limit", str(options.limit)] + ["--quick"] * options.quick
        passed += ["--fresh"] * options.fresh
        command = [sys.executable, __file__, "--curve", case.id, *passed]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                row = json.loads(line)
                print(*(f"{name} {value}" for name, value in row.items()), sep=", ", flush=True)
                place = (case.id, row["size"])
                rows = [each for each in rows if (each["case"], each["size"]) != place]
                rows.append(row)
                if not options.quick:
                    save(rows, limit)
                if time.monotonic() > end:
                    process.terminate()
                    return


if __name__ == "__main__":
    main()
