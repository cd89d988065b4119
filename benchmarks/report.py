"""Write docs/benchmarks.md from the files in benchmarks/results: python benchmarks/report.py.

Every figure of the page stands in a results file, with the command that made it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
PAGE = ROOT.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the page, from the rows under ``key`` of one results file."""

    file: str
    key: str = "rows"
    title: str
    about: str
    index: tuple[str, ...]
    """Fields that name a line."""
    column: str | None
    """The field whose values head the columns; None: the remaining fields do."""
    value: str = "seconds"


TABLES = (
    Table(
        file="sse",
        title="Strong Stackelberg equilibria",
        about="Seconds. `stackel, exact` includes the certificate for every follower action; "
        "`one full LP` is a single program of the n that the textbook method solves.",
        index=("kind", "n"),
        column="system",
    ),
    Table(
        file="nash",
        title="All extreme Nash equilibria",
        about="Seconds; an asterisk marks a system that missed equilibria of at least one game. "
        "lrsnash is compiled and includes the start of its process.",
        index=("k", "games"),
        column="system",
    ),
    Table(
        file="lp",
        key="minimax",
        title="Constant-sum games",
        about="Seconds. `stackel exact` is rational and verified from both sides.",
        index=("payoffs", "size"),
        column="method",
    ),
    Table(
        file="lp",
        key="ranges",
        title="Correlated ranges and the no-regret band, exact",
        about="Seconds, n x n games.",
        index=("payoffs", "size"),
        column="concept",
    ),
    Table(
        file="batch",
        title="Batches of small games",
        about="Games a second on one core.",
        index=("shape", "payoffs"),
        column=None,
    ),
    Table(
        file="gridworld",
        title="Gridworld security games",
        about="Milliseconds. `solve` is all three information structures, `checked` adds the "
        "independent check.",
        index=("game",),
        column=None,
    ),
    Table(
        file="gridworld_wind",
        key="wind",
        title="Gridworlds with wind",
        about="Seconds, zero-sum. `exact` constraint generation, `certified` all concepts with "
        "their checks, `program` the one large LP in floats.",
        index=("game",),
        column=None,
    ),
    Table(
        file="gridworld_wind",
        key="general",
        title="Gridworlds with wind, general-sum",
        about="Seconds. `gap` is what the certified bounds on the leader's value leave open; 0: "
        "exact.",
        index=("game",),
        column=None,
    ),
    Table(
        file="gridworld_wind",
        key="paths",
        title="Interception on the way",
        about="Seconds, zero-sum. `exact` double oracle, `certified` all concepts with their "
        "checks.",
        index=("game",),
        column=None,
    ),
    Table(
        file="markov",
        title="Markov games",
        about="Seconds; shape is states x leader actions x follower actions.",
        index=("what",),
        column=None,
    ),
    Table(
        file="markov",
        key="counts",
        title="How often the stage-wise recursion misses the Stackelberg value",
        about="Random games with integer payoffs.",
        index=("what",),
        column=None,
    ),
    Table(
        file="learners",
        title="Learners",
        about="Rounds of one update a second, for a batch of runs at once, four actions.",
        index=("learner", "runs"),
        column="device",
        value="run_rounds_a_second",
    ),
    Table(
        file="ppo",
        title="PPO against Hedge",
        about="Iterations a second, summed over the runs played at once: the whole loop with play, "
        "the follower and the log, by number of threads (or processes). The peers' loops log "
        "nothing; that of Stable-Baselines3 meets a fixed follower.",
        index=("system", "runs", "batch"),
        column="threads",
        value="run_iterations_a_second",
    ),
    Table(
        file="ppo",
        key="shares",
        title="Where PPO's time goes",
        about="120 runs at batch 256 on one core, compiled.",
        index=("part",),
        column=None,
    ),
)


def main() -> None:
    """Write the page."""
    parts = [
        "# Benchmarks",
        "Written by `python benchmarks/report.py` from `benchmarks/results/`. Peers are measured "
        "in the same run, on the same games, imports and warm-up excluded; differences below 30 % "
        "are noise. A dash: not run, because too slow or not able to.",
    ]
    for table in TABLES:
        path = ROOT / "results" / f"{table.file}.json"
        if path.exists():
            parts.extend(_section(table, json.loads(path.read_text())))
    partial = PAGE.with_suffix(".partial")
    partial.write_text("\n\n".join(parts) + "\n")
    partial.replace(PAGE)


def _section(table: Table, results: dict[str, Any]) -> list[str]:
    rows = results[table.key]
    versions = ", ".join(f"{name} {number}" for name, number in results.get("versions", {}).items())
    made = f"`{results['command']}`; {results['machine']}; Python {results['python']}"
    if busy := results.get("load_average"):
        made += f"; load average {max(busy):.1f}"
    return [
        f"## {table.title}",
        table.about + (f" {results['games']}." if isinstance(results.get("games"), str) else ""),
        _pivot(table, rows) if table.column else _plain(rows),
        f"{made}{'; ' + versions if versions else ''}.",
    ]


def _pivot(table: Table, rows: Sequence[dict[str, Any]]) -> str:
    """Lines by the index fields, columns by the values of one field."""
    assert table.column is not None
    columns = list(dict.fromkeys(row[table.column] for row in rows))
    lines: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
    for row in rows:
        name = tuple(_text(row[field]) for field in table.index)
        lines.setdefault(name, {})[row[table.column]] = row
    body = []
    for name, cells in lines.items():
        found = [c["found"] for c in cells.values() if "found" in c]
        most = [max(counts) for counts in zip(*found, strict=True)]
        shown = [_cell(cells.get(column), table.value, most) for column in columns]
        body.append([*name, *shown])
    return markdown([*table.index, *map(str, columns)], body, len(table.index))


def _cell(row: dict[str, Any] | None, value: str, most: list[int]) -> str:
    if row is None or row[value] is None:
        return "-"
    missed = "found" in row and list(row["found"]) != most
    return _text(row[value]) + (" *" if missed else "")


def _plain(rows: Sequence[dict[str, Any]]) -> str:
    """One line a row, one column a field."""
    fields = list(dict.fromkeys(field for row in rows for field in row))
    body = [[_text(row.get(field, "-")) for field in fields] for row in rows]
    return markdown([field.replace("_", " ") for field in fields], body, 1)


def _text(x: Any) -> str:
    if isinstance(x, list):
        return " x ".join(map(str, x))
    if isinstance(x, float):
        return f"{x:.2g}" if x < 100 else f"{x:.0f}"
    if isinstance(x, int) and x >= 10_000:
        return f"{x:,}"
    return str(x)


def markdown(head: Sequence[str], body: Sequence[Sequence[str]], left: int) -> str:
    """A table: the first columns to the left, the others to the right."""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *body))


if __name__ == "__main__":
    main()
