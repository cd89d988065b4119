"""Write docs/differential.md from benchmarks/results/differential.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
RESULTS = ROOT / "results" / "differential.json"
READABLE = 400
"""Characters of payoffs, or of what went wrong, that the page shows; --show has the rest."""
PAGE = ROOT.parent / "docs" / "differential.md"
DOUBT = "cannot tell, and says so"
"""The one kind that is no fault: as in campaign/ours.py."""

ABOUT = """# Differential campaign

Written by `python benchmarks/differential_page.py` from what
`{command}` found: {games} games, 1 x 1 to
12 x 12, more than half of them at most 4 x 4, sent through every method of stackel and through
{peers}.

A game is a function of its number, so that any line below can be repeated:
`python benchmarks/differential.py --show NUMBER` prints the game and what everybody says about it.

Every payoff is a float64, so all get the same game. The families: integers -9..9; uniform floats;
tied (-1, 0, 1); duplicated rows and columns; dominated ones; matrices of rank at most 2; zero-sum;
zero-sum up to a unit here and there; near-tied, by 2^-40, about 1e-12; scaled, each player's
payoffs by 2^-40 to 2^40; and mixed scales, every payoff by one of its own.

A system is asked about games with up to so many payoffs m n as take it about a tenth of a second,
and, where it is slow, about one game in so many (rounds of all families). A call may take {limit:g}
CPU seconds; a process that dies or hangs counts as a crash of the system it was in.

How disagreements are settled: answers of stackel carry certificates, checked in rationals by
`solvers/certify`; answers of peers are evaluated exactly on the payoffs. A peer's value is wrong
when it is off by more than 1e-6 of the payoff range, a listed profile when a player could gain more
than that, and an equilibrium counts as missed when nothing listed is within 1e-4 of it in every
probability.
"""
OURS = """## stackel's own methods

{disagreements} Held against each other, against their certificates and against theory: no
equilibrium pays the leader more than commitment, correlated ranges contain Nash payoffs, coarse
ones contain those, all values of a zero-sum game are one. *Cannot tell*: a float answer whose
proved bounds are wide, or that is not `decided`; see
[What an answer guarantees](mathematics/guarantee.md).

The campaign found one fault, mended since and kept as a test: where payoffs lie powers of two near
2^61 apart, right answers were refused their certificates, because a rank was taken modulo 2^61 - 1
alone. What floats could not tell went unsaid until then; the bounds and `decided` came of it."""
PEERS = """## Peers

Share of answers without fault, by family; what the faults are stands below. OpenSpiel's value may
be right and its commitment still lie a hair on the wrong side of the tie, so that a follower that
maximises exactly leaves the leader with less: counted as a fault of its own kind."""
KINDS = """## What went wrong, by kind

One game of each kind: the one that takes the fewest characters to write down."""


def main() -> None:
    """Write the page."""
    found = json.loads(RESULTS.read_text())
    ours = [row for row in found["rows"] if row["ours"]]
    peers = [row for row in found["rows"] if not row["ours"] and row["games"]]
    versions = {k: v for k, v in found["versions"].items() if k not in ("python-flint", "highspy")}
    named = ", ".join(f"{name} {number}" for name, number in versions.items())
    faults = [kind for kind in found["kinds"] if kind["kind"] != DOUBT]
    names = {row["system"] for row in ours}
    wrong = [kind for kind in faults if kind["system"] in names and kind["kind"] != "time"]
    disagreements = f"{len(wrong)} kinds of disagreement, below." if wrong else "No disagreement."
    parts = [
        ABOUT.format(
            command=found["command"], games=f"{found['games']:,}", peers=named, limit=found["limit"]
        ).strip(),
        OURS.format(disagreements=disagreements),
        _table(
            ["method", "up to m n", "one in", "games", "agree", "cannot tell", "over time", "ms"],
            [
                [
                    *_asked(row),
                    f"{row['agree']:,}",
                    *(_count(found, row, kind) for kind in (DOUBT, "time")),
                    f"{row['ms']:.2g}",
                ]
                for row in ours
            ],
        ),
        PEERS,
        _table(
            ["method", "up to m n", "one in", "games", "ms", *found["families"]],
            [
                [*_asked(row), f"{row['ms']:.2g}", *(_share(row, x) for x in found["families"])]
                for row in peers
            ],
        ),
        KINDS,
        *_examples(sorted(faults, key=lambda kind: kind["system"] not in names)),
        f"{found['machine']}; Python {found['python']}; "
        + ", ".join(f"{name} {number}" for name, number in found["versions"].items())
        + ". Milliseconds are CPU time on a busy machine, and for orientation only.",
    ]
    partial = PAGE.with_suffix(".partial")
    partial.write_text("\n\n".join(parts) + "\n")
    partial.replace(PAGE)


def _asked(row: dict[str, Any]) -> list[str]:
    return [row["system"], str(row["up_to"]), str(row["one_in"]), f"{row['games']:,}"]


def _count(found: dict[str, Any], row: dict[str, Any], kind: str) -> str:
    """How many answers of one system are of a kind; nothing for none."""
    counts = [
        each["games"]
        for each in found["kinds"]
        if (each["system"], each["kind"]) == (row["system"], kind)
    ]
    return f"{sum(counts):,}" if counts else ""


def _share(row: dict[str, Any], family: str) -> str:
    fine, asked = row["families"].get(family, (0, 0))
    if not asked:
        return "-"
    percent = 100 * fine / asked
    return "100 %" if fine == asked else f"{min(percent, 99.9):.1f} %"


def _examples(kinds: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One entry a kind, under the name of its system."""
    system = None
    for kind in kinds:
        if kind["system"] != system:
            system = kind["system"]
            yield f"### {system}"
        example = kind["example"]
        where = ", ".join(f"{family} {count:,}" for family, count in kind["families"].items())
        details = " ".join(example["details"].split()).replace("|", "; ")
        leader, follower = example["leader"], example["follower"]
        payoffs = f"A = {_matrix(leader)}, B = {_matrix(follower)}"
        if len(payoffs) > READABLE:
            payoffs = f"{len(leader)} x {len(leader[0])}"
        yield (
            f"**{kind['kind']}**: {kind['games']:,} ({where}). Game {example['index']}, "
            f"{payoffs}: {details if len(details) <= READABLE else details[:READABLE] + ' ...'}"
        )


def _matrix(rows: Sequence[Sequence[float]]) -> str:
    """Exactly, whole numbers without a point."""
    return str([[int(x) if x == int(x) else x for x in row] for row in rows])


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *body))


if __name__ == "__main__":
    main()
