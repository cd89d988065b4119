"""From the regret of mixes to the regret of what is drawn from them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from proofs_checks.checks import Check, Citation, Identity, Neighbour, Search
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Round: TypeAlias = tuple[tuple[Fraction, ...], tuple[int, ...]]
"""A mix, and what the actions pay."""


def _rounds() -> SearchStrategy[list[Round]]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import mixes

    one = st.tuples(mixes(2), st.tuples(*[st.integers(0, 1)] * 2))
    return st.one_of(
        st.lists(one, min_size=1, max_size=7),
        st.builds(lambda each, times: [each] * times, one, st.integers(1, 7)),
    )


def excess_distribution(rounds: list[Round]) -> dict[Fraction, Fraction]:
    """The distribution of realised regret minus regret of the mixes.

    >>> half = Fraction(1, 2)
    >>> [(str(x), str(p)) for x, p in excess_distribution([((half, half), (1, 0))]).items()]
    [('-1/2', '1/2'), ('1/2', '1/2')]
    """
    found = {Fraction(0): Fraction(1)}
    for mix, paid in rounds:
        mean = sum((p * x for p, x in zip(mix, paid, strict=True)), start=Fraction(0))
        after: dict[Fraction, Fraction] = {}
        for total, chance in found.items():
            for p, x in zip(mix, paid, strict=True):
                key = total + mean - x
                after[key] = after.get(key, Fraction(0)) + chance * p
        found = after
    return found


def _tail_within(rounds: list[Round], factor: int) -> bool:
    """Whether P(excess >= s) <= exp(-factor s^2 / T) for every s > 0."""
    from proofs_checks.balls import ball

    found = excess_distribution(rounds)
    for s in found:
        tail = sum((chance for x, chance in found.items() if x >= s), start=Fraction(0))
        if s > 0 and ball(tail) > (-ball(factor * s**2 / len(rounds))).exp():
            return False
    return True


@claim(
    "realised-regret",
    source="replaces Appendix A.4, line 400, and A.5, lines 513 to 529; Azuma 1967, Hoeffding 1963",
    expected="true",
    paper_proof="none",
)
def realised_regret() -> Iterator[Check]:
    r"""Realised regret exceeds that of the mixes by at most R sqrt(T ln(1/d)/2), with chance 1 - d.

    For every learner that draws its action from a mix $p_t$, all rewards of range R that may depend
    on the past, all T and d in (0, 1): with probability at least 1 - d,
    $Regret_T \le \max_a \sum_t (g_t(a) - p_t \cdot g_t) + R \sqrt{T \ln(1/d) / 2}$. So if the mixes
    have regret at most $C \sqrt{T}$ in every run, then $\limsup Regret_T / T \le 0$ almost surely.
    """
    from proofs_checks.regret_bounds import realised_bound

    yield Identity(
        sides=realised_bound, says="Hoeffding's lemma round by round, then Chernoff's bound"
    )
    yield Search(
        statement=ForAll(inputs=_rounds, holds=lambda drawn: _tail_within(drawn, 2)),
        neighbour=Neighbour(
            says="the tail is at most exp(-6 s^2/(T R^2))",
            holds=lambda drawn: _tail_within(drawn, 6),
        ),
        share=0.5,
    )
    yield Citation(
        source="Cesa-Bianchi and Lugosi 2006, Chapter 4",
        says="the same for randomised forecasters",
    )
