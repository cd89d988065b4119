"""Families of games, and how often Theorem 1 is true in them.

A *class* is that of r7-criterion: ``holds`` when every no-regret pair pays the leader V,
``may-fail`` when some do and some do not, ``never`` when none does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations, permutations, product
from random import Random
from typing import Literal, TypeAlias

from stackel.game import BimatrixGame

Class: TypeAlias = Literal["holds", "may-fail", "never"]
CLASSES: tuple[Class, ...] = ("holds", "may-fail", "never")


@dataclass(frozen=True, eq=False, kw_only=True)
class Family:
    """Games of one origin."""

    name: str
    games: Callable[[], Iterable[BimatrixGame]]

    def counts(self) -> dict[str, int]:
        """How many games are of each class, by exact linear programs."""
        found = Counter(class_of(game) for game in self.games())
        return {each: found[each] for each in CLASSES}


def class_of(game: BimatrixGame) -> Class:
    """The class of a game, by the solvers."""
    from solvers.no_regret import no_regret

    return no_regret(game).class_


def printed() -> Iterator[BimatrixGame]:
    """The 13 games that the paper prints: Table 1 and Table 3."""
    return _catalogued("table1", "table3")


def source() -> Iterator[BimatrixGame]:
    """The 12 games of Table 3 as Gerstgrasser and Parkes have them."""
    return _catalogued("source")


def _catalogued(*collections: str) -> Iterator[BimatrixGame]:
    from stackel import catalog

    for name in catalog.names():
        if name.startswith(collections):
            game = catalog.load(name).game
            if isinstance(game, BimatrixGame):
                yield game


def strict_ordinal() -> Iterator[BimatrixGame]:
    """The 144 strict ordinal 2 x 2 games, one of each up to the names of the actions.

    Both players rank the four outcomes 1 to 4: 24 x 24 pairs of rankings. Renaming the rows and
    the columns makes four pairs the same game, and no renaming fixes one, which leaves 576 / 4.
    The players cannot be exchanged as in the usual count of 78: one of them leads. Of the four
    pairs the one is kept in which the leader's best outcome is (row 1, column 1).

    >>> sum(1 for _ in strict_ordinal())
    144
    """
    for leader, follower in product(permutations((1, 2, 3, 4)), repeat=2):
        if leader[0] == 4:
            yield BimatrixGame(*([flat[:2], flat[2:]] for flat in (leader, follower)))


def random_games(m: int, n: int, *, count: int, rng: Random) -> Iterator[BimatrixGame]:
    """Games whose payoffs are independent and uniform on the integers -1000 to 1000."""
    for _ in range(count):
        a, b = ([[rng.randint(-1000, 1000) for _ in range(n)] for _ in range(m)] for _ in range(2))
        yield BimatrixGame(a, b)


def families(*, count: int, sizes: Iterable[tuple[int, int]], rng: Random) -> Iterator[Family]:
    """The printed games, the source's, the ordinal ones, and ``count`` random ones a size."""
    yield Family(name="Tables 1 and 3, as printed", games=printed)
    yield Family(name="Table 3, as its source has it", games=source)
    yield Family(name="strict ordinal 2 x 2", games=strict_ordinal)
    for m, n in sizes:
        drawn = tuple(random_games(m, n, count=count, rng=rng))
        yield Family(name=f"random {m} x {n}", games=partial(iter, drawn))


def two_by_two_class(game: BimatrixGame) -> Class:
    """The class of a 2 x 2 game with no linear program: V and the equilibria by enumeration."""
    from proofs_checks.definitions import two_row_value

    value = two_row_value(game)
    pays = [_paid(game, z) for z in coarse_vertices(game)]
    if min(pays) == max(pays) == value:
        return "holds"
    return "may-fail" if min(pays) <= value <= max(pays) else "never"


def coarse_vertices(game: BimatrixGame) -> Iterator[tuple[Fraction, ...]]:
    """The vertices of the polytope of coarse correlated equilibria of a 2 x 2 game.

    Each is the only solution of three of the constraints with equality; all choices are tried.

    >>> battle = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> sorted({str(z[0]) for z in coarse_vertices(battle)})
    ['0', '1', '4/11', '4/19', '4/21']
    """
    from flint import fmpq, fmpq_mat

    a, b = game.leader_exact.rows, game.follower_exact.rows
    cells = list(product(range(2), range(2)))
    rows = [[int(cell == other) for other in cells] for cell in cells]  # each at least 0
    rows += [[a[i][j] - a[k][j] for i, j in cells] for k in range(2)]
    rows += [[b[i][j] - b[i][k] for i, j in cells] for k in range(2)]
    right = fmpq_mat(4, 1, [1, 0, 0, 0])
    for tight in combinations(rows, 3):
        matrix = fmpq_mat([[fmpq(x) for x in row] for row in ([1, 1, 1, 1], *tight)])
        if matrix.det() == 0:
            continue
        solved = matrix.solve(right).entries()
        z = tuple(Fraction(int(x.p), int(x.q)) for x in solved)
        if all(sum(x * y for x, y in zip(row, z, strict=True)) >= 0 for row in rows):
            yield z


def _paid(game: BimatrixGame, z: tuple[Fraction, ...]) -> Fraction:
    """What the joint distribution pays the leader."""
    cells = product(range(2), range(2))
    a = game.leader_exact
    return sum((x * a[i, j] for x, (i, j) in zip(z, cells, strict=True)), start=Fraction(0))
