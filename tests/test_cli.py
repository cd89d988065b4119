"""The command line: what it prints, what it writes, and one line with exit code 2 for bad input."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import stackel
from stackel.cli import main

SLOW_IMPORTS = ("scipy", "cvxpy", "highspy", "flint", "sympy", "matplotlib", "torch", "numpy")


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stackel", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_json_has_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "battle", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "stackel-solution/1"
    assert document["exact"] is True
    assert document["game"]["shape"] == [2, 2]
    concepts = document["concepts"]
    assert concepts["sse"].keys() >= {
        "leader_value", "follower_value", "leader_strategy", "follower_action", "unique",
        "method", "certified",
    }  # fmt: skip
    assert concepts["sse"]["leader_value"] == "5"
    assert concepts["sse"]["leader_strategy"] == ["1", "0"]
    assert concepts["sse"]["certified"] is True
    assert concepts["wse"].keys() >= {"leader_value", "attained", "leader_strategy"}
    for outcome in (concepts["pure"]["strong"], concepts["pure"]["weak"]):
        assert outcome.keys() >= {
            "leader_value", "follower_value", "leader_action", "follower_action",
        }  # fmt: skip
    assert concepts["nash"]["complete"] is True
    values = {(e["leader_value"], e["follower_value"]) for e in concepts["nash"]["equilibria"]}
    assert values == {("5", "1"), ("2", "2"), ("10/7", "2/3")}
    for concept in ("ce", "cce"):
        assert concepts[concept].keys() >= {
            "leader_min", "leader_max", "follower_min", "follower_max",
        }  # fmt: skip
    assert concepts["no_regret"].keys() >= {"class", "lo", "hi", "k_lo", "k_hi"}
    assert concepts["no_regret"]["class"] == "may-fail"


def test_refuted_claim_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "battle"]) == 0
    printed = capsys.readouterr().out
    assert "Table 1 claims sse leader value 10/3: refuted" in printed
    assert "Table 1 claims nash leader strategy (2/3, 1/3): confirmed" in printed


BOUNDED = {"gridworld/gridworld-wind"}
"""Games whose value lies between two bounds."""


@pytest.mark.parametrize("name", stackel.names())
def test_every_game_of_the_catalogue_is_solved_and_certified(name: str) -> None:
    solution = stackel.solve(name)
    assert solution.exact == (name not in BOUNDED)
    for key, concept in solution.concepts.items():
        assert concept.certified, key


def test_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    game = {"format": "stackel-game/1", "kind": "matrix", "leader": [[1]], "follower": [["1/3"]]}
    finished = run("solve", "-", "--json", text=json.dumps(game))
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["concepts"]["sse"]["follower_value"] == "1/3"


def matrix(**changes: object) -> str:
    game: dict[str, object] = {
        "format": "stackel-game/1",
        "kind": "matrix",
        "leader": [[1, 2]],
        "follower": [[3, 4]],
    }
    return json.dumps(game | changes)


BAD_FILES = {
    "nan": matrix().replace("1,", "NaN,"),
    "infinite": matrix().replace("1,", "1e999,"),
    "ragged": matrix(leader=[[1, 2], [3]]),
    "empty": matrix(leader=[], follower=[]),
    "empty-rows": matrix(leader=[[]], follower=[[]]),
    "complex": matrix(leader=[["1+2j", 2]]),
    "shapes-differ": matrix(leader=[[1]]),
    "wrong-key": matrix(leeder=[[1]]),
    "wrong-version": matrix(format="stackel-game/2"),
    "unknown-kind": matrix(kind="tensor"),
    "truncated": matrix()[:40],
    "not-an-object": "[1, 2]",
    "nothing": "",
    "deeply-nested": "[" * 100_000,
    "labels-do-not-fit": matrix(leader_actions=["a", "b"]),
    "negative-prior": json.dumps(
        {"format": "stackel-game/1", "kind": "bayesian", "leader": [[1]],
         "follower": [[[1]], [[2]]], "prior": ["3/2", "-1/2"]}
    ),
    "unnormalised-prior": json.dumps(
        {"format": "stackel-game/1", "kind": "bayesian", "leader": [[1]],
         "follower": [[[1]], [[2]]], "prior": ["1/2", "1/3"]}
    ),
}  # fmt: skip
BAD_NFG = {
    "truncated-nfg": 'NFG 1 R "x" { "a" "b" } { 2 2 }\n1 2 3',
    "three-players": 'NFG 1 R "x" { "a" "b" "c" } { 1 1 1 }\n1 2 3',
    "huge-nfg": 'NFG 1 R "x" { "a" "b" } { 1000000000 1000000000 }\n1',
}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("stackel: ")
    assert printed.err.count("\n") == 1, printed.err
    assert len(printed.err) < 400
    return printed.err


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_json_is_one_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{case}.json"
    path.write_text(BAD_FILES[case])
    assert case in refused(capsys, "solve", str(path))


@pytest.mark.parametrize("case", BAD_NFG)
def test_bad_nfg_is_one_line(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{case}.nfg"
    path.write_text(BAD_NFG[case])
    assert case in refused(capsys, "solve", str(path))


def test_huge_npz_is_refused_before_memory_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "huge.npz"
    np.savez(path, leader=np.zeros((1, 1)), follower=np.zeros((1, 1)))
    content = path.read_bytes().replace(
        b"'shape': (1, 1), }        ", b"'shape': (99999, 99999), }"
    )
    path.write_bytes(content)
    refused(capsys, "solve", str(path))


def test_unknown_names_are_met_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "battle" in refused(capsys, "solve", "battel")
    assert "nash" in refused(capsys, "solve", "battle", "--concept", "nahs")
    assert "multiple-lp" in refused(capsys, "solve", "battle", "--method", "multiple-lq")
    refused(capsys, "solve", "battle", "--certify", "maybe")
    refused(capsys, "solve", "no_such_file.json")
    refused(capsys, "games", "battel")
    refused(capsys, "slove", "battle")


def test_picture_path_is_checked_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ".bmp" in refused(capsys, "solve", "battle", "--plot", str(tmp_path / "x.bmp"))
    refused(capsys, "solve", "battle", "--plot", str(tmp_path / "no" / "x.png"))


def test_zero_sum_needs_a_constant_sum(capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "solve", "battle", "--concept", "zero_sum")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("stackel ")


def test_nothing_asked_for_is_met_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "solve" in capsys.readouterr().out


def test_method_without_sse_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "solve", "battle", "--method", "milp", "--concept", "nash")


def shell(command: str) -> subprocess.CompletedProcess[str]:
    line = command.replace("stackel", f"{sys.executable} -m stackel")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


def test_a_reader_that_goes_away_is_no_failure() -> None:
    finished = shell("stackel solve battle --json | head -1; echo ${PIPESTATUS[0]}")
    assert finished.stdout == "{\n0\n"
    assert finished.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line() -> None:
    finished = shell("stackel solve battle > /dev/full")
    assert finished.returncode == 2
    assert finished.stderr.startswith("stackel: output cannot be written")
    assert finished.stderr.count("\n") == 1


def test_closed_standard_input_is_one_line() -> None:
    finished = shell("stackel solve - <&-")
    assert finished.returncode == 2
    assert finished.stderr.count("\n") == 1


HOSTILE = {
    "markup": "[/b][red]top",
    "escapes": "top\x1b[31m",
    "mathematics": "$\\bad",
    "long": "a label that goes on and on " * 9,
    "foreign": "\u7b56\u7565",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_labels_are_shown_as_they_are(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label = HOSTILE[case]
    game = matrix(name=label, leader_actions=[label], follower_actions=[label, "other"])
    path, picture = tmp_path / "game.json", tmp_path / "game.png"
    path.write_text(game)
    assert main(["solve", str(path), "--plot", str(picture)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert label.split("\x1b")[0][:20] in printed
    assert picture.stat().st_size > 10_000
    assert label.replace("\x1b", "?")[:12] in stackel.solve(path)._repr_html_().replace(
        "&#x27;", "'"
    )


def test_numbers_of_any_length_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    solution = stackel.solve([[10**5000, 0], [0, "1e-390"]], [[1, 0], [0, 2]])
    assert json.dumps(solution.to_dict()).count("0") > 5000
    assert "1e+5000" in solution._repr_html_()
    assert len(repr(solution)) < 200


def test_asking_for_what_was_not_computed() -> None:
    solution = stackel.solve("battle", concept="sse")
    assert not hasattr(solution, "zero_sum")
    with pytest.raises(stackel.NoSolutionError, match="not asked for"):
        _ = solution.nash


@pytest.mark.parametrize("value", [5, [5], b"sse", True])
def test_names_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(stackel.InvalidGameError, match="is a name"):
        stackel.solve("battle", concept=value)  # type: ignore[call-overload]


def test_cold_start_imports_nothing_slow() -> None:
    program = (
        "import sys; from stackel.cli import main; code = main(['solve', 'battle']);"
        f"slow = [m for m in {SLOW_IMPORTS!r} if m in sys.modules];"
        "sys.exit(code or (f'imported: {slow}' if slow else 0))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


def _heed_interrupts() -> None:
    """A shell's background job ignores Ctrl-C, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupt_stops_a_large_solve_cleanly(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    base = rng.normal(size=(700, 700))
    path = tmp_path / "large.npz"
    np.savez(path, leader=base, follower=-0.9 * base + 0.3 * rng.normal(size=(700, 700)))
    process = subprocess.Popen(
        [sys.executable, "-m", "stackel", "solve", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == ""
    assert err == "stackel: stopped\n"


def test_progress_shows_on_a_terminal_and_not_in_a_pipe(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    base = rng.normal(size=(60, 60))
    path = tmp_path / "large.npz"
    np.savez(path, leader=base, follower=-0.9 * base + 0.3 * rng.normal(size=(60, 60)))
    arguments = ["solve", str(path), "--concept", "sse", "--certify", "float"]
    assert run(*arguments).stderr == ""
    program = (  # a bar appears only once the work proves long: here, at once
        "import sys; from stackel.cli import main, progress; progress.PATIENCE = 0;"
        f"sys.exit(main({arguments!r}))"
    )
    command = [sys.executable, "-c", program]
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=child,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(child)
    shown = b""
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(parent)
    assert process.wait(timeout=60) == 0
    assert b"solving" in shown
