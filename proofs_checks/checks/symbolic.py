"""Proofs by symbolic identities: both sides of an equation expand to the same expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind, Shown


@dataclass(frozen=True, eq=False, kw_only=True)
class Identity(Check):
    """Equations between sympy expressions, which must hold for all values of their symbols."""

    kind: ClassVar[Kind] = "proof"
    sides: Callable[[], Iterable[tuple[str, Any, Any]]]
    """Yields (what the equation says, left side, right side)."""
    says: str
    """Why these identities decide the statement."""
    shows: Shown = "true"

    def run(self, budget: Budget) -> Evidence:
        """Simplify the difference of every pair to 0."""
        import sympy

        lines = []
        for says, left, right in self.sides():
            difference = sympy.simplify(sympy.expand(left - right))
            if difference != 0:
                return self.found(
                    "sympy", None, f"NOT SO: {says} (the sides differ by {difference})"
                )
            lines.append(says)
        if not lines:
            return self.found("sympy", None, "no identity was checked")
        return self.found("sympy", self.shows, self.says, lines=lines)
