"""Every claim, found by walking :mod:`proofs_checks.claims`: adding one edits no other file.

The module docstring of :mod:`proofs_checks` says how a claim is written.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Literal, TypeAlias, get_args

from proofs_checks.checks import Check, Search, Witness
from proofs_checks.evidence import VERDICTS, Verdict
from stackel.errors import ClaimError, UnknownNameError

PaperProof: TypeAlias = Literal["valid", "invalid", "circular", "missing", "none"]
"""``none``: the paper states this without announcing a proof."""
PROOFS: tuple[PaperProof, ...] = get_args(PaperProof)
Body: TypeAlias = Callable[[], Iterable[Check]]
IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, eq=False, kw_only=True)
class Statement:
    """What is claimed where, and what is expected of it."""

    id: str
    source: str
    """Section, theorem and line of the paper, or a citation."""
    short: str
    """The statement in one line: the first line of the docstring."""
    statement: str
    """The whole statement with its quantifiers: the rest of the docstring."""
    expected: Verdict
    paper_proof: PaperProof
    broken_step: str
    """The step of the paper's proof that fails; empty when none does."""
    assumptions: tuple[str, ...]
    """What a ``true-with-assumptions`` statement needs."""
    replacement: str | None
    """Id of the nearest true statement."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Claim(Statement):
    """One statement and how it is checked."""

    checks: tuple[Check, ...]
    module: str
    """Where it is declared."""


def claim(
    id: str,
    *,
    source: str,
    expected: Verdict,
    paper_proof: PaperProof,
    broken_step: str = "",
    assumptions: Sequence[str] = (),
    replacement: str | None = None,
) -> Callable[[Body], Body]:
    """Declare the decorated function's docstring to be a claim that its checks decide.

    Raises
    ------
    ClaimError
        When the claim breaks a rule, which the message states.
    """

    def declare(body: Body) -> Body:
        summary, _, rest = (inspect.getdoc(body) or "").partition("\n")
        declared = Claim(
            id=id,
            source=source,
            short=summary.strip().removesuffix("."),
            statement=_flowing(rest),
            expected=expected,
            paper_proof=paper_proof,
            broken_step=broken_step,
            assumptions=tuple(assumptions),
            replacement=replacement,
            checks=tuple(body()),
            module=body.__module__,
        )
        for fault in faults(declared):
            raise ClaimError(f"claim {id!r}: {fault}")
        body.claim = declared  # type: ignore[attr-defined]
        return body

    return declare


def _flowing(text: str) -> str:
    """``text`` with the line breaks inside its paragraphs removed."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def faults(declared: Claim) -> Iterator[str]:
    """The rules that a claim breaks by itself, each with what was found instead."""
    about_statement = [check for check in declared.checks if check.about == "statement"]
    about_proof = [check for check in declared.checks if check.about == "proof"]
    if not IDENTIFIER.fullmatch(declared.id):
        yield "an id is lower-case words joined by hyphens"
    if not declared.source.strip():
        yield "a claim has a source: section, theorem and line, or a citation"
    if not declared.short or not declared.statement:
        yield "the docstring states the claim: a line in short, an empty line, the whole statement"
    if declared.expected not in VERDICTS:
        yield f"expected must be one of {', '.join(VERDICTS)}, got {declared.expected!r}"
    if declared.paper_proof not in PROOFS:
        yield f"paper_proof must be one of {', '.join(PROOFS)}, got {declared.paper_proof!r}"
    if not about_statement:
        yield "a claim yields at least one check of its statement"
    if declared.expected == "false" and not any(isinstance(c, Witness) for c in about_statement):
        yield "a false claim carries a stored witness, got none"
    if declared.expected == "false" and declared.replacement is None:
        yield "a false claim names its replacement, the nearest true statement, got none"
    if declared.expected.startswith("true"):
        for check in about_statement:
            if (
                isinstance(check, Search)
                and check.neighbour is None
                and (check.assuming or declared.expected == "true")
            ):
                yield "a search that is to find nothing names a false neighbour that it must refute"
    if (declared.expected == "true-with-assumptions") != bool(declared.assumptions):
        yield "assumptions are listed exactly where the verdict is true-with-assumptions"
    if declared.paper_proof in ("invalid", "circular") and not declared.broken_step:
        yield f"a proof that is {declared.paper_proof} has a broken_step, got none"
    if declared.paper_proof == "valid" and declared.expected == "false":
        yield "a false statement has no valid proof"
    if declared.paper_proof == "invalid" and declared.expected != "false" and not about_proof:
        yield "where the statement stands, a check with about='proof' shows that the proof fails"


@cache
def claims() -> dict[str, Claim]:
    """All claims by id, in the order of the lines of the paper that they cite, then all others.

    Raises
    ------
    ClaimError
        When two claims share an id, or a replacement does not exist.
    """
    package = import_module("proofs_checks.claims")
    modules = [
        import_module(found.name)
        for found in walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return collect(modules)


def collect(modules: Iterable[ModuleType]) -> dict[str, Claim]:
    """The claims that ``modules`` declare, by id."""
    collected: dict[str, Claim] = {}
    for module in modules:
        for thing in vars(module).values():
            declared = getattr(thing, "claim", None)
            if not isinstance(declared, Claim) or declared.module != module.__name__:
                continue
            if declared.id in collected:
                first = collected[declared.id].module
                raise ClaimError(
                    f"claim {declared.id!r}: an id is used once, "
                    f"got it in {first} and {module.__name__}"
                )
            collected[declared.id] = declared
    for declared in collected.values():
        if declared.replacement is not None and declared.replacement not in collected:
            raise ClaimError(
                f"claim {declared.id!r}: a replacement is the id of a claim, "
                f"got {declared.replacement!r}"
            )
    return dict(sorted(collected.items(), key=lambda item: _line(item[1].source)))


def _line(source: str) -> float:
    """The first line of the paper that a source cites; infinite when it cites none."""
    found = re.search(r"\blines? (\d+)", source)
    return int(found[1]) if found else math.inf


def select(ids: Iterable[str] | None) -> list[Claim]:
    """The claims of these ids, in their own order; all of them for None.

    Raises
    ------
    UnknownNameError
        When there is no such claim.
    """
    known = claims()
    if ids is None:
        return list(known.values())
    wanted = list(dict.fromkeys(ids))
    for name in wanted:
        if name not in known:
            raise UnknownNameError("claim", name, known)
    return [known[name] for name in wanted]
