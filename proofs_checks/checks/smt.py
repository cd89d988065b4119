"""Proofs over all games of a size, by z3 in exact real arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from proofs_checks.budget import SOLVER_SECONDS, Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind, Shown


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """Hypotheses and a conclusion over real variables, such as all payoffs of all 2 x 2 games."""

    name: str
    """Which inputs it covers, such as ``2 x 3 games``."""
    hypotheses: Sequence[Any]
    """z3 formulas."""
    conclusion: Any
    """A z3 formula."""
    example: Mapping[Any, Any] = field(default_factory=dict)
    """Values of some variables under which the hypotheses can be met: shows that they are not
    empty, where z3 alone would need long to find out."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Smt(Check):
    """No values of the variables meet the hypotheses and fail the conclusion.

    Encode equilibria by inequalities (no deviation gains, a reply's region), not by
    complementarity. ``unknown`` is a failure. That the hypotheses can be met is checked always.
    """

    kind: ClassVar[Kind] = "proof"
    problems: Callable[[], Iterable[Problem]]
    says: str
    """Why these problems decide the statement."""
    shows: Shown = "true"
    seconds: int = SOLVER_SECONDS
    """Limit of one query."""

    def run(self, budget: Budget) -> Evidence:
        """Ask z3 for a counterexample to every problem, and whether its hypotheses can be met."""
        import z3

        lines: list[str] = []
        for problem in self.problems():
            solver = self._solver(problem)
            for variable, value in problem.example.items():
                solver.add(variable == value)
            answer = solver.check()
            if answer != z3.sat:
                why = f"{problem.name}: no input that meets the hypotheses was found ({answer})"
                return self.found("z3", None, why, lines=lines)
            solver = self._solver(problem)
            solver.add(z3.Not(problem.conclusion))
            answer = solver.check()
            if answer == z3.sat:
                model = solver.model()
                values = ", ".join(sorted(f"{each} = {model[each]}" for each in model.decls()))
                shows: Shown | None = "false" if self.shows == "true" else None
                return self.found("z3", shows, f"{problem.name}: fails for {values}", lines=lines)
            if answer != z3.unsat:
                why = f"{problem.name}: z3 does not know ({solver.reason_unknown()})"
                return self.found("z3", None, why, lines=lines)
            lines.append(f"{problem.name}: no counterexample exists; the hypotheses can be met")
        if not lines:
            return self.found("z3", None, "no problem was posed")
        return self.found("z3", self.shows, self.says, lines=lines)

    def _solver(self, problem: Problem) -> Any:
        import z3

        solver = z3.Solver()
        solver.set("timeout", 1000 * self.seconds)
        solver.add(*problem.hypotheses)
        return solver
