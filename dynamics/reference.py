"""The exact values that a run is held against."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.gridworld import GridworldGame
from stackel.markov import MarkovGame

ROUNDING = 1e-9
"""Share of the payoffs' size by which a sum of float64 play may miss the exact band."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Values of one game; NaN or None where a concept has no method for it or it is too large."""

    sse: tuple[float, float] = (math.nan, math.nan)
    """Strong Stackelberg values (leader, follower)."""
    sse_leader: tuple[float, ...] = ()
    """The leader's optimal commitment, of a gridworld as coverage."""
    sse_follower: tuple[float, ...] = ()
    """The follower's reply to it, of a gridworld as the target attacked; the last is none."""
    span: float = math.nan
    """The range of the leader's payoffs; in a Markov game of an episode's."""
    pure: float = math.nan
    """The leader's best pure commitment."""
    nash: tuple[float, ...] | None = None
    """The leader's values in the extreme Nash equilibria, from the least; of a gridworld the least
    and the largest."""
    lo: float | None = None
    """The least that a coarse correlated equilibrium pays the leader."""
    hi: float | None = None
    """The most."""
    k_lo: float | None = None
    """Slope of the band below."""
    k_hi: float | None = None
    """Slope of the band above."""
    class_: str | None = None
    """Whether no-regret play reaches the Stackelberg value: holds, may-fail or never."""
    slack: float = 0.0
    """What rounding may add to the band, in payoff units."""


def reference(game: BimatrixGame | GridworldGame | MarkovGame) -> Reference:
    """Solve for everything that a run is compared with."""
    if isinstance(game, GridworldGame):
        return _gridworld(game)
    if isinstance(game, MarkovGame):
        return _markov(game)
    return _matrix(game)


def _matrix(game: BimatrixGame) -> Reference:
    from solvers.concepts import ALL_CONCEPTS_UP_TO, solve_matrix_game

    m, n = game.shape
    small = m * n <= ALL_CONCEPTS_UP_TO
    concepts = ["sse", "pure", "nash"] if small else ["sse", "pure"]
    solution = solve_matrix_game(game, concepts=concepts)
    values = {float(e.leader_value) for e in solution.nash.equilibria} if small else set()
    known = Reference(
        sse=(float(solution.sse.leader_value), float(solution.sse.follower_value)),
        sse_leader=tuple(map(float, solution.sse.leader_strategy)),
        sse_follower=tuple(float(j == solution.sse.follower_action) for j in range(game.shape[1])),
        span=float(np.ptp(game.leader)),
        pure=float(solution.pure.strong.leader_value),
        nash=tuple(sorted(values)) if small else None,
    )
    return with_band(known, game) if small else known


def _gridworld(game: GridworldGame) -> Reference:
    """The concepts that have a method; the band where the whole game is a small matrix game."""
    from solvers.concepts import ALL_CONCEPTS_UP_TO
    from solvers.gridworld.normal_form import normal_form
    from solvers.gridworld.solve import CONCEPTS, solve_gridworld

    payoffs = [float(game.no_attack.defender)]
    for target in game.targets:
        payoffs += [float(target.defender_covered), float(target.defender_uncovered)]
    found: dict[str, Any] = {"span": max(payoffs) - min(payoffs)}
    for name in CONCEPTS:
        try:
            solution = solve_gridworld(game, concepts=[name])
        except NoSolutionError:
            continue
        if name == "sse":
            found[name] = (float(solution.sse.leader_value), float(solution.sse.follower_value))
            outcomes = (*range(len(game.targets)), -1)
            found["sse_leader"] = tuple(map(float, solution.sse.coverage))
            found["sse_follower"] = tuple(
                float(j == solution.sse.attacked_target) for j in outcomes
            )
        elif name == "pure":
            found[name] = float(solution.pure.strong.leader_value)
        else:
            ends = (float(solution.nash.leader_min), float(solution.nash.leader_max))
            found[name] = tuple(sorted(set(ends)))
    known = Reference(**found)
    if game.wind:
        return known
    try:
        matrix = normal_form(game)
    except NoSolutionError:
        return known
    small = matrix.shape[0] * matrix.shape[1] <= ALL_CONCEPTS_UP_TO
    return with_band(known, matrix) if small else known


def _markov(game: MarkovGame) -> Reference:
    """Commitments to history-dependent policies, the best pure stationary one, minimax values."""
    from solvers.markov.solve import CONCEPTS, solve_markov

    payoffs = [x for block in game.leader for row in block for x in row]
    stages = game.horizon if game.discount is None else 1 / (1 - game.discount)
    known = Reference(span=float((max(payoffs) - min(payoffs)) * (stages or 1)))
    for name in CONCEPTS:
        try:
            solution = solve_markov(game, concepts=[name])
        except NoSolutionError:
            continue
        if name == "sse":
            values = (float(solution.sse.leader_value), float(solution.sse.follower_value))
            known = replace(known, sse=values)
        elif name == "pure_stationary":
            known = replace(known, pure=float(solution.pure_stationary.strong.leader_value))
        elif name == "zero_sum":
            known = replace(known, nash=(float(solution.zero_sum.value),))
    return known


def with_band(known: Reference, game: BimatrixGame) -> Reference:
    """The same with the constants of the band of a matrix game."""
    from solvers.concepts import solve_matrix_game

    band = solve_matrix_game(game, concepts=["no_regret"]).no_regret
    size = float(max(abs(game.leader).max(), abs(game.follower).max()))
    return replace(
        known,
        lo=float(band.lo),
        hi=float(band.hi),
        k_lo=float(band.k_lo),
        k_hi=float(band.k_hi),
        class_=band.class_,
        slack=ROUNDING * size * (1.0 + float(band.k_lo + band.k_hi)),
    )
