"""Full disks and read-only folders: one line, exit 2, nothing lost, and the same bits afterwards.

    python benchmarks/faults/disk.py --sizes 8

Needs the right to mount a small file system in memory. Every command is run on disks of random
sizes, from too small for anything to large enough, and again once there is room; what was there
before must still be there, byte for byte, when the command fails. Read-only folders are the same
disk mounted read-only, and a folder of somebody else.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads: lives are forked

from kills import arguments, warm_up
from lives import live
from results import store

COMMANDS = {
    "solve --plot": ["solve", "battle", "--plot", "OUT/a.png"],
    "solve --json >": ["solve", "battle", "--json"],
    "verify --report": ["verify", "thm-2", "--budget", "quick", "--report", "OUT/a.md"],
    "train": [
        "train", "battle", "--preset", "hedge-hedge", "--iterations", "100", "--seed", "1",
        "--resume", "--out", "OUT/run.nc", "--plot", "OUT/run.svg", "--tensorboard", "OUT/events",
    ],
    "reproduce": [
        "reproduce", "table-1", "fig-3", "--quick", "--seeds", "1", "--iterations", "5",
        "--out", "OUT",
    ],
}  # fmt: skip
LARGEST = {
    "solve --plot": 150, "solve --json >": 12, "verify --report": 12, "train": 400,
    "reproduce": 900,
}  # fmt: skip
"""KiB that the files of a command take, and some."""
SOON = 10.0
"""Seconds of computing after which work is long: a read-only folder must be refused before."""
NOBODY = 65534
PLAIN = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
"""Starts a process for which permissions count, whoever it belongs to."""


def spent() -> float:
    """Seconds of computing of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    errors: str


@dataclass(kw_only=True)
class Disk:
    """A file system in memory."""

    place: Path

    def mount(self, kib: int) -> None:
        """A new one."""
        self._run("mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(self.place))

    def change(self, options: str) -> None:
        """More room, or no more writing."""
        self._run("mount", "-o", f"remount,{options}", str(self.place))

    def unmount(self) -> None:
        """Away with everything on it."""
        self._run("umount", str(self.place))

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True)

    def contents(self) -> dict[str, bytes]:
        """Whole files, but event files, which hold the time of day."""
        return {
            str(path.relative_to(self.place)): path.read_bytes()
            for path in sorted(self.place.rglob("*"))
            if path.is_file() and "tfevents" not in path.name
        }


@dataclass(kw_only=True)
class Campaign:
    """All commands on one disk."""

    disk: Disk
    rng: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """The longest time until a read-only folder was refused."""

    def full(self, name: str, sizes: int) -> None:
        """One command on disks of many sizes."""
        self.disk.mount(8192)
        self._run(name)
        truth = self.disk.contents()
        self.disk.unmount()
        for number in range(sizes):
            kib = 4 + round(LARGEST[name] * (number + self.rng.random()) / sizes)
            self.disk.mount(kib)
            before = {"before.txt": b"here before"}
            (self.disk.place / "before.txt").write_bytes(before["before.txt"])
            ended = self._run(name)
            self.counts["disks"] += 1
            if ended.code:
                self.counts["disks that were full"] += 1
                self._one_line(ended, f"{name} on {kib} KiB")
            for path, content in self.disk.contents().items():
                if path in truth and content != truth[path] and name != "solve --json >":
                    self._fault(f"{name} on {kib} KiB left a wrong {path}")
                if path.endswith(".partial"):
                    self._fault(f"{name} on {kib} KiB left {path}")
            self.disk.change("size=8192k")
            again = self._run(name)
            if again.code or self.disk.contents() != truth | before:
                self._fault(f"{name} after {kib} KiB: {again.code}: {again.errors[-200:]}")
            else:
                self.counts["same files once there is room"] += 1
            former = self.disk.contents()
            room = sum(map(len, former.values())) // 1024 + 60
            if name.startswith(("solve --plot", "verify")):
                self.disk.change(f"size={room}k")
                (self.disk.place / "fill").write_bytes(b"\0" * self._free())
                self._one_line(self._run(name), f"{name} over its own file")
                (self.disk.place / "fill").unlink()
                if self.disk.contents() != former:
                    self._fault(f"{name}: the former file is not what it was")
                self.counts["former files intact on a full disk"] += 1
            self.disk.unmount()

    def read_only(self, name: str) -> None:
        """One command where nothing can be written."""
        if name == "solve --json >":  # the shell opens the file
            return
        for kind in ("read-only disk", "folder of another user"):
            self.disk.mount(8192)
            if kind == "read-only disk":
                self.disk.change("ro")
            else:
                os.chown(self.disk.place, NOBODY, NOBODY)
                os.chmod(self.disk.place, 0o755)
            start = spent()
            ended = self._run(name, plain=kind != "read-only disk")
            self.seconds = max(self.seconds, spent() - start)
            self.counts[kind] += 1
            self._one_line(ended, f"{name} in a {kind}")
            if self.disk.contents():
                self._fault(f"{name} wrote in a {kind}")
            self.disk.unmount()
        if self.seconds > SOON:
            self._fault(f"{name} took {self.seconds:.0f} s to refuse a read-only folder")

    def _run(self, name: str, *, plain: bool = False) -> Ended:
        words = arguments(COMMANDS[name], self.disk.place)
        if not plain and name != "solve --json >":
            life = live(words, None, warm=True)
            return Ended(life.code, life.errors)
        out = os.devnull if plain else str(self.disk.place / "a.json")
        with open(out, "wb") as stream:
            ended = subprocess.run(
                [*(PLAIN if plain else ()), sys.executable, "-m", "stackel", *words],
                stdout=stream, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        return Ended(ended.returncode, ended.stderr)

    def _free(self) -> int:
        found = os.statvfs(self.disk.place)
        return found.f_bavail * found.f_bsize

    def _one_line(self, ended: Ended, what: str) -> None:
        if ended.code != 2 or ended.errors.count("\n") != 1:
            self._fault(f"{what}: {ended.code}: {ended.errors[-300:]}")
        else:
            self.counts["refusals of one line with exit code 2"] += 1

    def _fault(self, text: str) -> None:
        self.faults.append(text)
        print("FAULT", text, flush=True)


def main() -> int:
    """Run everything and store the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as first:
        for name, command in COMMANDS.items():
            if name != "solve --json >":
                warm_up(arguments(command, Path(first)))
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(disk=Disk(place=Path(folder)), rng=random.Random(given.seed))
        for name in COMMANDS:
            campaign.full(name, given.sizes)
            campaign.read_only(name)
            store(
                "disk",
                {
                    "commands": list(COMMANDS)[: list(COMMANDS).index(name) + 1],
                    **campaign.counts,
                    "seconds of computing until a read-only folder is refused, at most": round(
                        campaign.seconds, 1
                    ),
                    "faults": campaign.faults,
                },
            )
    return bool(campaign.faults)


if __name__ == "__main__":
    sys.exit(main())
