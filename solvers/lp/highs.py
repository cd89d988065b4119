r"""Linear programs in floating point, by HiGHS: one thread, no output, simplex.

Maximise :math:`c^T x` subject to ``lower <= M x <= upper`` and bounds on x. The duals keep the
convention of the exact simplex: at least 0 where a row is held by its upper bound, at most 0 where
by its lower one, and ``duals @ rows >= 0`` with ``duals @ bounds < 0`` prove infeasibility.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import highspy
import numpy as np

from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

FEASIBILITY = 1e-9
"""Primal and dual feasibility asked of HiGHS, in units of the rows and costs as given."""
SLICE = 1.0
"""Seconds that HiGHS runs before Python looks for an interruption, at first."""

Basis: TypeAlias = tuple[list[Any], list[Any]]
"""HiGHS's status of each column and of each row; opaque, only passed back to start from."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FloatLp:
    """The answer of a linear program in floats, with its duals."""

    status: Literal["optimal", "infeasible", "unbounded"]
    value: float
    """The maximum; nan unless optimal."""
    x: FloatArray
    """The optimal vertex, shape (columns,); empty unless optimal."""
    duals: FloatArray
    """Of the rows, shape (rows,); when infeasible, a ray that proves it; empty when unbounded."""
    basic_columns: list[int]
    """Columns in the basis."""
    tight_rows: list[int]
    """Rows held at a bound: those whose slack is not in the basis."""
    basis: Basis
    """Pass it back to start a similar program from here."""


class Highs:
    """One HiGHS instance, reused from program to program; the last model stays loaded."""

    def __init__(self) -> None:
        # the public class adds callbacks, and prints a banner
        self._highs: Any = highspy._Highs()  # type: ignore[attr-defined,unused-ignore]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("solver", "simplex"),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
        ):
            self._highs.setOptionValue(option, value)

    def maximize(
        self,
        objective: ArrayLike,
        matrix: Any,
        lower: ArrayLike,
        upper: ArrayLike,
        *,
        x_lower: ArrayLike = 0.0,
        x_upper: ArrayLike = np.inf,
        start: Basis | None = None,
    ) -> FloatLp:
        """Maximise ``objective @ x``; ``matrix`` is a dense array or a SciPy CSR matrix."""
        costs = np.asarray(objective, dtype=np.float64)
        rows, columns = matrix.shape
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, rows
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = costs
        lp.col_lower_ = np.broadcast_to(np.asarray(x_lower, dtype=np.float64), (columns,))
        lp.col_upper_ = np.broadcast_to(np.asarray(x_upper, dtype=np.float64), (columns,))
        lp.row_lower_ = np.broadcast_to(np.asarray(lower, dtype=np.float64), (rows,))
        lp.row_upper_ = np.broadcast_to(np.asarray(upper, dtype=np.float64), (rows,))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        if hasattr(matrix, "indptr"):
            lp.a_matrix_.start_ = matrix.indptr
            lp.a_matrix_.index_ = matrix.indices
            lp.a_matrix_.value_ = matrix.data
        else:
            lp.a_matrix_.start_ = np.arange(0, rows * columns + 1, columns, dtype=np.int32)
            lp.a_matrix_.index_ = np.tile(np.arange(columns, dtype=np.int32), rows)
            lp.a_matrix_.value_ = np.ascontiguousarray(matrix, dtype=np.float64).ravel()
        self._highs.passModel(lp)
        if start is not None:
            basis = highspy.HighsBasis()
            basis.col_status, basis.row_status = start
            basis.valid = True
            self._highs.setBasis(basis)
        self._run()
        return self._answer()

    def _run(self) -> None:
        """Run to the end in slices that grow, between which Python sees an interruption."""
        limit = SLICE
        while True:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + limit)
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kTimeLimit:
                return
            limit *= 1.5  # so that a slice in which nothing was gained does not repeat for ever

    def _answer(self) -> FloatLp:
        """Read the answer; an unfinished run raises, and is never taken for infeasibility."""
        highs, states = self._highs, highspy.HighsModelStatus
        state = highs.getModelStatus()
        basis = highs.getBasis()
        basic = highspy.HighsBasisStatus.kBasic
        empty = np.empty(0)
        status: Literal["optimal", "infeasible", "unbounded"]
        value, x, duals = np.nan, empty, empty
        if state == states.kOptimal:
            solution = highs.getSolution()
            status, value = "optimal", highs.getObjectiveValue()
            x, duals = np.array(solution.col_value), np.array(solution.row_dual)
        elif state == states.kInfeasible:
            _, found, ray = highs.getDualRay()
            if not found:
                raise NoSolutionError("HiGHS must prove infeasibility by a ray, got none")
            status, duals = "infeasible", -np.array(ray)
        elif state == states.kUnbounded:
            status = "unbounded"
        else:
            name = highs.modelStatusToString(state)
            raise NoSolutionError(f"HiGHS must finish a linear program, got {name!r}")
        return FloatLp(
            status=status,
            value=value,
            x=x,
            duals=duals,
            basic_columns=[c for c, s in enumerate(basis.col_status) if s == basic],
            tight_rows=[r for r, s in enumerate(basis.row_status) if s != basic],
            basis=(basis.col_status, basis.row_status),
        )
