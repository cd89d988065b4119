"""What Nash equilibria pay: both ranges, and a proof that no equilibrium lies beyond an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction

from solvers.nash import nash
from solvers.nash_range.relaxation import Deviation, End, Joint, Known, Relaxation
from stackel.certificate import Alternatives, NashBound, NashTree
from stackel.errors import NoSolutionError, UnknownNameError
from stackel.game import BimatrixGame, Number
from stackel.result import NashRange

ENDS = {
    "leader_min": (0, -1),
    "leader_max": (0, 1),
    "follower_min": (1, -1),
    "follower_max": (1, 1),
}
"""Name -> whose payoff it is, and whether none pays more (1) or less (-1)."""
MAX_NODES = 200
"""Nodes of a proof after which it is given up: up to 8 x 8 actions took at most 27, in a second."""


class TooManyNodes(NoSolutionError):
    """A proof would be longer than allowed."""


def nash_range(game: BimatrixGame, *, most: int = MAX_NODES) -> NashRange:
    """Return the ranges of both players' payoffs over all Nash equilibria, with their proof.

    Returns
    -------
    NashRange
        Exact. ``certificate`` is None where the proof would have more than ``most`` nodes.

    Notes
    -----
    The ends come from all extreme equilibria (:func:`solvers.nash.nash`), the proof from
    :func:`nash_tree`; :func:`solvers.certify.check` accepts it without either.

    Examples
    --------
    >>> found = nash_range(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    >>> print(found.leader_min, found.leader_max, found.follower_min, found.follower_max)
    10/7 5 2/3 2
    >>> from solvers.certify import check
    >>> check(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]), found)
    ()
    """
    equilibria = nash(game, complete=True).equilibria
    attained = {
        "leader_min": min(equilibria, key=lambda e: e.leader_value),
        "leader_max": max(equilibria, key=lambda e: e.leader_value),
        "follower_min": min(equilibria, key=lambda e: e.follower_value),
        "follower_max": max(equilibria, key=lambda e: e.follower_value),
    }
    ends: dict[str, Number] = {
        name: e.leader_value if name.startswith("leader") else e.follower_value
        for name, e in attained.items()
    }
    tree: NashTree | None = None
    with suppress(TooManyNodes):
        tree = nash_tree(game, ends, most=most)
    return NashRange(
        leader_min=ends["leader_min"],
        leader_max=ends["leader_max"],
        follower_min=ends["follower_min"],
        follower_max=ends["follower_max"],
        equilibria=attained,
        certificate=tree,
        method="all extreme equilibria",
    )


def nash_tree(game: BimatrixGame, ends: Mapping[str, Number], *, most: int = MAX_NODES) -> NashTree:
    r"""Prove that no Nash equilibrium pays more, or less, than ``ends`` say.

    In an equilibrium every action is unused or a best response. Where the correlated equilibria do
    not prove an end yet, one of them pays more; then the two alternatives of an action that they
    leave open are proved apart.

    Parameters
    ----------
    game : BimatrixGame
    ends : mapping
        Any of ``leader_min``, ``leader_max``, ``follower_min``, ``follower_max`` -> what no
        equilibrium pays less, or more, than.
    most : int
        Nodes that the proof may have.

    Returns
    -------
    NashTree
        For :func:`solvers.certify.check_ends`.

    Raises
    ------
    UnknownNameError
        For an end of another name.
    NoSolutionError
        When an equilibrium lies beyond an end; or, as TooManyNodes, when the proof is too long.

    Notes
    -----
    Without a split, an end is the extreme payoff of a correlated equilibrium, which is most often
    so. Weak spots: the number of nodes is exponential in the worst case; and the exact programs are
    slow where payoffs differ by 1e-12 of their size, or where one player has 100 actions that the
    opponent's mix tells apart.

    Examples
    --------
    >>> battle = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> nash_tree(battle, {"leader_min": Fraction(10, 7)}).leaves
    1
    >>> nash_tree(battle, {"leader_max": 4})
    Traceback (most recent call last):
    ...
    stackel.errors.NoSolutionError: leader_max must bound every equilibrium, got 4: one pays 5
    """
    for name in ends:
        if name not in ENDS:
            raise UnknownNameError("end", name, ENDS)
    search = _Search(game, ends, most)
    return search.node(Known(), list(ends), search.relaxation.likely())


class _Search:
    def __init__(self, game: BimatrixGame, ends: Mapping[str, Number], most: int) -> None:
        self.relaxation = Relaxation(game)
        self.ends = {name: End(*ENDS[name], value) for name, value in ends.items()}
        self.most, self.count = most, 0
        self.ranges = [
            max(map(max, rows)) - min(map(min, rows)) or 1 for rows in self.relaxation.payoffs
        ]

    def node(self, known: Known, left: Sequence[str], used: set[Deviation]) -> NashTree:
        """The proof of the ends that are left, from deviations that were of use above."""
        self.count += 1
        if self.count > self.most:
            raise TooManyNodes(f"the proof may have at most {self.most} nodes, got more")
        bounds: dict[str, NashBound] = {}
        beyond: dict[str, Joint] = {}
        for name in left:
            found = self.relaxation.bound(known, self.ends[name], used)
            if isinstance(found, NashBound):
                bounds[name] = found
            else:
                beyond[name] = found
        if not beyond:
            return NashTree(bounds=bounds)
        side, action = self._worst(*next(iter(beyond.items())))
        split = Alternatives(
            leads=side == 0,
            action=action,
            unused=self.node(known.with_unused(side, action), list(beyond), set(used)),
            best=self.node(known.with_best(side, action), list(beyond), set(used)),
        )
        return NashTree(bounds=bounds, split=split)

    def _worst(self, name: str, joint: Joint) -> tuple[int, int]:
        """The action that falls most short of what the joint distribution pays its player.

        Times how often it is played, against the other marginal. Where none does, the marginals
        are an equilibrium that pays as much.
        """
        payoffs, losses = self.relaxation.payoffs, {}
        paid = [
            sum((z * rows[i][j] for (i, j), z in joint.items()), Fraction(0)) for rows in payoffs
        ]
        for side in (0, 1):
            own, other = (_marginal(joint, each) for each in (side, 1 - side))
            earned = self.relaxation.against(side, list(other.items()))
            for action, p in own.items():
                losses[side, action] = p * (paid[side] - earned[action]) / self.ranges[side]
        worst = max(losses, key=lambda key: losses[key])
        if not losses[worst]:
            end = self.ends[name]
            pays = paid[end.side] / self.relaxation.scales[end.side]
            raise NoSolutionError(
                f"{name} must bound every equilibrium, got {end.value}: one pays {pays}"
            )
        return worst


def _marginal(joint: Joint, side: int) -> dict[int, Fraction]:
    marginal: dict[int, Fraction] = {}
    for cell, z in joint.items():
        marginal[cell[side]] = marginal.get(cell[side], Fraction(0)) + z
    return marginal
