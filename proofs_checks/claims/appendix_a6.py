"""Appendix A.6: always defecting against tit for tat."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from proofs_checks.checks import Check, Witness
from proofs_checks.fact import Fact, above, equal
from proofs_checks.registry import claim

Payoffs: TypeAlias = tuple[int, int, int, int]
"""Of one player of a prisoner's dilemma: temptation, reward, punishment, sucker's payoff."""
AXELROD: Payoffs = (5, 3, 1, 0)
TABLE_3: Payoffs = (0, -1, -2, -3)
COOPERATE, DEFECT = 0, 1


def _pays(payoffs: Payoffs, own: int, other: int) -> int:
    temptation, reward, punishment, sucker = payoffs
    return ((reward, sucker), (temptation, punishment))[own][other]


def _against_tit_for_tat(payoffs: Payoffs, own: list[int]) -> tuple[list[int], int]:
    """Tit for tat's play against the moves ``own``, and what they earn."""
    leader = [COOPERATE, *own[:-1]]
    return leader, sum(_pays(payoffs, x, y) for x, y in zip(own, leader, strict=True))


def external_regret(payoffs: Payoffs, own: list[int], leader: list[int]) -> int:
    """Definition 6: the leader's actions are those that were played."""
    earned = sum(_pays(payoffs, x, y) for x, y in zip(own, leader, strict=True))
    return max(sum(_pays(payoffs, x, y) for y in leader) for x in (COOPERATE, DEFECT)) - earned


def _tit_for_tat_facts(stored: tuple[Payoffs, int]) -> Iterator[Fact]:
    payoffs, rounds = stored
    defecting, earned = _against_tit_for_tat(payoffs, [DEFECT] * rounds)
    _, together = _against_tit_for_tat(payoffs, [COOPERATE] * rounds)
    yield equal(f"T = {rounds}: always defect earns 5 + (T - 1)", earned, rounds + 4)
    yield equal(
        "always cooperate would have earned, with tit for tat's reaction, 3T",
        together,
        (3 * rounds),
    )
    yield equal("the difference, which is policy regret, 2T - 4", together - earned, 2 * rounds - 4)
    fixed = sum(_pays(payoffs, COOPERATE, y) for y in defecting)
    yield equal("cooperating against what the leader did play earns", fixed, 3)
    yield equal("regret by Definition 6", external_regret(payoffs, [DEFECT] * rounds, defecting), 0)
    _, own_earned = _against_tit_for_tat(TABLE_3, [DEFECT] * rounds)
    _, own_together = _against_tit_for_tat(TABLE_3, [COOPERATE] * rounds)
    yield equal(
        "with Table 3's own payoffs policy regret is T - 2", own_together - own_earned, rounds - 2
    )


@claim(
    "a6-tft",
    source="Appendix A.6, line 547",
    expected="false",
    paper_proof="missing",
    replacement="defect-regrets",
)
def tit_for_tat() -> Iterator[Check]:
    r"""Always Defect has regret 2T - 4 against tit for tat, and so violates no-regret.

    In the regret of Definition 6, which holds the leader's actions $a_t^L$ fixed, Always Defect
    against tit for tat has $Regret_T = 2T - 4$. False: that is *policy* regret, which lets tit for
    tat react, for payoffs (5, 3, 1, 0) that the paper does not state. External regret is 0.
    """
    yield Witness(
        stored=(AXELROD, 10),
        facts=_tit_for_tat_facts,
        says="defecting is dominant: against the moves that tit for tat made nothing earns more",
        minimal="the play in question; the same for every T",
    )


def _original_facts(stored: tuple[Payoffs, int]) -> Iterator[Fact]:
    payoffs, rounds = stored
    own = [DEFECT] * rounds
    leader, earned = _against_tit_for_tat(payoffs, own)
    yield equal("regret by Definition 6, for every T", external_regret(payoffs, own, leader), 0)
    cooperating = sum(_pays(payoffs, COOPERATE, y) for y in leader)
    yield equal("|cooperating - defecting| = T + 1", abs(cooperating - earned), rounds + 1)
    yield above("per round", Fraction(abs(cooperating - earned), rounds), 1)


@claim(
    "a6-example",
    source="Appendix A.6, lines 547 to 548",
    expected="false",
    paper_proof="invalid",
    broken_step='"This is linear regret, which violates the no-regret condition" (line 547): it is '
    "linear policy regret (a6-tft)",
    replacement="defect-regrets",
)
def original_example() -> Iterator[Check]:
    r"""The example of Always Defect is neither no-regret nor reward-average, hence invalid.

    Always Defect against tit for tat does not show that no-regret strategies need not be
    reward-average, because it is not no-regret. False: with the regret of Definition 6 it is
    no-regret, and not reward-average. The example that the paper corrects was right.
    """
    yield Witness(
        stored=(AXELROD, 10),
        facts=_original_facts,
        says="external regret 0; the other action earns T + 1 less",
        minimal="the play in question; the same for every T",
    )
