"""Stored exact witnesses: one input that decides, with the arithmetic that a reader can redo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind, Shown
from proofs_checks.fact import Fact
from proofs_checks.statement import ForAll, spell


@dataclass(frozen=True, eq=False, kw_only=True)
class Witness(Check):
    """A stored input, checked in rationals on every run.

    It passes when every fact holds and, where ``refutes`` is given, that statement's own test
    finds the stored input to meet the hypotheses and to fail the conclusion.
    """

    kind: ClassVar[Kind] = "witness"
    stored: Any
    """The input: numbers, not formulas. What ``facts`` and ``refutes`` are given."""
    facts: Callable[[Any], Iterable[Fact]]
    """The arithmetic, step by step."""
    says: str
    """What it shows, in one sentence."""
    shows: Shown = "false"
    refutes: ForAll[Any] | None = None
    minimal: str = ""
    """In what sense no witness is smaller; empty when that is not known."""

    def run(self, budget: Budget) -> Evidence:
        """Check the stored input."""
        judged = False if self.refutes is None else self.refutes.holds(self.stored)
        if judged is not False:
            why = "does not meet the hypotheses" if judged is None else "meets the conclusion"
            return self.found("exact arithmetic", None, f"the stored input {why}")
        says = f"{self.says} ({self.minimal})" if self.minimal else self.says
        found = self.from_facts(self.facts(self.stored), "exact arithmetic", self.shows, says)
        shown = [] if isinstance(self.stored, int) else [spell(self.stored)]
        return replace(found, lines=(*shown, *found.lines))
