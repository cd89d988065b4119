"""Build the distributions and try the wheel in empty environments, with and without each extra.

``python .ci/release.py`` tries every extra with this Python; ``--python`` adds or names others.
``--core`` builds and tries the wheel alone: what every change is checked by. Prints a table and
exits 1 when anything is not as it should be.

Where a Python gets torch only with several GB of CUDA packages, extras that need it are resolved
and not installed; ``all`` is, without torch and them, so that its other parts are tried. Extras for
development are resolved only. ``--everything`` installs all of these too.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from distributions import build, checked
from environment import PARTS, Environment

CUDA = re.compile(r"nvidia-|cuda-|triton")
"""Distributions that come with a torch for GPUs."""
EXTRAS: dict[str, tuple[str, ...]] = {
    "": (),
    "dynamics": ("train",),
    "envs": ("envs",),
    "cluster": ("train", "cluster"),
    "tensorboard": ("train", "tensorboard"),
    "explore": ("train", "explore"),
    "all": tuple(PARTS),
    "peers": (),
    "test": tuple(PARTS),
    "docs": ("train", "envs", "explore"),
}
"""Extra -> the parts that work with it; every other one is refused in one line."""
DEVELOPMENT = ("peers", "test", "docs")
"""Extras that install other programs, which are used elsewhere."""


@dataclass(kw_only=True)
class Row:
    """One environment of the table."""

    python: str
    extra: str
    what: str
    packages: int = 0
    megabytes: float = 0.0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        size = f"{self.packages:8} {self.megabytes:6.0f} {self.seconds:7.0f}"
        end = "; ".join(self.faults) if self.faults else "as it should be"
        return f"{self.python:8} {self.extra or '(none)':12} {self.what:24} {size}   {end}"


HEAD = f"{'python':8} {'extra':12} {'what':24} {'packages':>8} {'MB':>6} {'seconds':>7}"


def try_out(folder: Path, python: str, extra: str, wheel: Path, *, install: bool) -> Row:
    """One environment, made, checked and removed; ``install``: more than resolved."""
    version = wheel.name.split("-")[1]
    number = checked(python, "-c", "import platform; print(platform.python_version())").strip()
    row = Row(python=number, extra=extra, what="installed, run")
    start = time.monotonic()
    home = folder / f"{number}-{extra or 'core'}"
    home.mkdir()
    environment = Environment(home, python)
    wanted = f"{wheel}[{extra}]" if extra else str(wheel)
    if install:
        fault = environment.install(wanted)
        listed = environment.pip("list", "--format", "json").stdout
        row.packages = len(json.loads(listed)) if not fault else 0
        row.faults += [fault] if fault else environment.faults(version, EXTRAS[extra], torch=True)
    else:
        row.what = "resolved"
        found = environment.resolve(wanted)
        if isinstance(found, str):
            row.faults.append(found)
        elif extra == "all":
            row.what = "run without torch"
            kept = [
                each
                for each in found
                if not CUDA.match(each) and not each.startswith(("torch==", "stackel=="))
            ]
            row.packages = len(kept) + 1
            fault = environment.install("--no-deps", *kept, str(wheel))
            row.faults += [fault] if fault else environment.faults(version, ("envs",), torch=False)
        else:
            row.packages = len(found)
    row.seconds = time.monotonic() - start
    files = (home / "venv").rglob("*")
    row.megabytes = sum(f.lstat().st_size for f in files if f.is_file()) / 1e6
    shutil.rmtree(home)
    return row


def brings_cuda(folder: Path, python: str, wheel: Path) -> bool:
    """Whether torch comes with CUDA's packages on this Python."""
    home = folder / "torch"
    home.mkdir()
    found = Environment(home, python).resolve(f"{wheel}[dynamics]")
    shutil.rmtree(home)
    return isinstance(found, list) and any(CUDA.match(each) for each in found)


def main() -> None:
    """Build, try, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="*", default=[sys.executable], help="interpreters")
    parser.add_argument("--extras", nargs="*", choices=EXTRAS)
    parser.add_argument("--core", action="store_true", help="the wheel without extras alone")
    parser.add_argument(
        "--everything", action="store_true", help="install what is only resolved otherwise"
    )
    options = parser.parse_args()
    extras = [""] if options.core else options.extras or list(EXTRAS)
    wrong = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, faults = build(folder)
        print(f"{wheel.name}: {'; '.join(faults) or 'as it should be, the same from its source'}")
        wrong |= bool(faults)
        print(f"\n{HEAD}")
        for python in options.python:
            heavy = set(DEVELOPMENT)
            training = {extra for extra in EXTRAS if "train" in EXTRAS[extra]}
            tried = not options.everything and training.intersection(extras)
            if tried and brings_cuda(folder, python, wheel):
                heavy |= training
            for extra in extras:
                install = options.everything or extra not in heavy
                row = try_out(folder, python, extra, wheel, install=install)
                wrong |= bool(row.faults)
                print(row, flush=True)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
