"""Theorem 5's proof: the regret bound of mirror descent."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Check, Identity, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, equal
from proofs_checks.registry import claim


def _uniform_facts(stored: tuple[Fraction, int]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below

    rate, rounds = stored
    earned, best, ln2 = HALF * rounds, Fraction(rounds), ball(2).log()
    yield equal(
        f"rewards (1, 0), uniform play for {rounds} rounds earns", earned, rounds / Fraction(2)
    )
    yield equal("and playing action 1 for ever after adds no regret: in all", best - earned, earned)
    norm = 1**2 + 0**2  # |grad J|^2 of the rewards (1, 0)
    stated = ball(best - rate * rounds * norm) - ln2 / ball(rate)
    yield ball_below(f"what was earned, against the bound at rate {rate}: ", ball(earned), stated)
    yield ball_below(
        "no rate helps below T > 16 ln 2, where T/2 > 2 sqrt(T ln 2)", 16 * ln2, rounds
    )
    yield ball_below(f"and {rounds - 1} is no such T", ball(rounds - 1), 16 * ln2)


def _mirror_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    from proofs_checks.inequalities import hoeffding_lemma

    h, ln_mean = sympy.symbols("h lnE")
    ln_now, paid = sympy.symbols("lnq1:4"), sympy.symbols("g1:4")
    p1, p2 = sympy.symbols("p1 p2")
    star = (p1, p2, 1 - p1 - p2)
    ln_next = [x + h * y - ln_mean for x, y in zip(ln_now, paid, strict=True)]
    yield (
        "KL(p* || q_t) - KL(p* || q_(t+1)) = h p*.g - ln E_q exp(h g)",
        sum(x * (b - a) for x, a, b in zip(star, ln_now, ln_next, strict=True)),
        h * sum(x * y for x, y in zip(star, paid, strict=True)) - ln_mean,
    )
    yield from hoeffding_lemma()
    x, y = sympy.symbols("x y", real=True)
    yield (
        "R^2 = (x - y)^2 = 2 (x^2 + y^2) - (x + y)^2 <= 2 |g|^2, so R^2/8 <= |g|^2",
        (x - y) ** 2,
        2 * (x**2 + y**2) - (x + y) ** 2,
    )


HEDGE = "the follower's policies are Hedge's, with rate eta, from pi_1"


@claim(
    "thm-5-mirror-bound",
    source="Appendix A.5, lines 451 to 453",
    expected="true-with-assumptions",
    paper_proof="none",
    assumptions=(HEDGE,),
)
def mirror_bound() -> Iterator[Check]:
    r"""The regret bound of Hedge holds for the follower's policies.

    For every no-regret follower, $\pi^* \in BR$, $\eta > 0$ and T:
    $\sum_t J(\pi_t) \ge \sum_t J(\pi^*) - \eta \sum_t \|\nabla J\|^2 -
    \frac{1}{\eta} KL(\pi^* || \pi_1)$. It is a bound for one algorithm, with one rate: not for
    the arbitrary no-regret follower of the theorem.
    """
    yield Identity(
        sides=_mirror_sides,
        assuming=(HEDGE,),
        says="ln E_q exp(h g) <= h q.g + h^2 R^2/8: sum over t, divide by h",
    )
    yield Witness(
        stored=(Fraction(1, 4), 12),
        facts=_uniform_facts,
        says="play uniformly for 12 rounds, then the best action for ever: no regret, and the "
        "bound fails at T = 12, eta = 1/4",
        minimal="12 is the first T at which uniform play breaks the bound for some eta",
    )
