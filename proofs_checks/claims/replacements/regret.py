"""What no regret means, and when a reply map is a best response."""

from __future__ import annotations

from collections.abc import Iterator

from proofs_checks.checks import Check, Problem, Smt
from proofs_checks.registry import claim


def _limsup_problems() -> Iterator[Problem]:
    import z3

    eps = z3.Real("eps")
    rounds, other = z3.Ints("T S")
    for count in (2, 3, 4):
        gains = [z3.Function(f"D{a}", z3.IntSort(), z3.RealSort()) for a in range(count)]
        firsts = z3.Ints(" ".join(f"N{a}" for a in range(count)))
        latest = firsts[0]
        for first in firsts[1:]:
            latest = z3.If(first > latest, first, latest)
        each_late = [
            z3.ForAll(rounds, z3.Implies(rounds >= first, gain(rounds) <= eps))
            for gain, first in zip(gains, firsts, strict=True)
        ]
        largest = gains[0](other)
        for gain in gains[1:]:
            largest = z3.If(gain(other) > largest, gain(other), largest)
        yield Problem(
            name=f"{count} actions: in late rounds each gain is at most eps, so the largest is",
            hypotheses=[eps > 0, other >= latest, *each_late],
            conclusion=largest <= eps,
        )
        yield Problem(
            name=f"{count} actions: the largest gain is at most eps, so each is",
            hypotheses=[eps > 0, largest <= eps],
            conclusion=z3.And(*(gain(other) <= eps for gain in gains)),
        )


@claim(
    "limsup-regret",
    source="replaces Definition 5 and Theorem 4; Hannan 1957",
    expected="true",
    paper_proof="none",
)
def limsup_of_regret() -> Iterator[Check]:
    r"""No regret against each of finitely many actions iff $\limsup Regret_T / T \le 0$.

    For every finite set of comparators a with average gains $D_T(a)$:
    $\limsup_T \max_a D_T(a) \le 0$ iff $\limsup_T D_T(a) \le 0$ for every a. Against all mixes it
    is the same, because a gain is linear in the comparator and is largest at an action.
    """
    yield Smt(
        problems=_limsup_problems,
        says="for every eps > 0, the rounds from which on each gain is at most eps have a largest",
    )


def _map_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, game, is_mix, vector

    for m, n in ((2, 2), (2, 3), (3, 2)):
        unknown, p = game(m, n), vector("p", m)
        f, g = vector("f", m), vector("g", m)  # what two maps earn against each row
        in_row = [
            z3.And(
                z3.Or(*(f[i] == x for x in unknown.B[i])), z3.Or(*(g[i] == x for x in unknown.B[i]))
            )
            for i in range(m)
        ]
        best = z3.And(
            *(z3.Implies(p[i] > 0, z3.And(*(f[i] >= x for x in unknown.B[i]))) for i in range(m))
        )
        some_row = z3.Or(
            *(z3.And(p[i] > 0, z3.Or(*(x > f[i] for x in unknown.B[i]))) for i in range(m))
        )
        improved = [z3.If(z3.And(p[i] > 0), _largest(unknown.B[i]), f[i]) for i in range(m)]
        yield Problem(
            name=f"{m} x {n} games: a map of best replies earns as much as any",
            hypotheses=[*is_mix(p), *in_row, best],
            conclusion=dot(p, f) >= dot(p, g),
            example={p[0]: 1},
        )
        yield Problem(
            name=f"{m} x {n} games: another map is improved by best replies",
            hypotheses=[*is_mix(p), *in_row, some_row],
            conclusion=dot(p, improved) > dot(p, f),
            example={p[0]: 1},
        )


def _largest(values: list[object]) -> object:
    import z3

    largest = values[0]
    for value in values[1:]:
        largest = z3.If(value > largest, value, largest)  # type: ignore[operator]
    return largest


@claim(
    "reply-map",
    source="replaces Theorem 3",
    expected="true",
    paper_proof="none",
)
def reply_map() -> Iterator[Check]:
    r"""A map from the row seen to a column is a best response iff it answers played rows best.

    For every matrix game, every leader mix p and every map f of a follower that sees the realised
    row: f earns the most of all maps iff $f(i) \in \arg\max_j B_{ij}$ for every row i with
    $p_i > 0$.
    """
    yield Smt(
        problems=_map_problems,
        says="a map's payoff is the sum of p_i B_{i f(i)}, and its terms can be chosen one by one",
    )
