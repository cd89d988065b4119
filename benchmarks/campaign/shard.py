"""Some hundred games played in one go, and what is written down about them."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any

from campaign import batches
from campaign.calls import Calls, Failure
from campaign.games import Drawn, draw
from campaign.ours import OURS, Known, Method
from campaign.peers import PEERS, Peer
from stackel.game import BimatrixGame

SYSTEMS = (*OURS, batches.BATCH, *PEERS)
"""Everybody who is asked."""
ASKED = "asked"
FINE = "agrees"
"""Every answer counts as asked, one without fault as agreeing."""


@dataclass(kw_only=True)
class Findings:
    """How often each system did what, and the smallest game for each kind of fault."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(system, family, kind) -> games; one game can show several kinds of faults."""
    examples: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """(system, kind) -> the game that takes the fewest characters to write down."""
    seconds: dict[str, float] = field(default_factory=dict)
    """System -> CPU seconds."""
    games: Counter[str] = field(default_factory=Counter)
    """Shape -> games."""

    def note(self, system: str, drawn: Drawn, faults: list[str]) -> None:
        """Write down the faults, ``kind: details`` each, of one answer."""
        kinds = dict.fromkeys(fault.partition(": ")[0] for fault in faults)
        for kind in (ASKED, *(kinds or (FINE,))):
            self.counts[system, drawn.family, kind] += 1
        for fault in faults:
            kind, _, details = fault.partition(": ")
            example = {"index": drawn.index, "length": drawn.length, "details": details}
            self._keep((system, kind), example)

    def _keep(self, key: tuple[str, str], example: dict[str, Any]) -> None:
        kept = self.examples.get(key)
        if kept is None or example["length"] < kept["length"]:
            self.examples[key] = example

    def add(self, other: Findings) -> None:
        """Join what was found on other games."""
        self.counts.update(other.counts)
        self.games.update(other.games)
        for system, seconds in other.seconds.items():
            self.seconds[system] = self.seconds.get(system, 0.0) + seconds
        for key, example in other.examples.items():
            self._keep(key, example)

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON; :meth:`from_dict` reads it back."""
        return {
            "counts": [[*key, count] for key, count in sorted(self.counts.items())],
            "examples": [[*key, example] for key, example in sorted(self.examples.items())],
            "seconds": {system: round(x, 4) for system, x in self.seconds.items()},
            "games": dict(self.games),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Findings:
        """What :meth:`to_dict` wrote."""
        return cls(
            counts=Counter({tuple(key): count for *key, count in plain["counts"]}),
            examples={tuple(key): example for *key, example in plain["examples"]},
            seconds=dict(plain["seconds"]),
            games=Counter(plain["games"]),
        )


def installed() -> dict[str, Peer]:
    """The peers that can be imported here."""
    modules = {"open_spiel": "pyspiel"}
    return {
        name: peer
        for name, peer in PEERS.items()
        if find_spec(modules.get(peer.package, peer.package)) is not None
    }


def warm_up() -> None:
    """Call everybody once, without a limit: modules are imported, and some compile themselves."""
    known = Known(BimatrixGame([[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]))
    for name, method in OURS.items():
        known.answers[name] = method.solve(known)
    for peer in installed().values():
        with suppress(Exception):
            peer.solve(known.game)


def play(seed: int, indices: range, calls: Calls) -> Findings:
    """Ask everybody about the games ``indices``."""
    warnings.simplefilter("ignore")  # peers warn of degenerate games and of their solvers
    findings = Findings()
    peers = installed()
    alike: dict[tuple[int, int], list[tuple[Drawn, Known]]] = {}
    for index in indices:
        drawn = draw(seed, index)
        known = Known(drawn.game())
        findings.games["{} x {}".format(*drawn.shape)] += 1
        for system, faults in answers(drawn, known, peers, calls):
            findings.note(system, drawn, faults)
        if batches.fits(drawn) and "multiple-lp" in known.answers:
            alike.setdefault(drawn.shape, []).append((drawn, known))
    for together in alike.values():
        games = [drawn for drawn, _ in together]
        found = calls.ask(games[0].index, batches.BATCH, partial(batches.solve, games))
        for place, (drawn, known) in enumerate(together):
            findings.note(
                batches.BATCH,
                drawn,
                [f"{found.kind}: {found.reason}"]
                if isinstance(found, Failure)
                else list(batches.faults(known, found, place)),
            )
    findings.seconds = dict(calls.seconds)
    calls.seconds.clear()
    return findings


def answers(
    drawn: Drawn,
    known: Known,
    peers: Mapping[str, Peer],
    calls: Calls,
    *,
    all_of_them: bool = False,
) -> Iterator[tuple[str, list[str]]]:
    """Ask everybody whose turn it is, or all, about one game: (system, faults of the answer)."""
    for name, method in OURS.items():
        if _asked(drawn, known, method, all_of_them) and (
            name == "multiple-lp" or "multiple-lp" in known.answers
        ):
            call = partial(method.solve, known)
            answer, faults = _answer(drawn, known, calls, name, call, method.faults)
            if answer is not None:
                known.answers[name] = answer
            yield name, faults
    for name, peer in peers.items():
        if _asked(drawn, known, peer, all_of_them) and peer.needs in known.answers:
            call = partial(peer.solve, known.game)
            yield name, _answer(drawn, known, calls, name, call, peer.faults)[1]


def _asked(drawn: Drawn, known: Known, system: Method | Peer, all_of_them: bool) -> bool:
    m, n = drawn.shape
    return (
        m * n <= system.up_to
        and (all_of_them or drawn.round % system.one_in == 0)
        and (not system.constant_sum or known.game.constant_sum is not None)
    )


def _answer(
    drawn: Drawn,
    known: Known,
    calls: Calls,
    name: str,
    call: Callable[[], Any],
    judge: Callable[[Known, Any], Iterator[str]],
) -> tuple[Any, list[str]]:
    """The answer, or None, and its faults. Judging ours is part of the price of an answer."""
    answer = calls.ask(drawn.index, name, call)
    if isinstance(answer, Failure):
        return None, [f"{answer.kind}: {answer.reason}"]
    # a reference must be known before it is judged
    if name == "multiple-lp":
        known.answers[name] = answer
    return answer, list(judge(known, answer))
