"""Figure 3: does memory help the leader? The Prisoner's Dilemma, with and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from stackel.reproduction import drawing
from stackel.reproduction.exhibit import Exhibit, Picture, Table, Workshop
from stackel.reproduction.figure_1 import leader_references
from stackel.reproduction.figure_2 import NEVER

if TYPE_CHECKING:
    import xarray as xr

    from stackel.result import Solution

GAME = "table3/prisoners_dilemma"
SETTINGS: dict[str, dict[str, Any]] = {
    "follower never learns": {"after": NEVER},
    "no-regret follower, no memory": {},
    "no-regret follower, memory": {"memory": True},
}
"""Green, blue and orange of the paper's figure."""
TOLERANCES = (0.1, 0.01)
"""Of the time-average's distance to V, as shares of the leader's payoff range."""


def figure_3(workshop: Workshop) -> Exhibit:
    """The leader's payoff and its time average, and when the average is close to V."""
    scale = workshop.scale
    runs = {
        label: workshop.run(
            f"figure-3-{number}", GAME, preset="ald", iterations=scale.long, **changed
        ).data
        for number, (label, changed) in enumerate(SETTINGS.items())
    }
    exact = workshop.library.solve(GAME)
    value = float(exact.sse.leader_value)
    span = float(np.ptp(exact.game.leader))
    rows: list[tuple[Any, ...]] = []
    for label, data in runs.items():
        average = data["leader_average"].values.mean(0)
        last = float(data["leader_payoff"].values[:, -1].mean())
        reached = [
            _since(data.iteration.values, abs(average - value) <= share * span)
            for share in TOLERANCES
        ]
        rows.append((label, exact.sse.leader_value, last, float(average[-1]), *reached))
    plain, memory = rows[1], rows[2]
    return Exhibit(
        id="fig-3",
        title="Figure 3: memory of the last joint action, in the Prisoner's Dilemma",
        said="In the Prisoner's Dilemma no-regret play needs T > 10^3 (A.10) or T > 10^4 (Section "
        "5) to converge; memory helps when rank(R) > 1 but may harm in low-rank games.",
        found=f"V is {exact.sse.leader_value}, the dominance solution. Without memory the average "
        f"is within 10 % of the payoff range of V from iteration {_or_never(plain[4])} on, with "
        f"memory from {_or_never(memory[4])} on; within 1 % from {_or_never(plain[5])} and "
        f"{_or_never(memory[5])} on. Both thresholds of the paper are choices of tolerance, and "
        "memory changes neither end.",
        choices=(
            '"Regret setting" is read as a follower that never learns.',
            "With memory the leader's networks see the last joint action; its batch is 16 "
            "sequences of 16 rounds, played on from iteration to iteration, with discount 0.99.",
            f"The paper names two horizons; {scale.long} iterations are run here.",
        ),
        tables=(
            Table(
                name="figure-3",
                caption="The iteration from which the mean time average stays that close to V.",
                columns=("setting", "V", "last", "average", "within 10 %", "within 1 %"),
                rows=tuple(rows),
            ),
        ),
        pictures=(
            Picture(
                name="figure-3",
                caption="Left an iteration at a time, right the time average. "
                + f"{scale.seeds} seeds, {scale.long} iterations.",
                figure=_panels(
                    runs, exact, scale.note.replace(str(scale.iterations), str(scale.long))
                ),
            ),
        ),
        claims=("a10-threshold", "a10-rank"),
    )


def _since(iterations: Any, close: Any) -> int | None:
    """The first iteration from which ``close`` always holds."""
    if not close[-1]:
        return None
    apart = np.flatnonzero(~close)
    return int(iterations[0 if len(apart) == 0 else apart[-1] + 1])


def _or_never(iteration: int | None) -> str:
    return "no iteration" if iteration is None else str(iteration)


def _panels(runs: dict[str, xr.Dataset], exact: Solution, note: str) -> Figure:
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, name, title in (
        (left, "leader_payoff", "leader's payoff, an iteration at a time"),
        (right, "leader_average", "leader's time-averaged payoff"),
    ):
        for kind, values in leader_references(exact).items():
            drawing.reference(axes, kind, values)
        for (_, data), colour in zip(runs.items(), drawing.SCHEDULES, strict=False):
            drawing.curve(axes, data, range(data.sizes["run"]), name, colour)
        axes.set_xscale("log")
        drawing.finish(axes, title, "payoff", xlabel="iteration, logarithmic")
    curves = [
        (label, {"color": colour}) for label, colour in zip(runs, drawing.SCHEDULES, strict=False)
    ]
    drawing.legend(figure, curves, ("sse", "pure", "nash"))
    figure.suptitle(note, fontsize=9, x=0.01, ha="left", color="#444444")
    return figure
