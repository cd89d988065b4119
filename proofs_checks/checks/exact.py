"""Proofs by calculation: exact arithmetic, linear-programming duality, enumeration of a family."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind, Shown
from proofs_checks.fact import Fact
from proofs_checks.statement import spell


@dataclass(frozen=True, eq=False, kw_only=True)
class Calculation(Check):
    """Facts that together decide the statement, such as primal and dual solutions of an LP."""

    kind: ClassVar[Kind] = "proof"
    method: str
    """``exact LP duality``, ``exact arithmetic``, ..."""
    facts: Callable[[], Iterable[Fact]]
    says: str
    """Why these facts decide the statement."""
    shows: Shown = "true"

    def run(self, budget: Budget) -> Evidence:
        """Check every fact."""
        return self.from_facts(self.facts(), self.method, self.shows, self.says)


@dataclass(frozen=True, eq=False, kw_only=True)
class Enumeration(Check):
    """The statement for every member of a finite family that exhausts it."""

    kind: ClassVar[Kind] = "proof"
    family: str
    """What the members are, in words."""
    members: Callable[[], Iterable[Any]]
    holds: Callable[[Any], bool | None]
    """Decided exactly; None for a member that does not meet the hypotheses."""

    def run(self, budget: Budget) -> Evidence:
        """Judge every member; stop at the first that fails."""
        method = "exhaustive enumeration"
        cases = 0
        for member in self.members():
            judged = self.holds(member)
            if judged is False:
                return self.found(method, "false", f"fails for {spell(member)}", cases=cases + 1)
            cases += judged is not None
        if not cases:
            return self.found(method, None, f"none of {self.family} met the hypotheses", cases=0)
        return self.found(method, "true", f"holds for all {cases} of {self.family}", cases=cases)
