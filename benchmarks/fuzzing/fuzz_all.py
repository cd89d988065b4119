"""Fuzz every way into stackel, one after another: python benchmarks/fuzzing/fuzz_all.py.

Adds what was tried, and what broke, to benchmarks/results/fuzz.json: processor time, executions,
size of the corpus, coverage, and the first line of every failure. Needs the extra ``fuzz``.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "results" / "fuzz.json"
NAMES = ("json", "nfg", "npz", "solve", "arrays", "run", "checkpoint", "command-line")
NUMBERS = {
    "executions": r"stat::number_of_executed_units:\s*(\d+)",
    "slowest_seconds": r"stat::slowest_unit_time_sec:\s*(\d+)",
    "peak_mb": r"stat::peak_rss_mb:\s*(\d+)",
}
"""What libFuzzer prints at its end."""
STANDING = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
"""What it prints on the way: edges and features covered, inputs kept."""
FAILURE = re.compile(r"=== Uncaught Python exception: ===\s*\n\s*(.*)")


def fuzz(name: str, *, corpus: Path, seconds: int, patience: int) -> dict[str, Any]:
    """Fuzz one target for some time, or until it breaks; what came of it."""
    flags = [
        f"-max_total_time={seconds}",
        f"-timeout={patience}",
        "-rss_limit_mb=2560",  # torch and its kin take 500 before anything is read
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}/{name}-",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, str(HERE / "fuzz.py"), name, str(corpus / name), *flags],
        env=os.environ
        | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = ended.stdout.decode(errors="replace")
    found: dict[str, Any] = {
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    }
    for key, pattern in NUMBERS.items():
        numbers = [int(number) for number in re.findall(pattern, said)]
        found[key] = numbers[-1] if numbers else 0
    if places := STANDING.findall(said):
        found["edges"], found["features"], found["corpus"] = map(int, places[-1])
    found["failures"] = FAILURE.findall(said) if ended.returncode else []
    if ended.returncode and not found["failures"]:
        found["failures"] = [next(iter(re.findall(r"ERROR: (.*)", said)), said[-200:])]
    return found


def merged(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Sums of times and executions, the largest of the rest, all failures."""
    sums = {key: before.get(key, 0) + found[key] for key in ("cpu_seconds", "executions")}
    most = {
        key: max(before.get(key, 0), found.get(key, 0))
        for key in ("slowest_seconds", "peak_mb", "edges", "features", "corpus")
    }
    failures = list(dict.fromkeys([*before.get("failures", ()), *found["failures"]]))
    return sums | most | {"failures": failures}


def main() -> None:
    """Take turns until every target has had its time; write after each turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=NAMES)
    parser.add_argument("--minutes", type=float, default=10, help="processor time for each target")
    parser.add_argument("--turn", type=int, default=120, help="seconds before the next target's")
    parser.add_argument("--patience", type=int, default=10, help="seconds that one input may take")
    parser.add_argument("--corpus", type=Path, default=Path("build/fuzzing"))
    given = parser.parse_args()
    given.corpus.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    targets = results.setdefault("targets", {})
    spent = dict.fromkeys(given.targets, 0)
    while waiting := [name for name in given.targets if spent[name] < 60 * given.minutes]:
        for name in waiting:
            found = fuzz(name, corpus=given.corpus, seconds=given.turn, patience=given.patience)
            spent[name] += max(found["cpu_seconds"], 1)
            targets[name] = merged(targets.get(name, {}), found)
            print(f"{name}: {json.dumps(found)}", flush=True)
            results |= {
                "command": "python benchmarks/fuzzing/fuzz_all.py",
                "python": platform.python_version(),
                "atheris": version("atheris"),
            }
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
