"""Files that mean harm are refused in one line, before memory or time is taken for them."""

from __future__ import annotations

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import hostile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stackel
from stackel.errors import InvalidGameError
from stackel.files import read_game, write_game
from stackel.files.json_format import parse_game

SECONDS = 10
"""Processor time that a refusal may take."""
ROOM = 2 * 2**30
"""Bytes of memory that it may take."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@contextmanager
def bounded() -> Iterator[None]:
    """Little memory and little time."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before, began = resource.getrlimit(resource.RLIMIT_AS), time.process_time()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert time.process_time() - began < SECONDS


def tried(path: Path, content: bytes) -> Any:
    path.write_bytes(content)
    return hostile.outcome(lambda: read_game(path), name=str(path))


# Structured changes of sound files


@pytest.mark.parametrize("number", range(len(hostile.documents())))
@given(st.randoms(use_true_random=False), st.integers(1, 3))
@settings(max_examples=40)
def test_altered_json_is_read_or_refused(
    folder: Path, number: int, rng: Random, times: int
) -> None:
    text = hostile.altered_document(hostile.documents()[number], rng, times=times)
    game = tried(folder / "altered.json", text.encode())
    if game is not None:
        again = folder / "again.json"
        again.unlink(missing_ok=True)
        hostile.outcome(lambda: write_game(game, again), name=str(again))
        assert not again.exists() or read_game(again).header() == game.header()


@given(st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_altered_nfg_is_read_or_refused(folder: Path, rng: Random) -> None:
    write_game(stackel.load_game("battle"), folder / "sound.nfg")
    text = hostile.altered_nfg((folder / "sound.nfg").read_text(), rng)
    tried(folder / "altered.nfg", text.encode())


@given(st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_altered_npz_is_read_or_refused(folder: Path, rng: Random) -> None:
    content = hostile.npz(rng)
    tried(folder / "altered.npz", content)
    tried(folder / "altered.npz", hostile.damaged(content, rng))
    assert not list(folder.parent.glob("escape*"))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".json", ".nfg", ".npz"])
@given(st.randoms(use_true_random=False))
@settings(max_examples=5000)
def test_many_altered_files_are_read_or_refused(folder: Path, suffix: str, rng: Random) -> None:
    if suffix == ".json":
        text = rng.choice(hostile.documents())
        content = hostile.altered_document(text, rng, times=rng.randint(1, 5)).encode()
    elif suffix == ".nfg":
        write_game(stackel.load_game("hero"), folder / "sound.nfg")
        content = hostile.altered_nfg((folder / "sound.nfg").read_text(), rng).encode()
    else:
        content = hostile.npz(rng)
    if rng.random() < 0.3:
        content = hostile.damaged(content, rng)
    tried(folder / f"many{suffix}", content)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_altered_games_are_solved_or_refused(rng: Random) -> None:
    text = hostile.altered_document(rng.choice(hostile.documents()), rng)
    game = hostile.outcome(lambda: parse_game(text))
    if game is not None and hostile.small(game):
        solution = hostile.outcome(lambda: stackel.solve(game))
        assert solution is None or json.loads(json.dumps(solution.to_dict()))["concepts"]


# Bombs


def document(**fields: Any) -> bytes:
    game = {"format": "stackel-game/1", "kind": "matrix", "leader": [[1]], "follower": [[1]]}
    return json.dumps(game | fields).encode()


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return target.getvalue()


LONG = [f"1/{10**390 + k}" for k in range(400)]
"""Fractions whose common denominator has 150,000 digits."""
ONE = hostile.npy("'<f8'", "(1, 1)", bytes(8))
BOMBS: dict[str, tuple[str, Any, str]] = {
    "10^6 brackets": (".json", lambda: b"[" * 10**6, "depth"),
    "10^6 objects": (".json", lambda: b'{"a":' * 10**6, "depth"),
    "10^7 digits": (".json", lambda: document().replace(b"1", b"9" * 10**7, 1), "stackel-game/1"),
    "a number of 10^7 digits": (".json", lambda: b"9" * 10**7, "4300 digits"),
    "a text of 10^7 digits": (".json", lambda: document(leader=[["9" * 10**7]]), "must be numbers"),
    "1e999999999": (".json", lambda: document(leader=[["1e999999999"]]), "must be numbers"),
    "1e-999999999": (".json", lambda: document(leader=[["1e-999999999"]]), "must be numbers"),
    "a file that is too long": (".json", lambda: b" " * (64 * 2**20 + 1), "67108864 bytes"),
    "fractions without common factor": (
        ".json", lambda: document(kind="bayesian", prior=LONG, follower=[[[1]]] * 400),
        "common denominator"),
    "10^5 types": (
        ".json", lambda: document(kind="bayesian", prior=[1], follower=[[[1]]] * 10**5),
        "10000 types"),
    "a grid of 10^12 cells": (
        ".json", lambda: gridworld(rows=10**6, cols=10**6), "at most 1000000 cells"),
    "a grid of 10^4000 cells": (
        ".json", lambda: gridworld(rows=10**2000, cols=10**2000), "at most 1000000 cells"),
    "10^4000 moves": (".json", lambda: gridworld(horizon=10**4000), "horizon must be at most"),
    "10^9 guards": (".json", lambda: gridworld(defenders=10**9), "defenders must be at most"),
    "10^9 stages": (
        ".json", lambda: markov(horizon=10**9), "horizon must be an integer from 1 to 10000"),
    "10^6 states": (".json", lambda: markov(leader=[[[1]]] * 10**5), "at most 2000000"),
    "a string that is never closed": (
        ".nfg", lambda: b'NFG 1 R "' + b"\\a" * 20_000_000, "never closed"),
    "10^7 players": (".nfg", lambda: b'NFG 1 R "" {' + b'""' * 10**7, "2 players, got 3 or more"),
    "10^7 labels": (
        ".nfg", lambda: b'NFG 1 R "" {"a" "b"} {{' + b'""' * 10**7, "strategies of a player"),
    "10^9 strategies": (
        ".nfg", lambda: b'NFG 1 R "" {"a" "b"} {1000000000 1} 1', "at most 1000000 pairs"),
    "10^12 entries": (
        ".npz", lambda: zipped(leader=hostile.npy("'<f8'", "(1000000, 1000000)"), follower=ONE),
        "at most 50000000 entries"),
    "a bomb of strings": (
        ".npz", lambda: zipped(leader=ONE, follower=ONE,
                               name=hostile.npy("'<U99999999'", "()", bytes(10**6))), "bytes"),
    "a zip bomb": (
        ".npz", lambda: zipped(leader=ONE + bytes(10**8), follower=ONE), "another number"),
    "an object array": (
        ".npz", lambda: zipped(leader=hostile.npy("'|O'", "(1, 1)", bytes(8)), follower=ONE),
        "real numbers"),
    "characters beyond Unicode": (
        ".npz", lambda: zipped(leader=ONE, follower=ONE,
                               name=hostile.npy("'<U1'", "()", b"\xff" * 4)), "Unicode"),
    "UTF-16": (".json", lambda: document().decode().encode("utf-16"), "UTF-8"),
    "a byte order mark twice": (".json", lambda: b"\xef\xbb\xbf" * 2 + document(), "valid JSON"),
    "NUL": (".json", lambda: b"\0" + document(), "valid JSON"),
    "NaN": (".json", lambda: document(leader=[[float("nan")]]), "finite"),
}  # fmt: skip


