"""The three pictures of a small game: what a commitment earns, where learners go, what they earn.

Colours are those of Okabe and Ito, told apart by the colour-blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models import Range1d
from bokeh.plotting import figure

from stackel.display import short
from stackel.plots.regions import best_response_regions

if TYPE_CHECKING:
    from stackel.explorer.learning import Learning
    from stackel.game import BimatrixGame
    from stackel.result import Solution

REPLIES = ("#56B4E9", "#E69F00", "#009E73")
"""Of the follower's actions."""
BEST, EQUILIBRIUM, RUN, START = "#D55E00", "#000000", "#0072B2", "#CC79A7"
"""The Stackelberg commitment, Nash equilibria, a run of learners, its start."""
HEIGHT = sqrt(3) / 2
"""Of the triangle of the follower's mixes, whose sides are 1."""


def commitment_picture(
    solution: Solution, start: Sequence[float], learning: Learning | None
) -> figure:
    """The leader's payoff over p; thick where the reply is best."""
    game: BimatrixGame = solution.game
    a = game.leader
    picture = _empty("What each commitment earns", height=380)
    picture.xaxis.axis_label, picture.yaxis.axis_label = "p, probability of row 1", "payoff"
    picture.x_range = Range1d(-0.03, 1.03)
    for j, corners in enumerate(best_response_regions(game)):
        picture.line([0, 1], [a[1, j], a[0, j]], color=REPLIES[j], line_dash="dotted")
        if corners:
            p = np.array(sorted(float(each[0]) for each in corners))
            picture.line(
                p,
                p * a[0, j] + (1 - p) * a[1, j],
                color=REPLIES[j],
                line_width=6,
                legend_label=f"reply: column {j + 1}",
            )
    if learning is not None:
        picture.line(learning.leader[:, 0], learning.payoff, color=RUN, line_width=1.5, alpha=0.7)
    picture.vspan(x=[start[0]], color=START, line_dash="dashed")
    sse = solution.sse
    picture.scatter(
        [float(sse.leader_strategy[0])],
        [float(sse.leader_value)],
        marker="star",
        size=22,
        color=BEST,
        line_color="white",
        legend_label=f"V = {short(sse.leader_value)} at p = {short(sse.leader_strategy[0])}",
    )
    _legend_below(picture)
    return picture


def mixes_picture(
    solution: Solution,
    start: tuple[Sequence[float], Sequence[float]],
    learning: Learning | None,
) -> figure:
    """Where play is: (p, q) in a square, or q in a triangle when the follower has three actions."""
    n = solution.game.shape[1]
    title = "Click a start: p and q" if n == 2 else "Click a start: the follower's mix"
    picture = _empty(title, height=380)
    if n == 2:
        picture.xaxis.axis_label = "p, probability of row 1"
        picture.yaxis.axis_label = "q, probability of column 1"
        picture.x_range, picture.y_range = Range1d(-0.04, 1.04), Range1d(-0.04, 1.04)
        picture.multi_line([[0, 1, 1, 0, 0]], [[0, 0, 1, 1, 0]], color="#999999")
    else:
        picture.axis.visible = picture.grid.visible = False
        picture.match_aspect = True
        picture.x_range, picture.y_range = Range1d(-0.15, 1.15), Range1d(-0.15, 1.05)
        picture.multi_line([[0, 1, 0.5, 0]], [[0, 0, HEIGHT, 0]], color="#999999")
        picture.text(
            [0, 1, 0.5],
            [-0.03, -0.03, HEIGHT + 0.02],
            ["column 1", "column 2", "column 3"],
            text_align="center",
            text_baseline=["top", "top", "bottom"],
            text_font_size="12px",
        )
    if learning is not None:
        x, y = place(learning.leader, learning.follower)
        picture.line(x, y, color=RUN, line_width=2.5, legend_label="the run")
        picture.scatter(x[-1:], y[-1:], size=9, color=RUN)
    nash = solution.nash.equilibria
    x, y = place(
        np.array([each.leader_strategy for each in nash], dtype=float),
        np.array([each.follower_strategy for each in nash], dtype=float),
    )
    picture.scatter(x, y, size=11, fill_color="white", color=EQUILIBRIUM, legend_label="Nash")
    sse = solution.sse
    reply = np.eye(n)[[sse.follower_action]]
    x, y = place(np.array([sse.leader_strategy], dtype=float), reply)
    picture.scatter(
        x,
        y,
        marker="star",
        size=22,
        color=BEST,
        line_color="white",
        legend_label="best commitment, and the reply",
    )
    x, y = place(np.array([start[0]]), np.array([start[1]]))
    picture.scatter(x, y, marker="x", size=14, line_width=3, color=START, legend_label="start")
    _legend_below(picture)
    return picture


