"""Checks of what Nash equilibria pay. Each yields what is wrong, one line a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from solvers.certify import equilibria
from solvers.certify.payoffs import Payoffs
from stackel.certificate import NashBound, NashTree
from stackel.game import Number
from stackel.result import Nash, NashRange

RANGE = ("leader_min", "leader_max", "follower_min", "follower_max")


def nash_range(payoffs: Payoffs, answer: NashRange) -> Iterator[str]:
    """Each end is attained by an equilibrium, and none goes beyond it."""
    if set(answer.equilibria) != set(RANGE):
        yield f"equilibria must attain {', '.join(RANGE)}"
        return
    for name in RANGE:
        found, value = answer.equilibria[name], getattr(answer, name)
        alone = Nash(complete=False, equilibria=(found,), subsets=(), method=answer.method)
        for fault in equilibria.nash(payoffs, alone):
            yield f"{name}: {fault}"
        paid = found.leader_value if name.startswith("leader") else found.follower_value
        if paid != value:
            yield f"{name} must be {paid}, which its equilibrium pays, got {value}"
    if answer.certificate is None:
        yield "certificate must prove that no equilibrium lies beyond"
    else:
        yield from ends(
            payoffs, {name: getattr(answer, name) for name in RANGE}, answer.certificate
        )


class _Node(NamedTuple):
    """A node, what is known there of both players' actions, and the ends not proved above it."""

    tree: NashTree
    unused: tuple[frozenset[int], frozenset[int]]
    best: tuple[frozenset[int], frozenset[int]]
    left: frozenset[str]


def ends(payoffs: Payoffs, values: Mapping[str, Number], tree: NashTree) -> Iterator[str]:
    """The tree proves that no Nash equilibrium pays more, or less, than ``values`` say."""
    nobody = frozenset[int](), frozenset[int]()
    todo = [_Node(tree, nobody, nobody, frozenset(values))]
    while todo:
        node = todo.pop()
        if not set(node.tree.bounds) <= node.left:
            yield f"bounds must be of ends that are left to prove, got {sorted(node.tree.bounds)}"
            return
        for name, bound in node.tree.bounds.items():
            yield from _proves(payoffs, name, values[name], bound, node)
        left = node.left - set(node.tree.bounds)
        split = node.tree.split
        if split is None:
            if left:
                yield f"a node without a split must prove {', '.join(sorted(left))}"
            continue
        side = 0 if split.leads else 1
        if split.action not in range((payoffs.m, payoffs.n)[side]):
            yield f"a split must be about an action, got {split.action}"
            return
        unused, best = list(node.unused), list(node.best)
        unused[side] |= {split.action}
        best[side] |= {split.action}
        todo.append(_Node(split.unused, (unused[0], unused[1]), node.best, left))
        todo.append(_Node(split.best, node.unused, (best[0], best[1]), left))


def _proves(
    payoffs: Payoffs, name: str, value: Number, bound: NashBound, node: _Node
) -> Iterator[str]:
    """In every cell that may be played, the payoff less the weighted gains is at most the value."""
    of_leader, sign = name.startswith("leader"), 1 if name.endswith("max") else -1
    weights: list[dict[int, list[tuple[int, Fraction]]]] = []
    sides = ((bound.leader, payoffs.m), (bound.follower, payoffs.n))
    for given, (best, (deviations, count)) in enumerate(zip(node.best, sides, strict=True)):
        weights.append({})
        for (played, other), weight in deviations.items():
            if played not in range(count) or other not in range(count):
                yield f"{name}: weights must be on deviations between actions"
                return
            if weight < 0 and other not in best:
                yield f"{name}: weights must be >= 0 on deviations to what may be no best response"
                return
            weights[given].setdefault(played, []).append((other, weight))
    a, b = payoffs.a, payoffs.b
    for i in set(range(payoffs.m)) - node.unused[0]:
        for j in set(range(payoffs.n)) - node.unused[1]:
            paid = (
                Fraction(a[i][j], payoffs.scale_a)
                if of_leader
                else Fraction(b[i][j], payoffs.scale_b)
            )
            gain = sum((w * (a[k][j] - a[i][j]) for k, w in weights[0].get(i, ())), Fraction(0))
            more = sum((w * (b[i][k] - b[i][j]) for k, w in weights[1].get(j, ())), Fraction(0))
            if sign * (paid - value) > gain / payoffs.scale_a + more / payoffs.scale_b:
                yield f"{name}: weights must prove {value} in every cell, but fail in ({i}, {j})"
                return
