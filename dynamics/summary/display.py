"""The closing tables of a run: what was earned against the exact values, and where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamics.summary import NEAR, Outcome, swept
from stackel.display import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from dynamics.run import Run

EARNED = ("average", "±", "V", "pure", "nash", "class")
ENDED = ("in\nband", "average\nat V", "payoff\nat V", "payoff\nat pure", "payoff\nat nash")
NAME = 24
"""Characters of a game's name that are not wrapped, however narrow the terminal."""
FORMS = (".4g", ".2g", ".4g", ".4g", ".4g")
LEGEND = (
    "average: the leader's payoff, ± its deviation over seeds. Below, counts of seeds: in band, if "
    "every average obeys the exact bound of the game; at, if the last average or payoff lies "
    f"within {NEAR} of the payoffs' range."
)


def run_table(run: Run) -> RenderableType:
    """One row for all seeds of a game, an algorithm and a combination of settings."""
    from rich.console import Group
    from rich.text import Text

    plan, settings = run.plan, swept(run.data)
    seeds = plan["seeds"]
    of = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    title = f"{plan['iterations']} iterations, {of}, on {plan['device']}"
    widest = max(len(row.game) for row in run.outcomes)
    earned = _table(title, settings, EARNED, widest)
    ended = _table("", settings, ENDED, widest)
    for row in run.outcomes:
        key = (
            Text(printable(row.game)),
            Text(row.algorithm),
            *(Text(f"{row.settings[name]}") for name in settings),
        )
        earned.add_row(*key, *_numbers(row), row.class_)
        ended.add_row(*key, *_seeds(row))
    return Group(earned, Text(LEGEND, style="dim"), ended)


def _table(title: str, settings: list[str], columns: tuple[str, ...], widest: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("game", overflow="fold", min_width=min(widest, NAME))
    for name in ("preset", *settings):
        table.add_column(name, overflow="fold")
    for name in columns:
        table.add_column(name, justify="left" if name == "class" else "right", overflow="fold")
    return table


def _numbers(row: Outcome) -> list[str]:
    spread = row.spread if row.seeds > 1 else None
    values = (row.average, spread, row.value, row.pure, row.nash)
    return [
        "" if value is None else f"{value:{form}}"
        for value, form in zip(values, FORMS, strict=True)
    ]


def _seeds(row: Outcome) -> list[str]:
    """Where the seeds ended, counted."""
    shares = (
        row.inside_band, row.reached, row.ends_at_value, row.ends_at_pure, row.ends_at_nash
    )  # fmt: skip
    return ["" if share is None else f"{round(share * row.seeds)}/{row.seeds}" for share in shares]
