"""The zero-sum value with wind by one linear program over coverage and time-expanded values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix

from solvers.gridworld._drift import Drift
from solvers.lp.highs import Highs
from stackel.errors import NoSolutionError
from stackel.gridworld import GridworldGame

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class WindBounds:
    """Floats between which the attacker's value lies, up to float rounding."""

    lower: float
    """The optimum of the program: by its duals, what some policy mix is sure of."""
    upper: float
    """What the best reply gets against ``coverage``, by dynamic programming."""
    coverage: NDArray[np.float64]


def wind_lp(game: GridworldGame) -> WindBounds:
    r"""Solve the zero-sum game with wind as one linear program in floats.

    With :math:`V_h(x)` the attacker's value in cell x after h of H moves,

    .. math:: \min_{c, V} V_0(\text{start}) \quad \text{s.t.} \quad
        V_h(x) \ge (1 - w) V_{h+1}(x_m) + \tfrac{w}{4} \textstyle\sum_{d} V_{h+1}(x_d)
        \;\; \forall m, \quad V_H(x) = U_F(none), \quad V_h(t) = U_F(t, c_t), \quad
        0 \le c \le 1, \; \sum_t c_t \le k,

    with one row for each time, cell and move. Only cells that can be reached by then have values.

    Raises
    ------
    NoSolutionError
        When the game is not zero-sum, targets are declared, paths are intercepted, or HiGHS fails.

    Notes
    -----
    The model as it is written down, and a check on
    :func:`~solvers.gridworld.wind.wind_commitment`, which is exact and faster. On a 10 x 10 grid
    with horizon 20 it has about 2,000 columns and 10,000 rows.
    """
    if not game.is_zero_sum or game.attack_rule != "first-entered" or game.interception != "target":
        raise NoSolutionError(
            "the linear program with wind needs a zero-sum game, attack rule 'first-entered' and "
            f"interception 'target', got zero-sum {game.is_zero_sum}, {game.attack_rule!r} and "
            f"{game.interception!r}"
        )
    drift = Drift(game, [target.cell for target in game.targets], exact=False)
    n, size = len(game.targets), game.rows * game.cols
    uncovered = np.array([float(t.attacker_uncovered) for t in game.targets])
    gaps = uncovered - np.array([float(t.attacker_covered) for t in game.targets])
    stay = float(game.no_attack.attacker)
    low = min(stay, float((uncovered - gaps).min()))
    target_at = np.full(size, -1)
    target_at[drift.cells] = np.arange(n)
    layers = _layers(drift)
    column = np.full((game.horizon + 1, size), -1)
    count = n
    for h, cells in enumerate(layers[:-1]):
        column[h, cells] = np.arange(count, count + len(cells))
        count += len(cells)
    rows, columns, entries, bounds = [], [], [], []
    number = 0
    weights = np.array([float(1 - game.wind), *[float(game.wind / 4)] * 4])
    for h, cells in enumerate(layers[:-1]):
        for move in range(5):
            line = number + np.arange(len(cells))
            number += len(cells)
            bound = np.full(len(cells), -low)  # values are counted from the least one
            rows.append(line)
            columns.append(column[h, cells])
            entries.append(np.ones(len(cells)))
            for step, weight in zip((move, 1, 2, 3, 4), weights, strict=True):
                if not weight:
                    continue
                to = drift.to[step, cells]
                attacked = target_at[to]
                hit = attacked >= 0
                bound[hit] += weight * uncovered[attacked[hit]]
                rows.append(line[hit])
                columns.append(attacked[hit])
                entries.append(weight * gaps[attacked[hit]])
                if h + 1 == game.horizon:
                    bound[~hit] += weight * stay
                else:
                    bound[~hit] += weight * low
                    rows.append(line[~hit])
                    columns.append(column[h + 1, to[~hit]])
                    entries.append(np.full(int((~hit).sum()), -weight))
            bounds.append(bound)
    rows.append(np.full(n, number))
    columns.append(np.arange(n))
    entries.append(-np.ones(n))
    bounds.append(np.array([-float(game.defenders)]))
    matrix = coo_matrix(
        (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns))),
        shape=(number + 1, count),
    ).tocsr()
    objective = np.zeros(count)
    objective[column[0, drift.start]] = -1.0
    found = Highs().maximize(
        objective,
        matrix,
        np.concatenate(bounds),
        np.full(number + 1, np.inf),
        x_upper=np.append(np.ones(n), np.full(count - n, np.inf)),
    )
    coverage = np.clip(found.x[:n], 0.0, 1.0)
    coverage *= min(1.0, game.defenders / max(coverage.sum(), 1e-300))
    return WindBounds(
        lower=low - found.value,
        upper=float(drift.best(uncovered - gaps * coverage, stay)[0]),
        coverage=coverage,
    )


def _layers(drift: Drift) -> list[NDArray[np.intp]]:
    """The cells other than targets where the attacker can be, for each time."""
    here = np.zeros(len(drift.here), dtype=bool)
    here[drift.start] = True
    layers = [np.flatnonzero(here)]
    for _ in range(drift.horizon):
        after = np.zeros_like(here)
        after[drift.to[:, here]] = True
        after[drift.cells] = False
        here = after
        layers.append(np.flatnonzero(here))
    return layers
