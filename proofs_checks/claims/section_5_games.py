"""Section 5 on its games: how many there are, of which kind, and how their values are computed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import value_facts
from proofs_checks.checks import Calculation, Check, Neighbour, Problem, Search, Smt, Witness
from proofs_checks.claims.table_3 import TWELVE, games_of
from proofs_checks.definitions import pure_value, two_row_value
from proofs_checks.equivalence import (
    equal_up_to_names,
    is_constant_sum,
    is_strictly_competitive,
    payoffs,
    ranks,
)
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import commitment_values

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _outside_facts(game: BimatrixGame) -> Iterator[Fact]:
    listed = games_of("table1")["battle"]
    yield fact("Table 1's Battle has these payoffs", payoffs(listed) == payoffs(game))
    alike = [
        key for key, each in games_of("table3").items() if equal_up_to_names(game, each, ranks)
    ]
    yield equal("games of Table 3 that rank the cells as Table 1's Battle does", alike, ())
    other = games_of("table3")["battle"]
    yield fact("Table 3's battle is another game", payoffs(other) != payoffs(game))


@claim(
    "exp-twelve-games",
    source="Section 5, lines 127 and 195, and Appendix B",
    expected="false",
    paper_proof="none",
    replacement="exp-thirteen-games",
)
def twelve_games() -> Iterator[Check]:
    r"""The matrix games are twelve, and their payoffs are provided in the Appendix.

    Every matrix game of the experiments is one of Table 3, up to names.
    """
    yield Witness(
        stored=BATTLE,
        facts=_outside_facts,
        says="Figure 1's game, Table 1's Battle, is none of Table 3's, not even by rank; Table 3's "
        "battle is a dominance game",
    )


def _thirteen_facts() -> Iterator[Fact]:
    games = [BATTLE, *games_of("table3").values()]
    pairs = [(one, other) for k, one in enumerate(games) for other in games[:k]]
    alike = [(a.name, b.name) for a, b in pairs if equal_up_to_names(a, b, ranks)]
    yield equal("games", len(games), 13)
    yield equal(f"pairs that are alike, of {len(pairs)}", alike, ())


@claim(
    "exp-thirteen-games",
    source="replaces Section 5, line 195",
    expected="true",
    paper_proof="none",
)
def thirteen_games() -> Iterator[Check]:
    r"""The paper prints thirteen matrix games, no two alike.

    No two of Table 1's Battle and Table 3's twelve games rank the cells alike, under all exchanges
    of rows, columns and players.
    """
    yield Calculation(
        method="exhaustive comparison", facts=_thirteen_facts, says="all pairs were compared"
    )


def _no_constant_sum_facts() -> Iterator[Fact]:
    for name, game in {"Table 1's Battle": BATTLE, **games_of("table3")}.items():
        leader, follower = payoffs(game)
        sums = [
            [x + y for x, y in zip(*rows, strict=True)]
            for rows in zip(leader, follower, strict=True)
        ]
        says = f"{name}: sums of payoffs {[[str(x) for x in row] for row in sums]}"
        yield fact(f"{says} differ", not is_constant_sum((leader, follower)))
        opposed = is_strictly_competitive(game)
        yield fact(f"{name}: the players do not rank the cells in opposite orders", not opposed)


@claim(
    "exp-constant-sum",
    source="Section 5, lines 126 and 127, and Appendix B",
    expected="false",
    paper_proof="none",
    replacement="exp-no-constant-sum",
)
def a_constant_sum_security_game() -> Iterator[Check]:
    r"""A constant-sum security game is among the matrix games whose payoffs are provided.

    In one of the twelve games of Table 3 the players' payoffs add up to a constant.
    """
    yield Witness(
        stored=TWELVE,
        facts=lambda names: [
            equal("the games provided", names, tuple(games_of("table3"))),
            *_no_constant_sum_facts(),
        ],
        says="none of the games is constant-sum, nor becomes so by rescaling: the case in which "
        "Theorem 1 holds was not tried",
    )


@claim(
    "exp-no-constant-sum",
    source="replaces Section 5, line 126",
    expected="true",
    paper_proof="none",
)
def no_constant_sum_game() -> Iterator[Check]:
    r"""None of the thirteen printed games is constant-sum, or strictly competitive.

    In each of them the sums of payoffs differ between cells, and the players do not rank the cells
    in opposite orders, so no increasing change of payoffs makes the game constant-sum.
    """
    yield Calculation(
        method="exhaustive comparison", facts=_no_constant_sum_facts, says="all thirteen were read"
    )


GameGrid = tuple[BimatrixGame, int]
KINK: GameGrid = (BimatrixGame([[0, 0, 1], [0, 0, 1]], [[6, 0, 2], [0, 3, 2]]), 100)
"""The third column is a best reply at p = (1/3, 2/3) alone."""


def grid_value(game: BimatrixGame, steps: int) -> Fraction:
    """The most that the mixes (k/N, 1 - k/N) earn, ties for the leader."""
    shares = (Fraction(k, steps) for k in range(steps + 1))
    return max(Fraction(commitment_values(game, (x, 1 - x))[0]) for x in shares)


def _games_and_grids() -> SearchStrategy[GameGrid]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games

    return st.tuples(small_games(rows=(2, 2), size=4), st.integers(2, 5))


GRID = ForAll(
    inputs=_games_and_grids, holds=lambda drawn: grid_value(*drawn) == two_row_value(drawn[0])
)


def _kink_facts(stored: GameGrid) -> Iterator[Fact]:
    game, steps = stored
    third = (Fraction(1, 3), Fraction(2, 3))
    yield from value_facts(game, 1)
    yield equal("at p = (1/3, 2/3) all three columns pay the follower 2, and the leader gets",
                commitment_values(game, third)[0], 1)  # fmt: skip
    for each in (10, steps, 1000):
        yield equal(
            f"the best of the mixes (k/{each}, 1 - k/{each}) gets", grid_value(game, each), 0
        )


@claim(
    "exp-enumeration",
    source="Section 5, line 129",
    expected="false",
    paper_proof="none",
    replacement="exp-enumeration-kinks",
)
def enumerating_mixed_strategies() -> Iterator[Check]:
    r"""Enumerating leader mixed strategies with the follower's best responses gives V.

    For every game with two rows and every grid of mixes (k/N, 1 - k/N), k = 0, ..., N, with N at
    least 2: the best of them is worth V.
    """
    yield Witness(
        stored=KINK,
        facts=_kink_facts,
        refutes=GRID,
        says="V = 1 and every grid that misses 1/3 finds 0, however fine",
        minimal="with two columns a grid errs by no more than the payoffs' range over N",
    )
    yield Search(statement=GRID)


def _kink_problems() -> Iterator[Problem]:
    import z3

    at_left, at_right, weight, left, right = z3.Reals("l r t c_l c_r")
    yield Problem(
        name="between two mixes, whatever is linear is at most the larger of its ends",
        hypotheses=[weight >= 0, weight <= 1],
        conclusion=(1 - weight) * left + weight * right <= z3.If(left > right, left, right),
    )
    p = z3.Real("p")
    d0, d1 = z3.Reals("d0 d1")  # what column j earns beyond column k at p = 0 and p = 1
    difference = (1 - p) * d0 + p * d1
    yield Problem(
        name="where a column stops being better than another, they tie, one rising on the other",
        hypotheses=[
            at_left < p, p < at_right, at_left >= 0, at_right <= 1, difference == 0,
            z3.Or((1 - at_left) * d0 + at_left * d1 < 0, (1 - at_right) * d0 + at_right * d1 < 0),
        ],
        conclusion=d0 * d1 < 0,
        example={at_left: 0, at_right: 1, p: z3.Q(1, 2), d0: 1, d1: -1},
    )  # fmt: skip


def _two_rows() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import bimatrix_games

    return bimatrix_games(rows=2, min_side=2, max_side=4)


def _kinks_give_v(game: BimatrixGame) -> bool:
    from solvers.multiple_lp import multiple_lp

    return bool(two_row_value(game) == multiple_lp(game).leader_value)


@claim(
    "exp-enumeration-kinks",
    source="replaces Section 5, line 129; Conitzer and Sandholm 2006",
    expected="true",
    paper_proof="none",
)
def enumerating_the_kinks() -> Iterator[Check]:
    r"""Enumerating the mixes at which the follower's best response changes gives V exactly.

    For every game with two rows: V is the most that p = (1, 0), p = (0, 1) and the mixes at which
    two columns pay the follower the same earn, ties for the leader.
    """
    yield Smt(
        problems=_kink_problems,
        says="a column is a best reply on an interval, which ends at 0, at 1 or at such a tie, and "
        "pays the leader linearly on it",
    )
    yield Search(
        statement=ForAll(inputs=_two_rows, holds=_kinks_give_v),
        neighbour=Neighbour(
            says="the pure commitments suffice",
            holds=lambda game: pure_value(game) == two_row_value(game),
        ),
    )
