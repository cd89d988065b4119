"""One picture of a solved matrix game: where its payoffs lie, and what a commitment earns.

Left, the payoff polygon with every concept marked and the region that no-regret play can reach
(coarse correlated equilibria). Right, for 2 x n games, the leader's payoff over its commitment;
for 3 x n games, the follower's best-response regions in the simplex of commitments. Colours are
those of Okabe and Ito, told apart by the colour-blind; markers differ in shape as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.tri import Triangulation
from scipy.spatial import ConvexHull, QhullError

from solvers.payoff_region import cce_payoff_region
from stackel.display import TITLE, action, printable, short
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame
from stackel.plots.regions import best_response_regions
from stackel.result import Solution, WeakStackelberg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from stackel.game import FloatArray

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
REGION_COLOURS = (SKY, ORANGE, GREEN, PURPLE, YELLOW, BLUE)
"""Of the follower's regions, in the order of its actions; they repeat after six."""
LONGEST_LABEL = 14
"""Characters of an action's label that are shown."""
LARGEST_PAYOFF = 1e300
"""In size: beyond, the picture's own arithmetic would overflow."""
MOST_LABELS = 12
"""Entries of a game up to which the outcomes of the payoff polygon are labelled."""


def plot_solution(solution: Solution) -> Figure:
    """Draw the solution of a matrix game: the payoff polygon and, for m <= 3, the commitments."""
    game = solution.game
    largest = max(np.abs(game.leader).max(), np.abs(game.follower).max())
    if largest > LARGEST_PAYOFF:
        raise InvalidGameError(
            f"payoffs must lie within {LARGEST_PAYOFF:g} for a picture, got {largest:g}"
        )
    m, _ = game.shape
    panels = 2 if m in (2, 3) else 1
    figure = Figure(figsize=(6.2 * panels, 5.6), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    _payoff_polygon(axes[0], solution)
    if m == 2:
        _two_rows(axes[1], solution)
    elif m == 3:
        _three_rows(axes[1], solution)
    name = printable((game.name or "unnamed game")[:TITLE]).replace("$", r"\$")
    figure.suptitle(name, x=0.01, ha="left", weight="bold")
    return figure


def _payoff_polygon(axes: Axes, solution: Solution) -> None:
    game = solution.game
    points = np.column_stack([game.leader.ravel(), game.follower.ravel()])
    _fill(axes, points, facecolor="#e6e6e6", edgecolor="#999999", label="all payoffs")
    if "cce" in solution.concepts:
        region = np.array(cce_payoff_region(game), dtype=float)
        _fill(axes, region, facecolor=SKY, edgecolor=BLUE, alpha=0.55, label="CCE payoffs")
    axes.plot(*points.T, ".", color="#666666", markersize=5, zorder=3)
    if len(points) <= MOST_LABELS:
        middle = points.mean(axis=0)
        for place, names in _outcomes(game).items():
            right, above = place[0] > middle[0], place[1] > middle[1]
            axes.annotate(  # away from the middle sideways for the height, inwards for the width
                names, place, (-10 if right else 10, 10 if above else -10),
                textcoords="offset points", fontsize=7, color="#333333", zorder=8,
                ha="right" if right else "left", va="bottom" if above else "top",
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
            )  # fmt: skip
    if "maximin" in solution.concepts:
        line: dict[str, Any] = {"color": "#444444", "linewidth": 0.9, "linestyle": ":"}
        axes.axvline(float(solution.maximin.leader_value), label="security levels", **line)
        axes.axhline(float(solution.maximin.follower_value), **line)
    for claim in _claimed_values(solution):
        axes.plot(*claim[1], "X", color=PURPLE, markersize=10, zorder=7, label=claim[0])
    for mark in _marks(solution):
        _draw(axes, mark)
    axes.set(xlabel="leader's payoff", ylabel="follower's payoff")
    axes.margins(0.11)
    named = ", [leader's action, follower's action]" if len(points) <= MOST_LABELS else ""
    axes.set_title(f"payoffs{named}", fontsize=10)
    axes.figure.legend(  # below the axes: never over the points
        *axes.get_legend_handles_labels(), loc="outside lower left", ncols=4, fontsize=8,
        frameon=False, markerscale=0.6,
    )  # fmt: skip


def _fill(axes: Axes, points: FloatArray, **style: Any) -> None:
    """Fill the convex hull of ``points``; a segment or a point where that is all it is."""
    points = np.unique(points, axis=0)
    try:
        spread = np.ptp(points, axis=0)  # both payoffs in units of their range: any scale will do
        corners = points[ConvexHull(points / np.where(spread > 0, spread, 1)).vertices]
    except (QhullError, ValueError):  # flat: the two ends in lexicographic order, or one point
        axes.plot(
            *points[[0, -1]].T, color=style["facecolor"], linewidth=7, marker="o", markersize=18,
            markevery=1 if len(points) == 1 else [], label=style["label"], zorder=2,
        )  # fmt: skip
        return
    axes.fill(*corners.T, **style)


class Mark(NamedTuple):
    """A concept in a picture: hollow marks leave what lies below them visible."""

    label: str
    place: tuple[float, float]
    marker: str
    colour: str
    size: float
    hollow: bool = True


def _draw(axes: Axes, mark: Mark) -> None:
    axes.plot(
        *mark.place, mark.marker, color=mark.colour, markersize=mark.size, label=mark.label,
        markerfacecolor="none" if mark.hollow else mark.colour, zorder=6, linestyle="none",
        markeredgecolor=mark.colour if mark.hollow else "white", clip_on=False,
        markeredgewidth=2 if mark.hollow else 0.8,
    )  # fmt: skip


def _outcomes(game: BimatrixGame) -> dict[tuple[float, float], str]:
    """Payoff pair -> the outcomes that pay it."""
    labels: dict[tuple[float, float], list[str]] = {}
    m, n = game.shape
    for i in range(m):
        for j in range(n):
            place = (float(game.leader[i, j]), float(game.follower[i, j]))
            name = f"[{_label(i, game.leader_actions)}, {_label(j, game.follower_actions)}]"
            labels.setdefault(place, []).append(name)
    return {
        place: " ".join(names[:3]) + (" …" if len(names) > 3 else "")
        for place, names in labels.items()
    }


def _label(i: int, labels: Sequence[str] | None) -> str:
    """The label of an action, short, and not read as mathematics."""
    text = action(i, labels)
    text = text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
    return text.replace("$", r"\$")


def _marks(solution: Solution) -> list[Mark]:
    """Every concept as a mark in the plane of payoffs, large ones first."""
    marks: list[Mark] = []
    found = solution.concepts
    if "pure" in found:
        strong, weak = solution.pure.strong, solution.pure.weak
        place = (float(strong.leader_value), float(strong.follower_value))
        marks.append(Mark(f"pure {short(strong.leader_value)}", place, "s", GREEN, 19))
        place = (float(weak.leader_value), float(weak.follower_value))
        marks.append(Mark(f"pure, weak {short(weak.leader_value)}", place, "v", BLUE, 24))
    if "wse" in found:
        wse = solution.wse
        follower = max(np.asarray(wse.leader_strategy, dtype=float) @ solution.game.follower)
        place = (float(wse.leader_value), float(follower))
        marks.append(Mark(_weak_label(wse), place, "D", ORANGE, 12))
    if "sse" in found:
        sse = solution.sse
        place = (float(sse.leader_value), float(sse.follower_value))
        label = f"strong SE {short(sse.leader_value)}"
        marks.append(Mark(label, place, "*", RED, 16, hollow=False))
    if "nash" in found:
        for index, e in enumerate(solution.nash.equilibria):
            place = (float(e.leader_value), float(e.follower_value))
            label = "Nash (extreme)" if index == 0 else "_"
            marks.append(Mark(label, place, "o", BLACK, 6, hollow=False))
    return marks


def _weak_label(wse: WeakStackelberg) -> str:
    return f"weak SE {short(wse.leader_value)}" + ("" if wse.attained else " (not attained)")


def _claimed_values(solution: Solution) -> list[tuple[str, tuple[float, float]]]:
    """Refuted SSE payoff pairs of the game's source: label and place."""
    values: dict[str, dict[str, float]] = {}
    for claim in solution.claims:
        if claim.concept == "sse" and claim.quantity in ("leader_value", "follower_value"):
            values.setdefault(claim.where, {})[claim.quantity] = float(claim.claimed)
    refuted = {c.where for c in solution.claims if c.concept == "sse" and not c.agrees}
    return [
        (f"{where} claims", (pair["leader_value"], pair["follower_value"]))
        for where, pair in values.items()
        if where in refuted and len(pair) == 2
    ]


def _two_rows(axes: Axes, solution: Solution) -> None:
    """The leader's payoff over the probability of its first action."""
    game = solution.game
    a = game.leader
    for j, corners in enumerate(best_response_regions(game)):
        if not corners or _twins(game, j)[0] != j:
            continue
        colour = REGION_COLOURS[j % len(REGION_COLOURS)]
        ends = np.array(sorted(float(p[0]) for p in corners))
        axes.axvspan(ends[0], ends[-1], color=colour, alpha=0.18, linewidth=0)
        axes.plot([0, 1], [a[1, j], a[0, j]], color=colour, linewidth=0.9, linestyle="--")
        axes.plot(
            ends, ends * a[0, j] + (1 - ends) * a[1, j], color=colour, linewidth=3.2,
            solid_capstyle="butt", marker="o" if len(ends) == 1 else None,
            label=_replies(game, j),
        )  # fmt: skip
    for p, mark in _commitments(solution):
        _draw(axes, mark._replace(place=(p[0], mark.place[0])))
    axes.set(
        xlabel=f"probability of leader action {_label(0, game.leader_actions)}",
        ylabel="leader's payoff", xlim=(0, 1),
    )  # fmt: skip
    axes.set_title(
        "leader's payoff over its commitment (thick: where the reply is best)", fontsize=10
    )
    axes.legend(fontsize=8, framealpha=0.9, markerscale=0.6)


def _three_rows(axes: Axes, solution: Solution) -> None:
    """The follower's regions in the simplex, with level lines of the leader's payoff."""
    game = solution.game
    names = [_label(i, game.leader_actions) for i in range(3)]
    low, high = float(game.leader.min()), float(game.leader.max())
    levels = np.linspace(low, high, 12)[1:-1]
    for j, corners in enumerate(best_response_regions(game)):
        if not corners or _twins(game, j)[0] != j:
            continue
        colour = REGION_COLOURS[j % len(REGION_COLOURS)]
        p = np.array(corners, dtype=float)
        x, y = _plane(p)
        label = _replies(game, j)
        axes.fill(
            x, y, facecolor=colour, edgecolor="#444444", alpha=0.5, label=label, linewidth=1.2
        )
        if len(corners) > 2 and high > low:
            fan = [(0, k, k + 1) for k in range(1, len(corners) - 1)]
            triangles = Triangulation(x, y, fan)
            heights = p @ game.leader[:, j]
            axes.tricontour(triangles, heights, levels=levels, colors="#222222", linewidths=0.5)
    for p_mark, mark in _commitments(solution):
        x, y = _plane(np.array([p_mark]))
        _draw(axes, mark._replace(place=(x[0], y[0])))
    for name, corner, where in zip(names, np.eye(3), ("right", "left", "center"), strict=True):
        x, y = _plane(corner[None])
        axes.annotate(
            name, (x[0], y[0]), (0, 12 if where == "center" else -10), textcoords="offset points",
            ha=where, va="bottom" if where == "center" else "top",
        )  # fmt: skip
    axes.set_aspect("equal")
    axes.axis("off")
    axes.margins(0.12)
    axes.set_title(
        "commitments, by the follower's reply; lines: equal leader payoff", fontsize=10, pad=26
    )
    axes.legend(
        fontsize=8, frameon=False, loc="upper left", markerscale=0.6, bbox_to_anchor=(-0.1, 1.02)
    )


def _twins(game: BimatrixGame, j: int) -> list[int]:
    """The follower actions that pay both players what j pays them, j among them."""
    a, b = game.leader_exact.rows, game.follower_exact.rows
    return [k for k in range(game.shape[1]) if all(x[k] == x[j] for rows in (a, b) for x in rows)]


def _replies(game: BimatrixGame, j: int) -> str:
    names = [_label(k, game.follower_actions) for k in _twins(game, j)]
    return f"reply {' = '.join(names[:4])}{' …' if len(names) > 4 else ''}"


def _commitments(solution: Solution) -> list[tuple[list[float], Mark]]:
    """The mixed-commitment concepts: the commitment, and a mark placed at its value."""
    marks = []
    if "wse" in solution.concepts:
        wse = solution.wse
        mark = Mark(_weak_label(wse), (float(wse.leader_value), 0.0), "D", ORANGE, 12)
        marks.append(([float(x) for x in wse.leader_strategy], mark))
    if "sse" in solution.concepts:
        sse = solution.sse
        label = f"strong SE {short(sse.leader_value)}"
        mark = Mark(label, (float(sse.leader_value), 0.0), "*", RED, 15, hollow=False)
        marks.append(([float(x) for x in sse.leader_strategy], mark))
    return marks


def _plane(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Barycentric coordinates (k, 3) in the plane: corners left, right, top."""
    return p[:, 1] + p[:, 2] / 2, p[:, 2] * np.sqrt(3) / 2
