"""Gridworld games for the terminal: the map, and the values for what the attacker may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from stackel.display import Row, decimal, mark, number, printable, short, span
from stackel.game import Number
from stackel.gridworld import NO_ATTACK, GridworldGame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from stackel.gridworld_result import (
        AllocationCommitment,
        AttackNash,
        CoverageCommitment,
        GridworldSolution,
    )

WIDEST = 36
"""Rows and columns up to which a map is drawn: what fits a terminal, at most three characters
a cell."""
MOST_ALLOCATIONS = 8
"""Allocations of a mix that are listed; the rest is counted."""
LONGEST = 12
"""Targets that are listed; the rest is counted."""
WIDEST_VALUE = 12
"""Characters of a value in one line; with two of them the remarks keep theirs in 80."""
NARROWEST_REMARKS = 30
"""Characters that the remarks keep: long values break into lines instead."""
SHADES = ("bold white on red3", "bold black on orange1", "bold black on green3")
"""A target covered less than 1/3 of the time, less than 2/3, and more."""


def draw_map(game: GridworldGame, *, coverage: Sequence[Number] | None = None) -> RenderableType:
    """Return the map, with the start and the targets by number, and what each target pays.

    Parameters
    ----------
    game : GridworldGame
    coverage : shape (n,), optional
        How often each target is defended: colours the targets, and is listed.

    Examples
    --------
    >>> from rich.console import Console
    >>> from stackel.gridworld import Target
    >>> game = GridworldGame(rows=2, cols=3, start=(1, 0), horizon=3, defenders=1, targets=(
    ...     Target(cell=(0, 2), attacker_covered=0, attacker_uncovered=3,
    ...            defender_covered=0, defender_uncovered=-1),))
    >>> Console(width=70).print(draw_map(game))  # doctest: +ELLIPSIS
    1 defender against an attacker who starts at S and makes 3 moves
    · · 0
    S · ·
    ...
    """
    from rich.console import Group

    parts: list[RenderableType] = [_rules(game)]
    if max(game.shape) <= WIDEST:
        parts.append(_grid(game, coverage))
    return Group(*parts, _targets(game, coverage))


def solution_view(solution: GridworldSolution) -> RenderableType:
    """The map with the coverage of the strong Stackelberg equilibrium, then every value."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    game = solution.game
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("concept", no_wrap=True)
    table.add_column("leader", justify="right", overflow="fold", max_width=WIDEST_VALUE)
    table.add_column("follower", justify="right", overflow="fold", max_width=WIDEST_VALUE)
    table.add_column("remarks", overflow="fold", min_width=NARROWEST_REMARKS)
    rows = {"sse": _sse_rows, "pure": _pure_rows, "nash": _nash_rows}
    for name, concept in solution.concepts.items():
        lines = list(rows[name](concept))  # type: ignore[operator]
        for count, line in enumerate(lines):
            table.add_row(*line, end_section=count == len(lines) - 1)
    sse = solution.sse if "sse" in solution.concepts else None
    paths = game.interception == "path"  # defenders stand on the ways then, not on the targets
    coverage = None if sse is None or paths else sse.coverage
    mix = [_mix(sse)] if sse is not None and paths and sse.allocation_mix else []
    title = Text(
        f"{printable(game.name or 'unnamed game')} ({game.rows} x {game.cols})", style="bold"
    )
    left_out = [Text(f"{name} left out: {why}") for name, why in solution.omitted.items()]
    return Group(
        title,
        draw_map(game, coverage=coverage),
        *mix,
        *([table] if solution.concepts else []),
        *left_out,
    )


def _mix(sse: CoverageCommitment) -> Text:
    """The allocations of a commitment, the likeliest first."""
    from rich.text import Text

    ranked = sorted(sse.allocation_mix or (), key=lambda one: -one.probability)
    shown = [
        f"{decimal(100 * one.probability)} % {' '.join(map(str, one.cells or ()))}"
        for one in ranked[:MOST_ALLOCATIONS]
    ]
    if len(ranked) > MOST_ALLOCATIONS:
        shown.append(f"and {len(ranked) - MOST_ALLOCATIONS} more")
    return Text(f"cells defended together: {'; '.join(shown)}")


def _rules(game: GridworldGame) -> Text:
    """What is not on the map."""
    from rich.text import Text

    guards = f"{game.defenders} defender{'' if game.defenders == 1 else 's'}"
    text = f"{guards} against an attacker who starts at S and makes {game.horizon} moves"
    if game.wind:
        text += f"; wind {short(game.wind)}"
    if game.attack_rule == "declared":
        text += "; the target is declared, others are passed through"
    if game.interception == "path":
        text += "; a defender stops whoever enters its cell"
    return Text(text)


