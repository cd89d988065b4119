r"""With wind and general payoffs: a bound on what a commitment is worth, with its proof.

Branch and bound over the coverages. They start out as the simplices from whose corners systematic
sampling draws; on each one, multipliers bound what a best reply can pay the leader
(:class:`~stackel.gridworld_certificate.Bound`), and the simplex with the largest bound is cut in
two where the attacker changes its mind along an edge. The search runs in floats; whatever comes
close to the value of the best commitment is settled in rationals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from solvers.gridworld._adaptive import Attacker, Reply
from solvers.gridworld._corners import Corner, Corners, Line
from solvers.gridworld._drift import move_table
from solvers.gridworld._multipliers import FloatBound, Multipliers
from solvers.gridworld._region_optimum import RegionOptimum, exact_optimum, float_optimum
from solvers.gridworld._simplices import kink, roots, towards
from solvers.gridworld.wind_zero_sum import Saddle
from stackel.game import ExactStrategy
from stackel.gridworld_certificate import Bound, CoverCertificate, Piece, Split

if TYPE_CHECKING:
    from solvers.gridworld._corners import Floats

MAX_CUTS = 300
"""Cuts of a simplex."""
MAX_WORK = 80_000
"""Cuts times cells times horizon: 40 cuts on a 10 x 10 grid, seconds."""
MAX_FAILURES = 3
"""Exact programs that find no end, after which floats are left to it."""
MARGIN = 1e-8
"""Distance from the value, in units of the leader's floats, within which floats do not decide."""
MOST_LINES = 12
"""Plans that a part takes over from the simplex it was cut from."""
DYADIC = 1 << 60
"""Weights and coverages found in floats become multiples of one over this."""
FAR = 1 << 20
"""Where a plan is a best reply, a multiplier so many times its own is tried too."""
INSIDE = (1e-9, 1e-7, 1e-5, 1e-3)
"""Ways from an optimum in floats, where rounding may break a tie, to a corner where its plan is a
best reply, as shares."""

Mix: TypeAlias = Sequence[tuple[Fraction, Line]]


class Cover(NamedTuple):
    """The best commitment known, and what no commitment exceeds."""

    coverage: ExactStrategy
    """Of all targets."""
    reply: Reply
    upper: Fraction
    """``reply.leader_value`` when the search came to its end."""
    certificate: CoverCertificate


class Node:
    """A simplex of the search, its bound, and what became of it."""

    def __init__(self, corners: tuple[Corner, ...], bound: FloatBound) -> None:
        self.corners = corners
        self.bound = bound
        self.proof: tuple[Fraction, Mix] | None = None
        """Multiplier and mix in rationals, where they were needed."""
        self.cut: tuple[int, int, Fraction] | None = None
        """The edge, and how far along."""
        self.parts: tuple[Node, ...] = ()


def cover(attacker: Attacker, saddle: Saddle) -> Cover:
    """Find the best commitment, and simplices that bound what a best reply can pay the leader.

    Parameters
    ----------
    attacker : Attacker
        Of a game with defenders, and with targets in reach.
    saddle : Saddle
        What the attacker is sure of: its mix of plans bounds where nothing else does.

    Raises
    ------
    NoSolutionError
        When there are too many targets to start from.

    Notes
    -----
    The bound falls quickly at first. What is left at the end lies where plans that hardly differ
    take turns: there the search would go on for long.
    """
    return _Search(attacker, saddle).run()


