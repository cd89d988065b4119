"""Write docs/scale.md and docs/scale.svg from benchmarks/results/scale.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from report import markdown
from scale import expected
from scale_advice import ADVICE
from scale_cases import CASES, CLAIMS, Case

from stackel.plots.matrix import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, SKY
from stackel.reproduction.drawing import finish

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "scale.json"
PAGE = HERE.parent / "docs" / "scale.md"
PICTURE = HERE.parent / "docs" / "scale.svg"
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)
MARKERS = "osD^vPX"
WAITS = (10.0, 60.0)
"""Seconds that one waits for an answer: within the first one stays, within the second one minds."""
LEAST_FITTED = 0.005
"""CPU seconds from which a point is fitted: below, a call's fixed cost is what is timed."""
LEAST = 3
"""Points that a fit needs."""
FLAT = 0.15
"""Exponents up to which time is said not to grow."""
FAR = 4.0
"""Times the largest measured size up to which a fit is read."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One case as it was measured."""

    case: Case
    rows: Sequence[Mapping[str, Any]]
    """The points with a time, by size."""
    end: Mapping[str, Any] | None
    """The point after them that was refused or given up."""

    @property
    def fitted(self) -> Sequence[Mapping[str, Any]]:
        """The upper half of the points, three at least where so many are long enough."""
        long = [row for row in self.rows if row["cpu_seconds"] >= LEAST_FITTED]
        return long[-max(3, math.ceil(len(self.rows) / 2)) :]

    def _abscissa(self, size: float) -> float:
        return math.log(size) if self.case.law == "power" else size

    @property
    def fit(self) -> tuple[float, float] | None:
        """Slope and intercept of log time: least squares over the fitted points."""
        if len(self.fitted) < LEAST or self.case.law == "none":
            return None
        x = [self._abscissa(row["size"]) for row in self.fitted]
        slope, intercept = np.polyfit(x, [math.log(row["cpu_seconds"]) for row in self.fitted], 1)
        return float(slope), float(intercept)

    def growth(self) -> str:
        """The exponent, or the factor of a step, with the range that it is fitted over."""
        if self.fit is None:
            return "-"
        if self.fit[0] < FLAT:
            return f"no growth ({self.fitted[0]['size']:,} to {self.fitted[-1]['size']:,})"
        law = f"size^{self.fit[0]:.1f}" if self.case.law == "power" else (
            f"x {math.exp(self.fit[0]):.1f} for each +1"
        )  # fmt: skip
        return f"{law} ({self.fitted[0]['size']:,} to {self.fitted[-1]['size']:,})"

    def within(self, seconds: float) -> str:
        """The largest size that takes no longer, between the points or by the fit beyond them."""
        last = self.rows[-1]
        if last["cpu_seconds"] <= seconds:
            if self.end is not None and "refused" in self.end:
                return f"{last['size']:,}"
            if self.case.most == last["size"]:
                return f"over {last['size']:,}"
            if self.fit is None and expected(self.rows) > seconds:
                return f"about {last['size']:,}"
            if self.fit is None or self.fit[0] < FLAT:
                return f"over {last['size']:,}"
            reached = (math.log(seconds) - self.fit[1]) / self.fit[0]
            size = math.exp(reached) if self.case.law == "power" else reached
            size = max(size, last["size"])
            if size > FAR * last["size"]:
                return f"over {rounded(FAR * last['size'])}"
            return f"about {rounded(size)}"
        for before, after in pairwise(self.rows):
            if after["cpu_seconds"] > seconds >= before["cpu_seconds"]:
                a, b = (self._abscissa(row["size"]) for row in (before, after))
                share = math.log(seconds / before["cpu_seconds"]) / math.log(
                    after["cpu_seconds"] / before["cpu_seconds"]
                )
                reached = a + share * (b - a)
                return rounded(math.exp(reached) if self.case.law == "power" else reached)
        return f"under {self.rows[0]['size']:,}"


def rounded(size: float) -> str:
    """Two digits, downwards: no more are known."""
    digits = max(0, int(math.log10(size)) - 1)
    return f"{int(size / 10**digits) * 10**digits:,}"


def curves(rows: Sequence[Mapping[str, Any]]) -> list[Curve]:
    """Every case that was measured."""
    found = []
    for case in CASES:
        own = [row for row in rows if row["case"] == case.id]
        timed = [row for row in own if "cpu_seconds" in row]
        rest = [row for row in own if "cpu_seconds" not in row]
        if timed:
            found.append(Curve(case=case, rows=timed, end=rest[0] if rest else None))
    return found


def seconds(value: float) -> str:
    """Two digits."""
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def table(group: Sequence[Curve]) -> str:
    """One line a curve."""
    head = ["case", "grows", "largest", "CPU s", "MB", "time", "in 10 s", "in 60 s"]
    body = []
    for each in group:
        last = each.rows[-1]
        waits = [each.within(wait) for wait in WAITS]
        body.append([
            each.case.title, each.case.grows, f"{last['size']:,}", seconds(last["cpu_seconds"]),
            f"{last['megabytes']:.0f}", each.growth(), *waits,
        ])  # fmt: skip
    return markdown(head, body, 2)


