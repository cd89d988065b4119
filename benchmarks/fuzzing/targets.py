"""What is fuzzed: for each way into stackel a check, its first inputs, and how inputs are changed.

A check takes bytes and raises when stackel does anything but answer or refuse in one line. The
inputs come from ``tests/hostile.py``, which the tests draw from as well.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import pkgutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import hostile

import stackel
from stackel.errors import StackelError
from stackel.files import read_game, write_game

Change = Callable[[bytes, Random], bytes]
SCRATCH = tempfile.TemporaryDirectory(prefix="stackel-fuzzing-")
FOLDER = Path(SCRATCH.name)
"""Where inputs that must be files are put, one at a time."""


class Unreadable(Exception):
    """An input that is not in its format any more, so that no change can respect it."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way in."""

    check: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    change: Change | None = None
    """A change that respects the format, or raises ``Unreadable``; whatever else it raises is a
    failure. The fuzzer's own changes flip, cut and splice bytes."""
    longest: int = 4096
    """Bytes of an input."""


def _file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    path = FOLDER / f"input{suffix}"

    def check(data: bytes) -> object:
        path.write_bytes(data)
        return hostile.outcome(lambda: read(path), name=str(path))

    return check


def _round_trip(path: Path) -> object:
    """What is read is written and read again, to the same game."""
    game = read_game(path)
    for suffix in (".json", path.suffix):
        copy = path.with_name(f"copy{suffix}")
        try:
            write_game(game, copy)
        except StackelError:
            continue
        again = read_game(copy)
        assert again.header() == game.header(), (again.header(), game.header())
    return game


def _alter_json(data: bytes, rng: Random) -> bytes:
    try:
        json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    return hostile.altered_document(data.decode(), rng, times=rng.randint(1, 3)).encode()


def _alter_nfg(data: bytes, rng: Random) -> bytes:
    return hostile.altered_nfg(data.decode(errors="replace"), rng).encode()


def _alter_npz(data: bytes, rng: Random) -> bytes:
    """A change inside the members, with the checksums of the archive made right again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            members = {name: old.read(name) for name in old.namelist()}
    except Exception as error:  # zipfile promises nothing about damaged archives
        raise Unreadable from error
    if not members:
        raise Unreadable
    target, chosen = io.BytesIO(), rng.choice(list(members))
    with zipfile.ZipFile(target, "w", rng.choice((0, 8))) as new:
        for name, body in members.items():
            new.writestr(name, hostile.damaged(body, rng) if name == chosen else body)
    return target.getvalue()


def _written(suffix: str) -> list[bytes]:
    """Catalogue games in the format."""
    path, found = FOLDER / f"seed{suffix}", []
    for name in stackel.names():
        try:
            write_game(stackel.load_game(name), path)
        except StackelError:
            continue
        if path.stat().st_size <= 4096:
            found.append(path.read_bytes())
    return found


def _bad(suffix: str) -> list[bytes]:
    """The inputs that the tests know to be bad."""
    import test_files as tests

    if suffix == ".json":
        cases = [case[0] for case in tests.BAD_JSON.values()]
        texts = [c if isinstance(c, str) else json.dumps(tests.SMALL | c) for c in cases]  # type: ignore[operator]
        return [text.encode()[:4096] for text in texts]
    if suffix == ".nfg":
        return [str(case[0]).encode() for case in tests.BAD_NFG.values()]
    return [bytes(case[0]) for case in tests.BAD_NPZ.values()]  # type: ignore[arg-type]


def _solve(data: bytes) -> object:
    """Read a small game from JSON and solve it."""
    from stackel.files.json_format import parse_game

    def solved() -> object:
        game = parse_game(data.decode())
        if not hostile.small(game):
            return None
        solution = stackel.solve(game)
        return json.dumps(solution.to_dict()), repr(solution), solution._repr_html_()

    try:
        return hostile.outcome(solved)
    except UnicodeDecodeError:
        return None


def _arrays(data: bytes) -> object:
    return hostile.arrays(hostile.Fed(data))


def _command_line(data: bytes) -> object:
    return hostile.run_command(hostile.command_line(hostile.Fed(data)))


def _command_line_target() -> Target:
    """Commands; all is imported and compiled first, so that nothing is while one is timed."""
    import dynamics
    import solvers

    for package in (solvers, dynamics, stackel):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    stackel.train("hero", iterations=1, seed=0)
    return Target(check=_command_line, seeds=lambda: [os.urandom(64)], longest=128)


def _runs() -> list[bytes]:
    """Contents of run files of the commonest shapes."""
    from dynamics.run import FORMAT
    from dynamics.storage.seal import unseal

    found = []
    for name in ("battle", "gridworld-small", "reward_for_obedience"):
        run = stackel.train(
            name, preset="hedge-hedge", iterations=4, seeds=2, seed=0, logged=2, batch=[8, 16]
        )
        path = FOLDER / f"{name}.nc"
        path.unlink(missing_ok=True)
        run.save(path)
        found.append(bytes(unseal(path, FORMAT)))
    return found


def _run(body: bytes) -> object:
    """Load a run whose checksum is right."""
    from dynamics.run import FORMAT
    from dynamics.storage.seal import seal

    path = FOLDER / "input.nc"
    path.write_bytes(body + seal(FORMAT, body))

    def loaded() -> object:
        run = stackel.load_run(path)
        return repr(run), run.plan, run.outcomes, run.to_dict()

    return hostile.outcome(loaded, name=str(path))


def _checkpoint_target() -> Target:
    """Checkpoints whose checksum is right, gone on with."""
    from dynamics.storage.seal import sealed_json

    plan, bodies = hostile.unfinished(FOLDER)
    sealed = sealed_json(json.loads(plan))
    return Target(
        check=lambda body: hostile.resumed(FOLDER, sealed, body),
        seeds=lambda: bodies,
        change=_alter_npz,
        longest=20_000,
    )


TARGETS: dict[str, Callable[[], Target]] = {
    "json": lambda: Target(
        check=_file(".json", _round_trip),
        seeds=lambda: [*_written(".json"), *_bad(".json")],
        change=_alter_json,
    ),
    "nfg": lambda: Target(
        check=_file(".nfg", _round_trip),
        seeds=lambda: [*_written(".nfg"), *_bad(".nfg")],
        change=_alter_nfg,
    ),
    "npz": lambda: Target(
        check=_file(".npz", _round_trip),
        seeds=lambda: [*_written(".npz"), *_bad(".npz")],
        change=_alter_npz,
    ),
    "solve": lambda: Target(
        check=_solve,
        seeds=lambda: [text.encode() for text in hostile.documents()],
        change=_alter_json,
        longest=8192,
    ),
    "arrays": lambda: Target(check=_arrays, seeds=lambda: [os.urandom(64)], longest=256),
    "run": lambda: Target(check=_run, seeds=_runs, change=hostile.damaged, longest=200_000),
    "checkpoint": _checkpoint_target,
    "command-line": _command_line_target,
}
"""What is fuzzed, by name."""
