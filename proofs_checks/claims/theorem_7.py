"""Theorem 7: no-regret and reward-average."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from proofs_checks.checks import Check, Enumeration, Identity, Problem, Smt, Witness
from proofs_checks.fact import Fact, above, equal
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

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
