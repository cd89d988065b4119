"""Flip a byte of a file that is read back, or cut it short, at random places: it must be refused.

    python benchmarks/faults/damage.py --times 200

Each kind of file is damaged this many times, half by a flipped byte, half by a cut, and read as
the program reads it. Some damage of every kind is also shown to the command line: one line, exit 2,
and the damaged file is left as it is.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from results import store

import stackel
from dynamics.leg import Snapshot
from dynamics.storage.checkpoint import read, write
from dynamics.storage.seal import unsealed_json
from stackel.errors import CheckpointError

RUN = ["train", "battle", "--preset", "hedge-hedge", "--iterations", "200", "--seed", "1"]
REPRODUCTION = ["reproduce", "fig-3", "--quick", "--seeds", "1", "--iterations", "3"]
SHOWN = 4
"""Damages of each kind that a command is shown."""


class Stopped(Exception):
    """What ends a run in the middle."""


def unfinished(out: Path) -> str:
    """Leave an unfinished run at ``out`` and say whose its checkpoint is."""
    import dynamics.play

    names: list[str] = []

    def stop(path: Path, snapshot: Snapshot, *, of: str) -> None:
        write(path, snapshot, of=of)
        names.append(of)
        raise Stopped

    played = dynamics.play
    vars(played)["INTERVAL"], vars(played)["write"] = 0.02, stop
    try:
        stackel.train("battle", preset="hedge-hedge", iterations=200, seed=1, out=out)
    except Stopped:
        pass
    finally:
        vars(played)["INTERVAL"], vars(played)["write"] = 10.0, write
    return names[0]


def command(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "stackel", *arguments], capture_output=True, text=True, check=False
    )


def main() -> int:
    """Damage everything and store the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun, made = folder / "begun.nc", folder / "made.nc"
        owner = unfinished(begun)
        stackel.train("battle", preset="hedge-hedge", iterations=200, seed=1, out=made)
        ended = command([*REPRODUCTION, "--out", str(folder / "page")])
        if ended.returncode:
            sys.exit(ended.stderr)
        parts = folder / "begun.nc.parts"
        resumed = [*RUN, "--resume", "--out", str(begun)]
        again = [*REPRODUCTION, "--out", str(folder / "page")]
        kinds: dict[str, tuple[Path, Callable[[Path], object], list[str]]] = {
            "checkpoint": (parts / "0.checkpoint", lambda path: read(path, of=owner), resumed),
            "plan of a run": (parts / "plan.json", unsealed_json, resumed),
            "run": (made, stackel.load_run, [*RUN, "--resume", "--out", str(made)]),
            "run of a reproduction": (
                folder / "page" / "data" / "figure-3-0.nc", stackel.load_run, again,
            ),
            "plan of a reproduction": (
                folder / "page" / "data" / "plan.json", unsealed_json, again,
            ),
        }  # fmt: skip
        for kind, (path, reader, arguments) in kinds.items():
            whole = path.read_bytes()
            reader(path)
            for number in range(given.times):
                place = rng.randrange(len(whole))
                cut = bool(number % 2)
                damaged = whole[:place] + (
                    b""
                    if cut
                    else bytes([whole[place] ^ rng.randrange(1, 256)]) + whole[place + 1 :]
                )
                path.write_bytes(damaged)
                what = f"{kind}, {'cut' if cut else 'flipped'} at {place} of {len(whole)}"
                try:
                    reader(path)
                except CheckpointError as error:
                    counts[f"{kind}: refused"] += 1
                    if "\n" in str(error):
                        faults.append(f"{what}: more than one line")
                except Exception as error:
                    faults.append(f"{what}: {type(error).__name__}: {error}")
                else:
                    faults.append(f"{what}: read as good")
                if number < SHOWN:
                    ended = command(arguments)
                    lines = ended.stderr.count("\n")
                    if (ended.returncode, lines, path.read_bytes()) != (2, 1, damaged):
                        faults.append(f"{what}: {ended.returncode}: {ended.stderr[-200:]}")
                    counts["commands that refused in one line, exit 2"] += 1
            path.write_bytes(whole)
            print(kind, counts[f"{kind}: refused"], faults, flush=True)
    store("damage", {**counts, "faults": faults})
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
