"""Times with wind and with interception of paths. Writes benchmarks/results/gridworld_wind.json.

Seeded games. ``exact`` is the commitment with its proof, or with its bound where payoffs are
general; ``program`` the same value by one linear program in floats; ``certified`` all three
concepts, checked.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from solvers.gridworld.interception import path_commitment
from solvers.gridworld.solve import solve_gridworld
from solvers.gridworld.wind import wind_commitment
from solvers.gridworld.wind_lp import wind_lp
from stackel import catalog
from stackel.gridworld import GridworldGame, generate

SIZES = [(5, 10), (10, 10), (10, 20), (10, 40), (10, 80), (20, 20), (20, 40), (30, 60)]
"""(side, horizon)."""
PROGRAM_UP_TO = 4_000
"""Cells times horizon up to which the linear program is timed as well."""
PATHS = [(5, 2), (7, 2), (10, 1), (10, 2), (10, 3)]
"""(side, defenders)."""
SECONDS = 2.0
"""Each function is repeated for about this long, and the least time kept."""


def seconds(function: Callable[[], object]) -> float:
    """The least CPU time of repeated calls: other work on the machine does not count."""
    best, end = float("inf"), time.process_time() + SECONDS
    while True:
        start = time.process_time()
        function()
        now = time.process_time()
        best = min(best, now - start)
        if now > end:
            return round(best, 4)


def named(name: str) -> GridworldGame:
    """A game of the catalogue."""
    game = catalog.load(name).game
    if not isinstance(game, GridworldGame):
        raise TypeError(f"the catalogue's {name} must be a GridworldGame")
    return game


def default_game() -> GridworldGame:
    """The catalogue's game with wind, made zero-sum."""
    game = named("gridworld-wind")
    return replace(
        game,
        targets=tuple(replace(t, defender_uncovered=-t.attacker_uncovered) for t in game.targets),
    )


def windy(name: str, game: GridworldGame) -> dict[str, object]:
    """One row of the table of wind."""
    row: dict[str, object] = {"game": name, "exact_s": seconds(lambda: wind_commitment(game))}
    row["certified_s"] = seconds(lambda: solve_gridworld(game))
    if game.rows * game.cols * game.horizon <= PROGRAM_UP_TO:
        row["program_s"] = seconds(lambda: wind_lp(game))
    return row


def general_games() -> dict[str, GridworldGame]:
    """Games whose payoffs are not zero-sum."""
    games = {
        "gridworld-small, wind 1/10": replace(named("gridworld-small"), wind=Fraction(1, 10)),
        "gridworld-wind": named("gridworld-wind"),
    }
    for side, targets, horizon in [(5, 3, 8), (6, 4, 10)]:
        name = f"{side} x {side}, horizon {horizon}, {targets} targets, 2 defenders"
        games[name] = generate(
            rng=np.random.default_rng(1),
            rows=side,
            cols=side,
            targets=targets,
            horizon=horizon,
            wind=Fraction(1, 10),
        )
    return games


def gap(game: GridworldGame) -> float:
    """What the bounds on the leader's value leave open; 0 when exact."""
    found = wind_commitment(game)
    upper = found.leader_value if found.upper_bound is None else found.upper_bound
    return float(upper - found.leader_value)


def main() -> None:
    """Time every game and write the results."""
    wind = [windy("gridworld-wind, zero-sum", default_game())]
    print(wind[-1], flush=True)
    for side, horizon in SIZES:
        game = generate(
            rng=np.random.default_rng(1),
            rows=side,
            cols=side,
            horizon=horizon,
            wind=Fraction(1, 10),
            general_sum=False,
        )
        wind.append(windy(f"{side} x {side}, horizon {horizon}, 5 targets, 2 defenders", game))
        print(wind[-1], flush=True)
    general = []
    for name, game in general_games().items():
        general.append(
            {
                "game": name,
                "commitment_s": seconds(partial(wind_commitment, game)),
                "certified_s": seconds(partial(solve_gridworld, game)),
                "gap": gap(game),
            }
        )
        print(general[-1], flush=True)
    paths = []
    for side, defenders in PATHS:
        middle = (side // 2, side // 2)
        game = generate(
            rng=np.random.default_rng(1),
            rows=side,
            cols=side,
            start=middle,
            defenders=defenders,
            general_sum=False,
            interception="path",
        )
        name = f"{side} x {side}, 5 targets, {defenders} defenders, from the middle"
        paths.append(
            {
                "game": name,
                "exact_s": seconds(partial(path_commitment, game)),
                "certified_s": seconds(partial(solve_gridworld, game)),
            }
        )
        print(paths[-1], flush=True)
    result = {
        "command": "python benchmarks/gridworld_wind.py",
        "machine": f"{platform.machine()}, one thread, least CPU time of runs within {SECONDS} s",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "wind": wind,
        "general": general,
        "paths": paths,
    }
    path = Path(__file__).parent / "results" / "gridworld_wind.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
