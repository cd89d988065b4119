"""Zero-sum games: the games in which Theorem 1 is true."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Neighbour, Problem, Search, Smt
from proofs_checks.definitions import Play, averages, pure_value, regrets
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def _problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_best, is_mix, vector

    v, average, regret = z3.Reals("v average R")
    for n in (2, 3, 4):
        pays, q = vector("a", n), vector("q", n)
        follower = [-x for x in pays]
        for j in range(n):
            yield Problem(
                name=f"any p, m x {n}: its best reply {j + 1} pays the leader at most v",
                hypotheses=[*is_mix(q), dot(q, pays) <= v, is_best(follower, j)],
                conclusion=pays[j] <= v,
                example={q[0]: 1},
            )
        yield Problem(
            name=f"maximin p, m x {n}: every reply pays the leader at least v",
            hypotheses=[*is_mix(q), *(x >= v for x in pays)],
            conclusion=dot(q, pays) >= v,
            example={q[0]: 1},
        )
    for m in (2, 3, 4):
        rows, p = vector("u", m), vector("p", m)  # rows against the follower's average mix
        yield Problem(
            name=f"any play, {m} rows: average >= v - Reg_L/T",
            hypotheses=[*is_mix(p), dot(p, rows) >= v, *(average + regret >= x for x in rows)],
            conclusion=average >= v - regret,
            example={p[0]: 1},
        )


def _zero_sum_games() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import plays, small_games

    games = small_games(rows=(2, 3), columns=(2, 3), size=3, zero_sum=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _one_value(drawn: GamePlay) -> bool:
    from solvers.maximin import maximin
    from solvers.multiple_lp import multiple_lp
    from solvers.nash import nash
    from solvers.weak import weak_stackelberg

    game, play = drawn
    value = maximin(game).leader_value
    values = {multiple_lp(game).leader_value, weak_stackelberg(game).leader_value}
    values |= {e.leader_value for e in nash(game).equilibria}
    average, (leader, follower) = averages(game, play)[0], regrets(game, play)
    return bool(values == {value} and value - leader <= average <= value + follower)


def _pure_is_enough(drawn: GamePlay) -> bool:
    from solvers.maximin import maximin

    game, _ = drawn
    return bool(pure_value(game) == Fraction(maximin(game).leader_value))


@claim(
    "r4-zero-sum",
    source="replaces Theorem 1; von Neumann 1928, Freund and Schapire 1999",
    expected="true",
    paper_proof="none",
)
def zero_sum_games_have_one_value() -> Iterator[Check]:
    r"""In zero-sum games V is the value, and Theorem 1 holds at the rate of the regrets.

    For every zero-sum game with value v: V = weak value = every Nash payoff = maximin = v; and for
    every finite play $v - Reg_L/T \le$ average $\le v + Reg_F/T$. So two learners without regret
    reach V, whoever leads and whatever is seen.
    """
    yield Smt(
        problems=_problems,
        says="with a minimax mix q of the follower (p'Aq <= v for all p) and a maximin p of the "
        "leader (p'A >= v): no commitment earns more than v against best replies, the maximin one "
        "earns v against all, and regret against it bounds the average; from above by symmetry",
    )
    yield Search(
        statement=ForAll(inputs=_zero_sum_games, holds=_one_value),
        neighbour=Neighbour(says="a pure commitment attains the value", holds=_pure_is_enough),
        share=0.6,
    )


def _indifference_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import is_best, vector

    for n in (2, 3, 4):
        leader = vector("a", n)
        follower = [-x for x in leader]
        tied = z3.And(is_best(follower, 0), is_best(follower, 1))
        yield Problem(
            name=f"zero-sum m x {n} games, for every m",
            hypotheses=[tied],
            conclusion=leader[0] == leader[1],
        )


@claim(
    "zero-sum-indifference",
    source="replaces the step of term (B) in Theorem 8",
    expected="true",
    paper_proof="none",
)
def zero_sum_indifference() -> Iterator[Check]:
    r"""In zero-sum games a follower's indifference is the leader's.

    For every game with A + B constant and every p: all best responses to p pay the leader the same.
    """
    yield Smt(
        problems=_indifference_problems,
        says="with a = p'A, and b = -a up to a constant: equal replies pay the follower, and so "
        "the leader, the same",
    )
