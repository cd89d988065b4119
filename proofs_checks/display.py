"""Reports for the eye: a table of all claims, or one claim spelled out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from proofs_checks.evidence import Evidence
from proofs_checks.mathematics import plain
from proofs_checks.registry import claims

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from proofs_checks.report import Decided, Report

STYLES = {"true": "green", "false": "red", "ill-posed": "yellow", "true-with-assumptions": "cyan"}
SHOWN = {"true-with-assumptions": "true, with assumptions"}
"""Verdicts that are printed otherwise than they are called."""


def report_table(report: Report) -> RenderableType:
    """One row a claim; a single claim is spelled out instead."""
    from rich.console import Group
    from rich.text import Text

    summary = Text(_summary(report), style="green" if report.agrees else "bold red")
    if len(report) == 1:
        return Group(*details(report.decided[0]), *([] if report.agrees else [Text(), summary]))
    return Group(_table(report), summary)


def _table(report: Report) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("claim", no_wrap=True)
    table.add_column("statement in short", ratio=1)
    table.add_column("verdict", max_width=12)
    table.add_column("paper's proof", max_width=8)
    table.add_column("evidence", no_wrap=True)
    table.add_column("s", justify="right", no_wrap=True)
    for each in report:
        table.add_row(
            Text(each.id),
            Text(plain(each.short)),
            _verdict(each),
            Text("" if each.paper_proof == "none" else each.paper_proof),
            Text(each.kind or "none"),
            Text(f"{each.seconds:.1f}"),
        )
    return table


def _verdict(each: Decided) -> Text:
    from rich.text import Text

    style = STYLES.get(each.verdict, "bold red")
    if each.agrees:
        return Text(SHOWN.get(each.verdict, each.verdict), style=style)
    return Text(f"{each.verdict}, expected {each.expected}", style="bold red")


def _summary(report: Report) -> str:
    count = sum(each.agrees for each in report)
    said = f"{count} of {len(report)} verdicts as expected"
    if report.missing:
        said += f", {len(report.missing)} stopped"
    return f"{said}; budget {report.budget}, seed {report.seed}, {report.seconds:.1f} s"


def details(each: Decided) -> Iterator[RenderableType]:
    """A claim with its statement, its evidence step by step, and what replaces it."""
    from rich.text import Text

    yield Text(f"{each.id}: {plain(each.short)}", style="bold")
    yield Text(each.source, style="dim")
    yield Text()
    yield Text(plain(each.statement))
    yield Text()
    yield Text.assemble("Verdict: ", _verdict(each))
    for assumption in each.assumptions:
        yield _indented(f"assuming {assumption}", 2)
    for found in each.evidence:
        if found.about == "statement":
            yield from _finding(found)
    if each.skipped:
        yield _indented(f"{each.skipped} more checks run at a larger budget", 2, style="dim")
    if each.missing:
        yield _indented(f"checks that need {', '.join(each.missing)} did not run", 2, style="dim")
    yield Text()
    if each.paper_proof == "none":
        yield Text("The paper gives no proof.")
    else:
        yield Text(f"The paper's proof: {each.paper_proof}")
        if each.broken_step:
            yield _indented(each.broken_step, 2)
        for found in each.evidence:
            if found.about == "proof":
                yield from _finding(found)
    if each.replacement:
        yield Text()
        yield Text(
            f"What is true instead: {each.replacement}: {plain(claims()[each.replacement].short)}"
        )


def _finding(found: Evidence) -> Iterator[RenderableType]:
    says = f"{found.kind} ({found.method}): {found.says}"
    if found.assuming:
        says += f"; assuming {', '.join(found.assuming)}"
    yield _indented(says, 2, style="bold red" if found.shows is None else "")
    for line in found.lines:
        yield _indented(line, 4)


def _indented(text: str, columns: int, style: str = "") -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(plain(text), style=style), (0, 0, 0, columns))
