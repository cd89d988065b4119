"""Algorithms 1 to 3: which game they describe."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import coarse_facts, replies, value_facts
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.definitions import pure_value
from proofs_checks.fact import Fact, below, equal
from proofs_checks.games import HERO
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import small_games

    return small_games(rows=(2, 2), columns=(2, 2), size=1)


def _one_value(game: BimatrixGame) -> bool:
    """Whether it makes no difference what the follower sees."""
    from solvers.correlated import coarse_correlated

    pays = coarse_correlated(game)
    return pays.leader_min == pays.leader_max == pure_value(game)


def _hero_facts(game: BimatrixGame) -> Iterator[Fact]:
    rows = ((1, 0), (0, 1))
    yield equal("columns that are best replies to row 1", replies(game, rows[0]), (2,))
    yield equal("columns that are best replies to row 2", replies(game, rows[1]), (1,))
    yield equal("so the rows pay -3 and -2, and Algorithm 1 is worth", pure_value(game), -2)
    yield from coarse_facts(game, "hi", Fraction(-3, 2))
    yield from coarse_facts(game, "lo", Fraction(-3, 2))
    yield from value_facts(game, -1)
    yield below("Algorithm 1, against Algorithm 2", pure_value(game), Fraction(-3, 2))
    yield below("Algorithm 2, against the commitment that Definition 3 means", Fraction(-3, 2), -1)


@claim(
    "alg-1-vs-2",
    source="Section 4, Algorithm 1, lines 86 to 98, and Section 5, Algorithm 2, lines 147 to 166",
    expected="false",
    paper_proof="none",
    replacement="information-values",
)
def algorithms_describe_one_game() -> Iterator[Check]:
    r"""Algorithms 1 and 2 describe the same learning problem.

    For every game, the leader can earn as much against a best-replying follower that sees its
    realised action (Algorithms 1 and 3) as in simultaneous play without regret (Algorithm 2, "each
    episode is a single simultaneous move"), and both are worth V.
    """
    statement = ForAll(inputs=_games, holds=_one_value)
    yield Witness(
        stored=HERO,
        facts=_hero_facts,
        refutes=statement,
        says="Table 3's hero is worth -2 when the action is seen, -3/2 when nothing is, -1 when "
        "the mix is",
    )
    yield Search(statement=statement)
