"""Appendix A.4, last paragraph: from expected regret to almost sure convergence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.checks import Check, Citation, Identity, Problem, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.definitions import Play, regrets
from proofs_checks.fact import Fact, above, at_most, equal
from proofs_checks.games import COORDINATION
from proofs_checks.registry import claim

MARTINGALE = "the follower draws from mixes whose regret is at most C sqrt(T) in every run"


def _total_regret(play: Play) -> Fraction:
    return len(play) * regrets(COORDINATION, play)[1]


def _coin_facts(rounds: int) -> Iterator[Fact]:
    for last in (1, 2, 3, rounds - 1, rounds):
        heads = _total_regret([(t % 2, t % 2) for t in range(last)])
        tails = _total_regret([(t % 2, 1 - t % 2) for t in range(last)])
        yield equal(f"T = {last}: heads, in step with the leader, regret", heads, -(last // 2))
        yield equal(f"T = {last}: tails, never in step, regret", tails, (last + 1) // 2)
        yield at_most(f"T = {last}: expected regret, below C sqrt(T)", (heads + tails) / 2, 1)
        yield above("with probability 1/2, Regret/T is at least", tails / last, Fraction(49, 100))


def _segment_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import vector

    for n in (2, 3, 4):
        first, second = vector("G", n), vector("H", n)
        one, two, both = z3.Reals("M N MN")
        yield Problem(
            name=f"{n} actions",
            hypotheses=[
                *(one >= x for x in first),
                *(two >= x for x in second),
                z3.Or(*(both == x + y for x, y in zip(first, second, strict=True))),
            ],
            conclusion=both <= one + two,
        )


@claim(
    "a4-theorem-2-3",
    source="Appendix A.4, line 400",
    expected="false",
    paper_proof="none",
    replacement="realised-regret",
)
def bounds_on_expected_regret() -> Iterator[Check]:
    r"""Bounds on expected regret convert into high-probability bounds (Theorem 2.3 of the book).

    For every learner with $E[Regret_T] \le C \sqrt{T}$ against every sequence of rewards:
    $P(Regret_T / T > \epsilon) \to 0$ and $\limsup Regret_T / T \le 0$ almost surely. False: flip
    a coin once; with heads play in step with an alternating leader, with tails out of step, and
    change to Hedge for good when the leader leaves the pattern. Expected regret is at most
    $C \sqrt{T} + 1$ against every sequence; against the pattern, Regret/T is 1/2 with probability
    1/2. What the conversion needs is a bound on the regret of the *mixes* in every run.
    """
    yield Witness(
        stored=40,
        facts=_coin_facts,
        says="B = I, leader alternating, one coin: expected regret at most 1/2 after every T, "
        "Regret/T at least 1/2 with probability 1/2",
        minimal="2 x 2, one fair coin",
    )
    yield Smt(
        problems=_segment_problems,
        shows="false",
        says="regret of a whole is at most the sum of the regrets of its parts: leaving the "
        "pattern at round s adds Hedge's C sqrt(T) to -s/2 and s/2, whose mean is at most 1/2",
    )
    yield Citation(
        source="Cesa-Bianchi and Lugosi 2006, Theorem 2.3; A. Chernov, arXiv:1011.5668",
        says="Theorem 2.3 bounds the regret of exponential weights with rates sqrt(8 ln N/t) by 2 "
        "sqrt(n/2 ln N) + sqrt(ln N/8): it has no expectation and no probability in it",
    )


def _rare_facts(stored: tuple[tuple[Fraction, int], ...]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below

    for constant, size in stored:
        share = Fraction(1, 2 * size**2)
        yield equal(
            f"X = +-{size} with probability {share} each, else 0: mean", size * share, HALF / size
        )
        yield equal("less the same below 0, so 0; variance", 2 * share * size**2, 1)
        tail = (-ball(constant) * size**2).exp()
        yield ball_below(
            f"exp(-C e^2) at C = {constant}, e = {size}, against P(X >= e)", tail, share
        )


@claim(
    "a4-azuma-variance",
    source="Appendix A.4, line 400",
    expected="false",
    paper_proof="none",
    replacement="realised-regret",
)
def azuma_with_bounded_variance() -> Iterator[Check]:
    r"""Azuma-Hoeffding applies when the rewards have bounded variance.

    There is C > 0 such that for every martingale whose differences have variance at most 1:
    $P(S_T / T \ge \epsilon) \le \exp(-C \epsilon^2 T)$ for all T and $\epsilon > 0$. False: the
    differences must be *bounded*; a rare large reward has a tail of 1 over a square. (Almost sure
    convergence itself needs only the variance.)
    """
    yield Witness(
        stored=((Fraction(1, 2), 4), (Fraction(1, 10), 8), (Fraction(1, 100), 32)),
        facts=_rare_facts,
        says="T = 1, X = +-k with probability 1/(2 k^2) each: for every C some k breaks the bound, "
        "because k^2 exp(-C k^2) tends to 0; k = 4 breaks Azuma's own constant C = 1/2",
        minimal="T = 1, three values",
    )


@claim(
    "a4-almost-sure",
    source="Appendix A.4, lines 400 to 401",
    expected="true-with-assumptions",
    paper_proof="none",
    assumptions=(MARTINGALE, "rewards are bounded", "'to zero' means limsup <= 0"),
    replacement="realised-regret",
)
def almost_surely() -> Iterator[Check]:
    r"""Average regret converges to zero not only in expectation but almost surely.

    For every no-regret follower: $Regret_T / T \to 0$ almost surely. False of a follower that is
    no-regret in expectation only. True, as $\limsup Regret_T / T \le 0$, of followers that draw
    from mixes with a bound in every run, as Hedge, FTRL and OMD have: realised regret is at most
    that of the mixes plus a martingale with bounded differences.
    """
    yield Witness(
        stored=40,
        facts=_coin_facts,
        says="B = I and one coin: expected regret at most 1/2, Regret/T at least 1/2 with "
        "probability 1/2",
    )
    from proofs_checks.regret_bounds import realised_bound

    yield Identity(
        sides=realised_bound,
        assuming=(MARTINGALE,),
        says="P(realised regret - regret of the mixes >= e T) <= exp(-2 e^2 T/R^2), a geometric "
        "series: by Borel and Cantelli it happens finitely often",
    )
