"""The remark of Theorem 8 that a follower's indifference is, in many games, the leader's."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Check, Identity, Witness
from proofs_checks.claims.table_3 import games_of
from proofs_checks.definitions import two_row_commitments
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from stackel.game import BimatrixGame
from stackel.response import column_payoffs

TIED = ("stag_hunt", "prisoners_delight", "hero", "battle", "chicken")
"""Games of Table 3 in which a mix of both rows changes the follower's reply."""


def shared_ties(game: BimatrixGame) -> list[bool]:
    """Whether the leader is indifferent too, for each mix of rows at which the reply changes.

    >>> shared_ties(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    [False]
    """
    mixed = [p for p in two_row_commitments(game) if min(p) > 0]
    return [len(set(column_payoffs(game.leader_exact, p))) == 1 for p in mixed]


def _printed_facts(stored: BimatrixGame) -> Iterator[Fact]:
    (p,) = [each for each in two_row_commitments(stored) if min(each) > 0]
    yield equal("Battle: the follower is indifferent at", p, (Fraction(2, 3), Fraction(1, 3)))
    yield equal("where the columns pay the leader", column_payoffs(stored.leader_exact, p),
                (Fraction(10, 3), Fraction(2, 3)))  # fmt: skip
    games = games_of("table3")
    with_ties = [name for name, game in games.items() if shared_ties(game)]
    shared = [name for name in with_ties if all(shared_ties(games[name]))]
    yield equal("games of Table 3 with such a mix", with_ties, TIED)
    yield equal("in which the leader is indifferent there", shared, ())
    yield fact("so in none of the six printed games that have one", not any(shared_ties(BATTLE)))


@claim(
    "thm-8-many-games",
    source="Appendix A.8, term (B), line 718",
    expected="false",
    paper_proof="missing",
    replacement="shared-indifference",
)
def indifference_is_shared_in_many_games() -> Iterator[Check]:
    r"""In many games a follower's indifference implies that the leader is indifferent too.

    In most of the paper's matrix games in which a mix of rows makes the follower indifferent, it
    makes the leader indifferent.
    """
    yield Witness(
        stored=BATTLE,
        facts=_printed_facts,
        says="in none of the printed games that have such a mix is it shared",
    )


def _determinant() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    a11, a12, a21, a22, b11, b12, b21, b22 = sympy.symbols("a11 a12 a21 a22 b11 b12 b21 b22")
    p = (b22 - b21) / ((b11 - b12) + (b22 - b21))
    yield (
        "at p* = (b22 - b21) / (b11 - b12 + b22 - b21) the columns pay the follower the same",
        p * (b11 - b12) + (1 - p) * (b21 - b22),
        sympy.Integer(0),
    )
    yield (
        "there the leader's difference is a determinant over the same denominator",
        p * (a11 - a12) + (1 - p) * (a21 - a22),
        ((a11 - a12) * (b22 - b21) + (a21 - a22) * (b11 - b12)) / ((b11 - b12) + (b22 - b21)),
    )
    c = sympy.Symbol("c")
    zero_sum = {b11: c - a11, b12: c - a12, b21: c - a21, b22: c - a22}
    numerator = (a11 - a12) * (b22 - b21) + (a21 - a22) * (b11 - b12)
    yield "which is 0 in constant-sum games", numerator.subs(zero_sum), sympy.Integer(0)


@claim(
    "shared-indifference",
    source="replaces Appendix A.8, line 718",
    expected="true",
    paper_proof="none",
)
def indifference_is_shared_on_a_surface() -> Iterator[Check]:
    r"""Indifference is shared exactly where a determinant of payoff differences is 0.

    For every 2 x 2 game whose follower is indifferent at a unique mix p*: the leader is indifferent
    there if and only if $(a_{11} - a_{12})(b_{22} - b_{21}) + (a_{21} - a_{22})(b_{11} - b_{12})
    = 0$. Constant-sum games meet this equation; of games drawn from any density, none does.
    """
    yield Identity(
        sides=_determinant,
        says="one polynomial equation that is not always true: a set of measure 0",
    )
