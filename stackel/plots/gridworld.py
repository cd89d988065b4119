"""One picture of a solved gridworld: the map, the allocations drawn, and the values side by side.

The map shades targets by how often the strong Stackelberg commitment defends them, with a shortest
path to each of the attacker's best replies, or how often its reply enters each cell where wind
blows. Then the allocations of the mix, and the leader's value for each thing that the attacker may
see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from stackel.display import TITLE, printable
from stackel.gridworld_result import Allocation, GridworldSolution
from stackel.plots.grid import BLUE, RED, Cells, draw_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREEN = "#009E73"
MOST_ALLOCATIONS = 16
"""Allocations of the mix that are drawn; the rest is counted."""
LONGEST_NAME = 110
"""Characters of a title."""
WIDTH, HEIGHT = 14.5, 5.4
"""Inches of the picture of a square map."""
POINTS = 72
"""An inch."""
LONG = 2.5
"""From so many times as wide as high, the map has a row of its own; as high as wide, a column."""


def plot_gridworld(solution: GridworldSolution) -> Figure:
    """Draw the concepts that were computed; without ``sse`` the map shows no coverage."""
    rows, cols = solution.game.shape
    if cols > LONG * rows:
        high = max(0.55, min(12.5 * rows / cols, 5.0))
        figure = Figure(figsize=(WIDTH, HEIGHT - 0.4 + high), layout="constrained")
        ratios = [high, HEIGHT - 1.8]
        axes = figure.subplot_mosaic([["grid", "grid"], ["mix", "values"]], height_ratios=ratios)
        cells = Cells(12.5 * POINTS / cols, high * POINTS / rows)
    else:
        tall = rows > LONG * cols
        height = max(HEIGHT, min(0.17 * rows, 11.0)) if tall else HEIGHT
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        wide = max(1.6, 4.6 * cols / rows * height / HEIGHT) if tall else 4.6
        axes = (
            figure.subplot_mosaic([["grid", "mix"], ["grid", "values"]], width_ratios=[wide, 9])
            if tall
            else figure.subplot_mosaic([["grid", "mix", "values"]], width_ratios=[wide, 3.3, 3.7])
        )
        cells = Cells(min(wide, 4.2) * POINTS / cols, (height - 1.1) * POINTS / rows)
        if not tall:
            side = min(cells)
            cells = Cells(side, side)
    draw_grid(axes["grid"], solution, cells)
    _draw_mix(axes["mix"], solution)
    _draw_values(axes["values"], solution)
    name = printable((solution.game.name or "unnamed game")[:TITLE])
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]} …"
    figure.suptitle(name.replace("$", r"\$"), x=0.01, ha="left", weight="bold")
    return figure


def _draw_mix(axes: Axes, solution: GridworldSolution) -> None:
    """One bar an allocation, the likeliest on top; without a mix, the best realised one."""
    best, missing = "", "no allocations were computed"
    if "sse" in solution.concepts:
        mix = sorted(solution.sse.allocation_mix or (), key=lambda a: -float(a.probability))
        missing = "too many allocations to draw"
    elif "pure" in solution.concepts:
        strong = solution.pure.strong
        mix = [
            Allocation(defended_targets=strong.defended_targets, probability=1, cells=strong.cells)
        ]
        best = "best realised allocation: "
    else:
        mix = []
    if not mix:
        axes.set_axis_off()
        axes.set_title(missing, fontsize=10)
        return
    shown = mix[:MOST_ALLOCATIONS]
    what = "targets" if shown[0].cells is None else "cells"
    names = [_members(allocation.cells or allocation.defended_targets) for allocation in shown]
    chances = [float(allocation.probability) for allocation in shown]
    axes.barh(
        range(len(shown)), chances, color="#56B4E9", edgecolor=BLUE, linewidth=0.8, height=0.7
    )
    for place, chance in enumerate(chances):
        axes.text(chance, place, f" {100 * chance:.1f} %", va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), names, fontsize=8)
    axes.set(ylim=(max(len(shown), 5) - 0.4, -0.6), xlim=(0, 1.25 * max(chances)))
    axes.set_xlabel("probability")
    axes.spines[["top", "right"]].set_visible(False)
    left = f", {len(mix) - len(shown)} more" if len(mix) > len(shown) else ""
    axes.set_title(f"{best}{what} defended together{left}", fontsize=10)


def _members(defended: Sequence[object]) -> str:
    """A few targets by number, or cells."""
    if len(defended) > 5:
        return f"{', '.join(map(str, defended[:4]))}, … ({len(defended)})"
    return ", ".join(map(str, defended)) or "none"


def _draw_values(axes: Axes, solution: GridworldSolution) -> None:
    """The leader's values as points; a range of Nash equilibria as a line."""
    rows: list[tuple[str, float, float, str]] = []
    if "sse" in solution.concepts:
        value, induced = float(solution.sse.leader_value), float(solution.sse.inducible_value)
        upper, most = solution.sse.upper_bound, solution.sse.inducible_bound
        rows.append(("coverage seen\nsse", value, value if upper is None else float(upper), BLUE))
        end = induced if most is None else float(most)
        rows.append(("coverage seen\ninducible", induced, end, BLUE))
    if "pure" in solution.concepts:
        for label, found in (("strong", solution.pure.strong), ("weak", solution.pure.weak)):
            value = float(found.leader_value)
            rows.append((f"allocation seen\n{label}", value, value, GREEN))
    if "nash" in solution.concepts:
        low, high = float(solution.nash.leader_min), float(solution.nash.leader_max)
        rows.append(("nothing seen\nNash", low, high, RED))
    for place, (_, low, high, colour) in enumerate(rows):
        axes.plot([low, high], [place, place], "o-", color=colour, markersize=9, linewidth=4)
        ends = f"{low:.4g}", f"{high:.4g}"
        text = ends[0] if ends[0] == ends[1] else " to ".join(ends)
        axes.annotate(
            text,
            ((low + high) / 2, place),
            (0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    axes.set_yticks(range(len(rows)), [label for label, *_ in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.7)
    lowest, highest = min(low for _, low, *_ in rows), max(high for _, _, high, _ in rows)
    # A share of the values too: else equal ones, or ones a rounding apart, fill the axis.
    room = max(0.2 * (highest - lowest), 0.05 * max(abs(lowest), abs(highest))) or 1.0
    axes.set_xlim(lowest - room, highest + room)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("defender's payoff")
    axes.set_title("what the attacker may see", fontsize=10)