def steps(group: Sequence[Curve]) -> str:
    """One line a point, for work that is not doubled."""
    head = ["case", group[0].case.grows, "wall-clock s", "MB"]
    body = [
        [each.case.title, str(row["size"]), seconds(row["seconds"]), f"{row['megabytes']:.0f}"]
        for each in group
        for row in each.rows
    ]  # fmt: skip
    return markdown(head, body, 1)


def ends(group: Sequence[Curve]) -> list[str]:
    """Why curves ended, where it was not for time."""
    lines = []
    for each in group:
        if each.end is not None and "refused" in each.end:
            lines.append(
                f"- {each.case.title}: at {each.case.grows} = {each.end['size']:,} refused, "
                f"*{each.end['refused']}*"
            )
        elif each.end is not None and "given_up" in each.end:
            lines.append(
                f"- {each.case.title}: at {each.case.grows} = {each.end['size']:,} not done after "
                f"{each.end['given_up']} s"
            )
    return ["\n".join(lines)] if lines else []


def comparison(found: Mapping[str, Curve], one: str, other: str) -> str:
    """Two curves at the largest size that both have."""
    if one not in found or other not in found:
        return ""
    a, b = ({row["size"]: row for row in found[name].rows} for name in (one, other))
    shared = sorted(set(a) & set(b))
    if not shared:
        return ""
    size = shared[-1]
    first, second = (rows[size]["cpu_seconds"] for rows in (a, b))
    return (
        f" ({found[one].case.grows} = {size:,}: {seconds(first)} s for *{found[one].case.title}*, "
        f"{seconds(second)} s for *{found[other].case.title}*)"
    )


def draw(found: Sequence[Curve]) -> Figure:
    """CPU seconds over the size, a panel a group, both axes logarithmic."""
    groups = [g for g in dict.fromkeys(each.case.group for each in found) if g != CLAIMS]
    columns = 2
    rows = math.ceil(len(groups) / columns)
    figure = Figure(figsize=(9.6, 3.5 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, group in zip(panels, groups, strict=False):
        own = [each for each in found if each.case.group == group and each.case.law != "none"]
        for each, colour, marker in zip(own, COLOURS, MARKERS, strict=False):
            axes.plot(
                [row["size"] for row in each.rows],
                [max(row["cpu_seconds"], 1e-4) for row in each.rows],
                color=colour, marker=marker, markersize=3.5, linewidth=1.4,
                label=f"{each.case.title} ({each.case.grows})",
            )  # fmt: skip
        axes.set(xscale="log", yscale="log")
        for wait in WAITS:
            axes.axhline(wait, color="#777777", linewidth=0.9, linestyle=":", zorder=1.5)
        finish(axes, group, "CPU seconds", xlabel="size")
        axes.margins(x=0.05)
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}")
        low, high = axes.get_xlim()
        axes.xaxis.set_major_locator(
            LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,), numticks=20)
        )
        low, high = axes.get_ylim()
        axes.set_ylim(low, high * (high / low) ** (0.09 * len(own)))  # room for the legend
        axes.legend(fontsize=6.5, frameon=False, loc="upper left", handlelength=1.6)
    for axes in panels[len(groups) :]:
        axes.set_axis_off()
    return figure


def main() -> None:
    """Write the page and the picture."""
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    found = curves(result["rows"])
    by_id = {each.case.id: each for each in found}
    loads = [row["load_average"] for row in result["rows"]]
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    parts = [
        "# How far each method goes",
        "Written by `python benchmarks/scale_page.py` from what `python benchmarks/scale.py` "
        "measured: each size in a process of its own, on one thread, one random game a size, so "
        "that differences below a factor of 2 are noise. *Largest* is the largest size measured, "
        "with its CPU time and the peak memory of the process, of which 30 to 70 MB are Python and "
        "stackel, more with torch. *Time* is a least-squares fit of CPU time over the upper half "
        "of the points, in the range given: a power of the size, or, where sizes go up by steps, a "
        "factor for each. "
        "The last columns are the largest sizes within 10 and 60 seconds: between measured "
        "sizes, or, with *about*, by the fit beyond them.",
        "![CPU seconds over size, a panel a kind of work](scale.svg)",
    ]
    for group in dict.fromkeys(each.case.group for each in found):
        own = [each for each in found if each.case.group == group]
        grown = [each for each in own if each.case.law != "none"]
        stepped = [each for each in own if each.case.law == "none"]
        parts.append(f"## {group}")
        parts += [table(grown)] if grown else []
        parts += [steps(stepped)] if stepped else []
        parts += ends(own)
        parts += [
            f"{text}{comparison(by_id, *pair) if pair else ''}."
            for text, pair in ADVICE.get(group, ())
        ]
    parts.append(
        f"`{result['command']}`; {result['machine']}; Python {result['python']}; {versions}; load "
        f"average {min(loads):.1f} to {max(loads):.1f}, which CPU time largely leaves out."
    )
    partial = PAGE.with_suffix(".partial")
    partial.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    partial.replace(PAGE)
    draw(found).savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    main()
