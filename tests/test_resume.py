"""A run that is stopped, killed or damaged goes on to the same bits, or says why it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import dynamics.play
import stackel
from dynamics.leg import Snapshot
from dynamics.settings import PRESETS
from dynamics.standing import Standing
from dynamics.storage.checkpoint import read, write
from stackel.errors import CheckpointError

CHEAP: dict[str, Any] = {"hidden": 4, "minibatch": 8, "epochs": 1}
TABULAR = {"theorem-10", "hedge-hedge"}
"""Presets without PPO."""
ROUNDS = {"ald", "ald-observed", "symmetric", "best-response"}
"""Presets that take a batch of any size."""


def _stopper(after: int) -> Any:
    """A callback that sends Ctrl-C to this process once some iterations are played."""

    def stop(standing: Standing) -> None:
        if standing.iterations.max() >= after:
            os.kill(os.getpid(), signal.SIGINT)

    return stop


def _options(preset: str) -> dict[str, Any]:
    return {
        "preset": preset,
        "iterations": 24,
        "seeds": 2,
        "seed": 3,
        **({} if preset in TABULAR else CHEAP),
        **({"batch": 16} if preset in ROUNDS else {}),
        **({"inward": 0.5} if preset == "committed-ald" else {}),
    }


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every iteration is reported."""
    monkeypatch.setattr("dynamics.leg.REPORTS_EVERY", 0.0)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("preset", PRESETS)
def test_resumed_run_has_the_bits_of_an_uninterrupted_one(preset: str, tmp_path: Path) -> None:
    options, out = _options(preset), tmp_path / "run.nc"
    with pytest.raises(KeyboardInterrupt):
        stackel.train("battle", out=out, progress=_stopper(9), **options)
    assert not out.exists()
    assert _stored(tmp_path)
    resumed = stackel.train("battle", out=out, resume=True, **options)
    assert resumed.data.identical(stackel.train("battle", **options).data)
    assert sorted(tmp_path.iterdir()) == [out]


def _stored(folder: Path) -> list[Path]:
    return sorted(folder.glob("run.nc.parts/*.checkpoint"))


def test_legs_of_one_iteration_have_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dynamics.play, "INTERVAL", 0.0)
    legs = stackel.train("battle", out=tmp_path / "run.nc", **_options("ald"))
    monkeypatch.undo()
    assert legs.data.identical(stackel.train("battle", **_options("ald")).data)


@pytest.mark.usefixtures("eager")
def test_seed_that_was_drawn_is_resumed(tmp_path: Path) -> None:
    out, options = tmp_path / "run.nc", {**_options("ald"), "seed": None}
    with pytest.raises(KeyboardInterrupt):
        stackel.train("battle", out=out, progress=_stopper(5), **options)
    run = stackel.train("battle", out=out, resume=True, **options)
    again = stackel.train("battle", **{**options, "seed": run.seeds[0]})
    assert run.data.identical(again.data)


KILLED = """
import dynamics.play, stackel, sys
dynamics.play.INTERVAL = 0.05
stackel.train("battle", preset="hedge-hedge", iterations=3000, seeds=2, seed=1, logged=50,
              out=sys.argv[1])
"""


def test_killed_process_loses_one_leg(tmp_path: Path) -> None:
    out = tmp_path / "run.nc"
    checkpoint = tmp_path / "run.nc.parts" / "0.checkpoint"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(out)]) as process:
        while not checkpoint.exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.1)
        process.kill()
    assert not out.exists()
    options: dict[str, Any] = {
        "preset": "hedge-hedge", "iterations": 3000, "seeds": 2, "seed": 1, "logged": 50,
    }  # fmt: skip
    resumed = stackel.train("battle", out=out, resume=True, **options)
    assert resumed.data.identical(stackel.train("battle", **options).data)
    assert sorted(tmp_path.iterdir()) == [out]


