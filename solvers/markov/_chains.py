r"""Finite Markov chains in exact arithmetic: discounted values, gain and bias, any class structure.

With P the transition matrix and :math:`P^*` its Cesaro limit, rewards r have the gain
:math:`g = P^* r` and the bias :math:`h = (I - P + P^*)^{-1} (I - P^*) r`: the only solution of
:math:`g = P g`, :math:`g + h = r + P h` with :math:`P^* h = 0` (Puterman 1994, appendix A).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from solvers.markov._process import mean
from solvers.multiple_lp.exact_basis import solve_square

Chain: TypeAlias = Sequence[Mapping[int, Fraction]]
"""``chain[s]``: the next states of positive probability, each with its own."""


def discounted_values(
    chain: Chain, rewards: Sequence[Fraction], discount: Fraction
) -> list[Fraction]:
    """The solution of ``v = rewards + discount * P v``."""
    matrix = [{t: -discount * x for t, x in row.items()} for row in chain]
    for s, row in enumerate(matrix):
        row[s] = row.get(s, Fraction(0)) + 1
    return [x for (x,) in solve(matrix, [[r] for r in rewards])]


def gain_and_bias(
    chain: Chain, rewards: Sequence[Fraction]
) -> tuple[list[Fraction], list[Fraction]]:
    """The gain and the bias of every state.

    >>> half = Fraction(1, 2)
    >>> gain, bias = gain_and_bias([{0: half, 1: half}, {1: Fraction(1)}], [Fraction(4), half])
    >>> [str(x) for x in (*gain, *bias)]
    ['1/2', '1/2', '7', '0']
    """
    count = len(chain)
    limit = limiting_rows(chain)
    gain = [mean(row, rewards) for row in limit]
    matrix: list[dict[int, Fraction]] = []
    for s in range(count):
        row = dict(limit[s])
        for t, x in chain[s].items():
            row[t] = row.get(t, Fraction(0)) - x
        row[s] = row.get(s, Fraction(0)) + 1
        matrix.append(row)
    bias = solve(matrix, [[r - g] for r, g in zip(rewards, gain, strict=True)])
    return gain, [x for (x,) in bias]


def limiting_rows(chain: Chain) -> list[dict[int, Fraction]]:
    r"""The rows of :math:`P^* = \lim_T \frac1T \sum_{t<T} P^t`, by recurrent class."""
    classes = recurrent_classes(chain)
    rows: list[dict[int, Fraction]] = [{} for _ in chain]
    for members in classes:
        stationary = _stationary(chain, members)
        for s in members:
            rows[s] = stationary
    transient = [s for s in range(len(chain)) if not rows[s]]
    if not transient:
        return rows
    place = {s: k for k, s in enumerate(transient)}
    matrix: list[dict[int, Fraction]] = []
    right: list[list[Fraction]] = []
    for s in transient:
        row = {place[s]: Fraction(1)}
        for t, x in chain[s].items():
            if t in place:
                row[place[t]] = row.get(place[t], Fraction(0)) - x
        matrix.append(row)
        right.append(
            [
                sum((chain[s].get(t, Fraction(0)) for t in members), Fraction(0))
                for members in classes
            ]
        )
    for s, absorbed in zip(transient, solve(matrix, right), strict=True):
        for members, x in zip(classes, absorbed, strict=True):
            if x:
                rows[s] |= {t: x * y for t, y in rows[members[0]].items()}
    return rows


def recurrent_classes(chain: Chain) -> list[list[int]]:
    """The closed classes: states that are reached again from wherever they lead."""
    reach = [_reachable(chain, s) for s in range(len(chain))]
    return [
        sorted(reach[s])
        for s in range(len(chain))
        if min(reach[s]) == s and all(s in reach[t] for t in reach[s])
    ]


def _reachable(chain: Chain, start: int) -> set[int]:
    seen, open_ = {start}, [start]
    while open_:
        for t in chain[open_.pop()]:
            if t not in seen:
                seen.add(t)
                open_.append(t)
    return seen


def _stationary(chain: Chain, members: Sequence[int]) -> dict[int, Fraction]:
    """The stationary distribution of one closed class: balance in all states but the last."""
    place = {s: k for k, s in enumerate(members)}
    matrix: list[dict[int, Fraction]] = [{} for _ in members]
    for s in members:
        for t, x in chain[s].items():
            matrix[place[t]][place[s]] = x
    for k, row in enumerate(matrix):
        row[k] = row.get(k, Fraction(0)) - 1
    matrix[-1] = dict.fromkeys(range(len(members)), Fraction(1))
    right = [[Fraction(k == len(members) - 1)] for k in range(len(members))]
    return {s: x for s, (x,) in zip(members, solve(matrix, right), strict=True)}


def solve(
    matrix: Sequence[Mapping[int, Fraction]], right: Sequence[Sequence[Fraction]]
) -> list[list[Fraction]]:
    """Solve a regular rational system; rows hold their nonzero entries by column."""
    count = len(matrix)
    rows, ends = [], []
    for row, end in zip(matrix, right, strict=True):
        scale = lcm(*(x.denominator for x in (*row.values(), *end)))
        whole = [0] * count
        for t, x in row.items():
            whole[t] = x.numerator * (scale // x.denominator)
        rows.append(whole)
        ends.append([x.numerator * (scale // x.denominator) for x in end])
    solution = solve_square(rows, ends)
    if solution is None:  # every system set up here is regular
        raise ArithmeticError("a singular system, where theory allows none")
    return solution
