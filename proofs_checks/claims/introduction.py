"""What Sections 1 and 2 say about commitment and about self-play."""

from __future__ import annotations

from collections.abc import Iterator

from proofs_checks.checks import Check, Problem, Smt
from proofs_checks.registry import claim


@claim(
    "intro-se-nash",
    source="Section 1, lines 23 to 25, and von Stengel and Zamir 2010",
    expected="true",
    paper_proof="none",
)
def commitment_is_worth_every_nash_equilibrium() -> Iterator[Check]:
    r"""Commitment pays the leader at least what any Nash equilibrium does.

    For every game (A, B) and every Nash equilibrium $(p, q)$, mixed or pure: the strong
    Stackelberg value is at least the leader's equilibrium payoff, $V \ge p^T A q$.
    """

    def problems() -> Iterator[Problem]:
        import z3

        from proofs_checks.formulas import dot, is_mix, replies, vector

        v = z3.Real("V")
        for n in (2, 3, 4):
            leader, follower, q = vector("a", n), vector("b", n), vector("q", n)
            yield Problem(
                name=f"m x {n} games, for every m",
                hypotheses=[
                    *is_mix(q),
                    *(dot(q, follower) >= x for x in follower),
                    *(z3.Implies(replies(follower, j), v >= leader[j]) for j in range(n)),
                ],
                conclusion=dot(q, leader) <= v,
                example={q[0]: 1},
            )

    yield Smt(
        problems=problems,
        says="with a = p'A and b = p'B: the leader may commit to its part p of the equilibrium, so "
        "V is at least a_j for every best reply j, and q is a mix of best replies",
    )
