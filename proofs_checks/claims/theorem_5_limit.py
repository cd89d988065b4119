"""Theorem 5's proof, its end: from the value gap to the divergence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.checks import Check, Identity, Problem, Search, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, equal
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    pass

from proofs_checks.claims.theorem_5_divergence import Compared, compared, worth

RANGE_ONE = "payoffs have range at most 1"


def _exponential_facts(stored: tuple[tuple[int, int], ...]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below

    for constant, eta in stored:
        stated = 1 + eta + constant * eta**2
        yield ball_below(
            f"1 + x + c x^2 at c = {constant}, x = {eta}, against e^x",
            ball(stated),
            ball(eta).exp(),
        )


@claim(
    "thm-5-expansion",
    source="Appendix A.5, lines 466 to 471",
    expected="true",
    paper_proof="invalid",
    broken_step='"using e^x = 1 + x for small x" (line 469), then "for any eta > 0" (line 471): '
    "no constant makes e^x <= 1 + x + c x^2 for all x > 0",
)
def expansion() -> Iterator[Check]:
    r"""KL(pi* || average) >= eta (J* - J(average)) - O(eta^2), for any eta > 0.

    For all payoffs of range R, all mixes and every $\eta > 0$:
    $KL(\pi^* || q) \ge \eta (J(\pi^*) - J(q)) - \eta^2 R^2 / 8$. The best $\eta$ gives
    $2 (J(\pi^*) - J(q))^2 / R^2$, which is Pinsker's inequality: a bound on the gap by KL, and
    none on KL.
    """
    from proofs_checks.inequalities import donsker_varadhan, hoeffding_lemma

    def sides() -> Iterator[tuple[str, Any, Any]]:
        import sympy

        yield from donsker_varadhan()
        yield from hoeffding_lemma()
        eta, gap, reach = sympy.symbols("eta gap R", positive=True)
        yield (
            "eta gap - eta^2 R^2/8 = 2 gap^2/R^2 - R^2/8 (eta - 4 gap/R^2)^2",
            eta * gap - eta**2 * reach**2 / 8,
            2 * gap**2 / reach**2 - reach**2 / 8 * (eta - 4 * gap / reach**2) ** 2,
        )

    yield Identity(sides=sides, says="Donsker and Varadhan with f = eta u, then Hoeffding's lemma")
    yield Witness(
        about="proof",
        stored=((1, 4), (10, 10), (100, 12), (1000, 16)),
        facts=_exponential_facts,
        says="for every c some x breaks e^x <= 1 + x + c x^2",
    )


def _range_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, total, vector

    for n in (2, 3, 4):
        for best in range(1, n):
            u, q, top = vector("u", n), vector("q", n), z3.Real("J")
            yield Problem(
                name=f"{n} actions, {best} of them best: J* - J(q) <= 1 - q(best actions)",
                hypotheses=[
                    *is_mix(q),
                    *(u[a] == top for a in range(best)),
                    *(u[a] >= top - 1 for a in range(best, n)),
                ],
                conclusion=top - dot(q, u) <= total(q[best:]),
                example={q[0]: 1},
            )


def _wide_facts(stored: Compared) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below, divergence

    payoffs, star, mean = stored
    gap = worth(star, payoffs) - worth(mean, payoffs)
    yield equal("J* - J(q)", gap, 1)
    found = divergence(star, mean)
    yield ball_below("|KL(pi* || q) - ln 2|", abs(found - ball(2).log()), Fraction(1, 10**9))
    yield ball_below("KL, against the gap", found, gap)


@claim(
    "thm-5-kl-above-gap",
    source="Appendix A.5, line 471",
    expected="true-with-assumptions",
    paper_proof="none",
    assumptions=(RANGE_ONE,),
)
def above_the_gap() -> Iterator[Check]:
    r"""If the value gap is not zero, KL must be bounded below by it.

    For all payoffs, every best response $\pi^*$ and mix q: $KL(\pi^* || q) \ge J^* - J(q)$. True
    for payoffs of range at most 1 (in general R times KL is above the gap), because $\pi^*$ is a
    *best* response: for two arbitrary policies it fails (thm-5-kl-step). Again it bounds the gap by
    KL, while the theorem needs KL bounded by the gap.
    """
    from proofs_checks.inequalities import gibbs

    yield Smt(
        problems=_range_problems,
        assuming=(RANGE_ONE,),
        says="the gap is at most the share of actions that are not best",
    )
    yield Identity(
        sides=gibbs,
        assuming=(RANGE_ONE,),
        says="1 - x <= -ln x at x = q(best actions), and KL(pi* || q) >= -ln x (r6-kl)",
    )
    yield Witness(
        stored=((2, 0), (Fraction(1), Fraction(0)), (HALF, HALF)),
        facts=_wide_facts,
        says="rewards (2, 0), q uniform: the gap is 1, KL is ln 2",
        minimal="two actions, payoffs at most 2",
    )


def _zero_gap_zero_divergence(drawn: Compared) -> bool | None:
    """For a best response ``star``: a zero value gap leaves no divergence; None with a gap."""
    payoffs, star, mean = drawn
    best = max(payoffs)
    if worth(star, payoffs) < best or worth(mean, payoffs) < best:
        return None
    return star == mean


KL_LIMIT = ForAll(inputs=compared, holds=_zero_gap_zero_divergence)


def _kl_limit_facts(stored: Compared) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below, divergence

    payoffs, star, mean = stored
    yield equal("J* of payoffs (0, 0)", max(payoffs), 0)
    yield equal("J* - J(average), for every T", worth(star, payoffs) - worth(mean, payoffs), 0)
    yield ball_below(
        "KL((1, 0) || (1/2, 1/2)) = ln 2 for every T, above", ball(HALF), (divergence(star, mean))
    )


@claim(
    "thm-5-kl-limit",
    source="Appendix A.5, lines 471 to 475",
    expected="false",
    paper_proof="invalid",
    broken_step='"the lower bound on KL must go to zero. As KL-divergence is always non-negative, '
    'this implies": 0 <= L_T <= KL_T with L_T -> 0 leaves KL_T free',
    replacement="r6-kl",
)
def kl_limit() -> Iterator[Check]:
    r"""For any best response, KL goes to zero because its lower bound does.

    For every best response $\pi^*$: if $J(\bar\pi_T) \to J^*$, so that the lower bound
    $\eta (J^* - J(\bar\pi_T)) - O(\eta^2)$ goes to 0 at best, then $KL(\pi^* || \bar\pi_T) \to 0$.
    The reasoning is for any $\pi^*$ in BR, and then its conclusion is false wherever two actions
    are best; only the infimum over BR goes to 0, for another reason.
    """
    yield Witness(
        stored=((0, 0), (Fraction(1), Fraction(0)), (HALF, HALF)),
        facts=_kl_limit_facts,
        refutes=KL_LIMIT,
        says="two equal actions, uniform play: no regret, lower bound 0, KL = ln 2 for ever",
        minimal="two actions, all payoffs 0: one action has one mix",
    )
    yield Search(statement=KL_LIMIT)
