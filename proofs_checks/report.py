"""What running the registry returns: a finding a claim, gathered in a :class:`Report`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from proofs_checks.evidence import Evidence, Kind, Verdict, decide, strongest
from proofs_checks.registry import Claim, Statement

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, eq=False, kw_only=True)
class Decided(Statement):
    """One claim with the evidence that was found and the verdict that follows from it."""

    evidence: tuple[Evidence, ...]
    skipped: int
    """Checks that ask for a larger budget."""
    missing: tuple[str, ...]
    """Modules that are not installed, for want of which checks did not run."""
    seconds: float

    @classmethod
    def of(
        cls,
        claim: Claim,
        evidence: tuple[Evidence, ...],
        *,
        skipped: int,
        seconds: float,
        missing: tuple[str, ...] = (),
    ) -> Decided:
        """The claim with its findings."""
        said = {each.name: getattr(claim, each.name) for each in fields(Statement)}
        return cls(**said, evidence=evidence, skipped=skipped, missing=missing, seconds=seconds)

    @property
    def verdict(self) -> Verdict:
        """What the evidence adds up to."""
        return decide(self.evidence)

    @property
    def kind(self) -> Kind | None:
        """The strongest evidence about the statement."""
        return strongest(self.evidence)

    @property
    def agrees(self) -> bool:
        """Whether the verdict is the expected one, and what is said of the proof fits it."""
        return self.verdict == self.expected

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON."""
        return {
            "id": self.id,
            "source": self.source,
            "short": self.short,
            "statement": self.statement,
            "expected": self.expected,
            "verdict": self.verdict,
            "paper_proof": self.paper_proof,
            "broken_step": self.broken_step,
            "assumptions": list(self.assumptions),
            "evidence": [each.to_dict() for each in self.evidence],
            "skipped": self.skipped,
            "missing": list(self.missing),
            "replacement": self.replacement,
            "agrees": self.agrees,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """The claims that were run, in the order of the registry."""

    decided: tuple[Decided, ...]
    budget: str
    seed: int
    seconds: float
    """Wall time."""
    missing: tuple[str, ...] = ()
    """Claims that were stopped before they were decided."""

    @property
    def agrees(self) -> bool:
        """Whether every verdict is as expected and none is missing."""
        return not self.missing and all(each.agrees for each in self.decided)

    def __getitem__(self, id: str) -> Decided:
        return {each.id: each for each in self.decided}[id]

    def __iter__(self) -> Iterator[Decided]:
        return iter(self.decided)

    def __len__(self) -> int:
        return len(self.decided)

    def to_dict(self) -> list[dict[str, Any]]:
        """The report as JSON: a list of claims."""
        return [each.to_dict() for each in self.decided]

    def __repr__(self) -> str:
        count = sum(each.agrees for each in self.decided)
        return f"Report({count} of {len(self.decided)} claims as expected; budget {self.budget})"

    def __rich__(self) -> RenderableType:
        from proofs_checks.display import report_table

        return report_table(self)

    def _repr_html_(self) -> str:
        from stackel.display import html

        return html(self)
