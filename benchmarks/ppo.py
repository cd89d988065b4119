"""PPO against Hedge, iterations a second: ours, Stable-Baselines3, a plain loop. See --help.

An iteration is a batch of rounds of a 2 x 2 game, four epochs of minibatches of 64, the follower's
update and the log: the whole of a training run. Writes benchmarks/results/ppo.json, or, on a
machine with a CUDA device, ppo-<its name>.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ppo_peers import GAME, Baselines, Plain

from dynamics.ensemble import Ensemble, State
from dynamics.learners.ppo import PPO
from dynamics.learners.ppo.fused import compiler
from dynamics.prepare import prepare
from dynamics.record import Log, logged_iterations
from dynamics.settings.sweep import specs
from stackel.catalog import load
from stackel.game import BimatrixGame

SECONDS = 2.0
"""Time a repeat takes, at least."""
REPEATS = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """One system under one load."""

    system: str
    runs: int
    batch: int
    threads: int
    """Threads, or processes of one thread each, that share the work."""
    run_iterations_a_second: float
    each: list[float]
    """All repeats, of which the best is reported."""


def ensemble(engine: str, runs: int, batch: int, device: str) -> Ensemble:
    """The paper's Algorithm 2 with that many seeds."""
    swept: dict[str, list[Any]] = {"engine": [engine], "batch": [batch]}
    game = load(GAME).game
    assert isinstance(game, BimatrixGame)
    return prepare(
        specs({"battle": game}, ["ald"], swept=swept, seeds=range(runs), iterations=1000),
        device=device,
    )


class Ours:
    """Our loop, with everything logged."""

    def __init__(self, engine: str, runs: int, batch: int, device: str = "cpu") -> None:
        self.ensemble = ensemble(engine, runs, batch, device)
        self.state: State = self.ensemble.begin()
        self.log = Log(iterations=logged_iterations(1000), values={})
        self.runs = runs
        self.cuda = device == "cuda"

    def __call__(self) -> int:
        """One iteration of all runs; how many run-iterations that is."""
        self.state, joint = self.ensemble.step(self.state)
        measures = self.ensemble.tally.measure(joint, self.state.total, self.state.iteration)
        self.log.write(self.state.iteration % 1000, measures)
        if self.cuda:
            torch.cuda.synchronize()
        return self.runs


SYSTEMS: dict[str, Callable[..., Callable[[], int]]] = {
    "stackel, fused": lambda runs, batch: Ours("fused", runs, batch),
    "stackel, torch": lambda runs, batch: Ours("torch", runs, batch),
    "stackel, torch on the GPU": lambda runs, batch: Ours("torch", runs, batch, "cuda"),
    "plain loop": lambda runs, batch: Plain(batch),
    "Stable-Baselines3, default": lambda runs, batch: Baselines(batch, 1),
    "Stable-Baselines3, 64 environments": lambda runs, batch: Baselines(batch, 64),
}


def rates(system: str, runs: int, batch: int, threads: int = 1) -> list[float]:
    """Run-iterations a second of some repeats, warm-up excluded."""
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    step = SYSTEMS[system](runs, batch)
    step()
    step()
    found = []
    for _ in range(REPEATS):
        done, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < SECONDS:
            done += step()
        found.append(done / spent)
    return found


def measure(system: str, runs: int, batch: int, threads: int, *, processes: bool = False) -> Row:
    """One row; with ``processes`` that many processes of one thread each, side by side."""
    if processes:
        context = get_context("spawn")
        with ProcessPoolExecutor(threads, mp_context=context) as pool:
            ends = [pool.submit(rates, system, runs, batch) for _ in range(threads)]
            each = [sum(together) for together in zip(*(e.result() for e in ends), strict=True)]
        system += f", {threads} processes"
    else:
        each = rates(system, runs, batch, threads)
    row = Row(
        system=system,
        runs=runs,
        batch=batch,
        threads=threads,
        run_iterations_a_second=max(each),
        each=[round(rate, 1) for rate in each],
    )
    print(
        f"{system:45} {runs:5} runs, batch {batch:4}, {threads} threads: {max(each):9.1f}",
        flush=True,
    )
    return row


