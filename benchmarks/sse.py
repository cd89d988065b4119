"""Strong Stackelberg equilibria: stackel beside OpenSpiel and beside one full LP of that size.

One paired run: every system solves the same games, in turn, in one process on one thread. The
seeds were used for nothing else. A system whose last game of a kind took longer than --cap seconds
is not asked for larger ones. Writes benchmarks/results/sse.json.

"one full LP" is the program of the winning follower action with all its rows, by HiGHS's simplex
without presolve: what a method that solves complete programs pays for each follower action.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypeAlias

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy starts its threads

import numpy as np
from games import KINDS, Floats, game

from solvers.lp.highs import Highs
from solvers.multiple_lp import multiple_lp
from solvers.multiple_lp.lazy import lazy_multiple_lp
from stackel.game import BimatrixGame

SIZES = dict.fromkeys(KINDS, (100, 300)) | {"uniform": (10, 50, 100, 200, 500, 1000)}
SEEDS = (100, 101, 102)
REPEATS = 9
ENOUGH = 1.5
"""Seconds of one system on one game after which it is not repeated."""
Solve: TypeAlias = Callable[[], float]
Setup: TypeAlias = Callable[[Floats, Floats], Solve]


def stackel_float(a: Floats, b: Floats) -> Solve:
    """The float engine with its bound."""
    return lambda: lazy_multiple_lp(a, b).value


def stackel_exact(a: Floats, b: Floats) -> Solve:
    """Exact rationals with a certificate, from arrays."""
    return lambda: float(multiple_lp(BimatrixGame(a, b)).leader_value)


def one_full_lp(a: Floats, b: Floats) -> Solve:
    """One program with all its rows; building them is not timed."""
    m, n = a.shape
    j = lazy_multiple_lp(a, b).action
    rows = np.vstack([np.ones(m), (b - b[:, [j]]).T])
    lower, upper = np.r_[1.0, np.full(n, -np.inf)], np.r_[1.0, np.zeros(n)]
    highs = Highs()
    return lambda: highs.maximize(a[:, j], rows, lower, upper).value


def open_spiel(a: Floats, b: Floats) -> Solve:
    """OpenSpiel's multiple LP with its default solver, from arrays."""
    import pyspiel
    from open_spiel.python.algorithms import stackelberg_lp

    def solve() -> float:
        return float(stackelberg_lp.solve_stackelberg(pyspiel.create_matrix_game(a, b))[2])

    return solve


SYSTEMS: dict[str, Setup] = {
    "stackel, float": stackel_float,
    "stackel, exact": stackel_exact,
    "one full LP": one_full_lp,
    "OpenSpiel": open_spiel,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one system needed for the games of one kind and size."""

    kind: str
    n: int
    system: str
    seconds: float
    each: list[float]
    """Seconds, per seed."""
    gap: float
    """Largest difference of a value from the float engine's."""


def timed(solve: Solve) -> tuple[float, float]:
    """The least time of up to REPEATS runs, and the value."""
    best, value, spent = float("inf"), float("nan"), 0.0
    for _ in range(REPEATS):
        start = time.perf_counter()
        value = solve()
        seconds = time.perf_counter() - start
        best, spent = min(best, seconds), spent + seconds
        if spent > ENOUGH:
            break
    return best, value


def measure(kind: str, n: int, systems: list[str]) -> list[Row]:
    """One row a system."""
    times: dict[str, list[float]] = {name: [] for name in systems}
    gaps = dict.fromkeys(systems, 0.0)
    for seed in SEEDS:  # paired: all systems on one game before the next game
        a, b = game(kind, n, n, seed)
        reference = lazy_multiple_lp(a, b).value
        for name in systems:
            seconds, value = timed(SYSTEMS[name](a, b))
            times[name].append(seconds)
            gaps[name] = max(gaps[name], abs(value - reference))
    rows = [
        Row(kind=kind, n=n, system=name, seconds=median(each), each=each, gap=gaps[name])
        for name, each in times.items()
    ]
    for row in rows:
        milliseconds = f"{1e3 * row.seconds:12.2f} ms"
        print(f"{kind:15} {n:5} {row.system:15} {milliseconds}   {row.gap:.0e}", flush=True)
    return rows


def main() -> None:
    """Run every system on every game and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--systems", nargs="*", choices=list(SYSTEMS), default=list(SYSTEMS))
    parser.add_argument("--cap", type=float, default=3.0, help="seconds")
    options = parser.parse_args()
    systems = [s for s in options.systems if s != "OpenSpiel" or find_spec("pyspiel") is not None]
    for name in systems:  # imports outside the times
        SYSTEMS[name](*game("uniform", 3, 3, 0))()
    load = [os.getloadavg()[0]]
    rows: list[Row] = []
    notes = []
    for kind in options.kinds:
        asked = list(systems)
        for n in SIZES[kind]:
            found = measure(kind, n, asked)
            rows += found
            slow = [row.system for row in found if max(row.each) > options.cap]
            if n < SIZES[kind][-1]:
                notes += [f"{kind}: {name} not run beyond n = {n}" for name in slow]
            asked = [name for name in asked if name not in slow]
    load.append(os.getloadavg()[0])
    result = {
        "command": "python benchmarks/sse.py",
        "games": f"benchmarks/games.py, n x n, seeds {SEEDS[0]} to {SEEDS[-1]}",
        "seconds": f"median over the games of the least of up to {REPEATS} runs",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one thread",
        "load_average": load,  # at the start and at the end: above the cores, times are too long
        "python": platform.python_version(),
        "versions": {d: version(d) for d in ("numpy", "highspy", "python-flint")}
        | ({"open_spiel": version("open_spiel")} if "OpenSpiel" in systems else {}),
        "not_run": notes,
        "rows": [asdict(row) for row in rows],
    }
    path = Path(__file__).parent / "results" / "sse.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