def _grid(game: GridworldGame, coverage: Sequence[Number] | None) -> Text:
    """One line a row; targets are coloured by their coverage."""
    from rich.text import Text

    index = {target.cell: j for j, target in enumerate(game.targets)}
    width = len(str(len(game.targets) - 1))
    text = Text()
    for row in range(game.rows):
        for col in range(game.cols):
            j = index.get((row, col))
            if j is not None:
                style = "bold" if coverage is None else SHADES[min(2, int(3 * coverage[j]))]
                text.append(f"{j:>{width}}", style=style)
            elif (row, col) == game.start:
                text.append(f"{'S':>{width}}", style="bold blue")
            else:
                text.append(f"{'·':>{width}}", style="dim")
            text.append("\n" if col == game.cols - 1 else " ")
    return text


def _targets(game: GridworldGame, coverage: Sequence[Number] | None) -> Table:
    """What each target pays the players when it is not defended, and when it is.

    Where paths are intercepted, only the former: covered payoffs do not occur.
    """
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("target")
    table.add_column("cell")
    paths = game.interception == "path"  # whoever is stopped gets 0, at a target or before
    for player in ("attacker", "defender"):
        table.add_column(player if paths else f"{player}, defended", justify="right")
    if coverage is not None:
        table.add_column("coverage", justify="right")
    for j, target in enumerate(game.targets[:LONGEST]):
        row = [
            str(j),
            str(target.cell),
            short(target.attacker_uncovered)
            + ("" if paths else f" or {short(target.attacker_covered)}"),
            short(target.defender_uncovered)
            + ("" if paths else f" or {short(target.defender_covered)}"),
        ]
        table.add_row(*row, *([] if coverage is None else [_percent(coverage[j])]))
    if len(game.targets) > LONGEST:
        table.add_row("", f"and {len(game.targets) - LONGEST} more")
    stay = game.no_attack
    if stay.attacker or stay.defender:
        table.add_row("none", "", short(stay.attacker), short(stay.defender))
    return table


def _percent(coverage: Number) -> str:
    return f"{100 * float(coverage):.1f} %"


def _attack(outcome: int) -> str:
    """An outcome in words."""
    return "no attack" if outcome == NO_ATTACK else f"attack on {outcome}"


def _up_to(value: Number, bound: Number | None) -> str:
    """A value, or the range that it lies in."""
    return number(value) if bound is None or bound == value else span(value, bound)


def _sse_rows(sse: CoverageCommitment) -> Iterator[Row]:
    attack = _attack(sse.attacked_target)
    value, sure = _up_to(sse.leader_value, sse.upper_bound), mark(sse)
    induced = _up_to(sse.inducible_value, sse.inducible_bound)
    if not sse.exact:
        sure = f"both bounds {'' if sse.certified else 'not '}certified, the lower one attained"
    remark = f"the coverage is seen: {attack}; {sse.method}, {sure}"
    yield "sse", value, number(sse.follower_value), remark
    if sse.inward is None:
        yield "  inducible", induced, "", "ties broken against the leader"
        return
    attack = _attack(sse.inward.attacked_target)
    yield "  inducible", induced, "", f"{attack}, ties against the leader"
    gap = sse.inward.follower_gap
    better = "the only outcome" if gap is None else f"better by {short(gap)}"
    yield "  moved inward", decimal(sse.inward.leader_value), "", f"{attack}, {better}: no tie"


def _pure_rows(pure: AllocationCommitment) -> Iterator[Row]:
    for label, found in (("pure strong", pure.strong), ("pure weak", pure.weak)):
        defended = ", ".join(map(str, found.defended_targets[:LONGEST])) or "none"
        more = ", ..." if len(found.defended_targets) > LONGEST else ""
        remark = f"{_attack(found.attacked_target)}, {defended}{more} defended"
        if found is pure.strong:
            remark = f"the allocation is seen: {remark}; {mark(pure)}"
        yield label, number(found.leader_value), number(found.follower_value), remark


def _nash_rows(nash: AttackNash) -> Iterator[Row]:
    ends = [("nash", nash.best)]
    follower = number(nash.follower_value)
    if nash.follower_max != nash.follower_value:  # the leader does not care about some target
        follower = span(nash.follower_value, nash.follower_max)
    if nash.leader_min != nash.leader_max:
        ends = [("nash, best", nash.best), ("nash, worst", nash.worst)]
    for label, end in ends:
        mix = [f"{'none' if j == NO_ATTACK else j}: {short(q)}" for j, q in end.attack.items()]
        more = ", ..." if len(mix) > LONGEST else ""
        remark = f"nothing is seen: attacks ({', '.join(mix[:LONGEST])}{more}); {mark(nash)}"
        yield label, number(end.leader_value), follower, remark
