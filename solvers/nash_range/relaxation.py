r"""What a Nash equilibrium can pay, by a linear program over correlated equilibria.

Let some actions be known to be unused, and others to be best responses. An equilibrium (p, q) of
this kind is a joint distribution :math:`z_{ij} = p_i q_j` on the cells of the actions that may be
used, with

.. math:: \sum_j z_{ij} (A_{i'j} - A_{ij}) \le 0, \qquad \sum_i z_{ij} (B_{ij'} - B_{ij}) \le 0,

and equality for all i (all j) where i' (j') is a best response: what is gained by i' where i is
played. The most and the least that these z pay bound what equilibria pay, and the duals prove it.
The rows join one by one, each when the optimum so far violates it: few ever do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from solvers.lp import Optimum, Row, maximize
from stackel.certificate import NashBound
from stackel.game import BimatrixGame, Number

Cell: TypeAlias = tuple[int, int]
Joint: TypeAlias = Mapping[Cell, Fraction]


class Deviation(NamedTuple):
    """To play ``other`` where ``played`` is."""

    side: int
    """Whose: 0 the leader's, 1 the follower's."""
    played: int
    other: int


class Known(NamedTuple):
    """What is taken for granted, for the leader's actions and the follower's."""

    unused: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    best: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())

    def with_unused(self, side: int, action: int) -> Known:
        """The same, and that an action is unused."""
        return self._replace(unused=_added(self.unused, side, action))

    def with_best(self, side: int, action: int) -> Known:
        """The same, and that an action is a best response."""
        return self._replace(best=_added(self.best, side, action))


class End(NamedTuple):
    """One end of a range: no equilibrium pays more, or less."""

    side: int
    sign: int
    """1 where none pays more, -1 where none pays less."""
    value: Number


class Relaxation:
    """The programs of one game."""

    def __init__(self, game: BimatrixGame) -> None:
        exact = game.leader_exact, game.follower_exact
        self.shape = game.shape
        self.payoffs = [payoffs.rows for payoffs in exact]
        """In integers, over ``scales``."""
        self.scales = [payoffs.scale for payoffs in exact]

    def likely(self) -> set[Deviation]:
        """For every action, the deviation that gains most against all of the opponent's alike."""
        found = set()
        for side in (0, 1):
            alike = [(action, Fraction(1)) for action in range(self.shape[1 - side])]
            earned = self.against(side, alike)
            best = earned.index(max(earned))
            found |= {Deviation(side, a, best) for a, x in enumerate(earned) if x < earned[best]}
        return found

    def bound(self, known: Known, end: End, used: set[Deviation]) -> NashBound | Joint:
        """A proof of the end, or else a z that pays more and violates nothing.

        ``used`` are the deviations to begin with; those that join are added.
        """
        cells = [
            (i, j)
            for i in range(self.shape[0])
            if i not in known.unused[0]
            for j in range(self.shape[1])
            if j not in known.unused[1]
        ]
        if not cells:
            return NashBound(leader={}, follower={})
        payoffs, limit = self.payoffs[end.side], end.sign * end.value * self.scales[end.side]
        goal = [end.sign * payoffs[i][j] for i, j in cells]
        places = {cell: place for place, cell in enumerate(cells)}
        while True:
            chosen = [d for d in sorted(used) if d.played not in known.unused[d.side]]
            rows = [Row(coefficients=dict.fromkeys(range(len(cells)), 1), sense="==", bound=1)]
            for deviation in chosen:
                gains = {places[c]: x for c, x in self._gains(deviation, places) if x}
                tie = deviation.other in known.best[deviation.side]
                rows.append(Row(coefficients=gains, sense="==" if tie else "<=", bound=0))
            optimum = maximize(goal, rows)
            if optimum.status == "infeasible":
                short = max(Fraction(max(goal)) - Fraction(limit), Fraction(0))
                return self._proof(end, chosen, optimum, short / -optimum.duals[0])
            if optimum.value <= limit:
                return self._proof(end, chosen, optimum, Fraction(1))
            joint = {cell: z for cell, z in zip(cells, optimum.x, strict=True) if z}
            violated = set(self._violated(joint, known))
            if not violated:
                return joint
            used |= violated

    def _gains(self, deviation: Deviation, cells: Mapping[Cell, int]) -> Iterator[tuple[Cell, int]]:
        """What the deviation gains in each of the cells that it is about."""
        side, played, other = deviation
        payoffs = self.payoffs[side]
        for opponent in range(self.shape[1 - side]):
            cell, there = _cell(side, played, opponent), _cell(side, other, opponent)
            if cell in cells:
                yield cell, payoffs[there[0]][there[1]] - payoffs[cell[0]][cell[1]]

    def _violated(self, joint: Joint, known: Known) -> Iterator[Deviation]:
        """For every action played, the deviation whose row is violated most."""
        for side in (0, 1):
            lines: dict[int, list[tuple[int, Fraction]]] = {}
            for cell, z in joint.items():
                lines.setdefault(cell[side], []).append((cell[1 - side], z))
            for played, line in lines.items():
                earned = self.against(side, line)
                gains = [x - earned[played] for x in earned]
                for action in known.best[side]:
                    gains[action] = abs(gains[action])
                most = max(gains)
                if most > 0:
                    yield Deviation(side, played, gains.index(most))

    def against(self, side: int, line: Sequence[tuple[int, Fraction]]) -> list[Fraction]:
        """What each action earns against weights on the opponent's, as a multiple of a scale."""
        payoffs = self.payoffs[side]
        earned = []
        for action in range(self.shape[side]):
            cells = ((_cell(side, action, opponent), z) for opponent, z in line)
            earned.append(sum((z * payoffs[i][j] for (i, j), z in cells), Fraction(0)))
        return earned

    def _proof(
        self, end: End, chosen: Sequence[Deviation], optimum: Optimum, factor: Fraction
    ) -> NashBound:
        """The duals, times ``factor``, as weights on gains in payoffs of the game."""
        weights: tuple[dict[Cell, Fraction], dict[Cell, Fraction]] = ({}, {})
        for (side, played, other), dual in zip(chosen, optimum.duals[1:], strict=True):
            if weight := dual * factor * self.scales[side] / self.scales[end.side]:
                weights[side][played, other] = weight
        return NashBound(leader=weights[0], follower=weights[1])


def _cell(side: int, own: int, opponent: int) -> Cell:
    return (opponent, own) if side else (own, opponent)


def _added(
    sets: tuple[frozenset[int], frozenset[int]], side: int, action: int
) -> tuple[frozenset[int], frozenset[int]]:
    first, second = sets
    return (first, second | {action}) if side else (first | {action}, second)
