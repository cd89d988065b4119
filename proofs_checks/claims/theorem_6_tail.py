"""Theorem 6, third step: from expectation to almost sure convergence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from proofs_checks.checks import Check, Identity, Problem, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.definitions import regrets
from proofs_checks.fact import Fact, above, at_most, equal
from proofs_checks.games import COORDINATION
from proofs_checks.registry import claim


def _hindsight_facts(rounds: int) -> Iterator[Fact]:
    """Two actions, of which a fair coin lets one pay 1 a round; the learner plays the first."""
    chance = Fraction(1, 2**rounds)
    outcomes = list(product((1, 0), repeat=rounds))  # what the first action pays in each round

    def gain(paid: tuple[int, ...], t: int) -> int:
        """What the best action in hindsight gains over the learner in round t."""
        best_is_first = 2 * sum(paid) >= rounds
        return 0 if best_is_first else (1 - paid[t]) - paid[t]

    def given(past: tuple[int, ...], t: int) -> Fraction:
        """delta_t: the mean of that gain, given what was paid before round t."""
        alike = [paid for paid in outcomes if paid[:t] == past[:t]]
        return Fraction(sum(gain(paid, t) for paid in alike), len(alike))

    x = {paid: [gain(paid, t) - given(paid, t) for t in range(rounds)] for paid in outcomes}
    for paid, values in x.items():
        yield equal(f"action 1 pays {paid}: X_1, X_2", values, _expected_values()[paid])
    yield equal("mean of X_1", chance * sum(v[0] for v in x.values()), 0)
    yield equal("mean of X_2", chance * sum(v[1] for v in x.values()), 0)
    large = max(v[0] for v in x.values())
    after = [v[1] for v in x.values() if v[0] == large]
    yield above(f"mean of X_2 given X_1 = {large}", sum(after) / len(after), 0)
    yield above(
        "so E[X_1 X_2], 0 for martingale differences",
        chance * sum(v[0] * v[1] for v in x.values()),
        0,
    )


def _expected_values() -> dict[tuple[int, ...], tuple[Fraction, Fraction]]:
    """X_1 and X_2 worked out by hand: action 2 is best in hindsight only after (0, 0)."""
    quarter = Fraction(1, 4)
    return {
        (1, 1): (-quarter, Fraction(0)),
        (1, 0): (-quarter, Fraction(0)),
        (0, 1): (-quarter, -HALF),
        (0, 0): (1 - quarter, HALF),
    }


@claim(
    "thm-6-martingale",
    source="Appendix A.5, lines 517 to 518",
    expected="false",
    paper_proof="none",
    replacement="realised-regret",
)
def hindsight_martingale() -> Iterator[Check]:
    r"""The deviations X_t, taken against the best policy in hindsight, are martingale differences.

    With $\delta_t = E[r_t(\pi) - r_t(\pi_t) | F_{t-1}]$ and $\pi$ the best fixed policy *in
    hindsight*: $X_t = r_t(\pi) - r_t(\pi_t) - \delta_t$ is a martingale difference sequence. False:
    $\pi$ depends on the rewards to come, so that $X_t$ is not known after round t, and tells of
    $X_{t+1}$. Fix the comparator first; realised-regret needs none.
    """
    yield Witness(
        stored=2,
        facts=_hindsight_facts,
        says="two fair coins, T = 2: E[X_1 X_2] = 1/8, and X_2 has mean 1/2 given X_1 = 3/4",
        minimal="T = 2, two actions; one round has no dependence",
    )


def _sure_regret_facts(paid: tuple[int, int]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below
    from proofs_checks.learning import hedge_regret

    regret = max(paid) - HALF * sum(paid)
    yield equal("T = 1, rewards (1, 0), Hedge's first mix (1/2, 1/2): Regret_1", regret, HALF)
    off = abs(hedge_regret([paid], lambda t: ball(1)) - ball(regret))
    yield ball_below("Hedge run, its regret differs from that by", off, Fraction(1, 10**9))
    yield above(
        "it is a number (thm-6-random), so P(Regret_1 > 1/4) = 1: it is", regret, Fraction(1, 4)
    )
    for constant in (Fraction(1), Fraction(1, 100), Fraction(1, 10000)):
        bound = (-ball(constant / 16)).exp()
        yield ball_below(f"exp(-C/16) at C = {constant}, against 1", bound, 1)


def _exponential_problems() -> Iterator[Problem]:
    import z3

    x, power = z3.Reals("x expx")
    yield Problem(
        name="e^x >= 1 + x, so 1 <= e^(-x) never holds for x = C e^2 T > 0",
        hypotheses=[x > 0, power >= 1 + x],
        conclusion=1 / power < 1,
    )


def _drift_facts(stored: tuple[Fraction, Fraction, int]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below

    rate, constant, rounds = stored
    drift = (ball(rate) / 2).tanh() / 4  # constant-eta: regret of the mixes per round
    eps = drift / 2
    missed = (-2 * (drift - eps) ** 2 * rounds).exp()  # realised-regret
    stated = (-ball(constant) * eps**2 * rounds).exp()
    yield ball_below(
        "P(realised Regret/T <= e), e half of the mixes' regret", missed, Fraction(1, 10**9)
    )
    yield ball_below(f"exp(-C e^2 T) at C = {constant}, against P > 1 - 1e-9", stated, HALF)


@claim(
    "thm-6-tail",
    source="Appendix A.5, lines 519 to 521",
    expected="false",
    paper_proof="none",
    replacement="realised-regret",
)
def tail_bound() -> Iterator[Check]:
    r"""P(Regret_T / T > eps) <= exp(-C eps^2 T).

    For every no-regret algorithm there is C > 0 such that for all T and $\epsilon > 0$:
    $P(Regret_T / T > \epsilon) \le \exp(-C \epsilon^2 T)$. False: concentration is around the
    *mean* of the regret, which is positive; the sum of the $\delta_t$ has been dropped.
    """
    yield Witness(
        stored=(1, 0),
        facts=_sure_regret_facts,
        says="T = 1: Hedge's regret is 1/2 for sure, and no C > 0 has 1 <= exp(-C/16)",
        minimal="T = 1, two actions",
    )
    yield Smt(
        problems=_exponential_problems,
        shows="false",
        says="wherever regret is positive for sure, the bound fails for every C",
    )
    yield Witness(
        stored=(Fraction(1, 20), Fraction(1, 100), 10**7),
        facts=_drift_facts,
        says="of realised regret too, for the experiments' Hedge (eta = 0.05, rewards that "
        "alternate): the probability tends to 1 and the bound to 0",
    )


def _geometric_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    x, first = sympy.symbols("x N", positive=True)
    tail = x**first / (1 - x)
    yield (
        "sum over T >= N of x^T is x^N/(1 - x), x = exp(-C e^2) < 1: S_N = x^N + S_(N+1)",
        sympy.expand_power_exp(tail * (1 - x)),
        sympy.expand_power_exp((x**first + x * tail) * (1 - x)),
    )


@claim(
    "thm-6-summable",
    source="Appendix A.5, lines 523 to 527",
    expected="true",
    paper_proof="valid",
)
def summable() -> Iterator[Check]:
    r"""The bounds exp(-C eps^2 T) have a finite sum, so almost surely finitely many events happen.

    For all C, $\epsilon > 0$ and events $E_T$ with $P(E_T) \le \exp(-C \epsilon^2 T)$: with
    probability 1 only finitely many of them occur (Borel and Cantelli).
    """
    yield Identity(
        sides=_geometric_sides,
        says="P(some E_T with T >= N) is at most x^N/(1 - x), which tends to 0",
    )


def _matched_facts(rounds: int) -> Iterator[Fact]:
    for last in range(2, rounds + 1, 2):
        average = regrets(COORDINATION, [(t % 2, t % 2) for t in range(last)])[0]
        yield at_most(f"T = {last}: Regret/T, never above e > 0", average, 0)
        yield equal("it is", average, -HALF)


@claim(
    "thm-6-one-sided",
    source="Appendix A.5, lines 509 to 511 and 527",
    expected="false",
    paper_proof="none",
    replacement="limsup-regret",
)
def finitely_often() -> Iterator[Check]:
    r"""Regret/T > eps only finitely often, for any eps: that is convergence to zero.

    For every leader whose $Regret_T / T$ exceeds each $\epsilon > 0$ only finitely often (or is at
    most $O(1/\sqrt{T})$): $Regret_T / T \to 0$. False: it may stay below 0.
    """
    yield Witness(
        stored=8,
        facts=_matched_facts,
        says="A = B = I, both alternate in step: the leader's Regret/T is -1/2 for every even T",
        minimal="2 x 2, period two",
    )
