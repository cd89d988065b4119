"""Cyclic 2 x 2 games, where no-regret play never reaches the Stackelberg value."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import coarse_facts, value_facts
from proofs_checks.checks import Check, Identity, Neighbour, Problem, Search, Smt, Witness
from proofs_checks.definitions import two_row_value
from proofs_checks.fact import Fact, equal
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import column_payoffs

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

PENNIES = BimatrixGame([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], name="matching_pennies")


def _games() -> SearchStrategy[BimatrixGame]:
    """Cyclic games: a payoff of every pair that is compared, and by how much the other differs."""
    from hypothesis import strategies as st

    def cyclic(base: list[int], step: list[int]) -> BimatrixGame:
        (a21, a12, b11, b22), (u, v, r, s) = base, step
        return BimatrixGame([[a21 + u, a12], [a21, a12 + v]], [[b11, b11 + r], [b22 + s, b22]])

    base = st.lists(st.integers(-2, 2), min_size=4, max_size=4)
    step = st.lists(st.integers(1, 3), min_size=4, max_size=4)
    return st.builds(cyclic, base, step)


def indifference_point(game: BimatrixGame) -> tuple[Fraction, Fraction]:
    """The mix of the two rows at which both columns pay the follower the same."""
    b = game.follower_exact
    first, second = Fraction(b[0, 1] - b[0, 0]), Fraction(b[1, 0] - b[1, 1])
    return second / (first + second), first / (first + second)


def _never(game: BimatrixGame) -> bool:
    from solvers.no_regret import no_regret

    return no_regret(game, sse_value=two_row_value(game)).class_ == "never"


def _never_where_columns_differ(game: BimatrixGame) -> bool | None:
    left, right = column_payoffs(game.leader_exact, indifference_point(game))
    return None if left == right else _never(game)


def _problems() -> Iterator[Problem]:
    """Of a cyclic game only differences matter: u, v the leader's, r, s the follower's."""
    import z3

    u, v, r, s, p = z3.Reals("u v r s p")
    z11, z12, z21, z22 = z = z3.Reals("z11 z12 z21 z22")
    cyclic = [x > 0 for x in (u, v, r, s)]
    coarse = [
        *(x >= 0 for x in z),
        z3.Sum(*z) == 1,
        z21 * u <= z22 * v,
        z12 * v <= z11 * u,
        z22 * s <= z12 * r,
        z11 * r <= z21 * s,
    ]
    half = z3.Q(1, 2)
    even = {u: 1, v: 1, r: 1, s: 1} | dict.fromkeys(z, z3.Q(1, 4))
    yield Problem(
        name="no cell of a coarse correlated equilibrium is empty",
        hypotheses=[*cyclic, *coarse],
        conclusion=z3.And(*(x > 0 for x in z)),
        example=even,
    )
    w1, w2, w3, w4 = w = z3.Reals("w1 w2 w3 w4")
    yield Problem(
        name="four positive numbers each at most the next, round a cycle, are equal",
        hypotheses=[*(x > 0 for x in w), w1 <= w2, w2 <= w3, w3 <= w4, w4 <= w1],
        conclusion=z3.And(w1 == w2, w2 == w3, w3 == w4),
    )
    yield Problem(
        name="where the follower's two gains are 0 in both columns, each column was met by p*",
        hypotheses=[
            *cyclic, *(x > 0 for x in z), z3.Sum(*z) == 1, z22 * s == z12 * r, z11 * r == z21 * s,
            p * (r + s) == s,
        ],
        conclusion=z3.And(z11 == p * (z11 + z21), z12 == p * (z12 + z22)),
        example=even | {p: half},
    )  # fmt: skip
    a11, a12, a21, a22, q, value = z3.Reals("a11 a12 a21 a22 q V")
    left, right = p * a11 + (1 - p) * a21, p * a12 + (1 - p) * a22
    yield Problem(
        name="so the leader gets a mix, of weight q on column 1, of what the columns pay at p*",
        hypotheses=[p > 0, p < 1, q > 0, q < 1, value >= left, value >= right, left != right],
        conclusion=q * left + (1 - q) * right < value,
        example={p: half, q: half, a11: 1, a12: 0, a21: 0, a22: 0, value: 1},
    )


def _gains_in_a_circle() -> Iterator[tuple[str, object, object]]:
    import sympy

    u, v, r, s, z11, z12, z21, z22 = sympy.symbols("u v r s z11 z12 z21 z22", positive=True)
    chain = [(z22 * s, z12 * r), (z12 * v, z11 * u), (z11 * r, z21 * s), (z21 * u, z22 * v)]
    product: dict[str, sympy.Expr] = {"left": sympy.Integer(1), "right": sympy.Integer(1)}
    for small, large in chain:
        product = {"left": product["left"] * small, "right": product["right"] * large}
    yield (
        "the four conditions of a coarse correlated equilibrium are x <= y four times, and the "
        "product of the x is the product of the y",
        product["left"],
        product["right"],
    )


@claim(
    "r8-cyclic",
    source="replaces Theorem 1 for games such as Table 3's hero; Moulin and Vial 1978",
    expected="true",
    paper_proof="none",
)
def cyclic_games() -> Iterator[Check]:
    r"""In a cyclic game that pays the leader differently at p*, no-regret play never reaches V.

    For every 2 x 2 game with $a_{11} > a_{21}$, $a_{12} < a_{22}$, $b_{11} < b_{12}$,
    $b_{21} > b_{22}$ in which the two columns pay the leader differently at the follower's
    indifference point $p^*$: every coarse correlated equilibrium pays the leader the same, and that
    is less than V. So the average of no play without regret comes to V.
    """
    yield Identity(
        sides=_gains_in_a_circle,
        says="where no cell is empty, x < y in one of the four would make the products differ: all "
        "four conditions are equations",
    )
    yield Smt(
        problems=_problems,
        says="in every equilibrium both columns were met by p*, so the leader gets a proper mix of "
        "what they pay there, and V is at least the larger",
    )
    yield Search(
        statement=ForAll(inputs=_games, holds=_never_where_columns_differ),
        neighbour=Neighbour(says="it never reaches V in any cyclic game", holds=_never),
    )


def _pennies_facts(game: BimatrixGame) -> Iterator[Fact]:
    half = Fraction(1, 2)
    yield equal("p*", indifference_point(game), (half, half))
    yield equal("the columns pay the leader there", column_payoffs(game.leader_exact, (half, half)),
                (0, 0))  # fmt: skip
    yield from value_facts(game, 0)
    yield from coarse_facts(game, "hi", 0)
    yield from coarse_facts(game, "lo", 0)


@claim(
    "r8-cyclic-all",
    source="r8-cyclic without its last condition",
    expected="false",
    paper_proof="none",
    replacement="r8-cyclic",
)
def all_cyclic_games() -> Iterator[Check]:
    r"""In no cyclic game does no-regret play reach V.

    For every 2 x 2 game with $a_{11} > a_{21}$, $a_{12} < a_{22}$, $b_{11} < b_{12}$,
    $b_{21} > b_{22}$: V is outside what coarse correlated equilibria pay the leader.
    """
    yield Witness(
        stored=PENNIES,
        facts=_pennies_facts,
        refutes=ForAll(inputs=_games, holds=_never),
        says="matching pennies is cyclic, and every play without regret reaches V = 0",
        minimal="each player has two payoffs, and a cyclic game needs two",
    )
    yield Search(statement=ForAll(inputs=_games, holds=_never))
