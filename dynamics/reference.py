"""The exact values that a run is held against."""

from __future__ import annotations

from dataclasses import dataclass

from stackel.game import BimatrixGame

ROUNDING = 1e-9
"""Share of the payoffs' size by which a sum of float64 play may miss the exact band."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Values of one matrix game; None where a game is too large for the concept."""

    sse: tuple[float, float]
    """Strong Stackelberg values (leader, follower)."""
    pure: float
    """The leader's best pure commitment."""
    nash: tuple[float, ...] | None
    """The leader's values in the extreme Nash equilibria, from the least."""
    lo: float | None
    """The least that a coarse correlated equilibrium pays the leader."""
    hi: float | None
    """The most."""
    k_lo: float | None
    """Slope of the band below."""
    k_hi: float | None
    """Slope of the band above."""
    class_: str | None
    """Whether no-regret play reaches the Stackelberg value: holds, may-fail or never."""
    slack: float
    """What rounding may add to the band, in payoff units."""


def reference(game: BimatrixGame) -> Reference:
    """Solve for everything that a run is compared with."""
    from solvers.concepts import ALL_CONCEPTS_UP_TO, solve_matrix_game

    m, n = game.shape
    small = m * n <= ALL_CONCEPTS_UP_TO
    concepts = ["sse", "pure", "nash", "no_regret"] if small else ["sse", "pure"]
    solution = solve_matrix_game(game, concepts=concepts)
    size = float(max(abs(game.leader).max(), abs(game.follower).max()))
    no_regret = solution.no_regret if small else None
    slope = 1.0 if no_regret is None else 1.0 + float(no_regret.k_lo + no_regret.k_hi)
    values = {float(e.leader_value) for e in solution.nash.equilibria} if small else set()
    return Reference(
        sse=(float(solution.sse.leader_value), float(solution.sse.follower_value)),
        pure=float(solution.pure.strong.leader_value),
        nash=tuple(sorted(values)) if small else None,
        lo=None if no_regret is None else float(no_regret.lo),
        hi=None if no_regret is None else float(no_regret.hi),
        k_lo=None if no_regret is None else float(no_regret.k_lo),
        k_hi=None if no_regret is None else float(no_regret.k_hi),
        class_=None if no_regret is None else no_regret.class_,
        slack=ROUNDING * size * slope,
    )
