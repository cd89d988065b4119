"""Zero-sum games in which defenders intercept paths: double oracle, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from solvers.gridworld._interdiction import best_placement, everyone
from solvers.gridworld._walks import Walk, best_walk
from solvers.lp.minimax import minimax
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.matrix import ScaledMatrix

MAX_ROUNDS = 400
"""Rounds of the double oracle, each of which adds an allocation or a walk: about a minute."""


class PathSaddle(NamedTuple):
    """A mix of allocations and a mix of walks that are best against each other."""

    attacker_value: Fraction
    allocations: tuple[tuple[Fraction, frozenset[Cell]], ...]
    walks: tuple[tuple[Fraction, Walk], ...]


def path_saddle(game: GridworldGame) -> PathSaddle:
    r"""Compute the value of a zero-sum game of interception, and optimal mixes [1]_.

    A defender stops whoever enters its cell, so that a walk P pays the attacker

    .. math:: y_P \Pr(S \cap P = \emptyset),

    S the random allocation. For two or more defenders this is no function of how often each cell
    is defended: two cells of one path may be defended together or in turn. So the leader's
    strategies are allocations. A matrix game over some allocations and some walks is solved
    exactly; the best allocation against its walks and the best walk against its allocations join
    it, until neither improves on its value.

    Raises
    ------
    NoSolutionError
        When paths are not intercepted, wind blows, the game is not zero-sum, no attack pays the
        attacker less than being stopped does (it would seek to be stopped), or the game is too
        large.

    Notes
    -----
    The rounds are as many as walks and allocations matter: below 100 on a 10 x 10 grid. Both
    oracles solve NP-hard problems, which are small here: maximum coverage by k cells, and a
    shortest path whose length is the chance of a union of events.

    References
    ----------
    .. [1] M. Jain et al. (2011), AAMAS, "A double oracle algorithm for zero-sum security games on
       graphs".

    Examples
    --------
    >>> from stackel import catalog
    >>> saddle = path_saddle(catalog.load("gridworld-bottleneck").game)
    >>> print(saddle.attacker_value)
    8/15
    """
    require_paths(game)
    if not is_path_zero_sum(game):
        raise NoSolutionError("the double oracle on paths needs a zero-sum game, got another")
    if game.no_attack.attacker < 0:
        raise NoSolutionError(
            "the double oracle on paths needs no_attack to pay the attacker at least 0, what being "
            f"stopped pays, got {game.no_attack.attacker}"
        )
    allocations = [everyone(game, ())]
    walks = [Walk((game.start,), NO_ATTACK)]
    for _ in range(MAX_ROUNDS):
        value, mix, attack = _restricted(game, allocations, walks)
        most, walk = best_walk(game, allocations, mix)
        worth = [q * walk_value(game, w) for q, w in zip(attack, walks, strict=True)]
        taken, allocation = best_placement(game, walks, worth)
        least = sum(worth, Fraction(0)) - taken
        if least == value == most:
            return PathSaddle(
                value,
                tuple((p, a) for p, a in zip(mix, allocations, strict=True) if p),
                tuple((q, w) for q, w in zip(attack, walks, strict=True) if q),
            )
        if most > value:
            walks.append(walk)
        if least < value:
            allocations.append(allocation)
    raise NoSolutionError(f"the double oracle takes at most {MAX_ROUNDS} rounds, got no end")


def require_paths(game: GridworldGame) -> None:
    """Refuse games in which paths are not intercepted, or wind blows."""
    if game.interception != "path":
        raise NoSolutionError(
            f"interception of paths needs interception 'path', got {game.interception!r}"
        )
    if game.wind:
        raise NoSolutionError(f"interception 'path' needs wind 0, got wind {game.wind}")


def is_path_zero_sum(game: GridworldGame) -> bool:
    """Whether payoffs sum to 0: those of covered targets never occur, whoever is stopped gets 0."""
    return game.no_attack.attacker + game.no_attack.defender == 0 and all(
        t.attacker_uncovered + t.defender_uncovered == 0 for t in game.targets
    )


def walk_value(game: GridworldGame, walk: Walk) -> Fraction:
    """What a walk pays the attacker when nobody stops it."""
    return game.payoffs(walk.target)[1]


def _restricted(
    game: GridworldGame, allocations: Sequence[frozenset[Cell]], walks: Sequence[Walk]
) -> tuple[Fraction, Sequence[Fraction], Sequence[Fraction]]:
    """The value of the matrix game, the mix of allocations, the mix of walks."""
    values = [walk_value(game, walk) for walk in walks]
    scale = lcm(*(value.denominator for value in values))
    whole = [-int(value * scale) for value in values]
    matrix = ScaledMatrix(
        rows=tuple(
            tuple(
                0 if walk.stopped(allocation) else y for walk, y in zip(walks, whole, strict=True)
            )
            for allocation in allocations
        ),
        scale=scale,
    )
    value, mix, attack = minimax(matrix)
    return -value, mix, attack
