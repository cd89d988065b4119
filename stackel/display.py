"""Solutions for the eye: a rich table on a terminal, the same table as HTML in a notebook.

Fractions are printed with their decimals; a strategy shows only the actions it plays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from rich.console import RenderableType

    from stackel.bayesian import BayesianGame
    from stackel.game import BimatrixGame, Number
    from stackel.result import (
        BayesianStackelberg,
        CorrelatedRange,
        Maximin,
        Nash,
        NoRegret,
        PureCommitment,
        Solution,
        WeakStackelberg,
        ZeroSum,
    )

WIDE = 1e-6
"""Relative width from which the bounds of a float answer leave its value open."""
LONGEST_FRACTION = 24
"""Characters up to which a fraction is printed in full; beyond, its decimals alone."""
LONGEST_PROBABILITY = 12
"""Characters up to which a fraction among others is printed as one."""
LONGEST_STRATEGY = 6
"""Actions of a strategy that are printed; the rest is counted."""
LONGEST_LIST = 12
"""Equilibria that are printed; the rest is counted."""


def number(x: Number) -> str:
    """A value as a fraction and as decimals.

    >>> number(Fraction(10, 3)), number(Fraction(5)), number(0.25)
    ('10/3 (3.33333)', '5', '0.25')
    """
    exact = _exact(x)
    if exact is None or len(exact) > LONGEST_FRACTION:
        return decimal(x) + ("…" if exact is None and not isinstance(x, float) else "")
    return f"{exact} ({decimal(x)})" if "/" in exact else exact


def decimal(x: Number) -> str:
    """Six significant digits, also of rationals beyond float64.

    >>> decimal(Fraction(1, 3)), decimal(Fraction(1, 10**400)), decimal(2 * 10**400)
    ('0.333333', '1e-400', '2e+400')
    """
    if isinstance(x, float):
        return f"{x:.6g}"
    quotient = Decimal(x.numerator) / Decimal(x.denominator)
    within = not quotient or -300 < quotient.adjusted() < 300
    return f"{float(x):.6g}" if within else f"{quotient.normalize():.6g}"


def strategy(p: Sequence[Number], labels: Sequence[str] | None) -> str:
    """A mix as ``label: probability``, zeros left out.

    >>> strategy((Fraction(2, 3), Fraction(0), Fraction(1, 3)), None)
    '0: 2/3, 2: 1/3'
    """
    played = [(i, x) for i, x in enumerate(p) if x]
    parts = [f"{action(i, labels)}: {short(x)}" for i, x in played[:LONGEST_STRATEGY]]
    if len(played) > LONGEST_STRATEGY:
        parts.append(f"and {len(played) - LONGEST_STRATEGY} more")
    return ", ".join(parts)


def short(x: Number) -> str:
    """A probability: the fraction where it is short, else decimals."""
    exact = _exact(x)
    return exact if exact is not None and len(exact) <= LONGEST_PROBABILITY else decimal(x)


def _exact(x: Number) -> str | None:
    """The fraction, when it is one and has no more than a few hundred digits."""
    if isinstance(x, float) or max(abs(x.numerator), x.denominator) >= 10**100:
        return None
    return str(x)


def span(low: Number, high: Number) -> str:
    """A range of payoffs.

    >>> span(Fraction(1, 2), 1), span(2, 2)
    ('1/2 to 1', '2')
    """
    return short(low) if low == high else f"{short(low)} to {short(high)}"


def action(i: int, labels: Sequence[str] | None) -> str:
    """The label of an action, or its number."""
    return printable(labels[i]) if labels else str(i)


TITLE = 200
"""Characters of a name that a picture shows: to set a very long one takes minutes."""


def printable(text: str) -> str:
    """``text`` without control characters: a file may not steer the terminal it is shown on.

    >>> printable("top" + chr(27) + "[31m")
    'top?[31m'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


