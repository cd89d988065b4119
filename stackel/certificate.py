"""Proofs that answers carry: multipliers and distributions that ``solvers.certify`` checks.

Each docstring says what inequality, checked in rational arithmetic, proves what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from stackel.game import ExactStrategy, Number

Multipliers: TypeAlias = Mapping[int, Fraction]
"""Nonnegative multipliers of the constraints with those indices; absent means 0."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StackelbergCertificate:
    r"""Proof that no commitment pays the leader more than the claimed value V.

    For every follower action j, ``value_bounds[j]`` holds :math:`\lambda \ge 0` (indexed by the
    follower action k) with
    :math:`\max_i A_{ij} + \sum_k \lambda_k (B_{ij} - B_{ik}) \le V`: weak duality then bounds the
    leader's payoff wherever j is a best response. ``tie_bounds[j]`` holds
    :math:`(\mu, \lambda)` with
    :math:`\max_i B_{ij} + \mu (A_{ij} - V) + \sum_k \lambda_k (B_{ij} - B_{ik}) \le F`, which
    bounds the follower's payoff F over all optimal commitments.
    """

    value_bounds: tuple[Multipliers, ...]
    """One per follower action."""
    tie_bounds: tuple[tuple[Fraction, Multipliers], ...]
    """One per follower action; empty when the largest follower value was not sought."""
    alternative: tuple[ExactStrategy, int] | None = None
    """Another optimal (p, j), when the answer is not unique."""
    isolation: Multipliers | None = None
    r"""When the answer is unique: a second value bound for the winning action j, at most V too,
    that fixes p: the only x with :math:`\sum_i x_i = 1`, with :math:`x_i = 0` in the rows where the
    bound stays below V, and :math:`x^T B_j = x^T B_k` where :math:`\lambda_k > 0`, is p. None when
    ``value_bounds[j]`` does that already."""
    thin: Multipliers | None = None
    r"""When there is no inward commitment because the winning action's region has no interior:
    :math:`\lambda \ge 0`, not all zero and with no weight on columns identical to j, such that
    :math:`\sum_k \lambda_k (B_{ij} - B_{ik}) \le 0` for all i."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BayesianCertificate:
    r"""Proof that no commitment pays the leader more than V against types drawn from the prior.

    With T the types in their ``order``, the keys of ``bounds`` are replies
    :math:`(j_1, \dots, j_t)` of the first t of them, such that every profile of replies begins
    with at least one key. Each key comes with multipliers :math:`\lambda \ge 0`, indexed by
    (type k, follower action l), for which, in every row i,

    .. math:: \sum_{s \le t} \pi_{T_s} A^{T_s}_{i j_s} + \sum_{s > t} \pi_{T_s} \max_j A^{T_s}_{ij}
              + \sum_{s \le t, l} \lambda_{T_s l} (B^{T_s}_{i j_s} - B^{T_s}_{il}) \le V.
    """

    order: tuple[int, ...]
    """Types, each once: all but some of probability 0."""
    bounds: Mapping[tuple[int, ...], Mapping[tuple[int, int], Fraction]]
    """Replies of the first types -> (type, follower action) -> multiplier."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WeakCertificate:
    r"""Proof that no commitment guarantees the leader more than the claimed supremum W.

    The follower actions fall into classes of identical payoff columns. For a class C with
    representative j, ``bounds`` gives weights :math:`w` over C (summing to 1) and
    :math:`\lambda \ge 0` with
    :math:`\max_i \sum_{c \in C} w_c A_{ic} + \sum_k \lambda_k (B_{ij} - B_{ik}) \le W`; or, for a
    class whose region has no interior, ``thin`` gives :math:`\lambda \ge 0`, not all zero and with
    no weight on C itself, such that :math:`\sum_k \lambda_k (B_{ij} - B_{ik}) \le 0` for all i.
    """

    bounds: Mapping[int, tuple[Multipliers, Multipliers]]
    """Representative -> (w, lambda)."""
    thin: Mapping[int, Multipliers]
    """Representative -> lambda."""
    limit: ExactStrategy | None = None
    """When W is not attained: a commitment p that is worth W if all replies but the class C of
    those to ``leader_strategy`` are left out; on the way from p to ``leader_strategy`` the replies
    are C alone, so that values as near to W as one likes are guaranteed."""
    unattained: Mapping[int, tuple[tuple[Multipliers, Multipliers], ...]] = field(
        default_factory=dict
    )
    r"""When W is not attained: for a class C with ``bounds`` not below W, steps (w, lambda) that
    each show, for the commitments p in the region of C that are worth W,
    :math:`\sum_c w_c (A_{ic} - W) + \sum_k \lambda_k (B_{ij} - B_{ik}) \le 0` for all i: every k
    with :math:`\lambda_k > 0` is a reply to all of these p, so that later steps may put weight w on
    k too. In the last step the sum is negative for all i: no such p is left."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Extreme:
    r"""One optimum over an equilibrium polytope, with its proof.

    The multipliers are at least 0 and weigh what a player gains by a deviation, in payoffs of the
    game: for CCE :math:`\lambda_{i'}` and :math:`\mu_{j'}` weigh :math:`A_{i'j} - A_{ij}` and
    :math:`B_{ij'} - B_{ij}` in every cell (i, j); for CE :math:`\lambda_{(i, i')}` does so in row
    i alone and :math:`\mu_{(j, j')}` in column j alone. A maximum of the payoff U (A or B) is
    proved by :math:`U_{ij} - \sum \lambda (A_{i'j} - A_{ij}) - \sum \mu (B_{ij'} - B_{ij}) \le`
    ``value`` in every cell, because no weighted gain is positive in an equilibrium; a minimum by
    :math:`U_{ij} + \sum \lambda (\cdot) + \sum \mu (\cdot) \ge` ``value``.
    """

    value: Number
    joint: Mapping[tuple[int, int], Number]
    """An equilibrium distribution that attains it: (i, j) -> probability, zeros left out."""
    leader_multipliers: Mapping[tuple[int, ...], Number]
    """Keys (i, i') for CE, (i',) for CCE; zeros left out."""
    follower_multipliers: Mapping[tuple[int, ...], Number]
    """Keys (j, j') for CE, (j',) for CCE; zeros left out."""


@dataclass(frozen=True, eq=False, kw_only=True)
class NashBound:
    r"""One end of the range of Nash payoffs at one node of a :class:`NashTree`.

    The weights :math:`\lambda_{(i, i')}, \mu_{(j, j')}` are at least 0, or of any sign where i'
    (j') is known to be a best response. In every cell (i, j) with no action known to be unused,

    .. math:: U_{ij} - \sum_{i'} \lambda_{(i, i')} (A_{i'j} - A_{ij})
              - \sum_{j'} \mu_{(j, j')} (B_{ij'} - B_{ij}) \le V,

    with U the player's payoff and V the end that no equilibrium exceeds. Of an end that none falls
    below, the same with -U and -V. In an equilibrium (p, q), :math:`p_i` times the gain of i' on i
    against q is at most 0, and is 0 where i' is a best response; so the payoff is at most V.
    """

    leader: Mapping[tuple[int, int], Fraction]
    """(i, i') -> weight; zeros left out."""
    follower: Mapping[tuple[int, int], Fraction]
    """(j, j') -> weight; zeros left out."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Alternatives:
    """An action that is unused or a best response, as every action is in a Nash equilibrium."""

    leads: bool
    """Whether it is an action of the leader."""
    action: int
    unused: NashTree
    """Proofs for the equilibria that do not play it."""
    best: NashTree
    """Proofs for those in which it is a best response."""


@dataclass(frozen=True, eq=False, kw_only=True)
class NashTree:
    """Proof that no Nash equilibrium pays more, or less, than some ends say.

    At the root nothing is known of the actions. A node proves
    some ends; one without a split proves all that no node above it has proved.
    """

    bounds: Mapping[str, NashBound]
    """``leader_min``, ``leader_max``, ``follower_min`` or ``follower_max`` -> its proof for all
    equilibria of this node, and so of the nodes below."""
    split: Alternatives | None = None

    @property
    def leaves(self) -> int:
        """How many nodes are not split."""
        todo, count = [self], 0
        while todo:
            node = todo.pop()
            if node.split is None:
                count += 1
            else:
                todo += [node.split.unused, node.split.best]
        return count
