"""Exact statements about numbers, which evidence is made of: a float can be no part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from stackel.errors import ClaimError
from stackel.game import Number
from stackel.matrix import format_number


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a calculation, and whether it is so."""

    says: str
    holds: bool

    def __str__(self) -> str:
        return self.says if self.holds else f"NOT SO: {self.says}"


def fact(says: str, holds: object) -> Fact:
    """A fact that is not a comparison of two numbers."""
    return Fact(says=says, holds=bool(holds))


def equal(what: str, found: object, stated: object) -> Fact:
    """``what`` was computed to be ``found``, and is stated to be ``stated``.

    >>> print(equal("1/2 + 1/3", Fraction(1, 2) + Fraction(1, 3), Fraction(5, 6)))
    1/2 + 1/3 = 5/6
    >>> print(equal("1/2 + 1/3", Fraction(5, 6), 1))
    NOT SO: 1/2 + 1/3 = 1 (it is 5/6)
    """
    return _compared(what, "=", found, stated, _exact(found) == _exact(stated))


def at_most(what: str, found: Number, stated: Number) -> Fact:
    """``what`` was computed to be ``found``, which is at most ``stated``."""
    return _compared(what, "<=", found, stated, _number(found) <= _number(stated))


def at_least(what: str, found: Number, stated: Number) -> Fact:
    """``what`` was computed to be ``found``, which is at least ``stated``."""
    return _compared(what, ">=", found, stated, _number(found) >= _number(stated))


def below(what: str, found: Number, stated: Number) -> Fact:
    """``what`` was computed to be ``found``, which is less than ``stated``.

    >>> print(below("every CCE payoff of the leader", Fraction(-3, 2), -1))
    every CCE payoff of the leader = -3/2 < -1
    """
    return _compared(what, "<", found, stated, _number(found) < _number(stated))


def above(what: str, found: Number, stated: Number) -> Fact:
    """``what`` was computed to be ``found``, which is more than ``stated``."""
    return _compared(what, ">", found, stated, _number(found) > _number(stated))


def written(value: object) -> str:
    """Exact numbers, vectors and matrices as text.

    >>> written(((1, Fraction(1, 2)), (0, 3)))
    '[[1, 1/2], [0, 3]]'
    """
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        return format_number(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(written(each) for each in value)}]"
    return str(value)


def _compared(what: str, relation: str, found: object, stated: object, holds: bool) -> Fact:
    if not holds:
        return Fact(
            says=f"{what} {relation} {written(stated)} (it is {written(found)})", holds=False
        )
    if relation == "=":
        return Fact(says=f"{what} = {written(stated)}", holds=True)
    shown = f"{what} = {written(found)} {relation} {written(stated)}"
    return Fact(says=shown if found != stated else f"{what} = {written(found)}", holds=True)


def _number(value: Number) -> Fraction | int:
    exact = _exact(value)
    if not isinstance(exact, int | Fraction):
        raise ClaimError(f"only numbers have an order, got {value!r:.60}")
    return exact


def _exact(value: object) -> object:
    """``value``, when no float is part of it; sequences as tuples."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_exact(each) for each in value)
    if isinstance(value, float):
        raise ClaimError(f"facts are exact: numbers must be int or Fraction, got the float {value}")
    return value
