"""Games whose answer hangs on the last digits: knife-edge ties, wild scales, bad conditioning."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

Matrix = list[list[Any]]
HAIR = Fraction(1, 10**15)


class Hard(NamedTuple):
    name: str
    leader: Matrix
    follower: Matrix
    value: Fraction | None
    """By construction; None where an enumeration of vertices is to say."""
    knife_edge: bool
    """Whether a change of the payoffs by 1e-15 moves the value by a large part of its range."""


def dominated_by_a_hair() -> Iterator[Hard]:
    """The follower loses ``hair`` by the reply that pays the leader 1 instead of 0."""
    for name, hair in (("below", HAIR), ("tied", Fraction(0)), ("above", -HAIR)):
        value = Fraction(0) if hair > 0 else Fraction(1)
        reply = 1 - hair
        yield Hard(f"dominated {name}", [[0, 1], [0, 1]], [[1, reply]] * 2, value, bool(hair))


def reply_that_is_best_in_one_point() -> Iterator[Hard]:
    """Reply 2 pays the follower 1/2 - hair; the other two let it have at least 1/2 at any mix."""
    for name, hair in (("below", HAIR), ("tied", Fraction(0)), ("above", -HAIR)):
        middle = Fraction(1, 2) - hair
        value = Fraction(0) if hair > 0 else Fraction(9)
        follower: Matrix = [[1, 0, middle], [0, 1, middle]]
        yield Hard(f"one point {name}", [[0, 0, 9]] * 2, follower, value, True)
        # a third action that nobody wants takes it out of the reach of closed forms
        wider = [*follower, [-5, -5, -5]]
        leader = [[0, 0, 9], [0, 0, 9], [-1, -1, -1]]
        yield Hard(f"one point, three rows, {name}", leader, wider, value, True)


def three_replies_in_one_point() -> Iterator[Hard]:
    """Reply 3 is best where 0, 1 and 2 are tied at (1/3, 1/3, 1/3), or a hair around it."""
    for name, hair in (("below", HAIR), ("tied", Fraction(0)), ("above", -HAIR)):
        third = Fraction(1, 3) - hair
        follower: Matrix = [[int(i == j) for j in range(3)] + [third] for i in range(3)]
        leader = [[0, 0, 0, 6]] * 3
        value = Fraction(0) if hair > 0 else Fraction(6)
        yield Hard(f"three in one point {name}", leader, follower, value, True)


def nearly_parallel() -> Iterator[Hard]:
    """Follower payoffs whose rows, or columns, differ by some 1e-13."""
    for seed in range(4):
        rng = Random(seed)
        base = [rng.randint(-9, 9) for _ in range(4)]
        leader = [[rng.randint(-9, 9) for _ in range(4)] for _ in range(4)]
        bent = [[x + Fraction(rng.randint(-9, 9), 10**13) for x in base] for _ in range(4)]
        yield Hard(f"parallel rows {seed}", leader, bent, None, False)
        columns = [list(column) for column in zip(*bent, strict=True)]
        yield Hard(f"parallel columns {seed}", leader, columns, None, False)


def hilbert() -> Iterator[Hard]:
    """Follower payoffs 1 / (i + j + 1), moved so that all replies are tied at the uniform mix."""
    for size in (3, 4, 5):
        rng = Random(size)
        leader = [[rng.randint(-9, 9) for _ in range(size)] for _ in range(size)]
        rows = [[Fraction(1, i + j + 1) for j in range(size)] for i in range(size)]
        means = [sum(column, start=Fraction(0)) / size for column in zip(*rows, strict=True)]
        moved = [[x - y for x, y in zip(row, means, strict=True)] for row in rows]
        yield Hard(f"hilbert {size}", leader, rows, None, False)
        yield Hard(f"hilbert, tied inside, {size}", leader, moved, None, False)


def wild_scales() -> Iterator[Hard]:
    """Payoffs from 1e-12 to 1e12 within one game."""
    for seed in range(6):
        rng = Random(seed)
        leader, follower = (
            [
                [
                    rng.randint(-9, 9) * Fraction(10) ** rng.choice([-12, -6, 0, 6, 12])
                    for _ in range(4)
                ]
                for _ in range(3 + seed % 2)
            ]
            for _ in range(2)
        )
        yield Hard(f"wild scales {seed}", leader, follower, None, False)


GAMES = [
    *dominated_by_a_hair(),
    *reply_that_is_best_in_one_point(),
    *three_replies_in_one_point(),
    *nearly_parallel(),
    *hilbert(),
    *wild_scales(),
]
