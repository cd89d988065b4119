"""Figure 1: payoffs, regrets and policies of ALD and its baselines, in Battle and the gridworld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from stackel.reproduction import drawing
from stackel.reproduction.exhibit import Exhibit, Picture, Table, Workshop
from stackel.reproduction.tables import PRINTED_SSE

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from stackel.result import Solution

BATTLE = "table1/battle"
PRESETS = tuple(drawing.METHODS)
LEADER: dict[str, Any] = {"linestyle": "-"}
FOLLOWER: dict[str, Any] = {"linestyle": (0, (4, 1.6))}
STATED = {"ald": PRINTED_SSE, "symmetric": None, "best-response": PRINTED_SSE}
"""Where the paper says each method ends in Battle; of self-play it gives no number."""


def figure_1(workshop: Workshop) -> Exhibit:
    """Six panels: (a), (c), (e) in Battle, (b), (d), (f) in the gridworld."""
    scale, library = workshop.scale, workshop.library
    battle = workshop.run("figure-1-battle", BATTLE, preset=PRESETS).data
    grid = workshop.run("figure-1-gridworld", scale.gridworld, preset=PRESETS).data
    zero_sum = workshop.run(
        "figure-1-gridworld-zero-sum", scale.zero_sum_gridworld, preset=PRESETS
    ).data
    exact, grid_exact = library.solve(BATTLE), library.solve(scale.gridworld)
    zero_exact = library.solve(scale.zero_sum_gridworld)
    rows = [
        row
        for data, solution in ((battle, exact), (grid, grid_exact), (zero_sum, zero_exact))
        for row in _rows(data, solution)
    ]
    ends = {row[1]: row[2] for row in rows if row[0] == BATTLE}
    return Exhibit(
        id="fig-1",
        title="Figure 1: ALD and its baselines in Battle and the gridworld",
        said="In Battle ALD converges to the Stackelberg values 3.33 and 0.67, with both regrets "
        "below 300 after 1000 episodes; self-play goes to Nash, with a lower payoff of the leader "
        "and a regret near 2000; the explicit best response ends almost where ALD does. In the "
        "gridworld ALD converges to the Stackelberg equilibrium too (Section 5, Figure 1).",
        found=f"The last iteration in Battle pays the leader {ends['ald']:.2f} under ALD, "
        f"{ends['symmetric']:.2f} under self-play and {ends['best-response']:.2f} against the "
        f"explicit best response; V is {exact.sse.leader_value}. ALD only passes the printed "
        "10/3. No pair of learners with sublinear regrets can stay there.",
        choices=(
            "An iteration is a batch of 256 simultaneous moves with both policies held: the paper "
            "gives no batch size, and calls one move an episode.",
            "Payoffs and regrets are those of the mixes played: no sampling noise is drawn.",
            f"The gridworld is {scale.gridworld} (general-sum; the paper allows both) and, in the "
            "second picture, the zero-sum one. The paper gives neither places nor rewards.",
            "The follower of ALD chooses among targets (macro-actions), one of the two ways that "
            "the paper names, and sees the realised allocation only where a preset says so.",
        ),
        tables=(
            Table(
                name="figure-1",
                caption="Means over the seeds. Last: payoff of the last iteration. Average: over "
                "all iterations. Regrets are external and cumulative.",
                columns=(
                    "game", "method", "leader, last", "leader, average", "V", "best pure",
                    "Nash values", "follower, average", "leader's regret", "follower's regret",
                    "inside band",
                ),
                rows=tuple(rows),
            ),
        ),
        pictures=(
            Picture(
                name="figure-1",
                caption="Solid: leader; dashed: follower. Left Battle, right the gridworld. "
                + scale.note,
                figure=_six_panels(battle, exact, grid, grid_exact, scale.note),
            ),
            Picture(
                name="figure-1-zero-sum",
                caption="The same methods on the zero-sum map, where commitment and Nash have one "
                "value, so that no run can tell them apart. " + scale.note,
                figure=_payoffs_only(zero_sum, zero_exact, scale.note),
            ),
        ),
        claims=(
            "fig-1ac", "fig-1a-transient", "fig-1e", "fig-1-baseline-1", "fig-1c-bounds",
            "fig-1-baseline-2", "fig-1bdf",
        ),
    )  # fmt: skip


def leader_references(solution: Solution) -> dict[str, list[float]]:
    """The leader's exact values: V, pure commitment, and Nash (its ends on a gridworld)."""
    nash: Any = solution.nash
    if hasattr(nash, "equilibria"):
        values = sorted({float(each.leader_value) for each in nash.equilibria})
    else:
        values = sorted({float(nash.leader_min), float(nash.leader_max)})
    return {
        "sse": [float(solution.sse.leader_value)],
        "pure": [float(solution.pure.strong.leader_value)],
        "nash": values,
    }


