"""Exact arithmetic on payoffs, for the checks of ``solvers.certify`` alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from typing import Any

from stackel.game import BimatrixGame, Strategy

PRIME = 2**61 - 1
"""Ranks are taken modulo this prime first: a rank that is full modulo a prime is full."""


class Payoffs:
    """A game's payoffs as integers: row i holds ``A_i * scale_a`` and then ``B_i * scale_b``."""

    def __init__(self, game: BimatrixGame) -> None:
        a, b = game.leader_exact, game.follower_exact
        self.m, self.n = game.shape
        self.a, self.b = a.rows, b.rows
        self.rows = [x + y for x, y in zip(a.rows, b.rows, strict=True)]
        # leader columns 0..n-1, then follower columns
        self.columns = list(zip(*self.rows, strict=True))
        self.scale_a, self.scale_b = a.scale, b.scale

    def against_columns(self, p: Strategy) -> tuple[list[Fraction], list[Fraction]]:
        """``p @ A`` and ``p @ B``."""
        weights = [Fraction(x) for x in p]
        scale = lcm(*(x.denominator for x in weights))
        total = [0] * (2 * self.n)
        for x, row in zip(weights, self.rows, strict=True):
            if x:
                w = x.numerator * (scale // x.denominator)
                total = [y + w * z for y, z in zip(total, row, strict=True)]
        return (
            [Fraction(y, scale * self.scale_a) for y in total[: self.n]],
            [Fraction(y, scale * self.scale_b) for y in total[self.n :]],
        )

    def against_rows(self, q: Strategy) -> tuple[list[Fraction], list[Fraction]]:
        """``A @ q`` and ``B @ q``."""
        weights = {j: Fraction(x) for j, x in enumerate(q) if x}
        leader, scale_leader = self.combination(weights, {})
        follower, scale_follower = self.combination({}, weights)
        return (
            [Fraction(y, scale_leader) for y in leader],
            [Fraction(y, scale_follower) for y in follower],
        )

    def combination(
        self, leader: Mapping[int, Fraction], follower: Mapping[int, Fraction]
    ) -> tuple[list[int], int]:
        """Numerators and denominator of ``A @ leader + B @ follower``, one numerator a row."""
        scale = lcm(*(x.denominator for x in chain(leader.values(), follower.values())))
        terms = [
            (c, x.numerator * (scale // x.denominator) * self.scale_b) for c, x in leader.items()
        ] + [
            (self.n + k, x.numerator * (scale // x.denominator) * self.scale_a)
            for k, x in follower.items()
        ]
        total = [0] * self.m
        for c, w in terms:
            if w:
                total = [x + w * y for x, y in zip(total, self.columns[c], strict=True)]
        return total, scale * self.scale_a * self.scale_b

    def most(self, leader: Mapping[int, Fraction], follower: Mapping[int, Fraction]) -> Fraction:
        """The largest entry of ``A @ leader + B @ follower``."""
        numerators, scale = self.combination(leader, follower)
        return Fraction(max(numerators), scale)

    def twins(self, j: int) -> list[int]:
        """The columns that pay the follower the same as j in every row, j among them."""
        return [k for k in range(self.n) if self.columns[self.n + k] == self.columns[self.n + j]]


def lead(j: int, multipliers: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """Weights on B that make up ``sum_k multipliers[k] (B_j - B_k)``."""
    weights = {k: -x for k, x in multipliers.items() if k != j}
    weights[j] = -sum(weights.values(), start=Fraction(0))
    return weights


def is_mix(p: Any, count: int) -> bool:
    """Whether ``p`` is a mixed strategy of ``count`` actions."""
    return isinstance(p, tuple) and len(p) == count and min(p) >= 0 and sum(p) == 1


def are_multipliers(multipliers: Mapping[int, Fraction], count: int) -> bool:
    """Whether ``multipliers`` weigh actions 0..count-1, none negatively."""
    return all(k in range(count) and x >= 0 for k, x in multipliers.items())


def is_only_mix(support: Sequence[int], forms: Iterable[Sequence[int]]) -> bool:
    """Whether at most one x on ``support`` sums to 1 and has ``form @ x = 0`` for every form.

    >>> is_only_mix([0, 1], [[1, -1]]), is_only_mix([0, 1], [[2, 2]])
    (True, False)
    """
    rows = [[1] * len(support), *([form[i] for i in support] for form in forms)]
    # a rank that is not full modulo the prime may be full: 2**61 is 1 there, and floats are dyadic
    return _have_full_rank(rows, PRIME) or _have_full_rank(rows, None)


def _have_full_rank(rows: Iterable[Sequence[int]], prime: int | None) -> bool:
    """Whether the rows span everything, modulo ``prime`` or, when there is none, exactly."""
    basis: dict[int, list[int]] = {}  # leading column -> reduced row
    for given in rows:
        row = [x % prime if prime else x for x in given]
        for c in range(len(row)):
            if not row[c]:
                continue
            if c not in basis:
                basis[c] = row
                break
            lead, factor, by = basis[c][c], row[c], basis[c]
            row = [lead * x - factor * y for x, y in zip(row, by, strict=True)]
            if prime:
                row = [x % prime for x in row]
            elif divisor := gcd(*row):
                row = [x // divisor for x in row]
        if len(basis) == len(given):
            return True
    return False
