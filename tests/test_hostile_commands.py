"""Any command line ends with an answer or one line, and leaves no file that was not asked for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import hostile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stackel
from stackel.cli import main


@given(st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_any_command_line_answers_or_refuses(rng: Random) -> None:
    hostile.run_command(hostile.command_line(rng))


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=2000)
def test_many_command_lines_answer_or_refuse(rng: Random) -> None:
    hostile.run_command(hostile.command_line(rng))


TRAIN = ("train", "hero", "--preset", "hedge-hedge", "--seed", "0")
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "10^12 iterations": ((*TRAIN, "--iterations", "1000000000000"), "at most 1000000000"),
    "10^9 seeds": ((*TRAIN, "--seeds", "1000000000"), "seeds must be at most 100000"),
    "10^8 combinations": (
        (*TRAIN, "--seeds", "100000", *(f"--set={name}={','.join(map(str, range(1, 33)))}"
                                        for name in ("eta", "every"))), "at most 100000 runs"),
    "10^8 logged": (
        (*TRAIN, "--seeds", "1000", "--iterations", "100000", "--logged", "100000"),
        "logged iterations must be at most 50000000"),
    "10^12 rounds": ((*TRAIN, "--set", "batch=1000000000000"), "batch must be at most 1048576"),
    "a network of 10^9": (
        ("train", "hero", "--set", "hidden=1000000000"), "hidden must be at most 4096"),
    "120 networks of 4096": (
        ("train", "hero", "--seeds", "120", "--set", "hidden=4096"), "numbers at once"),
    "10^12 epochs": (("train", "hero", "--set", "epochs=1000000000000"), "epochs must be at most"),
    "every beyond 64 bits": ((*TRAIN, "--set", "every=" + "9" * 30), "every must be at most"),
    "eta that overflows": ((*TRAIN, "--set", "eta=1e308"), "eta must be at most"),
    "eta of nan": ((*TRAIN, "--set", "eta=nan"), "eta must be a finite number"),
    "an unknown setting": ((*TRAIN, "--set", "eat=1"), "nearest: eta"),
    "5000 digits": ((*TRAIN, "--set", "batch=" + "9" * 5000), "batch must be an integer"),
    "a seed beyond 64 bits": ((*TRAIN[:-1], "9" * 30), "seed must be at most"),
    "10^9 processes": ((*TRAIN, "--processes", "1000000000"), "processes must be at most 1024"),
    "10^9 workers": ((*TRAIN, "--cluster", "local:1000000000"), "1 to 1024 workers"),
    "no address": ((*TRAIN, "--cluster", "garbage"), "address of a dask scheduler"),
    "no scheme": ((*TRAIN, "--cluster", "inproc://x:1"), "address of a dask scheduler"),
    "a device without numbers": ((*TRAIN, "--device", "meta"), "a device is cpu, cuda"),
    "no device": ((*TRAIN, "--device", "nonsense"), "a device is cpu, cuda"),
    "a picture of another kind": ((*TRAIN, "--plot", "p.bmp"), "must end in .png"),
    "a folder for a picture": ((*TRAIN, "--plot", "."), "must end in .png"),
    "a long name": ((*TRAIN, "--out", "x" * 300 + ".nc"), "name too long"),
    "no folder": ((*TRAIN, "--out", "none/run.nc"), "its folder must exist"),
    "events below a file": ((*TRAIN, "--tensorboard", "hero.json/x"), "no folder can be made"),
    "10^9 seeds of everything": (
        ("reproduce", "table-1", "--seeds", "1000000000"), "from 1 to 10000"),
    "10^12 iterations of everything": (
        ("reproduce", "table-1", "--iterations", "1000000000000"), "from 1 to 100000000"),
    "everything on no device": (("reproduce", "table-1", "--device", "x"), "a device is cpu, cuda"),
    "a long seed": (("verify", "thm-2", "--seed", "9" * 30), "a seed is less than"),
    "a port beyond 65535": (("explore", "hero", "--port", "70000"), "65535"),
    "a long name of a game": (("solve", "x" * 100_000), "unknown game"),
    "escapes in a name": (("solve", "\x1b[31m.json"), "?[31m.json"),
}  # fmt: skip
"""Absurd requests, and what is said of them."""


@pytest.mark.parametrize("case", REFUSED)
def test_absurd_requests_are_refused_before_anything_is_done(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    stackel.save_game(stackel.load_game("hero"), "hero.json")
    line, words = REFUSED[case]
    assert main(list(line)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1
    assert len(printed.err) < 700
    assert [path.name for path in tmp_path.iterdir()] == ["hero.json"]


@pytest.mark.parametrize("inward", [1e-300, 5e-324, 1e-9])
def test_a_tiny_step_inward_is_refused_at_once(inward: float) -> None:
    with pytest.raises(stackel.InvalidGameError, match="a block may have at most"):
        stackel.train("hero", preset="committed-ald", iterations=1, inward=inward)


@pytest.mark.parametrize("name", ["..", ".", "../../x", "a/../../b", "x" * 300, "\0"])
def test_events_stay_in_their_folder(name: str, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    game = stackel.BimatrixGame([[1, 2]], [[2, 1]], name=name)
    run = stackel.train(game, preset="hedge-hedge", iterations=2, seed=0)
    run.write_events(tmp_path / "events")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert len(path.relative_to(tmp_path / "events").parts) == 4
