"""Every linear-programming engine proves its own answers: optima, Farkas rays, unbounded rays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from solvers import lp
from solvers.lp import highs, maximize, maximize_all
from solvers.lp.revised import Revised
from solvers.lp.simplex import Optimum, Row, integer_row, integers, simplex, simplex_all
from stackel.errors import NoSolutionError

Engine = Callable[[list[Fraction], list[Row]], Optimum]


def _random_program(seed: int) -> tuple[list[Fraction], list[Row]]:
    """Small, often degenerate, infeasible or unbounded; sometimes badly scaled."""
    rng = Random(seed)
    n, count, size = rng.randint(1, 6), rng.randint(0, 7), rng.choice([1, 2, 9])
    far = rng.choice([0, 0, 12])
    rows = [
        Row(
            coefficients={
                v: Fraction(rng.randint(-size, size), rng.choice([1, 1, 2, 3]))
                * Fraction(10) ** rng.randint(-far, far)
                for v in range(n)
                if rng.random() < 0.8
            },
            sense=rng.choice(["<=", "<=", "==", ">="]),
            bound=Fraction(rng.randint(-size, size), rng.choice([1, 2])),
        )
        for _ in range(count)
    ]
    if rows and rng.random() < 0.3:  # redundant equations
        rows += [replace(rng.choice(rows), sense="==")] * 2
    return [Fraction(rng.randint(-size, size)) for _ in range(n)], rows


def _from_random_basis(objective: list[Fraction], rows: list[Row]) -> Optimum:
    """The revised simplex started anywhere at all, as if the float solver had gone astray."""
    rng, n = Random(len(rows)), len(objective)
    whole = [integer_row(row) for row in rows]
    exact = Revised(n, whole)
    exact.start(
        rng.sample(range(n), rng.randint(0, n)),
        rng.sample(range(len(rows)), rng.randint(0, len(rows))),
    )
    prices, scale = integers(objective)
    answer = exact.maximum(prices)
    scale = scale if answer.status == "optimal" else 1
    duals = [y * row.factor / scale for y, row in zip(answer.duals, whole, strict=False)]
    return replace(answer, value=answer.value / scale, duals=tuple(duals))


def _through_floats(objective: list[Fraction], rows: list[Row]) -> Optimum:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lp, "SMALL", -1)
        return maximize(objective, rows)


def _holds(row: Row, x: tuple[Fraction, ...], bound: Fraction | int) -> bool:
    left = sum((a * x[v] for v, a in row.coefficients.items()), start=Fraction(0))
    return {"<=": left <= bound, "==": left == bound, ">=": left >= bound}[row.sense]


def _check(objective: list[Fraction], rows: list[Row], answer: Optimum) -> None:
    """The answer's proof, from the definitions."""
    if answer.status == "unbounded":
        assert min(answer.x) >= 0
        assert sum(c * x for c, x in zip(objective, answer.x, strict=True)) > 0
        assert all(_holds(row, answer.x, 0) for row in rows)
        return
    for y, row in zip(answer.duals, rows, strict=True):
        assert row.sense == "==" or (y >= 0 if row.sense == "<=" else y <= 0)
    priced = [
        sum(y * row.coefficients.get(v, 0) for y, row in zip(answer.duals, rows, strict=True))
        for v in range(len(objective))
    ]
    paid = sum(y * row.bound for y, row in zip(answer.duals, rows, strict=True))
    if answer.status == "infeasible":
        assert all(x >= 0 for x in priced)
        assert paid < 0
    else:
        assert all(x >= c for x, c in zip(priced, objective, strict=True))
        assert paid == answer.value == sum(c * x for c, x in zip(objective, answer.x, strict=True))
        assert min(answer.x) >= 0
        assert all(_holds(row, answer.x, row.bound) for row in rows)


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(simplex, id="dictionary"),
        pytest.param(_through_floats, id="floats-then-exact"),
        pytest.param(_from_random_basis, id="repair-of-a-random-basis"),
    ],
)
@given(seed=st.integers(0, 2**32))
def test_every_status_comes_with_its_proof(engine: Engine, seed: int) -> None:
    objective, rows = _random_program(seed)
    answer = engine(objective, rows)
    _check(objective, rows, answer)
    if answer.status == "unbounded":
        assert engine([Fraction(0)] * len(objective), rows).status == "optimal"


