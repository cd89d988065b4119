"""A report as a Markdown page: ``docs/claims.md`` is one. Formulas stay light LaTeX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from proofs_checks.evidence import VERDICTS, Evidence
from proofs_checks.registry import claims
from proofs_checks.report import Decided, Report


def page(report: Report) -> str:
    """The whole report: what was decided, a table of all claims, and each claim spelled out."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    counts = Counter(each.verdict for each in report)
    counted = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    yield "# The paper's claims, decided"
    yield ""
    yield (
        f"Every claim below is decided by `stackel verify`: {counted}. This page is written by "
        f"`stackel verify --budget {report.budget} --seed {report.seed} --report docs/claims.md`."
    )
    yield ""
    yield (
        "Evidence, strongest first: *proof* (z3, sympy, exact linear programs, enumeration), "
        "*witness* (one exact input, checked in rationals), *search* (hypothesis found no "
        "counterexample, or finds one again), *simulation* (a finite run), *citation*."
    )
    yield ""
    yield "| claim | statement in short | verdict | paper's proof | evidence |"
    yield "|---|---|---|---|---|"
    for each in report:
        proof = "" if each.paper_proof == "none" else each.paper_proof
        short = each.short.replace("|", "\\|")
        yield f"| [{each.id}](#{each.id}) | {short} | {each.verdict} | {proof} | {each.kind} |"
    for each in report:
        yield ""
        yield from _section(each)


def _section(each: Decided) -> Iterator[str]:
    yield f"## {each.id}"
    yield ""
    yield f"**{each.short}.** {each.statement}"
    yield ""
    yield f"*{each.source}*"
    yield ""
    yield f"Verdict: **{each.verdict}**"
    if each.assumptions:
        yield f"assuming {'; '.join(each.assumptions)}"
    yield ""
    yield from _findings(each, "statement")
    if each.paper_proof != "none":
        yield ""
        broken = f": {each.broken_step}" if each.broken_step else ""
        yield f"The paper's proof is {each.paper_proof}{broken}."
        yield ""
        yield from _findings(each, "proof")
    if each.replacement:
        yield ""
        short = claims()[each.replacement].short
        yield f"True instead: [{each.replacement}](#{each.replacement}), {short}."


def _findings(each: Decided, about: str) -> Iterator[str]:
    for found in each.evidence:
        if found.about == about:
            yield from _finding(found)


def _finding(found: Evidence) -> Iterator[str]:
    assuming = f" (assuming {'; '.join(found.assuming)})" if found.assuming else ""
    failed = "" if found.shows is not None else "**shows nothing**: "
    yield f"- {found.kind}, {found.method}{assuming}: {failed}{found.says}"
    for line in found.lines:
        yield f"  - `{line}`" if "$" not in line else f"  - {line}"
