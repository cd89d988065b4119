r"""All vertices of a best-response polyhedron, exactly, by double description.

A player's mixes :math:`x` and the opponent's best payoff :math:`v` against them fill the cone
:math:`x \ge 0, v \ge c_k \cdot x` with one :math:`c_k` for each opponent action. Its extreme rays
carry *labels*, the tight inequalities: the player's unused actions and the opponent's best
responses (von Stengel 2007, section 3.4). The rays are found by adding one opponent action after
the other (Motzkin et al. 1953; Fukuda and Prodon 1996): rays beyond the new hyperplane are replaced
by where the edges that cross it meet it. Points are primitive integer vectors and label sets are
bit sets, so nothing is decided by a float.

A ray can be kept on condition that it may still end in an equilibrium. Let ``partners`` be the
vertices of the other player that hold every label that the ray lacks so far. Partners only get
fewer, and those of a point inside an edge are those that both ends share; so rays and edges
without partners are dropped as soon as they show, and at the end each vertex knows the vertices
it is in equilibrium with. What is kept is a union of faces, each with all its rays, so the
adjacency test below remains valid.
"""

from collections.abc import Iterator, Sequence
from math import gcd
from operator import mul
from typing import NamedTuple, TypeAlias


class TooMany(Exception):
    """There are more rays, equilibria or subsets than the caller wants to wait for."""


class Ray(NamedTuple):
    """An extreme ray of the cone."""

    labels: int
    """Bit set of the tight inequalities."""
    partners: int
    """Bit set of the other player's vertices that hold all the labels that are missing here."""
    point: list[int]
    """The weights of the player's actions, then v: integers without a common factor."""


def vertices(
    payoffs: Sequence[Sequence[int]],
    own: Sequence[int],
    other: Sequence[int],
    matching: Sequence[int] | None = None,
    everyone: int = 1,
    *,
    most: int,
) -> list[Ray]:
    """Vertices of the polyhedron where ``payoffs[k][i]`` is what opponent action k earns against i.

    ``own[i]`` and ``other[k]`` are the labels of the actions. ``matching[label]`` tells which of
    the other player's vertices, ``everyone``, hold a label: only vertices with partners among them
    are returned. Without ``matching`` all vertices are. More than ``most`` rays raise TooMany.
    """
    size = len(own)
    if matching is None:
        matching = [everyone] * (size + len(other))
    unused = sum(1 << label for label in own)
    first = 1 << other[0]
    rays = [Ray(unused, everyone & matching[other[0]], [0] * size + [1])]
    for i, label in enumerate(own):
        point = [0] * size + [payoffs[0][i]]
        point[i] = 1
        rays.append(Ray((unused ^ 1 << label) | first, everyone & matching[label], point))
    rays = [ray for ray in rays if ray.partners]
    for k in range(1, len(other)):
        plane = [-x for x in payoffs[k]] + [1]
        rays = _cut(rays, plane, 1 << other[k], matching[other[k]], size)
        if len(rays) > most:
            raise TooMany
    return [ray for ray in rays if ray.labels & unused != unused]


def holders(label_sets: Sequence[int], count: int) -> list[int]:
    """For each of ``count`` labels, the bit set of the members of ``label_sets`` that hold it.

    >>> [bin(members) for members in holders([0b01, 0b11], 2)]
    ['0b11', '0b10']
    """
    backwards = label_sets[::-1]  # the first member is the lowest bit
    return [
        int("".join("1" if labels >> label & 1 else "0" for labels in backwards), 2)
        for label in range(count)
    ]


def bits(members: int) -> Iterator[int]:
    """The single bits of a bit set, lowest first.

    >>> list(bits(0b1010))
    [2, 8]
    """
    while members:
        bit = members & -members
        yield bit
        members ^= bit


def _cut(rays: list[Ray], plane: list[int], label: int, matching: int, size: int) -> list[Ray]:
    """The rays after ``plane @ point >= 0`` has joined the inequalities."""
    above: list[tuple[Ray, int]] = []
    below: list[tuple[Ray, int]] = []
    kept: list[Ray] = []
    for ray in rays:
        slack = sum(map(mul, plane, ray.point))
        if slack == 0:
            kept.append(Ray(ray.labels | label, ray.partners, ray.point))
        elif slack < 0:
            below.append((ray, slack))
        else:
            above.append((ray, slack))
            partners = ray.partners & matching
            if partners:
                kept.append(Ray(ray.labels, partners, ray.point))
    for (a, over), (b, under) in _crossing_edges(rays, above, below, size):
        factor = gcd(over, under)
        up, down = over // factor, -under // factor
        point = [down * x + up * y for x, y in zip(a.point, b.point, strict=True)]
        factor = gcd(*point)
        if factor > 1:
            point = [x // factor for x in point]
        kept.append(Ray(a.labels & b.labels | label, a.partners & b.partners, point))
    return kept


_End: TypeAlias = tuple[Ray, int]
"""A ray and its slack at the new hyperplane."""


def _crossing_edges(
    rays: list[Ray], above: list[_End], below: list[_End], size: int
) -> Iterator[tuple[_End, _End]]:
    """Pairs of adjacent rays, one from each side, that share a partner.

    A ray has at least ``size`` labels, an edge at least ``size - 1``. A ray with just ``size`` is
    simple: its inequalities are independent, so that all but one of them make an edge, and the ray
    at the other end holds those too. Two rays with more labels are adjacent when no third ray holds
    all the labels that they share.
    """
    simple_above, tied_above = _split(above, size)
    simple_below, tied_below = _split(below, size)
    ends = {edge: end for end in simple_above for edge in _without_one(end[0].labels)}
    for b in simple_below:
        for edge in _without_one(b[0].labels):
            a = ends.get(edge)
            if a is not None and a[0].partners & b[0].partners:
                yield a, b
    yield from _sharing(simple_above, tied_below, size)
    yield from _sharing(tied_above, simple_below, size)
    pairs = list(_sharing(tied_above, tied_below, size))
    if pairs:
        sets = [ray.labels for ray in rays]
        holding = holders(sets, max(sets).bit_length())
        for a, b in pairs:
            both = (1 << len(rays)) - 1
            for label in bits(a[0].labels & b[0].labels):
                both &= holding[label.bit_length() - 1]
            if both.bit_count() == 2:
                yield a, b


def _split(ends: list[_End], size: int) -> tuple[list[_End], list[_End]]:
    """The simple rays, and the others."""
    simple: list[_End] = []
    tied: list[_End] = []
    for end in ends:
        (simple if end[0].labels.bit_count() == size else tied).append(end)
    return simple, tied


def _sharing(above: list[_End], below: list[_End], size: int) -> Iterator[tuple[_End, _End]]:
    """Pairs with a common partner and labels enough for an edge."""
    for a in above:
        labels, partners = a[0].labels, a[0].partners
        for b in below:
            if (labels & b[0].labels).bit_count() >= size - 1 and partners & b[0].partners:
                yield a, b


def _without_one(labels: int) -> list[int]:
    """The bit sets with one bit less."""
    return [labels ^ bit for bit in bits(labels)]
