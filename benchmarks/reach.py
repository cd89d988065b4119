"""Which dynamics reach which value in which game: python benchmarks/reach.py.

Every matrix game of the catalogue under every preset. Writes benchmarks/results/reach.json, which
docs/dynamics.md quotes through benchmarks/report.py. Takes about a quarter of an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dynamics.sweep import specs
from dynamics.train import train
from stackel import catalog
from stackel.game import BimatrixGame

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
NEAR = 0.05
"""A value is reached within this share of the range of the leader's payoffs."""


def matrix_games() -> dict[str, BimatrixGame]:
    """All of the catalogue."""
    entries = [catalog.load(name) for name in catalog.names()]
    return {each.name: each.game for each in entries if isinstance(each.game, BimatrixGame)}


def rows(name: str, *, seeds: int, iterations: int) -> list[dict[str, Any]]:
    """One row a game: where its runs end."""
    preset, changed = DYNAMICS[name]
    games = matrix_games()
    runs = specs(
        games,
        [preset],
        swept={key: [value] for key, value in changed.items()},
        seeds=range(seeds),
        iterations=iterations,
    )
    start = time.perf_counter()
    data = train(runs)
    print(f"{name}: {len(runs)} runs in {time.perf_counter() - start:.0f} s")
    found = []
    for game, matrix in games.items():
        own = data.isel(run=(data.game == game).values)
        near = NEAR * (float(np.ptp(matrix.leader)) or 1.0)
        final, average = own.leader_payoff[:, -1].values, own.leader_average[:, -1].values
        value, pure = float(own.sse_value[0]), float(own.pure_value[0])
        found.append(
            {
                "dynamics": name,
                "game": game,
                "class": str(own.no_regret_class.values[0]),
                "sse": value,
                "pure": pure,
                "final mean": float(final.mean()),
                "final spread": float(final.std()),
                "average mean": float(average.mean()),
                "final at sse": float((abs(final - value) <= near).mean()),
                "average at sse": float((abs(average - value) <= near).mean()),
                "final at pure": float((abs(final - pure) <= near).mean()),
                "average at nash": float((own.distance_to_nash[:, -1] <= near).mean()),
                "inside band": bool(own.inside_band.all()),
                "leader regret": float(own.leader_regret[:, -1].mean() / iterations),
            }
        )
    return found


def main() -> None:
    """Run everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--iterations", type=int, default=1000)
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
        "near": NEAR,
        "rows": every,
    }
    path = Path(__file__).parent / "results" / "reach.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
