"""Checks of correlated equilibria and no-regret bands. Each yields what is wrong, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Literal

from solvers.certify.payoffs import Payoffs
from stackel.certificate import Extreme
from stackel.game import Number
from stackel.result import CorrelatedRange, NoRegret

RANGE = ("leader_min", "leader_max", "follower_min", "follower_max")
BAND = ("lo", "hi", "k_lo", "k_hi")


def correlated(
    payoffs: Payoffs, answer: CorrelatedRange, coarse: bool | None = None
) -> Iterator[str]:
    """Each end of each range is attained by an equilibrium, and none goes beyond it."""
    if set(answer.extremes) != set(RANGE):
        yield f"extremes must prove {', '.join(RANGE)}"
        return
    if coarse is None:
        coarse = any(
            len(key) == 1
            for proof in answer.extremes.values()
            for key in (*proof.leader_multipliers, *proof.follower_multipliers)
        )
    for name in RANGE:
        proof = answer.extremes[name]
        value = getattr(answer, name)
        if proof.value != value:
            yield f"{name} must be the value {proof.value} of its proof, got {value}"
        sign: Literal[1, -1] = 1 if name.endswith("max") else -1
        yield from _equilibrium(payoffs, name, proof, coarse, of_leader=name.startswith("leader"))
        yield from _bound(payoffs, name, proof, coarse, sign, name.startswith("leader"), value)


def no_regret(payoffs: Payoffs, answer: NoRegret, value: Number) -> Iterator[str]:
    """The range, the band with its smallest constants, and the class for the strong ``value``."""
    if set(answer.extremes) != set(BAND):
        yield f"extremes must prove {', '.join(BAND)}"
        return
    if answer.lo == answer.hi == value:
        expected = "holds"
    else:
        expected = "may-fail" if answer.lo <= value <= answer.hi else "never"
    if answer.class_ != expected:
        yield f"class_ must be {expected} for the strong value {value}, got {answer.class_}"
    sides: tuple[tuple[str, Literal[1, -1]], ...] = (("lo", -1), ("hi", 1))
    for name, sign in sides:
        end: Number = getattr(answer, name)
        constant: Number = getattr(answer, f"k_{name}")
        proof, edge = answer.extremes[name], answer.extremes[f"k_{name}"]
        if (proof.value, edge.value) != (end, constant):
            yield f"{name}, k_{name} must be the values {proof.value}, {edge.value} of their proofs"
        yield from _equilibrium(payoffs, name, proof, True, of_leader=True)
        for multipliers in (proof, edge):
            yield from _bound(payoffs, name, multipliers, True, sign, True, end)
            total = sum(multipliers.leader_multipliers.values()) + sum(
                multipliers.follower_multipliers.values()
            )
            if total != constant:
                yield f"k_{name} must be the sum {total} of the multipliers, got {constant}"
        if not _is_distribution(payoffs, edge.joint):
            yield f"k_{name}: joint must be a distribution over the cells"
            continue
        regret = max(Fraction(0), *_regrets(payoffs, edge.joint, True))
        excess = sign * (_average(payoffs, edge.joint, True) - end)
        if constant and not (regret > 0 and excess == constant * regret):
            yield f"k_{name} must be reached by a play, but {excess} != {constant} * {regret}"


def _equilibrium(
    payoffs: Payoffs, name: str, proof: Extreme, coarse: bool, *, of_leader: bool
) -> Iterator[str]:
    """The joint distribution is an equilibrium that pays the value."""
    if not _is_distribution(payoffs, proof.joint):
        yield f"{name}: joint must be a distribution over the cells"
        return
    if max(_regrets(payoffs, proof.joint, coarse), default=Fraction(0)) > 0:
        yield f"{name}: joint must be a {'coarse ' if coarse else ''}correlated equilibrium"
    earned = _average(payoffs, proof.joint, of_leader)
    if earned != proof.value:
        yield f"{name}: joint must pay {proof.value}, but pays {earned}"


def _is_distribution(payoffs: Payoffs, joint: Mapping[tuple[int, int], Number]) -> bool:
    return (
        all(i in range(payoffs.m) and j in range(payoffs.n) for i, j in joint)
        and min(joint.values(), default=-1) >= 0
        and sum(joint.values()) == 1
    )


def _average(payoffs: Payoffs, joint: Mapping[tuple[int, int], Number], of_leader: bool) -> Number:
    """What the joint distribution pays the leader, or the follower."""
    rows = payoffs.a if of_leader else payoffs.b
    total: Number = sum((z * rows[i][j] for (i, j), z in joint.items()), start=Fraction(0))
    return total / (payoffs.scale_a if of_leader else payoffs.scale_b)


def _regrets(
    payoffs: Payoffs, joint: Mapping[tuple[int, int], Number], coarse: bool
) -> Iterator[Number]:
    """What each player gains by each deviation."""
    for side, rows, scale in ((0, payoffs.a, payoffs.scale_a), (1, payoffs.b, payoffs.scale_b)):
        gains: dict[tuple[int, int], Number] = {}
        count = (payoffs.m, payoffs.n)[side]
        for cell, z in joint.items():
            own, other = cell[side], cell[1 - side]
            told = -1 if coarse else own
            for action in range(count):
                i, j = (action, other) if side == 0 else (other, action)
                gain = z * Fraction(rows[i][j] - rows[cell[0]][cell[1]], scale)
                gains[told, action] = gains.get((told, action), Fraction(0)) + gain
        yield from gains.values()


def _bound(
    payoffs: Payoffs,
    name: str,
    proof: Extreme,
    coarse: bool,
    sign: Literal[1, -1],
    of_leader: bool,
    value: Number,
) -> Iterator[str]:
    """In every cell, the payoff less the weighted gains of deviations is at most the value.

    For a minimum (``sign`` -1) the payoff plus the weighted gains is at least the value.
    """
    size = 1 if coarse else 2
    sides = (
        (proof.leader_multipliers, payoffs.m),
        (proof.follower_multipliers, payoffs.n),
    )
    for multipliers, count in sides:
        if any(
            x < 0 or len(key) != size or any(k not in range(count) for k in key)
            for key, x in multipliers.items()
        ):
            yield f"{name}: multipliers must be >= 0, one a deviation"
            return
    weights = [[(key, Fraction(x)) for key, x in side.items()] for side, _ in sides]
    scale = lcm(*(x.denominator for side in weights for _, x in side))
    scale_a, scale_b = payoffs.scale_a, payoffs.scale_b
    leader, follower = (
        [(key, x.numerator * (scale // x.denominator)) for key, x in side] for side in weights
    )
    # numerators over scale * scale_a * scale_b
    objective, unit = (payoffs.a, scale * scale_b) if of_leader else (payoffs.b, scale * scale_a)
    cells = [[sign * unit * x for x in row] for row in objective]
    for key, x in leader:
        for i in range(payoffs.m) if coarse else key[:1]:
            gains = zip(payoffs.a[i], payoffs.a[key[-1]], strict=True)
            cells[i] = [
                y + x * scale_b * (own - other)
                for y, (own, other) in zip(cells[i], gains, strict=True)
            ]
    for key, x in follower:
        for i, row in enumerate(payoffs.b):
            for j in range(payoffs.n) if coarse else key[:1]:
                cells[i][j] += x * scale_a * (row[j] - row[key[-1]])
    proved = sign * Fraction(max(map(max, cells)), scale * scale_a * scale_b)
    if sign * proved > sign * value:
        yield f"{name}: multipliers must prove {value}, but prove {proved}"
