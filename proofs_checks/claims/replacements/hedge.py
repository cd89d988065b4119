"""What Hedge and gradient steps guarantee, with their constants."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.checks import Check, Citation, Identity, Neighbour, Search
from proofs_checks.learning import Rewards
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    from flint import arb
    from hypothesis.strategies import SearchStrategy


def rewards() -> SearchStrategy[Rewards]:
    """Payoffs 0 to 3 of two or three actions: up to 12 rounds, cycles, and 30 steady rounds."""
    from hypothesis import strategies as st

    def rounds(n: int) -> SearchStrategy[Any]:
        paid = st.tuples(*[st.integers(0, 3)] * n)
        cycle = st.lists(paid, min_size=1, max_size=3)
        repeated = st.builds(lambda block, times: block * times, cycle, st.integers(1, 4))
        steady = paid.map(lambda row: [row] * 30)
        return st.one_of(st.lists(paid, min_size=1, max_size=12), repeated, steady)

    return st.integers(2, 3).flatmap(rounds)


def _reach(paid: Rewards) -> int | Fraction:
    """R: the largest spread of the payoffs in a round; 1 where there is none."""
    return max(max(row) - min(row) for row in paid) or 1


def _within(paid: Rewards, share: Fraction) -> bool:
    """Whether the four rates keep ``share`` of their bounds."""
    from proofs_checks.balls import ball
    from proofs_checks.learning import hedge_regret

    n, rounds, reach = len(paid[0]), len(paid), ball(_reach(paid))
    ln_n = ball(n).log()
    tuned = (8 * ln_n / rounds).sqrt() / reach
    papers = (ln_n / rounds).sqrt()
    third = ball(Fraction(1, 3))

    def constant(rate: arb) -> arb:
        return ln_n / rate + rate * rounds * reach**2 / 8

    def anytime(t: int) -> arb:
        return 2 * (ln_n / t).sqrt() / reach

    def cesa_bianchi_lugosi(t: int) -> arb:
        return (8 * ln_n / t).sqrt() / reach

    root = (rounds * ln_n / 2).sqrt()
    pairs = [
        (lambda t: third, constant(third)),
        (lambda t: tuned, reach * root),
        (lambda t: papers, (1 + reach**2 / 8) * (rounds * ln_n).sqrt()),
        (anytime, reach * (rounds * ln_n).sqrt()),
        (cesa_bianchi_lugosi, reach * (2 * root + (ln_n / 8).sqrt())),
    ]
    return all(bool(hedge_regret(paid, rate) < ball(share) * bound) for rate, bound in pairs)


def _half_of_the_bounds(paid: Rewards) -> bool:
    return _within(paid, Fraction(1, 2))


def _the_bounds(paid: Rewards) -> bool:
    return _within(paid, Fraction(1))


@claim(
    "r11-hedge",
    source="replaces the O(sqrt T) of Appendix A.4; Cesa-Bianchi and Lugosi 2006, Theorems 2.2, "
    "2.3",
    expected="true",
    paper_proof="none",
)
def hedge_constants() -> Iterator[Check]:
    r"""Hedge's regret: ln n/h + h T R^2/8, tuned R sqrt(T ln n/2), anytime R sqrt(T ln n).

    For all rewards of range R in each round, also those chosen with the mix in view, all n and T:
    with constant rate h, $Regret_T \le \frac{\ln n}{h} + \frac{h T R^2}{8}$; with
    $h = \sqrt{8 \ln n / T} / R$, $R \sqrt{T \ln n / 2}$; with the paper's $h = \sqrt{\ln n / T}$,
    $(1 + R^2 / 8) \sqrt{T \ln n}$; with $h_t = 2 \sqrt{\ln n / t} / R$, $R \sqrt{T \ln n}$ after
    every T; with $h_t = \sqrt{8 \ln n / t} / R$, $R (2 \sqrt{T \ln n / 2} + \sqrt{\ln n / 8})$.
    """
    from proofs_checks.regret_bounds import anytime_bound, hedge_bound

    yield Identity(sides=hedge_bound, says="constant rates, and those tuned to T")
    yield Identity(sides=anytime_bound, says="falling rates")
    yield Search(
        statement=ForAll(inputs=rewards, holds=_the_bounds),
        neighbour=Neighbour(says="half of each bound suffices", holds=_half_of_the_bounds),
        share=0.5,
    )
    yield Citation(
        source="N. Cesa-Bianchi and G. Lugosi, Prediction, Learning, and Games, 2006, Theorem 2.3",
        says="the last of these rates and bounds",
    )


@claim(
    "hedge-regret",
    source="replaces Section 5's constant rate; Freund and Schapire 1997",
    expected="true",
    paper_proof="none",
)
def hedge_is_no_regret() -> Iterator[Check]:
    r"""Hedge with a rate that falls, or is tuned to T, has no regret.

    For every matrix game and every leader: mixes of Hedge with rates $2 \sqrt{\ln n / t} / R$, or
    for each T with its own $\sqrt{8 \ln n / T} / R$, have
    $\limsup_T Regret_T / T \le 0$, at the rate $O(1 / \sqrt{T})$ with constants that do not depend
    on the leader. With a constant rate h: $\limsup_T Regret_T / T \le h R^2 / 8$.
    """
    from proofs_checks.regret_bounds import anytime_bound, hedge_bound

    yield Identity(sides=hedge_bound, says="a constant rate: divide by T")
    yield Identity(sides=anytime_bound, says="falling rates: divide by T")


def _convex_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    from proofs_checks.inequalities import jensen_of_logarithm

    weights, factors = (sympy.symbols(f"{name}1:4", positive=True) for name in ("w", "e"))
    total = sum(weights)
    after = sum(w * e for w, e in zip(weights, factors, strict=True))
    mean = sum(w / total * e for w, e in zip(weights, factors, strict=True))
    yield "W_(t+1)/W_t = mean of e = exp(h g) under p_t = w/W_t", after / total, mean
    yield from jensen_of_logarithm()
    h, gain = sympy.symbols("h G", positive=True)
    yield (
        "n weights of at most exp(h max G): ln(W/n)/h <= max G",
        sympy.log(sympy.exp(h * gain)) / h,
        (gain),
    )


def _never_negative(paid: Rewards) -> bool:
    from proofs_checks.balls import ball
    from proofs_checks.learning import hedge_regret

    rate = ball(Fraction(1, 3))
    return bool(hedge_regret(paid, lambda t: rate) > -ball(Fraction(1, 10**9)))


def _always_positive(paid: Rewards) -> bool:
    from proofs_checks.balls import ball
    from proofs_checks.learning import hedge_regret

    rate = ball(Fraction(1, 3))
    return bool(hedge_regret(paid, lambda t: rate) > ball(Fraction(1, 10**9)))


@claim(
    "hedge-regret-sign",
    source="replaces 'regret is always non-negative', line 374; Gofer and Mansour 2016",
    expected="true",
    paper_proof="none",
)
def hedge_regret_sign() -> Iterator[Check]:
    r"""The regret of Hedge with a constant rate is never negative.

    For all rewards, all n, T and h > 0: the mixes of Hedge with constant rate h have
    $Regret_T \ge 0$. So for Hedge tuned to T the limit of $Regret_T / T$ is 0, as the paper says
    of every no-regret strategy, of which it is false (thm-4).
    """
    yield Identity(
        sides=_convex_sides,
        says="ln(W_(t+1)/W_t) >= h p_t.g_t, so h times what is earned is at most ln(W_(T+1)/n), "
        "which is at most h max G",
    )
    yield Search(
        statement=ForAll(inputs=rewards, holds=_never_negative),
        neighbour=Neighbour(says="it is always positive", holds=_always_positive),
        share=0.5,
    )
    yield Citation(
        source="E. Gofer and Y. Mansour, Lower bounds on individual sequence regret, Machine "
        "Learning 103, 2016",
        says="the same for every learner that follows the gradient of a concave potential",
    )


RATES = (Fraction(1, 10), Fraction(1, 3), Fraction(1))


def _gradient_within(paid: Rewards, share: Fraction) -> bool:
    from proofs_checks.learning import gradient_mixes, regret_of

    n = len(paid[0])
    distance = 1 - Fraction(1, n)  # squared, from the centre to a corner
    slope = max(sum(Fraction(x) ** 2 for x in row) for row in paid)
    for rate in RATES:
        played = list(gradient_mixes(paid, rate))
        bound = distance / (2 * rate) + rate * len(paid) * slope / 2
        if any(min(mix) < 0 or sum(mix) != 1 for mix in played):
            return False
        if regret_of(iter(played), paid) > share * bound:
            return False
    return True


@claim(
    "gradient-regret",
    source="replaces the condition of Appendix A.4, lines 388 to 393; Zinkevich 2003",
    expected="true",
    paper_proof="none",
)
def gradient_regret() -> Iterator[Check]:
    r"""Convex losses with bounded gradients: gradient descent has regret at most D G sqrt(T).

    For every compact convex set of diameter D and all convex losses whose gradients have norm at
    most G there: projected gradient descent of rate h has
    $Regret_T \le \frac{D^2}{2h} + \frac{h T G^2}{2}$, which is $D G \sqrt{T}$ at
    $h = D / (G \sqrt{T})$; convexity enters as $l(x) - l(u) \le \nabla l(x) \cdot (x - u)$. It is
    mirror descent with the squared norm.
    """
    from proofs_checks.regret_bounds import gradient_bound

    yield Identity(sides=gradient_bound, says="one step, its projection, and the best rate")
    yield Search(
        statement=ForAll(inputs=rewards, holds=lambda paid: _gradient_within(paid, Fraction(1))),
        neighbour=Neighbour(
            says="half of the bound suffices",
            holds=lambda paid: _gradient_within(paid, Fraction(1, 2)),
        ),
        share=0.5,
    )
