"""kill -9 at random instants, resume, and compare with a run that nobody disturbed.

    python benchmarks/faults/kills.py train --kills 100
    python benchmarks/faults/kills.py reproduce --kills 100

A chain starts from nothing and is resumed until the command ends by itself. Half of the kills
follow a clock that is uniform over the whole life of the process, half hit a random instant of a
random phase, so that short phases are hit too. After every kill, everything on the disk is read:
it is whole and that of the undisturbed run, or it is refused. Ends with 1 when anything failed.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads: lives are forked

from lives import INTERVAL, Life, Plan, live
from results import store

from dynamics.run import FORMAT as RUN
from dynamics.storage.checkpoint import FORMAT as CHECKPOINT
from dynamics.storage.seal import unseal, unsealed_json
from stackel.errors import StackelError

SPARED = 0.1
"""Lives that nobody tries to kill."""
SIDE_BY_SIDE = 0.1
"""Lives with two processes."""
COLD = 0.15
"""Lives that are the command itself, from the start of Python on; the others are forked from a
process that has imported everything."""
COMMANDS = {
    "train": [
        "train", "battle", "--preset", "hedge-hedge,theorem-10", "--iterations", "200",
        "--seeds", "2", "--seed", "1", "--logged", "50", "--resume",
        "--out", "OUT/run.nc", "--plot", "OUT/run.svg", "--tensorboard", "OUT/events",
    ],
    "reproduce": [
        "reproduce", "table-1", "fig-3", "--quick", "--seeds", "1", "--iterations", "5",
        "--out", "OUT",
    ],
}  # fmt: skip


@dataclass(kw_only=True)
class Truth:
    """What an undisturbed run leaves, and how long its phases last."""

    files: dict[str, bytes]
    events: int
    seconds: float
    phases: dict[str, tuple[int, float]]
    """Phase -> how often it begins, and its mean length."""


@dataclass(kw_only=True)
class Campaign:
    """One command, killed again and again."""

    command: list[str]
    truth: Truth
    rng: random.Random
    aims: list[str]
    """Phases to hit; without any, all of them, and half of the kills by the clock."""
    counts: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    """Phase -> kills that fell into it."""
    late: int = 0
    """Iterations of a leg that were played when its checkpoint was due, at most."""
    faults: list[str] = field(default_factory=list)

    def chain(self, out: Path) -> None:
        """From nothing to the end, through all kills."""
        stored: dict[tuple[str, str], int] = {}
        self.counts["chains"] += 1
        while True:
            finished = {path.name for path in out.rglob("*.nc") if not path.name.startswith(".")}
            processes = 2 if self.rng.random() < SIDE_BY_SIDE else 1
            warm = self.rng.random() >= COLD
            life = live(arguments(self.command, out), self._plan(), processes=processes, warm=warm)
            self._follow(life, stored, finished)
            if life.orphans:
                self._fault("workers outlived the process that started them")
            if not life.died:
                break
            self.counts["kills"] += 1
            self.counts["kills with two processes"] += processes == 2
            self.counts["kills of a process of its own, from the start of Python on"] += not warm
            self.phases[life.phase] += 1
            self._read(out)
        self._compare(life, out)

    def _plan(self) -> Plan | None:
        draw = self.rng.random
        if draw() < SPARED:
            return None
        if not self.aims and draw() < 0.5:
            return Plan(after=draw() * self.truth.seconds)
        phase = self.rng.choice(sorted(set(self.aims or self.truth.phases)))
        times, seconds = self.truth.phases[phase]
        return Plan(phase=phase, after=draw() * seconds, skip=int(times * draw() ** 4))

    def _follow(self, life: Life, stored: dict[tuple[str, str], int], finished: set[str]) -> None:
        """A life goes on from what was stored, and plays nothing that is finished."""
        name, first, late = "", 0.0, 0
        for told in life.told:
            if told.word == "train":
                (name,) = told.rest
            elif told.word == "stored":
                stored[name, told.rest[0]] = int(told.rest[1])
            elif told.word == "played":
                first = first or told.at
                late += told.at > first + INTERVAL
                self.late = max(self.late, late)
                if late > 1:
                    self._fault(
                        f"{late} iterations of {name} were played when a checkpoint was due"
                    )
            elif told.word == "from":
                first, late = 0.0, 0
                self.counts["legs"] += 1
                if name in finished:
                    self._fault(f"{name} was finished and is played again")
                if int(told.rest[1]) < (before := stored.get((name, told.rest[0]), 0)):
                    self._fault(f"{name} goes on from {told.rest[1]}, though {before} was stored")

    def _read(self, out: Path) -> None:
        """Everything on the disk is whole and right, or is refused."""
        for name, content in contents(out).items():
            path = out / name
            if path.name.endswith(".partial"):
                self._partial(path)
            elif path.name == "plan.json" and ".parts" in name:
                self._whole(unsealed_json, path)
            elif path.suffix == ".checkpoint":
                self._whole(lambda each: unseal(each, CHECKPOINT), path)
            elif path.name != ".lock":
                self.counts["finished files found, equal to the undisturbed run's"] += 1
                if content != self.truth.files.get(name):
                    self._fault(f"{name} differs from the undisturbed run's")

    def _whole(self, read: object, path: Path) -> None:
        self.counts["checkpoints and plans found whole"] += 1
        try:
            assert callable(read)
            read(path)
        except StackelError as error:
            self._fault(str(error))

    def _partial(self, path: Path) -> None:
        """What was being written is refused, unless it was whole and waited for its name."""
        name = path.name[1:].rsplit(".", 2)[0]
        self.counts["files found half written, under a hidden name"] += 1
        if not name.endswith((".nc", ".checkpoint")):
            return
        try:
            unseal(path, RUN if name.endswith(".nc") else CHECKPOINT)
            self.counts["of these, whole"] += 1
        except StackelError:
            self.counts["of these, refused"] += 1

    def _compare(self, life: Life, out: Path) -> None:
        """The end is that of the undisturbed run, and nothing else is there."""
        if life.code != 0:
            self._fault(f"ended with {life.code}: {life.errors.strip()[-300:]}")
        found = contents(out)
        for name in sorted(found.keys() | self.truth.files.keys()):
            if found.get(name) != self.truth.files.get(name):
                state = "differs" if name in found and name in self.truth.files else "is there"
                self._fault(f"at the end {name} {state if name in found else 'is missing'}")
        if events(out) != self.truth.events:
            self._fault(f"{events(out)} event files, not {self.truth.events}")
        self.counts["files equal at the end"] += len(found)

    def _fault(self, text: str) -> None:
        self.faults.append(text)
        print("FAULT", text, flush=True)


def arguments(command: list[str], out: Path) -> list[str]:
    """The command for a folder."""
    return [word.replace("OUT", str(out)) for word in command]


def contents(folder: Path) -> dict[str, bytes]:
    """All files but event files, which hold the time of day."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "tfevents" not in path.name
    }