def solution_table(
    solution: Solution, *, rows: Mapping[str, Callable[[Any, Any], Iterator[Row]]] | None = None
) -> RenderableType:
    """Every concept of ``solution``, one row a value, then what the source of the game claims.

    ``rows`` says how each concept is printed: :data:`ROWS` unless given.
    """
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    header = solution.game.header()
    size = " x ".join(str(side) for side in header.get("shape", ()))
    table = Table(
        title=Text(f"{printable(header['name'] or 'unnamed game')} ({size or header['kind']})"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("concept", no_wrap=True)
    table.add_column("leader", justify="right", overflow="fold")
    table.add_column("follower", justify="right", overflow="fold")
    table.add_column("strategies and remarks", overflow="fold")
    for name, concept in solution.concepts.items():
        lines = list((rows or ROWS)[name](concept, solution.game))
        for count, row in enumerate(lines):
            table.add_row(*map(Text, row), end_section=count == len(lines) - 1)
    parts: list[RenderableType] = [table]
    for claim in solution.claims:
        found = "" if claim.agrees else f" (it is {value(claim.found)})"
        verdict = "confirmed" if claim.agrees else f"refuted{found}"
        parts.append(
            Text(
                f"{claim.where} claims {claim.concept} {claim.quantity.replace('_', ' ')} "
                f"{value(claim.claimed)}: {verdict}",
                style="green" if claim.agrees else "bold red",
            )
        )
    parts.extend(
        Text(f"{name} left out: {why}", style="dim") for name, why in solution.omitted.items()
    )
    return Group(*parts)


def html(solution: Solution | RenderableType) -> str:
    """What ``solution`` prints on a terminal as an HTML fragment, for notebooks."""
    from io import StringIO

    from rich.console import Console

    console = Console(record=True, width=110, file=StringIO(), force_jupyter=False)
    console.print(solution)
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def value(x: Any) -> str:
    """A number, a strategy or a word, as claims hold them."""
    if isinstance(x, str | bool):
        return str(x)
    if isinstance(x, tuple | list):
        return f"({', '.join(value(y) for y in x)})"
    return short(x)


Row: TypeAlias = tuple[str, str, str, str]
"""Concept, leader's payoff, follower's payoff, remark."""


def mark(concept: Any) -> str:
    """How sure a value is."""
    if concept.certified:
        return "certified"
    if not isinstance(getattr(concept, "leader_value", 0), Fraction | int):
        return "float"
    bound = getattr(concept, "upper_bound", None)
    return "exact, but optimal by a float bound" if isinstance(bound, float) else "exact"


def _sse(sse: Any, game: Any) -> Iterator[Row]:
    if game.kind == "bayesian":
        yield from _bayesian(sse, game)
        return
    p = strategy(sse.leader_strategy, game.leader_actions)
    j = action(sse.follower_action, game.follower_actions)
    remark = f"({p}), reply {j}; {mark(sse)}"
    if sse.unique is not None:
        remark += ", unique" if sse.unique else ", not unique"
    inward = sse.inward
    safe = inward is not None and inward.leader_value == sse.leader_value
    if safe:
        remark += ", no tie"
    yield "sse", number(sse.leader_value), number(sse.follower_value), remark
    if sse.lower_bound is not None:
        lower, upper = sse.lower_bound, sse.upper_bound
        wide = upper - lower > WIDE * max(abs(lower), abs(upper))
        doubt = ": floats cannot tell, a near tie may decide" if wide else ""
        yield "  proved", span(lower, upper), "", f"bounds in float64{doubt}"
    elif sse.upper_bound is not None and sse.upper_bound > sse.leader_value:
        yield "  at most", number(sse.upper_bound), "", "bound proved in float64"
    if inward is not None and not safe:
        p = strategy(inward.leader_strategy, game.leader_actions)
        gap = f"every other reply is worse by {short(inward.follower_gap)}"
        how = "moved inward" if inward.epsilon else "at worst"
        yield "  guaranteed", number(inward.leader_value), "", f"({p}), {how}: {gap}"


def _bayesian(sse: BayesianStackelberg, game: BayesianGame) -> Iterator[Row]:
    p = strategy(sse.leader_strategy, game.leader_actions)
    yield "sse", number(sse.leader_value), "", f"({p}); {mark(sse)}"
    if sse.upper_bound is not None and sse.upper_bound > sse.leader_value:
        yield "  at most", number(sse.upper_bound), "", "bound proved in float64"
    names = game.type_names or [f"type {k}" for k in range(len(game.types))]
    for name, prior, j, earned in zip(
        names, game.prior, sse.follower_actions, sse.follower_values, strict=True
    ):
        reply = action(j, game.follower_actions)
        yield f"  {name}", "", number(earned), f"probability {short(prior)}: reply {reply}"


def _wse(wse: WeakStackelberg, game: BimatrixGame) -> Iterator[Row]:
    p = strategy(wse.leader_strategy, game.leader_actions)
    how = "attained" if wse.attained else f"not attained: within {short(wse.epsilon)}"
    yield "wse", number(wse.leader_value), "", f"({p}), {how}; {mark(wse)}"


def _pure(pure: PureCommitment, game: BimatrixGame) -> Iterator[Row]:
    for label, outcome in (("pure strong", pure.strong), ("pure weak", pure.weak)):
        i = action(outcome.leader_action, game.leader_actions)
        j = action(outcome.follower_action, game.follower_actions)
        leader, follower = number(outcome.leader_value), number(outcome.follower_value)
        yield label, leader, follower, f"({i}), reply {j}; {mark(pure)}"


def _nash(nash: Nash, game: BimatrixGame) -> Iterator[Row]:
    count = len(nash.equilibria)
    what = f"{count} extreme equilibria" if count != 1 else "1 extreme equilibrium"
    alone = "all" if nash.complete else "not all"
    if any(len(s.leader_vertices) * len(s.follower_vertices) > 1 for s in nash.subsets):
        parts = 1 + max(s.component for s in nash.subsets)
        alone += f", spanning {len(nash.subsets)} maximal subsets in {parts} components"
    for index, e in enumerate(nash.equilibria[:LONGEST_LIST]):
        p = strategy(e.leader_strategy, game.leader_actions)
        q = strategy(e.follower_strategy, game.follower_actions)
        remark = f"({p}), ({q})"
        if index == 0:
            remark += f"; {what}, {alone}; {mark(nash)}"
        label = "nash" if index == 0 else ""
        yield label, number(e.leader_value), number(e.follower_value), remark
    if count > LONGEST_LIST:
        yield "", "", "", f"and {count - LONGEST_LIST} more"


def _maximin(maximin: Maximin, game: BimatrixGame) -> Iterator[Row]:
    p = strategy(maximin.leader_strategy, game.leader_actions)
    q = strategy(maximin.follower_strategy, game.follower_actions)
    leader, follower = number(maximin.leader_value), number(maximin.follower_value)
    yield "maximin", leader, follower, f"({p}), ({q}); {mark(maximin)}"


def _zero_sum(solved: ZeroSum, game: BimatrixGame) -> Iterator[Row]:
    p = strategy(solved.leader_strategy, game.leader_actions)
    q = strategy(solved.follower_strategy, game.follower_actions)
    leader, follower = number(solved.value), number(solved.constant - solved.value)
    yield "zero sum", leader, follower, f"({p}), ({q}); {mark(solved)}"


def _range(label: str) -> Callable[[CorrelatedRange, BimatrixGame], Iterator[Row]]:
    def rows(found: CorrelatedRange, game: BimatrixGame) -> Iterator[Row]:
        leader = span(found.leader_min, found.leader_max)
        follower = span(found.follower_min, found.follower_max)
        yield label, leader, follower, f"payoff ranges; {mark(found)}"

    return rows


def _no_regret(band: NoRegret, game: BimatrixGame) -> Iterator[Row]:
    leader = span(band.lo, band.hi)
    means = {
        "holds": "every no-regret pair reaches the sse value",
        "may-fail": "a no-regret pair may or may not reach the sse value",
        "never": "no no-regret pair reaches the sse value",
    }[band.class_]
    yield "no regret", leader, "", f"{band.class_}: {means}; {mark(band)}"
    slopes = f"k_lo = {short(band.k_lo)}, k_hi = {short(band.k_hi)}"
    yield "  band", "", "", f"lo - k_lo eps <= average <= hi + k_hi eps with {slopes}"


ROWS: dict[str, Callable[[Any, Any], Iterator[Row]]] = {
    "sse": _sse,
    "wse": _wse,
    "pure": _pure,
    "nash": _nash,
    "maximin": _maximin,
    "zero_sum": _zero_sum,
    "ce": _range("ce"),
    "cce": _range("cce"),
    "no_regret": _no_regret,
}
"""How each concept is printed, in rows of the table."""
