"""A leader that commits, and when a no-regret follower gives it V."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.budget import Budget
from proofs_checks.checks import Check, Identity, Problem, Search, Simulation, Smt, Witness
from proofs_checks.fact import Fact, below, equal, fact
from proofs_checks.games import COMMITS
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

NEVER_ASKED = BimatrixGame([[1, 0]], [[0, 0]])
"""The follower does not care: V = 1, and nothing makes it choose column 1."""


def _share_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    for n in (2, 3, 4):
        pays, leader, q = vector("b", n), vector("a", n), vector("q", n)
        gap, reach = z3.Reals("g R")
        yield Problem(
            name=f"{n} columns: the share of other replies, times g, is at most Reg/T",
            hypotheses=[*is_mix(q), gap > 0, *(x <= pays[0] - gap for x in pays[1:])],
            conclusion=gap * (1 - q[0]) <= pays[0] - dot(q, pays),
            example={q[0]: 1},
        )
        yield Problem(
            name=f"{n} columns: the leader loses at most R times that share",
            hypotheses=[*is_mix(q), *(x >= leader[0] - reach for x in leader)],
            conclusion=dot(q, leader) >= leader[0] - reach * (1 - q[0]),
            example={q[0]: 1},
        )


def _inward_problems() -> Iterator[Problem]:
    import z3

    eps, gap, reach, value = z3.Reals("eps g R V")
    best, other, inner_best, inner_other, inner_leader = z3.Reals("bj bk cj ck aj")
    inside = [eps >= 0, eps <= 1, gap > 0, best >= other, inner_best >= inner_other + gap]
    yield Problem(
        name="(1 - eps) p* + eps p inside: column j is best by at least eps g",
        hypotheses=inside,
        conclusion=(1 - eps) * (best - other) + eps * (inner_best - inner_other) >= eps * gap,
        example={eps: 1, gap: 1, best: 0, other: 0, inner_best: 1, inner_other: 0},
    )
    yield Problem(
        name="and it pays the leader, with reply j, at least V - eps R",
        hypotheses=[eps >= 0, eps <= 1, inner_leader >= value - reach],
        conclusion=(1 - eps) * value + eps * inner_leader >= value - eps * reach,
        example={eps: 1},
    )


def _rate_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    rounds, reach, bound, gap = sympy.symbols("T R C g", positive=True)
    eps = rounds ** sympy.Rational(-1, 4)
    share = bound / (sympy.sqrt(rounds) * eps * gap)
    yield (
        "with Reg <= C sqrt(T) and eps = T^(-1/4): eps R + R share = R (1 + C/g) T^(-1/4)",
        eps * reach + reach * share,
        reach * (1 + bound / gap) * eps,
    )


def _hedge_facts(budget: Budget) -> Iterator[Fact]:
    """Hedge's mixes against a fixed commitment, in balls; the game is Conitzer and Sandholm's."""
    from proofs_checks.balls import ball, ball_below
    from stackel.response import column_payoffs

    value, reach, inner_gap = Fraction(7, 2), 3, 1  # g at p = (0, 1), where column 2 is best by 1
    for rounds in (budget.rounds // 16, budget.rounds):
        root = (ball(rounds)).sqrt()
        eps = Fraction(1, 2 ** ((rounds.bit_length() - 1) // 4))
        p = ((1 - eps) / 2, (1 + eps) / 2)
        leader = column_payoffs(COMMITS.leader_exact, p)
        pays = [Fraction(x) for x in column_payoffs(COMMITS.follower_exact, p)]
        rate = (8 * ball(2).log()).sqrt() / root
        other = (
            sum(
                (1 / (1 + (rate * t * ball(pays[1] - pays[0])).exp()) for t in range(rounds)),
                start=ball(0),
            )
            / rounds
        )
        regret = other * ball(pays[1] - pays[0])
        average = ball(Fraction(leader[1])) - other * ball(Fraction(leader[1] - leader[0]))
        least = ball(value) - ball(eps * reach) - reach * regret / ball(eps * inner_gap)
        yield ball_below(
            f"T = {rounds}, commit {eps} inside: V - eps R - R Reg/(T eps g), against the average",
            least,
            average,
        )
        yield ball_below("what is lost to V", ball(value) - average, 2 * ball(eps))


@claim(
    "r5-commit",
    source="replaces Theorems 1 and 8 for a leader that commits",
    expected="true",
    paper_proof="none",
)
def committing() -> Iterator[Check]:
    r"""A leader that commits inside the optimal column's region gets V - O(T^(-1/4)).

    For every matrix game, follower and T: against a fixed commitment p to which column j is the
    only best reply, by g, the share of other columns is at most $Regret_T / (T g)$. If some p has j
    as its only best reply, by g, and $(p^*, j)$ is a strong Stackelberg equilibrium, then
    committing to $(1 - \epsilon) p^* + \epsilon p$ pays, per round, at least
    $V - \epsilon R - R \frac{Regret_T}{T \epsilon g}$, R the range of the leader's payoffs: with
    $Regret_T \le C \sqrt{T}$ and $\epsilon = T^{-1/4}$ at least $V - R (1 + C/g) T^{-1/4}$.
    """
    yield Smt(problems=_share_problems, says="each round on another column costs g")
    yield Smt(problems=_inward_problems, says="payoffs are linear on the way from p* to p")
    yield Identity(sides=_rate_sides, says="the best order of eps")
    yield Simulation(
        facts=_hedge_facts,
        says="Hedge against commitments eps inside, a power of 1/2 near T^(-1/4), in Conitzer and "
        "Sandholm's game",
    )


def _never_asked_facts(game: BimatrixGame) -> Iterator[Fact]:
    from proofs_checks.definitions import averages, regrets
    from solvers.multiple_lp import multiple_lp
    from solvers.weak import weak_stackelberg

    play = [(0, 1)] * 4
    yield equal(
        "V: one row, both columns are best, ties for the leader",
        (multiple_lp(game).leader_value),
        1,
    )
    yield equal("the follower plays column 2 for ever: its regret", regrets(game, play)[1], 0)
    yield equal("the leader, which has one commitment, gets", averages(game, play)[0], 0)
    yield equal("the weak value", weak_stackelberg(game).leader_value, 0)


def _thick_or_worthless(game: BimatrixGame) -> bool:
    """Whether commitments with a single best reply come near V."""
    from solvers.multiple_lp import multiple_lp
    from solvers.weak import weak_stackelberg

    return weak_stackelberg(game).leader_value == multiple_lp(game).leader_value


def _games() -> Any:
    from proofs_checks.strategies import small_games

    return small_games(rows=(1, 2), columns=(2, 2), size=1)


REACHED = ForAll(inputs=_games, holds=_thick_or_worthless)


@claim(
    "r5-every-game",
    source="beside r5-commit",
    expected="false",
    paper_proof="none",
    replacement="weak-value",
)
def committing_in_every_game() -> Iterator[Check]:
    r"""A leader that commits gets V, in the limit, from every no-regret follower in every game.

    False where the optimal column is best only on a set without interior: then a follower without
    regret may prefer another column, and the weak value is what can be counted on.
    """
    yield Witness(
        stored=NEVER_ASKED,
        facts=_never_asked_facts,
        refutes=REACHED,
        says="one row, a follower that does not care: V = 1, and column 2 for ever pays 0",
        minimal="1 x 2, a single payoff that is not 0",
    )
    yield Search(statement=REACHED, share=0.3)


def _weak_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_best, is_mix, vector

    for n in (2, 3, 4):
        pays, leader, q, worst = vector("b", n), vector("a", n), vector("q", n), z3.Real("w")
        yield Problem(
            name=f"m x {n} games, for every m, a commitment that guarantees w",
            hypotheses=[
                *is_mix(q),
                *(z3.Implies(is_best(pays, j), leader[j] >= worst) for j in range(n)),
                *(dot(q, pays) >= x for x in pays),
            ],
            conclusion=dot(q, leader) >= worst,
            example={q[0]: 1},
        )


def _threshold_facts(game: BimatrixGame) -> Iterator[Fact]:
    from solvers.weak import weak_stackelberg
    from stackel.response import commitment_values

    weak = weak_stackelberg(game)
    yield equal("weak value of Conitzer and Sandholm's game", weak.leader_value, Fraction(7, 2))
    half = (Fraction(1, 2), Fraction(1, 2))
    yield below(
        "at the threshold itself the guarantee",
        Fraction(commitment_values(game, half)[1]),
        (weak.leader_value),
    )
    for k in (10, 1000):
        p = (Fraction(1, 2) - Fraction(1, k), Fraction(1, 2) + Fraction(1, k))
        short = Fraction(weak.leader_value) - Fraction(commitment_values(game, p)[1])
        yield equal(f"1/{k} inside the guarantee falls short by", short, Fraction(1, k))
    yield fact("no commitment attains it", not weak.attained)


@claim(
    "weak-value",
    source="beside r5-commit; von Stengel and Zamir 2010",
    expected="true",
    paper_proof="none",
)
def weak_value() -> Iterator[Check]:
    r"""Against a fixed commitment every no-regret follower leaves at least its guarantee.

    For every matrix game and commitment p: in the limit a no-regret follower plays best replies to
    p only, so that the leader gets at least $\min_{j \in BR(p)} p^T A e_j$, and some follower
    without regret leaves no more. So commitments can count on every value below the weak one, and,
    fixed, on none above.
    """
    yield Smt(
        problems=_weak_problems,
        says="with a = p'A, b = p'B: an average without regret is a mix of best columns",
    )
    yield Witness(
        stored=COMMITS,
        facts=_threshold_facts,
        shows="true",
        says="the supremum may not be attained: stay inside",
    )
