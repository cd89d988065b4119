"""Theorem 5 as it is true, and the inequality between payoffs and divergence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Identity, Neighbour, Problem, Search, Smt
from proofs_checks.claims.theorem_5 import best_reply_sides, gap_problems
from proofs_checks.claims.theorem_5_divergence import Compared, Mix, compared, is_finite, worth
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Run = tuple[tuple[int, ...], list[Mix]]
"""What each action pays against the fixed leader, and the follower's mix in each round."""


def _runs() -> SearchStrategy[Run]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import mixes

    return st.integers(2, 4).flatmap(
        lambda n: st.tuples(
            st.tuples(*[st.integers(-3, 3)] * n), st.lists(mixes(n), min_size=1, max_size=6)
        )
    )


def _share_is_bounded(run: Run, *, nearest: bool) -> bool | None:
    """Inf KL <= -ln(1 - Reg/(T gap)), as shares; None where all actions are best or Reg is large.

    ``nearest``: the gap to the second-best payoff, else to the worst.
    """
    from proofs_checks.balls import ball, divergence

    payoffs, played = run
    best = max(payoffs)
    others = [x for x in payoffs if x < best]
    if not others:
        return None
    mean = [sum(column, start=Fraction(0)) / len(played) for column in zip(*played, strict=True)]
    regret = sum((best - worth(mix, payoffs) for mix in played), start=Fraction(0)) / len(played)
    gap = best - (max(others) if nearest else min(others))
    share = sum((p for p, x in zip(mean, payoffs, strict=True) if x == best), start=Fraction(0))
    if regret >= gap or not share:
        return None
    conditional = [
        p / share if x == best else Fraction(0) for p, x in zip(mean, payoffs, strict=True)
    ]
    attained = divergence(conditional, mean) + ball(share).log()
    return share >= 1 - regret / gap and bool(abs(attained) < ball(Fraction(1, 10**9)))


@claim(
    "r6-kl",
    source="replaces Theorem 5",
    expected="true",
    paper_proof="none",
)
def best_reply_divergence() -> Iterator[Check]:
    r"""Against a fixed leader mix, inf KL = -ln(share of best actions) <= -ln(1 - Reg/(T gap)).

    For every matrix game, leader mix p, T and follower, with A* the best actions against p, gap
    the difference between their payoff and the next, and $\bar q$ the average mix:
    $\inf_{\pi^* \in BR(p)} KL(\pi^* || \bar q) = -\ln \bar q(A^*)$, attained at $\bar q$ given A*,
    and $1 - \bar q(A^*) \le Regret_T / (T gap)$. So Theorem 5 holds in matrix games, with a rate.
    """
    yield Smt(
        problems=gap_problems,
        says="every round on another action costs at least the gap",
    )
    yield Identity(
        sides=best_reply_sides,
        says="KL(p || q given A*) >= 0, with equality at p = q given A*",
    )
    yield Search(
        statement=ForAll(inputs=_runs, holds=lambda run: _share_is_bounded(run, nearest=True)),
        neighbour=Neighbour(
            says="the gap to the worst action does as well",
            holds=lambda run: _share_is_bounded(run, nearest=False),
        ),
        share=0.5,
    )


def _variation_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, total, vector

    for n in (2, 3):
        u, p, q = vector("u", n), vector("p", n), vector("q", n)
        low, reach = z3.Reals("low R")
        yield Problem(
            name=f"{n} actions: J(p) - J(q) <= R (p(S) - q(S)), S where p > q",
            hypotheses=[
                *is_mix(p),
                *is_mix(q),
                *(low <= x for x in u),
                *(x <= low + reach for x in u),
            ],
            conclusion=dot(p, u) - dot(q, u)
            <= reach * total(z3.If(x > y, x - y, 0) for x, y in zip(p, q, strict=True)),
            example={p[0]: 1, q[0]: 1},
        )


def _payoffs_within(drawn: Compared, factor: int) -> bool | None:
    """Whether factor * (J(pi) - J(sigma))^2 <= R^2 KL(sigma || pi); False if it surely fails."""
    from proofs_checks.balls import ball, divergence

    payoffs, pi, sigma = drawn
    reach = max(payoffs) - min(payoffs)
    if not reach or not is_finite(sigma, pi) or sigma == pi:
        return None
    gap = worth(pi, payoffs) - worth(sigma, payoffs)
    return not ball(factor * gap**2) > reach**2 * divergence(sigma, pi)


@claim(
    "pinsker",
    source="replaces the inequality of lines 455 to 457; Pinsker 1964, Csiszar 1967",
    expected="true",
    paper_proof="none",
)
def pinsker_inequality() -> Iterator[Check]:
    r"""Payoffs of two policies differ by at most R sqrt(KL/2).

    For all policies $\pi, \sigma$ of a matrix game and all rewards of range R:
    $| J(\pi) - J(\sigma) | \le R \sqrt{KL(\sigma || \pi) / 2}$.
    """
    from proofs_checks.inequalities import pinsker

    yield Identity(
        sides=pinsker,
        says="KL is at least that of any set of actions, which is at least 2 (p(S) - q(S))^2",
    )
    yield Smt(
        problems=_variation_problems,
        says="a difference of payoffs is at most R times the difference on one set",
    )
    yield Search(
        statement=ForAll(inputs=compared, holds=lambda drawn: _payoffs_within(drawn, 2)),
        neighbour=Neighbour(
            says="the difference is at most R sqrt(KL/3)",
            holds=lambda drawn: _payoffs_within(drawn, 3),
        ),
        share=0.5,
    )
