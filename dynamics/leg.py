"""A leg: one batch of runs played for a while, from where it stands to where it is next stored.

What a leg needs and what it leaves behind are plain arrays, so that it may be played in this
process, in another one or on another machine. Where legs end never changes a bit: random numbers
are functions of seed and place.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import torch
from torch import Tensor

from dynamics.ensemble import Ensemble, State
from dynamics.leaves import Array, flatten, unflatten
from dynamics.prepare import prepare
from dynamics.record import Log, logged_iterations
from dynamics.settings.sweep import Spec
from stackel.errors import CheckpointError

REPORTS_EVERY = 0.2
"""Seconds from one report of progress to the next."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """Where a batch of runs stands: with its specs, all that its future depends on."""

    iteration: int
    """Iterations played."""
    state: dict[str, Array]
    """The ensemble's state, flattened; empty once the last iteration is played."""
    log: dict[str, Array]
    """What was logged so far: measure -> (R, I) or (R, I, actions)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Leg:
    """What is to be played."""

    number: int
    """Of the batch."""
    of: str
    """What tells the batch from every other one."""
    runs: Sequence[Spec]
    start: Snapshot | None
    """Where the batch stands; None at its beginning."""
    device: str
    logged: int
    """Iterations that are logged, at most."""
    seconds: float
    """How long to play before the next snapshot."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """How far a batch is."""

    number: int
    iteration: int
    averages: list[float]
    """The leader's average payoff so far, one a run."""


def play_leg(leg: Leg, *, report: Callable[[Report], None], stop: Callable[[], bool]) -> Snapshot:
    """Play until the time is up, ``stop`` says so, or the last iteration is played.

    At least one iteration is played.
    """
    iterations = leg.runs[0].iterations
    with repeatable(leg.device):
        ensemble = _ensemble(leg)
        state = ensemble.begin()
        log = Log(iterations=logged_iterations(iterations, leg.logged), values={})
        if leg.start is not None:
            try:
                state = unflatten(state, leg.start.state)
            except ValueError as error:
                raise CheckpointError(
                    f"what is gone on from is no state of these runs: {error}"
                ) from None
            log.values.update(leg.start.log)
        began = reported = monotonic()
        while state.iteration < iterations:
            state, joint = _step(ensemble, state, stored=leg.start)
            if (place := log.place(state.iteration)) is not None:
                log.write(place, ensemble.tally.measure(joint, state.total, state.iteration))
                if monotonic() - reported > REPORTS_EVERY or state.iteration == iterations:
                    reported = monotonic()
                    averages = log.values["leader_average"][:, place].tolist()
                    report(Report(number=leg.number, iteration=state.iteration, averages=averages))
            if stop() or monotonic() - began > leg.seconds:
                break
    ended = state.iteration == iterations
    return Snapshot(
        iteration=state.iteration, state={} if ended else flatten(state), log=log.values
    )


def _step(ensemble: Ensemble, state: State, *, stored: Snapshot | None) -> tuple[State, Tensor]:
    """The next iteration; the first after what was stored shows whether its indices are any."""
    try:
        return ensemble.step(state)
    except (IndexError, RuntimeError) as error:
        resumed = stored is not None and state.iteration == stored.iteration
        if not resumed or isinstance(error, torch.OutOfMemoryError):
            raise
        raise CheckpointError(f"what is gone on from is no state of these runs: {error}") from None


_last: tuple[str, Ensemble] | None = None
"""The ensemble of the last leg played in this process, which most often is that of the next."""


def _ensemble(leg: Leg) -> Ensemble:
    """Who plays; where the leader commits, to set that up can take longer than a leg."""
    global _last
    key = f"{leg.of} {leg.device}"
    if _last is None or _last[0] != key:
        _last = None
        _last = key, prepare(leg.runs, device=leg.device)
    return _last[1]


@contextmanager
def repeatable(device: str) -> Iterator[None]:
    """The same bits whatever the machine's number of cores, and from one time to the next."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    lenient = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        if device == "cpu":  # sums are split among threads: their number would show in the bits
            torch.set_num_threads(1)
            yield
            return
        torch.use_deterministic_algorithms(True, warn_only=True)
        with warnings.catch_warnings():  # sums along short rows, which have one order anyway
            warnings.filterwarnings("ignore", message=".*deterministic")
            yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict, warn_only=lenient)