def average_picture(solution: Solution, learning: Learning | None) -> figure:
    """The leader's average over the run, in the band that any play with its regret obeys."""
    picture = _empty("What the leader earns", height=380)
    picture.xaxis.axis_label, picture.yaxis.axis_label = "iteration", "average payoff"
    value = float(solution.sse.leader_value)
    end = 1.0
    a = solution.game.leader
    room = max(float(np.ptp(a)), 1.0) * 0.08
    picture.y_range = Range1d(float(a.min()) - room, float(a.max()) + room)
    if learning is not None:
        end = learning.iterations[-1]
        low, high = learning.band(solution.no_regret)
        t = learning.iterations
        picture.varea(
            t, low, high, color=REPLIES[0], alpha=0.35, legend_label="band of any such play"
        )
        picture.line(t, learning.average, color=RUN, line_width=3, legend_label="average")
    picture.x_range = Range1d(0, end)
    picture.line(
        [0, end],
        [value, value],
        color=BEST,
        line_width=2,
        line_dash="dashed",
        legend_label=f"V = {short(solution.sse.leader_value)}",
    )
    _legend_below(picture)
    return picture


def place(leader: Any, follower: Any) -> tuple[Any, Any]:
    """Where mixes (I, 2) and (I, n) are drawn: the coordinates x and y.

    >>> place(np.array([[0.25, 0.75]]), np.array([[0.5, 0.5]]))
    (array([0.25]), array([0.5]))
    """
    if follower.shape[1] == 2:
        return leader[:, 0], follower[:, 0]
    return follower[:, 1] + follower[:, 2] / 2, follower[:, 2] * HEIGHT


def clicked_mixes(
    x: float, y: float, p: Sequence[float], n: int
) -> tuple[tuple[float, float], tuple[float, ...]]:
    """The mixes at a point of :func:`mixes_picture`; a triangle leaves the leader's ``p``.

    >>> clicked_mixes(0.25, 0.5, (1, 0), 2)
    ((0.25, 0.75), (0.5, 0.5))
    >>> clicked_mixes(1.0, 0.0, (1, 0), 3)
    ((1, 0), (0.0, 1.0, 0.0))
    """
    if n == 2:
        return _mix(x), _mix(y)
    third = max(y / HEIGHT, 0.0)
    second = max(x - third / 2, 0.0)
    first = max(1 - second - third, 0.0)
    total = first + second + third
    return (p[0], p[1]), (first / total, second / total, third / total)


def _mix(first: float) -> tuple[float, float]:
    inside = min(max(first, 0.0), 1.0)
    return inside, 1 - inside


def _empty(title: str, *, height: int) -> figure:
    """A figure without tools: what is clicked is a start."""
    picture = figure(
        title=title,
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
    )
    picture.title.text_font_size = "15px"
    picture.title.text_color = "#222222"
    picture.axis.axis_label_text_font_style = "normal"
    picture.outline_line_color = None
    return picture


def _legend_below(picture: figure) -> None:
    """The legend under the axes, where it hides nothing."""
    legend = picture.legend[0]
    picture.add_layout(legend, "below")
    legend.orientation = "horizontal"
    legend.ncols = 2
    legend.location = "bottom_left"
    legend.glyph_height = legend.glyph_width = 22
    legend.border_line_color = None
    legend.padding, legend.margin, legend.spacing = 0, 2, 2
    legend.label_text_font_size = "12px"
