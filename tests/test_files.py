"""Games survive their files exactly, and a bad file is one InvalidGameError of one line."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import bimatrix_games

from stackel.bayesian import BayesianGame
from stackel.errors import InvalidGameError
from stackel.files import read_game, write_game
from stackel.game import BimatrixGame
from stackel.gridworld import GridworldGame
from stackel.markov import MarkovGame

ROOT = Path(__file__).parent.parent
SMALL = {
    "format": "stackel-game/1",
    "kind": "matrix",
    "leader": [[1, "1/3"], [0.5, -2]],
    "follower": [[0, 1], [1, 0]],
}


def payoffs(game: BimatrixGame, player: str) -> list[list[Fraction]]:
    matrix = getattr(game, f"{player}_exact")
    m, n = game.shape
    return [[matrix[i, j] for j in range(n)] for i in range(m)]


def same(a: Any, b: Any) -> bool:
    """Equal in every payoff, label and text."""
    if isinstance(a, MarkovGame | GridworldGame):
        return bool(a.to_dict() == b.to_dict())
    texts = ("kind", "shape", "name", "source", "leader_actions", "follower_actions")
    if any(getattr(a, key) != getattr(b, key) for key in texts):
        return False
    if isinstance(a, BayesianGame):
        pairs = zip(a.types, b.types, strict=True)
        return (
            a.prior == b.prior
            and a.type_names == b.type_names
            and all(payoffs(x, p) == payoffs(y, p) for x, y in pairs for p in PLAYERS)
        )
    return all(payoffs(a, player) == payoffs(b, player) for player in PLAYERS)


PLAYERS = ("leader", "follower")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("games")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path | str, *words: str) -> str:
    """The message with which the file is refused: one line, that begins with the file's name."""
    with pytest.raises(InvalidGameError) as error:
        read_game(path)
    message = str(error.value)
    assert message.startswith(str(path) if str(path) != "-" else "standard input")
    assert "\n" not in message
    assert len(message) < 300 + len(str(path))
    for word in words:
        assert word in message
    return message


# Round trips


