"""Every method of stackel and every peer on the same random and degenerate games.

    python benchmarks/differential.py --games 100000 --state campaign.jsonl
    python benchmarks/differential.py --games 100000 --state campaign.jsonl --resume
    python benchmarks/differential.py --show 1234

The first plays games 0, 1, ... and writes one line into the state file for every finished shard;
Ctrl-C loses no finished one, and the second goes on. Both end with a summary of everything played
so far, benchmarks/results/differential.json; benchmarks/differential_page.py makes
docs/differential.md of it. The third shows one game, and what everybody says about it.

Games are those of campaign/games.py, what is asked stands in campaign/ours.py and
campaign/peers.py, how an answer of a peer is judged in campaign/verdicts.py.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy starts its threads

from campaign import batches
from campaign.calls import Calls
from campaign.games import draw
from campaign.journal import Journal
from campaign.ours import Known
from campaign.shard import FINE, Findings, answers, installed, warm_up
from campaign.summary import summary, write
from campaign.workers import play_all

SHARD = 220
"""Games a shard: twenty of each family."""
RESULTS = Path(__file__).parent / "results" / "differential.json"


def main() -> None:
    """Play, or show one game."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--games", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--state", type=Path, default=Path("campaign.jsonl"))
    parser.add_argument("--resume", action="store_true", help="go on with what --state holds")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--show", type=int, metavar="INDEX", help="one game, and every answer")
    given = parser.parse_args()
    if given.show is not None:
        show(given.seed, given.show)
        return
    plan = {"seed": given.seed, "shard": SHARD}
    for stop in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore the first
        signal.signal(stop, signal.default_int_handler)
    journal = Journal(given.state, plan, resume=given.resume)
    shards = range(-(-given.games // SHARD))
    missing = [shard for shard in shards if shard not in journal.finished]
    played = play_all(missing, seed=given.seed, size=SHARD, processes=given.processes)
    stopped = False
    try:
        for shard, findings in _watched(played, len(shards) - len(missing), len(shards)):
            journal.add(shard, findings)
    except KeyboardInterrupt:
        stopped = True
    finally:
        played.close()
    total = journal.total()
    write(summary(total, seed=given.seed), given.results)
    print(f"{sum(total.games.values())} games: {given.results}")
    if stopped:
        raise SystemExit(f"stopped; go on with --resume --state {given.state}")


def _watched(
    played: Iterable[tuple[int, Findings]], done: int, all_of: int
) -> Iterator[tuple[int, Findings]]:
    """The same, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from played
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("shards"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("shards", total=all_of, completed=done)
        for each in played:
            bar.advance(task)
            yield each


def show(seed: int, index: int) -> None:
    """Print one game and the faults of every answer to it."""
    drawn = draw(seed, index)
    print(f"game {index} of seed {seed}: {drawn.family}, {drawn.shape[0]} x {drawn.shape[1]}")
    print(f"A = {drawn.leader}\nB = {drawn.follower}")
    warm_up()
    known = Known(drawn.game())
    for system, faults in answers(drawn, known, installed(), Calls(), all_of_them=True):
        print(f"{system}: {'; '.join(faults) or FINE}")
    if batches.fits(drawn):
        faults = list(batches.faults(known, batches.solve([drawn]), 0))
        print(f"{batches.BATCH}: {'; '.join(faults) or FINE}")
    print(f"value of commitment: {known.value}")


if __name__ == "__main__":
    main()
