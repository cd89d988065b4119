"""Kills, full disks, rivals and damage: what is on the disk is whole, or it is refused in a line.

The repetitions at random instants are in benchmarks/faults.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stackel
from dynamics.output import parts_of
from dynamics.storage.lock import alone
from dynamics.storage.seal import seal, sealed_json, unseal, unsealed_json
from proofs_checks.report import Report
from stackel import api
from stackel.atomic import check_place, sweep, write_whole
from stackel.cli import main
from stackel.errors import CheckpointError, InvalidGameError

SHORT: dict[str, Any] = {"preset": "hedge-hedge", "iterations": 30, "seed": 0}
KILLED_WRITER = """
import os, signal, sys
from stackel import atomic
path, step = sys.argv[1:]

def killed(*given, **options):
    os.kill(os.getpid(), signal.SIGKILL)

class Part(bytes):
    def __buffer__(self, flags):
        killed()

if step == "renamed":
    replace = os.replace
    os.replace = lambda *given: (replace(*given), killed())
elif step != "none":
    setattr(os, step, killed)
atomic.write_whole(path, b"new " * 50_000, b"end")
"""


@pytest.mark.parametrize(
    ("step", "found"),
    [("urandom", "old"), ("fsync", "old"), ("replace", "old"), ("renamed", "new"), ("none", "new")],
)
def test_killed_writer_leaves_the_file_before_or_after(
    tmp_path: Path, step: str, found: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    ended = subprocess.run([sys.executable, "-c", KILLED_WRITER, str(path), step], check=False)
    assert ended.returncode == (0 if step == "none" else -signal.SIGKILL)
    assert path.read_bytes() == (b"old" if found == "old" else b"new " * 50_000 + b"end")
    left = [each for each in tmp_path.iterdir() if each != path]
    assert len(left) == (1 if step in ("fsync", "replace") else 0)
    assert all(re.fullmatch(r"\.file\.[0-9a-f]+\.partial", each.name) for each in left)
    sweep(tmp_path, "file")
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    write_whole(path, contents[0])

    def write(own: bytes) -> None:
        for _ in range(40):
            write_whole(path, own)

    writers = [Thread(target=write, args=(own,)) for own in contents]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        seen.add(path.read_bytes())
    assert seen <= set(contents)
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_full_disk_interrupts_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidGameError, match="cannot be written: No space left on device"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_place_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(InvalidGameError, match="must be a file, got a folder"):
        check_place(tmp_path / "a.png")


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "battle", "--plot", "OUT/a.png"],
        ["verify", "--report", "OUT/a.html"],
        ["train", "battle", "--out", "OUT/a.nc"],
        ["train", "battle", "--plot", "OUT/a.png"],
        ["train", "battle", "--tensorboard", "OUT/events"],
        ["reproduce", "--out", "OUT/page"],
    ],
    ids=lambda arguments: f"{arguments[0]} {arguments[-2]}",
)
def test_read_only_folder_is_refused_before_any_work(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    access = os.access

    def refused(path: Any, mode: int, **options: Any) -> bool:
        own = Path(path).is_relative_to(tmp_path)
        return not (own and mode & os.W_OK) and access(path, mode, **options)

    monkeypatch.setattr(os, "access", refused)  # permissions do not bind every user
    for work in ("solve", "verify", "train"):
        monkeypatch.setattr(f"stackel.api.{work}", None)
    if arguments[:3] == ["train", "battle", "--out"]:
        monkeypatch.undo()
        monkeypatch.setattr(os, "access", refused)
        monkeypatch.setattr("dynamics.output.train", None)
    assert main([word.replace("OUT", str(tmp_path)) for word in arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "read-only" in error
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@given(body=st.binary(max_size=200), data=st.data())
def test_sealed_file_with_any_damage_is_refused(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "sealed"
    whole = body + seal("kind/1", body)
    path.write_bytes(whole)
    assert unseal(path, "kind/1") == body
    with pytest.raises(CheckpointError):
        unseal(path, "kind/2")
    _refused(path, whole, data, lambda: unseal(path, "kind/1"))


JSON = st.dictionaries(
    st.text(max_size=5).filter(lambda name: name != "sha256"),
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.integers()),
    max_size=4,
)


@given(document=JSON, data=st.data())
def test_sealed_json_with_any_damage_is_refused(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any], data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "sealed.json"
    whole = sealed_json(document)
    path.write_bytes(whole)
    assert unsealed_json(path) == document
    _refused(path, whole, data, lambda: unsealed_json(path))


def _refused(path: Path, whole: bytes, data: st.DataObject, read: Any) -> None:
    """One byte flipped, an end cut off, or something added."""
    place = data.draw(st.integers(0, len(whole) - 1))
    flip = data.draw(st.integers(1, 255))
    flipped = whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :]
    for damaged in (flipped, whole[:place], whole + bytes([flip])):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError) as caught:
            read()
        assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "run.nc"
    stackel.train("battle", out=path, **SHORT)
    return path


@given(data=st.data())
def test_run_with_any_damage_is_refused(
    run: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.nc"
    _refused(path, run.read_bytes(), data, lambda: stackel.load_run(path))


def test_sealed_run_is_netcdf_to_others(run: Path) -> None:
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(run, engine="h5netcdf") as data:
        assert data.load().identical(stackel.load_run(run).data)
    h5py = pytest.importorskip("h5py")
    with h5py.File(run) as file:
        assert file.attrs["format"] == "stackel-run/1"


HOLDER = """
import sys, time
from pathlib import Path
from dynamics.storage.lock import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_lock_ends_with_a_killed_process(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with (
            pytest.raises(CheckpointError, match="another process is writing there"),
            alone(folder),
        ):
            pass
        holder.kill()
    assert list(folder.iterdir())  # what the killed process left does not block
    with alone(folder):
        pass
    assert not list(folder.iterdir())


def test_run_that_another_process_plays_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run.nc"
    with alone(parts_of(out)):
        for resume in (False, True):
            with pytest.raises(CheckpointError, match="another process is writing there"):
                stackel.train("battle", out=out, resume=resume, **SHORT)
        assert list(parts_of(out).iterdir())
    assert stackel.train("battle", out=out, resume=True, **SHORT).seeds == (0,)
    assert list(tmp_path.iterdir()) == [out]


def test_reproduction_that_another_process_makes_is_refused(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(InvalidGameError, match="another process"):
        stackel.reproduce("table-1", out=tmp_path, quick=True)
    assert not (tmp_path / "index.html").exists()


def test_page_without_all_verdicts_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Report(decided=(), budget="quick", seed=0, seconds=0.0, missing=("table-1-se",))
    monkeypatch.setattr(api, "verify", lambda *given, **options: stopped)
    assert main(["reproduce", "table-1", "--quick", "--out", str(tmp_path)]) == 130
    assert not (tmp_path / "index.html").exists()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_picture_has_the_same_bytes_again(tmp_path: Path, suffix: str) -> None:
    solution = stackel.solve("battle")
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        stackel.plot(solution, path)
        time.sleep(1.1 if suffix == ".pdf" else 0)  # a date would tell seconds apart
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_event_files_are_replaced_not_added_to(run: Path, tmp_path: Path) -> None:
    tensorboard = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    data = stackel.load_run(run)
    for _ in range(2):
        data.write_events(tmp_path)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    found = [
        (event.step, value.tag, value.tensor.float_val[0])
        for event in tensorboard.EventFileLoader(str(file)).Load()
        for value in event.summary.value
    ]
    told = {(step, tag): value for step, tag, value in found}
    assert len(told) == len(found) == 7 * data.data.sizes["iteration"]
    for step, average in zip(
        data.data.iteration.values.tolist(), data.data.leader_average.values[0], strict=True
    ):
        assert told[step, "leader/average"] == pytest.approx(average, rel=1e-6)


ORPHANS = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from dynamics.crew.worker import follow_parent
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=follow_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def test_workers_of_a_killed_process_end(tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(ORPHANS)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker outlived the process that started it")


def test_claims_whose_processes_die_at_once_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("proofs_checks.verify.follow_parent", _die)
    assert main(["verify", "thm-2", "table-1-se", "--budget", "quick"]) == 2
    assert "a process that decided claims was killed" in capsys.readouterr().err


def _die() -> None:
    os._exit(1)


def test_compiled_functions_have_one_body() -> None:
    pytest.importorskip("numba")
    from dynamics.learners.ppo import (
        compiled_adamw,
        compiled_layer,
        compiled_network,
        compiled_ppo,
    )

    inner = {
        name: each.targetoptions
        for module in (compiled_adamw, compiled_layer, compiled_network, compiled_ppo)
        for name, each in vars(module).items()
        if hasattr(each, "targetoptions") and name != "improve"
    }
    assert len(inner) >= 10
    assert all(options.get("forceinline") for options in inner.values())


TWICE = """
import stackel
run = stackel.train("battle", preset="ald", iterations=10, seed=0, batch=16)
print(run.data.leader_average.values.tobytes().hex())
"""


@pytest.mark.slow
def test_bits_fresh_from_the_compiler_are_those_from_disk(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    fresh, stored = (
        subprocess.run(
            [sys.executable, "-c", TWICE], check=True, capture_output=True,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        ).stdout
        for _ in range(2)
    )  # fmt: skip
    assert list(tmp_path.rglob("*.nbc"))
    assert fresh == stored


PROJECT = Path(__file__).parents[1]
QUOTED = [  # campaign, figure, and how the page says it
    ("kills_train", "kills", "{} kills in {chains} runs"),
    ("kills_reproduce", "kills", "{} kills in {chains} reproductions"),
    ("workers", "kills", "{} kills in one run"),
    ("disk", "disks", "on {} disks of random sizes"),
    ("disk", "disks that were full", "sizes, {} of them too small"),
    ("disk", "refusals of one line with exit code 2", "exit code 2 in {0} of {0} cases"),
    ("rivals", "train twice: ended well", "two processes at once, {} times each"),
    ("damage", "run: refused", "each kind of file that is read back, {} times"),
]


@pytest.mark.parametrize(("campaign", "figure", "phrase"), QUOTED)
def test_the_page_quotes_what_the_campaigns_counted(
    campaign: str, figure: str, phrase: str
) -> None:
    counted = json.loads((PROJECT / "benchmarks/results/faults.json").read_text())
    page = (PROJECT / "docs/faults.md").read_text()
    found = counted[campaign]
    assert phrase.format(found[figure], chains=found.get("chains")) in page


def test_no_campaign_ended_with_a_fault() -> None:
    counted = json.loads((PROJECT / "benchmarks/results/faults.json").read_text())
    assert {name: found["faults"] for name, found in counted.items() if found.get("faults")} == {}
