"""Theorem 6, first step: the environment that the leader is said to face."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Check, Identity, Problem, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, above, below, equal
from proofs_checks.registry import claim

PRISONERS_DILEMMA = ((3, 0), (5, 1))
"""The row player's usual payoffs (not the paper's): cooperate, defect."""


def _tit_for_tat_facts(payoffs: tuple[tuple[int, int], ...]) -> Iterator[Fact]:
    cooperate, defect = 0, 1
    after_cooperating, after_defecting = payoffs[cooperate][cooperate], payoffs[cooperate][defect]
    yield equal("round 2, the leader cooperates, having cooperated: it earns", after_cooperating, 3)
    yield equal("round 2, the leader cooperates, having defected: it earns", after_defecting, 0)
    yield below(
        "one state, one action, one time, two rewards; the second",
        after_defecting,
        after_cooperating,
    )


@claim(
    "thm-6-kernel",
    source="Appendix A.5, lines 485 to 495",
    expected="false",
    paper_proof="none",
    replacement="oblivious-follower",
)
def time_dependent_kernel() -> Iterator[Check]:
    r"""From the leader's view the game is an MDP whose reward depends on state, action and time.

    For every game and follower there are functions $r_t(s, a)$, $P'_t(s' | s, a)$ of time, the
    leader's state and its action alone that give its expected reward and its next state. False of
    followers that react to the leader's past, which every learning follower does, and of hidden
    follower states: past actions then matter too.
    """
    yield Witness(
        stored=PRISONERS_DILEMMA,
        facts=_tit_for_tat_facts,
        says="a stateless game, tit for tat: the leader's reward in round 2 depends on its action "
        "in round 1",
        minimal="T = 2; in round 1 nothing has been seen",
    )


def _oblivious_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, total, vector

    for m, n in ((2, 2), (3, 3)):
        chance, q = [z3.Real(f"c{k}") for k in range(3)], vector("q", n)
        a = [vector(f"A{i}", n) for i in range(m)]
        mixes = [vector(f"p{k}", m) for k in range(3)]
        yield Problem(
            name=f"{m} x {n} games, three pasts of the leader",
            hypotheses=[*is_mix(chance), *is_mix(q), *(x for p in mixes for x in is_mix(p))],
            conclusion=total(
                c * total(p[i] * dot(q, a[i]) for i in range(m))
                for c, p in zip(chance, mixes, strict=True)
            )
            == total(
                total(c * p[i] for c, p in zip(chance, mixes, strict=True)) * dot(q, a[i])
                for i in range(m)
            ),
        )


@claim(
    "oblivious-follower",
    source="replaces Appendix A.5, lines 487 to 495",
    expected="true",
    paper_proof="none",
)
def oblivious_follower() -> Iterator[Check]:
    r"""Against a follower that does not react, a matrix game is a sequence of rewards r_t(a).

    For every matrix game and every sequence $q_1, q_2, \dots$ of follower mixes that does not
    depend on the leader's play: the leader's expected reward in round t is
    $\sum_i x_i (A q_t)_i$, with x the probabilities of its action in that round, whatever its past.
    """
    yield Smt(
        problems=_oblivious_problems,
        says="averaged over pasts, only the probabilities of the action in this round matter",
    )


def _q_learning_facts(powers: int) -> Iterator[Fact]:
    value, rounds = Fraction(0), 0
    for k in range(powers):
        for paid, length in ((1, 4**k), (0, 2 * 4**k)):
            for _ in range(length):
                rounds += 1
                value += (paid - value) / rounds
            if paid:
                yield above(f"Q after {rounds} rounds, the last {length} paid", value, HALF)
            else:
                yield equal(
                    f"Q after {rounds} rounds, the last {length} not", value, Fraction(1, 3)
                )


def _block_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    x = sympy.Symbol("x", positive=True)  # 4^k
    before = (x - 1) / 3  # the sum of 4^l over l < k
    yield "1 + 4 + ... + 4^(k-1) grows by 4^k", before + x, before.subs(x, 4 * x)
    yield (
        "after a paying block Q = 2/3 + 1/(3 (2 * 4^k - 1))",
        (before + x) / (3 * before + x),
        sympy.Rational(2, 3) + 1 / (3 * (2 * x - 1)),
    )
    yield "after the next block Q = 1/3", (before + x) / (3 * (before + x)), sympy.Rational(1, 3)


@claim(
    "thm-6-q-learning",
    source="Appendix A.5, line 495",
    expected="true",
    paper_proof="none",
)
def q_learning_needs_stationarity() -> Iterator[Check]:
    r"""Standard convergence results for Q-learning do not apply to the leader directly.

    There is a follower against which Q-learning with rates 1/t, as its convergence theorem asks
    for, has no limit in a game with one state and one leader action.
    """
    yield Witness(
        stored=6,
        facts=_q_learning_facts,
        shows="true",
        says="the follower pays 1 in blocks of 1, 4, 16, ... and 0 in blocks of 2, 8, 32, ... by "
        "turns: Q, an average with rate 1/t, swings for ever",
        minimal="one state, one leader action, two follower actions",
    )
    yield Identity(sides=_block_sides, says="Q comes near 2/3 and near 1/3 for ever")
