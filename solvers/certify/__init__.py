r"""Check any answer in exact arithmetic, with no solver: only sums, products and comparisons.

Every check is the definition of the concept, plus, where an answer says that nothing is better,
weak duality with the multipliers that it carries. Nothing here is shared with the solvers. What is
*not* checked: that ``Nash.equilibria`` misses none (each one listed is checked, and how they
group), and fields that only describe, such as ``method``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from solvers.certify import correlated, equilibria, nash_range, stackelberg
from solvers.certify.payoffs import Payoffs
from stackel.certificate import NashTree
from stackel.game import BimatrixGame, Number
from stackel.result import (
    Concept,
    CorrelatedRange,
    Maximin,
    Nash,
    NashRange,
    NoRegret,
    PureCommitment,
    StrongStackelberg,
    WeakStackelberg,
    ZeroSum,
)

AnyConcept = TypeVar("AnyConcept", bound=Concept)
CHECKS: dict[type, Callable[[Payoffs, Any], Iterator[str]]] = {
    StrongStackelberg: stackelberg.strong,
    WeakStackelberg: stackelberg.weak,
    PureCommitment: stackelberg.pure,
    Nash: equilibria.nash,
    NashRange: nash_range.nash_range,
    Maximin: equilibria.maximin,
    ZeroSum: equilibria.zero_sum,
}
"""The checks that need the game alone."""


def check(
    game: BimatrixGame,
    concept: Concept,
    *,
    sse: StrongStackelberg | None = None,
    coarse: bool | None = None,
) -> tuple[str, ...]:
    """Return why ``concept`` is not proved to be an exact answer for ``game``; empty when it is.

    Parameters
    ----------
    game : BimatrixGame
    concept : Concept
        Any record of ``stackel.result`` for a matrix game.
    sse : StrongStackelberg, optional
        The strong equilibrium of the same game, whose value a no-regret class speaks of: needed
        for :class:`~stackel.result.NoRegret` alone.
    coarse : bool, optional
        Whether a :class:`~stackel.result.CorrelatedRange` is about coarse equilibria. By default
        the form of its multipliers tells; where it has none, its equilibria must not be coarse.

    Returns
    -------
    tuple of str
        One line a fault.

    Notes
    -----
    A record that holds a float is refused, since rounding proves nothing. ``unique=None`` and an
    absent ``isolation`` claim nothing. O(m n) a vector of multipliers.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from solvers.pure import pure_commitment
    >>> game = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> answer = pure_commitment(game)
    >>> check(game, answer)
    ()
    >>> check(game, replace(answer, strong=replace(answer.strong, leader_action=1)))
    ('strong: must be actions (0, 0) with payoffs 5, 1',)
    """
    inexact = [f"{where} must be rational, got {x!r:.40}" for where, x in _inexact(concept, "")]
    if inexact:
        return tuple(inexact)
    payoffs = Payoffs(game)
    if isinstance(concept, CorrelatedRange):
        return tuple(correlated.correlated(payoffs, concept, coarse))
    if isinstance(concept, NoRegret):
        if sse is None or check(game, sse):
            return ("sse must be a strong equilibrium that passes its check",)
        return tuple(correlated.no_regret(payoffs, concept, sse.leader_value))
    if (checked := CHECKS.get(type(concept))) is not None:
        return tuple(checked(payoffs, concept))
    return (f"there is no check for {type(concept).__name__}",)


def check_ends(game: BimatrixGame, ends: Mapping[str, Number], tree: NashTree) -> tuple[str, ...]:
    """Return why ``tree`` does not prove that no Nash equilibrium lies beyond ``ends``.

    Parameters
    ----------
    game : BimatrixGame
    ends : mapping
        Any of ``leader_min``, ``leader_max``, ``follower_min``, ``follower_max``, in rationals.
    tree : NashTree

    Examples
    --------
    >>> from solvers.nash_range import nash_tree
    >>> game = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> tree = nash_tree(game, {"leader_max": 5})
    >>> check_ends(game, {"leader_max": 5}, tree)
    ()
    >>> check_ends(game, {"leader_max": 4}, tree)
    ('leader_max: weights must prove 4 in every cell, but fail in (0, 0)',)
    """
    if unknown := set(ends) - set(nash_range.RANGE):
        return tuple(f"{name!r} is no end of a range" for name in sorted(unknown))
    inexact = [*_inexact(ends, "ends"), *_inexact(tree, "tree")]
    if inexact:
        return tuple(f"{where} must be rational, got {x!r:.40}" for where, x in inexact)
    return tuple(nash_range.ends(Payoffs(game), ends, tree))


def certified(
    game: BimatrixGame,
    concept: AnyConcept,
    *,
    sse: StrongStackelberg | None = None,
    coarse: bool | None = None,
) -> AnyConcept:
    """Return ``concept`` with its mark ``certified`` set to the verdict of :func:`check`."""
    reasons = check(game, concept, sse=sse, coarse=coarse)
    return replace(concept, certified=not reasons)


def _inexact(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Numbers in a record, however deep, that are neither ints nor Fractions."""
    if is_dataclass(value):
        for f in fields(value):
            yield from _inexact(getattr(value, f.name), f"{where}.{f.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, x in value.items():
            yield from _inexact(key, where)
            yield from _inexact(x, where)
    elif isinstance(value, tuple):
        for x in value:
            yield from _inexact(x, where)
    elif value is not None and not isinstance(value, str | int | Fraction):
        yield where, value
