"""What solving a gridworld security game returns: one frozen record a concept.

Targets are numbered as in the game; :data:`~stackel.gridworld.NO_ATTACK` (-1) stands for no attack.
Attribute names are the keys of the ``stackel-solution/1`` JSON format. Each record names what the
attacker sees (``information``), the method, and whether an independent check accepted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from stackel.game import Number
from stackel.gridworld import Cell, GridworldGame
from stackel.gridworld_certificate import (
    CoverCertificate,
    PathCertificate,
    PathNashCertificate,
    RegionCertificate,
)
from stackel.result import Solution


@dataclass(frozen=True, eq=False, kw_only=True)
class Allocation:
    """One allocation of a mix."""

    defended_targets: tuple[int, ...]
    """In increasing order; ``GridworldGame.allocation`` places all defenders."""
    probability: Number
    cells: tuple[Cell, ...] | None = None
    """Where all defenders stand, when they intercept paths."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AttackPlan:
    """One deterministic plan of the attacker, in a mix of several."""

    probability: Number
    outcomes: Mapping[int, Number]
    """Probability of each outcome when nobody stands in the way, zeros left out."""
    walk: tuple[Cell, ...] | None = None
    """Without wind, the cells from the start on."""
    move_table: tuple[str, ...] | None = None
    """With wind, for each time the first letters of the moves in all cells, row by row; ``.`` is to
    stay."""


@dataclass(frozen=True, eq=False, kw_only=True)
class InwardCoverage:
    """A coverage against which the attacker has one best reply: no tie decides."""

    coverage: tuple[Number, ...]
    attacked_target: int
    leader_value: Number
    """What the leader is guaranteed."""
    follower_gap: Number | None
    """How much worse every other outcome is for the attacker; None when there is no other, and
    with wind."""
    limit: tuple[Number, ...] | None = None
    """With wind, the coverage that the inducible value is worth in the limit: on the way there from
    ``coverage`` the reply stays the only one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverageCommitment:
    r"""Strong Stackelberg equilibrium: :math:`\max_c \max_{t \in BR(c)} U_L(t, c_t)`."""

    leader_value: Number
    follower_value: Number
    """The largest among the optimal commitments, when exact."""
    coverage: tuple[Number, ...]
    """Probability that each target is defended; 0 for targets out of the attacker's reach."""
    attacked_target: int
    inducible_value: Number
    r"""What the leader can guarantee: :math:`\sup_c \min_{t \in BR(c)} U_L(t, c_t)`. Where
    ``inducible_bound`` is more, what ``coverage`` guarantees."""
    inward: InwardCoverage | None
    """A commitment near the supremum; None when no coverage singles out a reply (k = 0)."""
    allocation_mix: tuple[Allocation, ...] | None
    """A mix of at most n + 1 allocations with exactly this coverage; None when it is too long to
    write down."""
    attacker_guarantee: Mapping[int, Number]
    """The proof: an attack mix that pays the attacker the least value that any coverage can hold
    it to, whatever the allocation."""
    attack: Mapping[int, Number] | None = None
    """With wind or interception of paths: the probability of each outcome of the attacker's reply
    when nobody stands in the way, zeros left out. ``attacked_target`` is the likeliest."""
    reply: AttackPlan | None = None
    """Then, the reply itself, where one plan plays it: a walk, or with wind a table of moves."""
    attacker_plans: tuple[AttackPlan, ...] | None = None
    """Then, a mix of plans that gives ``attacker_guarantee``."""
    upper_bound: Number | None = None
    """No coverage pays the leader more. None stands for ``leader_value``; more than that where the
    answer is not exact."""
    certificate: CoverCertificate | PathCertificate | RegionCertificate | None = field(
        default=None, repr=False
    )
    """The proof, where ``attacker_guarantee`` is not enough of one."""
    inducible_bound: Number | None = None
    """No coverage guarantees the leader more. None stands for ``inducible_value``; more than that
    where the answer is not exact."""
    information: Literal["commitment"] = "commitment"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""

    @property
    def exact(self) -> bool:
        """Whether ``leader_value`` and ``inducible_value`` are more than lower bounds."""
        return self.upper_bound in (None, self.leader_value) and self.inducible_bound in (
            None,
            self.inducible_value,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class AllocationOutcome:
    """An allocation and the reply to it."""

    leader_value: Number
    follower_value: Number
    attacked_target: int
    defended_targets: tuple[int, ...]
    attack: Mapping[int, Number] | None = None
    """With wind, the probability of each outcome; then ``attacked_target`` is the likeliest."""
    cells: tuple[Cell, ...] | None = None
    """Where all defenders stand, when they intercept paths."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AllocationCommitment:
    """The best realised allocations, with ties broken for (strong) or against (weak) the leader."""

    strong: AllocationOutcome
    weak: AllocationOutcome
    information: Literal["action"] = "action"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AttackEquilibrium:
    """One Nash equilibrium."""

    leader_value: Number
    follower_value: Number
    coverage: tuple[Number, ...]
    attack: Mapping[int, Number]
    """Probability of each outcome, zeros left out."""
    plans: tuple[AttackPlan, ...] | None = None
    """With wind or interception of paths, a mix of plans that gives ``attack``."""
    allocation_mix: tuple[Allocation, ...] | None = None
    """When paths are intercepted, the leader's mix: its coverage does not decide the game."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AttackNash:
    """The range of the leader's payoff over all Nash equilibria."""

    leader_min: Number
    leader_max: Number
    follower_value: Number
    """The attacker's least equilibrium payoff: its payoff in every equilibrium, unless some target
    leaves the defender indifferent (``defender_covered == defender_uncovered``)."""
    follower_max: Number
    """The attacker's largest equilibrium payoff."""
    worst: AttackEquilibrium
    """An equilibrium that attains ``leader_min``."""
    best: AttackEquilibrium
    """An equilibrium that attains ``leader_max``."""
    certificate: PathNashCertificate | None = field(default=None, repr=False)
    """The proof where paths are intercepted and the game is not zero-sum."""
    information: Literal["none"] = "none"
    method: str
    certified: bool = False
    proof: str | None = None
    """What the check proved and how, or what it could not."""


GridworldConcept: TypeAlias = CoverageCommitment | AllocationCommitment | AttackNash


@dataclass(frozen=True, eq=False, kw_only=True)
class GridworldSolution(Solution):
    """Every concept that was computed for one gridworld game.

    ``solution.sse``, ``.pure`` and ``.nash`` give the concepts; one that was not computed raises
    NoSolutionError.
    """

    game: GridworldGame
    concepts: Mapping[str, GridworldConcept]  # type: ignore[assignment]

    @property
    def sse(self) -> CoverageCommitment:  # type: ignore[override]
        """The attacker sees the coverage: strong Stackelberg equilibrium, inducible value."""
        return self._get("sse")  # type: ignore[no-any-return]

    @property
    def pure(self) -> AllocationCommitment:  # type: ignore[override]
        """The attacker sees the realised allocation."""
        return self._get("pure")  # type: ignore[no-any-return]

    @property
    def nash(self) -> AttackNash:  # type: ignore[override]
        """The attacker sees nothing: Nash equilibria."""
        return self._get("nash")  # type: ignore[no-any-return]

    def __rich__(self) -> Any:
        from stackel.gridworld_map import solution_view

        return solution_view(self)

    def _repr_html_(self) -> str:
        from io import StringIO

        from rich.console import Console

        console = Console(record=True, width=110, file=StringIO())
        console.print(self)
        return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")
