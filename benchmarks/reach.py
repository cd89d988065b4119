"""Which dynamics reach which value in which game: python benchmarks/reach.py.

Every matrix game of the catalogue under every preset. Writes benchmarks/results/reach.json;
benchmarks/reach_page.py makes the tables and the picture of docs/dynamics.md of it.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path
from typing import Any

import torch

import stackel

DYNAMICS: dict[str, tuple[str, dict[str, Any]]] = {
    "ald": ("ald", {}),
    "ald-observed": ("ald-observed", {}),
    "symmetric": ("symmetric", {}),
    "best-response": ("best-response", {}),
    "best-response to the action": ("best-response", {"information": "action"}),
    "theorem-10": ("theorem-10", {}),
    "hedge-hedge": ("hedge-hedge", {}),
    "committed-ald": ("committed-ald", {}),
}
"""What is run, as preset and changed settings."""
RESULTS = Path(__file__).parent / "results" / "reach.json"


def matrix_games() -> list[str]:
    """All of the catalogue."""
    return [name for name in stackel.names() if stackel.load_game(name).kind == "matrix"]


def rows(name: str, *, seeds: int, iterations: int) -> list[dict[str, Any]]:
    """One row a game: where its runs end."""
    preset, changed = DYNAMICS[name]
    start = time.perf_counter()
    run = stackel.train(
        matrix_games(), preset=preset, iterations=iterations, seeds=seeds, seed=0, **changed
    )
    print(f"{name}: {len(run.seeds)} seeds in {time.perf_counter() - start:.0f} s", flush=True)
    return [{"dynamics": name} | outcome.to_dict() for outcome in run.outcomes]


def main() -> None:
    """Run everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--iterations", type=int, default=500)
    given = parser.parse_args()
    torch.set_num_threads(1)
    every = [
        row
        for name in DYNAMICS
        for row in rows(name, seeds=given.seeds, iterations=given.iterations)
    ]
    result = {
        "command": f"python benchmarks/reach.py --seeds {given.seeds} "
        f"--iterations {given.iterations}",
        "machine": platform.machine(),
        "torch": torch.__version__,
        "rows": every,
    }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
