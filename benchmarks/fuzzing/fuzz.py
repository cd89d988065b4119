"""Fuzz one target, guided by coverage: python benchmarks/fuzzing/fuzz.py TARGET CORPUS [-flags].

Needs the extra ``fuzz``. The flags are libFuzzer's. The inputs that are found go to the folder
CORPUS; where it is a file, that input alone is tried. benchmarks/fuzzing/fuzz_all.py runs all
targets.
"""

from __future__ import annotations

import resource
import sys
import time
from functools import partial
from pathlib import Path
from random import Random

import atheris

ROOM = 2 * 2**30
"""Bytes of address space that a check may add to what the imports took."""
PATIENCE = 10
"""Seconds of processor time that a check may take."""
INSTRUMENTED = ["stackel", "dynamics", "solvers"]
PPO = Path(__file__).resolve().parents[2] / "dynamics" / "learners" / "ppo"
COMPILED = [
    f"dynamics.learners.ppo.{path.stem}" for path in (*PPO.glob("compiled_*"), PPO / "lanes")
]
"""What numba compiles, which it does from code as it is written only."""


def main() -> None:
    """Fuzz until the flags say stop."""
    name, corpus, *flags = sys.argv[1:]
    instrumented = partial(atheris.instrument_imports, include=INSTRUMENTED, exclude=COMPILED)
    with instrumented():
        from targets import TARGETS, Unreadable

        target = TARGETS[name]()
    folder = Path(corpus)
    if not folder.is_file():
        folder.mkdir(parents=True, exist_ok=True)
    with instrumented():  # what is imported when it is called
        for number, seed in enumerate(target.seeds()):
            if folder.is_dir():
                (folder / f"seed-{number}").write_bytes(seed)
            target.check(seed)

    changed = unreadable = 0
    slowest, said = 0.0, time.monotonic()

    def check(data: bytes) -> None:
        nonlocal slowest, said
        began = time.process_time()
        target.check(data)
        took = time.process_time() - began
        if took > PATIENCE:
            raise TimeoutError(f"an input took {took:.0f} s")
        slowest = max(slowest, took)
        if time.monotonic() > said + 1:  # libFuzzer leaves without a last word
            said = time.monotonic()
            figures = (
                f"changed: {changed} unreadable: {unreadable} slowest: {slowest * 1000:.0f} ms"
            )
            print(figures, flush=True)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        nonlocal changed, unreadable
        rng = Random(seed)
        if target.change is not None and rng.random() < 0.5:
            try:
                new = target.change(data, rng)[:longest]
            except Unreadable:
                unreadable += 1
            else:
                changed += 1
                return new
        return bytes(atheris.Mutate(data, longest))

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, resource.RLIM_INFINITY))
    own = {} if target.change is None else {"custom_mutator": change}
    with instrumented():
        atheris.Setup([sys.argv[0], corpus, f"-max_len={target.longest}", *flags], check, **own)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
