"""What solving a game returns: one frozen record a concept, gathered in a :class:`Solution`.

Attribute names are the keys of the ``stackel-solution/1`` JSON format. A
:data:`~stackel.game.Number` is a Fraction when the value is exact and a float when it is not.
Certificates carry what ``solvers.certify`` needs to check an answer without solving anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from stackel.certificate import (
    BayesianCertificate,
    Extreme,
    NashTree,
    StackelbergCertificate,
    WeakCertificate,
)
from stackel.errors import NotComputedError
from stackel.game import ExactStrategy, Number, Strategy
from stackel.matrix import format_number


@dataclass(frozen=True, eq=False, kw_only=True)
class InwardCommitment:
    """A commitment just inside the follower's region: its reply is strict, no tie decides."""

    epsilon: Number
    """The weight moved from the optimal commitment to another mix; 0 when its reply is strict."""
    leader_strategy: Strategy
    """The commitment, shape (m,)."""
    follower_action: int
    """The only best response (up to follower actions with identical payoffs)."""
    leader_value: Number
    """What the leader is guaranteed."""
    follower_gap: Number
    """How much worse every other reply is for the follower; positive, in payoff units."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StrongStackelberg:
    r"""Strong Stackelberg equilibrium: :math:`V = \max_p \max_{j \in BR(p)} p^T A e_j`."""

    leader_value: Number
    follower_value: Number
    """The largest among the optimal commitments, when exact."""
    leader_strategy: Strategy
    follower_action: int
    unique: bool | None
    """Whether one pair (p, j) alone is optimal; None when not decided."""
    method: str
    certified: bool = False
    """Whether ``solvers.certify`` accepted the certificate in exact arithmetic."""
    lower_bound: Number | None = None
    """Of a float answer with bounds: some commitment is sure to pay the leader this. The value lies
    between the two for certain; ``leader_value`` need not, where a near tie was taken for a tie."""
    upper_bound: Number | None = None
    """No commitment pays the leader more than this; equals ``leader_value`` when exact."""
    certificate: StackelbergCertificate | None = field(default=None, repr=False)
    inward: InwardCommitment | None = None
    """None when the follower's region has no interior: then only the weak value can be enforced."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BayesianStackelberg:
    r"""Strong Stackelberg equilibrium against a follower whose type is drawn from a prior.

    :math:`V = \max_p \sum_k \pi_k \max_{j \in BR_k(p)} p^T A^k e_j`.
    """

    leader_value: Number
    """What ``leader_strategy`` earns against these replies."""
    leader_strategy: Strategy
    follower_actions: tuple[int, ...]
    """One best response a type."""
    follower_values: tuple[Number, ...]
    """What each type earns at this commitment."""
    method: str
    certified: bool = False
    """Whether the certificate was accepted in exact arithmetic."""
    upper_bound: Number | None = None
    """No commitment pays the leader more: equals ``leader_value`` when exact; a float where it
    rests on a float solver."""
    certificate: BayesianCertificate | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class WeakStackelberg:
    r"""Weak Stackelberg value: :math:`\sup_p \min_{j \in BR(p)} p^T A e_j`."""

    leader_value: Number
    """The supremum."""
    attained: bool
    leader_strategy: Strategy
    """Attains the supremum, or guarantees at least ``leader_value - epsilon``."""
    epsilon: Number
    """0 when attained; otherwise the shortfall of ``leader_strategy``, in payoff units."""
    method: str
    certified: bool = False
    certificate: WeakCertificate | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class PureOutcome:
    """A pure commitment and the reply to it."""

    leader_value: Number
    follower_value: Number
    leader_action: int
    follower_action: int


@dataclass(frozen=True, eq=False, kw_only=True)
class PureCommitment:
    """The best pure commitments, with ties broken for (strong) or against (weak) the leader."""

    strong: PureOutcome
    weak: PureOutcome
    certified: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class NashEquilibrium:
    """One Nash equilibrium."""

    leader_value: Number
    follower_value: Number
    leader_strategy: Strategy
    follower_strategy: Strategy


