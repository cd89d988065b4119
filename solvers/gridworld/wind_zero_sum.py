"""The value of a zero-sum game with wind, by constraint generation."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from solvers.gridworld._adaptive import Attacker, Plan
from solvers.gridworld._drift import Drift
from solvers.lp import Row, maximize
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy

if TYPE_CHECKING:
    from solvers.gridworld._drift import Policy

CLOSED = 1e-9
"""Gap between the bounds at which the float stage hands over, as a share of the payoff range: what
HiGHS asks for in feasibility. The exact stage closes the gap whatever it is."""


class Saddle(NamedTuple):
    """A coverage and a mix of plans that are best against each other."""

    attacker_value: Fraction
    coverage: ExactStrategy
    plans: tuple[tuple[Fraction, Plan], ...]
    """With probabilities that sum to 1."""

    @property
    def attack(self) -> dict[int, Fraction]:
        """The distribution over outcomes of the mix of plans."""
        mix: dict[int, Fraction] = {}
        for weight, plan in self.plans:
            for j, q in plan.attack.items():
                mix[j] = mix.get(j, Fraction(0)) + weight * q
        return dict(sorted(mix.items()))


def hold_down(attacker: Attacker) -> Saddle:
    r"""Compute the coverage that holds the attacker to the least value, exactly.

    With Q the distributions over outcomes that policies achieve, the value is

    .. math:: \min_c \max_{q \in Q} \sum_t q_t U_F(t, c_t) + q_{none} U_F(none),

    for each q linear in c. A linear program over c and the value knows some q; dynamic programming
    over (cell, time) finds the best reply to its optimum, which joins them unless it pays no more
    than the program says. Its duals are the attacker's mix. The policies needed are found in
    floats first; the exact stage starts from these.
    """
    game = attacker.game
    plans = [attacker.plan(policy) for policy in _float_policies(attacker)]
    reach = attacker.in_reach
    low = min([game.no_attack.attacker, *(t.attacker_covered for t in game.targets)])
    n = len(reach)
    while True:
        rows = [
            Row(
                coefficients={v: plan.losses[j] for v, j in enumerate(reach)} | {n: 1},
                sense=">=",
                bound=plan.uncovered - low,
            )
            for plan in plans
        ]
        rows += [Row(coefficients={v: 1}, sense="<=", bound=1) for v in range(n)]
        rows.append(Row(coefficients=dict.fromkeys(range(n), 1), sense="<=", bound=game.defenders))
        optimum = maximize([0] * n + [-1], rows)
        coverage = [Fraction(0)] * len(game.targets)
        for j, c in zip(reach, optimum.x, strict=False):
            coverage[j] = c
        reply = attacker.reply(coverage)
        if reply.attacker_value == low + optimum.x[n]:
            weights = [-y for y in optimum.duals[: len(plans)]]
            missing = 1 - sum(
                weights, Fraction(0)
            )  # on plans that pay the least possible value anyway
            mix = [(w, plan) for w, plan in zip(weights, plans, strict=True) if w]
            if missing:
                mix.append((missing, attacker.plan(reply.policy)))
            return Saddle(reply.attacker_value, tuple(coverage), tuple(mix))
        plans.append(attacker.plan(reply.policy))


def _float_policies(attacker: Attacker) -> list[Policy]:
    """Policies that are tight in the float program when it is all but solved."""
    import numpy as np

    from solvers.lp.highs import Highs

    game, reach = attacker.game, list(attacker.in_reach)
    drift = Drift(game, [target.cell for target in game.targets], exact=False)
    least = min([game.no_attack.attacker, *(t.attacker_covered for t in game.targets)])
    span = max([game.no_attack.attacker, *(t.attacker_uncovered for t in game.targets)]) - least

    def share(payoff: Fraction) -> float:
        """The payoff on a scale from 0 to 1: no float overflows, however large payoffs are."""
        return float((payoff - least) / (span or 1))

    uncovered = np.array([share(t.attacker_uncovered) for t in game.targets])
    covered = np.array([share(t.attacker_covered) for t in game.targets])
    stay, n = share(game.no_attack.attacker), len(reach)
    policies: list[Policy] = []
    rows = np.append(-np.ones(n), 0.0)[None]  # all rows are lower bounds
    bounds = np.array([-float(game.defenders)])
    coverage, bound, highs = np.zeros(len(game.targets)), -np.inf, Highs()
    tight: list[int] = []
    while True:
        value, policy = drift.best(uncovered - (uncovered - covered) * coverage, stay)
        if value <= bound + CLOSED:
            return [policies[r] for r in tight] or [policy]
        chances = np.array(drift.outcomes(policy))
        row = np.append((chances * (uncovered - covered))[reach], 1.0)
        if policies and (np.abs(rows[1:] - row).max(axis=1) <= 0).any():
            return [policies[r] for r in tight]  # floats see nothing new
        policies.append(policy)
        rows = np.vstack([rows, row])
        bounds = np.append(bounds, chances @ uncovered + (1 - chances.sum()) * stay)
        try:
            found = highs.maximize(
                np.append(np.zeros(n), -1.0),
                rows,
                bounds,
                np.full(len(bounds), np.inf),
                x_upper=np.append(np.ones(n), np.inf),
            )
        except NoSolutionError:  # the exact stage starts from what there is
            return policies
        coverage[reach] = found.x[:n]
        bound = found.x[n]
        tight = [r - 1 for r in found.tight_rows if r > 0]
