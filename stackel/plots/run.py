"""One picture of a run: payoffs, regrets and policies over the iterations, a row a game.

Lines are means over the seeds, shades around them one standard deviation. Left, the leader's
average payoff with the exact values and, in the curve's colour, the band that no play can leave.
Colours are those of Okabe and Ito, told apart by the colour-blind; they are the algorithms and
settings, and line styles the players.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dynamics.summary import groups
from stackel.display import TITLE, printable
from stackel.plots.matrix import BLUE, GREEN, ORANGE, PURPLE, RED, SKY

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from dynamics.run import Run
    from stackel.game import FloatArray

COLOURS = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY)
"""Of the curves of a game."""
MOST_GAMES, MOST_CURVES = 6, len(COLOURS)
"""What fits one picture; the title counts what does not."""
LEAST_HEIGHT = 0.1
"""Height of a payoff axis, at least, as a share of the leader's range: no magnified noise."""
CLOSE = 0.045
"""Share of an axis below which two labels of reference lines are written as one."""
LEADER: Mapping[str, Any] = {"linestyle": "-"}
FOLLOWER: Mapping[str, Any] = {"linestyle": (0, (4, 1.6))}


def plot_run(run: Run) -> Figure:
    """Draw the averages, regrets and policies of a run."""
    data = run.data
    curves: dict[str, list[tuple[str, FloatArray]]] = {}
    for game, algorithm, settings, members in groups(data):
        swept = ", ".join(f"{name} {value}" for name, value in settings.items())
        label = f"{algorithm}, {swept}" if swept else algorithm
        curves.setdefault(game, []).append((label, members))
    names = list(curves)[:MOST_GAMES]
    figure = Figure(figsize=(14.4, 2.9 * len(names) + 0.9), layout="constrained")
    panels = figure.subplots(len(names), 4, squeeze=False)
    used: dict[str, str] = {}
    for row, name in zip(panels, names, strict=True):
        for label, members in curves[name][:MOST_CURVES]:
            used.setdefault(label, COLOURS[len(used) % len(COLOURS)])
            _draw(row, data, members, used[label])
        _references(row, data, int(curves[name][0][1][0]))
        if "band_low" in data:
            for label, members in curves[name][:MOST_CURVES]:  # last: they may not move the axes
                _band(row[0], data, members, used[label])
        _finish(row, printable(name[:TITLE]).replace("$", r"\$"))
    seeds = run.plan["seeds"]
    of = f"seed {seeds[0]}" if len(seeds) == 1 else f"mean ± deviation of {len(seeds)} seeds"
    left = len(curves) - len(names)
    left += sum(max(0, len(curves[name]) - MOST_CURVES) for name in names)
    omitted = f"; {left} games or curves not drawn" if left else ""
    figure.suptitle(f"{run.plan['iterations']} iterations, {of}{omitted}", x=0.01, ha="left")
    figure.legend(
        handles=_legend(used), loc="outside lower left", ncols=6, fontsize=8.5, frameon=False
    )
    return figure


def _draw(row: Any, data: xr.Dataset, members: FloatArray, colour: str) -> None:
    """One curve in the four panels of a game."""
    iterations = data.iteration.values
    for place, name, style in (
        (0, "leader_average", LEADER),
        (1, "follower_average", FOLLOWER),
        (2, "leader_regret", LEADER),
        (2, "follower_regret", FOLLOWER),
    ):
        _line(row[place], iterations, data[name].values[members], colour, style)
    for side, style in (("leader", LEADER), ("follower", FOLLOWER)):
        policy = f"{side}_average_policy"
        if policy in data and f"sse_{side}_policy" in data:
            mix = data[f"sse_{side}_policy"].values[members[0]]
            if np.isnan(mix).all():
                continue
            main = int(np.nanargmax(mix))
            _line(row[3], iterations, data[policy].values[members, :, main], colour, style)


def _band(axes: Axes, data: xr.Dataset, members: FloatArray, colour: str) -> None:
    """What the regrets so far allow, over the seeds of a curve; nothing where it is not known."""
    low, high = data.band_low.values[members].min(0), data.band_high.values[members].max(0)
    if np.isfinite(low).all() and np.isfinite(high).all():
        axes.fill_between(
            data.iteration.values, low, high, color=colour, alpha=0.09, linewidth=0, zorder=0
        )


def _line(
    axes: Axes, x: FloatArray, values: FloatArray, colour: str, style: Mapping[str, Any]
) -> None:
    mean = values.mean(0)
    axes.plot(x, mean, color=colour, linewidth=1.5, zorder=4, **style)
    if len(values) > 1:
        spread = values.std(0, ddof=1)
        axes.fill_between(
            x, mean - spread, mean + spread, color=colour, alpha=0.22, linewidth=0, zorder=3
        )


