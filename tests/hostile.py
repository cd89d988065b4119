"""Input that means harm, and what becomes of it: an answer or a refusal in one line, no more.

Everything here is drawn from a ``Random``: a test feeds it from hypothesis, the campaign of
benchmarks/fuzzing from the bytes that a coverage-guided fuzzer grows.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import stackel
from stackel.errors import StackelError
from stackel.files.json_format import format_game

LONGEST = 600
"""Characters that a refusal may have, beside a file's name."""
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 3, 2**31, 2**63, 2**64, 10**12, -(10**12), 10**400, 0.5, 1e308,
    -1e308, 5e-324, -0.0, float("nan"), float("inf"), "", "1/3", "-2/7", "1/0", "1e400", "1e-400",
    "1e999999999", "1/1e9", "9" * 401, "nan", "inf", "0x10", "1_0", " 1 ", "\x00", "\ud800",
    "\u0663",
    "\x1b[31m", "two\nlines", "x" * 5000, [], {}, [[]], [1], [[1]], [[[1]]], {"a": 1}, ["1/2", 1],
    [[1, 2], [3]], [0.1] * 10, ["a", "a"], [[0] * 40] * 40,
)  # fmt: skip
"""What is put in the place of a part of a JSON value."""


def outcome(action: Callable[[], Any], *, name: str = "") -> Any:
    """What ``action`` returns, or None where it refuses: in one line of some length."""
    try:
        return action()
    except StackelError as error:
        message = str(error)
        if len(message.splitlines()) != 1 or len(message) > LONGEST + 2 * len(name):
            raise AssertionError(f"a refusal is one line, got {message!r:.2000}") from error
        return None


