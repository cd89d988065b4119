r"""The multiple LPs of a game by a dual simplex method that pivots many of them at once.

The program of the follower action j is: maximise :math:`A_j^T x` over the simplex subject to
:math:`(B_k - B_j)^T x \le 0` for all k. Its dual starts feasible at :math:`\lambda = 0`, the bound
:math:`\max_i A_{ij}`, and every pivot lowers the bound; so a program can be left as soon as its
bound is low enough, and few of its rows ever enter. One pivot of a batch of programs is a handful
of array operations, which is what makes it fast in Python.

Of each program only the rows in use are kept: ``tight`` actions ``k_1 .. k_r`` and ``support``
actions ``i_0 .. i_r``, with the inverse of the basis whose row 0 sums the weights to 1 and whose
row t holds :math:`B_{i k_t} - B_{ij}`. Slot 0, and every slot not in use, names k = j, whose row is
0; so no masks are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    Indices: TypeAlias = NDArray[np.intp]

FEASIBLE = 1e-10
"""Largest negative weight, and largest gain of the follower from another action, that count as
rounding; payoffs range over 1. Rounding itself is about 1e-13."""
PIVOT = 1e-9
"""Smallest entry to pivot on, in units of the payoff range."""
TIE = 1e-13
"""Costs below this, in units of the leader's payoff range, count as 0 in the ratio test."""
STALLS = 8
"""Pivots in a row that leave a bound where it is, before its costs are perturbed."""
PERTURBATION = 1e-11
"""Largest perturbation of a cost, in units of the leader's payoff range."""
MIN_SLOTS = 7
CHUNK = 64
"""Programs whose multipliers are computed together: bounds the memory."""


