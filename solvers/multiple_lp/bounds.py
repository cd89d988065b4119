r"""Weak duality for the multiple LPs: what multipliers prove, and HiGHS where it is too little.

For the follower action j any :math:`\lambda \ge 0` bounds the leader's payoff, at every mix to
which j is a best response, by :math:`\max_i A_{ij} + \sum_k \lambda_k (B_{ij} - B_{ik})`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

PROVED = 1e-9
"""How far above the best value a bound may be, in units of the leader's payoff range, before its
program is solved anew: pivots in floats may have lost that much."""
REPLY = 1e-9
"""What the follower may gain by another action, in units of its payoff range, before a vertex is
taken for a failure. Ten times what the pivots accept."""
CHUNK = 32
"""Columns evaluated together: bounds the memory."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledGame:
    """A game with payoffs moved to [0, 1], the three arrays in C order."""

    leader_columns: FloatArray
    """A transposed, shape (n, m)."""
    follower: FloatArray
    """B, shape (m, n)."""
    follower_columns: FloatArray
    """B transposed, shape (n, m)."""


@dataclass(eq=False, kw_only=True)
class Draft:
    """A basis said to be optimal, with multipliers for all columns; :func:`prove` amends it."""

    action: int
    support: list[int]
    tight: list[int]
    multipliers: list[dict[int, float]]


def bounds(game: ScaledGame, multipliers: list[dict[int, float]], columns: list[int]) -> FloatArray:
    """The bounds that the multipliers prove for the columns named."""
    proved = np.empty(len(columns))
    for start in range(0, len(columns), CHUNK):
        chunk = columns[start : start + CHUNK]
        width = 1 + max(len(multipliers[j]) for j in chunk)
        actions = np.repeat(np.array(chunk)[:, None], width, axis=1)
        weights = np.zeros((len(chunk), width))
        for w, j in enumerate(chunk):
            row = multipliers[j]
            actions[w, 1 : 1 + len(row)] = list(row)
            weights[w, 1 : 1 + len(row)] = list(row.values())
        weights[:, 0] = -weights.sum(axis=1)
        gains = np.matmul(weights[:, None], game.follower_columns.take(actions, axis=0))[:, 0]
        proved[start : start + CHUNK] = (game.leader_columns[chunk] - gains).max(axis=1)
    return proved


def vertex(game: ScaledGame, draft: Draft) -> FloatArray | None:
    """The leader mix of the basis; None when it is not one to which the follower plays j."""
    rows = game.follower[np.ix_(draft.support, [draft.action, *draft.tight])]
    rows -= rows[:, :1]
    rows[:, 0] = 1.0
    try:
        weights = np.linalg.solve(rows.T, np.eye(len(rows))[0])
    except np.linalg.LinAlgError:
        return None
    strategy = np.zeros(len(game.follower))
    strategy[draft.support] = np.maximum(weights, 0.0)
    if weights.min() < -REPLY:
        return None
    strategy /= strategy.sum()
    payoffs = strategy[draft.support] @ game.follower[draft.support]
    return strategy if payoffs.max() <= payoffs[draft.action] + REPLY else None


def prove(game: ScaledGame, draft: Draft) -> tuple[FloatArray, float]:
    """The leader's mix and the largest of the columns' bounds.

    A column whose bound stays above the value is solved by HiGHS, and ``draft`` amended.
    """
    touched = [j for j, row in enumerate(draft.multipliers) if row]
    proved = game.leader_columns.max(axis=1)
    proved[touched] = bounds(game, draft.multipliers, touched)
    strategy = vertex(game, draft)
    best = -1.0 if strategy is None else float(game.leader_columns[draft.action] @ strategy)
    for j in np.argsort(-proved, kind="stable").tolist():
        if proved[j] <= best + PROVED:
            break
        strategy, best = _solve(game, draft, j, strategy, best)
        proved[j] = bounds(game, draft.multipliers, [j])[0]
    if strategy is None:
        raise NoSolutionError("some follower action must be a best response, got none in floats")
    return strategy, float(proved.max())


def _solve(
    game: ScaledGame, draft: Draft, j: int, strategy: FloatArray | None, best: float
) -> tuple[FloatArray | None, float]:
    """Solve the program of j by HiGHS; the better of its optimum and the best so far."""
    from solvers.lp.highs import Highs

    n, m = game.leader_columns.shape
    gains = game.follower_columns - game.follower_columns[j]
    answer = Highs().maximize(
        game.leader_columns[j],
        np.vstack([np.ones(m), gains]),
        np.r_[1.0, np.full(n, -np.inf)],
        np.r_[1.0, np.zeros(n)],
    )
    duals = np.maximum(answer.duals[1:], 0.0)
    duals[j] = 0.0
    if answer.status == "infeasible":  # a ray: long enough to bring the bound below any value
        duals *= game.leader_columns[j].max() / (duals @ gains).min()
    elif answer.value > best:
        best = answer.value
        draft.action, draft.support = j, answer.basic_columns
        draft.tight = [k - 1 for k in answer.tight_rows if k not in (0, j + 1)]
        strategy = np.maximum(answer.x, 0.0)
        strategy /= strategy.sum()
    draft.multipliers[j] = {k: float(duals[k]) for k in np.flatnonzero(duals).tolist()}
    return strategy, best
