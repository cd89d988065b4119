r"""Exact linear programming on a dictionary of integers.

Maximise :math:`c^T x` over :math:`x \ge 0` with rational rows. Each row of the dictionary writes
one basic variable in terms of the nonbasic ones, as integers over one common denominator (the last
pivot), so that every update is one exact division (Edmonds 1967; Bareiss 1968). There are no
artificial variables: the dual simplex, with positive reduced costs taken as 0, finds a feasible
basis, and the primal simplex goes on from there. Pivots take the largest violation or reduced cost
until the objective stalls, then the smallest index (Bland 1977), which cannot cycle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

Rational: TypeAlias = Fraction | int
Sense: TypeAlias = Literal["<=", "==", ">="]
STALLS_BEFORE_BLAND = 40
"""Degenerate pivots in a row after which Bland's rule takes over."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Row:
    """One constraint: ``sum(coefficients[v] * x[v]) sense bound``."""

    coefficients: Mapping[int, Rational]
    sense: Sense
    bound: Rational


@dataclass(frozen=True, eq=False, kw_only=True)
class Optimum:
    """The answer of a linear program, with its proof."""

    status: Literal["optimal", "infeasible", "unbounded"]
    value: Fraction
    """The maximum; 0 unless optimal."""
    x: tuple[Fraction, ...]
    """An optimal vertex; when unbounded, a ray that improves for ever; when infeasible, empty."""
    duals: tuple[Fraction, ...]
    """One per row: at least 0 for ``<=``, at most 0 for ``>=``. When optimal, ``duals @ rows >= c``
    and ``duals @ bounds = value``; when infeasible, ``duals @ rows >= 0`` and
    ``duals @ bounds < 0``. Empty when unbounded."""


@dataclass(frozen=True, eq=False, kw_only=True)
class IntegerRow:
    """``sum(values[k] * x[variables[k]]) <= bound`` (``==`` when ``fixed``), in integers."""

    variables: tuple[int, ...]
    values: tuple[int, ...]
    bound: int
    fixed: bool
    factor: int
    """What the given row was multiplied by; negative for ``>=``. Its dual is multiplied too."""


