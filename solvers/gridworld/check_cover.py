"""A check of a cover: its simplices are all there, and each bound holds at its corners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations

from solvers.gridworld.evaluate import is_mix
from solvers.gridworld.gusts import adaptive, pays
from stackel.game import ExactStrategy
from stackel.gridworld import GridworldGame
from stackel.gridworld_certificate import Bound, CoverCertificate, Split


class Cover:
    """A certificate together with the game that it is about."""

    def __init__(self, game: GridworldGame, certificate: CoverCertificate) -> None:
        self.game, self.certificate = game, certificate
        self.reach = [j for j in range(len(game.targets)) if _in_reach(game, j)]
        played = [adaptive(game).outcomes(table) for table in certificate.plans]
        self.plans = [plan for plan in played if plan is not None]
        self._tops: dict[tuple[ExactStrategy, Fraction], Fraction] = {}

    def holds(self, upper: Fraction, follower: Fraction | None = None) -> bool:
        """Whether no coverage pays the leader more than ``upper``.

        With ``follower``, also whether none that pays it so much pays the follower more than that.
        """
        pieces = self._pieces()
        if pieces is None or len(self.plans) != len(self.certificate.plans):
            return False
        return all(self._bounded(corners, bound, upper, follower) for corners, bound in pieces)

    def _bounded(
        self,
        corners: Sequence[ExactStrategy],
        bound: Bound,
        upper: Fraction,
        follower: Fraction | None,
    ) -> bool:
        known = all(0 <= plan < len(self.plans) for plan in bound.mix)
        if bound.multiplier < 0 or not known or not is_mix(bound.mix.values()):
            return False
        for corner in corners:
            mixed = sum((w * self._worth(r, corner) for r, w in bound.mix.items()), Fraction(0))
            level = self._top(corner, bound.multiplier) - bound.multiplier * mixed
            if level > upper or (follower is not None and level == upper and mixed > follower):
                return False
        return True

    def _top(self, corner: ExactStrategy, multiplier: Fraction) -> Fraction:
        """The most that a policy is worth to the leader and, times so much, to the attacker."""
        key = corner, multiplier
        if key not in self._tops:
            joint = [leader + multiplier * own for leader, own in pays(self.game, corner)]
            self._tops[key] = adaptive(self.game).best(joint[:-1], joint[-1])
        return self._tops[key]

    def _worth(self, plan: int, corner: ExactStrategy) -> Fraction:
        """What a plan pays the attacker."""
        table = pays(self.game, corner)
        return sum((q * table[j][1] for j, q in self.plans[plan].items()), Fraction(0))

    def _pieces(self) -> list[tuple[tuple[ExactStrategy, ...], Bound]] | None:
        """The simplices in the end; None when some part of the coverages is missing."""
        given = {
            frozenset(map(frozenset, corners)): (corners, piece)
            for corners, piece in self.certificate.pieces
        }
        found: list[tuple[tuple[ExactStrategy, ...], Bound]] = []
        if len(given) == 1:  # all coverages at once, without a cut
            ((whole, (names, piece)),) = given.items()
            if isinstance(piece, Bound) and whole == set(self._allocations()):
                return [(tuple(self._defending(name) for name in names), piece)]
        for simplex in _drawn_together(self.reach, self.game.defenders):
            if simplex not in given:
                return None
            names, piece = given[simplex]
            if len(names) != len(simplex):
                return None
            todo = [(tuple(self._defending(name) for name in names), piece)]
            while todo:
                corners, piece = todo.pop()
                if isinstance(piece, Bound):
                    found.append((corners, piece))
                    continue
                cut = _cut(corners, piece)
                if cut is None:
                    return None
                todo += zip(cut, piece.sides, strict=True)
        return found

    def _allocations(self) -> Iterator[frozenset[int]]:
        """Those that are the corners of all coverages."""
        for size in range(min(self.game.defenders, len(self.reach)) + 1):
            yield from map(frozenset, combinations(self.reach, size))

    def _defending(self, targets: Sequence[int]) -> ExactStrategy:
        return tuple(Fraction(j in targets) for j in range(len(self.game.targets)))


def _cut(
    corners: tuple[ExactStrategy, ...], split: Split
) -> tuple[tuple[ExactStrategy, ...], tuple[ExactStrategy, ...]] | None:
    """The two parts of a simplex; None when it is not cut through one of its edges."""
    places = range(len(corners))
    if split.first not in places or split.second not in places or split.first == split.second:
        return None
    if not 0 < split.share < 1:
        return None
    ends = corners[split.first], corners[split.second]
    middle = tuple(a + split.share * (b - a) for a, b in zip(*ends, strict=True))
    one, other = (
        (*corners[:place], middle, *corners[place + 1 :]) for place in (split.first, split.second)
    )
    return one, other


def _drawn_together(reach: Sequence[int], defenders: int) -> Iterator[frozenset[frozenset[int]]]:
    """The sets of allocations that systematic sampling draws from, for some coverage.

    Where the coverages end on a line decides: the order of the fractional parts of the ends tells
    which allocations are met, and their corners span all coverages with ends in this order.
    """
    n = len(reach)
    for parts in permutations(range(1, n + 1)):  # of n + 1, between which u is drawn
        ends = [0]
        for part in parts:
            lap = ends[-1] // (n + 1) * (n + 1)
            ends.append(lap + part if lap + part > ends[-1] else lap + n + 1 + part)
        if ends[-1] >= defenders * (n + 1):
            continue
        yield frozenset(
            frozenset(
                j
                for t, j in enumerate(reach)
                if any(
                    2 * ends[t] < 2 * (n + 1) * lap + 2 * u + 1 < 2 * ends[t + 1]
                    for lap in range(defenders)
                )
            )
            for u in range(n + 1)
        )


def _in_reach(game: GridworldGame, target: int) -> bool:
    """Whether some policy enters the target."""
    wanted = [Fraction(j == target) for j in range(len(game.targets))]
    return adaptive(game).best(wanted, Fraction(0)) > 0
