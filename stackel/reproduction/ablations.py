"""The ablations of Section 5: Hedge's and PPO's learning rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from stackel.reproduction import drawing
from stackel.reproduction.exhibit import Exhibit, Picture, Table, Workshop

if TYPE_CHECKING:
    import xarray as xr

ETAS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2)
"""The paper's three and the ends of its grid search, [0.01, 0.2]."""
LEARNING_RATES = (1e-4, 3e-4, 1e-3)
GAMES = ("table1/battle", "table3/hero")
"""One where ALD settles, one where it cycles."""


def ablations(workshop: Workshop) -> Exhibit:
    """Every Hedge rate with every PPO rate, batch and epochs held."""
    runs = workshop.run(
        "ablations", GAMES, preset="ald", eta=list(ETAS), learning_rate=list(LEARNING_RATES)
    ).data
    rows = [
        _row(runs, game, eta, rate) for game in GAMES for eta in ETAS for rate in LEARNING_RATES
    ]
    exact = {game: workshop.library.solve(game) for game in GAMES}
    return Exhibit(
        id="ablations",
        title="Ablations: the two learning rates",
        said="Hedge rates 0.02, 0.05 and 0.1 (chosen from [0.01, 0.2]) and PPO rates 1e-4, 3e-4 "
        "and 1e-3 are tested; 0.05 and 3e-4 are chosen as stable (Section 5).",
        found=" ".join(_spread(rows, game, exact[game].sse.leader_value) for game in GAMES),
        choices=("Batch, minibatch and epochs are the same throughout, as the paper has them.",),
        tables=(
            Table(
                name="ablations",
                caption="Means over the seeds after the last iteration. Growth is the exponent a "
                "of regret ~ t^a over the second half; 1 is linear.",
                columns=(
                    "game", "eta", "PPO rate", "leader's average", "deviation",
                    "follower's average", "leader's regret", "its growth", "follower's regret",
                    "its growth ",
                ),
                rows=tuple(rows),
            ),
        ),
        pictures=(
            Picture(
                name="ablations",
                caption="The leader's time-averaged payoff for every pair of rates. "
                + workshop.scale.note,
                figure=_heat(rows, exact, workshop.scale.note),
            ),
        ),
        claims=("constant-eta", "ppo-no-regret"),
    )  # fmt: skip


def _spread(rows: list[tuple[Any, ...]], game: str, value: Any) -> str:
    """How far apart the rates are in one game, and how far from V."""
    averages = [row[3] for row in rows if row[0] == game]
    return (
        f"In {game} the leader's average lies between {min(averages):.3f} and "
        f"{max(averages):.3f} over all rates; V is {value}."
    )


def _row(data: xr.Dataset, game: str, eta: float, rate: float) -> tuple[Any, ...]:
    own = data.isel(run=drawing.members_of(data, game=game, eta=eta, learning_rate=rate))
    average = own["leader_average"].values[:, -1]
    leader, follower = (own[f"{side}_regret"].values.mean(0) for side in ("leader", "follower"))
    return (
        game, eta, rate, float(average.mean()), float(average.std()),
        float(own["follower_average"].values[:, -1].mean()),
        float(leader[-1]), _growth(own.iteration.values, leader),
        float(follower[-1]), _growth(own.iteration.values, follower),
    )  # fmt: skip


def _growth(iterations: Any, regret: Any) -> float | None:
    """The slope of log regret over log t in the second half; None where regret is not positive."""
    half = slice(len(iterations) // 2, None)
    if len(iterations) < 4 or (regret[half] <= 0).any():
        return None
    return float(np.polyfit(np.log(iterations[half]), np.log(regret[half]), 1)[0])


def _heat(rows: list[tuple[Any, ...]], exact: Any, note: str) -> Figure:
    figure = Figure(figsize=(10.5, 4.4), layout="constrained")
    for axes, game in zip(figure.subplots(1, len(GAMES)), GAMES, strict=True):
        table = np.array([row[3] for row in rows if row[0] == game]).reshape(len(ETAS), -1)
        image = axes.imshow(table, cmap="cividis", aspect="auto")
        for (i, j), value in np.ndenumerate(table):
            dark = value < (table.min() + table.max()) / 2
            axes.text(j, i, f"{value:.3f}", ha="center", va="center", fontsize=8,
                      color="white" if dark else "black")  # fmt: skip
        axes.set_xticks(range(len(LEARNING_RATES)), [f"{rate:g}" for rate in LEARNING_RATES])
        axes.set_yticks(range(len(ETAS)), [f"{eta:g}" for eta in ETAS])
        axes.set(xlabel="PPO's learning rate", ylabel="Hedge's rate eta")
        value = exact[game].sse.leader_value
        axes.set_title(f"{game}: leader's average (V = {value})", fontsize=10, loc="left")
        figure.colorbar(image, ax=axes, shrink=0.9)
    figure.suptitle(note, fontsize=9, x=0.01, ha="left", color="#444444")
    return figure
