"""Run files, checkpoints and plans that were damaged or forged are refused in one line."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import hostile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stackel
from dynamics.run import FORMAT as RUN
from dynamics.storage.checkpoint import FORMAT, read
from dynamics.storage.seal import seal, sealed_json, unseal
from stackel.errors import CheckpointError

h5py = pytest.importorskip("h5py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def sound(folder: Path) -> bytes:
    """The content of a run file, without its checksum."""
    run = stackel.train("hero", preset="hedge-hedge", iterations=4, seeds=2, seed=0, logged=2)
    run.save(folder / "sound.nc")
    return bytes(unseal(folder / "sound.nc", RUN))


def loaded(path: Path, body: bytes) -> Any:
    """A run with all that is made of it, or None where it is refused; its checksum is right."""
    path.write_bytes(body + seal(RUN, body))

    def everything() -> Any:
        run = stackel.load_run(path)
        return repr(run), run.seeds, run.to_dict()

    return hostile.outcome(everything, name=str(path))


def flipped(content: bytes, place: int, bit: int) -> bytes:
    """Bytes with one bit flipped."""
    place %= len(content)
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_damaged_run_files_are_read_or_refused(folder: Path, sound: bytes, rng: Random) -> None:
    loaded(folder / "damaged.nc", hostile.damaged(sound, rng))


@given(st.integers(0), st.integers(0, 7))
@settings(max_examples=40)
def test_run_files_with_a_bit_flipped_are_read_or_refused(
    folder: Path, sound: bytes, place: int, bit: int
) -> None:
    loaded(folder / "flipped.nc", flipped(sound, place, bit))


def test_a_heap_that_leads_nowhere_is_refused(folder: Path, sound: bytes) -> None:
    content = bytearray(sound)
    heap = content.index(b"GCOL")
    content[heap + 16 : heap + 18] = bytes(2)  # its first object becomes free space of 0 bytes
    content[heap + 24 : heap + 32] = bytes(8)
    (folder / "heap.nc").write_bytes(bytes(content) + seal(RUN, bytes(content)))
    with pytest.raises(CheckpointError, match="a damaged one"):
        stackel.load_run(folder / "heap.nc")


@pytest.mark.parametrize("share", [0, 1, 8, 100, 2048, 0.3, 0.5, 0.9, 0.999])
def test_run_files_that_are_cut_short_are_refused(folder: Path, sound: bytes, share: float) -> None:
    body = sound[: int(share * len(sound)) if share < 1 else int(share)]
    (folder / "short.nc").write_bytes(body + seal(RUN, body))
    with pytest.raises(CheckpointError):
        stackel.load_run(folder / "short.nc")


@pytest.mark.slow
@given(st.integers(0), st.integers(0, 7), st.randoms(use_true_random=False))
@settings(max_examples=2000)
def test_many_damaged_run_files_are_read_or_refused(
    folder: Path, sound: bytes, place: int, bit: int, rng: Random
) -> None:
    loaded(folder / "flipped.nc", flipped(sound, place, bit))
    loaded(folder / "damaged.nc", hostile.damaged(sound, rng))


def edited(folder: Path, sound: bytes, edit: Any) -> Path:
    path = folder / "edited.nc"
    path.write_bytes(sound)
    with h5py.File(path, "r+") as file:
        edit(file)
    body = path.read_bytes()
    path.write_bytes(body + seal(RUN, body))
    return path


def replaced(name: str, **options: Any) -> Any:
    def edit(file: Any) -> None:
        del file[name]
        file.create_dataset(name, **options)

    return edit


def _linked(file: Any) -> None:
    del file["seed"]
    file["seed"] = h5py.ExternalLink("/dev/zero", "/x")


def _attribute(name: str, value: Any) -> Any:
    def edit(file: Any) -> None:
        file.attrs[name] = value

    return edit


FORGED = {
    "10^12 numbers": (replaced("leader_payoff", shape=(10**6, 10**6), dtype="f8"), "more bytes"),
    "10^12 packed numbers": (
        replaced("leader_payoff", shape=(10**6, 10**6), dtype="f8", chunks=(100, 100),
                 compression="gzip"), "more bytes"),
    "another file": (_linked, "got a link"),
    "raw data elsewhere": (
        replaced("seed", shape=(2,), dtype="i8", external=[("/dev/zero", 0, 16)]), "in the file"),
    "a variable less": (lambda file: file.__delitem__("sse_value"), "variable 'sse_value'"),
    "texts for numbers": (replaced("pure_value", data=["a", "b"]), "'pure_value' must have"),
    "other dimensions": (replaced("leader_payoff", data=np.zeros(3)), "named dimensions"),
    "no format": (lambda file: file.attrs.__delitem__("format"), "attribute format"),
    "another format": (_attribute("format", "stackel-run/2"), "stackel-run/2"),
    "no seeds": (_attribute("seeds", "[]"), "seeds must be integers"),
    "a seed that is none": (_attribute("seeds", "[true]"), "seeds must be integers"),
    "games as a number": (_attribute("games", "3"), "games of a plan must be of type dict"),
    "iterations as text": (_attribute("iterations", "many"), "iterations of a plan"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_forged_run_files_are_refused(folder: Path, sound: bytes, case: str) -> None:
    edit, words = FORGED[case]
    path = edited(folder, sound, edit)
    with pytest.raises(CheckpointError, match=words) as refusal:
        stackel.load_run(path)
    assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize("what", ["pipe", "device", "folder", "loop"])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "run.nc"
    make: dict[str, Callable[[], None]] = {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "loop": lambda: path.symlink_to("run.nc"),
    }
    make[what]()
    with pytest.raises(CheckpointError):
        stackel.load_run(path)


# Checkpoints


@pytest.fixture(scope="module")
def begun(folder: Path) -> tuple[str, list[bytes]]:
    """The plan of an unfinished run, and bodies of its checkpoint."""
    return hostile.unfinished(folder)


def sealed(plan: str) -> bytes:
    """A plan whose checksum is right, where it can have one."""
    document = json.loads(plan)
    return sealed_json(document) if isinstance(document, dict) else plan.encode()


def saved(**arrays: Any) -> bytes:
    target = BytesIO()
    np.savez(target, **arrays)
    return target.getvalue()


def stored(**members: bytes) -> bytes:
    """An archive of arrays that are given as bytes."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return target.getvalue()


