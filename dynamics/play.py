"""Play batches leg by leg, whoever plays, and store where each one stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from dynamics.crew import Crew
from dynamics.crew.interruption import Interruption
from dynamics.leg import Leg, Snapshot
from dynamics.settings.sweep import Spec
from dynamics.storage.checkpoint import SUFFIX, read, write
from dynamics.storage.layout import check_snapshot
from stackel.errors import StackelError

INTERVAL = 10.0
"""Seconds from one checkpoint of a batch to the next."""
POLL = 0.1
"""Seconds from one look at signals and reports to the next, while others play."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Play:
    """All batches of a list of runs, and what came of those that have ended."""

    runs: Sequence[Spec]
    parts: Sequence[Sequence[int]]
    """Runs of each batch."""
    of: str
    """What tells these runs from others, in checkpoints."""
    device: str
    logged: int
    folder: Path | None
    """Where checkpoints are."""
    found: dict[int, Snapshot] = field(default_factory=dict)
    """Batch -> where it ended."""

    def ended(self) -> list[Snapshot]:
        """The last snapshots of all batches."""
        return [self.found[number] for number in range(len(self.parts))]

    def play(self, crew: Crew, signals: Interruption) -> None:
        """Play everything, a batch to its end before the next is begun.

        Raises
        ------
        CheckpointError
            When a checkpoint cannot be read or written.
        KeyboardInterrupt
            When the signals ask for it, once everything that can be stored is stored.
        """
        waiting = deque(range(len(self.parts)))
        playing: dict[Future[Snapshot], int] = {}
        while waiting or playing:
            while waiting and len(playing) < crew.width() and not signals.asked:
                number = waiting.popleft()
                self._go_on(number, self._stored(number), crew, playing)
            done, _ = wait(playing, timeout=POLL, return_when=FIRST_COMPLETED)
            crew.reports()
            if signals.asked:
                done, _ = wait(playing, timeout=crew.stop())
            for future in done:
                number = playing.pop(future)
                snapshot = _result(future)
                if self.folder is not None:
                    write(self._path(number), snapshot, of=self._name(number))
                if not signals.asked:
                    self._go_on(number, snapshot, crew, playing)
            if signals.asked:
                raise KeyboardInterrupt

    def _go_on(
        self,
        number: int,
        start: Snapshot | None,
        crew: Crew,
        playing: dict[Future[Snapshot], int],
    ) -> None:
        """Hand over the next leg of a batch, or note that there is none."""
        own = [self.runs[run] for run in self.parts[number]]
        if start is not None and start.iteration == own[0].iterations:
            self.found[number] = start
            return
        leg = Leg(
            number=number,
            of=self._name(number),
            runs=own,
            start=start,
            device=self.device,
            logged=self.logged,
            seconds=INTERVAL,
        )
        playing[crew.play(leg)] = number

    def _stored(self, number: int) -> Snapshot | None:
        """Where a batch stood when it was last stored."""
        if self.folder is None or not self._path(number).exists():
            return None
        found = read(self._path(number), of=self._name(number))
        runs = [self.runs[run] for run in self.parts[number]]
        check_snapshot(found, runs, logged=self.logged, where=self._path(number))
        return found

    def _name(self, number: int) -> str:
        return f"{self.of}/{number}"

    def _path(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{number}{SUFFIX}"


def _result(future: Future[Snapshot]) -> Snapshot:
    try:
        return future.result()
    except BrokenProcessPool:
        raise StackelError(
            "a process that played was killed, perhaps for want of memory; "
            "--resume goes on from what was stored"
        ) from None
