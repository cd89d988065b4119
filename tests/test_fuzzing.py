"""The changes of benchmarks/fuzzing that respect a format do change what they are given."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "benchmarks" / "fuzzing"))
from targets import TARGETS, Unreadable

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results" / "fuzz.json"
BROKEN = {
    "nothing": b"",
    "a beginning": b"{",
    "no UTF-8": b"\xff",
    "an empty archive": b"PK\x05\x06" + bytes(18),
    "depth": b"[" * 10**5,
}
"""Inputs that are in none of the formats."""


@pytest.mark.parametrize("name", ["json", "nfg", "npz", "solve"])
def test_sound_inputs_are_changed(name: str) -> None:
    target = TARGETS[name]()
    assert target.change is not None
    games = target.seeds()[:5]
    pairs = [(game, target.change(game, Random(k))) for game in games for k in range(20)]
    assert sum(old != new for old, new in pairs) > 75
    assert len({new for _, new in pairs}) > 50


@pytest.mark.parametrize("name", ["json", "npz", "solve"])
@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_in_the_format_is_told_from_a_broken_change(name: str, case: str) -> None:
    change = TARGETS[name]().change
    assert change is not None
    with pytest.raises(Unreadable):
        change(BROKEN[case], Random(0))


@pytest.mark.parametrize("name", TARGETS)
def test_docs_tell_the_truth_about_what_was_tried(name: str) -> None:
    """docs/formats.md says: a minute or more a reader, and no failure that stands."""
    found = json.loads(RESULTS.read_text())["targets"][name]
    assert found["cpu_seconds"] >= 60
    assert found["failures"] == []