def _references(row: Any, data: xr.Dataset, first: int) -> None:
    """The exact values of a game."""
    low, high = float(data.cce_low[first]), float(data.cce_high[first])
    nash = data.nash_value.values[first]
    values = {
        "V": float(data.sse_value[first]),
        "pure": float(data.pure_value[first]),
    } | {f"Nash {count}": float(each) for count, each in enumerate(nash) if not np.isnan(each)}
    least = LEAST_HEIGHT * np.nan_to_num(float(data.leader_payoff_range[first]))
    _mark(row[0], values, least)
    if low < high:
        row[0].axhspan(low, high, color="#999999", alpha=0.16, linewidth=0, zorder=1)
    _mark(row[1], {"V": float(data.sse_follower_value[first])}, least)
    row[2].axhline(0, color="#555555", linewidth=0.9, linestyle=":")
    for side in ("leader", "follower"):
        if f"sse_{side}_policy" in data:
            mix = data[f"sse_{side}_policy"].values[first]
            if not np.isnan(mix).all():
                row[3].axhline(np.nanmax(mix), color="#222222", linewidth=0.9, linestyle=":")


def _mark(axes: Axes, values: Mapping[str, float], least: float) -> None:
    """Reference lines, labelled at the right; what lies together has one label."""
    low, high = (float(end) for end in axes.dataLim.intervaly)
    values = {name: value for name, value in values.items() if not np.isnan(value)}
    low, high = min([low, *values.values()]), max([high, *values.values()])
    margin = max(0.08 * (high - low), (least - (high - low)) / 2, 1e-9 * max(1.0, abs(high)))
    axes.set_ylim(low - margin, high + margin)
    labels: list[tuple[float, list[str]]] = []
    for name, value in sorted(values.items(), key=lambda item: item[1]):
        word = name.partition(" ")[0]
        axes.axhline(
            value,
            color="#222222",
            linewidth=1.1 if word == "V" else 0.8,
            linestyle={"V": "-", "pure": "-."}.get(word, ":"),
            zorder=2,
        )
        if labels and value - labels[-1][0] < CLOSE * (high - low + 2 * margin):
            labels[-1][1].append(word)
        else:
            labels.append((value, [word]))
    for value, words in labels:
        ordered = sorted(set(words), key=["V", "pure", "Nash"].index)
        axes.annotate(
            ", ".join(ordered), (1, value), xycoords=("axes fraction", "data"),
            xytext=(3, 0), textcoords="offset points", va="center", fontsize=8, color="#222222",
            annotation_clip=False,
        )  # fmt: skip


def _finish(row: Any, name: str) -> None:
    for axes, title, scale in zip(
        row,
        (
            "leader's average payoff",
            "follower's average payoff",
            "cumulative regret",
            "average policies",
        ),
        ("log", "log", "linear", "log"),
        strict=True,
    ):
        axes.set_title(title, fontsize=10)
        axes.set_xscale(scale)
        axes.set_xlabel("iteration", fontsize=9)
        axes.tick_params(labelsize=8)
        axes.margins(x=0)
        axes.spines[["top", "right"]].set_visible(False)
    row[0].set_ylabel(f"{name}\npayoff units", fontsize=9)
    row[1].set_ylabel("payoff units", fontsize=9)
    row[2].set_ylabel("payoff units, summed", fontsize=9)
    row[3].set_ylabel("probability of the SSE's likeliest action", fontsize=8)
    row[3].set_ylim(-0.04, 1.04)


def _legend(used: Mapping[str, str]) -> list[Any]:
    grey: dict[str, Any] = {"color": "#555555", "linewidth": 1.5}
    return [
        *(Line2D([], [], color=colour, linewidth=2.5, label=name) for name, colour in used.items()),
        Line2D([], [], label="leader", **grey, **LEADER),
        Line2D([], [], label="follower", **grey, **FOLLOWER),
        Line2D([], [], color="#222222", linewidth=1.1, label="Stackelberg value V"),
        Line2D(
            [], [], color="#222222", linewidth=0.8, linestyle="-.", label="best pure commitment"
        ),
        Line2D([], [], color="#222222", linewidth=0.8, linestyle=":", label="Nash; SSE's policies"),
        Patch(color="#999999", alpha=0.3, label="range over CCE"),
        Patch(color=next(iter(used.values())), alpha=0.12, label="band (exact, any play)"),
    ]