class Fed(Random):
    """Random numbers that are taken from given bytes, and 0 when there are no more."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)
        super().__init__(0)

    def random(self) -> float:
        return self.getrandbits(16) / 2**16

    def getrandbits(self, k: int, /) -> int:
        return int.from_bytes(self._stream.read(-(-k // 8)), "little") & ((1 << k) - 1)

    def _randbelow(self, n: int) -> int:  # the built-in one draws again until the number fits
        return self.getrandbits(max(n.bit_length(), 8)) % n


@cache
def documents() -> list[str]:
    """JSON of every kind of game."""
    names = ("battle", "hero", "conitzer_2016", "paruchuri_2008", "gridworld-small",
             "gridworld-wind", "gridworld-bottleneck", "reward_for_obedience",
             "breton_alj_haurie_1988")  # fmt: skip
    return [format_game(stackel.load_game(name)) for name in names]


def altered(value: Any, rng: Random) -> Any:
    """A JSON value with one part of it left out, repeated, exchanged or replaced."""
    if isinstance(value, dict | list) and value and rng.random() < 0.8:
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        key, way = rng.choice(keys), rng.randrange(8)
        copy: Any = dict(value) if isinstance(value, dict) else list(value)
        if way == 0:
            del copy[key]
        elif way == 1 and isinstance(copy, list):
            copy.insert(key, copy[key])
        elif way == 1:
            copy[rng.choice(keys)] = copy[key]
        elif way == 2 and isinstance(copy, dict):
            copy[rng.choice(("x", "kind", "horizon", "prior", "states"))] = rng.choice(VALUES)
        else:
            copy[key] = altered(copy[key], rng)
        return copy
    return rng.choice(VALUES)


def altered_document(text: str, rng: Random, *, times: int = 1) -> str:
    """A JSON text with some parts altered."""
    value = json.loads(text)
    for _ in range(times):
        value = altered(value, rng)
    return json.dumps(value)


def damaged(data: bytes, rng: Random) -> bytes:
    """Bytes with some changed, cut off, put in, left out or repeated."""
    content = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, way = rng.randrange(len(content) + 1), rng.randrange(6)
        end = at + rng.randint(1, 9)
        if way == 0:
            del content[at:]
        elif way == 1:
            del content[at:end]
        elif way == 2:
            content[at:at] = rng.randbytes(rng.randint(1, 4))
        elif way == 3:
            content[at:at] = content[at:end]
        elif way == 4 and at < len(content):
            content[at] ^= 1 << rng.randrange(8)
        else:
            content[at:end] = b"\xff" * len(content[at:end])
    return bytes(content)


NFG_WORDS = (
    "NFG", "1", "R", "D", "{", "}", '"', '""', '"a"', '"\\"', "\\", ",", "0", "2", "-1", "1/3",
    "1/0", ".5", "1e400", "1e999999999", "999999999999", "nan", "9" * 500, "\x00", "\ufeff",
    "\u0663", "\n",
)  # fmt: skip
"""Words that are put into an .nfg file."""


def altered_nfg(text: str, rng: Random) -> str:
    """An .nfg text with some words left out, repeated, or replaced."""
    words = text.split()
    for _ in range(rng.randint(1, 4)):
        at, way = rng.randrange(len(words) or 1), rng.randrange(4)
        if way == 0:
            del words[at : at + 1]
        elif way == 1:
            words[at:at] = words[at : at + rng.randint(1, 5)]
        elif way == 2:
            words[at:at] = [rng.choice(NFG_WORDS)]
        else:
            words[at : at + 1] = [rng.choice(NFG_WORDS)]
    return " ".join(words)


def npy(descr: str, shape: str, data: bytes = b"", *, fortran: str = "False") -> bytes:
    """An array of an .npz file, whose header says what is asked for."""
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


DESCRIPTIONS = (
    "'<f8'", "'<f8'", "'<i8'", "'>f4'", "'<u8'", "'|u1'", "'<f2'", "'<U3'", "'|O'", "'|S3'",
    "'<c16'", "'<M8[s]'", "'<f16'", "'<U999999999'", "'|V8'", "'?'", "[('a', '<f8')]", "open",
    "('<f8', (2,))", "'<f9'", "''", "5",
)  # fmt: skip
SHAPES = (
    "(2, 2)", "(1, 3)", "(2,)", "()", "(0, 2)", "(2, 2, 1)", "(10**6, 10**6)", "(1000000, 1000000)",
    "(-1, 2)", "(True, 2)", "[2, 2]", "(2.0, 2)", "(999999999999999999999, 0)", "2",
    "(0, 1000000000000)",
)  # fmt: skip


def npz(rng: Random) -> bytes:
    """An .npz file whose arrays claim all kinds of things."""
    target = io.BytesIO()
    packed = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(target, "w", packed) as archive:
        for name in ("leader", "follower", "name", "leader_actions", "../escape", "other"):
            if rng.random() < (0.9 if name in ("leader", "follower") else 0.2):
                sound = rng.random() < 0.5
                body = npy(
                    "'<f8'" if sound else rng.choice(DESCRIPTIONS),
                    "(2, 2)" if sound else rng.choice(SHAPES),
                    rng.randbytes(32) if rng.random() < 0.5 else bytes(rng.randrange(64)),
                    fortran=rng.choice(("False", "True", "None")) if not sound else "False",
                )
                archive.writestr(f"{name}.npy", damaged(body, rng) if rng.random() < 0.2 else body)
    return target.getvalue()


# Command lines

FILES: dict[str, Callable[[], str]] = {
    "good.json": lambda: documents()[0],
    "bad.json": lambda: '{"format": "stackel-game/1", "kind": "matrix", "leader": [[1]]}',
    "deep.json": lambda: "[" * 100_000,
    "bad.nfg": lambda: 'NFG 1 R "" { "a" "b" } { 1000000000 1000000000 } 1',
    "bad.npz": lambda: "PK\x03\x04",
    "bad.nc": lambda: "no run",
}
"""What lies in the folder where a command is run."""
GAMES = ("battle", "hero", "battel", "table1/battle", "source/../table1/battle",
         "rock_paper_scissors",
         "", "-", "good.json", "bad.json", "deep.json", "bad.nfg", "bad.npz", "none.json", ".json",
         "folder.json", "x" * 300 + ".json", "\udcff.json", "\x1b[31m", "--", "-x")  # fmt: skip
NUMBERS = ("1", "2", "3", "0", "-1", "1e3", "nan", "inf", "", "x", "1000000000000",
           "99999999999999999999999", "9" * 5000, "\u0663")  # fmt: skip
NAMES_OF_SETTINGS = ("eta", "batch", "hidden", "minibatch", "epochs", "memory", "chains", "inward",
                     "information", "feedback", "leader", "follower", "every", "after", "rollouts",
                     "search", "engine", "eat", "", "discount")  # fmt: skip
SETTINGS = ("1", "0.5", "0", "-1", "nan", "1e308", "1000000000000", "true", "hedge", "ppo",
            "action",
            "x", "", "1,2", "1,1", "8", "=", "\x1b")  # fmt: skip
PATHS = {
    "--out": ("run.nc", "run.txt", "none/run.nc", "folder.json", "bad.nc", "x" * 300 + ".nc"),
    "--plot": ("p.png", "p.svg", "p.bmp", "none/p.png", ".png", "p", "x" * 300 + ".png"),
    "--export": ("e.json", "e.nfg", "e.npz", "e.txt", "none/e.json", "folder.json"),
    "--report": ("r.html", "r.md", "r.pdf", "none/r.html", "folder.json"),
    "--tensorboard": ("events", "good.json", "good.json/x"),
}
"""Where each option may be told to write."""
OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "solve": {
        "": GAMES,
        "--concept": ("sse", "wse", "pure", "nash", "maximin", "ce", "nahs", "", "sse,nash", ",",
                      "zero_sum"),
        "--method": ("multiple-lp", "milp", "harsanyi", "x", ""),
        "--certify": ("exact", "float", "none", "x"),
        "--json": (), "--plot": PATHS["--plot"], "--help": (), "--nonsense": (),
    },
    "games": {"": GAMES, "--export": PATHS["--export"], "--nonsense": ()},
    "train": {
        "": GAMES,
        "--preset": ("hedge-hedge", "ald", "theorem-10", "x", "", "hedge-hedge,ald", ","),
        "--set": (), "--iterations": NUMBERS, "--seeds": NUMBERS, "--seed": NUMBERS,
        "--device": ("cpu", "meta", "mps", "cuda:99", "x", "", "cpu:1"),
        "--out": PATHS["--out"], "--resume": (), "--plot": PATHS["--plot"],
        "--tensorboard": PATHS["--tensorboard"], "--cluster": ("", "x", "local:", "local:0"),
        "--logged": NUMBERS, "--json": (), "--settings": (), "--processes": NUMBERS,
    },
    "reproduce": {
        "": ("table-1", "fig-9", "", "all", "table-1"),
        "--out": ("made", "good.json", "made/deeper"), "--seeds": NUMBERS, "--iterations": NUMBERS,
        "--device": ("cpu", "x", "meta"), "--quick": (),
    },
    "verify": {
        "": ("thm-2", "def-3", "thm-0", "", "table-1-nash"), "--budget": ("quick", "x", ""),
        "--seed": NUMBERS, "--report": PATHS["--report"], "--json": (),
    },
    "explore": {"": GAMES, "--port": NUMBERS, "--browser": (), "--no-browser": ()},
    "slove": {"": GAMES}, "": {"": GAMES}, "--version": {"--help": ()},
}  # fmt: skip
"""Command -> option -> values; ``""`` is an argument."""


def command_line(rng: Random) -> list[str]:
    """A command with some of its options, in any order, sound and unsound."""
    command = rng.choice(tuple(OPTIONS))
    known = OPTIONS[command]
    pieces = [[rng.choice(known[""])]] if "" in known and rng.random() < 0.9 else []
    for _ in range(rng.randrange(4)):
        option = rng.choice(tuple(known))
        if option == "--set":
            name, value = rng.choice(NAMES_OF_SETTINGS), rng.choice(SETTINGS)
            pieces.append(["--set", rng.choice((f"{name}={value}", f"{name}={value}", name))])
        elif option and known[option]:
            value = rng.choice(known[option])
            pieces.append(rng.choice(([option, value], [option, value], [f"{option}={value}"])))
        else:
            pieces.append([option] if option else [rng.choice(known[""])])
    if command == "train" and not any(piece[0].startswith("--iterations") for piece in pieces):
        pieces.append(["--iterations", "2"])
    if command == "verify":
        pieces += [["thm-2"], ["--budget", "quick"]]
    rng.shuffle(pieces)
    line = [command, *(word for piece in pieces for word in piece)]
    cut = line[:-1] if rng.random() < 0.1 else line
    return line if command == "verify" and "thm-2" not in cut else cut  # no claim stands for all


def asked_for(line: list[str]) -> set[str]:
    """Names in the folder that a command may leave, by what its options say."""
    words = [word.partition("=") for word in line]
    values = {a for (a, *_), (option, *_) in zip(words[1:], words, strict=False) if option in PATHS}
    values |= {value for option, _, value in words if option in PATHS}
    places = {value.partition("/")[0] for value in values if value}
    runs = {f"{place}.parts" for place in places}
    return places | runs | ({"reproduction"} if "reproduce" in line else set())


@contextlib.contextmanager
def cheap() -> Iterator[None]:
    """Commands without their long work: no page is served, no process started, no figure drawn."""
    from stackel.reproduction import NAMES

    exhibit = mock.Mock(claims=("thm-2",), pictures=(), tables=())
    exhibits = dict.fromkeys(NAMES, lambda _: exhibit)
    with (
        mock.patch("os.cpu_count", return_value=1),
        mock.patch("stackel.explorer.server.serve"),
        mock.patch("stackel.reproduction.makers", return_value=exhibits),
        mock.patch("stackel.reproduction.page.page", return_value="a page"),
        mock.patch("webbrowser.open"),
    ):
        yield


def run_command(line: list[str]) -> int:
    """Run a command in a folder of its own; return its exit code, and check what it leaves."""
    from stackel.cli import main

    before, out, err = os.getcwd(), io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "here"
        (folder / "folder.json").mkdir(parents=True)
        for file, content in FILES.items():
            (folder / file).write_text(content())
        there = set(os.listdir(folder))
        os.chdir(folder)
        try:
            stdin = io.TextIOWrapper(io.BytesIO(b"[1]"))
            with (
                cheap(),
                mock.patch("sys.stdin", stdin),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                code = main(line)
        finally:
            os.chdir(before)
        left, beside = set(os.listdir(folder)), os.listdir(name)
        changed = {
            file
            for file, content in FILES.items()
            if file in left and (folder / file).read_text(errors="replace") != content()
        }
    said = err.getvalue()
    assert code in (0, 1, 2), (code, said)
    assert code != 1 or "verify" in line, said
    assert there <= left, there - left
    assert left - there <= asked_for(line), left - there
    assert changed <= (set() if code == 2 else asked_for(line)), changed
    assert beside == ["here"], beside
    if code == 2:
        assert said.startswith("stackel: "), said
        assert said.count("\n") == 1, said
        assert len(said) < LONGEST + 2 * max(map(len, line)), said
        assert not any(path.endswith(".parts") for path in left), left
    return code


# Games, arrays and runs


def small(game: Any) -> bool:
    """Whether a game is solved in a moment, whatever its numbers are."""
    shape = game.shape
    if game.kind == "gridworld":
        states = game.rows * game.cols * min(game.horizon, 2 * (game.rows + game.cols))
        return bool(states <= 500 and len(game.targets) <= 5 and game.defenders <= 4)
    if game.kind == "markov":
        return bool(shape[0] * shape[1] * shape[2] <= 12 and (game.horizon or 1) <= 3)
    return bool(len(shape) < 3 or shape[0] <= 3) and shape[-2] * shape[-1] <= 16


def _array(rng: Random) -> Any:
    import numpy as np

    shapes: tuple[tuple[int, ...], ...] = (
        (2, 2),
        (1, 3),
        (3,),
        (),
        (0, 2),
        (2, 2, 2),
        (1, 2, 2, 1),
    )
    codes = ("f8", "f4", "f2", "g", "i8", "u8", "i1", "?", "c16", "O", "U3", "S2", "M8[s]", "m8[s]",
             "V4", "i4,f8")  # fmt: skip
    way = rng.randrange(8)
    if way == 0:
        return np.broadcast_to(
            np.float64(rng.choice((0, 1, np.nan))), (10**6, 10**6, 1)[: rng.choice((2, 3))]
        )
    if way == 1:
        return np.ma.masked_invalid([[1.0, np.nan], [rng.random(), 2.0]])
    if way == 2:
        return np.array([[rng.choice(VALUES[:28]) for _ in "ab"] for _ in "ab"], dtype=object)
    if way == 3:
        return np.full(rng.choice(shapes), rng.choice((0.5, -1e308, np.inf, np.nan, 5e-324)))
    return np.zeros(rng.choice(shapes), dtype=rng.choice(codes))


def _payoffs(rng: Random) -> Any:
    way = rng.randrange(6)
    if way == 0:
        return _array(rng)
    if way == 1:
        return rng.choice((range(10**12), [range(10**12)], {1, 2}, ["ab", "cd"], b"ab", b"", "12",
                           iter([[1]]), [b"ab"], [{1: 2}], [[10**5000, 1]], [[1, [2]]], 10**5000,
                           [10**5000], (x for x in "a"), type, object(), [[object()]]))  # fmt: skip
    value: Any = rng.choice(([[1, 2], [3, 4]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
                             [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]]))  # fmt: skip
    for _ in range(rng.randrange(3)):
        value = altered(value, rng)
    return value


def arrays(rng: Random) -> Any:
    """Hand odd arrays to one of the library's functions."""
    a, b, c = _payoffs(rng), _payoffs(rng), _payoffs(rng)
    way = rng.randrange(6)
    texts: dict[str, Any] = {}
    if rng.random() < 0.3:
        texts["leader_actions"] = rng.choice((*VALUES, ("a", "b")))
    if way == 0:
        return outcome(lambda: stackel.BimatrixGame(a, b, **texts))
    if way == 1:
        return outcome(lambda: stackel.BayesianGame(a, b, c, **texts))
    if way == 2:
        start = rng.choice((0, "a", *VALUES))
        horizon, discount = rng.choice((None, 2, *VALUES)), rng.choice((None, None, "1/2", *VALUES))
        return outcome(
            lambda: stackel.MarkovGame(c, a, b, start=start, horizon=horizon, discount=discount)
        )
    if way == 3:
        return outcome(lambda: stackel.solve_batch(a, b))
    if way == 4:
        fields = {
            "rows": 2,
            "cols": 2,
            "start": (0, 0),
            "horizon": 2,
            "defenders": 1,
            "targets": [],
        }
        changed = altered(fields, rng)
        return outcome(lambda: stackel.GridworldGame.from_dict(changed))
    return outcome(lambda: stackel.solve(a, b, concept="pure"))