def test_a_sound_checkpoint_is_gone_on_with(folder: Path, begun: tuple[str, list[bytes]]) -> None:
    plan, bodies = begun
    assert len(bodies) >= 2
    for body in bodies:
        again = stackel.train("hero", **hostile.RUN)
        assert hostile.resumed(folder, sealed(plan), body).data.identical(again.data)


def test_a_checkpoint_whose_indices_point_nowhere_is_refused(
    folder: Path, begun: tuple[str, list[bytes]]
) -> None:
    plan, bodies = begun
    with np.load(BytesIO(bodies[0])) as archive:
        arrays = dict(archive)
    (name,) = [name for name in arrays if name.endswith("carried")]
    arrays[name] = np.full_like(arrays[name], 10**6)
    assert hostile.resumed(folder, sealed(plan), saved(**arrays)) is None


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_altered_checkpoints_with_right_checksums_are_gone_on_with_or_refused(
    folder: Path, begun: tuple[str, list[bytes]], rng: Random
) -> None:
    plan, bodies = begun
    with np.load(BytesIO(rng.choice(bodies))) as archive:
        arrays = dict(archive)
    name = rng.choice(sorted(arrays))
    way = rng.randrange(6)
    if way == 0:
        del arrays[name]
    elif way == 1:
        arrays[f"{name}x"] = arrays[name]
    else:
        arrays[name] = (
            np.array(rng.choice((-1, 0, 10**12, 31))),
            np.zeros((0, 3)),
            np.array("text"),
            arrays[name].astype(np.float32) if arrays[name].dtype.kind == "f" else np.zeros(2),
        )[way - 2]
    hostile.resumed(folder, sealed(plan), saved(**arrays))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no archive",
        hostile.npz(Random(1)),
        saved(of=np.array("x"), iteration=np.array([None], dtype=object)),
        saved(iteration=np.array(3)),
        stored(of=hostile.npy("'<f8'", "((")),
    ],
    ids=["nothing", "text", "a game", "a pickle", "no owner", "no header"],
)
def test_other_archives_are_no_checkpoints(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "0.checkpoint"
    path.write_bytes(body + seal(FORMAT, body))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        read(path, of="x")


def test_a_checkpoint_that_claims_10_12_numbers_is_refused(tmp_path: Path) -> None:
    body = stored(of=hostile.npy("'<f8'", "(1000000, 1000000)"))
    path = tmp_path / "0.checkpoint"
    path.write_bytes(body + seal(FORMAT, body))
    with pytest.raises(CheckpointError, match="more bytes than the file"):
        read(path, of="x")


# Plans


@given(st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_altered_plans_are_gone_on_with_or_refused(
    folder: Path, begun: tuple[str, list[bytes]], rng: Random
) -> None:
    plan, bodies = begun
    hostile.resumed(folder, sealed(hostile.altered_document(plan, rng)), bodies[0])


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "[" * 10**5, '{"seeds": []}', "\x00", "{}", '{"seeds": [1e999]}'],
    ids=["nothing", "a list", "a number", "deep", "no seed", "NUL", "nothing in it", "infinity"],
)  # fmt: skip
def test_other_texts_are_no_plans(tmp_path: Path, text: str) -> None:
    parts = tmp_path / "run.nc.parts"
    parts.mkdir()
    (parts / "plan.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"plan\.json"):
        stackel.train("hero", out=tmp_path / "run.nc", resume=True, iterations=3)


# Payoffs


@pytest.mark.parametrize(
    ("leader", "words"),
    [
        ([["1e400", 1]], "float64"),
        ([[1e308, -1e308]], "1e-150 to 1e150"),
        ([[5e-324, 0]], "1e-150 to 1e150"),
    ],
    ids=["beyond float64", "huge", "tiny"],
)
@pytest.mark.parametrize("preset", ["hedge-hedge", "committed-ald"])
def test_payoffs_that_overflow_are_not_trained_on(leader: Any, words: str, preset: str) -> None:
    game = stackel.BimatrixGame(leader, [[1, 2]])
    with pytest.raises(stackel.InvalidGameError, match=words):
        stackel.train(game, preset=preset, iterations=2, seed=0)
    with pytest.raises(stackel.InvalidGameError, match=words):
        stackel.train(game.transpose(), preset=preset, iterations=2, seed=0)
