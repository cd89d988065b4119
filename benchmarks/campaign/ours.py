"""stackel's own methods on one game: each against its certificate, the others, and theory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from solvers.bayesian.check import check_bayesian
from solvers.bayesian.solve import METHODS as BAYESIAN
from solvers.certify import check
from solvers.correlated import coarse_correlated, correlated
from solvers.lemke_howson import lemke_howson
from solvers.maximin import maximin
from solvers.multiple_lp import multiple_lp
from solvers.nash import nash
from solvers.no_regret import no_regret
from solvers.pure import pure_commitment
from solvers.strong import METHODS
from solvers.weak import weak_stackelberg
from solvers.zero_sum import zero_sum
from stackel.bayesian import BayesianGame
from stackel.game import BimatrixGame
from stackel.response import column_payoffs, row_payoffs

FLOAT = Fraction(1, 10**6)
"""Share of a payoff range by which a float answer may be off."""


CANNOT_TELL = "cannot tell, and says so"
"""The kind of a float answer that names its doubt: no fault, but no answer either."""


class Known:
    """A game with what has been found out about it."""

    def __init__(self, game: BimatrixGame) -> None:
        self.game = game
        self.answers: dict[str, Any] = {}
        """System -> answer, of those that gave one."""

    @cached_property
    def leader_range(self) -> Fraction:
        """Largest minus least payoff."""
        return _range(self.game.leader_exact)

    @cached_property
    def follower_range(self) -> Fraction:
        """Largest minus least payoff."""
        return _range(self.game.follower_exact)

    @property
    def value(self) -> Fraction:
        """The certified value of the strong Stackelberg equilibrium."""
        return Fraction(self.answers["multiple-lp"].leader_value)


def _range(payoffs: Any) -> Fraction:
    flat = list(chain.from_iterable(payoffs.rows))
    return Fraction(max(flat) - min(flat), payoffs.scale)


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method, what is wrong with an answer of it, and how large games may be."""

    solve: Callable[[Known], Any]
    faults: Callable[[Known, Any], Iterator[str]]
    """``kind: details`` of every fault of an answer."""
    up_to: int = 144
    """Entries m n: to where it takes about 0.1 s a game; 144 is everything."""
    one_in: int = 1
    """Of how many games it is asked one."""
    constant_sum: bool = False
    """Whether it is for constant-sum games alone."""


def _certificate(known: Known, answer: Any) -> Iterator[str]:
    if faults := check(known.game, answer):
        yield f"certificate refused: {faults[0]}"


def _strong(known: Known, sse: Any) -> Iterator[str]:
    """The reference itself, or a method held against it."""
    reference = known.answers.get("multiple-lp", sse)
    if sse.certificate is not None:
        yield from _certificate(known, sse)
    if sse.leader_value != known.value:
        yield f"value: {sse.leader_value}, by multiple LPs {known.value}"
    if sse.upper_bound < known.value and not isinstance(sse.upper_bound, float):
        yield f"bound below the value: {sse.upper_bound}"
    if sse.method != "milp" and sse.follower_value != reference.follower_value:
        yield f"follower value: {sse.follower_value}, by multiple LPs {reference.follower_value}"
    if None not in (sse.unique, reference.unique) and sse.unique != reference.unique:
        yield f"uniqueness: {sse.unique}, by multiple LPs {reference.unique}"


def _one_type(known: Known) -> BayesianGame:
    return BayesianGame(known.game._leader, [known.game._follower], [1])


def _bayesian(known: Known, sse: Any) -> Iterator[str]:
    if sse.leader_value != known.value:
        yield f"value: {sse.leader_value}, by multiple LPs {known.value}"
    if sse.method != "dobss" and (faults := check_bayesian(_one_type(known), sse)):
        yield f"certificate refused: {faults[0]}"


def _weak(known: Known, wse: Any) -> Iterator[str]:
    yield from _certificate(known, wse)
    if wse.leader_value > known.value:
        yield "weak value above the strong one"


def _pure(known: Known, pure: Any) -> Iterator[str]:
    yield from _certificate(known, pure)
    if pure.strong.leader_value > known.value:
        yield "pure value above the mixed one"
    if "wse" in known.answers and pure.weak.leader_value > known.answers["wse"].leader_value:
        yield "weak pure value above the weak mixed one"


def _nash(known: Known, found: Any) -> Iterator[str]:
    yield from _certificate(known, found)
    if max(e.leader_value for e in found.equilibria) > known.value:
        yield "an equilibrium pays the leader more than commitment"


def _one_nash(known: Known, pair: Any) -> Iterator[str]:
    if not is_equilibrium(known.game, *pair):
        yield "not an equilibrium"
    every = known.answers.get("nash")
    if every and pair not in [(e.leader_strategy, e.follower_strategy) for e in every.equilibria]:
        yield "an extreme equilibrium that the enumeration lacks"


def is_equilibrium(game: BimatrixGame, p: Any, q: Any) -> bool:
    """Whether two rational mixes are best against each other, exactly."""
    rows, columns = row_payoffs(game.leader_exact, q), column_payoffs(game.follower_exact, p)
    return (
        min(*p, *q) >= 0
        and sum(p) == sum(q) == 1
        and all(x == max(rows) for x, w in zip(rows, p, strict=True) if w)
        and all(x == max(columns) for x, w in zip(columns, q, strict=True) if w)
    )


def _maximin(known: Known, security: Any) -> Iterator[str]:
    yield from _certificate(known, security)
    if "wse" in known.answers and known.answers["wse"].leader_value < security.leader_value:
        yield "weak value below the security level"