RUN: dict[str, Any] = {
    "preset": "hedge-hedge", "iterations": 30, "seeds": 2, "seed": 3, "logged": 10,
}  # fmt: skip
"""A run that takes a moment."""


def unfinished(folder: Path) -> tuple[str, list[bytes]]:
    """The plan of a run of hero that was stopped, and bodies of its checkpoint as it grew."""
    from dynamics.standing import Standing
    from dynamics.storage.checkpoint import FORMAT
    from dynamics.storage.seal import unseal, unsealed_json

    def stopping(last: int) -> Callable[[Standing], None]:
        def stop(standing: Standing) -> None:
            if standing.iterations.max() >= last:
                raise KeyboardInterrupt

        return stop

    bodies = []
    parts = folder / "begun.nc.parts"
    with mock.patch("dynamics.play.INTERVAL", 0.0), mock.patch("dynamics.leg.REPORTS_EVERY", 0.0):
        for last in (3, 15, 27):
            with contextlib.suppress(KeyboardInterrupt):
                stackel.train(
                    "hero", out=folder / "begun.nc", resume=True, progress=stopping(last), **RUN
                )
            bodies += [bytes(unseal(path, FORMAT)) for path in parts.glob("*.checkpoint")]
    return json.dumps(unsealed_json(parts / "plan.json")), list(dict.fromkeys(bodies))


def resumed(folder: Path, plan: bytes, body: bytes) -> Any:
    """What comes of going on with a plan and the body of a checkpoint, whose checksum is right."""
    from dynamics.storage.checkpoint import FORMAT
    from dynamics.storage.seal import seal

    parts = folder / "run.nc.parts"
    parts.mkdir(exist_ok=True)
    (folder / "run.nc").unlink(missing_ok=True)
    (parts / "plan.json").write_bytes(plan)
    (parts / "0.checkpoint").write_bytes(body + seal(FORMAT, body))
    return outcome(
        lambda: stackel.train("hero", out=folder / "run.nc", resume=True, **RUN), name=str(parts)
    )
