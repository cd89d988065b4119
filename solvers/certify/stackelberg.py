"""Checks of commitments: strong, weak and pure. Each yields what is wrong, one line a fault."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from solvers.certify.payoffs import Payoffs, are_multipliers, is_mix, is_only_mix, lead
from stackel.certificate import Multipliers, StackelbergCertificate, WeakCertificate
from stackel.result import PureCommitment, StrongStackelberg, WeakStackelberg

ONE = Fraction(1)


def strong(payoffs: Payoffs, answer: StrongStackelberg) -> Iterator[str]:
    """An optimal pair (p, j), best for the follower, with what is said about other pairs."""
    p, j, value = answer.leader_strategy, answer.follower_action, answer.leader_value
    if not is_mix(p, payoffs.m) or j not in range(payoffs.n):
        yield f"leader_strategy and follower_action must fit the shape {payoffs.m, payoffs.n}"
        return
    leader, follower = payoffs.against_columns(p)
    if follower[j] != max(follower):
        yield f"follower_action must be a best response, but {max(follower)} > {follower[j]}"
    if leader[j] != value:
        yield f"leader_value must be {leader[j]}, got {value}"
    if follower[j] != answer.follower_value:
        yield f"follower_value must be {follower[j]}, got {answer.follower_value}"
    if answer.lower_bound not in (None, value):
        yield f"lower_bound must be absent or {value}, got {answer.lower_bound}"
    if answer.upper_bound != value:
        yield f"upper_bound must be leader_value {value}, got {answer.upper_bound}"
    proof = answer.certificate
    if proof is None:
        yield "certificate must be given"
    elif len(proof.value_bounds) != payoffs.n or len(proof.tie_bounds) != payoffs.n:
        yield f"value_bounds and tie_bounds must have {payoffs.n} entries"
    else:
        bounds = [
            _value_bound(payoffs, k, multipliers)
            for k, multipliers in enumerate(proof.value_bounds)
        ]
        for k, bound in enumerate(bounds):
            if bound is None or bound > value:
                yield f"value_bounds[{k}] must prove at most {value}, got {bound}"
        yield from _tie_bounds(payoffs, answer, proof)
        if answer.unique is not None:
            yield from _uniqueness(payoffs, answer, proof, bounds, leader, follower)
        yield from _inward(payoffs, answer, proof)


def _value_bound(payoffs: Payoffs, j: int, multipliers: Multipliers) -> Fraction | None:
    """What the multipliers prove where j is the reply; None when they are no multipliers."""
    if not are_multipliers(multipliers, payoffs.n):
        return None
    return payoffs.most({j: ONE}, lead(j, multipliers))


def _tie_bounds(
    payoffs: Payoffs, answer: StrongStackelberg, proof: StackelbergCertificate
) -> Iterator[str]:
    for j, (mu, multipliers) in enumerate(proof.tie_bounds):
        weights = lead(j, multipliers)
        weights[j] += 1
        if mu < 0 or not are_multipliers(multipliers, payoffs.n):
            yield f"tie_bounds[{j}] must hold multipliers >= 0 of follower actions"
            continue
        bound = payoffs.most({j: mu}, weights) - mu * answer.leader_value
        if bound > answer.follower_value:
            yield f"tie_bounds[{j}] must prove at most {answer.follower_value}, got {bound}"


def _uniqueness(
    payoffs: Payoffs,
    answer: StrongStackelberg,
    proof: StackelbergCertificate,
    bounds: list[Fraction | None],
    leader: list[Fraction],
    follower: list[Fraction],
) -> Iterator[str]:
    """One pair alone is optimal; or another one is shown."""
    j, value = answer.follower_action, answer.leader_value
    if not answer.unique:
        if any(
            k != j and follower[k] == follower[j] and leader[k] == value for k in range(payoffs.n)
        ):
            return
        if proof.alternative is None:
            yield "unique is False: certificate.alternative must show another optimal pair"
            return
        other, reply = proof.alternative
        if not is_mix(other, payoffs.m) or reply not in range(payoffs.n):
            yield f"alternative must fit the shape {payoffs.m, payoffs.n}"
            return
        leader, follower = payoffs.against_columns(other)
        if (
            (other, reply) == (answer.leader_strategy, j)
            or leader[reply] != value
            or follower[reply] != max(follower)
        ):
            yield "alternative must be another optimal pair"
        return
    for k, bound in enumerate(bounds):
        if k != j and bound is not None and bound >= value:
            yield f"unique is True: value_bounds[{k}] must be below {value}, got {bound}"
    isolation = proof.value_bounds[j] if proof.isolation is None else proof.isolation
    if not are_multipliers(isolation, payoffs.n):
        yield "isolation must hold multipliers >= 0 of follower actions"
        return
    numerators, scale = payoffs.combination({j: ONE}, lead(j, isolation))
    top = value * scale
    if max(numerators) > top:
        yield f"isolation must prove at most {value}, got {Fraction(max(numerators), scale)}"
        return
    support = [i for i, x in enumerate(numerators) if x == top]
    ties = [[row[k] - row[j] for row in payoffs.b] for k, x in isolation.items() if x]
    if not is_only_mix(support, ties):
        yield "unique is True: isolation must leave one commitment"


def _inward(
    payoffs: Payoffs, answer: StrongStackelberg, proof: StackelbergCertificate
) -> Iterator[str]:
    """A commitment on the way into the region of the reply; or there is no way in."""
    j = answer.follower_action
    twins = payoffs.twins(j)
    inward = answer.inward
    if inward is None:
        if len(twins) < payoffs.n and not _is_thin(payoffs, twins, proof.thin or {}):
            yield "inward is None: certificate.thin must show that the region has no interior"
        return
    p, share = inward.leader_strategy, inward.epsilon
    if not is_mix(p, payoffs.m) or inward.follower_action != j or len(twins) == payoffs.n:
        yield f"inward must be a mix of {payoffs.m} actions that makes {j} strictly best"
        return
    if not 0 <= share <= 1 or any(
        x < (1 - share) * y for x, y in zip(p, answer.leader_strategy, strict=True)
    ):
        yield f"inward.leader_strategy must be within weight {share} of leader_strategy"
    leader, follower = payoffs.against_columns(p)
    gap = follower[j] - max(x for k, x in enumerate(follower) if k not in twins)
    if gap != inward.follower_gap or gap <= 0:
        yield f"inward.follower_gap must be {gap}, and positive, got {inward.follower_gap}"
    worst = min(leader[k] for k in twins)
    if worst != inward.leader_value:
        yield f"inward.leader_value must be {worst}, got {inward.leader_value}"


def _is_thin(payoffs: Payoffs, twins: list[int], multipliers: Multipliers) -> bool:
    """Whether the multipliers prove that no commitment makes ``twins`` the only replies."""
    return (
        are_multipliers(multipliers, payoffs.n)
        and any(x for k, x in multipliers.items() if k not in twins)
        and payoffs.most({}, lead(twins[0], multipliers)) <= 0
    )


def weak(payoffs: Payoffs, answer: WeakStackelberg) -> Iterator[str]:
    """The supremum is an upper bound, and attained or approached."""
    p, value = answer.leader_strategy, answer.leader_value
    if not is_mix(p, payoffs.m):
        yield f"leader_strategy must be a mix of {payoffs.m} actions"
        return
    leader, follower = payoffs.against_columns(p)
    best = max(follower)
    replies = [k for k, x in enumerate(follower) if x == best]
    shortfall = value - min(leader[k] for k in replies)
    if answer.epsilon != shortfall or shortfall < 0:
        yield f"epsilon must be {shortfall}, and not negative, got {answer.epsilon}"
    if answer.attained != (shortfall == 0):
        yield f"attained must be {shortfall == 0}, as leader_strategy is {shortfall} below"
    proof = answer.certificate
    if proof is None:
        yield "certificate must be given"
        return
    open_classes = []  # those that could attain the supremum
    for twins in {tuple(payoffs.twins(j)) for j in range(payoffs.n)}:
        if any(_is_thin(payoffs, list(twins), proof.thin[j]) for j in twins if j in proof.thin):
            continue
        bound = min(
            (
                x
                for j in twins
                if j in proof.bounds
                for x in _class_bound(payoffs, twins, *proof.bounds[j])
            ),
            default=None,
        )
        if bound is None or bound > value:
            yield f"reply class {twins} must be shown to be thin or to get at most {value}"
        elif bound == value:
            open_classes.append(twins)
    if not answer.attained:
        yield from _approached(payoffs, answer, proof, replies)
        for twins in open_classes:
            if not any(
                _excluded(payoffs, twins, Fraction(value), proof.unattained[j])
                for j in twins
                if j in proof.unattained
            ):
                yield f"attained is False: unattained must exclude the reply class {twins}"


def _class_bound(
    payoffs: Payoffs, twins: tuple[int, ...], weights: Multipliers, multipliers: Multipliers
) -> Iterator[Fraction]:
    """What (w, lambda) prove for a reply class, if they are what they must be."""
    if (
        are_multipliers(weights, payoffs.n)
        and are_multipliers(multipliers, payoffs.n)
        and set(weights) <= set(twins)
        and sum(weights.values()) == 1
    ):
        yield payoffs.most(weights, lead(twins[0], multipliers))


def _approached(
    payoffs: Payoffs, answer: WeakStackelberg, proof: WeakCertificate, replies: list[int]
) -> Iterator[str]:
    """The replies to ``leader_strategy`` are a class, and at ``limit`` they are worth the value."""
    if proof.limit is None or not is_mix(proof.limit, payoffs.m):
        yield f"attained is False: limit must be a mix of {payoffs.m} actions"
        return
    leader, follower = payoffs.against_columns(proof.limit)
    if (
        replies != payoffs.twins(replies[0])
        or follower[replies[0]] != max(follower)
        or min(leader[k] for k in replies) != answer.leader_value
    ):
        yield f"the way from limit to leader_strategy must approach {answer.leader_value}"


def _excluded(
    payoffs: Payoffs,
    twins: tuple[int, ...],
    value: Fraction,
    steps: tuple[tuple[Multipliers, Multipliers], ...],
) -> bool:
    """Whether the steps prove that no commitment in the region of the class attains ``value``."""
    replies = set(twins)
    for weights, multipliers in steps:
        if (
            not are_multipliers(weights, payoffs.n)
            or not are_multipliers(multipliers, payoffs.n)
            or not {k for k, x in weights.items() if x} <= replies
        ):
            return False
        most = payoffs.most(weights, lead(twins[0], multipliers)) - value * sum(weights.values())
        if most < 0:
            return True
        if most > 0:
            return False
        replies |= {k for k, x in multipliers.items() if x}
    return False


def pure(payoffs: Payoffs, answer: PureCommitment) -> Iterator[str]:
    """The best outcomes by their definition, ties broken as the record says."""
    found: dict[str, tuple[tuple[int, int, int], int]] = {}
    for i, (row_a, row_b) in enumerate(zip(payoffs.a, payoffs.b, strict=True)):
        top = max(row_b)
        replies = [(row_a[j], -j) for j in range(payoffs.n) if row_b[j] == top]
        best, worst = max(replies), min(replies, key=lambda reply: (reply[0], -reply[1]))
        for name, (x, minus_j) in (("strong", best), ("weak", worst)):
            rank = ((x, top, -i), -minus_j)
            if name not in found or rank[0] > found[name][0]:
                found[name] = rank
    for name, outcome in (("strong", answer.strong), ("weak", answer.weak)):
        (x, y, minus_i), j = found[name]
        expected = (-minus_i, j, Fraction(x, payoffs.scale_a), Fraction(y, payoffs.scale_b))
        if expected != (
            outcome.leader_action,
            outcome.follower_action,
            outcome.leader_value,
            outcome.follower_value,
        ):
            yield "{}: must be actions ({}, {}) with payoffs {}, {}".format(name, *expected)
