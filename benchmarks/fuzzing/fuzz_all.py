"""Fuzz every way into stackel, one after another: python benchmarks/fuzzing/fuzz_all.py.

Adds what was tried, and what broke, to benchmarks/results/fuzz.json: processor time, executions,
inputs that were changed within their format and inputs that were not in it any more, size of the
corpus, coverage, processor time of the slowest input, how many inputs broke something, and the
first line of every failure whose input still does. ``--fresh`` begins the count again. Needs the
extra ``fuzz``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "results" / "fuzz.json"
NAMES = ("json", "nfg", "npz", "solve", "arrays", "run", "checkpoint", "command-line")
LIMITS = ("-timeout=300", "-report_slow_units=300", "-rss_limit_mb=2560")
"""Seconds on the clock, which fuzz.py limits more strictly on the processor's, as machines stand
still at times; megabytes, of which torch and its kin take 500 before anything is read."""
NUMBERS = {
    "executions": r"stat::number_of_executed_units:\s*(\d+)",
    "peak_mb": r"stat::peak_rss_mb:\s*(\d+)",
    "changed": r"changed: (\d+)",
    "unreadable": r"unreadable: (\d+)",
    "slowest_ms": r"slowest: (\d+) ms",
}
"""What libFuzzer prints at its end, and fuzz.py on the way."""
STANDING = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
"""What it prints on the way: edges and features covered, inputs kept."""
FAILURE = re.compile(r"=== Uncaught Python exception: ===\s*\n\s*(.*)")


def run(name: str, *words: str | Path) -> tuple[str, list[str]]:
    """Run fuzz.py on one target; what it said, and the failure that ended it."""
    with tempfile.TemporaryDirectory() as scratch:
        own = {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            "OMP_NUM_THREADS": "1",
            "TMPDIR": scratch,
        }
        ended = subprocess.run(
            [sys.executable, HERE / "fuzz.py", name, *words],
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    said = ended.stdout.decode(errors="replace")
    if not ended.returncode:
        return said, []
    return said, FAILURE.findall(said) or re.findall(r"ERROR: (.*)", said)[:1] or [said[-200:]]


def broken(name: str, *, corpus: Path) -> list[str]:
    """Failures of those inputs that broke a target and still do; the others are thrown away."""
    failures = []
    for path in sorted(corpus.glob(f"{name}-*")):
        _, failure = run(name, path, *LIMITS)
        failures += failure
        if not failure:
            path.unlink()
    return list(dict.fromkeys(failures))


def fuzz(name: str, *, corpus: Path, seconds: int) -> dict[str, Any]:
    """Fuzz one target for some time, or until it breaks; what came of it."""
    flags = [
        f"-max_total_time={seconds}",
        *LIMITS,
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}/{name}-",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said, failure = run(name, corpus / name, *flags)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if failure and "Test unit written to" not in said:
        sys.exit(f"{name}: no input broke it, so the fuzzer itself did: {said[-2000:]}")
    found: dict[str, Any] = {
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime),
        "broke": len(failure),
    }
    for key, pattern in NUMBERS.items():
        numbers = [int(number) for number in re.findall(pattern, said)]
        found[key] = numbers[-1] if numbers else 0
    if places := STANDING.findall(said):
        found["edges"], found["features"], found["corpus"] = map(int, places[-1])
    print(f"{name}: {json.dumps(found)}", *failure, sep="\n", flush=True)
    return found


def merged(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Sums of times and counts, the largest of the rest."""
    sums = ("cpu_seconds", "executions", "changed", "unreadable", "broke")
    most = ("slowest_ms", "peak_mb", "edges", "features", "corpus")
    return {key: before.get(key, 0) + found[key] for key in sums} | {
        key: max(before.get(key, 0), found.get(key, 0)) for key in most
    }


def main() -> None:
    """Take turns until every target has had its time; write after each turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=NAMES)
    parser.add_argument("--minutes", type=float, default=10, help="processor time for each target")
    parser.add_argument("--turn", type=int, default=120, help="seconds before the next target's")
    parser.add_argument("--corpus", type=Path, default=Path("build/fuzzing"))
    parser.add_argument("--fresh", action="store_true", help="forget what was tried before")
    given = parser.parse_args()
    given.corpus.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    targets = results.setdefault("targets", {})
    if given.fresh:
        for name in given.targets:
            targets.pop(name, None)
    spent = dict.fromkeys(given.targets, 0)
    while waiting := [name for name in given.targets if spent[name] < 60 * given.minutes]:
        for name in waiting:
            found = fuzz(name, corpus=given.corpus, seconds=given.turn)
            spent[name] += max(found["cpu_seconds"], 1)
            targets[name] = merged(targets.get(name, {}), found) | {
                "failures": broken(name, corpus=given.corpus)
            }
            results |= {
                "command": "python benchmarks/fuzzing/fuzz_all.py",
                "python": platform.python_version(),
                "atheris": version("atheris"),
            }
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
