"""Finite runs, each held to what its own exact regrets allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind, Shown
from proofs_checks.fact import Fact


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation(Check):
    """What a finite run of a learning dynamic did; ``facts`` runs it within the budget."""

    kind: ClassVar[Kind] = "simulation"
    facts: Callable[[Budget], Iterable[Fact]]
    says: str
    shows: Shown = "true"

    def run(self, budget: Budget) -> Evidence:
        """Run it, and check every fact."""
        return self.from_facts(self.facts(budget), "finite run", self.shows, self.says)
