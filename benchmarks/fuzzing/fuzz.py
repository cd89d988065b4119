"""Fuzz one target, guided by coverage: python benchmarks/fuzzing/fuzz.py TARGET CORPUS [-flags].

Needs the extra ``fuzz``. The flags are libFuzzer's. The inputs that are found go to the folder
CORPUS. benchmarks/fuzzing/fuzz_all.py runs all targets.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from random import Random

import atheris

ROOM = 2 * 2**30
"""Bytes of address space that a check may add to what the imports took."""
INSTRUMENTED = ["stackel", "dynamics", "solvers"]


def main() -> None:
    """Fuzz until the flags say stop."""
    name, corpus, *flags = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED):
        from targets import TARGETS
    target = TARGETS[name]()
    folder = Path(corpus)
    folder.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=INSTRUMENTED):  # what is imported when it is called
        for number, seed in enumerate(target.seeds()):
            (folder / f"seed-{number}").write_bytes(seed)
            target.check(seed)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        rng = Random(seed)
        if target.change is not None and rng.random() < 0.5:
            try:
                return target.change(data, rng)[:longest]
            except Exception:  # not in the format any more
                pass
        return bytes(atheris.Mutate(data, longest))

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, resource.RLIM_INFINITY))
    own = {} if target.change is None else {"custom_mutator": change}
    with atheris.instrument_imports(include=INSTRUMENTED):
        atheris.Setup(
            [sys.argv[0], corpus, f"-max_len={target.longest}", *flags], target.check, **own
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
