"""Searches for counterexamples with hypothesis, and proof that they would find some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from proofs_checks.budget import Budget
from proofs_checks.checks.base import Check
from proofs_checks.evidence import Evidence, Kind
from proofs_checks.statement import ForAll


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbour:
    """A false statement close to a true one: a search that cannot refute it proves little."""

    says: str
    holds: Callable[[Any], bool | None]
    """As :attr:`ForAll.holds`; judged on the inputs of the statement beside it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Search(Check):
    """Look for an input that meets the hypotheses and not the conclusion; shrink what is found.

    Found: the statement is false. Not found: it has no counterexample in so many cases, which
    counts only when cases met the hypotheses and the same inputs and budget refute ``neighbour``.
    """

    kind: ClassVar[Kind] = "search"
    statement: ForAll[Any]
    neighbour: Neighbour | None = None
    """Must be given where the search is to find nothing."""
    share: float = 1.0
    """Part of the budget's examples that are tried: less for costly tests, more for rare cases."""

    def run(self, budget: Budget) -> Evidence:
        """Search, and check the power of the search."""
        examples = max(1, int(budget.examples * self.share))
        found, cases = find(self.statement, budget, examples)
        if found is not None:
            spelled = self.statement.spell(found[0])
            says = f"counterexample found: {spelled}"
            return self.found("hypothesis", "false", says, cases=cases)
        if not cases:
            return self.found("hypothesis", None, "no input met the hypotheses", cases=0)
        if self.neighbour is None:
            says = f"no counterexample in {cases} cases, but the search has no power check"
            return self.found("hypothesis", None, says, cases=cases)
        beside = ForAll(inputs=self.statement.inputs, holds=self.neighbour.holds)
        refuted, _ = find(beside, budget, examples, shrink=False)
        if refuted is None:
            says = f"no power: the same search does not refute that {self.neighbour.says}"
            return self.found("hypothesis", None, says, cases=cases)
        power = f"power: the same search does refute that {self.neighbour.says}"
        says = f"no counterexample in {cases} cases"
        return self.found("hypothesis", "true", says, cases=cases, lines=[power])


def find(
    statement: ForAll[Any], budget: Budget, examples: int, *, shrink: bool = True
) -> tuple[tuple[Any] | None, int]:
    """The smallest counterexample that was found, in a tuple of its own, and the cases tried.

    The cases are the inputs that met the hypotheses, those of shrinking included.
    """
    from hypothesis import Phase, settings
    from hypothesis import find as hypothesis_find
    from hypothesis.errors import NoSuchExample

    cases = 0

    def fails(x: Any) -> bool:
        nonlocal cases
        judged = statement.holds(x)
        cases += judged is not None
        return judged is False

    limits = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
    )
    try:
        with plain_draws():
            found = hypothesis_find(
                statement.inputs(), fails, settings=limits, random=budget.rng("search")
            )
    except NoSuchExample:
        return None, cases
    return (found,), cases


@contextmanager
def plain_draws() -> Iterator[None]:
    """Let hypothesis draw by its random numbers alone.

    It likes to put in constants that it reads in the sources of the caller's own modules: the same
    seed would try other inputs in another folder.
    """
    from hypothesis.internal.conjecture import providers

    provider, name = providers.HypothesisProvider, "_maybe_draw_constant"
    drawn = getattr(provider, name, None)
    if drawn is None:  # a version that does not
        yield
        return
    setattr(provider, name, lambda *_, **__: None)
    try:
        yield
    finally:
        setattr(provider, name, drawn)
