"""Appendix A.6: no-regret and reward-average, tit for tat, and Theorem 7."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from proofs_checks.checks import Check, Enumeration, Identity, Problem, Smt, Witness
from proofs_checks.fact import Fact, above, equal
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

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


def _dominance_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, matrix, total, vector

    for m, n in ((2, 2), (2, 3), (3, 3)):
        b, counts = matrix("B", m, n), vector("N", m)
        yield Problem(
            name=f"{m} x {n} games, counts N_i of the leader's rows",
            hypotheses=[
                *(x >= 0 for x in counts),
                *(row[0] >= x for row in b for x in row),
            ],
            conclusion=z3.And(
                *(
                    dot(counts, [row[k] for row in b]) <= dot(counts, [row[0] for row in b])
                    for k in range(n)
                ),
                total(counts) >= 0,
            ),
        )


def _policy_regret_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    rounds, t, r, p = sympy.symbols("T t r p")
    defecting = t + (rounds - 1) * p
    yield (
        "policy regret of always defect against tit for tat: r T - (t + (T - 1) p)",
        r * rounds - defecting,
        (r - p) * rounds - (t - p),
    )
    usual, table = {t: 5, r: 3, p: 1}, {t: 0, r: -1, p: -2}
    yield "for (5, 3, 1, 0)", (r * rounds - defecting).subs(usual), 2 * rounds - 4
    yield "for Table 3's payoffs", (r * rounds - defecting).subs(table), rounds - 2


@claim(
    "defect-regrets",
    source="replaces Appendix A.6, line 547; Arora, Dekel and Tewari 2012",
    expected="true",
    paper_proof="none",
)
def two_regrets_of_defection() -> Iterator[Check]:
    r"""A dominant action has external regret 0 against everything; its policy regret may be linear.

    For every matrix game and every play of the leader, adaptive or not: a follower that always
    plays a (weakly) dominant column has $Regret_T = 0$. Against tit for tat with payoffs t > r > p
    > s, always defecting has policy regret $(r - p) T - (t - p)$.
    """
    yield Smt(
        problems=_dominance_problems,
        says="in every row the dominant column pays the most, so it does in every sum of rows",
    )
    yield Identity(sides=_policy_regret_sides, says="tit for tat answers defection from round 2 on")


Tried: TypeAlias = tuple[tuple[int, int, int], int]
"""What the three actions pay, and T."""


def _reward_average(payoffs: tuple[int, ...], rounds: int, played: int) -> Fraction:
    return max(abs(Fraction(rounds * x - rounds * payoffs[played])) for x in payoffs) / rounds


def _three_action_facts(stored: Tried) -> Iterator[Fact]:
    payoffs, rounds = stored
    earned = rounds * payoffs[0]
    yield equal("always A earns T", earned, rounds)
    yield equal("Regret_T", max(rounds * x for x in payoffs) - earned, 0)
    worst = -payoffs[2]
    found = _reward_average(payoffs, rounds, 0)
    yield equal("sup |J_T(pi') - J_T(pi)| / T = M + 1", found, worst + 1)
    yield above("which does not tend to 0", found, 0)
    pair = (payoffs[0], payoffs[1])
    yield above("A and B alone do as well, with", _reward_average(pair, rounds, 0), 0)


def _large_m_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    rounds, m = sympy.symbols("T M", positive=True)
    yield "|-M T - T| = T (M + 1)", sympy.Abs(-m * rounds - rounds), rounds * (m + 1)
    yield "|0 - T| = T, which is less", sympy.Abs(-rounds), rounds
    yield "divided by T", rounds * (m + 1) / rounds, m + 1


@claim(
    "thm-7",
    source="Appendix A.6, Theorem 7, lines 553 to 600",
    expected="true",
    paper_proof="valid",
)
def theorem_7() -> Iterator[Check]:
    r"""A follower strategy that is no-regret is not necessarily reward-average.

    There are a game, a leader and a no-regret follower with
    $\lim_T \sup_{\pi'} | J_T(\pi') - J_T(\pi) | / T \ne 0$. Indeed every follower with actions
    that are worse by a constant has it: the notion asks that all policies pay the same.
    """
    yield Witness(
        stored=((1, 0, -2), 10),
        facts=_three_action_facts,
        shows="true",
        says="payoffs 1, 0, -M with M = 2, always A: regret 0, reward-average gap M + 1",
        minimal="two actions suffice: C is not needed",
    )
    yield Identity(sides=_large_m_sides, says="for every M > 0 and T: the limit is M + 1, not 0")


def _extreme_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    for n in (2, 3):
        j, q = vector("J", n), vector("q", n)
        own, most = z3.Reals("J0 most")
        gap = dot(q, j) - own
        yield Problem(
            name=f"{n} actions",
            hypotheses=[
                *is_mix(q),
                *(most >= x - own for x in j),
                *(most >= own - x for x in j),
            ],
            conclusion=z3.And(gap <= most, -gap <= most),
            example={q[0]: 1},
        )


@claim(
    "thm-7-extremes",
    source="Appendix A.6, lines 583 to 591",
    expected="true",
    paper_proof="valid",
)
def extremes() -> Iterator[Check]:
    r"""The supremum of |J_T(pi') - J_T(pi)| is attained by the best policy or the worst.

    For all fixed comparators, mixed ones too, in matrix games.
    """
    yield Smt(
        problems=_extreme_problems,
        says="a mix earns between the worst and the best action, and |x| is largest at an end",
    )


def _cycles() -> Iterator[tuple[BimatrixGame, tuple[tuple[int, int], ...]]]:
    """All 2 x 2 follower payoffs 0, 1 with all cyclic plays of one or two rounds."""
    cells = [(i, j) for i in range(2) for j in range(2)]
    for flat in product((0, 1), repeat=4):
        game = BimatrixGame([[0, 0], [0, 0]], [flat[:2], flat[2:]])
        for length in (1, 2):
            for play in product(cells, repeat=length):
                yield game, play


def _average_implies_no_regret(
    member: tuple[BimatrixGame, tuple[tuple[int, int], ...]],
) -> bool | None:
    from proofs_checks.definitions import regrets

    game, play = member
    b = game.follower_exact
    gaps = [sum((b[i, k] - b[i, j] for i, j in play), start=Fraction(0)) for k in range(2)]
    if any(gaps):
        return None
    return regrets(game, play)[1] <= 0


def _reward_average_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import vector

    for n in (2, 3, 4):
        gains, eps = vector("D", n), z3.Real("eps")
        yield Problem(
            name=f"{n} actions, D_a the average gain by action a",
            hypotheses=[eps > 0, *(z3.And(-eps <= x, x <= eps) for x in gains)],
            conclusion=z3.And(*(x <= eps for x in gains)),
        )


@claim(
    "reward-average-is-stronger",
    source="beside Theorem 7",
    expected="true",
    paper_proof="none",
)
def reward_average_is_stronger() -> Iterator[Check]:
    r"""Every reward-average follower has no regret: only the converse fails.

    For every play: if $\sup_a |D_T(a)| \to 0$ for the average gains $D_T(a)$ by fixed actions, then
    $\limsup_T \max_a D_T(a) \le 0$.
    """
    yield Smt(problems=_reward_average_problems, says="D <= |D|")
    yield Enumeration(
        family="2 x 2 games with follower payoffs 0 and 1 and plays of period one and two",
        members=_cycles,
        holds=_average_implies_no_regret,
    )
