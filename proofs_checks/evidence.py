"""What a check found, and the verdict that several findings add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["true", "true-with-assumptions", "false", "ill-posed", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("true", "true-with-assumptions", "false", "ill-posed")
"""What a claim may be expected to be; ``undecided`` is what failing evidence leaves it."""
Shown: TypeAlias = Literal["true", "false", "ill-posed"]
Kind: TypeAlias = Literal["proof", "witness", "search", "simulation", "citation"]
KINDS: tuple[Kind, ...] = ("proof", "witness", "search", "simulation", "citation")
"""Strongest first."""
About: TypeAlias = Literal["statement", "proof"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """One finding about a claim."""

    kind: Kind
    method: str
    """How it was found: ``z3``, ``exact arithmetic``, ``hypothesis``."""
    shows: Shown | None
    """What it shows of the statement, or of the step of the proof; None when the check failed."""
    says: str
    """The finding in one sentence, or why there is none."""
    about: About = "statement"
    """``proof``: the finding is about a step of the paper's proof and decides no statement."""
    assuming: tuple[str, ...] = ()
    """Assumptions beyond those of the statement."""
    lines: tuple[str, ...] = ()
    """The steps, each of which a reader can redo by hand."""
    cases: int | None = None
    """Inputs that met the hypotheses; None where that is not a count."""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "kind": self.kind,
            "method": self.method,
            "shows": self.shows,
            "about": self.about,
            "says": self.says,
            "assuming": list(self.assuming),
            "lines": list(self.lines),
            "cases": self.cases,
            "seconds": round(self.seconds, 3),
        }


def decide(findings: Sequence[Evidence]) -> Verdict:
    """Return the verdict on a statement: every finding about it must pass, and none contradict.

    Citations decide nothing.

    >>> def found(shows, **rest):
    ...     return Evidence(kind="proof", method="", shows=shows, says="", **rest)
    >>> decide([found("true")]), decide([found("true"), found("false")]), decide([found(None)])
    ('true', 'undecided', 'undecided')
    >>> decide([found("false"), found("true", assuming=("matrix games",))])
    'true-with-assumptions'
    """
    stated = [each for each in findings if each.about == "statement" and each.kind != "citation"]
    if not stated or any(each.shows is None for each in findings):
        return "undecided"
    bare = {each.shows for each in stated if not each.assuming}
    assumed = {each.shows for each in stated if each.assuming}
    if bare == {"ill-posed"} and not assumed:
        return "ill-posed"
    if assumed == {"true"} and bare <= {"false"}:
        return "true-with-assumptions"
    if bare == {"true"} and assumed <= {"true"}:
        return "true"
    if bare == {"false"} and not assumed:
        return "false"
    return "undecided"


def strongest(findings: Iterable[Evidence]) -> Kind | None:
    """The strongest kind of evidence about the statement that has passed; None when none has."""
    kinds = {e.kind for e in findings if e.shows is not None and e.about == "statement"}
    return next((kind for kind in KINDS if kind in kinds), None)