def integer_row(row: Row) -> IntegerRow:
    """Return ``row`` without denominators and as ``<=`` or ``==``.

    >>> integer_row(Row(coefficients={2: Fraction(1, 3)}, sense=">=", bound=1)).values
    (-1,)
    """
    values = row.coefficients.values()
    factor = lcm(row.bound.denominator, *{x.denominator for x in values})
    if row.sense == ">=":
        factor = -factor
    if factor == 1:  # common, and worth the haste
        whole = tuple(x.numerator for x in values)
    else:
        whole = tuple(x.numerator * (factor // x.denominator) for x in values)
    return IntegerRow(
        variables=tuple(row.coefficients),
        values=whole,
        bound=row.bound.numerator * (factor // row.bound.denominator),
        fixed=row.sense == "==",
        factor=factor,
    )


def integers(objective: Sequence[Rational]) -> tuple[list[int], int]:
    """Return the objective without denominators, and what it was multiplied by.

    >>> integers([Fraction(1, 2), 3])
    ([1, 6], 2)
    """
    scale = lcm(*{x.denominator for x in objective})
    return [x.numerator * (scale // x.denominator) for x in objective], scale


def simplex(objective: Sequence[Rational], rows: Sequence[Row]) -> Optimum:
    """Maximise ``objective @ x`` over ``x >= 0`` subject to ``rows``, exactly.

    >>> battle = [Row(coefficients={0: 1, 1: 1}, sense="==", bound=1),
    ...           Row(coefficients={0: -1, 1: 2}, sense="<=", bound=0)]
    >>> optimum = simplex([5, 0], battle)
    >>> optimum.value, optimum.x, optimum.duals
    (Fraction(5, 1), (Fraction(1, 1), Fraction(0, 1)), (Fraction(5, 1), Fraction(0, 1)))
    """
    return simplex_all([objective], rows)[0]


def simplex_all(
    objectives: Sequence[Sequence[Rational]], rows: Sequence[Row]
) -> tuple[Optimum, ...]:
    """Maximise each objective over the same rows; each starts from the optimum of the last.

    >>> segment = [Row(coefficients={0: 1, 1: 1}, sense="==", bound=1)]
    >>> [str(optimum.value) for optimum in simplex_all([[5, 2], [-5, -2]], segment)]
    ['5', '-2']
    """
    dictionary = _Dictionary(len(objectives[0]), [integer_row(row) for row in rows])
    return tuple(dictionary.maximum(objective) for objective in objectives)


class _Dictionary:
    """Rows ``basic + sum(entry / den * nonbasic) = last entry / den``.

    Variables are 0..n-1, then one slack a row; ``columns`` and ``basis`` name the nonbasic and
    the basic ones. The slack of an equation is fixed at 0.
    """

    def __init__(self, n: int, rows: Sequence[IntegerRow]) -> None:
        self.n = n
        self.factors = [row.factor for row in rows]
        self.fixed = [False] * n + [row.fixed for row in rows]
        self.columns = list(range(n))
        self.basis = list(range(n, n + len(rows)))
        self.den = 1
        self.body: list[list[int]] = []
        for row in rows:
            line = [0] * (n + 1)
            for v, x in zip(row.variables, row.values, strict=True):
                line[v] = x
            line[n] = row.bound
            self.body.append(line)
        self.feasible = False

    def maximum(self, objective: Sequence[Rational]) -> Optimum:
        """Maximise from the present basis."""
        prices, scale = integers(objective)
        if not self.feasible:
            self.costs = [min(cost, 0) for cost in self.reduced_costs(prices)]
            violated = self.restore()
            if violated is not None:
                return self.infeasible(violated)
            self.feasible = True
        self.costs = self.reduced_costs(prices)
        unlimited = self.improve()
        return self.optimum(scale) if unlimited is None else self.unbounded(unlimited)

    def reduced_costs(self, prices: Sequence[int]) -> list[int]:
        """The objective in terms of the nonbasic variables; last, minus its value."""
        n, den = self.n, self.den
        costs = [prices[v] * den if v < n else 0 for v in self.columns] + [0]
        for line, b in zip(self.body, self.basis, strict=True):
            if b < n and prices[b]:
                price = prices[b]
                costs = [x - price * y for x, y in zip(costs, line, strict=True)]
        return costs

    def restore(self) -> int | None:
        """Dual simplex to a feasible basis; the row that cannot hold when there is none."""
        n, body, stalls = self.n, self.body, 0
        while True:
            violated = [
                r
                for r, line in enumerate(body)
                if line[n] and self.violated(line[n], self.basis[r])
            ]
            if not violated:
                self.drive_out()
                return None
            if stalls < STALLS_BEFORE_BLAND:
                row = max(violated, key=lambda r: (abs(body[r][n]), -self.basis[r]))
            else:
                row = min(violated, key=lambda r: self.basis[r])
            column = self.entering(row)
            if column is None:
                return row
            stalls = stalls + 1 if self.costs[column] == 0 else 0
            self.pivot(row, column)

    def violated(self, value: int, variable: int) -> bool:
        return value < 0 or self.fixed[variable]

    def entering(self, row: int) -> int | None:
        """The dual ratio test: the smallest ratio, ties to the smallest index."""
        line, costs = self.body[row], self.costs
        sign = 1 if line[self.n] < 0 else -1  # a fixed variable may also be too large
        best: int | None = None
        for c, v in enumerate(self.columns):
            entry = sign * line[c]
            if entry >= 0 or self.fixed[v]:
                continue
            if best is not None:
                left, right = costs[c] * line[best], costs[best] * line[c]
                left, right = sign * left, sign * right
                if left > right or (left == right and v > self.columns[best]):
                    continue
            best = c
        return best

    def drive_out(self) -> None:
        """Make fixed variables nonbasic wherever a row allows it: they are 0, nothing moves."""
        for r, b in enumerate(self.basis):
            if self.fixed[b]:
                for c, v in enumerate(self.columns):
                    if self.body[r][c] and not self.fixed[v]:
                        self.pivot(r, c)
                        break

    def improve(self) -> int | None:
        """Primal simplex to an optimum; the column that improves for ever when there is none."""
        stalls, fixed = 0, self.fixed
        while True:
            candidates = [
                c for c, v in enumerate(self.columns) if self.costs[c] > 0 and not fixed[v]
            ]
            if not candidates:
                return None
            if stalls < STALLS_BEFORE_BLAND:
                column = max(candidates, key=lambda c: (self.costs[c], -self.columns[c]))
            else:
                column = min(candidates, key=lambda c: self.columns[c])
            row = self.leaving(column)
            if row is None:
                return column
            stalls = stalls + 1 if self.body[row][self.n] == 0 else 0
            self.pivot(row, column)

    def leaving(self, column: int) -> int | None:
        """The primal ratio test: the smallest ratio, ties to the smallest index."""
        n, best = self.n, None
        for r, line in enumerate(self.body):
            if line[column] <= 0:
                continue
            if best is not None:
                left = line[n] * self.body[best][column]
                right = self.body[best][n] * line[column]
                if left > right or (left == right and self.basis[r] > self.basis[best]):
                    continue
            best = r
        return best

    def pivot(self, row: int, column: int) -> None:
        """Exchange the basic variable of ``row`` and the nonbasic one of ``column``."""
        body, den = self.body, self.den
        source, pivot, sign = body[row], body[row][column], 1
        if pivot < 0:
            source, pivot, sign = [-x for x in source], -pivot, -1
        for r, line in enumerate(body):
            if r != row:
                body[r] = _eliminate(line, source, column, pivot, den, sign)
        self.costs = _eliminate(self.costs, source, column, pivot, den, sign)
        source = source.copy()
        source[column] = sign * den
        body[row] = source
        self.den = pivot
        self.basis[row], self.columns[column] = self.columns[column], self.basis[row]

    def optimum(self, scale: int) -> Optimum:
        x = [Fraction(0)] * self.n
        for line, b in zip(self.body, self.basis, strict=True):
            if b < self.n:
                x[b] = Fraction(line[self.n], self.den)
        duals = [Fraction(0)] * len(self.factors)
        for cost, v in zip(self.costs, self.columns, strict=False):
            if v >= self.n:
                r = v - self.n
                duals[r] = Fraction(-cost * self.factors[r], self.den * scale)
        value = -Fraction(self.costs[self.n], self.den * scale)
        return Optimum(status="optimal", value=value, x=tuple(x), duals=tuple(duals))

    def infeasible(self, row: int) -> Optimum:
        """The violated row is a sum of the given rows: its slack coefficients are the proof."""
        line, duals = self.body[row], [Fraction(0)] * len(self.factors)
        sign = 1 if line[self.n] < 0 else -1
        entries = [(self.basis[row], self.den), *zip(self.columns, line, strict=False)]
        for v, entry in entries:
            if v >= self.n:
                duals[v - self.n] = Fraction(sign * entry * self.factors[v - self.n])
        return Optimum(status="infeasible", value=Fraction(0), x=(), duals=tuple(duals))

    def unbounded(self, column: int) -> Optimum:
        ray = [Fraction(0)] * self.n
        if self.columns[column] < self.n:
            ray[self.columns[column]] = Fraction(1)
        for line, b in zip(self.body, self.basis, strict=True):
            if b < self.n:
                ray[b] = -Fraction(line[column], self.den)
        return Optimum(status="unbounded", value=Fraction(0), x=tuple(ray), duals=())


def _eliminate(
    line: list[int], source: list[int], column: int, pivot: int, den: int, sign: int
) -> list[int]:
    """The row ``line`` after a pivot: exactly divisible by the old denominator ``den``."""
    factor = line[column]
    if factor == 0:
        return line if pivot == den else [pivot * x // den for x in line]
    if den == 1:
        line = [pivot * x - factor * y for x, y in zip(line, source, strict=True)]
    else:
        line = [(pivot * x - factor * y) // den for x, y in zip(line, source, strict=True)]
    line[column] = -sign * factor
    return line