@given(st.integers(0, 2**32), st.sampled_from([-1, 10**9]))
def test_objectives_that_share_rows_each_get_their_own_proof(seed: int, small: int) -> None:
    objective, rows = _random_program(seed)
    objectives = [objective, [-c for c in objective], [Fraction(1)] * len(objective)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lp, "SMALL", small)
        answers = maximize_all(objectives, rows)
    for each, answer in zip(objectives, answers, strict=True):
        _check(each, rows, answer)


def test_beale_example_does_not_cycle() -> None:
    # Beale (1955): the largest-coefficient rule cycles here; the optimum is 1/20
    quarter, hundredth = Fraction(1, 4), Fraction(1, 25)
    rows = [
        Row(coefficients={0: quarter, 1: -60, 2: -hundredth, 3: 9}, sense="<=", bound=0),
        Row(
            coefficients={0: Fraction(1, 2), 1: -90, 2: -Fraction(1, 50), 3: 3}, sense="<=", bound=0
        ),
        Row(coefficients={2: 1}, sense="<=", bound=1),
    ]
    objective = [Fraction(3, 4), Fraction(-150), Fraction(1, 50), Fraction(-6)]
    assert simplex(objective, rows).value == Fraction(1, 20)
    assert _from_random_basis(objective, rows).value == Fraction(1, 20)


def test_a_hair_below_float_tolerance_still_decides() -> None:
    # x0 <= x1 and x0 >= (1 + 1e-15) x1 leave only 0, which floats cannot see
    hair = 1 + Fraction(1, 10**15)
    rows = [
        Row(coefficients={0: 1, 1: -1}, sense="<=", bound=0),
        Row(coefficients={0: 1, 1: -hair}, sense=">=", bound=0),
        Row(coefficients={0: 1, 1: 1}, sense="<=", bound=2),
    ]
    assert _through_floats([Fraction(1), Fraction(1)], rows).value == 0
    impossible = [*rows, Row(coefficients={0: 1, 1: 1}, sense="==", bound=1)]
    answer = _through_floats([Fraction(0), Fraction(0)], impossible)
    assert answer.status == "infeasible"
    _check([Fraction(0), Fraction(0)], impossible, answer)


def test_a_solver_failure_is_not_infeasibility(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NoSolutionError("no answer in time")

    monkeypatch.setattr(highs.Highs, "maximize", fail)
    rows = [Row(coefficients={0: 1, 1: 2}, sense="<=", bound=3)]
    answer = _through_floats([Fraction(1), Fraction(1)], rows)
    assert answer.status == "optimal"
    assert answer.value == 3


def test_larger_programs_match_an_independent_float_solver() -> None:
    rng = np.random.default_rng(3)
    for shape in [(40, 60), (60, 40)]:
        matrix = rng.integers(-9, 10, shape)
        objective = rng.integers(-9, 10, shape[1])
        bounds = rng.integers(0, 10, shape[0])
        rows = [
            Row(coefficients=dict(enumerate(line)), sense="<=", bound=bound)
            for line, bound in zip(matrix.tolist(), bounds.tolist(), strict=True)
        ]
        rows.append(Row(coefficients=dict.fromkeys(range(shape[1]), 1), sense="<=", bound=100))
        prices = [Fraction(c) for c in objective.tolist()]
        answer = maximize(prices, rows)
        _check(prices, rows, answer)
        full = np.vstack([matrix, np.ones(shape[1])])
        other = linprog(-objective, A_ub=full, b_ub=[*bounds, 100])
        assert other.fun is not None
        assert float(answer.value) == pytest.approx(-other.fun, rel=1e-7)


def test_dictionary_and_revised_simplex_agree_on_shared_objectives() -> None:
    square = [Row(coefficients={v: 1}, sense="<=", bound=1) for v in range(3)]
    objectives = [[1, 2, 3], [-1, -1, -1], [0, 0, 1]]
    assert [o.value for o in simplex_all(objectives, square)] == [6, 0, 1]
