"""The parts of a gridworld game, and the rules that its fields obey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from stackel.errors import InvalidGameError, brief
from stackel.matrix import parse_number

Cell: TypeAlias = tuple[int, int]
"""(row, col), 0-based; row 0 is in the north."""
PAYOFFS: Final = (
    "attacker_covered",
    "attacker_uncovered",
    "defender_covered",
    "defender_uncovered",
)
"""The four payoffs of a target."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Target:
    """A target: its cell and both players' payoffs when it is attacked, defended or not."""

    cell: Cell
    attacker_covered: Fraction
    """What the attacker gets when a defender stands on the target."""
    attacker_uncovered: Fraction
    """What the attacker gets otherwise: more than ``attacker_covered``."""
    defender_covered: Fraction
    """What the defender gets when a defender stands on the target."""
    defender_uncovered: Fraction
    """What the defender gets otherwise: at most ``defender_covered``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cell", read_cell(self.cell, "cell"))
        where = f"target {brief(self.cell)}"
        for name in PAYOFFS:
            set_rational(self, name, where)
        if self.attacker_uncovered <= self.attacker_covered:
            raise InvalidGameError(
                f"{where}: attacker_uncovered must be more than attacker_covered, "
                f"got {brief(self.attacker_uncovered)} and {brief(self.attacker_covered)}"
            )
        if self.defender_covered < self.defender_uncovered:
            raise InvalidGameError(
                f"{where}: defender_covered must be at least defender_uncovered, "
                f"got {brief(self.defender_covered)} and {brief(self.defender_uncovered)}"
            )


@dataclass(frozen=True, eq=False, kw_only=True)
class NoAttack:
    """Both players' payoffs when no target is attacked."""

    attacker: Fraction = Fraction(0)
    defender: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        for name in ("attacker", "defender"):
            set_rational(self, name, "no_attack")


def set_rational(record: Any, name: str, where: str) -> None:
    """Replace a field of a frozen record by the exact rational it stands for."""
    value = parse_number(getattr(record, name), f"{where}.{name}")
    object.__setattr__(record, name, Fraction(value))


def read_cell(cell: Any, where: str) -> Cell:
    """Return the cell as a tuple of two integers."""
    if isinstance(cell, list | tuple) and len(cell) == 2 and all(type(x) is int for x in cell):
        return cell[0], cell[1]
    raise InvalidGameError(f"{where} must be two integers [row, col], got {brief(cell)}")


def check_integer(value: Any, name: str, least: int) -> None:
    """Refuse anything but an integer from ``least`` up."""
    if type(value) is not int or value < least:
        raise InvalidGameError(f"{name} must be an integer of at least {least}, got {brief(value)}")


def check_choice(value: Any, name: str, known: Sequence[str]) -> None:
    """Refuse anything but one of the known words."""
    if value not in known:
        raise InvalidGameError(f"{name} must be one of {', '.join(known)}, got {brief(value)}")


def check_fields(data: Any, where: str, required: Sequence[str], optional: Sequence[str]) -> None:
    """Refuse anything but an object with the required keys and no unknown ones."""
    if not isinstance(data, Mapping):
        raise InvalidGameError(f"{where} must be an object, got {brief(data)}")
    missing = [key for key in required if key not in data]
    if missing:
        raise InvalidGameError(f"{where} must have {', '.join(required)}, got no {missing[0]!r}")
    for key in data:
        if key not in required and key not in optional:
            known = ", ".join((*required, *optional))
            raise InvalidGameError(f"{where} may have the keys {known}, got {brief(key)}")


def plain_number(number: Fraction) -> int | str:
    """A JSON number when whole, else a string such as ``"1/3"``."""
    return number.numerator if number.denominator == 1 else str(number)