def gridworld(**fields: Any) -> bytes:
    return json.dumps(json.loads(hostile.documents()[4]) | fields).encode()


def markov(**fields: Any) -> bytes:
    game = json.loads(hostile.documents()[7])
    game.pop("discount", None)
    return json.dumps(game | fields).encode()


@pytest.mark.parametrize("case", BOMBS)
def test_bombs_are_refused_before_memory_is_taken(case: str, tmp_path: Path) -> None:
    suffix, content, words = BOMBS[case]
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(content())
    with bounded(), pytest.raises(InvalidGameError, match=words) as refusal:
        read_game(path)
    assert len(str(refusal.value)) < hostile.LONGEST + len(str(path))


@pytest.mark.parametrize("player", ["leader", "follower"])
def test_payoffs_without_common_factor_are_refused_when_solved(player: str) -> None:
    long = [LONG[20 * i : 20 * i + 20] for i in range(20)]
    payoffs = {"leader": np.eye(20), "follower": np.eye(20), player: long}
    with bounded(), pytest.raises(InvalidGameError, match="denominator of at most 65536 bits"):
        stackel.solve(payoffs["leader"], payoffs["follower"])


def test_floats_of_every_size_are_refused_when_they_do_not_fit() -> None:
    wide = np.zeros((2100, 2100))
    wide[0, 0], wide[0, 1:] = 5e-324, 1e308
    wide[1:] = 1e308
    with bounded(), pytest.raises(InvalidGameError, match="8589934592 bits in all"):
        _ = stackel.BimatrixGame(wide, wide).leader_exact


def test_deep_lists_are_refused() -> None:
    deep: Any = 1
    for _ in range(10**5):
        deep = [deep]
    with bounded(), pytest.raises(InvalidGameError, match="real numbers"):
        stackel.BimatrixGame(deep, deep)
    while isinstance(deep, list):  # or Python's own clean-up would recurse
        deep = deep[0]


@pytest.mark.parametrize("rule", ["first-entered", "declared"])
@pytest.mark.parametrize("defenders", [1, 2])
def test_moves_without_end_change_nothing(rule: str, defenders: int) -> None:
    changes: dict[str, Any] = {
        "interception": "path", "attack_rule": rule, "defenders": defenders,
    }  # fmt: skip
    with bounded():
        enough, endless = (
            stackel.solve(parse_game(gridworld(horizon=moves, **changes).decode()))
            for moves in (32, 10**9)
        )
    assert endless.to_dict()["concepts"] == enough.to_dict()["concepts"]


HUGE = {
    "a range": range(10**12),
    "rows that are ranges": [[range(10**12)]],
    "an array that takes no memory": np.broadcast_to(1.0, (10**4, 10**4, 10**4)),
}


@pytest.mark.parametrize("case", HUGE)
@pytest.mark.parametrize("take", [stackel.BimatrixGame, stackel.solve_batch])
def test_huge_arrays_are_refused(take: Callable[[Any, Any], Any], case: str) -> None:
    with bounded(), pytest.raises(InvalidGameError):
        take(HUGE[case], HUGE[case])


@given(st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_odd_arrays_are_taken_or_refused(rng: Random) -> None:
    hostile.arrays(rng)


@pytest.mark.parametrize(
    "value",
    [10**5000, Fraction(1, 10**5000), "\ud800" * 100, [[0] * 10**6] * 9, {"a": [1] * 9999}],
    ids=["integer", "fraction", "text", "lists", "object"],
)
def test_what_is_shown_of_a_value_is_short(value: Any) -> None:
    with pytest.raises(InvalidGameError) as refusal:
        stackel.GridworldGame(
            rows=2, cols=2, start=value, horizon=1, defenders=0, targets=(), name=None
        )
    assert len(str(refusal.value)) < 200
