"""What solving a Markov game returns: one frozen record a concept.

Every record names the ``policy_class`` that its value is about, because the classes have different
values: ``stationary`` (one mix a state), ``Markov`` (one mix a stage and state),
``history-dependent`` (one mix a history of states and joint actions), and ``stage-wise`` (a Markov
policy that commits anew at every stage). Attribute names are the keys of the
``stackel-solution/1`` JSON format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from stackel.game import Number, Strategy
from stackel.markov import MarkovGame
from stackel.result import Solution, StrongStackelberg

StationaryPolicy: TypeAlias = tuple[Strategy, ...]
"""One mix a state: ``policy[s][action]``."""
MarkovPolicy: TypeAlias = tuple[StationaryPolicy, ...]
"""One mix a stage and state: ``policy[t][s][action]``."""
History: TypeAlias = tuple[int, ...]
"""States and joint actions so far: ``(s0, i0, j0, s1, i1, j1, s2)``, the present state last."""
HistoryPolicy: TypeAlias = Mapping[History, Strategy]
"""One mix a history; a history that the player's own moves rule out may be absent."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PolicyValues:
    """What a pair of policies pays from each state."""

    leader: tuple[Number, ...]
    follower: tuple[Number, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class BestResponse:
    """The follower's best response to a fixed leader policy: no policy of any class pays more."""

    follower_value: Number
    """From the game's start."""
    leader_value: Number
    """What the leader then gets. With a horizon or a discount the largest that any best response
    (for every state) allows; for average payoffs what ``follower_policy`` yields."""
    leader_worst: Number | None
    """The smallest that a best response allows; None for average payoffs."""
    worst_policy: tuple[int, ...] | None = None
    """For discounted payoffs, a best response that leaves the leader ``leader_worst``."""
    values: tuple[Number, ...]
    """The follower's value from each state at the first stage; for average payoffs the gain."""
    follower_policy: tuple[int, ...] | tuple[tuple[int, ...], ...]
    """One action a state, or a stage and state with a horizon: deterministic policies suffice."""
    bias: tuple[Number, ...] | None = None
    r"""For average payoffs: h with :math:`P^* h = 0` that proves the gain by the two optimality
    equations; else None."""
    policy_class: Literal["stationary", "Markov"]
    """Of both policies."""
    method: str


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryDecision:
    """What the leader plays after one history."""

    history: History
    strategy: Strategy


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryReply:
    """What the follower plays after one history."""

    history: History
    action: int


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryStackelberg:
    """Strong Stackelberg equilibrium over a finite horizon.

    The leader commits to a behavioural policy: a mix for every history of states and joint
    actions. The follower knows this policy, sees the same histories (the leader's realised
    actions up to the last stage, not the present one), and plays a best history-dependent policy
    against it, ties broken for the leader.
    """

    leader_value: Number
    follower_value: Number
    leader_policy: tuple[HistoryDecision, ...]
    """Histories that the leader's own moves allow, in order; some follow only after deviations of
    the follower, which they punish."""
    follower_policy: tuple[HistoryReply, ...]
    """Histories of positive probability, in order."""
    policy_class: Literal["history-dependent"] = "history-dependent"
    information: Literal["commitment"] = "commitment"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""
    upper_bound: Number
    """No such commitment pays the leader more. ``leader_value`` when exact; a float when it is
    the bound of a float MILP."""
    certificates: Mapping[int, StrongStackelberg] | None = field(default=None, repr=False)
    """First state -> the equilibrium of the matrix game of reduced pure policies from there, with
    the multipliers that prove it; the follower's policies in lexicographic order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StageWise:
    """The stage-wise recursion: a one-shot strong Stackelberg equilibrium in every state.

    NOT the Stackelberg value of the game: it is what one Markov commitment earns, hence at most
    the value of ``sse``, and often below it, because the leader cannot reward or punish at a later
    stage what the follower does now.
    """

    leader_value: Number
    follower_value: Number
    leader_values: tuple[Number, ...]
    """From each state at the first stage."""
    follower_values: tuple[Number, ...]
    leader_policy: MarkovPolicy
    follower_policy: tuple[tuple[int, ...], ...]
    """``follower_policy[t][s]``."""
    policy_class: Literal["stage-wise"] = "stage-wise"
    information: Literal["commitment"] = "commitment"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""
    certificates: tuple[tuple[StrongStackelberg, ...], ...] | None = field(default=None, repr=False)
    """``certificates[t][s]``: the equilibrium of the matrix game of each stage and state."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StationaryOutcome:
    """A deterministic stationary commitment and the reply to it: one action a state each."""

    leader_value: Number
    follower_value: Number
    leader_policy: tuple[int, ...]
    follower_policy: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class PureStationary:
    """The best deterministic stationary commitments, with ties for (strong) or against the leader.

    Randomised or history-dependent commitments can be worth more.
    """

    strong: StationaryOutcome
    weak: StationaryOutcome
    policy_class: Literal["stationary, deterministic"] = "stationary, deterministic"
    information: Literal["commitment"] = "commitment"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovZeroSum:
    """Value and optimal policies of a Markov game whose payoffs sum to a constant."""

    value: Number
    """The leader's, from the start; with ``lower < upper`` their midpoint."""
    lower: Number
    """What ``leader_policy`` is sure of, against every policy."""
    upper: Number
    """What ``follower_policy`` holds the leader to, whatever its policy."""
    constant: Number
    """What both players' values sum to."""
    values: tuple[Number, ...]
    """The leader's from each state, at the first stage; within ``error_bound`` of the truth."""
    error_bound: Number
    """0 when exact."""
    leader_policy: StationaryPolicy | MarkovPolicy
    follower_policy: StationaryPolicy | MarkovPolicy
    policy_class: Literal["stationary", "Markov"]
    """Of both policies; they are optimal among all history-dependent ones."""
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""


MarkovConcept: TypeAlias = HistoryStackelberg | StageWise | PureStationary | MarkovZeroSum


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovSolution(Solution):
    """Every concept that was computed for one Markov game.

    ``solution.sse``, ``.stage_wise``, ``.pure_stationary`` and ``.zero_sum`` give the concepts;
    one that was not computed raises NoSolutionError.
    """

    game: MarkovGame
    concepts: Mapping[str, MarkovConcept]  # type: ignore[assignment]

    @property
    def sse(self) -> HistoryStackelberg:  # type: ignore[override]
        """Strong Stackelberg equilibrium in history-dependent policies."""
        return self._get("sse")  # type: ignore[no-any-return]

    @property
    def stage_wise(self) -> StageWise:
        """The stage-wise recursion: a lower bound of ``sse``."""
        return self._get("stage_wise")  # type: ignore[no-any-return]

    @property
    def pure_stationary(self) -> PureStationary:
        """Best deterministic stationary commitments, for discounted payoffs."""
        return self._get("pure_stationary")  # type: ignore[no-any-return]

    @property
    def zero_sum(self) -> MarkovZeroSum:  # type: ignore[override]
        """Minimax value and policies, for payoffs that sum to a constant."""
        return self._get("zero_sum")  # type: ignore[no-any-return]

    def __rich__(self) -> Any:
        from stackel.display import solution_table
        from stackel.markov_display import ROWS

        return solution_table(self, rows=ROWS)
