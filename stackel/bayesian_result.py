"""What solving a game with follower types returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackel.bayesian import BayesianGame
from stackel.result import BayesianStackelberg, Solution


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BayesianSolution(Solution):
    """The strong Stackelberg equilibrium of one game with follower types, ``solution.sse``."""

    game: BayesianGame
    concepts: Mapping[str, BayesianStackelberg]

    @property
    def sse(self) -> BayesianStackelberg:  # type: ignore[override]
        """Strong Stackelberg equilibrium: one reply a type."""
        return self._get("sse")  # type: ignore[no-any-return]
