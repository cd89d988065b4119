"""How the claims of a report are grouped and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofs_checks.report import Decided, Report


@dataclass(frozen=True, eq=False, kw_only=True)
class Chapter:
    """Claims that are declared in one file: one section of the paper, or one replacement."""

    title: str
    claims: tuple[Decided, ...]


def chapters(report: Report) -> list[Chapter]:
    """The claims of a report by the file that declares them, its docstring being the title."""
    from importlib import import_module

    from proofs_checks.registry import claims

    known = claims()
    grouped: dict[str, list[Decided]] = {}
    for each in report:
        grouped.setdefault(known[each.id].module, []).append(each)
    return [
        Chapter(title=_title(import_module(module).__doc__ or module), claims=tuple(members))
        for module, members in grouped.items()
    ]


def _title(docstring: str) -> str:
    return docstring.strip().partition("\n")[0].removesuffix(".")


def tallies(values: Iterable[str]) -> list[tuple[str, int]]:
    """How often each value occurs, the most frequent first.

    >>> tallies(["false", "true", "false"])
    [('false', 2), ('true', 1)]
    """
    return Counter(values).most_common()
