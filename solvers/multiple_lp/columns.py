"""The exact multiple-LP loop: one linear program for each follower action not bounded otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from solvers.lp.region import IntegerGame, Weights, maximize_over_region


@dataclass(frozen=True, eq=False, kw_only=True)
class Pair:
    """A commitment, a best reply to it, and what they pay the leader (in leader numerators)."""

    commitment: Weights
    reply: int
    value: Fraction


@dataclass(frozen=True, eq=False, kw_only=True)
class Bound:
    r"""What the leader can get at most where one follower action replies best (in numerators).

    The proof: :math:`\max_i A_{ij} + \sum_k \lambda_k (B_{ij} - B_{ik}) \le` ``value``.
    """

    value: Fraction
    multipliers: Weights


@dataclass(frozen=True, eq=False, kw_only=True)
class Start:
    """Where the exact loop starts from; everything but the hints is proved."""

    best: Pair
    bounds: Mapping[int, Bound]
    hints: Mapping[int, Collection[int]]
    """Replies likely to be tied at the optimum of a column."""


def best_pure(game: IntegerGame) -> Pair:
    """The best pure commitment with ties broken for the leader: where every search may start."""
    gain, j, i = max(
        (gain, -j, -i)
        for j, (gains, pays) in enumerate(zip(game.leader, game.follower, strict=True))
        for i, (gain, pay, most) in enumerate(zip(gains, pays, game.best_replies, strict=True))
        if pay == most
    )
    return Pair(commitment={-i: Fraction(1)}, reply=-j, value=Fraction(gain))


def bound_columns(game: IntegerGame, start: Start) -> tuple[Pair, list[Bound]]:
    """Return an optimal pair, and a bound of every column that does not exceed its value."""
    best, bounds = start.best, dict(start.bounds)
    m, n = game.m, game.n
    actions = range(m)
    tops = [max(column) for column in game.leader]
    spread = max(max(tops) - min(min(column) for column in game.leader), 1)
    twins: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for j in sorted(range(n), key=lambda j: -tops[j]):
        if j in bounds and bounds[j].value <= best.value:
            continue
        if tops[j] <= best.value:
            bounds[j] = Bound(value=Fraction(tops[j]), multipliers={})
            continue
        twin = twins.setdefault((game.leader[j], game.follower[j]), j)
        if twin != j:
            bounds[j] = bounds[twin]
            continue
        answer = maximize_over_region(
            game,
            j,
            game.leader[j],
            actions=actions,
            start=start.hints.get(j, ()),
            floor=best.value,
        )
        if answer.status == "empty":
            drop = tops[j] - best.value + spread
            bounds[j] = Bound(
                value=tops[j] - drop,
                multipliers={k: y * drop for k, y in answer.multipliers.items()},
            )
            continue
        bounds[j] = Bound(value=answer.value, multipliers=answer.multipliers)
        if answer.status == "optimal":
            best = Pair(commitment=answer.commitment, reply=j, value=answer.value)
    return best, [bounds[j] for j in range(n)]