@pytest.fixture
def stopped(tmp_path: Path, eager: None) -> Path:
    """A run that was stopped."""
    out = tmp_path / "run.nc"
    with pytest.raises(KeyboardInterrupt):
        stackel.train("battle", out=out, progress=_stopper(5), **_options("hedge-hedge"))
    return out


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign", "empty"])
def test_damaged_checkpoint_is_refused_and_left(stopped: Path, damage: str) -> None:
    (path,) = _stored(stopped.parent)
    whole = path.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "truncated": whole[:middle],
        "altered": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "foreign": b"PK\x03\x04" + whole,
        "empty": b"",
    }[damage]
    path.write_bytes(damaged)
    with pytest.raises(CheckpointError) as caught:
        stackel.train("battle", out=stopped, resume=True, **_options("hedge-hedge"))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    ("game", "changes", "message"),
    [
        ("hero", {}, "begun with games table1/battle, not table3/hero"),
        ("battle", {"iterations": 25}, "begun with iterations 24, not 25"),
        ("battle", {"seed": 4}, "begun with seeds 3, 4, not 4, 5"),
        ("battle", {"every": 2}, "begun with every 1, not 2"),
        ("battle", {"preset": "ald", "batch": 16}, "begun with algorithms hedge-hedge, not ald"),
        ("battle", {"logged": 5}, "begun with logged 1000, not 5"),
    ],
)
def test_other_run_is_not_resumed(
    stopped: Path, game: str, changes: dict[str, Any], message: str
) -> None:
    before = {path: path.read_bytes() for path in stopped.parent.rglob("*") if path.is_file()}
    with pytest.raises(CheckpointError, match=message):
        stackel.train(game, out=stopped, resume=True, **{**_options("hedge-hedge"), **changes})
    assert before == {path: path.read_bytes() for path in before}


def test_nothing_is_overwritten(stopped: Path) -> None:
    options = _options("hedge-hedge")
    with pytest.raises(CheckpointError, match="holds an unfinished run: add --resume"):
        stackel.train("battle", out=stopped, **options)
    run = stackel.train("battle", out=stopped, resume=True, **options)
    with pytest.raises(CheckpointError, match="is there already"):
        stackel.train("battle", out=stopped, **options)
    again = stackel.train("battle", out=stopped, resume=True, **options)
    assert again.data.identical(run.data)
    with pytest.raises(CheckpointError, match="begun with iterations 24, not 30"):
        stackel.train("battle", out=stopped, resume=True, **{**options, "iterations": 30})


def test_checkpoint_of_another_batch_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "0.checkpoint"
    write(path, Snapshot(iteration=3, state={}, log={}), of="these runs/0")
    assert read(path, of="these runs/0").iteration == 3
    with pytest.raises(CheckpointError, match="belongs to another run"):
        read(path, of="those runs/0")


@pytest.mark.parametrize("name", ["run.txt", "no-such-folder/run.nc"])
def test_place_is_checked_before_anything_is_played(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match="must e"):
        stackel.train("battle", out=tmp_path / name, iterations=5)
    assert not list(tmp_path.iterdir())


def test_file_that_is_no_run_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "run.nc"
    path.write_text("not a run")
    with pytest.raises(CheckpointError, match="cut short, altered, or of another program"):
        stackel.load_run(path)
    with pytest.raises(CheckpointError, match="No such file"):
        stackel.load_run(tmp_path / "none.nc")


FULL = """
import resource, signal, sys
from stackel.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
sys.exit(main(["train", "battle", "--preset", "hedge-hedge", "--iterations", "200", "--seed", "0",
               "--out", sys.argv[1], *sys.argv[3:]]))
"""


@pytest.mark.parametrize(
    ("room", "what"), [(100, "plan.json"), (3000, "0.checkpoint"), (60000, "run.nc")]
)
def test_full_disk_is_one_line_and_loses_nothing(tmp_path: Path, room: int, what: str) -> None:
    out = tmp_path / "run.nc"
    full = subprocess.run(
        [sys.executable, "-c", FULL, str(out), str(room)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert full.returncode == 2
    assert len(full.stderr.splitlines()) == 1
    assert what in full.stderr
    assert "cannot be written" in full.stderr
    assert not out.exists()
    options: dict[str, Any] = {"preset": "hedge-hedge", "iterations": 200, "seed": 0}
    assert out.with_name("run.nc.parts").exists() == (what == "run.nc")
    resumed = stackel.train("battle", out=out, resume=True, **options)
    assert resumed.data.identical(stackel.train("battle", **options).data)
