"""The wheel and the source distribution: built, and looked into."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("stackel", "solvers", "dynamics", "proofs_checks")
PATIENCE = 1200
"""Seconds that a command may take; an installation is the longest."""


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command apart from this checkout and its environment."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def checked(*command: str | Path, cwd: Path | None = None) -> str:
    """What a command prints; ends this program when the command fails."""
    finished = run(*command, cwd=cwd)
    if finished.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout


def build(folder: Path) -> tuple[Path, list[str]]:
    """The wheel, and what is wrong with it or with the source distribution."""
    made, again = folder / "tree", folder / "sdist"
    checked(sys.executable, "-m", "build", "--sdist", "--wheel", "--outdir", made, ROOT)
    (source,) = made.glob("*.tar.gz")
    (wheel,) = made.glob("*.whl")
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / source.name.removesuffix(".tar.gz")
    checked(sys.executable, "-m", "build", "--wheel", "--outdir", again, unpacked)
    (rebuilt,) = again.glob("*.whl")
    faults = list(wheel_faults(wheel))
    if contents(wheel) != contents(rebuilt):
        faults.append("the wheel of the source distribution differs from that of the tree")
    found = run(sys.executable, "-m", "check_wheel_contents", wheel, cwd=ROOT)
    if found.returncode:
        faults.append((found.stdout + found.stderr).strip())
    return wheel, faults


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def wheel_faults(wheel: Path) -> Iterator[str]:
    """What a wheel lacks, or has and should not."""
    names = set(contents(wheel))
    for package in PACKAGES:
        if f"{package}/py.typed" not in names:
            yield f"{package}/py.typed is missing"
    if not any(re.fullmatch(r"stackel-.*\.dist-info/licenses/LICENSE", name) for name in names):
        yield "the licence is missing"
    tops = {name.partition("/")[0] for name in names}
    for top in sorted(tops - set(PACKAGES)):
        if not top.endswith(".dist-info"):
            yield f"{top} does not belong in the wheel"
