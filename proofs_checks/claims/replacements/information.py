"""What the leader can earn depends on what the follower sees."""

from __future__ import annotations

from collections.abc import Iterator

from proofs_checks.checks import Check, Problem, Smt
from proofs_checks.registry import claim


def _problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    best, value = z3.Reals("P V")
    for count in (2, 3, 4):
        z, pays = vector("z", count), vector("a", count)
        yield Problem(
            name=f"plays of {count} cells, each a row with a best reply to it",
            hypotheses=[
                *is_mix(z),
                *(best >= x for x in pays),
                z3.Or(*(best == x for x in pays)),
                *(value >= x for x in pays),
            ],
            conclusion=z3.And(dot(z, pays) <= best, best <= value),
            example={z[0]: 1},
        )


@claim(
    "information-values",
    source="replaces the identification of Algorithms 1 and 2; von Stengel and Zamir 2010",
    expected="true",
    paper_proof="none",
)
def what_the_follower_sees_decides_the_value() -> Iterator[Check]:
    r"""A follower that replies to the action it sees holds the leader to the pure value.

    For every game and every play in which the follower answers each realised row with a best reply
    to that row: the leader's average is at most $P = \max_i \max_{j \in BR(i)} A_{ij}$, which the
    best row attains; and $P \le V$, because a pure commitment is a commitment. A follower that sees
    nothing is the case of r7-criterion.
    """
    yield Smt(
        problems=_problems,
        says="a play is a mix of cells (i, j) with j a best reply to i; P is the largest payoff in "
        "such a cell, and each is a commitment with its reply, so that V is at least as large",
    )