def _zero_sum(known: Known, answer: Any) -> Iterator[str]:
    yield from _certificate(known, answer)
    values = {known.value, known.answers["maximin"].leader_value}
    values |= {known.answers["wse"].leader_value} if "wse" in known.answers else set()
    if values != {answer.value}:
        yield f"value: {answer.value}, other concepts {sorted(values)}"


def _zero_sum_float(known: Known, answer: Any) -> Iterator[str]:
    exact = Fraction(known.answers["zero-sum"].value)
    room = Fraction(answer.gap) + known.leader_range * FLOAT
    if abs(Fraction(answer.value) - exact) > room:
        yield f"value off by more than its gap: {answer.value!r}, {answer.gap!r}"


def _correlated(known: Known, ranges: Any) -> Iterator[str]:
    if faults := check(known.game, ranges, coarse=False):
        yield f"certificate refused: {faults[0]}"
    if ranges.leader_max > known.value:  # von Stengel and Zamir (2010)
        yield "a correlated equilibrium pays the leader more than commitment"
    every = known.answers.get("nash")
    if every and not all(
        ranges.leader_min <= e.leader_value <= ranges.leader_max
        and ranges.follower_min <= e.follower_value <= ranges.follower_max
        for e in every.equilibria
    ):
        yield "a Nash equilibrium outside the correlated range"


def _coarse(known: Known, ranges: Any) -> Iterator[str]:
    if faults := check(known.game, ranges, coarse=True):
        yield f"certificate refused: {faults[0]}"
    inner = known.answers.get("ce")
    if inner and not (
        ranges.leader_min <= inner.leader_min <= inner.leader_max <= ranges.leader_max
        and ranges.follower_min <= inner.follower_min <= inner.follower_max <= ranges.follower_max
    ):
        yield "a correlated range outside the coarse one"
    if ranges.leader_min < known.answers["maximin"].leader_value:
        yield "a coarse equilibrium below the security level"


def _regret(known: Known, answer: Any) -> Iterator[str]:
    if faults := check(known.game, answer, sse=known.answers["multiple-lp"]):
        yield f"certificate refused: {faults[0]}"
    cce = known.answers["cce"]
    if (answer.lo, answer.hi) != (cce.leader_min, cce.leader_max):
        yield "ends differ from the coarse correlated range"


def _floats(known: Known, sse: Any) -> Iterator[str]:
    if not Fraction(sse.lower_bound) <= known.value <= Fraction(sse.upper_bound):
        yield f"value outside the bounds: {sse.lower_bound!r}, {known.value}, {sse.upper_bound!r}"
    elif sse.upper_bound - sse.lower_bound > FLOAT * known.leader_range:
        yield f"{CANNOT_TELL}: between {sse.lower_bound!r} and {sse.upper_bound!r}"
    elif abs(Fraction(sse.leader_value) - known.value) > FLOAT * known.leader_range:
        yield f"value off: reports {sse.leader_value!r}, exact value {float(known.value)!r}"


OURS: dict[str, Method] = {
    "multiple-lp": Method(solve=lambda known: multiple_lp(known.game), faults=_strong),
    "multiple-lp, float": Method(
        solve=lambda known: multiple_lp(known.game, certify="float"), faults=_floats, one_in=2
    ),
    "correlated-commitment": Method(
        solve=lambda known: METHODS["correlated-commitment"](known.game),
        faults=_strong,
        one_in=8,
    ),
    "vertex-enumeration": Method(
        solve=lambda known: METHODS["vertex-enumeration"](known.game), faults=_strong, up_to=25
    ),
    "milp": Method(solve=lambda known: METHODS["milp"](known.game), faults=_strong, one_in=200),
    "branch-and-bound": Method(
        solve=lambda known: BAYESIAN["branch-and-bound"](_one_type(known)),
        faults=_bayesian,
        one_in=8,
    ),
    "harsanyi": Method(
        solve=lambda known: BAYESIAN["harsanyi"](_one_type(known)), faults=_bayesian, one_in=8
    ),
    "dobss": Method(
        solve=lambda known: BAYESIAN["dobss"](_one_type(known)), faults=_bayesian, one_in=200
    ),
    "wse": Method(solve=lambda known: weak_stackelberg(known.game), faults=_weak),
    "pure": Method(solve=lambda known: pure_commitment(known.game), faults=_pure),
    "nash": Method(solve=lambda known: nash(known.game, complete=True), faults=_nash, up_to=64),
    "lemke-howson": Method(solve=lambda known: lemke_howson(known.game), faults=_one_nash),
    "maximin": Method(solve=lambda known: maximin(known.game), faults=_maximin),
    "zero-sum": Method(
        solve=lambda known: zero_sum(known.game), faults=_zero_sum, constant_sum=True
    ),
    "zero-sum, float": Method(
        solve=lambda known: zero_sum(known.game, certify="float"),
        faults=_zero_sum_float,
        constant_sum=True,
    ),
    "ce": Method(
        solve=lambda known: correlated(known.game), faults=_correlated, up_to=25, one_in=6
    ),
    "cce": Method(
        solve=lambda known: coarse_correlated(known.game), faults=_coarse, up_to=50, one_in=6
    ),
    "no-regret": Method(
        solve=lambda known: no_regret(known.game, sse_value=known.value),
        faults=_regret,
        up_to=50,
        one_in=6,
    ),
}
"""System -> method, those that others are held against first."""
