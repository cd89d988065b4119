"""The steps of Theorem 5's proof that speak of the Kullback-Leibler divergence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from proofs_checks.checks import Check, Identity, Search, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, below, equal
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Mix: TypeAlias = tuple[Fraction, ...]
Compared: TypeAlias = tuple[tuple[int, ...], Mix, Mix]
"""Payoffs of the actions, and two mixes of them."""


def compared() -> SearchStrategy[Compared]:
    """Payoffs 0 to 2 of two or three actions, and two mixes; the first may be pure."""
    from hypothesis import strategies as st

    from proofs_checks.strategies import mixes

    return st.integers(2, 3).flatmap(
        lambda n: st.tuples(st.tuples(*[st.integers(0, 2)] * n), mixes(n), mixes(n))
    )


def worth(mix: Mix, payoffs: tuple[int, ...]) -> Fraction:
    """J(mix)."""
    return sum((x * y for x, y in zip(mix, payoffs, strict=True)), start=Fraction(0))


def is_finite(p: Mix, q: Mix) -> bool:
    """Whether KL(p || q) is."""
    return all(y > 0 for x, y in zip(p, q, strict=True) if x)


def _at_most_divergence(drawn: Compared) -> bool:
    """J(pi) - J(sigma) <= KL(sigma || pi): False only where it certainly fails."""
    from proofs_checks.balls import ball, divergence

    payoffs, pi, sigma = drawn
    if not is_finite(sigma, pi):
        return True
    return not ball(worth(pi, payoffs) - worth(sigma, payoffs)) > divergence(sigma, pi)


KL_STEP = ForAll(inputs=compared, holds=_at_most_divergence)


def _grid(denominator: int) -> list[Mix]:
    return [
        (Fraction(k, denominator), 1 - Fraction(k, denominator)) for k in range(denominator + 1)
    ]


def _kl_step_facts(stored: Compared) -> Iterator[Fact]:
    payoffs, pi, sigma = stored
    gap = worth(pi, payoffs) - worth(sigma, payoffs)
    yield equal("J(pi) - J(sigma) = 2/3 - 1/2", gap, Fraction(1, 6))
    power = Fraction(1)
    for x, y in zip(sigma, pi, strict=True):
        power *= (x / y) ** int(6 * x)
    yield equal("exp(6 KL(sigma || pi)) = (3/4)^3 (3/2)^3", power, Fraction(729, 512))
    yield below("so 6 KL < 1, because this is below 2 < e", power, 2)
    yield equal("and 6 times the difference is", 6 * gap, 1)
    coarse = [
        (u, p, q)
        for u in product((0, 1), repeat=2)
        for d in (1, 2)
        for p in _grid(d)
        for q in _grid(2)
    ]
    failing = sum(not _at_most_divergence(each) for each in coarse)
    yield equal(
        f"of {len(coarse)} inputs with denominators 1 and 2, payoffs 0 and 1, fail", failing, 0
    )


@claim(
    "thm-5-kl-step",
    source="Appendix A.5, lines 455 to 457",
    expected="false",
    paper_proof="none",
    replacement="pinsker",
)
def kl_step() -> Iterator[Check]:
    r"""J(pi) - J(sigma) <= KL(sigma || pi), "direct and widely cited".

    For all policies $\pi, \sigma$ and all rewards: $J(\pi) - J(\sigma) \le KL(\sigma || \pi)$. The
    right side is of second order in the difference and has no unit; the left is of first order and
    in units of payoff.
    """
    third = Fraction(1, 3)
    yield Witness(
        stored=((1, 0), (2 * third, third), (HALF, HALF)),
        facts=_kl_step_facts,
        refutes=KL_STEP,
        says="pi = (2/3, 1/3), sigma = (1/2, 1/2), rewards (1, 0): 1/6 against ln(9/8)/2 = 0.059",
        minimal="two actions, payoffs 0 and 1; probabilities with denominators 1 and 2 do not fail",
    )
    yield Search(statement=KL_STEP)


@claim(
    "thm-5-donsker-varadhan",
    source="Appendix A.5, lines 463 to 465",
    expected="true",
    paper_proof="none",
)
def donsker_varadhan_bound() -> Iterator[Check]:
    r"""KL(P || Q) >= sup over f of E_P f - ln E_Q exp f.

    For all distributions P, Q on a finite set and all functions f. It is Donsker and Varadhan's
    formula, and an equality; Pinsker's inequality follows from it, it is no refinement of it.
    """
    from proofs_checks.inequalities import donsker_varadhan

    yield Identity(
        sides=donsker_varadhan,
        says="the difference is a divergence, and 0 at f = ln(P/Q)",
    )
