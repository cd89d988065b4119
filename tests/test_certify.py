"""The checker accepts what the solvers say, and refuses every wrong answer made from it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import KINDS, bimatrix_games

from solvers.certify import certified, check
from solvers.correlated import coarse_correlated, correlated
from solvers.maximin import maximin
from solvers.multiple_lp import multiple_lp
from solvers.nash import nash
from solvers.no_regret import no_regret
from solvers.pure import pure_commitment
from solvers.weak import weak_stackelberg
from solvers.zero_sum import zero_sum
from stackel.certificate import Extreme
from stackel.game import BimatrixGame
from stackel.result import Concept, StrongStackelberg

HAIR = Fraction(1, 10**30)
Wrong = Iterator[tuple[str, Any]]
Mix = tuple[Fraction, ...]


def payoff_rows(game: BimatrixGame) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    return (
        [[a[i, j] for j in range(n)] for i in range(m)],
        [[b[i, j] for j in range(n)] for i in range(m)],
    )


def column(p: Sequence[Any], rows: list[list[Fraction]], j: int) -> Fraction:
    return sum((x * row[j] for x, row in zip(p, rows, strict=True)), start=Fraction(0))


def replies(p: Sequence[Any], b: list[list[Fraction]]) -> list[int]:
    payoffs = [column(p, b, j) for j in range(len(b[0]))]
    return [j for j, x in enumerate(payoffs) if x == max(payoffs)]


def pessimistic(p: Sequence[Any], a: list[list[Fraction]], b: list[list[Fraction]]) -> Fraction:
    return min(column(p, a, j) for j in replies(p, b))


# ---- perturbations that make sense for a field of any record


def other_numbers(x: Any) -> list[Any]:
    return [x + HAIR, x - HAIR, x + 1, float(x)]


def other_actions(j: int, count: int) -> list[int]:
    return [k for k in range(-1, count + 1) if k != j]


def broken_mixes(p: Mix) -> Iterator[Mix]:
    """What is no mix of so many actions."""
    yield (*p, Fraction(0))
    yield p[:-1]
    yield (p[0] + HAIR, *p[1:])
    yield tuple(float(x) for x in p)  # type: ignore[misc]
    if len(p) > 1:
        i = next(i for i, x in enumerate(p) if x)
        k = (i + 1) % len(p)
        moved = list(p)
        moved[i], moved[k] = p[i] + p[k] + 1, Fraction(-1)
        yield tuple(moved)


def moved_mixes(p: Mix) -> Iterator[Mix]:
    """Mixes a hair away."""
    for i in range(len(p)):
        for k in range(len(p)):
            step = min(HAIR, p[i])
            if i != k and step:
                moved = list(p)
                moved[i] -= step
                moved[k] += step
                yield tuple(moved)


def number_fields(record: Any, names: Sequence[str]) -> Wrong:
    for name in names:
        for x in other_numbers(getattr(record, name)):
            yield f"{name} {x}", replace(record, **{name: x})


def changed(mapping: Mapping[Any, Fraction]) -> Iterator[dict[Any, Fraction]]:
    """Each multiplier dropped, doubled and moved by a hair."""
    for key, x in mapping.items():
        for y in (Fraction(0), 2 * x, x + HAIR, x - HAIR):
            if y >= 0:
                yield {**mapping, key: y}


# ---- wrong answers of each kind; whatever is still right by definition is left out


def bound(
    j: int,
    lambdas: Mapping[int, Fraction],
    objective: list[Fraction],
    b: list[list[Fraction]],
) -> Fraction:
    """What multipliers prove, from the formula."""
    return max(
        x + sum(y * (row[j] - row[k]) for k, y in lambdas.items())
        for x, row in zip(objective, b, strict=True)
    )


def wrong_strong(game: BimatrixGame, right: StrongStackelberg) -> Wrong:
    a, b = payoff_rows(game)
    m, n = game.shape
    j, value = right.follower_action, Fraction(right.leader_value)
    proof = right.certificate
    assert proof is not None
    yield from number_fields(right, ["leader_value", "follower_value", "upper_bound"])
    yield "no upper bound", replace(right, upper_bound=None)
    yield "a lower bound", replace(right, lower_bound=right.leader_value - 1)
    for x in (value + HAIR, value - HAIR, value + 1):
        yield "both values", replace(right, leader_value=x, upper_bound=x)
    for k in other_actions(j, n):
        if not (
            k in range(n)
            and k in replies(right.leader_strategy, b)
            and column(right.leader_strategy, a, k) == value
        ):
            yield f"follower_action {k}", replace(right, follower_action=k)
    p: Mix = right.leader_strategy  # type: ignore[assignment]
    for q in broken_mixes(p):
        yield "no mix", replace(right, leader_strategy=q)
    for q in moved_mixes(p):
        if not (
            j in replies(q, b)
            and column(q, a, j) == value
            and column(q, b, j) == right.follower_value
        ):
            yield "moved mix", replace(right, leader_strategy=q)
    for i in range(m):  # consistent in itself, but worse
        pure = tuple(Fraction(int(i == r)) for r in range(m))
        for k in replies(pure, b):
            if (a[i][k], b[i][k]) != (value, right.follower_value):
                yield (
                    "another pair",
                    replace(
                        right,
                        leader_value=a[i][k],
                        upper_bound=a[i][k],
                        follower_value=b[i][k],
                        leader_strategy=pure,
                        follower_action=k,
                    ),
                )
    if proof.alternative is not None:
        other, reply = proof.alternative
        if column(other, b, reply) != right.follower_value:
            yield (
                "an optimum that pays the follower less",
                replace(
                    right,
                    leader_strategy=other,
                    follower_action=reply,
                    follower_value=column(other, b, reply),
                ),
            )
    yield "unique flipped", replace(right, unique=not right.unique)
    yield from wrong_certificates(game, right)
    yield from wrong_inward(game, right)


def wrong_certificates(game: BimatrixGame, right: StrongStackelberg) -> Wrong:
    a, b = payoff_rows(game)
    _, n = game.shape
    value, proof = Fraction(right.leader_value), right.certificate
    assert proof is not None

    def with_proof(**changes: Any) -> StrongStackelberg:
        return replace(right, certificate=replace(proof, **changes))

    yield "no certificate", replace(right, certificate=None)
    yield "a value bound less", with_proof(value_bounds=proof.value_bounds[:-1])
    yield "a tie bound less", with_proof(tie_bounds=proof.tie_bounds[:-1])
    for k in range(n):
        own = [row[k] for row in a]
        bounds = proof.value_bounds
        if n > 1:
            negative = {**bounds[k], (k + 1) % n: Fraction(-1)}
            yield (
                "a negative multiplier",
                with_proof(value_bounds=(*bounds[:k], negative, *bounds[k + 1 :])),
            )
        beyond = {**bounds[k], n: Fraction(1)}
        yield "no such action", with_proof(value_bounds=(*bounds[:k], beyond, *bounds[k + 1 :]))
        for lambdas in changed(bounds[k]):
            if bound(k, lambdas, own, b) > value:
                yield (
                    f"value bound {k}",
                    with_proof(value_bounds=(*bounds[:k], lambdas, *bounds[k + 1 :])),
                )
        ties = proof.tie_bounds
        mu, multipliers = ties[k]
        yield (
            "a negative mu",
            with_proof(tie_bounds=(*ties[:k], (Fraction(-1), multipliers), *ties[k + 1 :])),
        )
        for nu, edited in [
            *((mu, x) for x in changed(multipliers)),
            *((x, multipliers) for x in (mu + HAIR, mu - HAIR, 2 * mu + 1) if x >= 0),
        ]:
            priced = [row_b[k] + nu * (row_a[k] - value) for row_a, row_b in zip(a, b, strict=True)]
            if bound(k, edited, priced, b) > right.follower_value:
                yield (
                    f"tie bound {k}",
                    with_proof(tie_bounds=(*ties[:k], (nu, edited), *ties[k + 1 :])),
                )
    j = right.follower_action
    if right.unique and proof.isolation is not None:
        own = [row[j] for row in a]
        for lambdas in changed(proof.isolation):
            if bound(j, lambdas, own, b) > value:
                yield "isolation", with_proof(isolation=lambdas)
    if not right.unique:
        shown = [
            k
            for k in replies(right.leader_strategy, b)
            if k != j and column(right.leader_strategy, a, k) == value
        ]
        if not shown:
            yield "no alternative", with_proof(alternative=None)
            yield "the same pair", with_proof(alternative=(right.leader_strategy, j))
            assert proof.alternative is not None
            other, reply = proof.alternative
            for q in (*broken_mixes(other), *moved_mixes(other)):
                if q in list(broken_mixes(other)):
                    yield "alternative is no mix", with_proof(alternative=(q, reply))
                elif not (reply in replies(q, b) and column(q, a, reply) == value):
                    yield "alternative moved", with_proof(alternative=(q, reply))


def wrong_inward(game: BimatrixGame, right: StrongStackelberg) -> Wrong:
    a, b = payoff_rows(game)
    m, n = game.shape
    inward, proof, j = right.inward, right.certificate, right.follower_action
    assert proof is not None
    twins = [k for k in range(n) if all(row[k] == row[j] for row in b)]
    if inward is None:
        if len(twins) < n:
            assert proof.thin is not None
            bare = replace(proof, thin=None)
            yield "no proof of thinness", replace(right, certificate=bare)
            for empty in ({}, dict.fromkeys(twins, Fraction(1))):
                yield "empty thinness", replace(right, certificate=replace(proof, thin=empty))
            for other in changed(proof.thin):
                if not any(other.values()) or bound(j, other, [Fraction(0)] * m, b) > 0:
                    yield "thinness", replace(right, certificate=replace(proof, thin=other))
        return
    yield "inward denied", replace(right, inward=None)
    for name, record in number_fields(inward, ["leader_value", "follower_gap"]):
        yield f"inward {name}", replace(right, inward=record)
    for x in (Fraction(-1), Fraction(2), float(inward.epsilon)):
        yield "inward epsilon", replace(right, inward=replace(inward, epsilon=x))
    for k in other_actions(j, n):
        yield "inward action", replace(right, inward=replace(inward, follower_action=k))
    p: Mix = inward.leader_strategy  # type: ignore[assignment]
    for q in broken_mixes(p):
        yield "inward is no mix", replace(right, inward=replace(inward, leader_strategy=q))
    for q in moved_mixes(p):
        others = [column(q, b, k) for k in range(n) if k not in twins]
        if (
            column(q, b, j) - max(others) != inward.follower_gap
            or min(column(q, a, k) for k in twins) != inward.leader_value
        ):
            yield "inward moved", replace(right, inward=replace(inward, leader_strategy=q))


def wrong_weak(game: BimatrixGame, right: Any) -> Wrong:
    a, b = payoff_rows(game)
    m, _ = game.shape
    value, proof = right.leader_value, right.certificate
    yield from number_fields(right, ["leader_value", "epsilon"])
    for x in (value + HAIR, value - HAIR):  # consistent in itself
        low = x - pessimistic(right.leader_strategy, a, b)
        yield "value and epsilon", replace(right, leader_value=x, epsilon=low)
        yield (
            "value, epsilon and attained",
            replace(right, leader_value=x, epsilon=low, attained=low == 0),
        )
    yield "attained flipped", replace(right, attained=not right.attained)
    yield "attained, epsilon 0", replace(right, attained=not right.attained, epsilon=Fraction(0))
    for q in broken_mixes(right.leader_strategy):
        yield "no mix", replace(right, leader_strategy=q)
    for q in moved_mixes(right.leader_strategy):
        if pessimistic(q, a, b) != value - right.epsilon:
            yield "moved mix", replace(right, leader_strategy=q)
    yield "no certificate", replace(right, certificate=None)
    for name in ("bounds", "thin"):
        for j in getattr(proof, name):
            rest = {k: x for k, x in getattr(proof, name).items() if k != j}
            yield f"{name} without {j}", replace(right, certificate=replace(proof, **{name: rest}))
    for j, (weights, lambdas) in proof.bounds.items():
        for w, u in [
            *((w, lambdas) for w in changed(weights)),
            *((weights, u) for u in changed(lambdas)),
            ({}, lambdas),
            ({**weights, -1: Fraction(0)}, lambdas),
        ]:
            objective = [sum(x * row[c] for c, x in w.items()) for row in a]
            if sum(w.values()) != 1 or -1 in w or bound(j, u, objective, b) > value:
                changed_bounds = {**proof.bounds, j: (w, u)}
                yield (
                    f"bound {j}",
                    replace(right, certificate=replace(proof, bounds=changed_bounds)),
                )
    for j, lambdas in proof.thin.items():
        for u in ({}, *changed(lambdas)):
            if not any(u.values()) or bound(j, u, [Fraction(0)] * m, b) > 0:
                changed_thin = {**proof.thin, j: u}
                yield f"thin {j}", replace(right, certificate=replace(proof, thin=changed_thin))
    if right.attained:
        for i in range(m):
            pure = tuple(Fraction(int(i == r)) for r in range(m))
            shortfall = value - pessimistic(pure, a, b)
            if shortfall:
                yield (
                    "approached in place of attained",
                    replace(
                        right,
                        attained=False,
                        leader_strategy=pure,
                        epsilon=shortfall,
                        certificate=replace(proof, limit=right.leader_strategy),
                    ),
                )
        return
    yield "no limit", replace(right, certificate=replace(proof, limit=None))
    for q in broken_mixes(proof.limit):
        yield "limit is no mix", replace(right, certificate=replace(proof, limit=q))
    cls = replies(right.leader_strategy, b)
    for q in moved_mixes(proof.limit):
        if not set(cls) <= set(replies(q, b)) or min(column(q, a, k) for k in cls) != value:
            yield "limit moved", replace(right, certificate=replace(proof, limit=q))
    for j, steps in proof.unattained.items():
        (weights, lambdas) = steps[-1]
        for name, less in (
            ("no steps", ()),
            ("last step missing", steps[:-1]),
            ("negative weight", (*steps[:-1], ({**weights, j: Fraction(-1)}, lambdas))),
            ("doubled weights", (*steps[:-1], ({k: -x for k, x in weights.items()}, lambdas))),
        ):
            changed_steps = {**proof.unattained, j: less}
            yield name, replace(right, certificate=replace(proof, unattained=changed_steps))
        rest = {k: x for k, x in proof.unattained.items() if k != j}
        yield "class left out", replace(right, certificate=replace(proof, unattained=rest))


def wrong_pure(game: BimatrixGame, right: Any) -> Wrong:
    m, n = game.shape
    for name in ("strong", "weak"):
        outcome = getattr(right, name)
        for label, record in number_fields(outcome, ["leader_value", "follower_value"]):
            yield f"{name} {label}", replace(right, **{name: record})
        for i in other_actions(outcome.leader_action, m):
            yield f"{name} row {i}", replace(right, **{name: replace(outcome, leader_action=i)})
        for j in other_actions(outcome.follower_action, n):
            yield (
                f"{name} column {j}",
                replace(right, **{name: replace(outcome, follower_action=j)}),
            )
        for i in range(m):
            for j in range(n):
                if (i, j) != (outcome.leader_action, outcome.follower_action):
                    other = replace(
                        outcome,
                        leader_action=i,
                        follower_action=j,
                        leader_value=game.leader_exact[i, j],
                        follower_value=game.follower_exact[i, j],
                    )
                    yield f"{name} another outcome", replace(right, **{name: other})


def wrong_nash(game: BimatrixGame, right: Any) -> Wrong:
    listed, subsets = right.equilibria, right.subsets
    yield "no equilibrium", replace(right, equilibria=())
    for index, equilibrium in enumerate(listed):

        def put(
            *records: Any, index: int = index, listed: tuple[Any, ...] = listed
        ) -> tuple[Any, ...]:
            return (*listed[:index], *records, *listed[index + 1 :])

        for label, record in number_fields(equilibrium, ["leader_value", "follower_value"]):
            yield label, replace(right, equilibria=put(record))
        for name in ("leader_strategy", "follower_strategy"):
            mix = getattr(equilibrium, name)
            for q in (*broken_mixes(mix), *moved_mixes(mix)):
                yield name, replace(right, equilibria=put(replace(equilibrium, **{name: q})))
        yield "left out", replace(right, equilibria=put())
        yield "listed twice", replace(right, equilibria=put(equilibrium, equilibrium))
    if len(listed) > 1:
        yield "other order", replace(right, equilibria=listed[::-1])
        between = replace(
            listed[0],
            leader_strategy=tuple(
                (x + y) / 2
                for x, y in zip(listed[0].leader_strategy, listed[-1].leader_strategy, strict=True)
            ),
        )
        if between.leader_strategy != listed[0].leader_strategy:
            yield "a mix of two", replace(right, equilibria=(between, *listed[1:]))
    yield "complete denied", replace(right, complete=False)
    for index, subset in enumerate(subsets):
        before, after = subsets[:index], subsets[index + 1 :]
        yield "subset left out", replace(right, subsets=(*before, *after))
        yield "subset twice", replace(right, subsets=(*before, subset, *subsets[index:]))
        for number in (-1, subset.component + 1):
            if len(subsets) > 1 or number < 0:
                other = replace(subset, component=number)
                yield "component", replace(right, subsets=(*before, other, *after))
        for name in ("leader_vertices", "follower_vertices"):
            vertices = getattr(subset, name)
            for kept in (vertices[:-1], (*vertices, vertices[0])):
                other = replace(subset, **{name: kept})
                yield f"{name} changed", replace(right, subsets=(*before, other, *after))


def wrong_maximin(game: BimatrixGame, right: Any) -> Wrong:
    a, b = payoff_rows(game)
    m, n = game.shape

    def row(payoffs: list[list[Fraction]], i: int, q: Mix) -> Fraction:
        return sum((x * y for x, y in zip(payoffs[i], q, strict=True)), start=Fraction(0))

    measures: dict[str, Callable[[Mix], Fraction]] = {
        "leader_strategy": lambda p: min(column(p, a, j) for j in range(n)),
        "follower_strategy": lambda q: min(row(b, i, q) for i in range(m)),
        "leader_punishment": lambda q: max(row(a, i, q) for i in range(m)),
        "follower_punishment": lambda p: max(column(p, b, j) for j in range(n)),
    }
    yield from number_fields(right, ["leader_value", "follower_value"])
    for name, measure in measures.items():
        mix = getattr(right, name)
        for q in broken_mixes(mix):
            yield f"{name} is no mix", replace(right, **{name: q})
        for q in moved_mixes(mix):
            if measure(q) != measure(mix):
                yield f"{name} moved", replace(right, **{name: q})


def wrong_zero_sum(game: BimatrixGame, right: Any) -> Wrong:
    a, _ = payoff_rows(game)
    m, n = game.shape
    yield from number_fields(right, ["value", "constant", "gap"])
    for q in broken_mixes(right.leader_strategy):
        yield "leader is no mix", replace(right, leader_strategy=q)
    for q in broken_mixes(right.follower_strategy):
        yield "follower is no mix", replace(right, follower_strategy=q)
    for q in moved_mixes(right.leader_strategy):
        if min(column(q, a, j) for j in range(n)) != right.value:
            yield "leader moved", replace(right, leader_strategy=q)
    for q in moved_mixes(right.follower_strategy):
        if max(sum(x * y for x, y in zip(a[i], q, strict=True)) for i in range(m)) != right.value:
            yield "follower moved", replace(right, follower_strategy=q)


def gains(game: BimatrixGame, key: tuple[int, ...], leads: bool, i: int, j: int) -> Fraction:
    """What the deviation ``key`` gains in the cell (i, j)."""
    payoffs = game.leader_exact if leads else game.follower_exact
    if len(key) == 2 and key[0] != (i if leads else j):
        return Fraction(0)
    return (payoffs[key[-1], j] if leads else payoffs[i, key[-1]]) - payoffs[i, j]


def proves(game: BimatrixGame, proof: Extreme, of_leader: bool, sign: int) -> bool:
    """Whether the multipliers bound the payoff, by the formula of the record."""
    m, n = game.shape
    payoffs = game.leader_exact if of_leader else game.follower_exact
    return all(
        sign * payoffs[i, j]
        - sum(x * gains(game, key, True, i, j) for key, x in proof.leader_multipliers.items())
        - sum(x * gains(game, key, False, i, j) for key, x in proof.follower_multipliers.items())
        <= sign * proof.value
        for i in range(m)
        for j in range(n)
    )


def wrong_extremes(
    game: BimatrixGame, proof: Extreme, size: int, of_leader: bool, sign: int
) -> Wrong:
    """Joint distributions and multipliers that prove nothing."""
    m, n = game.shape
    payoffs = game.leader_exact if of_leader else game.follower_exact

    def put(name: str, value: Any) -> Extreme:
        return replace(proof, **{name: value})

    yield from number_fields(proof, ["value"])
    joint = dict(proof.joint)
    yield "no joint", replace(proof, joint={})
    yield "outside", replace(proof, joint={**joint, (m, 0): Fraction(0)})
    cell = next(iter(joint))
    yield "too much", replace(proof, joint={**joint, cell: joint[cell] + HAIR})
    if m * n > 1:
        other = next((i, j) for i in range(m) for j in range(n) if (i, j) != cell)
        shifted = {
            **joint,
            cell: joint[cell] + joint.get(other, 0) + 1,
            other: Fraction(-1),
        }
        yield "negative", replace(proof, joint=shifted)
        near = {**joint, cell: joint[cell] - HAIR, other: joint.get(other, Fraction(0)) + HAIR}
        if sum((z * payoffs[c] for c, z in near.items()), start=Fraction(0)) != proof.value:
            yield "joint moved", replace(proof, joint=near)
    for name in ("leader_multipliers", "follower_multipliers"):
        multipliers = getattr(proof, name)
        key = (0,) * size
        edits: list[dict[Any, Fraction]] = [
            {**multipliers, key: Fraction(-1)},
            {**multipliers, (99,) * size: Fraction(1)},
        ]
        for edited in edits:
            yield f"no {name}", put(name, edited)
        for edited in changed(multipliers):
            record = put(name, edited)
            if not proves(game, record, of_leader, sign):
                yield name, record


def wrong_range(game: BimatrixGame, right: Any, *, size: int) -> Wrong:
    names = ("leader_min", "leader_max", "follower_min", "follower_max")
    yield from number_fields(right, names)
    for name in names:
        proof = right.extremes[name]
        fewer = {k: x for k, x in right.extremes.items() if k != name}
        yield f"{name} unproved", replace(right, extremes=fewer)
        for x in (proof.value + HAIR, proof.value - HAIR):  # consistent in itself
            both = {**right.extremes, name: replace(proof, value=x)}
            yield f"{name} and its proof", replace(right, **{name: x}, extremes=both)
        sign = 1 if name.endswith("max") else -1
        for label, record in wrong_extremes(game, proof, size, name.startswith("leader"), sign):
            yield f"{name} {label}", replace(right, extremes={**right.extremes, name: record})


def wrong_no_regret(game: BimatrixGame, right: Any) -> Wrong:
    m, _ = game.shape
    yield from number_fields(right, ["lo", "hi", "k_lo", "k_hi"])
    for class_ in {"holds", "may-fail", "never"} - {right.class_}:
        yield f"class {class_}", replace(right, class_=class_)
    for name, sign in (("lo", -1), ("hi", 1)):
        proof, edge = right.extremes[name], right.extremes[f"k_{name}"]
        for key in (name, f"k_{name}"):
            fewer = {k: x for k, x in right.extremes.items() if k != key}
            yield f"{key} unproved", replace(right, extremes=fewer)
            old = right.extremes[key]
            for x in (old.value + HAIR, old.value - HAIR, old.value + 1):
                both = {**right.extremes, key: replace(old, value=x)}
                yield f"{key} and its proof", replace(right, **{key: x}, extremes=both)
        for label, record in wrong_extremes(game, proof, 1, True, sign):
            yield f"{name} {label}", replace(right, extremes={**right.extremes, name: record})
        # a constant too large, its multipliers raised to match: valid perhaps, but not smallest
        for i in range(m):
            grown = {
                **proof.leader_multipliers,
                (i,): proof.leader_multipliers.get((i,), Fraction(0)) + 1,
            }
            both = {
                **right.extremes,
                name: replace(proof, leader_multipliers=grown),
                f"k_{name}": replace(edge, leader_multipliers=grown, value=edge.value + 1),
            }
            yield "larger", replace(right, **{f"k_{name}": edge.value + 1}, extremes=both)
        if edge.value:
            at_rest = {**right.extremes, f"k_{name}": replace(edge, joint=proof.joint)}
            yield "edge without regret", replace(right, extremes=at_rest)


# ---- what each solver says, and wrong versions of it

Answers = Iterator[tuple[Concept, dict[str, Any], Callable[[], Wrong]]]


def answers(game: BimatrixGame) -> Answers:
    """Every right answer with what its check needs, and its wrong versions."""
    sse = multiple_lp(game)
    yield sse, {}, lambda: wrong_strong(game, sse)
    weak = weak_stackelberg(game)
    yield weak, {}, lambda: wrong_weak(game, weak)
    pure = pure_commitment(game)
    yield pure, {}, lambda: wrong_pure(game, pure)
    equilibria = nash(game)
    yield equilibria, {}, lambda: wrong_nash(game, equilibria)
    security = maximin(game)
    yield security, {}, lambda: wrong_maximin(game, security)
    if game.constant_sum is not None:
        minimax = zero_sum(game)
        yield minimax, {}, lambda: wrong_zero_sum(game, minimax)
    ce, cce = correlated(game), coarse_correlated(game)
    yield ce, {"coarse": False}, lambda: wrong_range(game, ce, size=2)
    yield cce, {"coarse": True}, lambda: wrong_range(game, cce, size=1)
    band = no_regret(game, sse_value=sse.leader_value)
    yield band, {"sse": sse}, lambda: wrong_no_regret(game, band)


@given(bimatrix_games(max_side=4))
@settings(max_examples=40)
def test_right_answers_are_accepted(game: BimatrixGame) -> None:
    for right, needs, _ in answers(game):
        assert check(game, right, **needs) == (), right
        assert certified(game, right, **needs).certified


@given(bimatrix_games(max_side=3))
@settings(max_examples=8)
def test_wrong_answers_are_refused(game: BimatrixGame) -> None:
    for right, needs, wrong in answers(game):
        for label, record in wrong():
            assert check(game, record, **needs), (type(right).__name__, label, record)


@pytest.mark.slow
@given(bimatrix_games(max_side=4))
@settings(max_examples=150)
def test_wrong_answers_of_many_games_are_refused(game: BimatrixGame) -> None:
    for right, needs, wrong in answers(game):
        for label, record in wrong():
            assert check(game, record, **needs), (type(right).__name__, label, record)


@pytest.mark.parametrize("kind", KINDS)
def test_every_wrong_answer_is_counted_and_refused(kind: str) -> None:
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    rng = Random(kind)
    for m, n in ((1, 3), (2, 2)):
        game = BimatrixGame(*KINDS[kind](rng, m, n))
        for right, needs, wrong in answers(game):
            for _, record in wrong():
                made[type(right).__name__] += 1
                refused[type(right).__name__] += bool(check(game, record, **needs))
    assert refused == made
    assert len(made) >= 7
    assert min(made.values()) >= 15


def test_every_field_is_perturbed() -> None:
    """The wrong answers above differ from the right one in each field that can be wrong."""
    seen: dict[type, set[str]] = {}
    rng = Random(3)
    for kind in ("zero-sum", "dominated"):
        game = BimatrixGame(*KINDS[kind](rng, 2, 3))
        for right, _, wrong in answers(game):
            for _, record in wrong():
                for f in fields(right):
                    if getattr(record, f.name) is not getattr(right, f.name):
                        seen.setdefault(type(right), set()).add(f.name)
    assert len(seen) == 8
    for record_type, names in seen.items():
        missing = {f.name for f in fields(record_type)} - names
        assert missing <= {"method", "certified"}, (record_type, missing)


def test_a_band_needs_a_strong_equilibrium_that_passes() -> None:
    game = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    sse = multiple_lp(game)
    band = no_regret(game, sse_value=sse.leader_value)
    assert check(game, band, sse=sse) == ()
    assert check(game, band)
    assert check(game, band, sse=replace(sse, leader_value=Fraction(4)))


def test_an_answer_to_another_game_is_refused() -> None:
    game = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    other = BimatrixGame([[4, 0], [0, 3]], [[1, 0], [0, 2]])
    for right, needs, _ in answers(game):
        assert check(other, right, **needs), right


def test_a_larger_coarse_range_is_no_correlated_range() -> None:
    # Moulin and Vial: coarse equilibria can pay what no correlated equilibrium pays
    game = BimatrixGame([[3, 1, 0], [0, 3, 1], [1, 0, 3]], [[3, 0, 1], [1, 3, 0], [0, 1, 3]])
    cce = coarse_correlated(game)
    assert check(game, cce) == ()
    assert check(game, cce, coarse=False)


def test_the_checker_imports_no_solver() -> None:
    program = (
        "import sys, solvers.certify;"
        "allowed = {'solvers', 'solvers.certify', 'solvers.certify.payoffs',"
        " 'solvers.certify.stackelberg', 'solvers.certify.equilibria',"
        " 'solvers.certify.correlated', 'solvers.certify.nash_range'};"
        "found = {m for m in sys.modules if m.split('.')[0] == 'solvers'} - allowed;"
        "sys.exit(f'{found}' if found or 'numpy' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
