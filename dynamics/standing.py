"""How far runs are while they are played, and what they have earned so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dynamics.leaves import Array
from dynamics.leg import Report
from dynamics.reference import Reference
from dynamics.settings.sweep import Spec


@dataclass(frozen=True, eq=False, kw_only=True)
class Standing:
    """All runs, kept up to date by reports."""

    runs: Sequence[Spec]
    parts: Sequence[Sequence[int]]
    """Runs of each batch."""
    values: Mapping[str, float]
    """Game -> its strong Stackelberg value."""
    averages: Array
    """The leader's average payoff of every run so far; NaN before the first report."""
    iterations: Array
    """Iterations played, of every run."""

    @classmethod
    def of(
        cls,
        runs: Sequence[Spec],
        parts: Sequence[Sequence[int]],
        known: Mapping[str, Reference],
    ) -> Standing:
        """Nothing played yet."""
        return cls(
            runs=runs,
            parts=parts,
            values={name: each.sse[0] for name, each in known.items()},
            averages=np.full(len(runs), np.nan),
            iterations=np.zeros(len(runs), dtype=np.int64),
        )

    def note(self, report: Report) -> None:
        """Take a report in."""
        members = list(self.parts[report.number])
        self.averages[members] = report.averages
        self.iterations[members] = report.iteration

    @property
    def share(self) -> float:
        """The part of all iterations that is played, 0 to 1."""
        return float(self.iterations.sum()) / sum(run.iterations for run in self.runs)

    @property
    def rows(self) -> list[tuple[str, str, float, float]]:
        """Game, algorithm, mean of the leader's averages so far, and V: one row a pair."""
        groups: dict[tuple[str, str], list[int]] = {}
        for number, run in enumerate(self.runs):
            if not np.isnan(self.averages[number]):
                groups.setdefault((run.name, run.preset), []).append(number)
        return [
            (game, algorithm, float(self.averages[members].mean()), self.values[game])
            for (game, algorithm), members in groups.items()
        ]
