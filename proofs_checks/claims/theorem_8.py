"""Theorem 8, the long form of Theorem 1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import coarse_facts, unique_facts, value_facts
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.definitions import two_row_value
from proofs_checks.fact import Fact, above, below
from proofs_checks.games import ABOVE, HERO
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

HALF = Fraction(1, 2)


def _games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import small_games

    return small_games(rows=(2, 2), columns=(2, 3), size=2)


def _reaches_v(game: BimatrixGame) -> bool | None:
    """Whether every coarse correlated equilibrium pays V; None when the SSE is not unique."""
    from solvers.correlated import coarse_correlated
    from solvers.multiple_lp import multiple_lp

    if not multiple_lp(game).unique:
        return None
    pays = coarse_correlated(game)
    return pays.leader_min == pays.leader_max == two_row_value(game)


REACHES_V = ForAll(inputs=_games, holds=_reaches_v)


def _hero_facts(game: BimatrixGame) -> Iterator[Fact]:
    yield from value_facts(game, -1)
    yield from unique_facts(game)
    yield from coarse_facts(game, "hi", Fraction(-3, 2))
    yield from coarse_facts(game, "lo", Fraction(-3, 2))
    yield below("the limit, against V", Fraction(-3, 2), -1)


def _above_facts(game: BimatrixGame) -> Iterator[Fact]:
    yield from value_facts(game, 0)
    yield from unique_facts(game)
    yield from coarse_facts(game, "hi", HALF)
    yield above("what some no-regret play pays, against V", HALF, 0)


@claim(
    "thm-8",
    source="Appendix A.8, Theorem 8, lines 686 to 732",
    expected="false",
    paper_proof="invalid",
    broken_step="each of the three terms is said to vanish, and none does: thm-8-term-a, "
    "thm-8-term-b, thm-8-term-c",
    replacement="r7-criterion",
)
def theorem_8() -> Iterator[Check]:
    r"""Two no-regret learners: the leader's average converges to V.

    For every game with bounded rewards and a unique Stackelberg equilibrium and every two learners
    without regret: $E | \frac{1}{T} J_T^L - V | \to 0$ as $T \to \infty$.
    """
    yield Witness(
        stored=HERO,
        facts=_hero_facts,
        refutes=REACHES_V,
        says="the paper's own game hero: every no-regret play pays the leader -3/2, and V = -1",
    )
    yield Witness(
        stored=ABOVE,
        facts=_above_facts,
        refutes=REACHES_V,
        says="the average can also stay above V: here at 1/2, and V = 0",
        minimal="three columns: with two, no-regret play pays at most V (r3-two-actions)",
    )
    yield Search(statement=REACHES_V)
