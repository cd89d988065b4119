"""One life of a ``stackel`` command that may be killed: it tells on a pipe what it is doing.

    python benchmarks/faults/life.py DESCRIPTOR INTERVAL PROCESSES ARGUMENT...

Every line on the pipe is a time of the monotonic clock in seconds, a word, and what belongs to it.
``at`` gives the phase that begins. Checkpoints are INTERVAL seconds apart, so that short runs have
many; nothing else differs from the command.
"""

import os
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

pipe = -1


def tell(*words: object) -> None:
    """One line."""
    os.write(pipe, f"{monotonic()!r} {' '.join(map(str, words))}\n".encode())


def phase(owner: Any, name: str, during: str, after: str | None) -> None:
    """Tell when a function is entered, and when it is left."""
    inner: Callable[..., Any] = getattr(owner, name)

    def told(*given: Any, **options: Any) -> Any:
        tell("at", during)
        result = inner(*given, **options)
        if after is not None:
            tell("at", after)
        return result

    setattr(owner, name, told)


def live(descriptor: int, interval: float, processes: int, arguments: list[str]) -> int:
    """Run the command with its functions watched."""
    global pipe
    pipe = descriptor
    tell("at", "start")
    import dynamics.ensemble
    import dynamics.output
    import dynamics.play
    import dynamics.run
    import stackel.api
    import stackel.cli
    import stackel.reproduction.output
    import stackel.reproduction.page

    play: Any = dynamics.play
    play.INTERVAL = interval
    os.cpu_count = lambda: processes

    go_on, write, train = play.Play._go_on, play.write, stackel.api.train
    step, waiting = dynamics.ensemble.Ensemble.step, list[int]()

    def watched_go_on(self: Any, number: int, start: Any, *given: Any) -> None:
        tell("from", number, 0 if start is None else start.iteration)
        tell("at", "first iteration")
        waiting.append(number)
        go_on(self, number, start, *given)

    def watched_write(path: Any, snapshot: Any, *, of: str) -> None:
        tell("at", "checkpoint")
        write(path, snapshot, of=of)
        tell("stored", path.name.partition(".")[0], snapshot.iteration)

    def watched_step(self: Any, state: Any) -> Any:
        result = step(self, state)
        if waiting:
            tell("at", "play")
            waiting.clear()
        tell("played", state.iteration + 1)
        return result

    def watched_train(*given: Any, **options: Any) -> Any:
        tell("train", os.path.basename(options["out"]))
        return train(*given, **options)

    play.Play._go_on = watched_go_on
    play.write = watched_write
    stackel.api.train = watched_train
    dynamics.ensemble.Ensemble.step = watched_step  # type: ignore[method-assign]
    phase(play.Play, "play", "begin", "gather")
    phase(dynamics.output, "write", "write run", "close")
    phase(stackel.api, "plot", "picture", "close")
    phase(dynamics.run.Run, "write_events", "events", "close")
    phase(stackel.reproduction.output, "write_exhibit", "pictures and tables", "between")
    phase(stackel.api, "verify", "claims", "between")
    phase(stackel.reproduction.output, "write", "text", None)
    phase(stackel.reproduction.page, "page", "page", "write page")
    code = stackel.cli.main(arguments)
    tell("at", "exit")
    return code


if __name__ == "__main__":
    sys.exit(live(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