def loads(cuda: bool) -> list[dict[str, Any]]:
    """What is measured: peers beside our engines first, then the cost by runs, batch, threads."""
    if cuda:
        name = "stackel, torch on the GPU"
        cases = [(name, runs, 256, 1) for runs in (1, 120, 1200, 4680)]
        cases += [("stackel, fused", 120, 256, os.cpu_count() or 1), ("plain loop", 1, 256, 1)]
        return [dict(zip(("system", "runs", "batch", "threads"), c, strict=True)) for c in cases]
    peers = [{"system": "plain loop", "runs": 1, "batch": 256, "threads": 1}]
    if find_spec("stable_baselines3") is not None:
        for name in ("Stable-Baselines3, default", "Stable-Baselines3, 64 environments"):
            peers.append({"system": name, "runs": 1, "batch": 256, "threads": 1})
        peers.append({**peers[-1], "threads": 2, "processes": True})
    ours = []
    for engine, most in (("stackel, fused", 2), ("stackel, torch", 1)):  # training gives torch one
        for runs in (1, 12, 120, 480):
            for threads in range(1, (most if runs > 1 else 1) + 1):
                ours.append({"system": engine, "runs": runs, "batch": 256, "threads": threads})
        for batch in (64, 1024):
            ours.append({"system": engine, "runs": 120, "batch": batch, "threads": most})
        ours.append({"system": engine, "runs": 120, "batch": 256, "threads": 2, "processes": True})
    return peers + ours


def shares(runs: int = 120, batch: int = 256) -> list[dict[str, Any]]:
    """Where the time of an iteration goes on one core, microseconds a run, and what bounds it."""
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    made = ensemble("fused" if compiler() else "torch", runs, batch, "cpu")
    state = made.begin()
    state, _ = made.step(state)
    shuffle = made.stream.at(9)
    shuffle = replace(shuffle, key=shuffle.key[:1])
    mix, reply = made.leader.policy(state.leader), made.follower.policy(state.follower)
    _, play = made.arena.play(state.carried, mix, reply, made.stream)
    joint = play.joint
    parts: dict[str, Callable[[], Any]] = {
        "whole iteration": lambda: made.step(state),
        "PPO's update": lambda: made.leader.learn(state.leader, play.leader, None, shuffle),
        "play, sampled": lambda: made.arena.play(state.carried, mix, reply, made.stream),
        "Hedge's update": lambda: made.follower.learn(state.follower, play.follower, None, shuffle),
        "measures of the log": lambda: made.tally.measure(joint, state.total, 1),
    }
    rows = [
        {"part": name, "microseconds_a_run": round(1e6 * _least(part) / runs, 1)}
        for name, part in parts.items()
    ]
    ppo: PPO = made.leader.learner  # type: ignore[attr-defined]
    size, steps = ppo.policy.size + ppo.value.size, 4 * batch // 64
    moving = np.ones(3 * size, np.float32)
    floor = steps * _least(lambda: np.negative(moving, moving))
    name = f"floor: {2 * moving.nbytes * steps / 1e6:.1f} MB of weights and moments moved in cache"
    return [*rows, {"part": name, "microseconds_a_run": round(1e6 * floor, 1)}]


def _least(part: Callable[[], Any], repeats: int = 40) -> float:
    """The least seconds of a call."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        part()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Measure everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="least time of a repeat")
    options = parser.parse_args()
    globals()["SECONDS"] = options.seconds
    cuda = torch.cuda.is_available()
    averages = [os.getloadavg()[0]]
    rows = [measure(**load) for load in loads(cuda)]
    averages.append(os.getloadavg()[0])
    device = torch.cuda.get_device_name() if cuda else f"{os.cpu_count()} cores"
    packages = ["torch", "numpy", "numba", "stable-baselines3"]
    result = {
        "command": f"python benchmarks/ppo.py --seconds {options.seconds:g}",
        "games": "Table 1's Battle, preset ald",
        "machine": f"{platform.machine()}, {device}",
        "load_average": averages,  # at the start and at the end: above the cores, rates are too low
        "python": platform.python_version(),
        "versions": {
            name: version(name)
            for name in packages
            if find_spec(name.replace("-", "_")) is not None
        },
        "rows": [asdict(row) for row in rows],
        "shares": shares(),
    }
    name = f"ppo-{device.lower().replace(' ', '-')}" if cuda else "ppo"
    path = Path(__file__).parent / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