class _Search:
    def __init__(self, attacker: Attacker, saddle: Saddle) -> None:
        self.attacker, self.saddle = attacker, saddle
        self.corners = Corners(attacker)
        secure = [(w, self.corners.known(plan)) for w, plan in saddle.plans]
        self.multipliers = Multipliers(self.corners, secure)
        self.coverage: ExactStrategy
        self.reply: Reply
        self.value = float("-inf")
        """Of the best commitment so far, in units of floats."""
        self.optima: list[RegionOptimum] = []
        self.tried: set[Line] = set()
        self.failures = 0

    def run(self) -> Cover:
        game = self.attacker.game
        self._try(tuple(self.saddle.coverage[j] for j in self.corners.reach))
        simplices = roots(len(self.corners.reach), game.defenders)
        nodes = [self._node(tuple(map(self._try, simplex))) for simplex in simplices]
        queue = [(-node.bound.level, number, node) for number, node in enumerate(nodes)]
        queue.sort()
        count = len(nodes)
        most = min(MAX_CUTS, MAX_WORK // (game.rows * game.cols * game.horizon))
        if any(len(node.corners) > len(self.corners.reach) + 1 for node in nodes):
            most = 0  # no simplex
        while queue and most:
            node = heappop(queue)[2]
            if self._settled(node):
                continue
            most -= 1
            for corner in node.corners:
                self._improve(
                    self.corners.joint_reply(corner, node.bound.multiplier), corner.floats
                )
            self._cut(node)
            for part in node.parts:
                heappush(queue, (-part.bound.level, count, part))
                count += 1
        upper = self.reply.leader_value
        if left := [node.bound.level for _, _, node in queue if not self._settled(node)]:
            upper = max(upper, Fraction(max(left) + MARGIN) * self.corners.units[0])
        certificate = self._certificate(simplices, nodes)
        return Cover(self.coverage, self.reply, upper, certificate)

    def _try(self, coverage: ExactStrategy) -> Corner:
        """A coverage as a corner; and as a commitment, when it is the best one so far."""
        corner = self.corners.corner(coverage)
        if corner.leader > self.value:
            far = corner.leader > self.value + MARGIN
            self.coverage = self.corners.everywhere(coverage)
            self.reply, self.value = corner.exact, corner.leader
            if far:
                self._improve(corner.reply, corner.floats)
        return corner

    def _improve(self, line: Line, near: Floats) -> None:
        """Try the best commitment to which a plan is a reply, as it is at the coverage ``near``."""
        if line in self.tried:
            return
        self.tried.add(line)
        found = float_optimum(self.corners, line)
        if found is None or found.value <= self.value - MARGIN:
            return
        exact = None
        if self.failures < MAX_FAILURES:
            exact = exact_optimum(self.corners, line, found.rivals)
            self.failures += exact is None
        if exact is not None:
            self.optima.append(exact)
            self._try(exact.coverage)
        elif found.value > self.value + MARGIN:
            for share in INSIDE:
                self._try(self._feasible(found.coverage + share * (near - found.coverage)))

    def _feasible(self, floats: Floats) -> ExactStrategy:
        """A coverage in rationals near one in floats."""
        parts = [min(max(round(float(c) * DYADIC), 0), DYADIC) for c in floats]
        excess = sum(parts) - self.attacker.game.defenders * DYADIC
        if excess > 0:
            parts[parts.index(max(parts))] -= excess
        return tuple(Fraction(part, DYADIC) for part in parts)

    def _node(self, corners: tuple[Corner, ...], before: FloatBound | None = None) -> Node:
        """A simplex with its bound, looked for from that of the one it was cut from."""
        lines = [corner.reply for corner in corners]
        if before is not None:
            lines += list(before.mix)[:MOST_LINES]
        if self.optima:
            lines += [line for _, line in self.optima[-1].mix]
        start = 1.0 if before is None else before.multiplier
        return Node(
            corners, self.multipliers.bound(corners, tuple(dict.fromkeys(lines)), start=start)
        )

    def _cut(self, node: Node) -> None:
        cut = None
        if node.bound.level <= self.value + MARGIN:  # floats are done with it
            best = tuple(self.coverage[j] for j in self.corners.reach)
            cut = towards(node.corners, best)
        first, second, share = node.cut = cut or kink(node.corners, self.corners)
        ends = node.corners[first].coverage, node.corners[second].coverage
        middle = self._try(tuple(x + share * (y - x) for x, y in zip(*ends, strict=True)))
        node.parts = tuple(
            self._node((*node.corners[:place], middle, *node.corners[place + 1 :]), node.bound)
            for place in (first, second)
        )

    def _settled(self, node: Node) -> bool:
        """Whether the simplex needs no cut: no better commitment can be in it."""
        if node.bound.level <= self.value - MARGIN:
            return True
        if node.bound.level > self.value + MARGIN:
            return False
        node.proof = next(
            (proof for proof in self._candidates(node) if self._proves(node.corners, *proof)), None
        )
        return node.proof is not None

    def _candidates(self, node: Node) -> Iterator[tuple[Fraction, Mix]]:
        """Multipliers and mixes in rationals that may bound the simplex by the very value."""
        for optimum in self.optima:
            if optimum.value == self.reply.leader_value:
                yield optimum.multiplier, optimum.mix
        own = self.corners.exact_multiplier(node.bound.multiplier)
        yield own, _rounded(node.bound)
        for line in dict.fromkeys(corner.reply for corner in node.corners):
            yield own, ((Fraction(1), line),)
            yield own * FAR, ((Fraction(1), line),)

    def _proves(self, corners: Sequence[Corner], multiplier: Fraction, mix: Mix) -> bool:
        """Whether the bound holds: for the leader's value, and for the follower's there."""
        value, follower = self.reply.leader_value, self.reply.attacker_value
        plans = [(w, self.corners.plan(line)) for w, line in mix]
        for corner in corners:
            cover = self.corners.everywhere(corner.coverage)
            pays = sum((w * plan.attacker_value(cover) for w, plan in plans), Fraction(0))
            level = self.corners.exact_top(corner, multiplier) - multiplier * pays
            if level > value or (level == value and pays > follower):
                return False
        return True

    def _certificate(
        self, simplices: Sequence[Sequence[ExactStrategy]], nodes: Sequence[Node]
    ) -> CoverCertificate:
        numbers: dict[Line, int] = {}

        def piece(node: Node) -> Piece:
            if node.cut is not None:
                first, second, share = node.cut
                one, other = map(piece, node.parts)
                return Split(first=first, second=second, share=share, sides=(one, other))
            multiplier, mix = node.proof or (
                self.corners.exact_multiplier(node.bound.multiplier),
                _rounded(node.bound),
            )
            weights = {numbers.setdefault(line, len(numbers)): w for w, line in mix}
            return Bound(multiplier=multiplier, mix=weights)

        pieces = tuple(
            (tuple(map(self._defended, simplex)), piece(node))
            for simplex, node in zip(simplices, nodes, strict=True)
        )
        plans = tuple(move_table(line.policy) for line in numbers)
        return CoverCertificate(plans=plans, pieces=pieces)

    def _defended(self, vertex: ExactStrategy) -> tuple[int, ...]:
        return tuple(j for j, c in zip(self.corners.reach, vertex, strict=True) if c)


def _rounded(bound: FloatBound) -> Mix:
    """The mix as rationals that sum to 1."""
    whole = [(round(w * DYADIC), line) for line, w in bound.mix.items()]
    total = sum(w for w, _ in whole)
    return tuple((Fraction(w, total), line) for w, line in whole if w)
