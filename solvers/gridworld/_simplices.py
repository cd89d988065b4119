"""Simplices of coverages: where a cover starts, and where one of them is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, permutations
from math import comb, lcm

from solvers.gridworld._corners import Corner, Corners
from solvers.multiple_lp.exact_basis import solve_square
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy

MAX_SIMPLICES = 400
"""Simplices to start from; their number grows like n! with the targets."""
MOST_TARGETS = 7
"""Targets up to which simplices are listed."""
MAX_CORNERS = 200
"""Sets of defended targets that are the corners of a bound for all coverages at once."""
BEND = 1e-8
"""What the attacker gains by changing its mind along an edge, in floats, for a bend to count."""
LONGEST = 160
"""Bits of a coverage up to which an edge is cut exactly where two plans tie."""
COARSE = 64
"""Else it is cut at a multiple of one over this."""


def roots(n: int, defenders: int) -> list[tuple[ExactStrategy, ...]]:
    """The simplices to start from; with many targets, all coverages as one piece."""
    if n <= MOST_TARGETS:
        simplices = list(islice(_triangulation(n, defenders), MAX_SIMPLICES + 1))
        if len(simplices) <= MAX_SIMPLICES:
            return simplices
    sizes = range(min(defenders, n) + 1)
    if (count := sum(comb(n, size) for size in sizes)) > MAX_CORNERS:
        raise NoSolutionError(
            "a bound on the commitment with wind and general payoffs needs at most "
            f"{MAX_CORNERS} sets of defended targets, got {count}"
        )
    chosen = [set(c) for size in sizes for c in combinations(range(n), size)]
    return [tuple(tuple(Fraction(t in defended) for t in range(n)) for defended in chosen)]


def _triangulation(n: int, defenders: int) -> Iterator[tuple[ExactStrategy, ...]]:
    """The simplices whose corners are the allocations that systematic sampling draws together.

    With the ends :math:`C_t` of the coverages laid on a line, a simplex is an order of their
    fractional parts; where the order falls, the line has passed one more defender.
    """
    for order in permutations(range(n)):
        passed, laps = 0, []
        for t, place in enumerate(order):
            passed += t > 0 and place < order[t - 1]
            laps.append(passed)
        if passed >= defenders:
            continue
        simplex = []
        for cut in range(n + 1):
            ends = [lap + (place >= cut) for lap, place in zip(laps, order, strict=True)]
            starts = [0, *ends][:n]
            simplex.append(tuple(Fraction(e - s) for s, e in zip(starts, ends, strict=True)))
        yield tuple(simplex)


def kink(corners: Sequence[Corner], known: Corners) -> tuple[int, int, Fraction]:
    """The edge along which the attacker's value bends most, and where its two plans tie on it.

    Without any bend, the middle of a longest edge.
    """
    best = (0.0, 0, 1, 0.5)
    for i, j in combinations(range(len(corners)), 2):
        a, b = corners[i], corners[j]
        here = a.follower - b.reply.follower(a.floats)
        there = b.follower - a.reply.follower(b.floats)
        if here > BEND and there > BEND:
            best = max(best, (here * there / (here + there), i, j, here / (here + there)))
    height, i, j, share = best
    a, b = corners[i], corners[j]
    if not height:
        _, i, j = max(
            (float(abs(corners[i].floats - corners[j].floats).sum()), i, j)
            for i, j in combinations(range(len(corners)), 2)
        )
        return i, j, Fraction(1, 2)
    exact = _tie(a, b, known)
    if exact is not None:
        return i, j, exact
    return i, j, Fraction(min(max(round(share * COARSE), 1), COARSE - 1), COARSE)


def towards(corners: Sequence[Corner], coverage: ExactStrategy) -> tuple[int, int, Fraction] | None:
    """A cut after which a coverage inside a simplex lies on a face of both parts.

    After as many cuts as there are targets it is a corner. None where it is one, or outside.
    """
    rows = [[Fraction(1)] * len(corners)]
    rows += [list(row) for row in zip(*(c.coverage for c in corners), strict=True)]
    ends = [Fraction(1), *coverage]
    unit = lcm(*(x.denominator for x in chain(ends, *rows)))
    solved = solve_square(
        [[int(x * unit) for x in row] for row in rows], [[int(x * unit)] for x in ends]
    )
    if solved is None:
        return None
    shares = [x for (x,) in solved]
    inside = [i for i, x in enumerate(shares) if x]
    if len(inside) < 2 or min(shares) < 0:
        return None
    first, second = inside[:2]
    return first, second, shares[second] / (shares[first] + shares[second])


def _tie(a: Corner, b: Corner, known: Corners) -> Fraction | None:
    """Where on the edge the two plans pay the attacker the same; None for long numbers."""
    if max(x.denominator.bit_length() for x in (*a.coverage, *b.coverage)) > LONGEST:
        return None
    plans = known.plan(a.reply), known.plan(b.reply)
    (here, less), (more, there) = (
        [plan.attacker_value(known.everywhere(c.coverage)) for plan in plans] for c in (a, b)
    )
    first, second = here - less, there - more
    share = first / (first + second) if first > 0 and second > 0 else None
    return share if share is not None and share.denominator.bit_length() <= LONGEST else None
