"""Section 5's baselines: what they converge to, and what their players guarantee."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.budget import Budget
from proofs_checks.by_hand import unique_facts, value_facts
from proofs_checks.checks import Check, Identity, Problem, Simulation, Smt, Witness
from proofs_checks.fact import Fact, below, equal, fact
from proofs_checks.games import BATTLE, COMMITS
from proofs_checks.registry import claim
from stackel.game import ExactStrategy
from stackel.response import best_responses, column_payoffs, expected_payoffs, row_payoffs

FIRST, SECOND = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))


def _nash_is_stackelberg(stored: tuple[ExactStrategy, ExactStrategy]) -> Iterator[Fact]:
    p, q = stored
    rows = row_payoffs(BATTLE.leader_exact, q)
    yield equal("row 1 is the best row against column 1: rows pay", rows, (5, 0))
    columns = column_payoffs(BATTLE.follower_exact, p)
    yield equal("column 1 is the best column against row 1: columns pay", columns, (1, 0))
    yield from value_facts(BATTLE, 5)
    yield equal("so the pair is both equilibria: it earns", expected_payoffs(BATTLE, p, q), (5, 1))


@claim(
    "exp-baseline-1-nash",
    source="Section 5, line 139",
    expected="false",
    paper_proof="none",
    replacement="r10-pure",
)
def nash_not_stackelberg() -> Iterator[Check]:
    r"""What comes to a Nash equilibrium does not come to the Stackelberg equilibrium.

    No Nash equilibrium of the games of the experiments is their Stackelberg equilibrium.
    """
    yield Witness(
        stored=(FIRST, FIRST),
        facts=_nash_is_stackelberg,
        says="in Table 1's Battle the pair (1, 1) is a Nash equilibrium and the Stackelberg "
        "equilibrium",
    )


def _commits_facts(stored: ExactStrategy) -> Iterator[Fact]:
    top, bottom = COMMITS.leader_exact.rows
    gaps = [x - y for x, y in zip(top, bottom, strict=True)]
    yield equal("row 1 pays more than row 2, whatever the reply, by", gaps, (1, 1))
    yield equal("replies to p = (1/2, 1/2), from 0", best_responses(COMMITS, stored), (0, 1))
    yield equal("a step towards row 1 makes it column", best_responses(COMMITS, FIRST)[0] + 1, 1)
    end = expected_payoffs(COMMITS, FIRST, FIRST)[0]
    yield equal("at the end, row 1 against its reply, the leader gets", end, 2)
    yield from value_facts(COMMITS, Fraction(7, 2))
    yield from unique_facts(COMMITS)
    yield below("leader's end", end, Fraction(7, 2))


def _battle_facts(stored: ExactStrategy) -> Iterator[Fact]:
    yield equal("reply to the uniform policy, from 0", best_responses(BATTLE, stored), (1,))
    yield equal("against it the rows pay", row_payoffs(BATTLE.leader_exact, SECOND), (0, 2))
    yield equal("reply to row 2, from 0", best_responses(BATTLE, SECOND), (1,))
    yield below("leader's end", expected_payoffs(BATTLE, SECOND, SECOND)[0], 5)


def _ends(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.simulated import end_facts, runs

    yield from end_facts(
        runs([COMMITS, BATTLE], "best-response", budget, iterations=150),
        [(2, 1), (2, 2)],
        within=0.05,
    )


@claim(
    "baseline-2",
    source="Section 5, lines 140 and 202",
    expected="false",
    paper_proof="none",
    replacement="baseline-2-limit",
)
def explicit_best_replies_reach_v() -> Iterator[Check]:
    r"""PPO against an explicit best response reaches V: the gold standard.

    For every game: a leader that climbs its expected payoff, with the follower replying best to
    every policy, comes to the Stackelberg value.
    """
    yield Witness(
        stored=(Fraction(1, 2), Fraction(1, 2)),
        facts=_commits_facts,
        says="it climbs towards the dominant row from the optimal commitment itself, and gets 2 "
        "where V = 7/2: its gradient holds the reply fixed",
        minimal="2 x 2 without ties; with one row there is nothing to climb",
    )
    yield Witness(
        stored=(Fraction(1, 2), Fraction(1, 2)),
        facts=_battle_facts,
        says="in Table 1's Battle it ends at 2 from the uniform policy, where V = 5",
    )
    yield Simulation(
        facts=_ends,
        shows="false",
        needs="torch",
        least="default",
        says="PPO against explicit best replies ends at 2 in both games",
    )


def _surrogate() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    theta, old, top, bottom, base = sympy.symbols("theta theta_old a1 a2 v")
    p, p_old = (1 / (1 + sympy.exp(-x)) for x in (theta, old))
    advantages = (top - base, bottom - base)
    surrogate = p_old * (p / p_old) * advantages[0]
    surrogate += (1 - p_old) * ((1 - p) / (1 - p_old)) * advantages[1]
    slope = sympy.diff(surrogate, theta).subs(theta, old)
    yield (
        "slope of PPO's objective in the log-odds of row 1, at the old policy, against a fixed "
        "reply = p (1 - p) (a_1 - a_2)",
        slope,
        p_old * (1 - p_old) * (top - bottom),
    )


def _climbing() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import game

    g = game(2, 3)
    p, step = z3.Reals("p dp")
    yield Problem(
        name="with a dominant row every step is towards it, wherever the reply changes",
        hypotheses=[
            p > 0, p < 1, *(g.A[0][j] > g.A[1][j] for j in range(3)),
            z3.Or(*(step == p * (1 - p) * (g.A[0][j] - g.A[1][j]) for j in range(3))),
        ],
        conclusion=step > 0,
        example={p: z3.Q(1, 2), g.A[0][0]: 1, g.A[0][1]: 1, g.A[0][2]: 1, g.A[1][0]: 0,
                 g.A[1][1]: 0, g.A[1][2]: 0, step: z3.Q(1, 4)},
    )  # fmt: skip


@claim(
    "baseline-2-limit",
    source="replaces Section 5, line 140",
    expected="true",
    paper_proof="none",
)
def explicit_best_replies_reach_nash() -> Iterator[Check]:
    r"""Against explicit best replies, policy gradient climbs as if the reply were fixed.

    For every game with two rows: the slope of PPO's objective at the old policy is
    $p (1 - p) (A_{1j} - A_{2j})$, j the present reply, whatever the reply to the next policy would
    be. A pure row that it does not leave is best against its own best reply, which is to say that
    the two are a Nash equilibrium; and a dominant row draws it from everywhere, whatever V is.
    """
    yield Identity(
        sides=_surrogate,
        says="the reply is data, not a function of theta: no derivative of it occurs",
    )
    yield Smt(
        problems=_climbing,
        says="the slope has the sign of what the rows pay against the present reply",
    )


def _induction() -> Iterator[Problem]:
    from proofs_checks.formulas import vector

    for n in (2, 3, 4):
        import z3

        so_far, now = vector("S", n), vector("u", n)
        earned, best = z3.Reals("E b")
        yield Problem(
            name=f"{n} columns: one more round",
            hypotheses=[*(earned >= x for x in so_far), *(best >= x for x in now)],
            conclusion=z3.And(*(earned + best >= x + y for x, y in zip(so_far, now, strict=True))),
        )


@claim(
    "fig-1c-baseline-2",
    source="Section 5, line 203",
    expected="true",
    paper_proof="missing",
)
def explicit_best_replies_have_no_regret() -> Iterator[Check]:
    r"""A follower that computes explicit best responses has (nearly) no regret.

    For every game and every sequence of leader policies: a follower that replies best to each has
    regret at most 0 at every T. It can be far below 0.
    """
    yield Smt(
        problems=_induction,
        says="by induction over rounds: what was earned is at least what any fixed column would "
        "have earned, with 0 and 0 before the first round",
    )


Law = tuple[tuple[int, int], tuple[int, int]]
"""What rows 1 and 2 pay in the two equally likely columns."""
LAWS: tuple[Law, Law] = (((2, 0), (0, 1)), ((1, 0), (0, 2)))


def _scale_facts(stored: tuple[Law, Law]) -> Iterator[Fact]:
    import sympy

    half = Fraction(1, 2)
    for column in range(2):
        first, second = stored[0][column], stored[1][column]
        factor = Fraction(sum(second), sum(first))
        scaled = tuple(factor * x for x in first)
        yield equal(f"column {column + 1} of the second game is the first's times {factor}", second,
                    scaled)  # fmt: skip
    p = sympy.Symbol("p")
    regrets = []
    for law in stored:
        rows = [half * (law[0][i] + law[1][i]) for i in range(2)]
        yield equal("rows pay, on average over the columns", sorted(rows), (half, 1))
        best = sympy.Integer(max(rows).numerator)
        regrets.append(best - (p * _rational(rows[0]) + (1 - p) * _rational(rows[1])))
    says = f"with p on row 1 the expected regrets a round are {regrets[0]} and {regrets[1]}"
    yield fact(f"{says}: together 1/2", sympy.expand(sum(regrets)) == sympy.Rational(1, 2))


def _rational(x: Fraction) -> Any:
    import sympy

    return sympy.Rational(x.numerator, x.denominator)


def _normalised() -> Iterator[tuple[str, Any, Any]]:
    """A minibatch with a share w of row 1, which is paid x, and the rest of row 2, paid y."""
    import sympy

    w, x, y, c = sympy.symbols("w x y c", positive=True)

    def mean(top: Any, bottom: Any) -> Any:
        return w * top + (1 - w) * bottom

    def variance(top: Any, bottom: Any) -> Any:
        return mean(top**2, bottom**2) - mean(top, bottom) ** 2

    yield (
        "(c x - mean of c x, c y) = c (x - mean)",
        c * x - mean(c * x, c * y),
        c * (x - mean(x, y)),
    )
    yield "variance of c x, c y = c^2 variance", variance(c * x, c * y), c**2 * variance(x, y)


@claim(
    "ppo-no-regret",
    source="Section 5, lines 138 and 190, with Theorem 1",
    expected="false",
    paper_proof="missing",
    replacement="policy-gradient-flow",
)
def ppo_has_no_regret() -> Iterator[Check]:
    r"""The leader's PPO has no regret.

    For every bounded sequence of the follower's actions PPO with separate policy and value
    networks, advantages normalised in every minibatch as is standard, and no common bound on both
    networks' gradients, of which the paper says nothing, has $Reg_L / T \to 0$; the follower may
    hold a column for an iteration.
    """
    yield Witness(
        stored=LAWS,
        facts=_scale_facts,
        says="the two games look the same to a learner that normalises, column by column, so its "
        "policies are the same; its expected regrets add up to at least T/2, so one is T/4",
        minimal="two rows, two columns, and a follower that draws its column by a fair coin",
    )
    yield Identity(
        sides=_normalised,
        shows="false",
        says="so (x - mean) / deviation does not change when an iteration's payoffs are scaled by "
        "c > 0; the bonus for entropy does not either, and policy and value are separate networks",
    )


def _flow() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    theta = sympy.Symbol("theta", real=True)
    p = 1 / (1 + sympy.exp(-theta))
    total = theta + sympy.sinh(theta).rewrite(sympy.exp)
    earned = (theta + sympy.exp(theta) - 1) / 2
    yield (
        "theta' = 2 p (1 - p) d, so the sum D of payoff differences d has D = theta + sinh theta",
        sympy.diff(total, theta) * 2 * p * (1 - p),
        sympy.Integer(1),
    )
    yield (
        "what is earned beyond row 2 is the integral of p d = (theta + e^theta - 1) / 2",
        sympy.diff(earned, theta) * 2 * p * (1 - p),
        p,
    )
    yield (
        "regret for row 1 = D - earned = (theta + 1 - e^-theta) / 2",
        total - earned,
        (theta + 1 - sympy.exp(-theta)) / 2,
    )
    yield (
        "regret for row 2 = -earned: the same with -theta",
        -earned,
        (-theta + 1 - sympy.exp(theta)) / 2,
    )


@claim(
    "policy-gradient-flow",
    source="replaces Section 5, line 190, for the leader",
    expected="true",
    paper_proof="none",
)
def policy_gradient_flow() -> Iterator[Check]:
    r"""In continuous time, exact policy gradient over two rows has regret O(log T).

    For softmax policies over two rows, $\theta' = 2 p (1 - p) d(t)$ with d the difference of what
    the rows pay, from the uniform policy: for every bounded d, the regret is at most
    $(1 + |\theta|) / 2$, and $|\theta| + \sinh |\theta| = |\int d|$, so $|\theta| \le
    \ln(1 + 2 | \int d |)$. What PPO loses, it loses by its steps and by normalising.
    """
    yield Identity(
        sides=_flow,
        says="regret is a function of the last policy alone: at most (1 + |theta|) / 2, as "
        "1 - e^-|theta| <= 1; and 2 sinh x + 2 x >= e^x - 1 for x >= 0",
    )
