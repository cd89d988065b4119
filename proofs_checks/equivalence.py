"""When two 2 x 2 games are the same but for names: relabelled, rescaled, or ranked alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from stackel.game import BimatrixGame

Payoffs = tuple[tuple[Fraction, ...], ...]
Pair = tuple[Payoffs, Payoffs]
"""Both players' payoffs, the leader's first."""


def payoffs(game: BimatrixGame) -> Pair:
    """The payoffs of a game as exact numbers."""
    m, n = game.shape

    def table(side: object) -> Payoffs:
        return tuple(tuple(Fraction(side[i, j]) for j in range(n)) for i in range(m))  # type: ignore[index]

    return table(game.leader_exact), table(game.follower_exact)


def relabellings(game: BimatrixGame) -> Iterator[Pair]:
    """The game with rows or columns exchanged, and with the players exchanged: 8 for 2 x 2.

    >>> len(set(relabellings(BimatrixGame([[1, 2], [3, 4]], [[1, 3], [4, 2]]))))
    8
    """
    leader, follower = payoffs(game)
    for a, b in ((leader, follower), (_transposed(follower), _transposed(leader))):
        for rows in (1, -1):
            for columns in (1, -1):
                turned = [tuple(row[::columns] for row in side[::rows]) for side in (a, b)]
                yield turned[0], turned[1]


def ranks(side: Payoffs) -> Payoffs:
    """How many payoffs are smaller, for each: what is left when only the order counts.

    >>> [[int(x) for x in row] for row in ranks(((5, 0), (0, 2)))]
    [[3, 0], [0, 2]]
    """
    flat = [x for row in side for x in row]
    return tuple(tuple(Fraction(sum(y < x for y in flat)) for x in row) for row in side)


def scaled(side: Payoffs) -> Payoffs:
    """Payoffs from 0 to 1: what is left when zero and unit do not count.

    >>> [[str(x) for x in row] for row in scaled(((5, 0), (0, 2)))]
    [['1', '0'], ['0', '2/5']]
    """
    flat = [x for row in side for x in row]
    least, width = min(flat), max(flat) - min(flat)
    return tuple(tuple(Fraction(x - least, width or 1) for x in row) for row in side)


def equal_up_to_names(
    one: BimatrixGame, other: BimatrixGame, form: Callable[[Payoffs], Payoffs] = lambda side: side
) -> bool:
    """Whether a relabelling of ``one`` is ``other``, payoffs compared by ``form``.

    ``form`` is :func:`ranks` (ordinal equivalence), :func:`scaled` (positive affine equivalence),
    or nothing (equality).

    >>> battle = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> turned = BimatrixGame([[2, 0], [0, 1]], [[2, 0], [0, 5]])
    >>> equal_up_to_names(battle, turned), equal_up_to_names(turned, battle, ranks)
    (True, True)
    """
    wanted = [form(side) for side in payoffs(other)]
    return any([form(side) for side in pair] == wanted for pair in relabellings(one))


def is_constant_sum(pair: Pair) -> bool:
    """Whether the two players' payoffs add up to the same in every cell."""
    sums = {x + y for row, line in zip(*pair, strict=True) for x, y in zip(row, line, strict=True)}
    return len(sums) == 1


def is_strictly_competitive(game: BimatrixGame) -> bool:
    """Whether the players rank the cells in opposite orders: constant-sum but for the numbers."""
    leader, follower = (ranks(side) for side in payoffs(game))
    return leader == ranks(tuple(tuple(-x for x in row) for row in follower))


def _transposed(side: Sequence[Sequence[Fraction]]) -> Payoffs:
    return tuple(zip(*side, strict=True))
