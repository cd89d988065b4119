r"""Bimatrix games, and the letters that the whole of stackel uses.

Leader = row player with payoffs ``A``, follower = column player with payoffs ``B``, both of
shape (m, n). ``p`` is a leader mix, shape (m,); ``q`` a follower mix, shape (n,); ``i`` a leader
action, ``j`` a follower action, 0-based. ``N`` counts games in a batch, ``K`` follower types,
``T`` rounds. To swap the roles, transpose the game (:meth:`BimatrixGame.transpose`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from stackel.errors import InvalidGameError, brief
from stackel.matrix import (
    ScaledMatrix,
    as_floats,
    as_integers,
    fits_float64,
    read_matrix,
    transposed,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

Number: TypeAlias = Fraction | float
"""A Fraction where the value is exact, a float where it is not."""
Strategy: TypeAlias = tuple[Number, ...]
"""Probabilities of the actions, in their order."""
ExactStrategy: TypeAlias = tuple[Fraction, ...]


class BimatrixGame:
    r"""A two-player game in normal form with exact rational payoffs.

    Parameters
    ----------
    leader, follower : matrix, shape (m, n)
        Nested sequences of ints, floats, Fractions or strings such as ``"1/3"``, or arrays.
        A float is the rational number it is: ``0.1`` is not ``"1/10"``.
    name : str, optional
        What tables and files call the game.
    leader_actions, follower_actions : sequence of str, optional
        Labels of the m rows and of the n columns.
    source : str, optional
        Where the game comes from: a citation.

    Raises
    ------
    InvalidGameError
        When a payoff is not a finite real number, a matrix is empty, ragged, not
        two-dimensional or too large, the two shapes differ, or labels do not fit.

    Notes
    -----
    The exact payoffs are the truth; ``leader`` and ``follower`` are their float64 images. Each
    form is built when first asked for, so that a small exact solve never imports numpy and a
    large float solve never builds rationals.

    Examples
    --------
    >>> game = BimatrixGame([[5, 0], [0, 2]], [["1", 0], [0, "2/1"]])
    >>> game.shape, game.leader_exact[0, 0], game.follower_exact.rows
    ((2, 2), Fraction(5, 1), ((1, 0), (0, 2)))
    >>> BimatrixGame([[1, float("nan")]], [[0, 0]])
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: leader payoff [0][1]: payoffs must be finite, got nan
    """

    kind = "matrix"
    """What the game is called in files."""

    def __init__(
        self,
        leader: Any,
        follower: Any,
        *,
        name: str | None = None,
        leader_actions: Sequence[str] | None = None,
        follower_actions: Sequence[str] | None = None,
        source: str | None = None,
    ) -> None:
        self._leader, leader_shape = read_matrix(leader, "leader")
        self._follower, follower_shape = read_matrix(follower, "follower")
        if leader_shape != follower_shape:
            raise InvalidGameError(
                "leader and follower payoffs must have one shape (m, n), "
                f"got {leader_shape} and {follower_shape}"
            )
        self.shape: tuple[int, int] = leader_shape
        for field, text in (("name", name), ("source", source)):
            if text is not None and not isinstance(text, str):
                raise InvalidGameError(f"{field} must be a string, got {brief(text)}")
        self.name = name
        self.source = source
        self.leader_actions: tuple[str, ...] | None = read_labels(
            leader_actions, leader_shape[0], "leader_actions"
        )
        self.follower_actions: tuple[str, ...] | None = read_labels(
            follower_actions, leader_shape[1], "follower_actions"
        )

    @cached_property
    def leader(self) -> FloatArray:
        """Leader payoffs A as float64, shape (m, n), read-only."""
        return as_floats(self._leader, "leader")

    @cached_property
    def follower(self) -> FloatArray:
        """Follower payoffs B as float64, shape (m, n), read-only."""
        return as_floats(self._follower, "follower")

    @cached_property
    def floats_are_exact(self) -> bool:
        """Whether ``leader`` and ``follower`` are the payoffs themselves, not rounded ones."""
        return all(
            fits_float64(raw)
            if not isinstance(raw, list)
            else all(
                x == y
                for row, line in zip(raw, image, strict=True)
                for x, y in zip(row, line.tolist(), strict=True)
            )
            for raw, image in ((self._leader, self.leader), (self._follower, self.follower))
        )

    @cached_property
    def leader_exact(self) -> ScaledMatrix:
        """Leader payoffs A as exact integers over a common denominator."""
        return as_integers(self._leader)

    @cached_property
    def follower_exact(self) -> ScaledMatrix:
        """Follower payoffs B as exact integers over a common denominator."""
        return as_integers(self._follower)

    @cached_property
    def constant_sum(self) -> Fraction | None:
        """The c with A + B = c in every entry, exactly; None when there is none."""
        m, n = self.shape
        if m * n > 64:  # a float screen, cheaper than rationals, that cannot reject a true c
            import numpy as np

            a, b = self.leader, self.follower
            size = np.abs(a).max() + np.abs(b).max()
            total = a + b
            if float(np.ptp(total)) > 8 * np.finfo(float).eps * size:
                return None
            if fits_float64(self._leader) and fits_float64(self._follower) and np.isfinite(size):
                part = total - a  # the rounding error of each sum is a float (Knuth's two-sum)
                error = (a - (total - part)) + (b - part)
                if np.ptp(total) or np.ptp(error):
                    return None
                return Fraction(float(total[0, 0])) + Fraction(float(error[0, 0]))
        exact_a, exact_b = self.leader_exact, self.follower_exact
        target = exact_a.rows[0][0] * exact_b.scale + exact_b.rows[0][0] * exact_a.scale
        for row_a, row_b in zip(exact_a.rows, exact_b.rows, strict=True):
            for x, y in zip(row_a, row_b, strict=True):
                if x * exact_b.scale + y * exact_a.scale != target:
                    return None
        return Fraction(target, exact_a.scale * exact_b.scale)

    def transpose(self) -> BimatrixGame:
        """Return the game with the roles swapped: the column player leads.

        >>> BimatrixGame([[1, 2]], [[3, 4]]).transpose().leader_exact.rows
        ((3,), (4,))
        """
        return BimatrixGame(
            transposed(self._follower),
            transposed(self._leader),
            name=None if self.name is None else f"{self.name} (roles swapped)",
            leader_actions=self.follower_actions,
            follower_actions=self.leader_actions,
            source=self.source,
        )

    def header(self) -> dict[str, Any]:
        """Name, kind, shape and source: how results refer to the game."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "source": self.source,
        }

    def __repr__(self) -> str:
        m, n = self.shape
        return f"BimatrixGame({self.name or 'unnamed'}, {m} x {n})"


def read_labels(labels: Sequence[str] | None, count: int, field: str) -> tuple[str, ...] | None:
    """Check the labels of ``count`` things; return them as a tuple."""
    if labels is None:
        return None
    texts = hasattr(labels, "__iter__") and not isinstance(labels, str)
    if not texts or not all(isinstance(label, str) for label in labels):
        raise InvalidGameError(f"{field} must be a list of strings, got {brief(labels)}")
    if len(labels) != count:
        raise InvalidGameError(f"{field} must have {count} labels, got {len(labels)}")
    return tuple(labels)
