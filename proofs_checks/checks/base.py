"""What every check declares: what it is about, what it assumes, which budget it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs_checks.budget import Budget, BudgetName
from proofs_checks.evidence import About, Evidence, Kind, Shown
from proofs_checks.fact import Fact


@dataclass(frozen=True, eq=False, kw_only=True)
class Check:
    """Something that can be run and yields :class:`~proofs_checks.evidence.Evidence`.

    Making a check computes nothing, so that a claim can be read without being decided.
    """

    kind: ClassVar[Kind]
    about: About = "statement"
    """``proof`` when a step of the paper's proof is checked rather than the statement."""
    assuming: tuple[str, ...] = ()
    """Assumptions beyond those of the statement."""
    least: BudgetName = "quick"
    """The smallest budget at which this check runs."""
    needs: str = ""
    """A module of an optional extra, such as ``torch``: without it the check does not run."""

    @property
    def missing(self) -> str:
        """The module that this check needs and that is not installed; empty when it can run."""
        from importlib.util import find_spec

        return self.needs if self.needs and find_spec(self.needs) is None else ""

    def run(self, budget: Budget) -> Evidence:
        """Return what was found."""
        raise NotImplementedError

    def found(
        self,
        method: str,
        shows: Shown | None,
        says: str,
        *,
        lines: Sequence[str] = (),
        cases: int | None = None,
    ) -> Evidence:
        """A finding of this check."""
        return Evidence(
            kind=self.kind,
            method=method,
            shows=shows,
            says=says,
            about=self.about,
            assuming=self.assuming,
            lines=tuple(lines),
            cases=cases,
        )

    def from_facts(self, facts: Iterable[Fact], method: str, shows: Shown, says: str) -> Evidence:
        """``shows`` when every fact holds and there is at least one; else nothing."""
        listed = list(facts)
        lines = [str(each) for each in listed]
        if not listed:
            return self.found(method, None, "no fact was checked")
        wrong = [each for each in listed if not each.holds]
        if wrong:
            return self.found(method, None, str(wrong[0]), lines=lines)
        return self.found(method, shows, says, lines=lines)
