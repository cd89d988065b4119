"""What a game is worth, as a table of fractions in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from stackel.display import number, short, span
from stackel.game import Number
from stackel.result import Solution

CLASSES = {
    "holds": "Every pair of no-regret learners reaches the Stackelberg value.",
    "may-fail": "Some no-regret learners reach the Stackelberg value, some do not.",
    "never": "No pair of no-regret learners ever reaches the Stackelberg value.",
}
"""No-regret class -> what it means."""
MOST_EQUILIBRIA = 4
"""Nash equilibria that are listed; the rest is counted."""


def headline(solution: Solution) -> str:
    """What the best commitment is and what it is worth, in one line."""
    sse = solution.sse
    return (
        f"<p class='headline'>Play row 1 with probability <b>{short(sse.leader_strategy[0])}</b>: "
        f"worth <b>{short(sse.leader_value)}</b>, reply column {sse.follower_action + 1}.</p>"
    )


def class_line(solution: Solution) -> str:
    """The no-regret class in one coloured line."""
    name = solution.no_regret.class_
    return f'<p class="class {name}"><b>{name}</b> {CLASSES[name]}</p>'


def values_table(solution: Solution) -> str:
    """Concept, leader's and follower's payoff, and where: rows of an HTML table."""
    head = "<tr><th></th><th>leader</th><th>follower</th><th>play</th></tr>"
    rows = "".join(
        f'<tr class="{name}"><th>{escape(title)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, title, cells in _rows(solution)
    )
    return f'<table class="values">{head}{rows}</table>'


def _rows(solution: Solution) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
    sse, wse, pure = solution.sse, solution.wse, solution.pure.strong
    reply = f"{_mix(sse.leader_strategy)}, column {sse.follower_action + 1}"
    yield "sse", "strong SE", (number(sse.leader_value), number(sse.follower_value), reply)
    attained = "" if wse.attained else ", not attained"
    yield "wse", "weak SE", (number(wse.leader_value), "", f"{_mix(wse.leader_strategy)}{attained}")
    played = f"row {pure.leader_action + 1}, column {pure.follower_action + 1}"
    yield "pure", "pure", (number(pure.leader_value), number(pure.follower_value), played)
    equilibria = solution.nash.equilibria
    for place, each in enumerate(equilibria[:MOST_EQUILIBRIA]):
        more = len(equilibria) - MOST_EQUILIBRIA if place == MOST_EQUILIBRIA - 1 else 0
        played = f"{_mix(each.leader_strategy)}, {_mix(each.follower_strategy)}"
        yield (
            "nash",
            "Nash" if place == 0 else "",
            (
                number(each.leader_value),
                number(each.follower_value),
                played + (f"; {more} more" if more > 0 else ""),
            ),
        )
    cce = solution.cce
    leader, follower = (
        span(cce.leader_min, cce.leader_max),
        span(cce.follower_min, cce.follower_max),
    )
    yield "cce", "CCE", (leader, follower, "what no-regret play can average")


def _mix(p: Sequence[Number]) -> str:
    return f"({', '.join(short(x) for x in p)})"
