"""The games of the campaign: game ``index`` of ``seed`` is the same everywhere and at any time.

Every payoff is a float64, so that all systems get the same game, exact and float ones alike. Hairs
and scales are powers of two for that reason: 2**-40 is about 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from stackel.game import BimatrixGame

Matrix: TypeAlias = list[list[float]]
Draw: TypeAlias = Callable[[Random, int, int], tuple[Matrix, Matrix]]

HAIR = 2.0**-40
SCALES = tuple(2.0**power for power in (-40, -20, 0, 20, 40))
LARGER_SIDES = {1: 2, 2: 22, 3: 24, 4: 20, 5: 8, 6: 6, 7: 5, 8: 4, 9: 3, 10: 2, 11: 2, 12: 2}
"""The larger of the two sides -> how often, in percent: more than half of the games are small."""
SQUARE = 0.15
"""Share of games that are square for sure; the smaller side of the others is uniform."""


def _integers(rng: Random, m: int, n: int, size: int = 9) -> Matrix:
    return [[rng.randint(-size, size) for _ in range(n)] for _ in range(m)]


def _generic(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    return _integers(rng, m, n), _integers(rng, m, n)


def _floats(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = ([[rng.uniform(-1, 1) for _ in range(n)] for _ in range(m)] for _ in range(2))
    return a, b


def _tied(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    return _integers(rng, m, n, 1), _integers(rng, m, n, 1)


def _duplicated(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    rows, columns = [rng.randrange(m) for _ in range(m)], [rng.randrange(n) for _ in range(n)]
    # now and then the leader is paid differently for what the follower cannot tell apart
    a = [[a[i][rng.randrange(n)] if rng.random() < 0.2 else a[i][j] for j in columns] for i in rows]
    return a, [[b[i][j] for j in columns] for i in rows]


def _dominated(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    worse = rng.randint(0, 1)
    if n > 1:
        for row in b:
            row[-1] = row[0] - worse
    if m > 1:
        a[-1] = [x - worse for x in a[0]]
    return a, b


def _rank_deficient(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    def low_rank(rank: int) -> Matrix:
        left, right = _integers(rng, m, rank, 3), _integers(rng, rank, n, 3)
        return [
            [sum(x * y[j] for x, y in zip(u, right, strict=True)) for j in range(n)] for u in left
        ]

    return low_rank(2), low_rank(rng.randint(1, 2))


def _zero_sum(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a = rng.choice([_floats, _tied, _generic])(rng, m, n)[0]
    return a, [[-x for x in row] for row in a]


def _almost_zero_sum(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a = _integers(rng, m, n)
    return a, [[rng.choice([-1, 0, 0, 1]) - x for x in row] for row in a]


def _near_tied(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _tied(rng, m, n)
    return a, [[x + rng.choice([0, 0, 1, -1]) * HAIR for x in row] for row in b]


def _scaled(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    left, right = rng.choice(SCALES), rng.choice(SCALES)
    a, b = _generic(rng, m, n)
    return [[x * left for x in row] for row in a], [[x * right for x in row] for row in b]


def _mixed_scales(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    a, b = ([[x * rng.choice(SCALES) for x in row] for row in z] for z in (a, b))
    return a, b


FAMILIES: dict[str, Draw] = {
    "integers": _generic,
    "floats": _floats,
    "tied": _tied,
    "duplicated": _duplicated,
    "dominated": _dominated,
    "rank-deficient": _rank_deficient,
    "zero-sum": _zero_sum,
    "almost zero-sum": _almost_zero_sum,
    "near-tied": _near_tied,
    "scaled": _scaled,
    "mixed scales": _mixed_scales,
}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One game of the campaign."""

    seed: int
    index: int
    family: str
    leader: Matrix
    follower: Matrix

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.leader), len(self.leader[0])

    @property
    def length(self) -> int:
        """Characters that the payoffs take."""
        return sum(len(f"{x:.17g}") for z in (self.leader, self.follower) for row in z for x in row)

    @property
    def round(self) -> int:
        """The same for one game of each family: every ``round % k == 0`` is a fair sample."""
        return self.index // len(FAMILIES)

    def game(self) -> BimatrixGame:
        """The game as stackel has it."""
        return BimatrixGame(self.leader, self.follower)


def draw(seed: int, index: int) -> Drawn:
    """Return game ``index``: families take turns, shape and payoffs are random.

    >>> draw(0, 13) == draw(0, 13), draw(0, 13).family
    (True, 'tied')
    """
    rng = Random(f"{seed}/{index}")
    family = list(FAMILIES)[index % len(FAMILIES)]
    (larger,) = rng.choices(list(LARGER_SIDES), weights=list(LARGER_SIDES.values()))
    smaller = larger if rng.random() < SQUARE else rng.randint(1, larger)
    m, n = (larger, smaller) if rng.random() < 0.5 else (smaller, larger)
    a, b = FAMILIES[family](rng, m, n)
    leader, follower = ([[float(x) for x in row] for row in z] for z in (a, b))
    return Drawn(seed=seed, index=index, family=family, leader=leader, follower=follower)
