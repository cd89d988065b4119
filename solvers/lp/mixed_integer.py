"""Mixed-integer programs by HiGHS: one thread, no output, no gap left on purpose."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from solvers.lp.banner import hush_highs
from stackel.errors import NoSolutionError

FEASIBILITY = 1e-9
"""Violation of a row, and distance from an integer, that HiGHS may leave; payoffs span 1."""


def maximize_mixed_integer(problem: Any) -> float | None:
    """Solve a cvxpy problem that maximizes; return HiGHS's float bound, None where infeasible.

    Raises
    ------
    NoSolutionError
        When the solver fails, or stops with neither an optimum nor a proof that there is none.
    """
    cp: Any = import_module("cvxpy")
    hush_highs()
    highspy: Any = import_module("highspy")
    highspy.Highs.resetGlobalScheduler(True)  # else an earlier thread count makes runs fail
    try:
        problem.solve(
            solver=cp.HIGHS,
            output_flag=False,
            threads=1,
            mip_rel_gap=0.0,
            mip_abs_gap=FEASIBILITY,
            mip_feasibility_tolerance=FEASIBILITY,
            primal_feasibility_tolerance=FEASIBILITY,
            dual_feasibility_tolerance=FEASIBILITY,
            small_matrix_value=1e-12,  # the least that HiGHS allows
        )
    except cp.SolverError as error:
        raise NoSolutionError(f"the MILP solver failed: {error}") from None
    if problem.status == cp.INFEASIBLE:
        return None
    if problem.status != cp.OPTIMAL:
        raise NoSolutionError(f"the MILP solver stopped with status {problem.status!r}")
    return -float(problem.solver_stats.extra_stats.mip_dual_bound)
