"""When Theorem 1 is true of a game: decided by the leader's coarse correlated payoffs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Neighbour, Search
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import bimatrix_games, plays

    games = bimatrix_games(min_side=2, max_side=3, shrinks=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _inside_the_band(drawn: GamePlay) -> bool:
    from solvers.no_regret import no_regret

    game, play = drawn
    band = no_regret(game, sse_value=game.leader_exact[0, 0])
    average, eps = averages(game, play)[0], max(Fraction(0), *regrets(game, play))
    return bool(band.lo - band.k_lo * eps <= average <= band.hi + band.k_hi * eps)


def _inside_the_range(drawn: GamePlay) -> bool:
    from solvers.no_regret import no_regret

    game, play = drawn
    band = no_regret(game, sse_value=game.leader_exact[0, 0])
    return band.lo <= averages(game, play)[0] <= band.hi


@claim(
    "r7-criterion",
    source="replaces Theorems 1 and 8; Hannan 1957, Moulin and Vial 1978",
    expected="true",
    paper_proof="none",
)
def criterion() -> Iterator[Check]:
    r"""No-regret play reaches V exactly where every coarse correlated equilibrium pays V.

    Let [lo, hi] be what coarse correlated equilibria pay the leader. For every game and every
    finite play of any algorithms with $\epsilon = \max(0, Reg_L/T, Reg_F/T)$:
    $lo - k_{lo} \epsilon \le$ average $\le hi + k_{hi} \epsilon$, with constants of the game. So if
    lo = hi = V then every no-regret pair reaches V; if V lies outside [lo, hi] then none does; else
    some do and some do not. Uniqueness of the Stackelberg equilibrium plays no part.
    """
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=_inside_the_band),
        neighbour=Neighbour(
            says="the average of a finite play lies in [lo, hi] itself", holds=_inside_the_range
        ),
    )
