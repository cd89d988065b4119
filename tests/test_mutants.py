"""What the registry is worth: every fault that is put in on purpose is noticed by its claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from mutants import MUTANTS, Mutant, changed_payoffs, declared_again

from proofs_checks.budget import Budget
from proofs_checks.checks import Check, Identity, Smt, Witness
from proofs_checks.registry import claims
from proofs_checks.verify import decide_claim

QUICK = Budget.named("quick", seed=5)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.says)
def test_every_fault_is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.put_in(monkeypatch)
    decided = [decide_claim(declared_again(id), QUICK) for id in mutant.noticed_by]
    assert [each.id for each in decided if each.agrees] == []
    says = [found.says for each in decided for found in each.evidence]
    # a crash would show that the fault crashes; only a refused certificate is meant
    crashed = [each for each in says if each.startswith("the check broke")]
    assert all("NoSolutionError" in each for each in crashed)


def checks_of(kind: type[Check]) -> list[Any]:
    return [
        pytest.param(check, id=f"{declared.id}-{number}")
        for declared in claims().values()
        for number, check in enumerate(declared.checks)
        if isinstance(check, kind)
    ]


@pytest.mark.parametrize("check", checks_of(Smt))
def test_no_encoding_passes_with_hypotheses_that_contradict(check: Smt) -> None:
    def contradictory() -> Iterator[Any]:
        for problem in check.problems():
            yield replace(problem, hypotheses=[*problem.hypotheses, False])

    assert replace(check, problems=contradictory).run(QUICK).shows is None


@pytest.mark.parametrize("check", checks_of(Identity))
def test_no_identity_passes_when_it_is_off_by_one(check: Identity) -> None:
    def wrong() -> Iterator[tuple[str, Any, Any]]:
        says, left, right = next(iter(check.sides()))
        yield says, left, right + 1

    assert replace(check, sides=wrong).run(QUICK).shows is None


def witnesses_with_games() -> list[Any]:
    return [each for each in checks_of(Witness) if any(changed_payoffs(each.values[0].stored))]


@pytest.mark.parametrize("check", witnesses_with_games())
def test_every_stored_game_has_a_payoff_that_counts(check: Witness) -> None:
    def noticed(stored: Any) -> bool:
        try:
            return replace(check, stored=stored).run(QUICK).shows is None
        except Exception:
            return True

    assert any(noticed(stored) for stored in changed_payoffs(check.stored))
