"""The strong Stackelberg value by one linear program over coverages for each attacked outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Any, Literal, NamedTuple, TypeAlias

from solvers.gridworld._attackable import Attackable, attackable
from solvers.lp import Row, maximize
from solvers.lp.banner import hush_highs
from stackel.errors import NoSolutionError
from stackel.game import Number
from stackel.gridworld import NO_ATTACK, GridworldGame

Backend: TypeAlias = Literal["highs", "cvxpy", "exact"]
_Answer: TypeAlias = tuple[int, Number, list[Number]]
"""The attacked outcome (n: none), the leader's payoff, the coverage of the targets in reach."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MarginalsOptimum:
    """The best coverage for each outcome that can be induced, and the best of them all."""

    leader_value: Number
    attacked_target: int
    coverage: tuple[Number, ...]
    """Shape (n,)."""
    values: Mapping[int, Number]
    """Outcome -> the most that the leader gets when it is a best reply; absent when it never is."""
    method: str


def marginals(game: GridworldGame, *, backend: Backend = "highs") -> MarginalsOptimum:
    r"""Compute the strong Stackelberg value by one linear program for each outcome [1]_.

    For each target t within reach, and for no attack, solve

    .. math::
        \max_{c, y} U_L(t, c_t) \quad \text{s.t.} \quad
        U_F(t, c_t) = y, \; U_F(s, c_s) \le y \; \forall s, \; y \ge U_F(\text{none}), \;
        0 \le c \le 1, \; \textstyle\sum_s c_s \le k,

    and keep the best.

    Parameters
    ----------
    game : GridworldGame
        Without wind, targets intercepted.
    backend : str
        ``"cvxpy"``: the model as written above. ``"highs"``: one sparse model, whose right-hand
        sides and objective change from target to target, each solve starting from the last basis.
        ``"exact"``: rationals, for small games.

    Raises
    ------
    NoSolutionError
        When there is wind, paths are intercepted, or the LP solver failed.

    Notes
    -----
    n + 1 programs with n + 1 variables: a check on :func:`~solvers.gridworld.origami.origami`,
    which is exact and thousands of times faster. The two float backends answer to about 1e-7 of
    the payoff range.

    References
    ----------
    .. [1] C. Kiekintveld et al. (2009), AAMAS, "Computing optimal randomized resource allocations
       for massive security games"; V. Conitzer and T. Sandholm (2006), EC, "Computing the optimal
       strategy to commit to".
    """
    view = attackable(game, "the marginals LP")
    solve = {"highs": _highs, "cvxpy": _cvxpy, "exact": _exact}[backend]
    answers = {t: (value, cover) for t, value, cover in solve(view, game.defenders)}
    best = max(answers, key=lambda t: (answers[t][0], -t))
    coverage: list[Number] = [Fraction(0)] * len(game.targets)
    for j, c in zip(view.targets, answers[best][1], strict=True):
        coverage[j] = c
    outcomes = (*view.targets, NO_ATTACK)
    return MarginalsOptimum(
        leader_value=answers[best][0],
        attacked_target=outcomes[best],
        coverage=tuple(coverage),
        values={outcomes[t]: value for t, (value, _) in answers.items()},
        method=f"marginals LP ({backend})",
    )


def _cvxpy(view: Attackable, defenders: int) -> Iterator[_Answer]:
    """The model as the docstring has it."""
    import numpy as np

    hush_highs()
    cp: Any = import_module("cvxpy")  # its types leave out what is used here

    uncovered, gaps, losses, gains, stay, stay_defender = _floats(view)
    n = len(view.targets)
    y = cp.Variable()
    if not n:
        yield 0, stay_defender, []
        return
    c = cp.Variable(n)
    follower = np.array(uncovered) - cp.multiply(gaps, c)
    rules = [follower <= y, y >= stay, c >= 0, c <= 1, cp.sum(c) <= defenders]
    for t in range(n + 1):
        attacked = follower[t] if t < n else stay
        payoff = losses[t] + gains[t] * c[t] if t < n else cp.Constant(stay_defender)
        problem = cp.Problem(cp.Maximize(payoff), [*rules, attacked == y])
        problem.solve(solver=cp.HIGHS)
        if problem.status == cp.OPTIMAL:
            yield t, float(problem.value), [float(x) for x in c.value]
        elif problem.status not in (cp.INFEASIBLE, cp.settings.INFEASIBLE_OR_UNBOUNDED):
            raise NoSolutionError(f"the marginals LP of outcome {t} ended with {problem.status}")


def _highs(view: Attackable, defenders: int) -> Iterator[_Answer]:
    """One sparse model over c and y - stay; every solve starts from the last basis."""
    import numpy as np
    from scipy.sparse import csr_matrix

    from solvers.lp.highs import Highs

    uncovered, gaps, losses, gains, stay, stay_defender = _floats(view)
    n = len(view.targets)
    columns = [x for t in range(n) for x in (t, n)] + list(range(n))
    values = [x for gap in gaps for x in (gap, 1.0)] + [1.0] * n
    matrix = csr_matrix((values, columns, [*range(0, 2 * n + 1, 2), 3 * n]), shape=(n + 1, n + 1))
    lower = np.array([u - stay for u in uncovered] + [-np.inf])
    upper = np.array([np.inf] * n + [float(defenders)])
    limits = np.array([1.0] * n + [np.inf])
    highs, start = Highs(), None
    for t in range(n + 1):
        objective = np.zeros(n + 1)
        equal, most = upper.copy(), limits.copy()
        if t < n:
            equal[t], objective[t] = lower[t], gains[t]
        else:
            most[n] = 0.0
        found = highs.maximize(objective, matrix, lower, equal, x_upper=most, start=start)
        start = found.basis
        if found.status == "optimal":
            cover: list[Number] = [float(x) for x in found.x[:n]]
            yield t, losses[t] + gains[t] * cover[t] if t < n else stay_defender, cover


def _exact(view: Attackable, defenders: int) -> Iterator[_Answer]:
    """The same model in rationals."""
    n = len(view.targets)
    gaps = view.gaps
    needs = [u - view.stay for u in view.uncovered]
    shared = [Row(coefficients={t: gaps[t], n: 1}, sense=">=", bound=needs[t]) for t in range(n)]
    shared += [Row(coefficients={t: 1}, sense="<=", bound=1) for t in range(n)]
    shared.append(Row(coefficients=dict.fromkeys(range(n), 1), sense="<=", bound=defenders))
    for t in range(n + 1):
        tie = {t: gaps[t], n: 1} if t < n else {n: 1}
        own = Row(coefficients=tie, sense="==", bound=needs[t] if t < n else 0)
        objective = [view.gains[s] if s == t else 0 for s in range(n)] + [0]
        optimum = maximize(objective, [*shared, own])
        if optimum.status == "optimal":
            constant = view.losses[t] if t < n else view.stay_defender
            yield t, (optimum.value + constant) / view.defender_scale, list(optimum.x[:n])


class _Floats(NamedTuple):
    """The payoffs as floats."""

    uncovered: list[float]
    gaps: list[float]
    losses: list[float]
    gains: list[float]
    stay: float
    stay_defender: float


def _floats(view: Attackable) -> _Floats:
    follower, leader = view.attacker_scale, view.defender_scale
    return _Floats(
        uncovered=[x / follower for x in view.uncovered],
        gaps=[x / follower for x in view.gaps],
        losses=[x / leader for x in view.losses],
        gains=[x / leader for x in view.gains],
        stay=view.stay / follower,
        stay_defender=view.stay_defender / leader,
    )
