"""The MILP proposes, exact arithmetic disposes."""

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import bimatrix_games

from solvers.bayesian import dobss
from solvers.lp import mixed_integer
from solvers.milp import milp
from solvers.vertex_enumeration import vertex_enumeration
from stackel.errors import InvalidGameError, NoSolutionError
from stackel.game import BimatrixGame

NEAR_TIE = BimatrixGame(
    [[0, 1, 0], [0, 1, 0]],
    [[1, 1 - Fraction(1, 10**6), -5], [1, 1 - Fraction(1, 10**6), -7]],
)
"""Column 1 is strictly dominated by 1e-6, where the follower's payoffs span 8: the value is 0."""


@given(game=bimatrix_games(max_side=5, kinds=("generic", "tied", "duplicated", "zero-sum")))
@settings(max_examples=25)
def test_the_float_bound_closes_on_the_exact_value(game: BimatrixGame) -> None:
    """The bound is HiGHS's own, so it is evidence that no other code of ours produced."""
    sse = milp(game)
    exact = vertex_enumeration(game).leader_value
    assert sse.upper_bound is not None
    assert 0 <= sse.upper_bound - float(exact) <= 18 * 1e-6  # payoffs lie within [-9, 9]
    assert sse.certificate is None


def test_a_reply_within_the_tolerances_only_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mixed_integer, "FEASIBILITY", 1e-4)
    model = dobss._Model([NEAR_TIE], [Fraction(1)])
    assert model.propose() is not None
    proposal, bound = model.propose()  # type: ignore[misc]
    assert proposal == (1,), "the solver must fall into the trap for this test to mean anything"
    assert bound == pytest.approx(1)
    sse = milp(NEAR_TIE)
    assert sse.leader_value == 0
    assert sse.follower_action == 0


def test_too_few_rounds_are_an_error_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed_integer, "FEASIBILITY", 1e-4)
    with pytest.raises(NoSolutionError, match="none of the 1 profiles"):
        milp(NEAR_TIE, rounds=1)


def test_the_bound_stays_honest_when_rounds_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """After two of three rounds the dominated column is settled, the last one still open."""
    monkeypatch.setattr(mixed_integer, "FEASIBILITY", 1e-4)
    sse = milp(NEAR_TIE, rounds=2)
    assert sse.leader_value == 0
    assert sse.upper_bound == pytest.approx(0, abs=1e-3)


def test_a_solver_failure_is_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    import cvxpy

    def fail(*_: Any, **__: Any) -> None:
        raise cvxpy.SolverError("out of order")

    monkeypatch.setattr(cvxpy.Problem, "solve", fail)
    with pytest.raises(NoSolutionError, match="out of order"):
        milp(BimatrixGame([[1]], [[1]]))


def test_an_unfinished_run_is_not_taken_for_infeasible(monkeypatch: pytest.MonkeyPatch) -> None:
    import cvxpy

    monkeypatch.setattr(cvxpy.Problem, "solve", lambda *_, **__: None)
    monkeypatch.setattr(cvxpy.Problem, "status", cvxpy.USER_LIMIT)
    with pytest.raises(NoSolutionError, match="user_limit"):
        milp(BimatrixGame([[1]], [[1]]))


def test_payoffs_beyond_float64_are_refused() -> None:
    with pytest.raises(InvalidGameError, match="float64"):
        milp(BimatrixGame([["1e399", 0]], [[0, 0]]))


def test_an_earlier_thread_count_does_not_matter() -> None:
    import highspy

    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highspy.Highs.resetGlobalScheduler(True)
    highs.setOptionValue("threads", 2)
    highs.run()
    assert milp(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]])).leader_value == Fraction(7, 2)


def test_nothing_is_written_to_standard_output() -> None:
    program = (
        "from solvers.milp import milp; from stackel.game import BimatrixGame; "
        "milp(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