def _rows(data: xr.Dataset, solution: Solution) -> list[tuple[Any, ...]]:
    exact = leader_references(solution)
    rows = []
    for preset in PRESETS:
        own = data.isel(run=drawing.members_of(data, algorithm=preset))

        def last(name: str, own: xr.Dataset = own) -> float:
            return float(own[name].values[:, -1].mean())

        inside = bool(own["inside_band"].values.all()) if "inside_band" in own else None
        rows.append(
            (str(own.game.values[0]), preset, last("leader_payoff"), last("leader_average"),
             solution.sse.leader_value, solution.pure.strong.leader_value,
             ", ".join(f"{value:.4g}" for value in exact["nash"]), last("follower_average"),
             last("leader_regret"), last("follower_regret"), inside)
        )  # fmt: skip
    return rows


def _six_panels(
    battle: xr.Dataset, exact: Solution, grid: xr.Dataset, grid_exact: Solution, note: str
) -> Figure:
    figure = Figure(figsize=(11, 10.2), layout="constrained")
    panels = figure.subplots(3, 2)
    for column, (data, solution, name) in enumerate(
        ((battle, exact, "Battle"), (grid, grid_exact, "gridworld"))
    ):
        letters = ("ace", "bdf")[column]
        _payoffs(panels[0][column], data, solution, printed=column == 0)
        drawing.finish(panels[0][column], f"({letters[0]}) {name}: time-averaged payoffs", "payoff")
        _regrets(panels[1][column], data)
        drawing.finish(
            panels[1][column], f"({letters[1]}) {name}: cumulative external regret", "regret"
        )
        _policies(panels[2][column], data)
        what = ("probability of action 1", "probability")[column]
        title = ("policies", "largest coverage (leader), no attack (follower)")[column]
        drawing.finish(panels[2][column], f"({letters[2]}) {name}: {title}", what)
        panels[2][column].set_ylim(-0.03, 1.03)
    curves = [(label, {"color": colour}) for label, colour in drawing.METHODS.values()]
    curves += [
        ("leader", {"color": "#444444"} | LEADER),
        ("follower", {"color": "#444444"} | FOLLOWER),
    ]
    drawing.legend(figure, curves, ("sse", "pure", "nash", "printed"))
    figure.suptitle(note, fontsize=9, x=0.01, ha="left", color="#444444")
    return figure


def _payoffs(axes: Axes, data: xr.Dataset, solution: Solution, *, printed: bool) -> None:
    for kind, values in leader_references(solution).items():
        drawing.reference(axes, kind, values)
    if printed:
        drawing.reference(axes, "printed", [float(x) for x in PRINTED_SSE])
    for preset, (_, colour) in drawing.METHODS.items():
        members = drawing.members_of(data, algorithm=preset)
        drawing.curve(axes, data, members, "leader_average", colour, **LEADER)
        drawing.curve(axes, data, members, "follower_average", colour, **FOLLOWER)
    drawing.roomy(axes)


def _regrets(axes: Axes, data: xr.Dataset) -> None:
    for preset, (_, colour) in drawing.METHODS.items():
        members = drawing.members_of(data, algorithm=preset)
        drawing.curve(axes, data, members, "leader_regret", colour, **LEADER)
        drawing.curve(axes, data, members, "follower_regret", colour, **FOLLOWER)
    axes.axhline(0, color="#999999", linewidth=0.8)


def _policies(axes: Axes, data: xr.Dataset) -> None:
    """Two actions: the first; more: the leader's largest coverage, the follower's last outcome."""
    for preset, (_, colour) in drawing.METHODS.items():
        members = drawing.members_of(data, algorithm=preset)
        leader = data["leader_average_policy"].values[members]
        follower = data["follower_average_policy"].values[members]
        two = leader.shape[-1] == 2
        drawing.line_of(
            axes, data.iteration.values, leader[..., 0] if two else leader.max(-1), colour, **LEADER
        )
        drawing.line_of(
            axes, data.iteration.values, follower[..., 0 if two else -1], colour, **FOLLOWER
        )


def _payoffs_only(data: xr.Dataset, solution: Solution, note: str) -> Figure:
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes = figure.subplots()
    _payoffs(axes, data, solution, printed=False)
    drawing.finish(axes, "zero-sum gridworld: time-averaged payoffs", "payoff")
    curves = [(label, {"color": colour}) for label, colour in drawing.METHODS.values()]
    curves += [
        ("leader", {"color": "#444444"} | LEADER),
        ("follower", {"color": "#444444"} | FOLLOWER),
    ]
    drawing.legend(figure, curves, ("sse", "pure", "nash"))
    figure.suptitle(note, fontsize=9, x=0.01, ha="left", color="#444444")
    return figure
