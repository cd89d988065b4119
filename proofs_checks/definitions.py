"""Concepts by their definitions, with no solver: what claims hold the solvers' answers against.

Best responses, values of a commitment and regrets of a joint distribution are those of
:mod:`stackel.response`; here are the ones that a solver computes, for small games by brute force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from stackel.game import BimatrixGame, ExactStrategy
from stackel.response import commitment_values

Play = Sequence[tuple[int, int]]
"""One (row, column) a round."""


def two_row_commitments(game: BimatrixGame) -> Iterator[ExactStrategy]:
    """The mixes of two rows between which the follower's best responses do not change.

    The pure rows and every mix at which two columns pay the follower the same. On each interval
    between neighbours every column pays linearly, so the best commitment is one of these.

    >>> [str(p[0]) for p in two_row_commitments(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))]
    ['0', '2/3', '1']
    """
    b = game.follower_exact
    n = game.shape[1]
    shares = {Fraction(0), Fraction(1)}
    for j in range(n):
        for k in range(j):
            top, bottom = b.rows[0][j] - b.rows[0][k], b.rows[1][j] - b.rows[1][k]
            if top * bottom < 0:
                shares.add(Fraction(-bottom, top - bottom))
    for share in sorted(shares):
        yield share, 1 - share


def two_row_value(game: BimatrixGame) -> Fraction:
    """The strong Stackelberg value of a game with two rows, by its definition.

    >>> two_row_value(BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]]))
    Fraction(1, 2)
    """
    return max(Fraction(commitment_values(game, p)[0]) for p in two_row_commitments(game))


def pure_value(game: BimatrixGame) -> Fraction:
    """The best pure commitment, follower ties broken for the leader."""
    m, _ = game.shape
    rows = (tuple(Fraction(i == k) for k in range(m)) for i in range(m))
    return max(Fraction(commitment_values(game, p)[0]) for p in rows)


def joint_of(play: Play, shape: tuple[int, int]) -> list[list[Fraction]]:
    """The share of rounds in which each pair of actions was played, shape (m, n)."""
    m, n = shape
    counts = [[0] * n for _ in range(m)]
    for i, j in play:
        counts[i][j] += 1
    return [[Fraction(x, len(play)) for x in row] for row in counts]


def averages(game: BimatrixGame, play: Play) -> tuple[Fraction, Fraction]:
    """What a play paid (leader, follower) per round."""
    a, b = game.leader_exact, game.follower_exact
    leader = sum((a[i, j] for i, j in play), start=Fraction(0))
    follower = sum((b[i, j] for i, j in play), start=Fraction(0))
    return leader / len(play), follower / len(play)


def regrets(game: BimatrixGame, play: Play) -> tuple[Fraction, Fraction]:
    """External regrets (leader, follower) per round, added up round by round.

    >>> matching = BimatrixGame([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> [str(x) for x in regrets(matching, [(0, 0), (0, 1), (1, 1), (1, 0)])]
    ['0', '0']
    """
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    leader = max(sum((a[k, j] - a[i, j] for i, j in play), start=Fraction(0)) for k in range(m))
    follower = max(sum((b[i, k] - b[i, j] for i, j in play), start=Fraction(0)) for k in range(n))
    return leader / len(play), follower / len(play)
