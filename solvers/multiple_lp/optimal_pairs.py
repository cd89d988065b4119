r"""All optimal pairs (p, j) of a game whose value V is known: the follower's best, and how many.

A column bound that equals V is tight: by complementary slackness, every optimal p with reply j
uses only the rows i with :math:`A_{ij} + \sum_k \lambda_k (B_{ij} - B_{ik}) = V`, and ties j with
every k with :math:`\lambda_k > 0`. On this *face* programs are small, and their duals extend to
all rows by adding a multiple of the tight bound itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from solvers.lp.region import IntegerGame, Weights, expected, maximize_over_region
from solvers.multiple_lp.columns import Bound, Pair


@dataclass(frozen=True, eq=False, kw_only=True)
class TieBound:
    r"""What optimal pairs with reply j pay the follower at most: F, in follower numerators.

    The proof: :math:`B_{ij} + \mu (A_{ij} - V) + \sum_k \lambda_k (B_{ij} - B_{ik}) \le F`.
    """

    mu: Fraction
    multipliers: Weights


@dataclass(frozen=True, eq=False, kw_only=True)
class OptimalPairs:
    """What :func:`optimal_pairs` finds."""

    best: Pair
    """The optimal pair that pays the follower most."""
    follower_value: Fraction
    bounds: tuple[Bound, ...]
    """Of the leader's value, one a column: tight only where there are optimal pairs, unless there
    are several known and this column is no better for the follower."""
    tie_bounds: tuple[TieBound, ...]
    alternative: Pair | None
    """Another optimal pair; None when there is none."""
    isolation: Weights | None
    """A tight bound that ``best`` alone attains, unless that of its column is one or there are
    several."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Face:
    """Where the optimal commitments with reply ``j`` must lie."""

    j: int
    bound: Bound
    actions: tuple[int, ...]
    slack: Fraction
    """The least slack of the bound off these actions; 0 when they are all."""
    top: int
    """The most that the follower gets on these actions."""


def optimal_pairs(game: IntegerGame, best: Pair, bounds: Sequence[Bound]) -> OptimalPairs:
    """Examine every tight column for optimal pairs; ``best`` is one, its commitment a vertex."""
    bounds = list(bounds)
    found = _Found(game, best)
    if found.other and game.constant_sum:  # what the leader gets decides what is left
        rate = Fraction(game.follower_scale, game.leader_scale)
        return OptimalPairs(
            best=best,
            follower_value=found.follower_value,
            bounds=tuple(bounds),
            tie_bounds=(TieBound(mu=rate, multipliers={}),) * game.n,
            alternative=found.other,
            isolation=None,
        )
    faces = [_face(game, j, x) for j, x in enumerate(bounds) if x.value == best.value]
    faces.sort(key=lambda face: -face.top)
    for face in faces:
        found.add_pure(face)
    duals: dict[int, Weights] = {}
    for face in faces:
        # once two pairs are known, a column matters only if it can pay the follower more
        floor = found.follower_value if found.other else None
        if floor is not None and face.top <= floor:
            continue
        answer = maximize_over_region(
            game,
            face.j,
            game.follower[face.j],
            actions=face.actions,
            tied=face.bound.multipliers,
            floor=floor,
        )
        if answer.status == "empty":
            bounds[face.j] = _tilted(game, face, answer.multipliers)
            continue
        duals[face.j] = answer.multipliers
        if answer.status == "optimal":
            found.add(Pair(commitment=answer.commitment, reply=face.j, value=best.value))
    tie_bounds = [_strict(game, j, best, x, found.follower_value) for j, x in enumerate(bounds)]
    for face in faces:
        if bounds[face.j].value < best.value:
            continue
        base = duals.get(face.j, {})
        tie_bounds[face.j] = _extended(game, face, base, found.follower_value)
    isolation = None
    if found.other is None:
        (face,) = (face for face in faces if face.j == found.best.reply)
        isolation = _isolation(game, face, found)
    return OptimalPairs(
        best=found.best,
        follower_value=found.follower_value,
        bounds=tuple(bounds),
        tie_bounds=tuple(tie_bounds),
        alternative=found.other,
        isolation=isolation,
    )