class DualSimplex:
    """The programs of all follower actions of one game.

    Parameters
    ----------
    leader_columns : array, shape (n, m)
        The leader's payoffs, transposed, scaled to range over 1.
    follower : array, shape (m, n)
        The follower's payoffs, scaled to range over 1.
    follower_columns : array, shape (n, m)
        The same, transposed. All three in C order.
    """

    def __init__(
        self, leader_columns: FloatArray, follower: FloatArray, follower_columns: FloatArray
    ) -> None:
        n = len(leader_columns)
        self.leader_columns = leader_columns
        self.follower = follower
        self.follower_columns = follower_columns
        top = leader_columns.argmax(axis=1)
        self.bounds: FloatArray = leader_columns[np.arange(n), top]
        """Upper bounds of the programs, shape (n,)."""
        self.rays: dict[int, dict[int, float]] = {}
        """Multipliers that settle an infeasible program."""
        self.pivots = np.zeros(n, dtype=np.intp)
        """Pivots spent on each program."""
        self._stalls = np.zeros(n, dtype=np.intp)
        self._reduced = np.empty_like(leader_columns)  # reduced costs, from the first pivot on
        self._support = np.zeros((n, MIN_SLOTS), dtype=np.intp)
        self._support[:, 0] = top
        self._tight = np.repeat(np.arange(n)[:, None], MIN_SLOTS, axis=1)
        self._inverse = np.zeros((n, MIN_SLOTS, MIN_SLOTS))
        self._inverse[:, 0, 0] = 1.0
        self._block = np.empty(0)

    def basis(self, j: int) -> tuple[list[int], list[int]]:
        """Support and tight actions of the basis of program j."""
        used = self._tight[j] != j
        tight: list[int] = self._tight[j, used].tolist()
        used[0] = True
        support: list[int] = self._support[j, used].tolist()
        return support, tight

    def multipliers(self) -> list[dict[int, float]]:
        """The nonzero multipliers that prove the bounds, per program."""
        rows: list[dict[int, float]] = [{} for _ in self.bounds]
        touched = np.flatnonzero(self.pivots)
        for columns in np.split(touched, range(CHUNK, len(touched), CHUNK)):
            costs = self.leader_columns[columns[:, None], self._support[columns]]
            prices = np.matmul(costs[:, None], self._inverse[columns])[:, 0]
            for j, tight, weights in zip(
                columns.tolist(), self._tight[columns], prices, strict=True
            ):
                rows[j] = _positive(tight, weights, j)
        for j, row in self.rays.items():
            rows[j] = row
        return rows

    def pivot(self, columns: Indices, target: float) -> NDArray[np.bool_]:
        """Pivot once in each of the programs; say which of them were optimal already.

        An infeasible program is settled by a ray that brings its bound down to ``target``.
        """
        size = self._reserve(columns)
        support = self._support[columns, :size]
        inverse = self._inverse[columns, :size, :size]
        weights = inverse[:, :, 0]
        payoffs = np.matmul(weights[:, None], self._take(self.follower, support))[:, 0]
        batch = np.arange(len(columns))
        reply = payoffs.argmax(axis=1)
        gain = payoffs[batch, reply] - payoffs[batch, columns]
        lowest = weights.argmin(axis=1)
        deficit = -weights[batch, lowest]
        optimal: NDArray[np.bool_] = (gain <= FEASIBLE) & (deficit <= FEASIBLE)
        if optimal.any():
            if not optimal.all():
                self.pivot(columns[~optimal], target)
            return optimal
        owner = columns[:, None]
        tight = self._tight[columns, :size]
        prices = np.matmul(self.leader_columns[owner, support][:, None], inverse)[:, 0]

        # What leaves the basis: the slack of the best reply (in a free slot) or a negative weight.
        free = (tight[:, 1:] == owner).argmax(axis=1) + 1
        entries = self.follower[support, owner] - self.follower[support, reply[:, None]]
        fresh = np.matmul(entries[:, None], inverse)[:, 0]
        fresh[batch, free] = 1.0
        added = gain > deficit
        slot = np.where(added, free, lowest)
        row = np.where(added[:, None], fresh, inverse[batch, slot])
        inverse[batch, slot] = row
        tight[batch, slot] = np.where(added, reply, tight[batch, slot])

        action, own = self._entering(columns, tight, row, prices, target)
        slack = np.flatnonzero(own)
        column = self.follower[action[:, None], tight] - self.follower[action, columns][:, None]
        column[:, 0] = 1.0
        column = np.matmul(inverse, column[:, :, None])[:, :, 0]
        column[slack] = inverse[slack, :, own[slack]]
        pivot = column[batch, slot]
        row = row / np.where(pivot == 0.0, 1.0, pivot)[:, None]
        inverse -= column[:, :, None] * row[:, None]
        inverse[batch, slot] = row
        support[batch, slot] = action
        if len(slack):  # a slack belongs in the slot of its row, which is free from then on
            own, new = own[slack], slot[slack]
            inverse[slack, new], support[slack, new] = inverse[slack, own], support[slack, own]
            inverse[slack, own], inverse[slack, :, own] = 0.0, 0.0
            tight[slack, own] = columns[slack]
        self._support[columns, :size] = support
        self._tight[columns, :size] = tight
        self._inverse[columns, :size, :size] = inverse
        return optimal

    def _entering(
        self,
        columns: Indices,
        tight: Indices,
        row: FloatArray,
        prices: FloatArray,
        target: float,
    ) -> tuple[Indices, Indices]:
        """The ratio test: the leader action that enters, and the slot of the slack if that does.

        Costs below ``TIE`` are tied, and among ties the largest pivot wins, for its accuracy.
        """
        batch = np.arange(len(columns))
        combination = -row
        combination[:, 0] = row[:, 1:].sum(axis=1)  # its weight on the row of j itself
        rows = self._take(self.follower_columns, tight)
        falls = np.matmul(combination[:, None], rows)[:, 0]  # of the reduced costs, a unit step
        falls -= row[:, :1]
        costs = self._reduced[columns]
        fresh = np.flatnonzero(self.pivots[columns] == 0)
        costs[fresh] = self.bounds[columns[fresh], None] - self.leader_columns[columns[fresh]]
        speeds = falls / np.maximum(costs, TIE)
        action = speeds.argmax(axis=1)
        slot_speeds = row / -np.maximum(prices, TIE)
        slot_speeds[:, 0] = -np.inf
        own = slot_speeds.argmax(axis=1)
        own[slot_speeds[batch, own] <= speeds[batch, action]] = 0
        fall = np.where(own > 0, -row[batch, own], falls[batch, action])
        cost = np.where(own > 0, prices[batch, own], costs[batch, action])
        bounds = self.bounds[columns]
        for w in np.flatnonzero(fall <= PIVOT).tolist():  # all too small, or the wrong one chosen
            entry = np.concatenate((falls[w], [0.0], -row[w, 1:]))
            reduced = np.concatenate((costs[w], prices[w]))
            q = int(np.where(entry > PIVOT, entry / np.maximum(reduced, TIE), 0.0).argmax())
            action[w], own[w] = (q, 0) if q < costs.shape[1] else (0, q - costs.shape[1])
            fall[w], cost[w] = entry[q], reduced[q]
            if entry[q] <= PIVOT:
                j, length = int(columns[w]), (bounds[w] - target) / -row[w, 0]
                self.rays[j] = _positive(tight[w], prices[w] + length * row[w], j)
                bounds[w], fall[w], cost[w] = -np.inf, 1.0, 0.0
        step = np.maximum(cost, 0.0) / fall
        drop = -step * row[:, 0]
        self.bounds[columns] = bounds - drop
        self._reduced[columns] = costs - step[:, None] * falls
        self.pivots[columns] += 1
        stalls = np.where(drop > TIE, 0, self._stalls[columns] + 1)
        self._stalls[columns] = stalls % STALLS
        for j in columns[stalls >= STALLS].tolist():
            rng = np.random.default_rng(int(self.pivots[j]))
            self._reduced[j] += PERTURBATION * rng.random(costs.shape[1])
        return action, own

    def _reserve(self, columns: Indices) -> int:
        """Slots that the programs use, and a free one."""
        used = (self._tight[columns] != columns[:, None]).any(axis=0)
        size = 2 + int(np.flatnonzero(used)[-1]) if used.any() else 2
        capacity = len(used)
        if size > capacity:
            n = len(self.bounds)
            support = np.zeros((n, 2 * capacity), dtype=np.intp)
            tight = np.repeat(np.arange(n)[:, None], 2 * capacity, axis=1)
            inverse = np.zeros((n, 2 * capacity, 2 * capacity))
            support[:, :capacity], tight[:, :capacity] = self._support, self._tight
            inverse[:, :capacity, :capacity] = self._inverse
            self._support, self._tight, self._inverse = support, tight, inverse
        return size

    def _take(self, matrix: FloatArray, rows: Indices) -> FloatArray:
        """``matrix[rows]`` in one reused block of memory: it is overwritten by the next call."""
        shape = (*rows.shape, matrix.shape[1])
        count = rows.size * matrix.shape[1]
        if len(self._block) < count:
            self._block = np.empty(count)
        block = self._block[:count].reshape(shape)
        return matrix.take(rows, axis=0, out=block, mode="clip")


def _positive(tight: Indices, weights: FloatArray, j: int) -> dict[int, float]:
    """The positive weights of follower actions other than j."""
    pairs = zip(tight.tolist(), weights.tolist(), strict=True)
    return {k: weight for k, weight in pairs if k != j and weight > 0}
