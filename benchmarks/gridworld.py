"""Times of the gridworld solvers and checks. Writes benchmarks/results/gridworld.json.

Games without wind, general-sum, seeded. ``origami`` includes reachability, the inducible value and
the allocation mix; ``solve`` is all three concepts without checks, ``checked`` with them.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from solvers.gridworld._attackable import _attackable
from solvers.gridworld.evaluate import attainable
from solvers.gridworld.marginals import marginals
from solvers.gridworld.nash import nash_range
from solvers.gridworld.origami import origami
from solvers.gridworld.reachability import distances
from solvers.gridworld.solve import solve_gridworld
from stackel import catalog
from stackel.gridworld import GridworldGame, generate

GAMES = {
    "gridworld (catalogue)": None,
    "10 x 10, 5 targets, 2 defenders": (10, 5, 2),
    "32 x 32, 100 targets, 10 defenders": (32, 100, 10),
    "100 x 100, 1000 targets, 50 defenders": (100, 1000, 50),
    "100 x 100, 10 targets, 3 defenders": (100, 10, 3),
    "100 x 100, 100 targets, 10 defenders": (100, 100, 10),
    "316 x 316, 1000 targets, 50 defenders": (316, 1000, 50),
    "1000 x 1000, 1000 targets, 50 defenders": (1000, 1000, 50),
}
"""Name -> (side, targets, defenders); None is the instance of the catalogue."""
LP_TARGETS = 100
"""Targets up to which the linear programs are timed as well."""
SECONDS = 1.0
"""Each function is repeated for about this long, and the least time kept."""


def milliseconds(function: Callable[[], object]) -> float:
    """The least CPU time of repeated calls: other work on the machine does not count."""
    best, end = float("inf"), time.process_time() + SECONDS
    while True:
        _attackable.cache_clear()  # solvers and checks keep the outcomes of the last game
        attainable.cache_clear()
        start = time.process_time()
        function()
        now = time.process_time()
        best = min(best, now - start)
        if now > end:
            return round(1000 * best, 4)


def measure(game: GridworldGame) -> dict[str, object]:
    """One row of the table."""
    row: dict[str, object] = {
        "targets_in_reach": sum(moves is not None for moves in distances(game)),
        "reachability_ms": milliseconds(lambda: distances(game)),
        "origami_ms": milliseconds(lambda: origami(game)),
        "nash_ms": milliseconds(lambda: nash_range(game)),
        "solve_ms": milliseconds(lambda: solve_gridworld(game, certify=False)),
        "checked_ms": milliseconds(lambda: solve_gridworld(game)),
    }
    if len(game.targets) <= LP_TARGETS:
        row["marginals_highs_ms"] = milliseconds(lambda: marginals(game))
    return row


def main() -> None:
    """Time every game and write the results."""
    rows = []
    for name, size in GAMES.items():
        if size is None:
            game = catalog.load("gridworld").game
            if not isinstance(game, GridworldGame):
                raise TypeError("the catalogue's gridworld must be a GridworldGame")
        else:
            side, targets, defenders = size
            rng = np.random.default_rng(1)
            game = generate(rng=rng, rows=side, cols=side, targets=targets, defenders=defenders)
        rows.append({"game": name} | measure(game))
        print(rows[-1], flush=True)
    result = {
        "command": "python benchmarks/gridworld.py",
        "machine": f"{platform.machine()}, one thread, least CPU time of runs within {SECONDS} s",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "rows": rows,
    }
    path = Path(__file__).parent / "results" / "gridworld.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