class TestRoundTrip:
    labels = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1).filter(
        lambda text: "\\" not in text
    )
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)

    @given(bimatrix_games())
    def test_json_keeps_every_payoff(self, folder: Path, game: BimatrixGame) -> None:
        write_game(game, folder / "game.json")
        assert same(read_game(folder / "game.json"), game)

    @given(bimatrix_games())
    def test_nfg_keeps_every_payoff(self, folder: Path, game: BimatrixGame) -> None:
        write_game(game, folder / "game.nfg")
        assert same(read_game(folder / "game.nfg"), game)

    @given(bimatrix_games())
    def test_npz_keeps_every_payoff_or_refuses(self, folder: Path, game: BimatrixGame) -> None:
        values = [x for p in PLAYERS for row in payoffs(game, p) for x in row]
        path = folder / "game.npz"
        if all(Fraction(float(x)) == x for x in values):
            write_game(game, path)
            assert same(read_game(path), game)
        else:
            with pytest.raises(InvalidGameError, match="would be rounded"):
                write_game(game, path)

    @given(st.data(), words, words)
    def test_texts_and_labels(self, folder: Path, data: st.DataObject, name: str, why: str) -> None:
        suffix = data.draw(st.sampled_from([".json", ".nfg", ".npz"]))
        names = self.labels if suffix == ".nfg" else self.words
        game = BimatrixGame(
            [[1, 2, 3]],
            [[3, 2, 1]],
            name=name or None,
            source=why or None,
            leader_actions=[data.draw(names)],
            follower_actions=data.draw(st.lists(names, min_size=3, max_size=3)),
        )
        path = folder / f"texts{suffix}"
        texts = [name, why, *(game.leader_actions or ()), *(game.follower_actions or ())]
        if suffix == ".nfg" and ("\\" in name + why or game.leader_actions == ("1",)):
            return  # refused, and Gambit's own names for actions without labels
        if suffix == ".npz" and any(text.endswith("\0") for text in texts):
            with pytest.raises(InvalidGameError, match="NUL"):
                write_game(game, path)
            return
        write_game(game, path)
        assert same(read_game(path), game)

    @given(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.fractions())
    @example(10**300, 5e-324, Fraction(10**150, 3**300))
    @example(-(2**63), 1.7976931348623157e308, Fraction(-1, 7))
    def test_numbers_of_every_size(
        self, folder: Path, integer: int, real: float, ratio: Fraction
    ) -> None:
        game = BimatrixGame([[integer, real, ratio]], [[-integer, -real, -ratio]])
        for name in ("numbers.json", "numbers.nfg"):
            write_game(game, folder / name)
            assert same(read_game(folder / name), game)

    @given(
        st.lists(st.integers(0, 5), min_size=1, max_size=3).filter(any),
        st.booleans(),
        st.integers(0, 2**32),
    )
    def test_bayesian_games(
        self, folder: Path, weights: list[int], own_leader: bool, seed: int
    ) -> None:
        rng = Random(seed)
        count = len(weights)

        def matrix() -> list[list[Fraction]]:
            return [[Fraction(rng.randint(-9, 9), rng.randint(1, 4)) for _ in "ab"] for _ in "xyz"]

        game = BayesianGame(
            [matrix() for _ in weights] if own_leader else matrix(),
            [matrix() for _ in weights],
            [Fraction(w, sum(weights)) for w in weights],
            name="bayesian",
            type_names=[f"t{k}" for k in range(count)],
        )
        write_game(game, folder / "bayesian.json")
        assert same(read_game(folder / "bayesian.json"), game)
        for name in ("bayesian.nfg", "bayesian.npz"):
            with pytest.raises(InvalidGameError, match="hold matrix games, got"):
                write_game(game, folder / name)

    def test_float_arrays_stay_floats(self, folder: Path) -> None:
        rng = np.random.default_rng(3)
        a, b = rng.normal(size=(2, 30, 40))
        for name in ("floats.npz", "floats.json", "floats.nfg"):
            write_game(BimatrixGame(a, b), folder / name)
            game = read_game(folder / name)
            assert isinstance(game, BimatrixGame)
            assert np.array_equal(game.leader, a)
            assert np.array_equal(game.follower, b)

    def test_json_spells_numbers_as_other_readers_hold_them(self, folder: Path) -> None:
        game = BimatrixGame([[3, "1/2", "1/3", 2**53 + 1, 1e300]], [[0, 0, 0, 0, 0]])
        write_game(game, folder / "spelled.json")
        fields = json.loads((folder / "spelled.json").read_text())
        assert fields["leader"] == [[3, 0.5, "1/3", "9007199254740993", 1e300]]

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(json.dumps(SMALL).encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        game = read_game("-")
        assert payoffs(game, "leader")[0] == [1, Fraction(1, 3)]  # type: ignore[arg-type]

    def test_upper_case_suffix_and_byte_order_mark(self, folder: Path) -> None:
        path = write(folder, "MARKED.JSON", b"\xef\xbb\xbf" + json.dumps(SMALL).encode())
        assert read_game(path).shape == (2, 2)


class TestWriting:
    game = BimatrixGame([["1/3", 2]], [[0, 1]])

    def test_replaces_whole_files_and_leaves_nothing_else(self, tmp_path: Path) -> None:
        path = write(tmp_path, "game.json", "old")
        write_game(self.game, path)
        assert same(read_game(path), self.game)
        assert os.listdir(tmp_path) == ["game.json"]

    def test_a_failure_half_way_leaves_the_old_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        path = write(tmp_path, "game.json", "old")
        monkeypatch.setattr("os.replace", full)
        with pytest.raises(InvalidGameError, match="cannot be written: No space left"):
            write_game(self.game, path)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["game.json"]

    def test_a_refused_game_leaves_the_old_file(self, tmp_path: Path) -> None:
        path = write(tmp_path, "game.npz", "old")
        with pytest.raises(InvalidGameError, match=r"leader payoff \[0\]\[0\] would be rounded"):
            write_game(self.game, path)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["game.npz"]

    @pytest.mark.parametrize("name", ["none/game.json", "game.txt", "game", "game.json/x.json"])
    def test_places_that_cannot_be_written(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, "game.json", "old")
        with pytest.raises(InvalidGameError):
            write_game(self.game, tmp_path / name)
        assert os.listdir(tmp_path) == ["game.json"]

    @pytest.mark.parametrize("label", ["é", "two  spaces", " edge", "back\\slash", "", "tab\t"])
    def test_labels_that_gambit_refuses(self, tmp_path: Path, label: str) -> None:
        game = BimatrixGame([[1]], [[1]], leader_actions=[label])
        with pytest.raises(InvalidGameError, match=r"in \.nfg files must"):
            write_game(game, tmp_path / "game.nfg")

    def test_rationals_too_long_to_be_read_again(self, tmp_path: Path) -> None:
        game = BimatrixGame([[Fraction(1, 10**5000)]], [[0]])
        for name in ("game.json", "game.nfg"):
            with pytest.raises(InvalidGameError, match="400 characters"):
                write_game(game, tmp_path / name)


# Bad input

BAD_JSON = {
    "nothing": ("", "valid JSON"),
    "truncated": (json.dumps(SMALL)[:-20], "valid JSON"),
    "trailing text": (json.dumps(SMALL) + "x", "valid JSON"),
    "a list": ("[1, 2]", "object"),
    "a number": ("3", "object"),
    "NaN": ({"leader": [[1, float("nan")], [0, 0]]}, "finite, got NaN"),
    "infinity": ({"leader": [[1, float("-inf")], [0, 0]]}, "finite, got -Infinity"),
    "float overflow": ('{"format": "stackel-game/1", "kind": "matrix", '
                       '"leader": [[1e999]], "follower": [[0]]}', "leader payoff [0][0]", "finite"),
    "spelled NaN": ({"follower": [["nan", 1], [0, 0]]}, "follower payoff [0][0]", "'nan'"),
    "complex": ({"leader": [["1+2j", 1], [0, 0]]}, "leader payoff [0][0]", "'1+2j'"),
    "division by zero": ({"leader": [["1/0", 1], [0, 0]]}, "'1/0'"),
    "huge exponent": ({"leader": [["1e999999999", 1], [0, 0]]}, "leader payoff [0][0]"),
    "huge integer": ('{"format": "stackel-game/1", "x": ' + "9" * 5000 + "}", "4300 digits"),
    "boolean": ({"leader": [[True, 1], [0, 0]]}, "real numbers, got True"),
    "null": ({"leader": [[None, 1], [0, 0]]}, "real numbers, got None"),
    "ragged": ({"leader": [[1, 2], [3]]}, "rows of one length"),
    "empty": ({"leader": [], "follower": []}, "m, n >= 1"),
    "empty rows": ({"leader": [[], []]}, "m, n >= 1"),
    "flat": ({"leader": [1, 2]}, "rows of numbers"),
    "text rows": ({"leader": ["12", "34"]}, "rows of numbers"),
    "matrix in an object": ({"leader": {"0": [1, 2]}}, "rows of numbers"),
    "two shapes": ({"leader": [[1, 2, 3]]}, "one shape"),
    "no payoffs": ({"leader": None}, "rows of numbers"),
    "wrong key": ({"leeder": [[1]]}, "unknown key 'leeder'", "nearest: leader"),
    "key of another kind": ({"prior": [1]}, "unknown key 'prior'"),
    "missing key": (json.dumps({k: v for k, v in SMALL.items() if k != "follower"}),
                    "key 'follower' is missing"),
    "missing format": (json.dumps({k: v for k, v in SMALL.items() if k != "format"}),
                       "key 'format' is missing"),
    "later version": ({"format": "stackel-game/2"}, "stackel-game/1", "stackel-game/2"),
    "format is no text": ({"format": 1}, "stackel-game/1", "got 1"),
    "wrong kind": ({"kind": "matrx"}, "'matrx'", "matrix", "bayesian"),
    "kind is no text": ({"kind": ["matrix"]}, "kind must be"),
    "key twice": ('{"format": "stackel-game/1", "format": "stackel-game/1"}', "'format' twice"),
    "name is no text": ({"name": 3}, "name must be a string, got 3"),
    "half a character": ({"name": "\ud800"}, "Unicode"),
    "half a character in a label": ({"leader_actions": ["\ud800", "b"]}, "Unicode"),
    "labels are one text": ({"leader_actions": "ab"}, "leader_actions must be a list"),
    "too few labels": ({"leader_actions": ["a"]}, "leader_actions must have 2 labels"),
    "deep nesting": ("[" * 200_000, "valid JSON of reasonable depth"),
    "deep nesting in a payoff": ({"leader": [[[[1]]]]}, "real numbers"),
    "bayesian without prior": ({"kind": "bayesian"}, "key 'prior' is missing"),
    "bayesian with a flat follower": ({"kind": "bayesian", "prior": [1]}, "one matrix a type"),
    "negative prior": ({"kind": "bayesian", "prior": [2, -1],
                        "follower": [[[0, 1], [1, 0]]] * 2}, "at least 0"),
    "prior that does not sum to 1": ({"kind": "bayesian", "prior": [0.5, 0.25],
                                      "follower": [[[0, 1], [1, 0]]] * 2}, "sum to 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json(folder: Path, case: str) -> None:
    content, *words = BAD_JSON[case]
    text = content if isinstance(content, str) else json.dumps(SMALL | content)  # type: ignore[operator]
    refused(write(folder, "bad.json", text), *words)  # type: ignore[arg-type]


NFG = 'NFG 1 R "title" { "I" "II" } { 2 2 } 1 2 3 4 5 6 7 8'
BAD_NFG = {
    "nothing": ("", "NFG 1 R"),
    "an extensive game": (NFG.replace("NFG 1", "EFG 2"), "'EFG 2 R'"),
    "another version": (NFG.replace("NFG 1", "NFG 2"), "'NFG 2 R'"),
    "three players": (
        'NFG 1 R "" { "I" "II" "III" } { 1 1 1 } 1 2 3', "must have 2 players, got 3"),
    "one player": ('NFG 1 R "" { "I" } { 2 } 1 2', "must have 2 players, got 1"),
    "no title": (NFG.replace('"title"', ""), "title must be a quoted string"),
    "unclosed title": ('NFG 1 R "title', "never closed"),
    "truncated payoffs": (NFG[:-2], "payoffs of profile 4 of 4", "end of the file"),
    "truncated header": ('NFG 1 R "title" { "I"', "end of the file"),
    "too many payoffs": (NFG + " 9", "must end after the payoffs, got '9'"),
    "a word for a payoff": (NFG.replace("5", "five"), "profile 3", "'five'"),
    "NaN": (NFG.replace("5", "nan"), "profile 3", "'nan'"),
    "no strategies": ('NFG 1 R "" { "I" "II" } { 0 2 }', "1 or more"),
    "no labels": ('NFG 1 R "" { "I" "II" } { { } { "a" } }', "1 or more"),
    "negative strategies": (NFG.replace("2 2", "-2 2"), "whole number"),
    "10^9 strategies": (NFG.replace("2 2", "1000000000 1"), "at most", "1000000000 x 1"),
    "10^30 strategies": (NFG.replace("2 2", "1" + "0" * 30 + " 1"), "whole number"),
    "mixed strategies": (NFG.replace("{ 2 2 }", '{ 2 { "a" "b" } }'), "whole number"),
    "outcome out of range": (
        'NFG 1 R "" { "I" "II" } { 1 2 } { { "a" 1 2 } } 1 2', "profile 2", "up to 1, got '2'"),
    "outcome with one payoff": ('NFG 1 R "" { "I" "II" } { 1 1 } { { "a" 1 } } 1', "'}'"),
    "outcome with three payoffs": (
        'NFG 1 R "" { "I" "II" } { 1 1 } { { "a" 1 2 3 } } 1', "outcome", "'3'"),
    "unclosed outcomes": ('NFG 1 R "" { "I" "II" } { 1 1 } { { "a" 1 2 }', "end of the file"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_NFG)
def test_bad_nfg(folder: Path, case: str) -> None:
    content, *words = BAD_NFG[case]
    refused(write(folder, "bad.nfg", content), *words)


def npy(descr: str, shape: tuple[int, ...], data: bytes = b"") -> bytes:
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def npz(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return target.getvalue()


def saved(**arrays: Any) -> bytes:
    target = io.BytesIO()
    np.savez(target, **arrays)
    return target.getvalue()


ONE = npy("<f8", (1, 1), struct.pack("<d", 1))
BAD_NPZ = {
    "nothing": (b"", "valid .npz"),
    "no zip": (b"PK\x03\x04 not really", "valid .npz"),
    "truncated": (saved(leader=np.eye(2), follower=np.eye(2))[:-40], "valid .npz"),
    "missing array": (npz(leader=ONE), "'follower' is missing"),
    "wrong array": (npz(leader=ONE, folower=ONE), "'folower.npy'", "nearest: follower.npy"),
    "unnamed arrays": (npz(arr_0=ONE, arr_1=ONE), "unknown array"),
    "NaN": (saved(leader=np.array([[np.nan]]), follower=np.eye(1)), "finite, got nan"),
    "infinity": (saved(leader=np.array([[np.inf]]), follower=np.eye(1)), "finite, got inf"),
    "complex": (saved(leader=np.eye(2) * 1j, follower=np.eye(2)), "real numbers", "c16"),
    "booleans": (saved(leader=np.eye(2) > 0, follower=np.eye(2)), "real numbers", "b1"),
    "objects": (saved(leader=np.array([[None]]), follower=np.eye(1)), "real numbers", "|O"),
    "long doubles": (
        saved(leader=np.eye(2, dtype=np.longdouble), follower=np.eye(2)), "8 bytes an entry"),
    "one dimension": (saved(leader=np.ones(3), follower=np.ones(3)), "two dimensions"),
    "empty": (saved(leader=np.ones((0, 3)), follower=np.ones((0, 3))), "m, n >= 1"),
    "two shapes": (saved(leader=np.eye(2), follower=np.eye(3)), "one shape"),
    "10^9 entries": (npz(leader=npy("<f8", (31623, 31623)), follower=ONE), "at most", "31623"),
    "10^18 entries": (npz(leader=npy("<f8", (10**9, 10**9)), follower=ONE), "at most"),
    "more entries than data": (npz(leader=npy("<f8", (7000, 7000)), follower=ONE), "392000000"),
    "negative shape": (npz(leader=npy("<f8", (-1, 1)), follower=ONE), "plain type and shape"),
    "header that is code": (
        npz(leader=ONE.replace(b"'<f8'", b"open "), follower=ONE), "valid header"),
    "unknown type": (npz(leader=npy("<f7", (1, 1), b"1234567"), follower=ONE), "known type"),
    "array of records": (
        saved(leader=np.zeros((1, 1), "i4,i4"), follower=np.eye(1)), "plain type"),
    "not an array": (npz(leader=b"hello", follower=ONE), ".npy format"),
    "huge header": (npz(leader=b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", follower=ONE), "header"),
    "name is a list": (
        saved(leader=np.eye(1), follower=np.eye(1), name=np.array(["a"])), "one string"),
    "labels are a string": (
        saved(leader=np.eye(1), follower=np.eye(1), leader_actions="a"), "list of strings"),
    "labels are numbers": (
        saved(leader=np.eye(1), follower=np.eye(1), leader_actions=[1]), "must hold strings"),
    "10^9 labels": (npz(leader=ONE, follower=ONE, name=npy("<U1", (10**9,))), "bytes"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_NPZ)
def test_bad_npz(folder: Path, case: str) -> None:
    content, *words = BAD_NPZ[case]
    refused(write(folder, "bad.npz", content), *words)  # type: ignore[arg-type]


def test_a_pickle_is_never_run(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (os.mkdir, (str(folder / "sprung"),))

    trap = np.empty((1, 1), dtype=object)
    trap[0, 0] = Trap()
    refused(write(folder, "trap.npz", saved(leader=trap, follower=np.eye(1))), "real numbers")
    assert not (folder / "sprung").exists()


def test_same_member_twice(folder: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("leader.npy", ONE)
        archive.writestr("follower.npy", ONE)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("leader.npy", ONE)
    refused(write(folder, "twice.npz", target.getvalue()), "'leader.npy' twice")


def test_columns_first_and_other_byte_orders(folder: Path) -> None:
    a = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    b = np.arange(6, dtype=np.uint8).reshape(2, 3)
    game = read_game(write(folder, "orders.npz", saved(leader=a, follower=b)))
    assert isinstance(game, BimatrixGame)
    assert payoffs(game, "leader") == payoffs(game, "follower") == [[0, 1, 2], [3, 4, 5]]


class TestFilesThatCannotBeRead:
    def test_missing(self, folder: Path) -> None:
        refused(folder / "none.json", "No such file")

    def test_directory(self, tmp_path: Path) -> None:
        (tmp_path / "folder.json").mkdir()
        refused(tmp_path / "folder.json", "directory")

    def test_not_utf_8(self, folder: Path) -> None:
        refused(write(folder, "latin.json", '{"name": "é"}'.encode("latin-1")), "UTF-8", "0xe9")

    def test_other_suffix(self, folder: Path) -> None:
        refused(write(folder, "game.yaml", "{}"), ".json, .nfg, .npz", "'.yaml'")

    def test_without_suffix(self, folder: Path) -> None:
        refused(folder / "game", ".json, .nfg, .npz")

    def test_nul_in_the_path(self) -> None:
        refused("a\0b.json", "null")

    @pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no endless device here")
    def test_endless_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("stackel.files.MAX_TEXT_BYTES", 2**21)
        with open("/dev/zero") as endless:
            monkeypatch.setattr(sys, "stdin", endless)
            refused("-", "2097152 bytes")

    @pytest.mark.parametrize("suffix", [".json", ".nfg", ".npz"])
    def test_pipes_and_devices(self, tmp_path: Path, suffix: str) -> None:
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
        (tmp_path / f"loop{suffix}").symlink_to(f"loop{suffix}")
        refused(tmp_path / f"pipe{suffix}", "regular file")
        refused(tmp_path / f"zero{suffix}", "regular file")
        refused(tmp_path / f"loop{suffix}", "symbolic links")

    def test_no_permission(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        path = write(folder, "secret.json", json.dumps(SMALL))
        monkeypatch.setattr("builtins.open", forbidden)
        refused(path, "Permission denied")

    def test_line_break_in_the_path(self, folder: Path) -> None:
        with pytest.raises(InvalidGameError) as error:
            read_game(folder / "two\nlines.json")
        assert "\n" not in str(error.value)


# Gambit's format


def test_first_player_moves_fastest(folder: Path) -> None:
    game = read_game(write(folder, "order.nfg", NFG))
    assert isinstance(game, BimatrixGame)
    assert payoffs(game, "leader") == [[1, 5], [3, 7]]
    assert payoffs(game, "follower") == [[2, 6], [4, 8]]


def test_outcomes_labels_comments_and_commas(folder: Path) -> None:
    text = r"""NFG 1 D "a \"quoted\" title" {"I""II"}{{"top" "1"}{"left"}}
    "a comment" { {"good" 1e-1, -2} {"" .5 1/3} } 2 0"""
    game = read_game(write(folder, "outcomes.nfg", text))
    assert isinstance(game, BimatrixGame)
    assert (game.name, game.source) == ('a "quoted" title', "a comment")
    assert (game.leader_actions, game.follower_actions) == (("top", "1"), ("left",))
    assert payoffs(game, "leader") == [[Fraction(1, 2)], [0]]
    assert payoffs(game, "follower") == [[Fraction(1, 3)], [0]]


@pytest.mark.peer
class TestGambit:
    @given(bimatrix_games(), st.booleans())
    @settings(max_examples=30)
    def test_reads_what_we_write(self, folder: Path, game: BimatrixGame, labelled: bool) -> None:
        gambit = pytest.importorskip("pygambit")
        m = game.shape[0]
        rows = [f'row "{i}"' for i in range(m)] if labelled else None
        ours = BimatrixGame(
            payoffs(game, "leader"), payoffs(game, "follower"), name=game.name, leader_actions=rows
        )
        write_game(ours, folder / "ours.nfg")
        theirs = gambit.read_nfg(folder / "ours.nfg")
        assert theirs.title == game.name
        first, second = theirs.players
        for i, row in enumerate(first.strategies):
            assert row.label == (rows[i] if rows else str(i + 1))
            for j, column in enumerate(second.strategies):
                outcome = theirs[row, column]
                assert Fraction(outcome[first]) == game.leader_exact[i, j]
                assert Fraction(outcome[second]) == game.follower_exact[i, j]

    @given(bimatrix_games(kinds=("generic", "tied", "rational")))
    @settings(max_examples=30)
    def test_we_read_what_it_writes(self, folder: Path, game: BimatrixGame) -> None:
        gambit = pytest.importorskip("pygambit")
        matrices = [
            [[gambit.Rational(x.numerator, x.denominator) for x in row] for row in payoffs(game, p)]
            for p in PLAYERS
        ]
        theirs = gambit.Game.from_arrays(*matrices, title='by "Gambit"')
        ours = read_game(write(folder, "theirs.nfg", theirs.to_nfg()))
        assert isinstance(ours, BimatrixGame)
        assert ours.name == 'by "Gambit"'
        assert all(payoffs(ours, player) == payoffs(game, player) for player in PLAYERS)


# Damage

BASES = {
    ".json": json.dumps(SMALL).encode(),
    ".nfg": b'NFG 1 R "t" {"I" "II"} {{"a" "b"} {"c"}} "why" {{"x" 1 2} {"y" 1/2 .3}} 2 1',
    ".npz": saved(leader=np.eye(2), follower=np.ones((2, 2), int), name="x"),
}
"""One sound file a format."""


@pytest.mark.parametrize("suffix", BASES)
@given(st.data())
@settings(max_examples=300)
def test_damaged_files_are_read_or_refused(suffix: str, folder: Path, data: st.DataObject) -> None:
    content = bytearray(BASES[suffix])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        kind = data.draw(st.sampled_from(["change", "cut", "insert", "drop"]))
        if kind == "cut":
            del content[at:]
        elif kind == "drop":
            del content[at : at + data.draw(st.integers(1, 9))]
        elif kind == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=4))
        elif at < len(content):
            content[at] = data.draw(st.integers(0, 255))
    path = write(folder, f"damaged{suffix}", bytes(content))
    try:
        read_game(path)
    except InvalidGameError:
        refused(path)


# The documentation


def test_examples_of_the_documentation(folder: Path) -> None:
    text = (ROOT / "docs" / "formats.md").read_text()
    blocks = re.findall(r"```(json|nfg)\n(.*?)```", text, re.DOTALL)
    assert {kind for kind, _ in blocks} == {"json", "nfg"}
    for kind, content in blocks:
        game = read_game(write(folder, f"documented.{kind}", content))
        copy = folder / "copy.json"
        write_game(game, copy)
        assert same(read_game(copy), game)
