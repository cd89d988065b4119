"""Statements of the form "for all inputs that meet the hypotheses, the conclusion holds"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from proofs_checks.fact import written
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

X = TypeVar("X")


@dataclass(frozen=True, eq=False, kw_only=True)
class ForAll(Generic[X]):
    """For all ``inputs``: ``holds``. The same test judges stored, searched and enumerated inputs.

    A test returns None for an input that does not meet the hypotheses; it is then not counted.
    """

    inputs: Callable[[], SearchStrategy[X]]
    """Makes the hypothesis strategy: called only when something is searched."""
    holds: Callable[[X], bool | None]
    """The conclusion, decided exactly; None when the hypotheses are not met."""
    spell: Callable[[X], str] = lambda x: spell(x)
    """Writes an input so that a reader can type it in."""


def spell(x: Any) -> str:
    """An input in words: games by their payoffs, numbers exactly.

    >>> spell(BimatrixGame([[1, 0]], [["1/2", 3]]))
    'A = [[1, 0]], B = [[1/2, 3]]'
    """
    if isinstance(x, BimatrixGame):
        m, n = x.shape
        sides = (x.leader_exact, x.follower_exact)
        rows = [[[side[i, j] for j in range(n)] for i in range(m)] for side in sides]
        return f"A = {written(rows[0])}, B = {written(rows[1])}"
    if isinstance(x, tuple) and any(isinstance(each, BimatrixGame) for each in x):
        return ", ".join(spell(each) for each in x)
    return written(x)
