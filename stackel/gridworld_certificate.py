"""Proofs that answers for gridworlds carry, where one attack mix does not bound the leader.

With wind, all reply regions, or a cover of all coverages; where defenders intercept paths, the
certificates of the matrix game of allocations and walks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from stackel.gridworld import Cell
from stackel.result import NashRange, StrongStackelberg, WeakStackelberg

Corners: TypeAlias = tuple[tuple[int, ...], ...]
"""The corners of a simplex of coverages that defend some targets for sure: their numbers."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Bound:
    r"""What holds all over one simplex of coverages, with corners :math:`c^0, \dots, c^n`.

    With :math:`\lambda \ge 0` and a mix r of the attacker's plans, a best reply q to a coverage c
    of the simplex pays the leader at most

    .. math:: q \cdot (U_L(c) + \lambda U_F(c)) - \lambda \, r \cdot U_F(c)
              \le \max_i \max_q q \cdot (U_L(c^i) + \lambda U_F(c^i)) - \lambda \, r \cdot U_F(c^i),

    since r pays the attacker no more than q does, and the largest value over q is convex in c.
    """

    multiplier: Fraction
    r""":math:`\lambda`."""
    mix: Mapping[int, Fraction]
    """Number of a plan -> its weight; they sum to 1."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Split:
    """A simplex cut in two through a point on one of its edges."""

    first: int
    """The corner where the edge begins, by its place."""
    second: int
    """The corner where the edge ends."""
    share: Fraction
    """In (0, 1): how far along the edge the new corner lies."""
    sides: tuple[Piece, Piece]
    """The parts in which the new corner takes the place of the first, and of the second."""


Piece: TypeAlias = Bound | Split


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverCertificate:
    """Simplices that cover all coverages, each with a bound on what a best reply pays the leader.

    They start from the triangulation of the coverages by systematic sampling: one simplex for each
    set of allocations that it draws from.
    """

    plans: tuple[tuple[str, ...], ...]
    """The move tables of the plans that bounds mix."""
    pieces: tuple[tuple[Corners, Piece], ...]
    """Each simplex of the triangulation: its corners in order, and how it is cut and bounded."""

    @property
    def bounds(self) -> int:
        """How many simplices there are in the end."""
        todo: list[Piece] = [piece for _, piece in self.pieces]
        count = 0
        while todo:
            piece = todo.pop()
            if isinstance(piece, Split):
                todo += piece.sides
            else:
                count += 1
        return count


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionCertificate:
    """The plans that are the attacker's only best reply to some coverage, with wind.

    Where they tie with each other and with the edges of the coverages are the corners of all reply
    regions. That no other plan pays the attacker more at a corner proves that none does anywhere.
    """

    plans: tuple[tuple[str, ...], ...]
    """Their move tables."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PathForm:
    """The normal form of a game of interception."""

    allocations: tuple[frozenset[Cell], ...]
    """The rows: every other allocation stops the same walks as one of them."""
    walks: tuple[tuple[Cell, ...], ...]
    """The columns, with ``endings``: every other walk enters and ends like one of them."""
    endings: tuple[int, ...]
    """The target that each walk attacks, or ``NO_ATTACK``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PathCertificate:
    """The normal form of a game of interception, and certified commitments for it."""

    form: PathForm
    strong: StrongStackelberg
    """Of the matrix game, with the multipliers that prove it."""
    weak: WeakStackelberg


@dataclass(frozen=True, eq=False, kw_only=True)
class PathNashCertificate:
    """The normal form of a game of interception, and what its Nash equilibria pay."""

    form: PathForm
    range: NashRange
    """Of the matrix game, with the tree that proves it, where that is not too long."""
