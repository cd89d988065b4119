"""The games in which Lemma 1 is true."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Neighbour, Problem, Search, Smt
from proofs_checks.claims.lemma_1 import GamePlay, uniform_gap
from proofs_checks.definitions import regrets
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, total, vector

    for n in (2, 3, 4):
        b, other, q = vector("b", n), vector("c", n), vector("q", n)
        top, delta, reach = z3.Reals("r delta R")
        for best in range(1, n):
            share = total(q[best:])
            yield Problem(
                name=f"a row with {best} best of {n} columns: q loses delta to R a share of others",
                hypotheses=[
                    *is_mix(q),
                    delta > 0,
                    *(x == top for x in b[:best]),
                    *(z3.And(x <= top - delta, x >= top - reach) for x in b[best:]),
                ],
                conclusion=z3.And(
                    delta * share <= top - dot(q, b), top - dot(q, b) <= reach * share
                ),
                example={q[0]: 1},
            )
        yield Problem(
            name=f"{n} columns, column 1 best in one row and not in another: no regret, and a gap",
            hypotheses=[*(b[0] >= x for x in b), z3.Or(*(x > other[0] for x in other[1:]))],
            conclusion=z3.And(
                *(x - b[0] <= 0 for x in b), z3.Or(*(x - other[0] > 0 for x in other[1:]))
            ),
        )


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import plays, small_games

    def agreeing(game: BimatrixGame) -> BimatrixGame:
        """The same payoffs, the columns sorted alike in every row."""
        rows = [sorted(row, reverse=True) for row in game.follower_exact.rows]
        return BimatrixGame([[0] * len(rows[0])] * len(rows), rows)

    games = small_games(size=2)
    either = st.one_of(games, games.map(agreeing))
    return either.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape, rounds=5)))


def best_columns(game: BimatrixGame) -> list[set[int]]:
    """The follower's best columns in each row."""
    rows = game.follower_exact.rows
    return [{j for j, x in enumerate(row) if x == max(row)} for row in rows]


def _bounded(drawn: GamePlay, *, alike: bool) -> bool | None:
    """Gap <= R/delta * Regret/T; None where rows differ in best columns, or all are best."""
    game, play = drawn
    best = best_columns(game)
    m, n = game.shape
    if alike and any(each != best[0] for each in best):
        return None
    b = game.follower_exact
    losses = [max(b[i, k] for k in range(n)) - b[i, j] for i in range(m) for j in range(n)]
    positive = [x for x in losses if x > 0]
    if not positive:
        return None
    regret = max(Fraction(0), regrets(game, play)[1])
    return uniform_gap(game, play) <= max(positive) / min(positive) * regret


@claim(
    "uniform-replies",
    source="replaces Lemma 1",
    expected="true",
    paper_proof="none",
)
def uniform_replies() -> Iterator[Check]:
    r"""Lemma 1 holds in a matrix game iff all rows have the same best columns.

    For every matrix game: the average of every no-regret follower becomes a best response to all
    leader mixes, against every leader, iff the set of best columns is the same in every row. Then
    $\sup_p gap(p, \bar q_T) \le \frac{R}{\delta} \frac{Regret_T}{T}$, with $\delta$ the least and
    R the largest positive loss of a column in a row. Else let column j be best in row i, not in
    row k: at (i, j) for ever there is no regret, and a gap at row k.
    """
    yield Smt(
        problems=_problems,
        says="averaged over rounds, Regret/T is at least delta times the share of the columns that "
        "are nowhere best; averaged over the rows of p, the gap is at most R times that share",
    )
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=lambda drawn: _bounded(drawn, alike=True)),
        neighbour=Neighbour(
            says="the bound holds in every game",
            holds=lambda drawn: _bounded(drawn, alike=False),
        ),
        share=0.5,
    )
