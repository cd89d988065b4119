r"""The best coverage among those to which one plan q of the attacker is a best reply.

The linear program :math:`\max_c q \cdot U_L(c)` subject to
:math:`q \cdot U_F(c) \ge r \cdot U_F(c)` for all plans r, which join one by one, each when it beats
q at the optimum so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from solvers.gridworld._corners import Corners, Line
from solvers.lp import Optimum, Row, maximize
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLOSED = 1e-10
"""What a plan may gain on q in floats before it joins, as a share of the largest difference."""
MAX_ROUNDS = 12
"""Plans that may join the exact program after those that floats found: where there are more, they
differ by less than floats can tell."""


class FloatOptimum(NamedTuple):
    """The optimum in floats."""

    value: float
    """In units of the leader's floats."""
    coverage: NDArray[Any]
    """Over the targets in reach."""
    rivals: list[Line]
    """The plans that are tight."""


class RegionOptimum(NamedTuple):
    """The optimum, with multipliers that prove it."""

    coverage: ExactStrategy
    """Over the targets in reach."""
    value: Fraction
    multiplier: Fraction
    """What q pays the leader, plus so often what q pays the attacker more than the mix does, is at
    most ``value``, whatever the coverage."""
    mix: tuple[tuple[Fraction, Line], ...]
    """Weights sum to 1."""


def float_optimum(corners: Corners, line: Line) -> FloatOptimum | None:
    """Solve the program in floats; None when they find no coverage."""
    import numpy as np

    from solvers.lp.highs import Highs

    highs, n = Highs(), len(corners.reach)
    gains = corners.gains(line)
    rivals = [other for other in corners.lines if other is not line]
    while True:
        rows = [np.append(r.losses - line.losses, r.uncovered - line.uncovered) for r in rivals]
        table = np.array(rows).reshape(-1, n + 1)
        largest = np.abs(table).max(axis=1, keepdims=True, initial=0)
        table /= np.where(largest > 0, largest, 1)  # HiGHS drops small numbers
        try:
            found = highs.maximize(
                gains,
                np.vstack([-np.ones(n), table[:, :n]]),
                np.append(-float(corners.attacker.game.defenders), table[:, n] - CLOSED),
                np.full(len(table) + 1, np.inf),
                x_upper=np.ones(n),
            )
        except NoSolutionError:
            return None
        if found.status != "optimal":
            return None
        value, rival = corners.reply(found.x)
        if value <= line.follower(found.x) + CLOSED or rival is line or rival in rivals:
            tight = [rivals[r - 1] for r in found.tight_rows if r > 0]
            return FloatOptimum(corners.leader(line, found.x), found.x, tight)
        rivals.append(rival)


def exact_optimum(corners: Corners, line: Line, rivals: Sequence[Line]) -> RegionOptimum | None:
    """Solve it in rationals, from the plans that matter; None when too many more do."""
    attacker, plan = corners.attacker, corners.plan(line)
    game, reach = attacker.game, attacker.in_reach
    known = list(rivals)
    gains = [t.defender_covered - t.defender_uncovered for t in game.targets]
    for _ in range(MAX_ROUNDS):
        rows = [
            Row(
                coefficients={v: r.losses[j] - plan.losses[j] for v, j in enumerate(reach)},
                sense=">=",
                bound=r.uncovered - plan.uncovered,
            )
            for r in map(corners.plan, known)
        ]
        rows += [Row(coefficients={v: 1}, sense="<=", bound=1) for v in range(len(reach))]
        rows.append(
            Row(coefficients=dict.fromkeys(range(len(reach)), 1), sense="<=", bound=game.defenders)
        )
        optimum = maximize([plan.chances[j] * gains[j] for j in reach], rows)
        if optimum.status == "infeasible":
            return None
        coverage = corners.everywhere(optimum.x)
        reply = attacker.reply(coverage)
        if reply.attacker_value <= plan.attacker_value(coverage):
            return _proved(optimum, plan.leader_value(game, coverage), known, line)
        rival = corners.line(reply.policy)
        if rival is line or rival in known:
            return None
        known.append(rival)
    return None


def _proved(optimum: Optimum, value: Fraction, known: Sequence[Line], line: Line) -> RegionOptimum:
    """The optimum with the multipliers of the rivals."""
    weights = [-y for y in optimum.duals[: len(known)]]
    total = sum(weights, Fraction(0))
    mix = [(w / total, rival) for w, rival in zip(weights, known, strict=True) if w]
    return RegionOptimum(tuple(optimum.x), value, total, tuple(mix) or ((Fraction(1), line),))
