"""What an exact look at a peer's answer finds: ``kind: details`` of every fault.

An answer is a float one, so it is judged with :data:`TOLERANCE`, but the judgement is exact: mixes
are taken as the rationals they are (clipped at 0, divided by their sum) and evaluated on the
original payoffs. What it is held against carries a certificate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from campaign.ours import Known
from solvers.nash.vertices import vertices
from stackel.game import BimatrixGame
from stackel.response import column_payoffs, commitment_values, expected_payoffs, row_payoffs

TOLERANCE = Fraction(1, 10**6)
"""Share of the payoff range by which values and regrets may be off."""
SAME = 1e-4
"""Largest difference of a probability between an equilibrium and the profile that stands for it."""
Profile: TypeAlias = tuple[Sequence[Any], Sequence[Any]]


def strong(known: Known, answer: tuple[Sequence[float], float]) -> Iterator[str]:
    """A commitment and what it is said to earn."""
    mix, reported = answer
    room = TOLERANCE * known.leader_range
    if not math.isfinite(reported):
        yield f"no finite value: {reported!r}"
        return
    if abs(Fraction(reported) - known.value) > room:
        yield f"value off: reports {reported!r}, exact value {float(known.value)!r}"
    p = exact_mix(mix)
    if p is None:
        yield f"not a mix: {list(map(float, mix))}"
        return
    earned, _ = commitment_values(known.game, p)
    if earned < Fraction(reported) - room:
        yield (
            f"commitment earns less than reported: reports {reported!r}, "
            f"an exact best reply leaves {float(earned)!r}"
        )


def value(known: Known, reported: Any) -> Iterator[str]:
    """A value that the leader is said to get."""
    if not math.isfinite(reported):
        yield f"no finite value: {reported!r}"
    elif abs(Fraction(reported) - known.value) > TOLERANCE * known.leader_range:
        yield f"value off: reports {float(reported)!r}, exact value {float(known.value)!r}"


def exact_mix(mix: Sequence[Any]) -> tuple[Fraction, ...] | None:
    """The mix as rationals that sum to 1; None when it is none, even roughly."""
    numbers = [x if isinstance(x, Fraction) else float(x) for x in mix]
    if not all(map(math.isfinite, numbers)):
        return None
    exact = [Fraction(x) for x in numbers]
    weights = [max(x, Fraction(0)) for x in exact]
    total = sum(weights, start=Fraction(0))
    if max(abs(total - 1), -min(exact)) > Fraction(1, 1000):
        return None
    return tuple(x / total for x in weights)


def _regrets(known: Known, profile: Profile) -> tuple[Fraction, Fraction] | None:
    """What each player could still gain, as shares of its payoff range; None: not mixes."""
    p, q = map(exact_mix, profile)
    if p is None or q is None or (len(p), len(q)) != known.game.shape:
        return None
    earned = expected_payoffs(known.game, p, q)
    best = (
        max(row_payoffs(known.game.leader_exact, q)),
        max(column_payoffs(known.game.follower_exact, p)),
    )
    gains = [most - got for most, got in zip(best, earned, strict=True)]
    leader, follower = (
        Fraction(gain) / size if size else Fraction(0)
        for gain, size in zip(gains, (known.leader_range, known.follower_range), strict=True)
    )
    return leader, follower


def _wrong(known: Known, profiles: Sequence[Profile]) -> Iterator[str]:
    """At most one fault: the first profile that is not an equilibrium."""
    for profile in profiles:
        regrets = _regrets(known, profile)
        if regrets is None:
            yield f"not a profile of mixes: {_text(profile)}"
            return
        if max(regrets) > TOLERANCE:
            share = float(max(regrets))
            yield f"not an equilibrium: {_text(profile)} has regret {share:.2g} of the payoff range"
            return


def one(known: Known, profiles: Sequence[Profile]) -> Iterator[str]:
    """At least one equilibrium, and nothing else."""
    if not profiles:
        yield "empty: every game has an equilibrium"
    yield from _wrong(known, profiles)


def every(known: Known, profiles: Sequence[Profile]) -> Iterator[str]:
    """An enumeration of all equilibria: each is one, and every extreme one is there."""
    ours = known.answers["nash"].equilibria
    if not profiles:
        yield f"empty, {_nature(known.game)} game: there are {len(ours)} extreme equilibria"
        return
    yield from _wrong(known, profiles)
    listed = [np.concatenate([np.asarray(x, dtype=float) for x in pair]) for pair in profiles]
    size = sum(known.game.shape)
    near = [x for x in listed if x.shape == (size,)]
    for each in ours:
        point = np.array([float(x) for x in (*each.leader_strategy, *each.follower_strategy)])
        if not any(np.abs(x - point).max() <= SAME for x in near):
            missed = _text((each.leader_strategy, each.follower_strategy))
            yield f"misses equilibria, {_nature(known.game)} game: lacks {missed}"
            return


def rational(known: Known, profiles: Sequence[Profile]) -> Iterator[str]:
    """An exact enumeration: the same set, exactly."""
    theirs = {(tuple(p), tuple(q)) for p, q in profiles}
    ours = {(e.leader_strategy, e.follower_strategy) for e in known.answers["nash"].equilibria}
    if ours - theirs:
        yield f"misses equilibria, {_nature(known.game)} game: lacks {len(ours - theirs)}"
    for pair in theirs - ours:
        regrets = _regrets(known, pair)
        if regrets is None or max(regrets) > 0:
            yield f"not an equilibrium: {_text(pair)}"
        else:
            yield f"an equilibrium that ours lacks: {_text(pair)}"
        return


def pure(known: Known, pairs: list[tuple[int, int]]) -> Iterator[str]:
    """All pure equilibria."""
    a, b = known.game.leader_exact, known.game.follower_exact
    m, n = known.game.shape
    for i, j in itertools.product(range(m), range(n)):
        leader = max(row[j] for row in a.rows) - a.rows[i][j]
        follower = max(b.rows[i]) - b.rows[i][j]
        if leader == follower == 0 and (i, j) not in pairs:
            yield f"misses pure equilibria: ({i}, {j})"
        gains = Fraction(leader, a.scale), Fraction(follower, b.scale)
        sizes = known.leader_range, known.follower_range
        if (i, j) in pairs and any(x > TOLERANCE * y for x, y in zip(gains, sizes, strict=True)):
            yield f"not an equilibrium: ({i}, {j})"


def _nature(game: BimatrixGame) -> str:
    """``degenerate`` when some mix has more best replies than actions in its support.

    Then, and only then, a vertex of a best-response polyhedron has more tight inequalities than
    its dimension (von Stengel 2007, section 3.4), or an action has a twin.
    """
    m, n = game.shape
    a, b = game.leader_exact.rows, game.follower_exact.rows
    sides = ((list(zip(*b, strict=True)), m, n), (a, n, m))
    for payoffs, own, other in sides:
        rays = vertices(payoffs, range(own), range(own, own + other), most=10**6)
        if any(ray.labels.bit_count() != own for ray in rays):
            return "degenerate"
    return "non-degenerate"


def _text(profile: Profile) -> str:
    return " | ".join("(" + ", ".join(f"{float(x):.9g}" for x in mix) + ")" for mix in profile)
