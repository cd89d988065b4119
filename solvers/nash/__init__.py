"""All extreme Nash equilibria of a bimatrix game, exactly; one, when there may be too many."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from math import comb
from typing import TypeAlias

from solvers.lemke_howson import lemke_howson
from solvers.nash.subsets import components, maximal_subsets
from solvers.nash.vertices import Ray, TooMany, bits, holders, vertices
from solvers.zero_sum import zero_sum
from stackel.game import BimatrixGame, ExactStrategy, Strategy
from stackel.response import expected_payoffs
from stackel.result import Nash, NashEquilibrium, NashSubset

MAX_VERTICES = 160_000
"""Enumerate, by default, where the smaller polyhedron cannot have more vertices: up to 14 x 14."""
MAX_NUMBERS = 1_000_000
"""Give up, by default, when the rays, equilibria or subsets hold more numbers: a few seconds."""
BATCH = 8192
"""Vertices to find partners for at a time: every ray carries a bit set of them, 1 kB."""

_Pair: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Leader and follower weights, integers, of one extreme equilibrium."""


def nash(game: BimatrixGame, *, complete: bool | None = None) -> Nash:
    r"""Nash equilibria: pairs (p, q) where p is best against q under A, and q against p under B.

    The set of equilibria is a finite union of products of polytopes, the maximal Nash subsets.
    Their vertices are the extreme equilibria: the pairs of a vertex of each player's
    best-response polyhedron in which every action is unused or a best response.

    Parameters
    ----------
    game : BimatrixGame
        Of shape (m, n).
    complete : bool, optional
        True: all extreme equilibria, whatever it takes. False: one equilibrium. By default all
        where the smaller polyhedron has at most :data:`MAX_VERTICES` vertices in the worst case
        (:func:`vertex_bound`) and the work stays below :data:`MAX_NUMBERS`; otherwise one.

    Returns
    -------
    Nash
        Exact: strategies are tuples of Fractions, shapes (m,) and (n,), and values are p'Aq and
        p'Bq. When complete, ``subsets`` holds all maximal Nash subsets, numbered by connected
        component in the order of their largest equilibrium.

    Notes
    -----
    The vertices of the player with fewer actions are enumerated by double description; the other
    player's only as far as they can still match one of them. Everything is integer arithmetic, so
    degenerate, badly scaled and nearly tied games are as safe as others. The number of vertices,
    and of equilibria, is exponential in min(m, n); the number of maximal subsets can be
    exponential in the number of equilibria of one component. One equilibrium comes from a minimax
    program where A + B is constant, and otherwise from
    :func:`solvers.lemke_howson.lemke_howson`, usually in few pivots.

    References
    ----------
    Winkels (1979), An algorithm to determine all equilibrium points of a bimatrix game. Avis,
    Rosenberg, Savani and von Stengel (2010), Enumeration of Nash equilibria for two-player games.

    Examples
    --------
    >>> found = nash(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    >>> for equilibrium in found.equilibria:
    ...     print(*equilibrium.leader_strategy, "|", *equilibrium.follower_strategy)
    1 0 | 1 0
    2/3 1/3 | 2/7 5/7
    0 1 | 0 1
    >>> [subset.component for subset in found.subsets]
    [0, 1, 2]
    """
    if complete:
        return _all(game, sys.maxsize)
    if complete is None and vertex_bound(*game.shape) <= MAX_VERTICES:
        with suppress(TooMany):
            return _all(game, MAX_NUMBERS // sum(game.shape))
    return _one(game)


def vertex_bound(m: int, n: int) -> int:
    """The most vertices that the polyhedron of the player with fewer actions can have.

    McMullen's upper bound (1970) for m + n inequalities in dimension min(m, n).

    >>> vertex_bound(2, 2), vertex_bound(8, 8), vertex_bound(2, 50), vertex_bound(20, 20)
    (4, 660, 52, 40060020)
    """
    k, odd = divmod(min(m, n), 2)
    rest = m + n - k
    return 2 * comb(rest - 1, k) if odd else comb(rest, k) + comb(rest - 1, k - 1)


def _one(game: BimatrixGame) -> Nash:
    """One equilibrium."""
    p: Strategy
    q: Strategy
    if game.constant_sum is None:
        method = "Lemke-Howson"
        p, q = lemke_howson(game)
    else:
        minimax = zero_sum(game)
        method, p, q = minimax.method, minimax.leader_strategy, minimax.follower_strategy
    leader_value, follower_value = expected_payoffs(game, p, q)
    equilibrium = NashEquilibrium(
        leader_value=leader_value,
        follower_value=follower_value,
        leader_strategy=p,
        follower_strategy=q,
    )
    return Nash(complete=False, equilibria=(equilibrium,), subsets=(), method=method)


def _all(game: BimatrixGame, most: int) -> Nash:
    """All extreme equilibria and maximal subsets, unless there are more than ``most``."""
    pairs = _extreme(game, most)
    leader_mixes = _sorted_mixes([x for x, _ in pairs])
    follower_mixes = _sorted_mixes([y for _, y in pairs])
    leader_index = {x: index for index, (x, _) in enumerate(leader_mixes)}
    follower_index = {y: index for index, (y, _) in enumerate(follower_mixes)}
    edges = sorted((leader_index[x], follower_index[y]) for x, y in pairs)
    partners: dict[int, int] = {}
    for x, y in edges:
        partners[y] = partners.get(y, 0) | 1 << x
    component = {y: c for c, ys in enumerate(components(partners)) for y in ys}
    return Nash(
        complete=True,
        equilibria=tuple(_equilibrium(game, leader_mixes[x], follower_mixes[y]) for x, y in edges),
        subsets=tuple(
            NashSubset(
                leader_vertices=tuple(leader_mixes[x][1] for x in xs),
                follower_vertices=tuple(follower_mixes[y][1] for y in ys),
                component=component[ys[0]],
            )
            for xs, ys in maximal_subsets(partners, most=most)
        ),
        method="double description",
    )


def _extreme(game: BimatrixGame, most: int) -> list[_Pair]:
    """All pairs of vertices that together hold every label; leader actions have labels 0 to m-1."""
    m, n = game.shape
    leader, follower = range(m), range(m, m + n)
    to_leader = game.leader_exact.rows
    to_follower = list(zip(*game.follower_exact.rows, strict=True))
    if m <= n:
        xs = vertices(to_follower, leader, follower, most=most)
        return list(_matches(xs, to_leader, follower, leader, most))
    ys = vertices(to_leader, follower, leader, most=most)
    return [(x, y) for y, x in _matches(ys, to_follower, leader, follower, most)]


def _matches(
    found: list[Ray],
    payoffs: Sequence[Sequence[int]],
    own: Sequence[int],
    other: Sequence[int],
    most: int,
) -> Iterator[_Pair]:
    """The vertices ``found`` for one player, each with every vertex of the other that fits."""
    count = 0
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        matching = holders([ray.labels for ray in batch], len(own) + len(other))
        everyone = (1 << len(batch)) - 1
        for ray in vertices(payoffs, own, other, matching, everyone, most=most):
            count += ray.partners.bit_count()
            if count > most:
                raise TooMany
            for bit in bits(ray.partners):
                match = batch[bit.bit_length() - 1]
                yield tuple(match.point[:-1]), tuple(ray.point[:-1])


def _sorted_mixes(weights: list[tuple[int, ...]]) -> list[tuple[tuple[int, ...], ExactStrategy]]:
    """Each weight vector once with its strategy, the lexicographically largest strategy first."""
    mixes = []
    for vector in set(weights):
        total = sum(vector)
        mixes.append((vector, tuple(Fraction(x, total) for x in vector)))
    return sorted(mixes, key=lambda mix: mix[1], reverse=True)


def _equilibrium(
    game: BimatrixGame,
    leader: tuple[tuple[int, ...], ExactStrategy],
    follower: tuple[tuple[int, ...], ExactStrategy],
) -> NashEquilibrium:
    """The record, with values from the original payoffs."""
    (x, p), (y, q) = leader, follower
    total = sum(x) * sum(y)
    values = [
        Fraction(
            sum(
                u * v * row[j]
                for u, row in zip(x, payoffs.rows, strict=True)
                if u
                for j, v in enumerate(y)
                if v
            ),
            total * payoffs.scale,
        )
        for payoffs in (game.leader_exact, game.follower_exact)
    ]
    return NashEquilibrium(
        leader_value=values[0], follower_value=values[1], leader_strategy=p, follower_strategy=q
    )
