"""Settings as text: read from a command line, and listed with what they mean."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from dynamics.settings import PRESETS, Settings
from stackel.errors import InvalidGameError, UnknownNameError, brief

WORDS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Described:
    """One setting."""

    name: str
    default: Any
    meaning: str


def parse(assignments: Iterable[str]) -> dict[str, list[Any]]:
    """Settings given as ``name=value`` or ``name=value,value``, each value of the setting's type.

    >>> parse(["eta=0.02,0.05", "memory=true", "follower=hedge"])
    {'eta': [0.02, 0.05], 'memory': [True], 'follower': ['hedge']}

    Raises
    ------
    UnknownNameError
        For a setting that does not exist.
    InvalidGameError
        For text that is no value of its type, or a setting that is given twice.
    """
    hints = get_type_hints(Settings)
    found: dict[str, list[Any]] = {}
    for text in assignments:
        name, equals, values = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise InvalidGameError(f"a setting is given as name=value, got {brief(text)}")
        if name not in hints:
            raise UnknownNameError("setting", name, hints)
        if name in found:
            raise InvalidGameError(f"{name} is set twice; give its values as {name}=value,value")
        found[name] = [_value(name, hints[name], value.strip()) for value in values.split(",")]
    return found


def describe() -> list[Described]:
    """Every setting with its default and the docstring below its field.

    >>> describe()[0].name, describe()[0].default
    ('leader', 'ppo')
    """
    (body,) = (node for node in ast.parse(inspect.getsource(Settings)).body)
    assert isinstance(body, ast.ClassDef)
    meanings: dict[str, str] = {}
    name = None
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif name and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            meanings[name] = " ".join(str(node.value.value).replace("``", "").split())
    return [
        Described(name=field.name, default=field.default, meaning=meanings[field.name])
        for field in fields(Settings)
    ]


def changes(preset: str) -> str:
    """What a preset has other than ``ald``.

    >>> changes("symmetric")
    'follower=ppo'
    """
    own, base = PRESETS[preset], PRESETS["ald"]
    names = [field.name for field in fields(Settings)]
    return ", ".join(
        f"{name}={getattr(own, name)}"
        for name in names
        if getattr(own, name) != getattr(base, name)
    )


def _value(name: str, kind: Any, text: str) -> Any:
    """``text`` as a value of the type ``kind``."""
    try:
        if kind is bool:
            return WORDS[text.lower()]
        return kind(text) if kind in (int, float) else text
    except (ValueError, KeyError):
        rule = {bool: "true or false", int: "an integer", float: "a number"}[kind]
        raise InvalidGameError(f"{name} must be {rule}, got {brief(text)}") from None
