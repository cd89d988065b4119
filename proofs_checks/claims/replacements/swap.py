"""Followers that no leader can exploit beyond V, and followers that some can."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.budget import Budget
from proofs_checks.checks import (
    Check,
    Citation,
    Identity,
    Neighbour,
    Problem,
    Search,
    Simulation,
    Smt,
    Witness,
)
from proofs_checks.definitions import Play, averages
from proofs_checks.fact import Fact, above, at_most
from proofs_checks.games import EXPLOITABLE
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def swap_regret(game: BimatrixGame, play: Play) -> Fraction:
    """The follower's swap regret per round: each column may be replaced by another one.

    >>> swap_regret(BimatrixGame([[0, 0]] * 2, [[1, 0], [0, 1]]), [(0, 1), (1, 0)])
    Fraction(1, 1)
    """
    b, n = game.follower_exact, game.shape[1]
    total = Fraction(0)
    for j in range(n):
        rows = [i for i, played in play if played == j]
        total += max(sum((b[i, k] - b[i, j] for i in rows), start=Fraction(0)) for k in range(n))
    return total / len(play)


def _told_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import is_best, total, vector

    for n in (2, 3, 4):
        value, mass = z3.Real("V"), vector("s", n)
        leader = [z3.Real(f"a{j}") for j in range(n)]
        pays = [vector(f"b{j}", n) for j in range(n)]
        yield Problem(
            name=f"m x {n} games, for every m",
            hypotheses=[
                *(x >= 0 for x in mass),
                total(mass) == 1,
                *(z3.Implies(is_best(pays[j], j), value >= leader[j]) for j in range(n)),
                *(z3.Implies(mass[j] > 0, is_best(pays[j], j)) for j in range(n)),
            ],
            conclusion=total(s * a for s, a in zip(mass, leader, strict=True)) <= value,
            example={mass[0]: 1},
        )


def swap_slope(game: BimatrixGame) -> tuple[Fraction, Fraction]:
    r"""V and a K such that no leader gets more than V + K times the follower's swap regret a round.

    The certificate of V has :math:`\lambda_{jk} \ge 0` with
    :math:`A_{ij} \le V + \sum_k \lambda_{jk} (B_{ik} - B_{ij})`, which is checked here. K is the
    largest :math:`\sum_k \lambda_{jk}`.
    """
    from solvers.multiple_lp import multiple_lp

    sse = multiple_lp(game)
    if sse.certificate is None:
        raise NoSolutionError("no certificate of V was found")
    value, bounds = Fraction(sse.leader_value), sse.certificate.value_bounds
    a, b = game.leader_exact, game.follower_exact
    m, n = game.shape
    for i in range(m):
        for j in range(n):
            gained = sum(x * (b[i, k] - b[i, j]) for k, x in bounds[j].items())
            if a[i, j] > value + gained or min(bounds[j].values(), default=0) < 0:
                raise NoSolutionError(f"the certificate of V fails in cell {(i, j)}")
    return value, max(sum(bound.values(), start=Fraction(0)) for bound in bounds)


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import bimatrix_games, plays

    kinds = ("generic", "tied", "dominated", "zero-sum", "rank one")
    games = bimatrix_games(min_side=2, max_side=3, kinds=kinds, shrinks=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _at_most_v(drawn: GamePlay, *, with_regret: bool) -> bool:
    game, play = drawn
    value, slope = swap_slope(game)
    return averages(game, play)[0] <= value + with_regret * slope * swap_regret(game, play)


def _slope_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    n = 3
    value = sympy.Symbol("V")
    share = sympy.symbols("s1:4")
    weights = sympy.Matrix(n, n, lambda j, k: sympy.Symbol(f"l{j}{k}"))
    gain = sympy.Matrix(n, n, lambda j, k: sympy.Symbol(f"G{j}{k}"))  # by k in rounds of j, over T
    most, slope = sympy.symbols("g1:4"), sympy.Symbol("K")
    bounded = value + sum(weights[j, k] * gain[j, k] for j in range(n) for k in range(n))
    slack = sum(weights[j, k] * (most[j] - gain[j, k]) for j in range(n) for k in range(n))
    slack += sum((slope - sum(weights[j, k] for k in range(n))) * most[j] for j in range(n))
    yield (
        "average <= V + sum l_jk G_jk = V + K S/T - terms l_jk (g_j - G_jk), (K - sum_k l_jk) g_j",
        bounded,
        value + slope * sum(most) - slack,
    )
    average = sum(x * value for x in share[:2]) + (1 - share[0] - share[1]) * value
    yield "the shares of the columns sum to 1, so V stays V", average, value


@claim(
    "r12-swap",
    source="Blum and Mansour 2007; Deng, Schneider and Sivan 2019",
    expected="true",
    paper_proof="none",
)
def no_swap_regret() -> Iterator[Check]:
    r"""Against a follower without swap regret no leader gets more than V.

    For every matrix game there is K such that in every play of any leader with swap regret S of the
    follower, the leader's average is at most $V + K S / T$. K is the largest
    $\sum_k \lambda_{jk}$ of a certificate $A_{ij} \le V + \sum_k \lambda_{jk} (B_{ik} - B_{ij})$ of
    V, which every game has.
    """
    yield Smt(
        problems=_told_problems,
        says="with s_j the share of column j, and a_j, b_j what columns pay against the leader's "
        "mix in those rounds: no swap regret says that j is a best reply to that mix, so a_j <= V",
    )
    yield Identity(
        sides=_slope_sides,
        says="sum the certificate over rounds: G_jk is what k would have gained in the rounds of "
        "column j, g_j the most of these, S/T the sum of g_j",
    )
    yield Search(
        statement=ForAll(
            inputs=_games_and_plays, holds=lambda drawn: _at_most_v(drawn, with_regret=True)
        ),
        neighbour=Neighbour(
            says="no finite play pays more than V",
            holds=lambda drawn: _at_most_v(drawn, with_regret=False),
        ),
        share=0.4,
    )
    yield Citation(
        source="A. Blum and Y. Mansour, From external to internal regret, JMLR 8, 2007",
        says="followers without swap regret exist",
    )


def _strategy_facts(stored: tuple[BimatrixGame, int]) -> Iterator[Fact]:
    from proofs_checks.by_hand import value_facts
    from proofs_checks.definitions import regrets

    game, half = stored
    yield from value_facts(game, 0)
    b = game.follower_exact
    play: list[tuple[int, int]] = []
    gains = [Fraction(0)] * 3
    for t in range(2 * half):
        row = 0 if t < half else 1
        leading = max(gains)
        play.append((row, max(j for j in range(3) if gains[j] == leading) if t else 0))
        gains = [x + b[row, j] for j, x in enumerate(gains)]
    average = averages(game, play)[0]
    yield at_most(
        "the follower, which plays the best column so far, has regret per round",
        (regrets(game, play)[1]),
        Fraction(1, 20),
    )
    yield above("the leader's average", average, Fraction(17, 20))
    yield above("its swap regret per round", swap_regret(game, play), Fraction(2, 5))


def _hedge_facts(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below
    from proofs_checks.learning import hedge_mixes, hedge_regret

    game, half = EXPLOITABLE, budget.rounds // 2
    a, b = game.leader_exact, game.follower_exact
    rows = [0] * half + [1] * half
    rewards = [[b[i, j] for j in range(3)] for i in rows]
    rate = (8 * ball(3).log() / (2 * half)).sqrt() / 2  # the range of a row is at most 2
    earned = ball(0)
    for i, mix in zip(rows, hedge_mixes(rewards, lambda t: rate), strict=True):
        earned += sum((x * ball(a[i, j]) for j, x in enumerate(mix)), start=ball(0))
    regret = hedge_regret(rewards, lambda t: rate) / (2 * half)
    yield ball_below(
        f"T = {2 * half}: Hedge's regret per round, within its bound 2 sqrt(ln 3/(2T))",
        regret,
        2 * (ball(3).log() / (4 * half)).sqrt(),
    )
    yield ball_below(
        "V = 0, and 1/2, against the leader's average", ball(Fraction(1, 2)), (earned / (2 * half))
    )


@claim(
    "r12-mean-based",
    source="Deng, Schneider and Sivan 2019, Section 4",
    expected="true",
    paper_proof="none",
)
def mean_based() -> Iterator[Check]:
    r"""A no-regret follower with three actions can be exploited beyond V.

    There are a game with three columns and a leader whose average against Hedge, whose regret is at
    most $R \sqrt{T \ln n / 2}$, stays above V by a constant as T grows. So "no regret" of the
    follower bounds the leader by V only from two columns on down (r3-two-actions), or with swap
    regret (r12-swap).
    """
    yield Witness(
        stored=(EXPLOITABLE, 40),
        facts=_strategy_facts,
        shows="true",
        says="V = 0; up for half the time, then down: while the past still speaks for column 3, "
        "the leader gets 2 a round",
    )
    yield Simulation(facts=_hedge_facts, says="the same against Hedge")
    yield Citation(
        source="Y. Deng, J. Schneider and B. Sivan, Strategizing against No-regret Learners, "
        "NeurIPS 2019",
        says="the excess over V stays as T grows, against every mean-based learner",
    )