class _Found:
    """The optimal pairs seen so far: the best for the follower, and any other."""

    def __init__(self, game: IntegerGame, first: Pair) -> None:
        self.game = game
        self.best = first
        self.follower_value = self.pays(first)
        self.other: Pair | None = None
        payoffs, _ = game.follower_payoffs(first.commitment)
        for k, x in enumerate(payoffs):
            if x == payoffs[first.reply] and k != first.reply:
                value = game.leader_payoff(first.commitment, k)
                if value == first.value:
                    self.other = Pair(commitment=first.commitment, reply=k, value=value)
                    return

    def pays(self, pair: Pair) -> Fraction:
        return expected(self.game.follower[pair.reply], pair.commitment)

    def add(self, pair: Pair) -> None:
        if pair.reply == self.best.reply and pair.commitment == self.best.commitment:
            return
        pays = self.pays(pair)
        if pays > self.follower_value:
            self.best, self.other, self.follower_value = pair, self.best, pays
        elif self.other is None:
            self.other = pair

    def add_pure(self, face: _Face) -> None:
        """Add the optimal pure commitment on ``face`` that pays the follower most."""
        own, gains = self.game.follower[face.j], self.game.leader[face.j]
        pure = [
            i
            for i in face.actions
            if own[i] == self.game.best_replies[i] and gains[i] == self.best.value
        ]
        for i in sorted(pure, key=lambda i: -own[i])[:2]:
            row = {i: Fraction(1)}
            self.add(Pair(commitment=row, reply=face.j, value=self.best.value))


def _face(game: IntegerGame, j: int, bound: Bound) -> _Face:
    priced, scale = game.priced(game.leader[j], j, bound.multipliers)
    level = max(priced)  # the value: the bound is tight
    actions = tuple(i for i, x in enumerate(priced) if x == level)
    below = max((x for x in priced if x != level), default=level)
    return _Face(
        j=j,
        bound=bound,
        actions=actions,
        slack=Fraction(level - below, scale),
        top=max(game.follower[j][i] for i in actions),
    )


def _extended(game: IntegerGame, face: _Face, base: Weights, most: Fraction) -> TieBound:
    """Extend a dual on the face to all rows: add the tight bound until nothing is left over."""
    tied = face.bound.multipliers
    mu = max((-y / tied[k] for k, y in base.items() if y < 0), default=Fraction(0))
    if face.slack:
        priced, scale = game.priced(game.follower[face.j], face.j, base)
        mu = max(mu, (Fraction(max(priced), scale) - most) / face.slack)
    mu = Fraction(ceil(mu))
    return TieBound(mu=mu, multipliers=_combined(tied, mu, base, 1))


def _tilted(game: IntegerGame, face: _Face, step: Weights) -> Bound:
    """Move a tight bound along ``step``, which lowers it on its face, not so far that it breaks."""
    tied = face.bound.multipliers
    priced, scale = game.priced([0] * game.m, face.j, step)
    rise = Fraction(max(priced), scale)
    lengths = [Fraction(1)]
    lengths += [-tied[k] / y / 2 for k, y in step.items() if y < 0]
    if rise > 0:
        lengths.append(face.slack / rise / 2)
    length = min(lengths)
    multipliers = _combined(tied, 1, step, length)
    priced, scale = game.priced(game.leader[face.j], face.j, multipliers)
    return Bound(value=Fraction(max(priced), scale), multipliers=multipliers)


def _strict(game: IntegerGame, j: int, best: Pair, bound: Bound, most: Fraction) -> TieBound:
    """No optimal pair has this reply: enough of its value bound proves anything."""
    if bound.value == best.value:
        return TieBound(mu=Fraction(0), multipliers={})
    mu = max(0, ceil((max(game.follower[j]) - most) / (best.value - bound.value)))
    return TieBound(mu=Fraction(mu), multipliers=_combined(bound.multipliers, mu, {}, 0))


def _isolation(game: IntegerGame, face: _Face, found: _Found) -> Weights | None:
    """Show that the vertex ``found.best`` alone is optimal on its face, or find another there."""
    p, j = found.best.commitment, face.j
    own, tied = game.follower[j], face.bound.multipliers
    payoffs, _ = game.follower_payoffs(p)
    loose = [
        k
        for k, x in enumerate(payoffs)
        if x == payoffs[j]
        and k not in tied
        and any(game.follower[k][i] != own[i] for i in face.actions)
    ]
    if len(face.actions) == len(p) and not loose:
        return None  # all optimal commitments solve the equations that make p a vertex
    # the weight off the support plus the slack of the loose rows: positive unless at p
    away = [0 if i in p else 1 for i in range(game.m)]
    for k in loose:
        away = [x + y - z for x, y, z in zip(away, own, game.follower[k], strict=True)]
    answer = maximize_over_region(
        game, j, away, actions=face.actions, tied=tied, start=loose, floor=Fraction(0)
    )
    if answer.status == "optimal":
        found.add(Pair(commitment=answer.commitment, reply=j, value=found.best.value))
        return None
    step = _combined(answer.multipliers, 1, dict.fromkeys(loose, Fraction(1)), 1)
    return _tilted(game, face, step).multipliers


def _combined(x: Weights, s: Fraction | int, y: Weights, t: Fraction | int) -> Weights:
    """``s * x + t * y``, without zeros."""
    total = {k: s * value for k, value in x.items()}
    for k, value in y.items():
        total[k] = total.get(k, Fraction(0)) + t * value
    return {k: value for k, value in total.items() if value}
