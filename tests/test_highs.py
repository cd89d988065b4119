"""The wrapper of HiGHS: its conventions, and that an unfinished run is not an answer."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.lp import highs
from solvers.lp.highs import Highs
from stackel.errors import NoSolutionError

ROWS = np.array([[1.0, 1.0], [-1.0, 2.0]])


def test_optimum_has_its_duals_and_basis() -> None:
    # battle of the sexes as a commitment: all weight on the first row, worth 5
    answer = Highs().maximize([5.0, 0.0], ROWS, [1.0, -np.inf], [1.0, 0.0])
    assert answer.status == "optimal"
    assert answer.value == pytest.approx(5)
    assert answer.x == pytest.approx([1, 0])
    assert answer.duals == pytest.approx([5, 0])
    assert (answer.basic_columns, answer.tight_rows) == ([0], [0])


def test_duals_of_lower_bounds_are_negative() -> None:
    answer = Highs().maximize([-3.0, -1.0], np.eye(2), [2.0, 4.0], [np.inf, np.inf])
    assert answer.value == pytest.approx(-10)
    assert answer.duals == pytest.approx([-3, -1])


def test_infeasible_program_has_a_ray() -> None:
    rows, lower, upper = np.array([[1.0, 1.0], [1.0, 2.0]]), [1.0, -np.inf], [1.0, 0.0]
    answer = Highs().maximize([1.0, 0.0], rows, lower, upper)
    assert answer.status == "infeasible"
    assert (answer.duals @ rows >= 0).all()
    assert answer.duals @ np.array(upper) < 0


def test_unbounded_program_is_no_failure() -> None:
    answer = Highs().maximize([1.0, 0.0], np.array([[0.0, 1.0]]), [0.0], [1.0])
    assert answer.status == "unbounded"
    assert np.isnan(answer.value)


def test_sparse_rows_are_the_dense_ones() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    dense = Highs().maximize([5.0, 0.0], ROWS, [1.0, -np.inf], [1.0, 0.0])
    again = Highs().maximize([5.0, 0.0], sparse.csr_matrix(ROWS), [1.0, -np.inf], [1.0, 0.0])
    assert again.x == pytest.approx(dense.x)


def test_one_instance_solves_program_after_program() -> None:
    highs = Highs()
    rows = np.ones((1, 3))
    first = highs.maximize([1.0, 2.0, 3.0], rows, [1.0], [1.0])
    again = highs.maximize([1.0, 2.0, 2.5], rows, [1.0], [1.0], start=first.basis)
    smaller = highs.maximize([7.0], np.ones((1, 1)), [1.0], [1.0])
    assert [first.value, again.value, smaller.value] == pytest.approx([3, 2.5, 7])


def test_slices_of_time_reach_the_same_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    payoffs = np.random.default_rng(0).uniform(1, 2, (80, 80))
    rows, upper = payoffs, np.ones(80)
    whole = Highs().maximize(np.ones(80), rows, np.full(80, -np.inf), upper)
    monkeypatch.setattr(highs, "SLICE", 1e-4)
    sliced = Highs().maximize(np.ones(80), rows, np.full(80, -np.inf), upper)
    assert sliced.value == pytest.approx(whole.value, rel=1e-9)


def test_unfinished_run_raises() -> None:
    highs = Highs()
    highs._highs.setOptionValue("simplex_iteration_limit", 0)
    with pytest.raises(NoSolutionError, match="must finish"):
        highs.maximize([5.0, 0.0], ROWS, [1.0, -np.inf], [1.0, 0.0])


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    Highs().maximize([5.0, 0.0], ROWS, [1.0, -np.inf], [1.0, 0.0])
    assert capfd.readouterr() == ("", "")
