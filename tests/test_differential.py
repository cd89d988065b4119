"""The differential campaign: games that repeat, a journal that survives, calls that end."""

from __future__ import annotations

import json
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stackel.game import BimatrixGame

sys.path.append(str(Path(__file__).resolve().parent.parent / "benchmarks"))

from campaign import calls, peers, shard, verdicts, workers
from campaign.calls import Calls, Failure
from campaign.games import FAMILIES, draw
from campaign.journal import Journal
from campaign.ours import OURS, Known
from campaign.shard import FINE, Findings, play

PLAN = {"seed": 0, "shard": 11}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No peers, which not everybody has installed."""
    monkeypatch.setattr(shard, "PEERS", {})


def test_games_are_functions_of_their_number() -> None:
    drawn = [draw(3, index) for index in range(220)]
    assert drawn == [draw(3, index) for index in range(220)]
    assert {each.family for each in drawn} == set(FAMILIES)
    assert {max(each.shape) for each in drawn} >= set(range(2, 11))
    assert sum(max(each.shape) <= 4 for each in drawn) > 110
    for each in drawn:
        assert each.game().floats_are_exact


@pytest.mark.usefixtures("alone")
def test_our_methods_agree_on_a_round_of_games() -> None:
    shard.warm_up()
    found = play(1, range(33), Calls(names=list(shard.SYSTEMS)))
    wrong = {(s, kind): x for (s, kind), x in found.examples.items() if "tell" not in kind}
    assert wrong == {}
    assert found.counts["multiple-lp", "tied", FINE] == 3
    assert Findings.from_dict(json.loads(json.dumps(found.to_dict()))).counts == found.counts


def test_a_torn_line_of_the_journal_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    journal = Journal(path, PLAN, resume=False)
    journal.add(0, Findings(games={"2 x 2": 11}))  # type: ignore[arg-type]
    journal.add(1, Findings(games={"2 x 3": 11}))  # type: ignore[arg-type]
    path.write_text(path.read_text()[:-20])
    again = Journal(path, PLAN, resume=True)
    assert set(again.finished) == {0}
    again.add(1, Findings(games={"2 x 3": 11}))  # type: ignore[arg-type]
    assert sum(Journal(path, PLAN, resume=True).total().games.values()) == 22


def test_a_journal_of_another_plan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    Journal(path, PLAN, resume=False)
    with pytest.raises(SystemExit, match="--resume"):
        Journal(path, PLAN, resume=False)
    with pytest.raises(SystemExit, match="another plan"):
        Journal(path, PLAN | {"seed": 1}, resume=True)


def test_a_call_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "LIMIT", 0.05)

    def forever() -> None:
        while True:
            try:
                time.sleep(0)
            except Exception:  # what a careless peer does
                continue

    answer = Calls().ask(0, "slow", forever)
    assert isinstance(answer, Failure)
    assert answer.kind == "time"


def test_a_call_that_fails_is_a_crash() -> None:
    answer = Calls().ask(0, "bad", lambda: 1 / 0)
    assert answer == Failure(kind="crash", reason="ZeroDivisionError: division by zero")


def test_peers_are_judged_exactly() -> None:
    """Conitzer and Sandholm's game: a hair to the wrong side of the tie leaves the leader 3/2."""
    known = Known(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))
    known.answers = our_answers(known)
    strong = peers.PEERS["OpenSpiel stackelberg_lp"].faults
    assert list(strong(known, ([0.5, 0.5], 3.5))) == []
    (short,) = strong(known, ([0.5 + 1e-10, 0.5 - 1e-10], 3.5))
    assert short.startswith("commitment earns less than reported")
    (wrong,) = strong(known, ([0.5, 0.5], 3.4))
    assert wrong.startswith("value off")
    every = peers.PEERS["nashpy supports"].faults
    assert list(every(known, [((1.0, 0.0), (1.0, 0.0))])) == []
    assert next(every(known, [])).startswith("empty, non-degenerate game")
    (bad, missed) = every(known, [((0.0, 1.0), (0.0, 1.0))])
    assert bad.startswith("not an equilibrium")
    assert missed.startswith("misses equilibria, non-degenerate game")


def our_answers(known: Known) -> dict[str, Any]:
    return {name: OURS[name].solve(known) for name in ("multiple-lp", "nash")}


def test_a_mix_is_read_exactly_or_not_at_all() -> None:
    assert verdicts.exact_mix([0.5, 0.5 + 2.0**-52, -1e-17]) is not None
    assert verdicts.exact_mix([Fraction(1, 3), Fraction(2, 3)]) == (Fraction(1, 3), Fraction(2, 3))
    assert verdicts.exact_mix([0.5, float("nan")]) is None
    assert verdicts.exact_mix([1.25, -0.25]) is None


@pytest.mark.slow
def test_a_process_that_dies_is_replaced_and_its_call_counted() -> None:
    """Killed from outside in the midst of a call: the shard comes out whole all the same."""
    first = workers.Worker(0, 11)
    try:
        first.begin(0)
        deadline = time.monotonic() + 600
        while first.mark[0] == calls.IDLE and time.monotonic() < deadline:
            time.sleep(0.0001)
        first.process.kill()
        assert first.result() is None
        second = first.successor("its process died")
        second.begin(0)
        found = second.result()
    finally:
        first.kill()
    second.kill()
    assert found is not None
    assert sum(found.games.values()) == 11
    said = [x["details"] for (_, kind), x in found.examples.items() if kind == "crash"]
    assert ("its process died" in said) == bool(second.lost)
