"""Coverages and plans for the search of a cover: in floats, and in rationals on demand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, TypeAlias

from solvers.gridworld._adaptive import Attacker, Plan, Reply
from solvers.gridworld._drift import Drift
from stackel.game import ExactStrategy
from stackel.gridworld import NO_ATTACK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.gridworld._drift import Policy

    Floats: TypeAlias = NDArray[Any]

DIGITS = 11
"""Decimals by which plans are told apart."""


class Line:
    """A plan of the attacker: what it pays is linear in the coverage."""

    def __init__(self, policy: Policy, chances: Floats, uncovered: float, losses: Floats) -> None:
        self.policy = policy
        self.chances = chances
        self.uncovered = uncovered
        self.losses = losses
        """Over the targets in reach, as the coverage of corners."""
        self.exact: Plan | None = None

    def follower(self, coverage: Floats) -> float:
        """What it pays the attacker."""
        return float(self.uncovered - self.losses @ coverage)


class Corner:
    """One coverage, with the attacker's best reply that the leader likes best."""

    def __init__(self, coverage: ExactStrategy, floats: Floats) -> None:
        self.coverage = coverage
        """Over the targets in reach."""
        self.floats = floats
        self.exact: Reply
        self.reply: Line
        """The plan of the reply."""
        self.leader = self.follower = 0.0
        self.tops: dict[float, float] = {}
        self.exact_tops: dict[Fraction, Fraction] = {}


class Corners:
    """The corners and plans of one game, each known once.

    Floats are payoffs over a power of two of their own for each player, so that none overflows.
    """

    def __init__(self, attacker: Attacker) -> None:
        import numpy as np

        self.attacker = attacker
        game = attacker.game
        self.reach = list(attacker.in_reach)
        self._drift = Drift(game, [target.cell for target in game.targets], exact=False)
        payoffs = [game.payoffs(j, Fraction(c)) for j in range(len(game.targets)) for c in (0, 1)]
        payoffs.append(game.payoffs(NO_ATTACK))
        self.units = tuple(_power_of_two(max(abs(pay[side]) for pay in payoffs)) for side in (0, 1))
        """Leader's and follower's."""
        scaled = np.array([[float(pay[s] / self.units[s]) for s in (0, 1)] for pay in payoffs])
        self._uncovered, self._stay = scaled[:-1:2].T, scaled[-1]
        self._changes = scaled[1:-1:2].T - self._uncovered
        self._lines: dict[bytes, Line] = {}
        self._corners: dict[ExactStrategy, Corner] = {}

    def exact_multiplier(self, multiplier: float) -> Fraction:
        """The multiplier on payoffs as they are."""
        return Fraction(multiplier) * self.units[0] / self.units[1]

    def corner(self, coverage: ExactStrategy) -> Corner:
        import numpy as np

        if coverage not in self._corners:
            found = Corner(coverage, np.array([float(c) for c in coverage]))
            found.exact = reply = self.attacker.reply(self.everywhere(coverage))
            found.reply = self.line(reply.policy)
            found.leader = float(reply.leader_value / self.units[0])
            found.follower = float(reply.attacker_value / self.units[1])
            self._corners[coverage] = found
        return self._corners[coverage]

    def line(self, policy: Policy) -> Line:
        """The plan that a policy carries out."""
        import numpy as np

        chances = np.array(self._drift.outcomes(policy))
        key = np.round(chances, DIGITS).tobytes()
        if key not in self._lines:
            uncovered = chances @ self._uncovered[1] + (1 - chances.sum()) * self._stay[1]
            losses = -(chances * self._changes[1])[self.reach]
            self._lines[key] = Line(policy, chances, float(uncovered), losses)
        return self._lines[key]

    def plan(self, line: Line) -> Plan:
        """The plan in rationals."""
        if line.exact is None:
            line.exact = self.attacker.plan(line.policy)
        return line.exact

    @property
    def lines(self) -> tuple[Line, ...]:
        """All plans met so far."""
        return tuple(self._lines.values())

    def gains(self, line: Line) -> Floats:
        """What defending each target in reach adds to a plan for the leader."""
        gains: Floats = (line.chances * self._changes[0])[self.reach]
        return gains

    def leader(self, line: Line, coverage: Floats) -> float:
        """What a plan pays the leader."""
        base = line.chances @ self._uncovered[0] + (1 - line.chances.sum()) * self._stay[0]
        return float(base + self.gains(line) @ coverage)

    def reply(self, coverage: Floats) -> tuple[float, Line]:
        """What a best reply pays the attacker, and its plan; in floats."""
        _, follower = self._pays(coverage)
        value, policy = self._drift.best(list(follower), self._stay[1])
        return float(value), self.line(policy)

    def known(self, plan: Plan) -> Line:
        """The line of a plan in rationals."""
        line = self.line(plan.policy)
        line.exact = line.exact or plan
        return line

    def top(self, corner: Corner, multiplier: float) -> float:
        r"""The most that a plan is worth to leader and attacker together.

        :math:`\\max_q q \\cdot (U_L(c) + \\lambda U_F(c))`, in units of the leader's floats.
        """
        if multiplier not in corner.tops:
            corner.tops[multiplier] = self._best(corner, multiplier)[0]
        return corner.tops[multiplier]

    def joint_reply(self, corner: Corner, multiplier: float) -> Line:
        """The plan that attains it."""
        return self.line(self._best(corner, multiplier)[1])

    def exact_top(self, corner: Corner, multiplier: Fraction) -> Fraction:
        """The same in rationals, of payoffs and a multiplier as they are."""
        if multiplier not in corner.exact_tops:
            game, drift = self.attacker.game, self.attacker.drift
            cover = self.everywhere(corner.coverage)
            pairs = [game.payoffs(j, c) for j, c in enumerate(cover)]
            pairs.append(game.payoffs(NO_ATTACK))
            worth = [leader + multiplier * follower for leader, follower in pairs]
            unit = lcm(*(x.denominator for x in worth))
            whole = [int(x * unit) for x in worth]
            value, _ = drift.best(whole[:-1], whole[-1])
            corner.exact_tops[multiplier] = Fraction(value, unit * drift.total)
        return corner.exact_tops[multiplier]

    def everywhere(self, coverage: Sequence[Fraction]) -> ExactStrategy:
        """The coverage of all targets: 0 out of reach."""
        full = [Fraction(0)] * len(self.attacker.game.targets)
        for j, c in zip(self.reach, coverage, strict=True):
            full[j] = c
        return tuple(full)

    def _pays(self, coverage: Floats) -> tuple[Floats, Floats]:
        """Both players' payoffs from an attack on each target."""
        import numpy as np

        cover = np.zeros(self._uncovered.shape[1])
        cover[self.reach] = coverage
        leader, follower = self._uncovered + self._changes * cover
        return leader, follower

    def _best(self, corner: Corner, multiplier: float) -> tuple[float, Policy]:
        leader, follower = self._pays(corner.floats)
        value, policy = self._drift.best(
            list(leader + multiplier * follower), self._stay[0] + multiplier * self._stay[1]
        )
        return float(value), policy


def _power_of_two(number: Fraction) -> Fraction:
    """One about as large; 1 for 0. To divide by it rounds nothing."""
    return Fraction(2) ** (number.numerator.bit_length() - number.denominator.bit_length())