@dataclass(frozen=True, eq=False, kw_only=True)
class NashSubset:
    """A maximal Nash subset: any mix of these leader vertices with any of these follower ones."""

    leader_vertices: tuple[Strategy, ...]
    follower_vertices: tuple[Strategy, ...]
    component: int
    """Subsets that touch share the number of their connected component, from 0."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Nash:
    """Nash equilibria: all extreme ones when ``complete``."""

    complete: bool
    equilibria: tuple[NashEquilibrium, ...]
    """Extreme equilibria, each once, in lexicographic order of the strategies, largest first."""
    subsets: tuple[NashSubset, ...]
    """All maximal Nash subsets when complete: their union is the set of all equilibria."""
    method: str
    certified: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class NashRange:
    """Ranges of both players' payoffs over all Nash equilibria."""

    leader_min: Number
    leader_max: Number
    follower_min: Number
    follower_max: Number
    equilibria: Mapping[str, NashEquilibrium]
    """An extreme equilibrium that attains each number, under its attribute name."""
    method: str
    certified: bool = False
    certificate: NashTree | None = field(default=None, repr=False)
    """The proof that no equilibrium lies beyond; None where it would be too long."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Maximin:
    """The security levels of both players, with strategies that guarantee them."""

    leader_value: Number
    leader_strategy: Strategy
    follower_value: Number
    follower_strategy: Strategy
    leader_punishment: Strategy
    """Follower mix that holds the leader to ``leader_value``: the proof that it is the most."""
    follower_punishment: Strategy
    """Leader mix that holds the follower down to ``follower_value``."""
    method: str
    certified: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class ZeroSum:
    """Value and optimal strategies of a constant-sum game (A + B = ``constant`` everywhere)."""

    value: Number
    """The leader's."""
    constant: Number
    leader_strategy: Strategy
    follower_strategy: Strategy
    method: str
    certified: bool = False
    gap: Number = Fraction(0)
    """What the two strategies leave open: best reply to one minus best reply to the other, in
    payoff units. 0 when exact; in floats, with the rounding of both, it bounds the error of
    ``value``: the true value is at most half of it away."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CorrelatedRange:
    """Ranges of both players' payoffs over all (coarse) correlated equilibria."""

    leader_min: Number
    leader_max: Number
    follower_min: Number
    follower_max: Number
    method: str
    certified: bool = False
    extremes: Mapping[str, Extreme] = field(default_factory=dict, repr=False)
    """The proof behind each number, under its attribute name."""


