"""When Theorem 1 is true of a game: decided by the leader's coarse correlated payoffs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.by_hand import coarse_facts, unique_facts, value_facts
from proofs_checks.checks import (
    Calculation,
    Check,
    Citation,
    Enumeration,
    Identity,
    Neighbour,
    Search,
    Witness,
)
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.games import LAZY
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]
TWINS = BimatrixGame([[1, 1], [0, 0]], [[1, 1], [1, 1]])
"""Two SSE, class ``holds``."""


def _band_identities() -> Iterator[tuple[str, Any, Any]]:
    """The upper bound minus the average, as a sum of terms none of which is negative."""
    import sympy

    for m, n in ((2, 2), (2, 3)):
        cells = [(i, j) for i in range(m) for j in range(n)]
        hi, eps = sympy.symbols("hi eps")
        x, y = sympy.symbols(f"x0:{m}"), sympy.symbols(f"y0:{n}")
        a, b, s = (
            sympy.Matrix(m, n, lambda i, j, name=name: sympy.Symbol(f"{name}{i}{j}"))
            for name in "ABs"
        )
        free = sympy.symbols(f"z0:{m * n - 1}")
        z = dict(zip(cells, [*free, 1 - sum(free)], strict=True))
        by_row = [[a[k, j] - a[i, j] for i, j in cells] for k in range(m)]
        by_column = [[b[i, k] - b[i, j] for i, j in cells] for k in range(n)]
        weighted = [
            sum(w * gains[c] for w, gains in zip([*x, *y], by_row + by_column, strict=True))
            for c in range(m * n)
        ]
        average = sum(z[cell] * (hi + weighted[c] - s[cell]) for c, cell in enumerate(cells))
        regret = [
            sum(z[cell] * gains[c] for c, cell in enumerate(cells)) for gains in by_row + by_column
        ]
        rest = sum(w * (eps - r) for w, r in zip([*x, *y], regret, strict=True))
        rest += sum(z[cell] * s[cell] for cell in cells)
        yield (
            f"{m} x {n}, A_ij = hi + weighted gains - s_ij: hi + k eps - average = "
            "sum of weights x (eps - regret) + sum of z_ij s_ij",
            hi + (sum(x) + sum(y)) * eps - average,
            rest,
        )


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import bimatrix_games, plays

    games = bimatrix_games(min_side=2, max_side=3, shrinks=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _inside_the_band(drawn: GamePlay) -> bool:
    from solvers.no_regret import no_regret

    game, play = drawn
    band = no_regret(game, sse_value=Fraction(0))
    average, eps = averages(game, play)[0], max(Fraction(0), *regrets(game, play))
    return bool(band.lo - band.k_lo * eps <= average <= band.hi + band.k_hi * eps)


def _inside_the_range(drawn: GamePlay) -> bool:
    from solvers.no_regret import no_regret

    game, play = drawn
    band = no_regret(game, sse_value=Fraction(0))
    return bool(band.lo <= averages(game, play)[0] <= band.hi)


def _never_facts(game: BimatrixGame) -> Iterator[Fact]:
    yield from value_facts(game, Fraction(1, 2))
    yield from unique_facts(game)
    yield from coarse_facts(game, "hi", 0)


def _holds_facts(game: BimatrixGame) -> Iterator[Fact]:
    from solvers.multiple_lp import multiple_lp

    yield from value_facts(game, 1)
    yield fact("the equilibrium is not unique", multiple_lp(game).unique is False)
    yield from coarse_facts(game, "lo", 1)
    yield from coarse_facts(game, "hi", 1)


def _both_ways(game: BimatrixGame) -> bool:
    from proofs_checks.families import class_of, two_by_two_class

    return class_of(game) == two_by_two_class(game)


def _ordinal() -> Iterator[BimatrixGame]:
    from proofs_checks.families import strict_ordinal

    return strict_ordinal()


def _count_facts() -> Iterator[Fact]:
    from proofs_checks.families import CLASSES, Family, printed, source, two_by_two_class

    for family in (
        Family(name="the 13 games of Tables 1 and 3 as printed", games=printed),
        Family(name="the 12 games of Table 3 as their source has them", games=source),
    ):
        counts = family.counts()
        again = [two_by_two_class(game) for game in family.games()]
        for each in CLASSES:
            yield equal(f"{family.name}: {each}", again.count(each), counts[each])


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
    lo = hi = V then every no-regret pair reaches V (class holds); if V lies outside [lo, hi] then
    none does (never); else some do and some do not (may-fail). Uniqueness of the Stackelberg
    equilibrium plays no part.
    """
    yield Identity(
        sides=_band_identities,
        says="weights of the gains with A_ij - weighted gains <= hi in every cell bound every "
        "play, with k the sum of the weights; they exist by linear duality; for lo take -A",
    )
    yield Enumeration(
        family="the 144 strict ordinal 2 x 2 games: class by linear programs = class by "
        "enumeration of commitments and of vertices",
        members=_ordinal,
        holds=_both_ways,
        least="default",
    )
    yield Calculation(
        method="exact linear programs, and enumeration",
        facts=_count_facts,
        says="the classes of the paper's games, counted in two ways",
    )
    yield Witness(
        stored=LAZY,
        facts=_never_facts,
        shows="true",
        says="a unique equilibrium, and no no-regret pair reaches V",
    )
    yield Witness(
        stored=TWINS,
        facts=_holds_facts,
        shows="true",
        says="two equilibria, and every no-regret pair reaches V",
    )
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=_inside_the_band),
        neighbour=Neighbour(
            says="the average of a finite play lies in [lo, hi] itself", holds=_inside_the_range
        ),
        share=0.4,
    )
    yield Citation(
        source="B. Monnot and G. Piliouras, Limits and limitations of no-regret learning in games, "
        "The Knowledge Engineering Review 32, 2017",
        says="every coarse correlated equilibrium is the limit of some pair of no-regret "
        "algorithms: follow its cycle, and learn for oneself once the other strays",
    )
