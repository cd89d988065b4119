r"""Exact revised simplex from any basis, on sparse integer rows, with python-flint.

A basis is the set of basic variables S and the set of tight rows T (whose slacks are nonbasic);
its kernel, the rows T and columns S of the matrix, is square. Every quantity of a pivot is one
exact solve with the kernel (Dixon's p-adic lifting), so a basis that is already optimal, as a
float solver's mostly is, costs two solves: that is the exact proof. One that is not, because of
ties, rounding or bad scaling, is repaired by a few pivots: the dual simplex, with positive reduced
costs shifted away, then the primal simplex. Stalls end in Bland's rule, so the method always ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from operator import mul
from typing import Any, TypeAlias

import flint

from solvers.lp.simplex import STALLS_BEFORE_BLAND, IntegerRow, Optimum

PRIME = (1 << 61) - 1
"""Modulus of the rank test; an unlucky one only costs pivots."""

Vector: TypeAlias = Mapping[int, int]
"""Sparse integers: index -> entry."""


class Revised:
    """A linear program and a current basis. Variables: 0..n-1, then the slack of row r at n + r."""

    def __init__(self, n: int, rows: Sequence[IntegerRow]) -> None:
        self.n, self.rows = n, rows
        self.bounds = {r: row.bound for r, row in enumerate(rows) if row.bound}
        self.basic: list[int] = []
        self.tight: list[int] = []
        self.kernel = flint.fmpz_mat(0, 0)

    def start(self, basic: Iterable[int], tight: Iterable[int]) -> None:
        """Take over a basis; what is dependent in it is left out."""
        self.basic, self.tight = sorted(basic), sorted(tight)
        self.kernel = self._kernel()
        kernel = flint.nmod_mat(self.kernel, PRIME)
        columns, rows = _pivots(kernel), _pivots(kernel.transpose())
        if not len(columns) == len(self.basic) == len(self.tight):
            self.basic = [self.basic[c] for c in columns]
            self.tight = [self.tight[r] for r in rows]
            self.kernel = self._kernel()

    def maximum(self, prices: Sequence[int]) -> Optimum:
        """Maximise ``prices @ x`` from the current basis; values and duals of the integer rows."""
        prices = [*prices, *[0] * len(self.rows)]
        values, den, ray = self._restore(prices)
        if ray is not None:
            return Optimum(status="infeasible", value=Fraction(0), x=(), duals=ray)
        stalls = 0
        while True:
            (multipliers,), scale = self._multipliers([prices])
            reduced = self._reduced(prices, multipliers, scale)
            if not reduced:
                break
            entering = (
                max(reduced, key=lambda v: (reduced[v], -v))
                if stalls < STALLS_BEFORE_BLAND
                else min(reduced)
            )
            (values, move), den = self._basic_values([self.bounds, self._column(entering)])
            leaving = self._primal_ratio(values, move)
            if leaving is None:
                return self._unbounded(entering, move, den)
            stalls = stalls + 1 if values[leaving] == 0 else 0
            self._exchange(entering, leaving)
            values = {}
        if not values:
            (values,), den = self._basic_values([self.bounds])
        x = tuple(Fraction(values.get(v, 0), den) for v in range(self.n))
        value = sum((c * y for c, y in zip(prices, x, strict=False) if y), start=Fraction(0))
        return Optimum(
            status="optimal",
            value=value,
            x=x,
            duals=tuple(Fraction(y, scale) for y in multipliers),
        )

    def _restore(
        self, prices: Sequence[int]
    ) -> tuple[dict[int, int], int, tuple[Fraction, ...] | None]:
        """Dual simplex to a feasible basis: its values and denominator, or a proof of none."""
        shifted: list[int] = []
        stalls = 0
        while True:
            (values,), den = self._basic_values([self.bounds])
            violated = {v: abs(x) for v, x in values.items() if x < 0 or (x and self._fixed(v))}
            if not violated:
                self._drive_out()
                return values, den, None
            if not shifted:
                (multipliers,), scale = self._multipliers([prices])
                shifted = list(prices)
                for v, d in self._reduced(prices, multipliers, scale).items():
                    shifted[v] += -d // scale
            leaving = (
                max(violated, key=lambda v: (violated[v], -v))
                if stalls < STALLS_BEFORE_BLAND
                else min(violated)
            )
            sign = 1 if values[leaving] < 0 else -1
            (multipliers, row), scale = self._multipliers([shifted, {leaving: 1}])
            entering, stalled = self._dual_ratio(shifted, multipliers, row, sign, scale)
            if entering is None:
                return values, den, tuple(Fraction(sign * y, scale) for y in row)
            stalls = stalls + 1 if stalled else 0
            self._exchange(entering, leaving)

    def _drive_out(self) -> None:
        """Make fixed slacks nonbasic wherever a pivot allows it: they are 0, nothing moves."""
        for r, row in enumerate(self.rows):
            if row.fixed and r not in set(self.tight):
                (multipliers,), _ = self._multipliers([{self.n + r: 1}])
                entries = self._priced(multipliers)
                for v in self._nonbasic():
                    if entries[v]:
                        self._exchange(v, self.n + r)
                        break

    def _dual_ratio(
        self,
        prices: Sequence[int],
        multipliers: Sequence[int],
        row: Sequence[int],
        sign: int,
        scale: int,
    ) -> tuple[int | None, bool]:
        """The variable that enters, and whether the dual objective stalls."""
        priced, entries = self._priced(multipliers), self._priced(row)
        best: int | None = None
        cost, entry = 0, 1
        for v in self._nonbasic():
            e = -sign * entries[v]
            if e > 0:
                c = priced[v] - prices[v] * scale  # at least 0
                if best is None or c * entry < cost * e:
                    best, cost, entry = v, c, e
        return best, cost == 0

    def _primal_ratio(self, values: Vector, move: Vector) -> int | None:
        """The variable that leaves; a fixed one, at 0, whichever way it would move."""
        best: int | None = None
        for v in sorted(move):
            step = move[v]
            if step and self._fixed(v):
                return v
            if step > 0 and (best is None or values[v] * move[best] < values[best] * step):
                best = v
        return best

    def _fixed(self, variable: int) -> bool:
        return variable >= self.n and self.rows[variable - self.n].fixed

    def _nonbasic(self) -> list[int]:
        """The nonbasic variables that may enter, in increasing order."""
        basic = set(self.basic)
        structural = [v for v in range(self.n) if v not in basic]
        return structural + [self.n + r for r in self.tight if not self.rows[r].fixed]

    def _reduced(
        self, prices: Sequence[int], multipliers: Sequence[int], scale: int
    ) -> dict[int, int]:
        """The positive reduced costs of the variables that may enter, times ``scale``."""
        priced = self._priced(multipliers)
        costs = {v: prices[v] * scale - priced[v] for v in self._nonbasic()}
        return {v: d for v, d in costs.items() if d > 0}

    def _priced(self, multipliers: Sequence[int]) -> list[int]:
        """``multipliers @ [rows | slacks]``."""
        total = [0] * self.n
        for y, row in zip(multipliers, self.rows, strict=True):
            if y:
                for v, x in zip(row.variables, row.values, strict=True):
                    total[v] += y * x
        return [*total, *multipliers]

    def _column(self, variable: int) -> Vector:
        """The column of ``[rows | slacks]`` of one variable."""
        if variable >= self.n:
            return {variable - self.n: 1}
        return {
            r: row.values[row.variables.index(variable)]
            for r, row in enumerate(self.rows)
            if variable in row.variables
        }

    def _kernel(self) -> flint.fmpz_mat:
        """Rows T and columns S of the matrix."""
        position = {v: c for c, v in enumerate(self.basic)}
        k = len(self.basic)
        entries = [0] * (len(self.tight) * k)
        for i, r in enumerate(self.tight):
            row = self.rows[r]
            for v, x in zip(row.variables, row.values, strict=True):
                if v in position:
                    entries[i * k + position[v]] = x
        return flint.fmpz_mat(len(self.tight), k, entries)

    def _solve(self, right: list[list[int]], *, transposed: bool) -> tuple[list[list[int]], int]:
        """Solve with the kernel for several right-hand sides; over one positive denominator."""
        k, count = len(self.basic), len(right)
        if k == 0:
            return [[] for _ in right], 1
        kernel = self.kernel.transpose() if transposed else self.kernel
        flat = [x for entries in zip(*right, strict=True) for x in entries]
        solution: Any = kernel.solve(flint.fmpz_mat(k, count, flat))
        numerator, denominator = solution.numer_denom()
        solved = [int(x) for x in numerator.entries()]
        return [solved[c::count] for c in range(count)], int(denominator)

    def _basic_values(self, columns: Sequence[Vector]) -> tuple[list[dict[int, int]], int]:
        """Each column in terms of the basis: basic variable -> value, over one denominator."""
        solved, den = self._solve(
            [[column.get(r, 0) for r in self.tight] for column in columns], transposed=False
        )
        tight, answers = set(self.tight), []
        for column, entries in zip(columns, solved, strict=True):
            full = [0] * self.n
            for v, x in zip(self.basic, entries, strict=True):
                full[v] = x
            values = dict(zip(self.basic, entries, strict=True))
            for r, row in enumerate(self.rows):
                if r not in tight:
                    used = sum(map(mul, row.values, map(full.__getitem__, row.variables)))
                    values[self.n + r] = column.get(r, 0) * den - used
            answers.append(values)
        return answers, den

    def _multipliers(self, costs: Sequence[Vector | Sequence[int]]) -> tuple[list[list[int]], int]:
        """Row multipliers that price the basic variables at ``costs``, over one denominator."""
        n, tight = self.n, set(self.tight)
        right, loose = [], []
        for cost in costs:
            of = cost.get if isinstance(cost, Mapping) else cost.__getitem__
            slack = {r: of(n + r) or 0 for r in range(len(self.rows)) if r not in tight}
            target = {v: of(v) or 0 for v in self.basic}
            for r, y in slack.items():
                if y:
                    for v, x in zip(self.rows[r].variables, self.rows[r].values, strict=True):
                        if v in target:
                            target[v] -= y * x
            right.append(list(target.values()))
            loose.append(slack)
        solved, den = self._solve(right, transposed=True)
        answers = []
        for slack, entries in zip(loose, solved, strict=True):
            multipliers = [slack.get(r, 0) * den for r in range(len(self.rows))]
            for r, y in zip(self.tight, entries, strict=True):
                multipliers[r] = y
            answers.append(multipliers)
        return answers, den

    def _exchange(self, entering: int, leaving: int) -> None:
        """One pivot: ``entering`` becomes basic, ``leaving`` nonbasic."""
        n = self.n
        if leaving < n:
            self.basic.remove(leaving)
        else:
            self.tight.append(leaving - n)
        if entering < n:
            self.basic.append(entering)
        else:
            self.tight.remove(entering - n)
        self.kernel = self._kernel()

    def _unbounded(self, entering: int, move: Vector, den: int) -> Optimum:
        ray = [Fraction(-move.get(v, 0), den) for v in range(self.n)]
        if entering < self.n:
            ray[entering] = Fraction(1)
        return Optimum(status="unbounded", value=Fraction(0), x=tuple(ray), duals=())


def _pivots(matrix: flint.nmod_mat) -> list[int]:
    """The leftmost independent columns."""
    reduced, rank = matrix.rref()
    columns, c = [], 0
    for r in range(rank):
        while int(reduced[r, c]) == 0:
            c += 1
        columns.append(c)
        c += 1
    return columns
