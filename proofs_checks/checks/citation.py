"""What is taken from the literature and not shown here: it decides no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind


@dataclass(frozen=True, eq=False, kw_only=True)
class Citation(Check):
    """A published proof of the statement, or of part of it."""

    kind: ClassVar[Kind] = "citation"
    source: str
    says: str
    """What is proved there."""

    def run(self, budget: Budget) -> Evidence:
        """Nothing is computed."""
        return self.found(self.source, "true", self.says)
