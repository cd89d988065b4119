"""How often no-regret play reaches the Stackelberg value, family by family: stacked bars."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.patches import Patch

COLOURS = {"holds": "#009E73", "may-fail": "#F0E442", "never": "#D55E00"}
"""Of the classes; Okabe and Ito's, told apart by the colour-blind, with the shares written in."""
MEANINGS = {
    "holds": "holds: every no-regret pair reaches V",
    "may-fail": "may fail: some do, some do not",
    "never": "never: none does",
}
LEAST_LABELLED = 0.04
"""Share of a bar below which its number would not fit."""


def plot_criterion(counts: Mapping[str, Mapping[str, int]]) -> Figure:
    """Draw one bar a family: the shares of its games in the classes of the no-regret criterion.

    ``counts`` maps the name of a family to how many of its games are of each class.
    """
    figure = Figure(figsize=(7.6, 0.9 + 0.42 * len(counts)), layout="constrained")
    axes = figure.subplots()
    for row, found in enumerate(counts.values()):
        total, left = sum(found.values()), 0.0
        for each, colour in COLOURS.items():
            share = found[each] / total
            axes.barh(row, share, left=left, color=colour, edgecolor="white", height=0.78)
            if share >= LEAST_LABELLED:
                axes.text(left + share / 2, row, f"{share:.0%}", ha="center", va="center")
            left += share
    names = [f"{name} ({sum(found.values())})" for name, found in counts.items()]
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_xlabel("share of the games")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    handles = [Patch(color=COLOURS[each], label=MEANINGS[each]) for each in COLOURS]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=3, frameon=False, fontsize="small"
    )  # fmt: skip
    return figure
