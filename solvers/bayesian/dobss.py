r"""DOBSS: one mixed-integer program for all follower types, kept honest by exact arithmetic.

The float MILP only proposes profiles of replies, best first; for each an exact linear program says
what it is worth. Proposals go on until the MILP's bound on the profiles not yet tried falls clearly
below the best exact value, so that neither ties nor integrality tolerances decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Any

from solvers.lp.mixed_integer import maximize_mixed_integer
from solvers.replies import bayesian_equilibrium, best_commitment, drawn_types
from stackel.bayesian import BayesianGame
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame, ExactStrategy
from stackel.matrix import ScaledMatrix
from stackel.result import BayesianStackelberg

MARGIN = 1e-6
"""Share of the leader's payoff range by which the bound must fall below the best value: what the
solver's tolerances can shift an objective by, with room to spare."""


def dobss(game: BayesianGame, *, rounds: int = 64) -> BayesianStackelberg:
    r"""Strong Stackelberg equilibrium against follower types, by the DOBSS mixed-integer program.

    Parameters
    ----------
    game : BayesianGame
        K types, payoffs of shape (m, n) each.
    rounds : int, default 64
        How many profiles of replies (one action a type) are tried at most.

    Returns
    -------
    BayesianStackelberg
        ``leader_value`` is exactly what the commitment earns against exact best responses.
        ``upper_bound`` is the solver's own bound on every commitment, a float: that nothing better
        exists rests on it, and there is no certificate.

    Raises
    ------
    NoSolutionError
        When the MILP solver fails.

    Notes
    -----
    For each type k the program has binary replies :math:`q^k_j`, the joint play
    :math:`z^k_{ij} = p_i q^k_j` and the follower's value :math:`v^k`:

    .. math:: \max \sum_k \pi_k \sum_{ij} A^k_{ij} z^k_{ij}, \quad
              \sum_j z^k_{ij} = p_i, \quad \sum_i z^k_{ij} = q^k_j, \quad
              0 \le v^k - p^T B^k e_j \le M^k_j (1 - q^k_j)

    with :math:`M^k_j = \max_i (\max_l B^k_{il} - B^k_{ij})`, which is always large enough once
    :math:`\max_l B^k_{il}` has been taken from row i (no best response notices). That, and scaling
    the payoffs to span 1, are done exactly, so that small differences survive.

    Integrality tolerances can let the solver propose replies that are not best responses, or hide
    some whose advantage is below them. Each proposal is therefore valued by an exact linear
    program, and more are asked for until the bound on those left is below the best value by 1e-6
    of the leader's payoff range. Where very many profiles tie, ``rounds`` ends that early.

    References
    ----------
    Paruchuri, Pearce, Marecki, Tambe, Ordonez, Kraus. Playing games for security: an efficient
    exact algorithm for solving Bayesian Stackelberg games. AAMAS 2008.

    Examples
    --------
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], ["3/4", "1/4"])
    >>> sse = dobss(game)
    >>> sse.leader_value, sse.leader_strategy, sse.follower_actions
    (Fraction(7, 2), (Fraction(1, 2), Fraction(1, 2)), (1, 1))
    """
    drawn = drawn_types(game)
    types, prior = [game.types[k] for k in drawn], [game.prior[k] for k in drawn]
    found = search(types, prior, rounds=rounds)
    return bayesian_equilibrium(game, found.strategy, "dobss", upper_bound=found.bound)


@dataclass(frozen=True, eq=False, kw_only=True)
class Search:
    """The best profile found, and the float bound on all others."""

    value: Fraction
    strategy: ExactStrategy
    replies: tuple[int, ...]
    bound: float
    """The MILP's; never below ``value``."""


def search(types: Sequence[BimatrixGame], prior: Sequence[Fraction], *, rounds: int) -> Search:
    """Try at most ``rounds`` profiles of replies, in the order in which the MILP proposes them."""
    model = _Model(types, prior)
    best: tuple[Fraction, ExactStrategy, tuple[int, ...]] | None = None
    bound = float("inf")
    for _ in range(rounds):
        proposal = model.propose()
        if proposal is None:  # every profile has been tried
            bound = float("-inf")
            break
        replies, bound = proposal
        if best is not None and bound < float(best[0]) - MARGIN * model.span:
            break
        optimum = best_commitment(types, prior, replies)
        if optimum.status == "optimal" and (best is None or optimum.value > best[0]):
            best = optimum.value, optimum.x, replies
        model.exclude(replies)
    if best is None:
        raise NoSolutionError(f"none of the {rounds} profiles that the MILP proposed is feasible")
    value, strategy, replies = best
    return Search(value=value, strategy=strategy, replies=replies, bound=max(bound, float(value)))


class _Model:
    """The MILP over x (leader), q (replies) and z = x q', with payoffs scaled to span 1."""

    def __init__(self, types: Sequence[BimatrixGame], prior: Sequence[Fraction]) -> None:
        import numpy as np

        self.cp: Any = import_module("cvxpy")
        cp = self.cp
        m, n = types[0].shape
        payoffs = [game.leader_exact for game in types]
        low = min(Fraction(min(map(min, a.rows)), a.scale) for a in payoffs)
        high = max(Fraction(max(map(max, a.rows)), a.scale) for a in payoffs)
        self.low = min(float(game.leader.min()) for game in types)
        self.span = float(high - low) or 1.0
        x = cp.Variable(m, nonneg=True)
        payoff: Any = 0
        self.rows: list[Any] = [cp.sum(x) == 1]
        self.choices: list[Any] = []
        for game, weight in zip(types, prior, strict=True):
            gain = np.array(_scaled(game.leader_exact, low, high))
            loss = np.array(_losses(game.follower_exact))
            z = cp.Variable((m, n), nonneg=True)
            q = cp.Variable(n, boolean=True)
            least = cp.Variable()  # the follower's smallest loss against x
            self.rows += [
                cp.sum(q) == 1,
                cp.sum(z, axis=0) == q,
                cp.sum(z, axis=1) == x,
                least <= x @ loss,
                x @ loss - least <= cp.multiply(loss.max(axis=0), 1 - q),
            ]
            payoff += float(weight) * cp.sum(cp.multiply(gain, z))
            self.choices.append(q)
        self.payoff = payoff

    def propose(self) -> tuple[tuple[int, ...], float] | None:
        """The best profile left, with the bound on all that are left; None when none is."""
        cp = self.cp
        problem = cp.Problem(cp.Maximize(self.payoff), self.rows)
        bound = maximize_mixed_integer(problem)
        if bound is None:
            return None
        replies = tuple(int(q.value.argmax()) for q in self.choices)
        return replies, self.low + self.span * bound

    def exclude(self, replies: tuple[int, ...]) -> None:
        """Propose this profile no more."""
        chosen = sum(q[j] for q, j in zip(self.choices, replies, strict=True))
        self.rows.append(chosen <= len(replies) - 1)


def _scaled(matrix: ScaledMatrix, low: Fraction, high: Fraction) -> list[list[float]]:
    """The payoffs moved and scaled to [0, 1], each rounded once."""
    span = (high - low) * matrix.scale or 1
    base = low * matrix.scale
    return [[float((x - base) / span) for x in row] for row in matrix.rows]


def _losses(matrix: ScaledMatrix) -> list[list[float]]:
    """What each reply costs the follower against the best one in its row, scaled to [0, 1]."""
    losses = [[max(row) - x for x in row] for row in matrix.rows]
    span = max(map(max, losses)) or 1
    return [[x / span for x in row] for row in losses]
