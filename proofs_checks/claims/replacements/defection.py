"""The two regrets of a dominant action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proofs_checks.checks import Check, Identity, Problem, Smt
from proofs_checks.registry import claim


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
