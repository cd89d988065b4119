"""Put what benchmarks/reach.py measured into docs/dynamics.md: python benchmarks/reach_page.py.

The tables go between two marks of the page, the picture beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "reach.json"
PAGE = HERE.parent / "docs" / "dynamics.md"
PICTURE = HERE.parent / "docs" / "reach.svg"
BEGIN, END = "<!-- reach -->", "<!-- end of reach -->"
CLASSES = ("holds", "may-fail", "never")
TELLING = (
    "table1/battle", "table3/stag_hunt", "table3/chicken", "table3/hero",
    "literature/conitzer_sandholm_2006",
)  # fmt: skip
"""Games of the second table: where the dynamics differ."""


def mean(values: Iterable[float]) -> float:
    """The mean; there is at least one value."""
    return float(np.mean(list(values)))


def shares(rows: Sequence[dict[str, Any]]) -> list[str]:
    """How often the last payoff is near V, by dynamics and class."""
    dynamics = list(dict.fromkeys(row["dynamics"] for row in rows))
    counts = {kind: len({r["game"] for r in rows if r["class"] == kind}) for kind in CLASSES}
    head = " | ".join(f"{kind} ({counts[kind]} games)" for kind in CLASSES)
    lines = [
        f"| dynamics | {head} | of all, near the pure value | inside the band |",
        "|---|" + "---:|" * 5,
    ]
    for name in dynamics:
        own = [row for row in rows if row["dynamics"] == name]
        cells = [
            f"{mean(row['ends_at_value'] for row in own if row['class'] == kind):.0%}"
            for kind in CLASSES
        ]
        cells.append(f"{mean(row['ends_at_pure'] for row in own):.0%}")
        cells.append(f"{mean(row['inside_band'] for row in own):.0%}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def payoffs(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The leader's last payoff and its average in the telling games."""
    dynamics = list(dict.fromkeys(row["dynamics"] for row in rows))
    found = {(row["game"], row["dynamics"]): row for row in rows}
    values = [f"{found[game, dynamics[0]]['value']:.4g}" for game in TELLING]
    lines = [
        "| dynamics | " + " | ".join(game.partition("/")[2] for game in TELLING) + " |",
        "|---|" + "---:|" * len(TELLING),
        "| *V* | " + " | ".join(values) + " |",
    ]
    for name in dynamics:
        cells = [
            f"{found[game, name]['payoff']:.2f} ({found[game, name]['average']:.2f})"
            for game in TELLING
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """A game a row, a dynamic a column: the share of seeds that end near V."""
    dynamics = list(dict.fromkeys(row["dynamics"] for row in rows))
    games = sorted(dict.fromkeys((CLASSES.index(row["class"]), row["game"]) for row in rows))
    found = {(row["game"], row["dynamics"]): row["ends_at_value"] for row in rows}
    table = np.array([[found[game, name] for name in dynamics] for _, game in games])
    figure = Figure(figsize=(8.6, 11.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(table, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (i, j), share in np.ndenumerate(table):
        axes.text(
            j, i, f"{share:.0%}", ha="center", va="center", fontsize=7,
            color="white" if share < 0.5 else "black",
        )  # fmt: skip
    axes.set_xticks(range(len(dynamics)), dynamics, rotation=30, ha="right", fontsize=9)
    axes.set_yticks(range(len(games)), [name for _, name in games], fontsize=7.5)
    for kind in (0, 1):
        edge = sum(number <= kind for number, _ in games) - 0.5
        axes.axhline(edge, color="white", linewidth=3)
    axes.set_title(
        "Share of seeds whose last payoff is within 5 % of V\n"
        "blocks: games that hold, may fail, never (from above)",
        fontsize=10, loc="left",
    )  # fmt: skip
    return figure


def main() -> None:
    """Write the page and the picture."""
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = result["rows"]
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = [
        BEGIN,
        f"From `{result['command']}`. The share of seeds whose last payoff is within 5 % of the "
        "payoff range of V:",
        "",
        *shares(rows),
        "",
        "![Share of seeds that reach V, by game and dynamics](reach.svg)",
        "",
        "The leader's payoff in the last iteration, and in brackets its average over all; "
        "means over the seeds:",
        "",
        *payoffs(rows),
        "",
        END,
    ]
    PAGE.write_text(before + "\n".join(lines) + after, encoding="utf-8")
    draw(rows).savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    main()
