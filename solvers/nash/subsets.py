"""Connected components and maximal Nash subsets, from the extreme equilibria.

Both are properties of the bipartite graph that joins a leader vertex x and a follower vertex y when
(x, y) is an equilibrium. It comes as ``partners[y]``, the bit set of the x that are joined to y.
"""

from collections.abc import Mapping
from typing import TypeAlias

from solvers.nash.vertices import TooMany, bits

Subset: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Leader vertices and follower vertices that are all in equilibrium with one another."""


def components(partners: Mapping[int, int]) -> list[list[int]]:
    """Group the follower vertices by connected component of the set of equilibria.

    Any mix of the vertices joined to x is an equilibrium with x, so two equilibria with a vertex in
    common are ends of a segment of equilibria: the components are those of the graph.

    >>> components({0: 0b001, 1: 0b110, 2: 0b011, 3: 0b1000})
    [[0, 2, 1], [3]]
    """
    joined: dict[int, list[int]] = {}  # bit of x -> the y
    for y, xs in partners.items():
        for x in bits(xs):
            joined.setdefault(x, []).append(y)
    groups: list[list[int]] = []
    seen: set[int] = set()
    for root in partners:
        if root in seen:
            continue
        seen.add(root)
        group = [root]
        for y in group:  # grows while it is read: a breadth-first search
            for x in bits(partners[y]):
                for other in joined.pop(x, ()):
                    if other not in seen:
                        seen.add(other)
                        group.append(other)
        groups.append(group)
    return groups


def maximal_subsets(partners: Mapping[int, int], *, most: int) -> list[Subset]:
    """All maximal sets of interchangeable vertices: the maximal bicliques of the graph, sorted.

    A mix of leader vertices and a mix of follower vertices are in equilibrium exactly when each
    pair of vertices is (Winkels 1979), so these products make up all equilibria. Their leader sides
    are the nonempty intersections of the sets ``partners[y]``. More than ``most`` raise TooMany.

    >>> maximal_subsets({0: 0b01, 1: 0b11, 2: 0b10}, most=9)
    [((0,), (0, 1)), ((0, 1), (1,)), ((1,), (1, 2))]
    """
    subsets: list[Subset] = []
    for ys in components(partners):
        sides: set[int] = set()
        for y in ys:
            sides |= {side & partners[y] for side in sides}
            sides.add(partners[y])
            if len(sides) > most:
                raise TooMany
        sides.discard(0)
        for side in sides:
            leader = tuple(x.bit_length() - 1 for x in bits(side))
            follower = tuple(sorted(y for y in ys if partners[y] & side == side))
            subsets.append((leader, follower))
    return sorted(subsets)
