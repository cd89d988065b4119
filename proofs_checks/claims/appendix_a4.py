"""Appendix A.4: no regret from online convex optimisation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Citation, Identity, Problem, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.definitions import regrets
from proofs_checks.fact import Fact, above, at_most, equal, fact
from proofs_checks.games import COORDINATION
from proofs_checks.registry import claim

if TYPE_CHECKING:
    pass


def _loss_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import vector

    for n in (2, 3, 4):
        gains, earned, most, least = vector("G", n), z3.Real("E"), z3.Real("M"), z3.Real("L")
        yield Problem(
            name=f"{n} actions",
            hypotheses=[
                *(most >= x for x in gains),
                z3.Or(*(most == x for x in gains)),
                *(least <= -x for x in gains),
                z3.Or(*(least == -x for x in gains)),
            ],
            conclusion=most - earned == (-earned) - least,
        )


@claim(
    "a4-losses",
    source="Appendix A.4, line 388",
    expected="true",
    paper_proof="none",
)
def losses() -> Iterator[Check]:
    r"""With loss = - reward, most reward is least loss, and regret is the same.

    For all rewards: $\max_a \sum_t R_t(a) - \sum_t R_t = \sum_t l_t - \min_a \sum_t l_t(a)$ with
    $l_t = -R_t$.
    """
    yield Smt(
        problems=_loss_problems,
        says="with G_a the sum of an action's rewards and E what was earned: max G - E = "
        "(-E) - min(-G)",
    )


def _deterministic_facts(rounds: int) -> Iterator[Fact]:
    yield fact(
        "the actions 0 and 1 are points, their midpoint 1/2 is no action", HALF not in (0, 1)
    )
    for last in range(1, rounds + 1):
        histories = [h for t in range(last) for h in product((0, 1), repeat=t)]
        least = min(
            max(_regret(dict(zip(histories, chosen, strict=True)), paying, last))
            for paying in [list(product((0, 1), repeat=last))]
            for chosen in product((0, 1), repeat=len(histories))
        )
        yield equal(
            f"T = {last}: of all {2 ** len(histories)} deterministic learners, the best has worst "
            "regret",
            least,
            (last + 1) // 2,
        )


def _regret(
    learner: dict[tuple[int, ...], int], plays: list[tuple[int, ...]], rounds: int
) -> Iterator[int]:
    """Regret on every sequence of paying actions; the learner sees those of past rounds."""
    for paying in plays:
        earned = sum(learner[paying[:t]] == paying[t] for t in range(rounds))
        yield max(sum(paying), rounds - sum(paying)) - earned


@claim(
    "a4-action-set",
    source="Appendix A.4, line 388",
    expected="false",
    paper_proof="none",
    replacement="hedge-regret",
)
def action_set() -> Iterator[Check]:
    r"""A matrix game's follower actions are a convex set: choosing actions is convex optimisation.

    For every matrix game: the follower's action set is compact and convex, so that a learner that
    chooses an *action* a round can have sublinear regret against every leader. False as soon as
    there are two actions: the mixes are convex, not the actions. Whatever a deterministic learner
    of actions would choose, let the other action pay 1: it earns 0, and one of the two actions
    earns at least T/2.
    """
    yield Witness(
        stored=3,
        facts=_deterministic_facts,
        says="two actions, of which one pays 1 a round: no deterministic learner of actions has "
        "worst regret below T/2",
        minimal="two actions; with one there is nothing to choose",
    )
    yield Citation(
        source="T. M. Cover, Behavior of sequential predictors of binary sequences, 1967",
        says="no deterministic predictor of bits has sublinear regret against all sequences",
    )


def _steep_facts(stored: tuple[Fraction, int]) -> Iterator[Fact]:
    rate, rounds = stored
    slope = max(Fraction(2), 1 / rate)
    x, suffered, comparator = Fraction(0), Fraction(0), Fraction(0)
    path = []
    for t in range(rounds):
        reach = 1 - slope * x if t % 2 == 0 else 1 - slope * (1 - x)
        gradient = (-slope if t % 2 == 0 else slope) if reach > 0 else 0
        path.append(x)
        suffered += max(Fraction(0), reach)
        comparator += max(Fraction(0), 1 - slope / 2)
        x = min(Fraction(1), max(Fraction(0), x - rate * gradient))
    yield at_most(
        "largest loss max(0, 1 - K x) on [0, 1], at 0", max(Fraction(0), 1 - slope * 0), 1
    )
    yield equal("gradient descent from x = 0 visits", path[:4], (0, 1, 0, 1))
    yield equal("and is back where it was after two rounds, at", x, 0)
    yield equal(f"its loss in {rounds} rounds", suffered, rounds)
    yield equal("the loss of x = 1/2", comparator, 0)
    yield above("regret per round", (suffered - comparator) / rounds, 0)


@claim(
    "a4-convex",
    source="Appendix A.4, lines 388 to 393",
    expected="false",
    paper_proof="none",
    replacement="gradient-regret",
)
def convex_bounded_losses() -> Iterator[Check]:
    r"""Compact convex set, convex losses, bounded rewards: FTRL and OMD have regret O(sqrt T).

    For every compact convex action set and all convex losses with $|l_t| \le R_{\max}$, online
    mirror descent with some rate (constant, or tuned to T) has $Regret_T \le C \sqrt{T}$ with C
    from the set and $R_{\max}$. False: the bound needs bounded *gradients*. On [0, 1] convex losses
    between 0 and 1 may be as steep as 1/rate, and throw the learner from end to end. (On a simplex
    with linear losses, as in matrix games, bounded rewards do bound the gradients.)
    """
    yield Witness(
        stored=(Fraction(1, 10), 100),
        facts=_steep_facts,
        says="gradient descent (OMD and FTRL with the squared norm) with rate 1/sqrt(T), T = 100: "
        "regret T, and T again for every T with K = 1/rate",
        minimal="one dimension, two losses by turns",
    )


@claim(
    "a4-rates",
    source="Appendix A.4, lines 384 to 393",
    expected="true",
    paper_proof="none",
)
def rates() -> Iterator[Check]:
    r"""Hedge, FTRL and OMD have regret O(sqrt T) in matrix games with bounded rewards.

    For every matrix game whose rewards have range R, every n and every T, against every leader,
    also one that sees the follower's mix: Hedge with rate $\sqrt{8 \ln n / T} / R$ has regret at
    most $R \sqrt{T \ln n / 2}$, with rates $2 \sqrt{\ln n / t} / R$ at most $R \sqrt{T \ln n}$
    after every T; FTRL and OMD with the entropy are Hedge, and with the squared norm they have at
    most $D G \sqrt{T}$.
    """
    from proofs_checks.regret_bounds import (
        anytime_bound,
        entropy_algorithms,
        gradient_bound,
        hedge_bound,
    )

    yield Identity(sides=hedge_bound, says="Hedge, with a rate that knows T")
    yield Identity(sides=anytime_bound, says="Hedge, with falling rates that do not")
    yield Identity(
        sides=entropy_algorithms,
        says="a constant less KL(p || Hedge's mix) is largest at Hedge's mix: FTRL and OMD with "
        "the entropy are Hedge",
    )
    yield Identity(sides=gradient_bound, says="FTRL and OMD with the squared norm")


def _one_sided_facts(rounds: int) -> Iterator[Fact]:
    for last in range(2, rounds + 1, 2):
        regret = last * regrets(COORDINATION, [(t % 2, t % 2) for t in range(last)])[1]
        yield equal(f"regret after T = {last}", regret, -last // 2)
        yield at_most("it meets the bound C sqrt(T) for every C >= 0", regret, 0)
    yield equal("Regret/T for every even T", Fraction(-rounds // 2, rounds), -HALF)


@claim(
    "a4-vanishes",
    source="Appendix A.4, lines 394 to 398",
    expected="false",
    paper_proof="none",
    replacement="limsup-regret",
)
def bound_implies_limit() -> Iterator[Check]:
    r"""A bound Regret_T <= C sqrt(T) implies that Regret_T / T tends to 0.

    For every play with $Regret_T \le C \sqrt{T}$ for all T: $Regret_T / T \to 0$. False: the bound
    is one-sided, and regret may be negative. What follows is
    $\limsup Regret_T / T \le 0$; the limit is 0 for Hedge tuned to T (hedge-regret-sign).
    """
    yield Witness(
        stored=8,
        facts=_one_sided_facts,
        says="A = B = I, both alternate in step: Regret/T = -1/2 for every even T",
        minimal="2 x 2, period two",
    )
