"""A follower with two actions cannot be exploited beyond V."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.by_hand import coarse_facts, value_facts
from proofs_checks.checks import Check, Citation, Identity, Neighbour, Search, Witness
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.fact import Fact, above
from proofs_checks.games import EXPLOITABLE
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def follower_slope(game: BimatrixGame) -> tuple[Fraction, tuple[Fraction, ...]]:
    r"""V of a game, and weights y of the follower's gains that bound the leader by it.

    V and y solve the dual of :math:`\max \langle A, z \rangle` over the joint distributions z of
    which the follower does not regret not having played one column throughout, so that
    :math:`A_{ij} - \sum_k y_k (B_{ik} - B_{ij}) \le V` in every cell. Their sum is the slope K.
    For two columns the optimum is V (r2-chain); for more it can be larger.
    """
    from solvers.lp import Row, maximize

    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    cells = [(i, j) for i in range(m) for j in range(n)]
    rows = [Row(coefficients=dict.fromkeys(range(m * n), 1), sense="==", bound=1)]
    rows += [
        Row(
            coefficients={c: b[i, k] - b[i, j] for c, (i, j) in enumerate(cells)},
            sense="<=",
            bound=0,
        )
        for k in range(n)
    ]
    optimum = maximize([a[i, j] for i, j in cells], rows)
    return Fraction(optimum.value), tuple(Fraction(y) for y in optimum.duals[1:])


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import bimatrix_games, plays

    kinds = ("generic", "tied", "dominated", "zero-sum", "rank one")
    games = bimatrix_games(min_side=2, max_side=3, columns=2, kinds=kinds, shrinks=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _stays_below(drawn: GamePlay) -> bool:
    from solvers.multiple_lp import multiple_lp

    game, play = drawn
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    bound, weights = follower_slope(game)
    proved = min(weights) >= 0 and all(
        a[i, j] - sum(y * (b[i, k] - b[i, j]) for k, y in enumerate(weights)) <= bound
        for i in range(m)
        for j in range(n)
    )
    eps = max(Fraction(0), regrets(game, play)[1])
    return (
        bound == multiple_lp(game).leader_value
        and proved
        and averages(game, play)[0] <= bound + sum(weights) * eps
    )


def _stays_below_v(drawn: GamePlay) -> bool:
    game, play = drawn
    return averages(game, play)[0] <= follower_slope(game)[0]


def _weighted_gains() -> Iterator[tuple[str, Any, Any]]:
    """V + K eps minus the average, as a sum of terms none of which is negative."""
    import sympy

    for m in (2, 3):
        cells = [(i, j) for i in range(m) for j in range(2)]
        v, eps = sympy.symbols("V eps")
        y = sympy.symbols("y0:2")
        b = sympy.Matrix(m, 2, lambda i, j: sympy.Symbol(f"B{i}{j}"))
        s = sympy.Matrix(m, 2, lambda i, j: sympy.Symbol(f"s{i}{j}"))
        free = sympy.symbols(f"z0:{2 * m - 1}")
        z = dict(zip(cells, [*free, 1 - sum(free)], strict=True))
        gains = {(i, j): sum(y[k] * (b[i, k] - b[i, j]) for k in range(2)) for i, j in cells}
        average = sum(z[i, j] * (v + gains[i, j] - s[i, j]) for i, j in cells)
        regret = [sum(z[i, j] * (b[i, k] - b[i, j]) for i, j in cells) for k in range(2)]
        rest = sum(y[k] * (eps - regret[k]) for k in range(2))
        rest += sum(z[i, j] * s[i, j] for i, j in cells)
        yield (
            f"{m} x 2, A_ij = V + weighted gains - s_ij: V + K eps - average = "
            "sum of y_k (eps - Reg_F(k)/T) + sum of z_ij s_ij",
            v + sum(y) * eps - average,
            rest,
        )


def _exploited_facts(game: BimatrixGame) -> Iterator[Fact]:
    yield from value_facts(game, 0)
    yield from coarse_facts(game, "hi", Fraction(22, 21))
    yield above("with no regret at all, so for every K, against V", Fraction(22, 21), 0)


@claim(
    "r3-two-actions",
    source="replaces Theorem 1 from above; Deng, Schneider and Sivan 2019",
    expected="true",
    paper_proof="none",
)
def two_actions_cannot_be_exploited() -> Iterator[Check]:
    r"""Against a follower with two actions no leader averages above V plus K times its regret.

    For every m x 2 game there is a constant K, the slope of an exact linear program, such that for
    every finite play of any algorithms: leader's average $\le V + K \max(0, Reg_F/T)$. So without
    regret the follower holds the leader to V. For three actions no such K exists.
    """
    yield Identity(
        sides=_weighted_gains,
        says="weights y of the follower's gains with A_ij - sum y_k (B_ik - B_ij) <= V in every "
        "cell bound every play, with K = y_1 + y_2; they exist by linear duality, since V is the "
        "most under the follower's two constraints (r2-chain)",
    )
    yield Witness(
        stored=EXPLOITABLE,
        facts=_exploited_facts,
        shows="true",
        says="with three columns the follower can be without regret and the leader at 22/21, V = 0",
    )
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=_stays_below),
        neighbour=Neighbour(says="no play pays the leader more than V", holds=_stays_below_v),
        share=0.4,
    )
    yield Citation(
        source="Y. Deng, J. Schneider and B. Sivan, Strategizing against no-regret learners, 2019",
        says="a mean-based learner with three actions can be exploited beyond V",
    )
