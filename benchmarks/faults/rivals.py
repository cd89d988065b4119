"""Two processes that write one output: one is refused in a line, or both end with the whole of it.

    python benchmarks/faults/rivals.py --times 5

Train to one file, resume one unfinished file, reproduce into one folder, draw one picture: started
together, with a random delay of the second. What is there at the end is what one process alone
leaves, byte for byte.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kills import arguments, contents
from results import store

TRAIN = [
    "train", "battle", "--preset", "hedge-hedge", "--iterations", "1500", "--seed", "1",
    "--out", "OUT/run.nc",
]  # fmt: skip
PAIRS = {
    "train twice": [TRAIN, TRAIN],
    "resume twice": [[*TRAIN, "--resume"]] * 2,
    "reproduce twice": [["reproduce", "table-1", "table-3", "--quick", "--out", "OUT"]] * 2,
    "draw twice": [["solve", "battle", "--plot", "OUT/a.svg"]] * 2,
}
DELAY = 3.0
"""Seconds by which the second starts later, at most."""


def start(words: list[str], out: Path) -> subprocess.Popen[str]:
    """One process."""
    return subprocess.Popen(
        [sys.executable, "-m", "stackel", *arguments(words, out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def main() -> int:
    """Run every pair and store the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for name, pair in PAIRS.items():
        with tempfile.TemporaryDirectory() as alone:
            start(pair[0], Path(alone)).communicate()
            truth = contents(Path(alone))
        for _ in range(given.times):
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder)
                first = start(pair[0], out)
                time.sleep(rng.random() * DELAY)
                second = start(pair[1], out)
                ended = [(each.communicate()[1], each.returncode) for each in (first, second)]
                if sorted(code for _, code in ended)[0] != 0:
                    faults.append(f"{name}: neither process ended well: {ended}")
                for error, code in ended:
                    if code == 0:
                        counts[f"{name}: ended well"] += 1
                    elif code == 2 and error.count("\n") == 1:
                        counts[f"{name}: refused in one line"] += 1
                    else:
                        faults.append(f"{name}: {code}: {error[-300:]}")
                if contents(out) != truth:
                    faults.append(f"{name}: something else is there at the end")
        print(name, dict(counts), faults, flush=True)
    store("rivals", {**counts, "faults": faults})
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
