"""How curves and reference lines are drawn: one look for all figures, readable in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from stackel.plots.matrix import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, SKY

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from stackel.game import FloatArray

METHODS: Mapping[str, tuple[str, str]] = {
    "ald": ("ALD: PPO and Hedge", BLUE),
    "symmetric": ("symmetric: PPO and PPO", ORANGE),
    "best-response": ("explicit best response", GREEN),
}
"""Preset -> its name in a legend and its colour (Okabe and Ito)."""
SCHEDULES = (BLUE, RED, GREEN, SKY)
"""Colours of a figure's settings."""
REFERENCES: Mapping[str, tuple[str, Any]] = {
    "sse": ("V, strong Stackelberg value", {"color": BLACK, "linewidth": 1.6}),
    "pure": ("best pure commitment", {"color": BLACK, "linewidth": 1.2, "linestyle": "--"}),
    "nash": ("Nash values", {"color": "#777777", "linewidth": 1.0, "linestyle": ":"}),
    "printed": (
        "the paper's claimed value",
        {"color": PURPLE, "linewidth": 1.6, "linestyle": "-."},
    ),
}
"""Reference -> its name in a legend and its line."""

COLUMN = 2.6
"""Inches that the longest entry of a legend takes."""


def curve(
    axes: Axes, data: xr.Dataset, members: Sequence[int], name: str, colour: str, **style: Any
) -> None:
    """Mean over the runs ``members`` of a variable, and a shade of one standard deviation."""
    values = data[name].values[list(members)]
    line_of(axes, data.iteration.values, values, colour, **style)


def line_of(
    axes: Axes, iterations: FloatArray, values: FloatArray, colour: str, **style: Any
) -> None:
    """Mean and deviation of ``values`` (runs, iterations)."""
    mean, spread = values.mean(0), values.std(0)
    axes.plot(iterations, mean, color=colour, linewidth=1.7, **style)
    axes.fill_between(iterations, mean - spread, mean + spread, color=colour, alpha=0.18, lw=0)


def reference(axes: Axes, kind: str, values: Sequence[float]) -> None:
    """Horizontal lines at exact values."""
    for value in values:
        axes.axhline(float(value), zorder=1.5, **REFERENCES[kind][1])


def finish(axes: Axes, title: str, ylabel: str, *, xlabel: str = "iteration") -> None:
    """Title, labels and a light grid."""
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel(xlabel, fontsize=9)
    axes.set_ylabel(ylabel, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(x=0.01)


def roomy(axes: Axes) -> None:
    """Leave a margin above and below everything that is drawn."""
    low, high = axes.get_ylim()
    room = 0.06 * (high - low) or 0.1
    axes.set_ylim(low - room, high + room)


def legend(
    figure: Figure, curves: Sequence[tuple[str, Mapping[str, Any]]], references: Sequence[str]
) -> None:
    """One legend below all panels, as many columns as the figure is wide enough for."""
    columns = max(int(figure.get_figwidth() // COLUMN), 1)
    handles = [Line2D([], [], linewidth=1.8, label=label, **style) for label, style in curves]
    handles += [
        Line2D([], [], label=REFERENCES[kind][0], **REFERENCES[kind][1]) for kind in references
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, fontsize=8.5, frameon=False
    )


def members_of(data: xr.Dataset, **wanted: Any) -> list[int]:
    """Numbers of the runs with these coordinates.

    >>> import xarray as xr
    >>> members_of(xr.Dataset(coords={"game": ("run", ["a", "b", "a"])}), game="a")
    [0, 2]
    """
    mask = np.ones(data.sizes["run"], dtype=bool)
    for name, value in wanted.items():
        mask &= data[name].values == value
    return np.flatnonzero(mask).tolist()
