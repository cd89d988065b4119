"""Checks of equilibria and security levels. Each yields what is wrong, one line a fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from solvers.certify.payoffs import Payoffs, is_mix, is_only_mix
from stackel.game import Strategy
from stackel.result import Maximin, Nash, ZeroSum


def nash(payoffs: Payoffs, answer: Nash) -> Iterator[str]:
    """Extreme equilibria, each once, and how they group; not that none is missing."""
    listed = [(e.leader_strategy, e.follower_strategy) for e in answer.equilibria]
    if not listed or not all(is_mix(p, payoffs.m) and is_mix(q, payoffs.n) for p, q in listed):
        yield f"equilibria must be pairs of mixes of {payoffs.m} and {payoffs.n} actions"
        return
    if listed != sorted(set(listed), reverse=True):
        yield "equilibria must be distinct and in lexicographic order, largest first"
    leaders = {p: _examine_leader(payoffs, p) for p, _ in listed}
    followers = {q: _examine_follower(payoffs, q) for _, q in listed}
    for index, (equilibrium, (p, q)) in enumerate(zip(answer.equilibria, listed, strict=True)):
        x, y = leaders[p], followers[q]
        if not (x.support <= y.replies and y.support <= x.replies):
            yield f"equilibria[{index}] must be best responses to each other"
        if not (x.extreme and y.extreme):
            yield f"equilibria[{index}] must be extreme, not a mix of equilibria"
        earned = (
            sum((w * y.own[i] for i, w in enumerate(p) if w), start=Fraction(0)),
            sum((w * x.own[j] for j, w in enumerate(q) if w), start=Fraction(0)),
        )
        if earned != (equilibrium.leader_value, equilibrium.follower_value):
            yield f"equilibria[{index}] must pay {earned[0]}, {earned[1]}"
    if answer.complete:
        yield from _subsets(answer, set(listed))
    elif answer.subsets:
        yield "subsets must be empty when complete is False"


@dataclass(frozen=True, eq=False, kw_only=True)
class _Examined:
    """A strategy, as far as equilibria ask."""

    support: set[int]
    replies: set[int]
    """The opponent's best responses."""
    extreme: bool
    """Whether no other mix with this support has all these best responses."""
    own: list[Fraction]
    """What the opponent's actions pay the opponent."""


def _examine_leader(payoffs: Payoffs, p: Strategy) -> _Examined:
    _, earned = payoffs.against_columns(p)
    return _examine(p, earned, [list(column) for column in zip(*payoffs.b, strict=True)])


def _examine_follower(payoffs: Payoffs, q: Strategy) -> _Examined:
    earned, _ = payoffs.against_rows(q)
    return _examine(q, earned, payoffs.a)


def _examine(mix: Strategy, earned: list[Fraction], rows: Sequence[Sequence[int]]) -> _Examined:
    """``rows[k]`` are what the opponent's action k earns against each action of ``mix``."""
    best = max(earned)
    replies = [k for k, x in enumerate(earned) if x == best]
    support = [i for i, x in enumerate(mix) if x]
    first = rows[replies[0]]
    ties = ([x - y for x, y in zip(rows[k], first, strict=True)] for k in replies[1:])
    return _Examined(
        support=set(support),
        replies=set(replies),
        extreme=is_only_mix(support, ties),
        own=earned,
    )


