"""Games to test with: generic ones alone hide faults, so every strategy mixes in hard kinds."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import strategies as st

from stackel.game import BimatrixGame

Matrix = list[list[Any]]
SEEDS = st.integers(0, 2**32)


def _matrix(rng: Random, m: int, n: int, size: int) -> Matrix:
    return [[rng.randint(-size, size) for _ in range(n)] for _ in range(m)]


def _generic(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    return _matrix(rng, m, n, 9), _matrix(rng, m, n, 9)


def _tied(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    return _matrix(rng, m, n, 1), _matrix(rng, m, n, 1)


def _duplicated(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    rows = [rng.randrange(m) for _ in range(m)]
    columns = [rng.randrange(n) for _ in range(n)]
    a = [[a[i][rng.randrange(n)] if rng.random() < 0.2 else a[i][j] for j in columns] for i in rows]
    return a, [[b[i][j] for j in columns] for i in rows]


def _dominated(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    worse = rng.randint(0, 1)
    if n > 1:
        for i in range(m):
            b[i][n - 1] = b[i][0] - worse
    if m > 1:
        for j in range(n):
            a[m - 1][j] = a[0][j] - worse
    return a, b


def _zero_sum(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a = _matrix(rng, m, n, rng.choice([1, 9]))
    constant = rng.choice([0, 0, 3])
    return a, [[constant - x for x in row] for row in a]


def _scaled(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    left, right = (Fraction(10) ** rng.choice([-9, -5, 0, 5, 9]) for _ in range(2))
    return [[x * left for x in row] for row in a], [[x * right for x in row] for row in b]


def _near_tied(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _tied(rng, m, n)
    hair = Fraction(1, 10**12)
    return a, [[x + rng.choice([0, 0, 1, -1]) * hair for x in row] for row in b]


def _rational(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = _generic(rng, m, n)
    return tuple([[Fraction(x, rng.randint(1, 7)) for x in row] for row in z] for z in (a, b))  # type: ignore[return-value]


def _floats(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, b = ([[rng.uniform(-1, 1) for _ in range(n)] for _ in range(m)] for _ in range(2))
    return a, b


def _rank_one(rng: Random, m: int, n: int) -> tuple[Matrix, Matrix]:
    a, _ = _generic(rng, m, n)
    u = [rng.randint(-3, 3) for _ in range(m)]
    v = [rng.randint(-3, 3) for _ in range(n)]
    return a, [[x * y for y in v] for x in u]


KINDS = {
    "generic": _generic,
    "tied": _tied,
    "duplicated": _duplicated,
    "dominated": _dominated,
    "zero-sum": _zero_sum,
    "badly scaled": _scaled,
    "near-tied": _near_tied,
    "rational": _rational,
    "floats": _floats,
    "rank one": _rank_one,
}


@st.composite
def bimatrix_games(
    draw: st.DrawFn,
    *,
    min_side: int = 1,
    max_side: int = 5,
    rows: int | None = None,
    columns: int | None = None,
    kinds: tuple[str, ...] = tuple(KINDS),
    shrinks: bool = False,
) -> BimatrixGame:
    """Games of the given kinds, of m x n actions with both sides in the given range.

    ``rows`` and ``columns`` fix a side. Payoffs come from a drawn seed, which is fast and makes
    ties as frequent as the kind has them; with ``shrinks`` they are drawn one by one, so that
    hypothesis can make a counterexample small.
    """
    kind = draw(st.sampled_from(kinds))
    m = draw(st.integers(min_side, max_side)) if rows is None else rows
    n = draw(st.integers(min_side, max_side)) if columns is None else columns
    rng = draw(st.randoms(use_true_random=False)) if shrinks else Random(draw(SEEDS))
    leader, follower = KINDS[kind](rng, m, n)
    return BimatrixGame(leader, follower, name=f"{kind} {leader} {follower}")


@st.composite
def small_games(
    draw: st.DrawFn,
    *,
    rows: tuple[int, int] = (2, 3),
    columns: tuple[int, int] = (2, 3),
    size: int = 3,
    zero_sum: bool = False,
) -> BimatrixGame:
    """Games with integer payoffs from -size to size: what counterexamples shrink to."""
    m, n = draw(st.integers(*rows)), draw(st.integers(*columns))
    entries = st.lists(st.integers(-size, size), min_size=m * n, max_size=m * n)
    leader = draw(entries)
    follower = [-x for x in leader] if zero_sum else draw(entries)
    return BimatrixGame(
        *([flat[i * n : i * n + n] for i in range(m)] for flat in (leader, follower))
    )


@st.composite
def mixes(draw: st.DrawFn, count: int, *, weight: int = 4) -> tuple[Fraction, ...]:
    """Probabilities of ``count`` actions with small denominators; pure mixes are not rare."""
    weights = draw(st.lists(st.integers(0, weight), min_size=count, max_size=count).filter(any))
    return tuple(Fraction(x, sum(weights)) for x in weights)


def plays(m: int, n: int, *, rounds: int = 8) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Finite plays, one (row, column) a round; of at most three cells, so that few are bland."""
    cell = st.tuples(st.integers(0, m - 1), st.integers(0, n - 1))
    cells = st.lists(cell, min_size=1, max_size=3, unique=True)
    return cells.flatmap(
        lambda drawn: st.lists(st.sampled_from(drawn), min_size=1, max_size=rounds)
    )


def alert_plays(game: BimatrixGame) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Plays in which the follower answers every row with a best reply: it regrets nothing."""
    m, n = game.shape
    replies = [max(range(n), key=row.__getitem__) for row in game.follower_exact.rows]
    cells = [(i, replies[i]) for i in range(m)]
    return st.lists(st.sampled_from(cells), min_size=1, max_size=6)


def stable_plays(game: BimatrixGame) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Plays of pure equilibria, which nobody regrets; of any cells when there is none."""
    m, n = game.shape
    a, b = game.leader_exact.rows, game.follower_exact.rows
    cells = [(i, j) for i in range(m) for j in range(n)]
    stable = [
        (i, j) for i, j in cells if a[i][j] == max(row[j] for row in a) and b[i][j] == max(b[i])
    ]
    return st.lists(st.sampled_from(stable or cells), min_size=1, max_size=6)


def steady_plays(game: BimatrixGame) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Plays of the follower's best fixed column against any rows: its regret is exactly 0."""
    m, n = game.shape
    b = game.follower_exact.rows

    def answered(rows: list[int]) -> list[tuple[int, int]]:
        column = max(range(n), key=lambda j: sum(b[i][j] for i in rows))
        return [(i, column) for i in rows]

    return st.lists(st.integers(0, m - 1), min_size=1, max_size=6).map(answered)
