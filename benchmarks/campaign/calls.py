"""One call of one system: timed, limited, and told to whoever watches the process."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

Answer = TypeVar("Answer")

LIMIT = 0.5
"""CPU seconds that a call may take: five times what a system may need on average."""
IDLE = -1
"""What is marked between calls."""


class OverLimit(BaseException):
    """The call ran out of time; no ``except Exception`` of a peer swallows it."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that gave no answer."""

    kind: str
    """``"crash"`` or ``"time"``."""
    reason: str


@dataclass(kw_only=True)
class Calls:
    """The calls of a process; a watcher reads from ``mark`` which game and system it is at."""

    mark: MutableSequence[int] = field(default_factory=lambda: [IDLE, IDLE])
    lost: dict[tuple[int, str], str] = field(default_factory=dict)
    """(game index, system) -> how an earlier process was lost at this call."""
    seconds: dict[str, float] = field(default_factory=dict)
    """System -> CPU seconds so far."""
    names: list[str] = field(default_factory=list)
    """Every system, in the order of its number in ``mark``."""

    def ask(self, index: int, system: str, call: Callable[[], Answer]) -> Answer | Failure:
        """The answer of ``call``, or why there is none."""
        if (index, system) in self.lost:
            return Failure(kind="crash", reason=self.lost[index, system])
        if system not in self.names:
            self.names.append(system)
        self.mark[0], self.mark[1] = index, self.names.index(system)
        start = time.process_time()
        try:
            with _limited():
                return call()
        except OverLimit:
            return Failure(kind="time", reason=f"no answer within {LIMIT:g} CPU seconds")
        except Exception as error:
            return Failure(kind="crash", reason=f"{type(error).__name__}: {error}"[:200])
        finally:
            self.mark[0] = IDLE
            spent = time.process_time() - start
            self.seconds[system] = self.seconds.get(system, 0.0) + spent


@contextmanager
def _limited() -> Iterator[None]:
    """Raise OverLimit in the main thread when the CPU time is used up."""

    def stop(*_: Any) -> None:
        raise OverLimit

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