def _subsets(answer: Nash, listed: set[tuple[Strategy, Strategy]]) -> Iterator[str]:
    """The subsets are all maximal products of listed equilibria, and touch as they are numbered."""
    partners: dict[Strategy, set[Strategy]] = {}
    for p, q in listed:
        partners.setdefault(q, set()).add(p)
    sides = set()
    for index, subset in enumerate(answer.subsets):
        side, others = set(subset.leader_vertices), set(subset.follower_vertices)
        sizes = len(subset.leader_vertices), len(subset.follower_vertices)
        if not side or not others <= set(partners) or (len(side), len(others)) != sizes:
            yield f"subsets[{index}] must be made of listed strategies, each once"
            return
        if others != {q for q, ps in partners.items() if side <= ps} or side != set.intersection(
            *(partners[q] for q in others)
        ):
            yield f"subsets[{index}] must be a maximal product of listed equilibria"
            return
        sides.add(frozenset(side))
    # the leader sides of the maximal products are the intersections of the sets of partners
    missing = not all(
        side in sides or not side
        for ps in partners.values()
        for side in (frozenset(ps), *(frozenset(x & ps) for x in sides))
    )
    if missing or len(sides) < len(answer.subsets):
        yield "subsets must be all the maximal products, each once"
        return
    numbers = {
        (p, q): subset.component
        for subset in answer.subsets
        for p in subset.leader_vertices
        for q in subset.follower_vertices
    }
    expected = _components([(e.leader_strategy, e.follower_strategy) for e in answer.equilibria])
    if any(numbers.get(pair) != number for pair, number in expected.items()) or any(
        subset.component != numbers[subset.leader_vertices[0], subset.follower_vertices[0]]
        for subset in answer.subsets
    ):
        yield "subsets must be numbered by component, in the order of their largest equilibrium"


def _components(pairs: list[tuple[Strategy, Strategy]]) -> dict[tuple[Strategy, Strategy], int]:
    """Number the equilibria by connected component: those that share a strategy are connected."""
    by_strategy: dict[tuple[int, Strategy], list[tuple[Strategy, Strategy]]] = {}
    for pair in pairs:
        for side in (0, 1):
            by_strategy.setdefault((side, pair[side]), []).append(pair)
    numbers: dict[tuple[Strategy, Strategy], int] = {}
    count = 0
    for root in pairs:
        if root in numbers:
            continue
        numbers[root] = count
        stack = [root]
        while stack:
            pair = stack.pop()
            for side in (0, 1):
                for other in by_strategy.pop((side, pair[side]), ()):
                    if other not in numbers:
                        numbers[other] = count
                        stack.append(other)
        count += 1
    return numbers


def maximin(payoffs: Payoffs, answer: Maximin) -> Iterator[str]:
    """Each level is guaranteed by a strategy and held by a punishment."""
    p, q = answer.leader_strategy, answer.follower_strategy
    harm_leader, harm_follower = answer.leader_punishment, answer.follower_punishment
    if not all(is_mix(x, payoffs.m) for x in (p, harm_follower)) or not all(
        is_mix(y, payoffs.n) for y in (q, harm_leader)
    ):
        yield f"strategies and punishments must be mixes of {payoffs.m} and {payoffs.n} actions"
        return
    guaranteed = min(payoffs.against_columns(p)[0]), min(payoffs.against_rows(q)[1])
    held = max(payoffs.against_rows(harm_leader)[0]), max(payoffs.against_columns(harm_follower)[1])
    claimed = answer.leader_value, answer.follower_value
    for player, low, high, value in zip(
        ("leader", "follower"), guaranteed, held, claimed, strict=True
    ):
        if low != value:
            yield f"{player}_strategy must guarantee {value}, but guarantees {low}"
        if high != value:
            yield f"{player}_punishment must hold the {player} to {value}, but allows {high}"


def zero_sum(payoffs: Payoffs, answer: ZeroSum) -> Iterator[str]:
    """The sum is constant, and each strategy guarantees its share of it."""
    p, q = answer.leader_strategy, answer.follower_strategy
    if not is_mix(p, payoffs.m) or not is_mix(q, payoffs.n):
        yield f"strategies must be mixes of {payoffs.m} and {payoffs.n} actions"
        return
    total = answer.constant * payoffs.scale_a * payoffs.scale_b
    if any(
        x * payoffs.scale_b + y * payoffs.scale_a != total
        for row_a, row_b in zip(payoffs.a, payoffs.b, strict=True)
        for x, y in zip(row_a, row_b, strict=True)
    ):
        yield f"the payoffs must sum to the constant {answer.constant} everywhere"
    low, high = min(payoffs.against_columns(p)[0]), max(payoffs.against_rows(q)[0])
    if low != answer.value:
        yield f"leader_strategy must guarantee {answer.value}, but guarantees {low}"
    if high != answer.value:
        yield f"follower_strategy must hold the leader to {answer.value}, but allows {high}"
    if answer.gap != 0:
        yield f"gap must be 0, got {answer.gap}"