@dataclass(frozen=True, eq=False, kw_only=True)
class NoRegret:
    r"""Where no-regret play can take the leader's average payoff, and the band of any finite play.

    For any play of any algorithms, with :math:`\epsilon` the larger external regret per round
    (0 if both are negative): :math:`lo - k_{lo} \epsilon \le` leader's average
    :math:`\le hi + k_{hi} \epsilon`. The constants are the smallest, from 0 up, for which this
    is true.
    """

    class_: Literal["holds", "may-fail", "never"]
    """Whether no-regret play reaches the strong Stackelberg value: always, perhaps, or never."""
    lo: Number
    hi: Number
    k_lo: Number
    k_hi: Number
    method: str
    certified: bool = False
    extremes: Mapping[str, Extreme] = field(default_factory=dict, repr=False)
    """``lo`` and ``hi``: proofs of these over the CCE, whose multipliers sum to ``k_lo`` and
    ``k_hi``, which proves the band. ``k_lo`` and ``k_hi``: the same multipliers, with a joint
    distribution that lies on the edge of the band (of positive regret unless the constant is 0),
    which proves that the constant cannot be smaller."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ClaimCheck:
    """What the source of a game claims, next to what is true."""

    where: str
    """Such as ``Table 1``."""
    concept: str
    quantity: str
    claimed: Any
    found: Any
    agrees: bool


Concept: TypeAlias = (
    StrongStackelberg
    | BayesianStackelberg
    | WeakStackelberg
    | PureCommitment
    | Nash
    | NashRange
    | Maximin
    | ZeroSum
    | CorrelatedRange
    | NoRegret
)

PROOFS = frozenset(
    {
        "certificate",
        "certificates",
        "extremes",
        "leader_punishment",
        "follower_punishment",
        "move_table",
    }
)
"""Fields that stay out of the JSON: they are large, and checked before it is written."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Solution:
    """Every concept that was computed for one game.

    ``solution.sse``, ``.wse``, ``.pure``, ``.nash``, ``.maximin``, ``.zero_sum``, ``.ce``, ``.cce``
    and ``.no_regret`` give the concepts; one that was not computed raises NotComputedError, which
    is a NoSolutionError and an AttributeError.
    """

    game: Any
    """What was solved: a BimatrixGame, or the game of a subclass."""
    exact: bool
    """Whether every number of every concept is exact."""
    concepts: Mapping[str, Concept]
    omitted: Mapping[str, str] = field(default_factory=dict)
    """Concepts left out, and why."""
    claims: tuple[ClaimCheck, ...] = ()

    def _get(self, name: str) -> Any:
        try:
            return self.concepts[name]
        except KeyError:
            why = self.omitted.get(name, "it was not asked for, or does not apply to this game")
            raise NotComputedError(
                f"concept {name!r} was not computed: {why}; ask for it with concept={name!r}"
            ) from None

    @property
    def sse(self) -> StrongStackelberg:
        """Strong Stackelberg equilibrium."""
        return self._get("sse")  # type: ignore[no-any-return]

    @property
    def wse(self) -> WeakStackelberg:
        """Weak Stackelberg value."""
        return self._get("wse")  # type: ignore[no-any-return]

    @property
    def pure(self) -> PureCommitment:
        """Best pure commitments."""
        return self._get("pure")  # type: ignore[no-any-return]

    @property
    def nash(self) -> Nash:
        """Nash equilibria."""
        return self._get("nash")  # type: ignore[no-any-return]

    @property
    def maximin(self) -> Maximin:
        """Security levels."""
        return self._get("maximin")  # type: ignore[no-any-return]

    @property
    def zero_sum(self) -> ZeroSum:
        """Minimax solution, for constant-sum games."""
        return self._get("zero_sum")  # type: ignore[no-any-return]

    @property
    def ce(self) -> CorrelatedRange:
        """Payoff ranges over correlated equilibria."""
        return self._get("ce")  # type: ignore[no-any-return]

    @property
    def cce(self) -> CorrelatedRange:
        """Payoff ranges over coarse correlated equilibria."""
        return self._get("cce")  # type: ignore[no-any-return]

    @property
    def no_regret(self) -> NoRegret:
        """No-regret class and band."""
        return self._get("no_regret")  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        kind = "exact" if self.exact else "not exact"
        return f"{type(self).__name__}({self.game!r}: {', '.join(self.concepts)}; {kind})"

    def __rich__(self) -> Any:
        from stackel.display import solution_table

        return solution_table(self)

    def _repr_html_(self) -> str:
        from stackel.display import html

        return html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the ``stackel-solution/1`` form: exact numbers as strings, floats as numbers."""
        result: dict[str, Any] = {
            "format": "stackel-solution/1",
            "game": self.game.header(),
            "exact": self.exact,
            "concepts": {name: _plain(concept) for name, concept in self.concepts.items()},
        }
        if self.omitted:
            result["omitted"] = dict(self.omitted)
        if self.claims:
            result["claims"] = [_plain(claim) for claim in self.claims]
        return result


def _plain(value: Any) -> Any:
    """Turn a record into JSON values."""
    if hasattr(value, "__dataclass_fields__"):
        return {
            f.name.rstrip("_"): _plain(getattr(value, f.name))
            for f in fields(value)
            if f.name not in PROOFS
        }
    if isinstance(value, Fraction):
        return format_number(value)
    if isinstance(value, tuple | list):
        return [_plain(x) for x in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(x) for key, x in value.items()}
    return value


def holds_float(record: Any) -> bool:
    """Whether any number of a record's JSON form is a float, and so not exact.

    >>> outcome = {"leader_value": Fraction(1, 2), "leader_action": 0, "follower_action": 0}
    >>> holds_float(PureOutcome(**outcome, follower_value=0.5))
    True
    """
    if hasattr(record, "__dataclass_fields__"):
        shown = (f.name for f in fields(record) if f.name not in PROOFS)
        return any(holds_float(getattr(record, name)) for name in shown)
    if isinstance(record, tuple | list):
        return any(holds_float(x) for x in record)
    if isinstance(record, Mapping):
        return any(holds_float(x) for x in record.values())
    return isinstance(record, float)


def exact_strategy(probabilities: Mapping[int, Fraction], count: int) -> ExactStrategy:
    """Return the full strategy of ``count`` actions from its support.

    >>> exact_strategy({1: Fraction(1)}, 3)
    (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1))
    """
    zero = Fraction(0)
    return tuple(probabilities.get(i, zero) for i in range(count))
