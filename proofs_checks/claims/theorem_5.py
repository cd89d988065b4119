"""Theorem 5: a no-regret follower against a fixed leader."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Check, Identity, Problem, Smt, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, below, equal
from proofs_checks.registry import claim

MATRIX = "a matrix game"
Policy = tuple[tuple[int, int], tuple[int, int]]
STAY_MOVE: Policy = ((1, 0), (0, 1))
"""Stay in the first state, move from the second."""


def _average_policy_facts(policies: tuple[Policy, Policy]) -> Iterator[Fact]:
    from solvers.markov.best_response import best_response
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    game = MarkovGame(
        [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
        leader=[[[0, 0]], [[0, 0]]],
        follower=[[[1, 0]], [[1, 0]]],
    )
    alone = [[1], [1]]
    best = Fraction(best_response(game, alone).follower_value)
    yield equal("two states, staying pays 1 and moving 0; J* of any policy", best, 1)
    regret = Fraction(0)
    for t, policy in enumerate(policies):
        earned = evaluate(game, alone, policy).follower
        yield equal(f"J of policy {t + 1}, from either state", earned, (1, 1))
        regret += best - Fraction(earned[0])
    yield equal("T J* - sum of J(pi_t), for every T", regret, 0)
    average = [
        [Fraction(sum(column), len(policies)) for column in zip(*rows, strict=True)]
        for rows in zip(*policies, strict=True)
    ]
    yield equal("the average policy, for every even T", average, ((HALF, HALF), (HALF, HALF)))
    gain = Fraction(evaluate(game, alone, average).follower[0])
    stays = HALF * average[0][0] + HALF * average[1][0]
    yield equal("by hand: both states are equally likely, and it stays with chance", stays, HALF)
    yield equal("J of the average policy", gain, HALF)
    yield below("it is no best response", gain, best)


def _fixed_leader_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    u = sympy.symbols("u1:4")
    q, r = sympy.symbols("q1:4"), sympy.symbols("r1:4")
    best = sympy.Symbol("J")

    def worth(mix: Any) -> Any:
        return sum(x * y for x, y in zip(mix, u, strict=True))

    middle = [(x + y) / 2 for x, y in zip(q, r, strict=True)]
    yield (
        "J(average of the mixes) = average of J(mix), by linearity",
        worth(middle),
        (worth(q) + worth(r)) / 2,
    )
    one_less = (q[0], q[1], 1 - q[0] - q[1])
    yield (
        "Reg/T = J* - J(average) = sum over a of average(a) (J* - u_a), no term of it negative",
        best - worth(one_less),
        sum(x * (best - y) for x, y in zip(one_less, u, strict=True)),
    )


def best_reply_sides() -> Iterator[tuple[str, Any, Any]]:
    """Inf of KL(. || q) over mixes of the best actions is - ln q(best actions)."""
    import sympy

    from proofs_checks.inequalities import gibbs

    p, ln_p, ln_q = (sympy.symbols(f"{name}1:3") for name in ("p", "lnp", "lnq"))
    ln_share = sympy.Symbol("lnS")
    p = (p[0], 1 - p[0])
    yield (
        "for p on the best actions, of share S: KL(p || q) = KL(p || q given them) - ln S",
        sum(x * (a - b) for x, a, b in zip(p, ln_p, ln_q, strict=True)),
        sum(x * (a - (b - ln_share)) for x, a, b in zip(p, ln_p, ln_q, strict=True)) - ln_share,
    )
    yield from gibbs()
    yield from _fixed_leader_sides()


def gap_problems() -> Iterator[Problem]:
    """Regret per round is at least the gap times the share of other actions than the best."""
    import z3

    from proofs_checks.formulas import dot, is_mix, total, vector

    for n in (2, 3, 4):
        for best in range(1, n):
            u, q, gap, top = vector("u", n), vector("q", n), z3.Real("gap"), z3.Real("J")
            yield Problem(
                name=f"{n} actions, {best} of them best",
                hypotheses=[
                    *is_mix(q),
                    gap > 0,
                    *(u[a] == top for a in range(best)),
                    *(u[a] <= top - gap for a in range(best, n)),
                ],
                conclusion=gap * total(q[best:]) <= top - dot(q, u),
                example={q[0]: 1},
            )


def _tied_facts(
    stored: tuple[tuple[int, int], tuple[int, int], tuple[Fraction, Fraction]],
) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below, divergence

    u, star, mean = stored
    gap = max(u) - sum((x * y for x, y in zip(mean, u, strict=True)), start=Fraction(0))
    yield equal("J* - J(average), for every T", gap, 0)
    yield equal("so the bound eta (J* - J) - O(eta^2) is, at best,", gap, 0)
    found = divergence(star, mean)
    yield ball_below(
        "yet for the best response (1, 0), with 2/3 below its KL", ball(Fraction(2, 3)), found
    )


@claim(
    "thm-5",
    source="Appendix A.5, Theorem 5, lines 404 to 475",
    expected="true-with-assumptions",
    paper_proof="invalid",
    broken_step='"the lower bound ... must go to zero. As KL-divergence is always non-negative, '
    'this implies lim inf KL = 0" (lines 471 to 475): a lower bound that goes to zero bounds '
    "nothing from above (thm-5-kl-limit)",
    assumptions=(MATRIX,),
    replacement="r6-kl",
)
def theorem_5() -> Iterator[Check]:
    r"""Against a fixed leader, a no-regret follower's average converges to the best responses.

    For every game, every fixed leader policy and every follower with
    $Regret_T / T \to 0$: the average $\bar\pi_T$ of its policies converges to the set of best
    responses, with $\inf_{\pi^* \in BR} KL(\pi^* || \bar\pi_T) \to 0$ where policies are mixes.
    """
    yield Smt(
        problems=gap_problems,
        assuming=(MATRIX,),
        says="the share of actions that are not best is at most Reg/(T gap)",
    )
    yield Identity(
        sides=best_reply_sides,
        assuming=(MATRIX,),
        says="so inf KL = -ln(share of best actions) <= -ln(1 - Reg/(T gap)), which tends to 0",
    )
    yield Witness(
        stored=(STAY_MOVE, STAY_MOVE[::-1]),
        facts=_average_policy_facts,
        says="in a Markov game the average of two best responses need not be one (thm-5-markov)",
    )
    yield Witness(
        about="proof",
        stored=((1, 1), (1, 0), (HALF, HALF)),
        facts=_tied_facts,
        says="two best actions, uniform play: every lower bound of the proof is 0, and KL from the "
        "best response (1, 0) stays ln 2",
    )


@claim(
    "thm-5-markov",
    source="Appendix A.5, Theorem 5, lines 404 to 408, in the Markov games of Section 3",
    expected="false",
    paper_proof="invalid",
    broken_step='"J is linear in the policy" (line 414): in a Markov game J is the long-run '
    "average of Definition 1, which is not",
    replacement="thm-5",
)
def theorem_5_in_markov_games() -> Iterator[Check]:
    r"""Theorem 5 in average-reward Markov games.

    For every finite Markov game, fixed leader policy and follower without regret: the average of
    the follower's policies converges to the set of its best responses.
    """
    yield Witness(
        stored=(STAY_MOVE, STAY_MOVE[::-1]),
        facts=_average_policy_facts,
        says="alternate (stay, move) and (move, stay): regret 0 for ever, and the average policy "
        "earns 1/2 where a best response earns 1",
        minimal="two states, two actions: with one state the game is a matrix game, with one "
        "action there is one policy",
    )


@claim(
    "thm-5-value",
    source="Appendix A.5, Part 1, lines 423 to 447",
    expected="true-with-assumptions",
    paper_proof="valid",
    assumptions=(MATRIX,),
    replacement="r6-kl",
)
def value_converges() -> Iterator[Check]:
    r"""The value of the average policy converges to the best-response value.

    For every fixed leader mix and follower with $Regret_T / T \to 0$: $J(\bar\pi_T) \to J^*$.
    In matrix games $J^* - J(\bar\pi_T)$ *is* $Regret_T / T$, which is never negative here, so that
    limit and limsup are one condition; in Markov games J is not linear, and it is false.
    """
    yield Identity(
        sides=_fixed_leader_sides,
        assuming=(MATRIX,),
        says="J* - J(average) = Reg/T >= 0, exactly and for every T",
    )
    yield Witness(
        stored=(STAY_MOVE, STAY_MOVE[::-1]),
        facts=_average_policy_facts,
        says="Markov game: regret 0, value of the average policy 1/2",
    )


@claim(
    "thm-5-jensen",
    source="Appendix A.5, lines 414 and 429 to 435; A.7, lines 650 to 653",
    expected="true-with-assumptions",
    paper_proof="valid",
    assumptions=(MATRIX,),
)
def jensen() -> Iterator[Check]:
    r"""J is linear in the policy, so J(average) >= average of J, by Jensen's inequality.

    For every leader mix and all follower mixes: $J(\frac{1}{T} \sum_t \pi_t) \ge
    \frac{1}{T} \sum_t J(\pi_t)$. In matrix games it is an equality: Jensen adds nothing to
    linearity. For the long-run averages of Markov games (Definition 1; Lemma 1 claims linearity
    there too, lemma-1-linear) it fails.
    """
    yield Identity(
        sides=_fixed_leader_sides, assuming=(MATRIX,), says="both sides are equal, by linearity"
    )
    yield Witness(
        stored=(STAY_MOVE, STAY_MOVE[::-1]),
        facts=_average_policy_facts,
        says="Markov game: J(average) = 1/2, average of J = 1",
    )
