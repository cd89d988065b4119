"""The multiplier and the mix of plans that bound what a best reply pays the leader on a simplex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from solvers.gridworld._corners import Corner, Corners, Line
from solvers.lp.highs import Highs
from stackel.errors import NoSolutionError

if TYPE_CHECKING:
    from solvers.gridworld._corners import Floats

MULTIPLIERS = tuple(2.0**power for power in range(-6, 21))
"""Weights of the attacker's payoff that are tried, in units of floats."""
LEAST = 1e-9
"""Weights in a mix below this are rounding."""


class FloatBound(NamedTuple):
    """A bound in floats."""

    level: float
    """What no best reply exceeds, in units of the leader's floats."""
    multiplier: float
    mix: Mapping[Line, float]


class Multipliers:
    """Finds bounds; the mix of plans ``secure`` bounds where nothing else does."""

    def __init__(self, corners: Corners, secure: Sequence[tuple[Fraction, Line]]) -> None:
        self.corners, self.secure = corners, secure
        self._highs = Highs()

    def bound(
        self, simplex: Sequence[Corner], lines: Sequence[Line], *, start: float
    ) -> FloatBound:
        """The least bound over mixes of ``lines``; convex in the multiplier, from ``start`` on."""
        import numpy as np

        pays = [[line.follower(c.floats) for c in simplex] for line in lines]
        sure = [sum(float(w) * line.follower(c.floats) for w, line in self.secure) for c in simplex]
        rows = np.array([*pays, sure]).T

        def attempt(place: int) -> FloatBound:
            multiplier = MULTIPLIERS[place]
            tops = np.array([self.corners.top(c, multiplier) for c in simplex])
            level, weights = self._least(tops, multiplier * rows)
            mix = {line: float(w) for line, w in zip(lines, weights, strict=False) if w}
            for share, line in self.secure if weights[-1] else ():
                mix[line] = mix.get(line, 0.0) + float(share) * float(weights[-1])
            return FloatBound(level, multiplier, mix)

        place = MULTIPLIERS.index(start)
        best = attempt(place)
        for step in (1, -1):
            at, turned = place + step, False
            while 0 <= at < len(MULTIPLIERS) and (other := attempt(at)).level < best.level:
                best, at, turned = other, at + step, True
            if turned:
                break
        return best

    def _least(self, tops: Floats, rows: Floats) -> tuple[float, Floats]:
        """The mix for which the largest of ``tops - rows @ mix`` is least."""
        import numpy as np

        corners, count = rows.shape
        matrix = np.vstack(
            [np.hstack([rows, np.ones((corners, 1))]), np.append(np.ones(count), 0.0)]
        )
        try:
            found = self._highs.maximize(
                np.append(np.zeros(count), -1.0),
                matrix,
                np.append(tops, 1.0),
                np.append(np.full(corners, np.inf), 1.0),
                x_lower=np.append(np.zeros(count), -np.inf),
            )
        except NoSolutionError:  # another multiplier may be easier
            mix = np.append(np.zeros(count - 1), 1.0)
        else:
            mix = np.where(found.x[:count] > LEAST, found.x[:count], 0.0)
            mix /= mix.sum()
        return float((tops - rows @ mix).max()), mix
