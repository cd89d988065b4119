"""Start a watched command (life.py), kill it at an instant, and say what it told until then."""

import os
import select
import signal
import sys
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import IO

from life import live as watched

INTERVAL = 0.1
"""Seconds between the checkpoints of the runs."""
GONE = 20.0
"""Seconds that the workers of a killed process have to end."""


@dataclass(kw_only=True)
class Told:
    """One line of a process."""

    at: float
    word: str
    rest: list[str]


@dataclass(kw_only=True)
class Plan:
    """When to kill: some seconds after the start, or after a phase began."""

    after: float
    phase: str | None = None
    skip: int = 0
    """How many beginnings of the phase pass first."""


@dataclass(kw_only=True)
class Life:
    """What one process told, and how it ended."""

    told: list[Told] = field(default_factory=list)
    killed: float | None = None
    """When the signal was sent."""
    ended: float = 0.0
    code: int = 0
    errors: str = ""
    orphans: bool = False
    """Whether workers outlived it."""

    @property
    def died(self) -> bool:
        """Whether the signal came before the end."""
        return self.code == -signal.SIGKILL

    @property
    def phases(self) -> list[tuple[float, str]]:
        """When each phase began."""
        return [(each.at, " ".join(each.rest)) for each in self.told if each.word == "at"]

    @property
    def phase(self) -> str:
        """The last one."""
        return self.phases[-1][1] if self.phases else "python"


def live(
    arguments: list[str], plan: Plan | None, *, processes: int = 1, warm: bool = False
) -> Life:
    """Start the command, kill it as planned, and wait until it and its workers are gone.

    A warm process is forked from this one, which has imported everything; others are the command.
    """
    with TemporaryFile() as errors:
        return _live(arguments, plan, errors, processes=processes, warm=warm)


def _live(
    arguments: list[str], plan: Plan | None, errors: IO[bytes], *, processes: int, warm: bool
) -> Life:
    ours, theirs = os.pipe()
    child = _start(arguments, theirs, errors.fileno(), processes=processes, warm=warm)
    os.close(theirs)
    life, rest = Life(), b""
    due = monotonic() + plan.after if plan is not None and plan.phase is None else None
    skip = plan.skip if plan is not None else 0
    while True:
        wait = None if due is None else max(due - monotonic(), 0.0)
        if not select.select([ours], [], [], wait)[0]:
            life.killed, due = monotonic(), None
            os.kill(child, signal.SIGKILL)
            continue
        if not (piece := os.read(ours, 65536)):
            break
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            at, word, *words = line.decode().split()
            life.told.append(Told(at=float(at), word=word, rest=words))
            if plan is not None and word == "at" and " ".join(words) == plan.phase:
                due = monotonic() + plan.after if skip == 0 else due
                skip -= 1
    os.close(ours)
    life.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    life.ended = monotonic()
    life.orphans = not _gone(child)
    errors.seek(0)
    life.errors = errors.read().decode()
    return life


def _start(arguments: list[str], pipe: int, errors: int, *, processes: int, warm: bool) -> int:
    """The process, which leads a group of its own."""
    if child := os.fork():
        return child
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(errors, 2)
        if warm:
            os._exit(watched(pipe, INTERVAL, processes, arguments))
        os.set_inheritable(pipe, True)
        words = [sys.executable, watched.__code__.co_filename, pipe, INTERVAL, processes]
        os.execv(sys.executable, [*map(str, words), *arguments])
    finally:
        os._exit(70)


def _gone(group: int) -> bool:
    """Whether everybody of a process group ends in time; who does not is killed."""
    for _ in range(int(GONE / 0.1)):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    return False
