"""A dominant row, and a pure commitment that is optimal: where learning and commitment agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Neighbour, Problem, Search, Smt
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import best_responses

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import bimatrix_games

    return bimatrix_games(min_side=2, max_side=3, kinds=("dominated", "generic", "tied"))


def _dominant_row(game: BimatrixGame) -> tuple[int, int] | None:
    """A row that is strictly best against every column, with its only best reply."""
    a = game.leader_exact
    m, n = game.shape
    for i in range(m):
        replies = best_responses(game, [int(i == k) for k in range(m)])
        above = all(a[i, j] > a[k, j] for k in range(m) if k != i for j in range(n))
        if above and len(replies) == 1:
            return i, replies[0]
    return None


def _only_outcome(game: BimatrixGame) -> bool | None:
    from solvers.correlated import coarse_correlated

    cell = _dominant_row(game)
    if cell is None:
        return None
    pays, at = coarse_correlated(game), game.leader_exact[cell]
    return bool(pays.leader_min == at == pays.leader_max)


def _reaches_v(game: BimatrixGame) -> bool | None:
    from solvers.multiple_lp import multiple_lp

    cell = _dominant_row(game)
    return None if cell is None else bool(multiple_lp(game).leader_value == game.leader_exact[cell])


def _dominance_problems() -> Iterator[Problem]:

    from proofs_checks.formulas import game as games
    from proofs_checks.formulas import is_mix, matrix, total

    for m, n in ((2, 2), (2, 3), (3, 2), (3, 3)):
        g, z = games(m, n), matrix("z", m, n)
        rows, columns = range(m), range(n)
        yield Problem(
            name=f"{m} x {n} games, row 1 dominant, column 1 its reply",
            hypotheses=[
                *is_mix([x for row in z for x in row]),
                *(g.A[0][j] > g.A[i][j] for i in rows[1:] for j in columns),
                *(g.B[0][0] > g.B[0][j] for j in columns[1:]),
                total(z[i][j] * (g.A[0][j] - g.A[i][j]) for i in rows[1:] for j in columns) <= 0,
                total(z[i][j] * (g.B[i][0] - g.B[i][j]) for i in rows for j in columns[1:]) <= 0,
            ],
            conclusion=z[0][0] == 1,
            example={
                **{z[i][j]: int(i == j == 0) for i in rows for j in columns},
                **{g.A[i][j]: int(i == 0) for i in rows for j in columns},
                **{g.B[i][j]: int(j == 0) for i in rows for j in columns},
            },
        )


@claim(
    "r9-dominant",
    source="replaces Theorem 1, thm-9-term-b and baseline-2 where the leader has a dominant row",
    expected="true",
    paper_proof="none",
)
def dominant_row() -> Iterator[Check]:
    r"""A strictly dominant row with a unique reply is the only coarse correlated equilibrium.

    For every game in which row i pays the leader more than every other row against every column,
    and column j is the follower's only best reply to it: (i, j) is the only coarse correlated
    equilibrium, so every pair of players without regret ends there. V may be more: commitment to a
    dominated row pays in Conitzer and Sandholm's game.
    """
    yield Smt(
        problems=_dominance_problems,
        says="that row i gains nothing empties all other rows, and then that column j gains "
        "nothing empties all other columns",
    )
    yield Search(
        statement=ForAll(inputs=_games, holds=_only_outcome),
        neighbour=Neighbour(says="that outcome pays V", holds=_reaches_v),
    )


def _pure_problems() -> Iterator[Problem]:
    import z3

    gap, other, eps = z3.Reals("g h eps")
    a, better, value = z3.Reals("a a_k V")
    small = eps * (gap - other) <= gap
    yield Problem(
        name="moving eps of the mass from row i to row k, column j beats each other column still",
        hypotheses=[gap > 0, eps > 0, eps <= 1, small],
        conclusion=(1 - eps) * gap + eps * other >= 0,
        example={gap: 1, other: 1, eps: 1},
    )
    yield Problem(
        name="such an eps exists for one column, and every smaller one will do",
        hypotheses=[
            gap > 0,
            eps > 0,
            eps <= 1,
            eps * (gap + z3.If(other < 0, -other, other)) <= gap,
        ],
        conclusion=small,
        example={gap: 1, other: 0, eps: 1},
    )
    yield Problem(
        name="if row k were better against column j, that commitment would be worth more than V",
        hypotheses=[
            eps > 0, eps <= 1, value == a, (1 - eps) * a + eps * better <= value,
        ],
        conclusion=better <= a,
        example={eps: 1, a: 0, better: 0},
    )  # fmt: skip


def _pure_optimum(game: BimatrixGame) -> tuple[int, int] | None:
    """A pure commitment with a unique best reply that attains V."""
    from solvers.multiple_lp import multiple_lp

    value = multiple_lp(game).leader_value
    m, _ = game.shape
    for i in range(m):
        replies = best_responses(game, [int(i == k) for k in range(m)])
        if len(replies) == 1 and game.leader_exact[i, replies[0]] == value:
            return i, replies[0]
    return None


def _is_nash(game: BimatrixGame) -> bool | None:
    cell = _pure_optimum(game)
    if cell is None:
        return None
    column = [row[cell[1]] for row in game.leader_exact.rows]
    return bool(column[cell[0]] == max(column))


def _has_no_other_nash(game: BimatrixGame) -> bool | None:
    from solvers.nash import nash

    return None if _pure_optimum(game) is None else len(nash(game).equilibria) == 1


@claim(
    "r10-pure",
    source='replaces "a Nash equilibrium, not the Stackelberg equilibrium", Section 5, line 139',
    expected="true",
    paper_proof="none",
)
def optimal_pure_commitment() -> Iterator[Check]:
    r"""A pure commitment that is optimal and has a unique reply is a Nash equilibrium.

    For every game, row i with the unique best reply j, and $A_{ij} = V$: (i, j) is a Nash
    equilibrium. So where a pure commitment is optimal, coming to Nash and coming to Stackelberg do
    not exclude each other; there may be other equilibria.
    """
    yield Smt(
        problems=_pure_problems,
        says="were row k better against j, committing to it with a small probability would leave j "
        "the reply and earn more than V; the argument is by column, for every m and n",
    )
    yield Search(
        statement=ForAll(inputs=_games, holds=_is_nash),
        neighbour=Neighbour(says="it is the only equilibrium", holds=_has_no_other_nash),
    )
