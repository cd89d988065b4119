"""Theorem 10: tabular Q-learning against Hedge."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.budget import Budget
from proofs_checks.by_hand import unique_facts, value_facts
from proofs_checks.checks import Calculation, Check, Identity, Problem, Simulation, Smt, Witness
from proofs_checks.definitions import pure_value
from proofs_checks.fact import Fact, at_least, below, equal, fact
from proofs_checks.games import BATTLE, COMMITS
from proofs_checks.registry import claim
from stackel.game import BimatrixGame
from stackel.response import best_responses

Values = tuple[BimatrixGame, tuple[int, int]]
START: Values = (BATTLE, (0, 0))
"""The game, and the leader's values of its two rows before the first round."""


def _lazy_start_facts(stored: Values) -> Iterator[Fact]:
    game, (first, second) = stored
    yield from value_facts(game, 5)
    yield equal(
        "values of the rows at the start, a tie that goes to row 2", (first, second), (0, 0)
    )
    worst, most = min(game.leader_exact.rows[1]), max(game.leader_exact.rows[1])
    yield at_least(
        "whatever the follower plays, row 2 pays at least the value of row 1", worst, first
    )
    yield below("so row 2 is played for ever, and pays a round at most", most, 5)


def _induction() -> Iterator[Problem]:
    import z3

    first, second, rate, paid = z3.Reals("Q1 Q2 alpha r")
    yield Problem(
        name="a round of row 2 that pays r >= Q(1) leaves Q(2) >= Q(1), for every rate in [0, 1]",
        hypotheses=[second >= first, paid >= first, rate >= 0, rate <= 1],
        conclusion=(1 - rate) * second + rate * paid >= first,
    )


def _commits_facts(stored: BimatrixGame) -> Iterator[Fact]:
    yield from value_facts(stored, Fraction(7, 2))
    yield from unique_facts(stored)
    for i in range(2):
        row = tuple(int(i == k) for k in range(2))
        replies = best_responses(stored, row)
        yield equal(
            f"the only best reply to row {i + 1} is column", [j + 1 for j in replies], (i + 1,)
        )
        yield equal("where the leader gets", stored.leader_exact[i, i], (2, 3)[i])
    yield below("so a follower that sees the row holds every leader to", pure_value(stored),
                Fraction(7, 2))  # fmt: skip


def _visits_facts() -> Iterator[Fact]:
    import sympy

    t = sympy.Symbol("t", positive=True, integer=True)
    power = sympy.Rational(3, 5)
    rates = sympy.Sum(t**-power, (t, 1, sympy.oo))
    squares = sympy.Sum(t ** (-2 * power), (t, 1, sympy.oo))
    yield fact("the rates t^-0.6 do add up to infinity", not rates.is_convergent())
    yield fact("and their squares do not", bool(squares.is_convergent()))
    yield from _lazy_start_facts(START)


def _hero_run(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.simulated import runs

    hero = BimatrixGame([[0, -3], [-2, -1]], [[-3, -1], [0, -2]], name="table3/hero")
    data = runs([hero], "theorem-10", budget, iterations=1500, batch=1)
    average = float(data["leader_average"][0, -1])
    yield fact(f"hero, 1500 rounds: the leader's average is {average:.3f}, V = -1", average < -1.5)
    yield fact("it keeps to its band", bool(data["inside_band"].all()))


@claim(
    "thm-10",
    source="Appendix A.10, Theorem 10, lines 806 to 813",
    expected="false",
    paper_proof="invalid",
    broken_step='"Combines Q-learning convergence ... with Theorem 9": Theorem 9 is false (thm-9), '
    "and Q-learning converges where every action is tried for ever, which is not assumed",
    replacement="observed-action-bound",
)
def theorem_10() -> Iterator[Check]:
    r"""Q-learning with rate t^-0.6 and Hedge converge to the Stackelberg equilibrium.

    For every game, every rule by which the leader chooses from its table of values (greedy, with
    any exploration), every start of the table and every horizon T of Hedge with
    $\eta = \sqrt{\log n / T}$: the leader's average comes to V.
    """
    yield Witness(
        stored=START,
        facts=_lazy_start_facts,
        says="Battle, greedy, values 0 at the start, ties to row 2: it never leaves row 2 and gets "
        "2 at most, V = 5",
        minimal="by induction over rounds, for every rate and every follower",
    )
    yield Smt(problems=_induction, shows="false", says="the induction: Q(1) = 0 <= Q(2) stays so")
    yield Witness(
        stored=COMMITS,
        facts=_commits_facts,
        says="with every exploration: Algorithm 3's follower sees the row, so that without regret "
        "it replies to rows, and no leader averages more than 3 where V = 7/2",
    )
    yield Calculation(
        method="sympy and exact arithmetic",
        facts=_visits_facts,
        about="proof",
        shows="false",
        says="the rates meet the conditions of Jaakkola et al., the visits do not: row 1 has none",
    )
    yield Simulation(
        facts=_hero_run,
        shows="false",
        needs="torch",
        least="default",
        says="with exploration, hero comes to its pure commitment value, -2",
    )


def _bound() -> Iterator[tuple[str, Any, Any]]:
    """Row by row, with z_i1 the share of (row i, its reply) and z_ij of the other columns."""
    import sympy

    for m, n in ((2, 2), (2, 3), (3, 3)):
        cells = [(i, j) for i in range(m) for j in range(n)]
        z = {(i, j): sympy.Symbol(f"z{i + 1}{j + 1}") for i, j in cells}
        loss = {
            (i, j): sympy.Symbol(f"g{i + 1}{j + 1}") if j else sympy.Integer(0) for i, j in cells
        }
        slack = {(i, j): sympy.Symbol(f"s{i + 1}{j + 1}") for i, j in cells}
        pure, k = sympy.symbols("P K")
        # in every cell: leader's payoff = P + K x the follower's loss there - slack
        payoff = {c: pure + k * loss[c] - slack[c] for c in cells}
        z[m - 1, n - 1] = 1 - sum(share for cell, share in z.items() if cell != (m - 1, n - 1))
        regret = [sum(z[i, j] * loss[i, j] for j in range(n)) for i in range(m)]
        yield (
            f"{m} x {n}: P + K x (sum of regrets by row) - average = mean of the slack",
            pure + k * sum(regret) - sum(z[c] * payoff[c] for c in cells),
            sum(z[c] * slack[c] for c in cells),
        )


@claim(
    "observed-action-bound",
    source="replaces Theorem 10 and the target of Algorithms 1 and 3",
    expected="true",
    paper_proof="none",
)
def observed_actions_cap_the_leader() -> Iterator[Check]:
    r"""A follower that sees the leader's action holds every leader to the pure commitment value.

    For every game in which each row has one best reply: let P be the pure commitment value, and K
    the largest $(A_{ij} - P)^+ / (B_{i j_i} - B_{ij})$ over columns j other than the reply $j_i$.
    Then for every play of any algorithms the leader's average is at most
    $P + K \sum_i Reg_F^i / T$, with $Reg_F^i$ the follower's regret in the rounds of row i.
    """
    yield Identity(
        sides=_bound,
        says="K is chosen such that the slack P + K (B_ij_i - B_ij) - A_ij is nowhere negative",
    )