def events(folder: Path) -> int:
    """How many event files there are."""
    return len([path for path in folder.rglob("*tfevents*") if not path.name.startswith(".")])


def undisturbed(command: list[str], out: Path) -> Truth:
    """The truth about the command."""
    cold = live(arguments(command, out), None)
    files, written = contents(out), events(out)
    shutil.rmtree(out)
    out.mkdir()
    life = live(arguments(command, out), None, warm=True)
    if cold.code or life.code or contents(out) != files:
        sys.exit(f"undisturbed runs ended with {cold.code}, {life.code}: {cold.errors}")
    begun = [at for at, _ in life.phases]
    lengths: dict[str, list[float]] = {}
    for (at, phase), until in zip(life.phases, [*begun[1:], life.ended], strict=True):
        lengths.setdefault(phase, []).append(until - at)
    return Truth(
        files=files,
        events=written,
        seconds=life.ended - begun[0],
        phases={name: (len(each), sum(each) / len(each)) for name, each in lengths.items()},
    )


def warm_up(words: list[str]) -> None:
    """Import and compile everything that the command needs, once for all lives."""
    import stackel.cli

    os.cpu_count = lambda: 1
    if stackel.cli.main(words):
        sys.exit("the command fails")


def main() -> int:
    """Run chains until there were kills enough, and store the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=COMMANDS)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--aim", action="append", default=[], help="a phase; repeatable")
    given = parser.parse_args()
    command = COMMANDS[given.what]
    with tempfile.TemporaryDirectory() as folder:
        (first := Path(folder, "first")).mkdir()
        warm_up(arguments(command, first))
        (truth := Path(folder, "truth")).mkdir()
        campaign = Campaign(
            command=command,
            truth=undisturbed(command, truth),
            rng=random.Random(given.seed),
            aims=given.aim,
        )
        while campaign.counts["kills"] < given.kills:
            (out := Path(folder, "chain")).mkdir()
            campaign.chain(out)
            shutil.rmtree(out)
            print(campaign.counts["kills"], "kills", dict(campaign.phases), flush=True)
    store(
        "_".join(["kills", given.what, *given.aim]).replace(" ", "_"),
        {
            **campaign.counts,
            "kills by phase": dict(campaign.phases.most_common()),
            "interval": INTERVAL,
            "iterations played when a checkpoint was due, at most": campaign.late,
            "faults": campaign.faults,
        },
    )
    return bool(campaign.faults)


if __name__ == "__main__":
    sys.exit(main())
