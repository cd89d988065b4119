r"""Exact linear programs over the region of commitments to which one follower action replies best.

All of this module speaks integers: payoffs are the numerators of ``game.leader_exact`` and
``game.follower_exact``, so values are in leader units of ``1 / leader_scale``, and a multiplier
:math:`\lambda_k` prices a follower numerator in leader numerators.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Literal, TypeAlias

from solvers.lp import Row, maximize
from stackel.game import BimatrixGame

Weights: TypeAlias = dict[int, Fraction]
"""A sparse vector: index -> nonzero value."""

ROWS_A_ROUND = 3
"""Most violated best-response rows added after each program: more make it larger for nothing."""


class IntegerGame:
    """The payoff numerators of a game, column by column."""

    def __init__(self, game: BimatrixGame) -> None:
        a, b = game.leader_exact, game.follower_exact
        self.m, self.n = game.shape
        self.leader: list[tuple[int, ...]] = list(zip(*a.rows, strict=True))
        self.follower: list[tuple[int, ...]] = list(zip(*b.rows, strict=True))
        self.best_replies: list[int] = [max(row) for row in b.rows]
        """What the best reply to each leader action pays the follower."""
        self.leader_scale, self.follower_scale = a.scale, b.scale

    @cached_property
    def constant_sum(self) -> bool:
        """Whether leader and follower payoffs add up to one number everywhere."""
        a, b = self.leader_scale, self.follower_scale
        total = self.leader[0][0] * b + self.follower[0][0] * a
        return all(
            x * b + y * a == total
            for gains, pays in zip(self.leader, self.follower, strict=True)
            for x, y in zip(gains, pays, strict=True)
        )

    def leader_payoff(self, p: Mapping[int, Fraction], j: int) -> Fraction:
        """What the leader gets from the mix p when the follower plays j, in the integers' unit."""
        return expected(self.leader[j], p)

    def follower_payoffs(self, p: Mapping[int, Fraction]) -> tuple[list[int], int]:
        """What each reply to ``p`` pays the follower, over a common denominator."""
        weights, scale = over_common_denominator(p)
        if len(weights) == 1:
            ((i, w),) = weights
            return [w * column[i] for column in self.follower], scale
        return [sum(w * column[i] for i, w in weights) for column in self.follower], scale

    def priced(
        self,
        base: Sequence[int],
        j: int,
        multipliers: Mapping[int, Fraction],
        actions: Sequence[int] | None = None,
    ) -> tuple[list[int], int]:
        r"""``base[i]`` :math:`+ \sum_k \lambda_k (B_{ij} - B_{ik})`, over a common denominator.

        For i in ``actions``, all of them by default.
        """
        weights, scale = over_common_denominator(multipliers)
        slope = sum(w for _, w in weights)
        columns = [base, self.follower[j], *(self.follower[k] for k, _ in weights)]
        factors = [scale, slope, *(-w for _, w in weights)]
        if actions is not None:
            columns = [[column[i] for i in actions] for column in columns]
        total = [0] * len(columns[0])
        for factor, column in zip(factors, columns, strict=True):
            if factor:
                total = [t + factor * x for t, x in zip(total, column, strict=True)]
        return total, scale


def expected(column: Sequence[int], p: Mapping[int, Fraction]) -> Fraction:
    """The mean of ``column`` over the mix ``p``.

    >>> expected([2, 3, 5], {0: Fraction(1, 2), 2: Fraction(1, 2)})
    Fraction(7, 2)
    """
    weights, scale = over_common_denominator(p)
    return Fraction(sum(w * column[i] for i, w in weights), scale)


def over_common_denominator(vector: Mapping[int, Fraction]) -> tuple[list[tuple[int, int]], int]:
    """Return the numerators of a sparse vector by index, and their common denominator.

    >>> over_common_denominator({0: Fraction(1, 2), 3: Fraction(1, 3)})
    ([(0, 3), (3, 2)], 6)
    """
    scale = lcm(*(x.denominator for x in vector.values()))
    return [(i, x.numerator * (scale // x.denominator)) for i, x in vector.items()], scale


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionOptimum:
    """The answer of :func:`maximize_over_region`."""

    status: Literal["optimal", "bounded", "empty"]
    """``bounded``: stopped because no commitment there is worth more than the floor."""
    value: Fraction
    """The maximum, or a bound on it; 0 when empty."""
    commitment: Weights
    """An optimal vertex, when ``optimal``."""
    multipliers: Weights
    r"""Weak duality: ``objective`` :math:`+ \sum_k \lambda_k (B_j - B_k) \le` ``value`` on
    ``actions``; when empty, :math:`\sum_k \lambda_k (B_j - B_k) \le -1` there."""


def maximize_over_region(
    game: IntegerGame,
    j: int,
    objective: Sequence[int],
    *,
    actions: Sequence[int],
    tied: Collection[int] = (),
    start: Collection[int] = (),
    floor: Fraction | None = None,
) -> RegionOptimum:
    """Maximise ``objective @ p`` over the mixes p of ``actions`` to which j is a best reply.

    Replies in ``tied`` must be exactly as good as j (their multipliers may have either sign).
    Rows of other replies are added when violated, first those in ``start``; stops as soon as the
    relaxation is worth no more than ``floor``.
    """
    own = game.follower[j]
    rows = [Row(coefficients=dict.fromkeys(range(len(actions)), 1), sense="==", bound=1)]
    replies: list[int] = []
    costs = [objective[i] for i in actions]

    def include(k: int) -> None:
        other = game.follower[k]
        entries = {v: other[i] - own[i] for v, i in enumerate(actions) if other[i] != own[i]}
        rows.append(Row(coefficients=entries, sense="==" if k in tied else "<=", bound=0))
        replies.append(k)

    for k in dict.fromkeys([*tied, *start]):
        if k != j:
            include(k)
    while True:
        answer = maximize(costs, rows)
        multipliers = {k: y for k, y in zip(replies, answer.duals[1:], strict=True) if y}
        if answer.status == "infeasible":
            strength = -answer.duals[0]  # sum_k y_k (B_k - B_j) >= strength > 0 on the actions
            return RegionOptimum(
                status="empty",
                value=Fraction(0),
                commitment={},
                multipliers={k: y / strength for k, y in multipliers.items()},
            )
        p = {i: x for i, x in zip(actions, answer.x, strict=True) if x}
        if floor is not None and answer.value <= floor:
            return RegionOptimum(
                status="bounded", value=answer.value, commitment={}, multipliers=multipliers
            )
        payoffs, _ = game.follower_payoffs(p)
        better = [k for k, x in enumerate(payoffs) if x > payoffs[j]]
        if not better:
            return RegionOptimum(
                status="optimal", value=answer.value, commitment=p, multipliers=multipliers
            )
        for k in sorted(better, key=lambda k: -payoffs[k])[:ROWS_A_ROUND]:
            include(k)
