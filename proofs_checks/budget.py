"""How hard one run of the registry looks, and the randomness it draws."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from stackel.errors import UnknownNameError

BudgetName: TypeAlias = Literal["quick", "default", "thorough"]
NAMES: tuple[BudgetName, ...] = ("quick", "default", "thorough")
EXAMPLES = {"quick": 150, "default": 1000, "thorough": 20_000}
"""Inputs that a search may try."""
ROUNDS = {"quick": 2_000, "default": 20_000, "thorough": 200_000}
"""Rounds that a simulated play may last."""
SOLVER_SECONDS = 60
"""Seconds that z3 may think about one query, at every budget: a proof is not a matter of budget."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one claim may spend, with the seed that its searches start from."""

    name: BudgetName
    seed: int
    claim: str = ""
    """The claim that spends it: each has its own stream, whatever runs beside it."""

    @classmethod
    def named(cls, name: str, *, seed: int) -> Budget:
        """The budget of that name.

        >>> Budget.named("quick", seed=0).examples
        150
        >>> Budget.named("slow", seed=0)
        Traceback (most recent call last):
            ...
        stackel.errors.UnknownNameError: unknown budget 'slow'; known: default, quick, thorough
        """
        for known in NAMES:
            if known == name:
                return cls(name=known, seed=seed)
        raise UnknownNameError("budget", str(name), NAMES)

    @property
    def examples(self) -> int:
        """Inputs that a search may try."""
        return EXAMPLES[self.name]

    @property
    def rounds(self) -> int:
        """Rounds that a simulated play may last."""
        return ROUNDS[self.name]

    def rng(self, purpose: str) -> Random:
        """A generator of its own for this seed, claim and purpose: repeatable bit for bit."""
        return Random(f"{self.seed} {self.claim} {purpose}")

    def allows(self, least: BudgetName) -> bool:
        """Whether a check that asks for at least the budget ``least`` runs."""
        return NAMES.index(self.name) >= NAMES.index(least)
