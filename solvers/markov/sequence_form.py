r"""Strong Stackelberg equilibrium over histories by a mixed-integer program in sequence form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from typing import Any

from solvers.lp import Row, maximize
from solvers.lp.mixed_integer import maximize_mixed_integer
from solvers.markov._histories import (
    best_reply,
    check_depth,
    count_histories,
    decisions,
    replies_played,
)
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame
from stackel.markov_result import History, HistoryStackelberg

MAX_HISTORIES = 1_000
"""Histories the tree may have: one binary for each and each follower action."""


def sequence_form(game: MarkovGame) -> HistoryStackelberg:
    r"""Return a strong Stackelberg equilibrium in history-dependent policies, by a float MILP.

    Parameters
    ----------
    game : MarkovGame
        With a horizon.

    Returns
    -------
    HistoryStackelberg
        The MILP names a pure policy of the follower; an exact LP then finds the best commitment
        to which this policy is a best reply. So ``leader_value`` is exactly what the policy earns;
        that nothing better exists is the MILP's float bound, ``upper_bound``.

    Raises
    ------
    NoSolutionError
        When the game has no horizon, there are more than :data:`MAX_HISTORIES` histories, or the
        MILP solver fails.

    Notes
    -----
    With a realization plan :math:`x(h, i)` of the leader, a pure one :math:`y(h, j)` of the
    follower, their play :math:`z(h, i, j)` of both without chance, chance probabilities c(h) and
    follower values v(h),

    .. math:: \max \sum c A z, \quad \sum_j z \le x, \quad \sum_i z \le y, \quad
              v(h) = \sum_i c\, x(h, i) B_{ij} + \sum_{i, s'} v(h i j s') + \text{slack}(h, j),
              \quad 0 \le \text{slack}(h, j) \le M (1 - y(h, j)).

    Both players observe the whole history, so every history is an information set of each. The
    numbers of variables and rows are linear in the number of histories, where the normal form is
    exponential.

    References
    ----------
    B. Bosansky, J. Cermak. Sequence-form algorithm for computing Stackelberg equilibria in
    extensive-form games. AAAI 2015.

    Examples
    --------
    >>> twice = MarkovGame([[[[1], [1]], [[1], [1]]]], horizon=2,
    ...                    leader=[[[3, 0], [4, 1]]], follower=[[[3, 4], [0, 1]]])
    >>> sequence_form(twice).leader_value
    Fraction(14, 3)
    """
    tree = _tree(game)
    chosen, bound = _propose(tree)
    policy = _commitment(tree, chosen)
    reply = best_reply(game, policy)
    return HistoryStackelberg(
        leader_value=reply.leader_value,
        follower_value=reply.follower_value,
        leader_policy=decisions(policy),
        follower_policy=replies_played(game, policy, reply),
        method="sequence-form MILP",
        upper_bound=max(bound, float(reply.leader_value)),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Tree:
    """Histories in order of length; a history's place is its number."""

    game: MarkovGame
    histories: list[History] = field(default_factory=list)
    chance: list[Fraction] = field(default_factory=list)
    """Product of the probabilities of the states on the way."""
    parents: list[tuple[int, int, int] | None] = field(default_factory=list)
    """The history before, and the moves that led on; None for a first state."""
    children: list[dict[tuple[int, int], list[int]]] = field(default_factory=list)
    """By joint action."""

    def add(self, history: History, chance: Fraction, parent: tuple[int, int, int] | None) -> None:
        if parent is not None:
            self.children[parent[0]].setdefault(parent[1:], []).append(len(self.histories))
        self.histories.append(history)
        self.chance.append(chance)
        self.parents.append(parent)
        self.children.append({})


def _tree(game: MarkovGame) -> _Tree:
    horizon = check_depth(game, "the sequence form")
    if (count := count_histories(game, MAX_HISTORIES)) > MAX_HISTORIES:
        raise NoSolutionError(
            f"the sequence form may have at most {MAX_HISTORIES} histories (MAX_HISTORIES), "
            f"got at least {count}"
        )
    tree, (_, m, n) = _Tree(game=game), game.shape
    for s, x in enumerate(game.start):
        if x:
            tree.add((s,), x, None)
    level = range(len(tree.histories))
    for _ in range(horizon - 1):
        for h in level:
            past = tree.histories[h]
            for i in range(m):
                for j in range(n):
                    for t, x in game.successors[past[-1]][i][j]:
                        tree.add((*past, i, j, t), tree.chance[h] * x, (h, i, j))
        level = range(level.stop, len(tree.histories))
    return tree


def _commitment(tree: _Tree, chosen: Mapping[int, int]) -> dict[History, ExactStrategy]:
    """The best commitment to which ``chosen`` is a best reply, by an exact LP over plans.

    Variables: the leader's plan x(h, i), then the follower's value v(h), with stage payoffs moved
    up to be at least 0, so that v is too.
    """
    game, count = tree.game, len(tree.histories)
    _, m, n = game.shape
    low = min(x for block in game.follower for row in block for x in row)
    objective = [Fraction(0)] * (count * (m + 1))
    rows = []
    for h, parent in enumerate(tree.parents):
        s = tree.histories[h][-1]
        plan: dict[int, Fraction | int] = {h * m + i: 1 for i in range(m)}
        if parent is not None:
            plan[parent[0] * m + parent[1]] = -1
        rows.append(Row(coefficients=plan, sense="==", bound=int(parent is None)))
        for j in range(n):
            worth: dict[int, Fraction | int] = {count * m + h: 1}
            for i in range(m):
                worth[h * m + i] = -tree.chance[h] * (game.follower[s][i][j] - low)
                worth |= {count * m + k: -1 for k in tree.children[h].get((i, j), ())}
            sense: Any = "==" if chosen.get(h) == j else ">="
            rows.append(Row(coefficients=worth, sense=sense, bound=0))
        if h in chosen:
            for i in range(m):
                objective[h * m + i] = tree.chance[h] * game.leader[s][i][chosen[h]]
    optimum = maximize(objective, rows)
    if optimum.status != "optimal":
        raise NoSolutionError("the MILP solver named a reply that is no best reply to any policy")
    policy: dict[History, ExactStrategy] = {}
    for h, history in enumerate(tree.histories):
        plan_here = optimum.x[h * m : (h + 1) * m]
        if total := sum(plan_here, Fraction(0)):
            policy[history] = tuple(x / total for x in plan_here)
    return policy


def _propose(tree: _Tree) -> tuple[dict[int, int], float]:
    """The follower's actions on its own path in the MILP's optimum, and the MILP's bound.

    Columns: x(h, i), z(h, i, j), v(h) and the slacks, all at least 0, then the binaries y(h, j).
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    cp: Any = import_module("cvxpy")
    game, count = tree.game, len(tree.histories)
    _, m, n = game.shape
    gain, base, span = _unit(game.leader)
    want, _, _ = _unit(game.follower)
    x0, z0, v0 = 0, count * m, count * m * (n + 1)
    slack0 = v0 + count
    y0 = slack0 + count * n
    width = y0 + count * n
    equal: list[tuple[dict[int, float], float]] = []
    most: list[tuple[dict[int, float], float]] = []
    payoff = np.zeros(width)
    for h, parent in enumerate(tree.parents):
        s, chance = tree.histories[h][-1], float(tree.chance[h])
        plan: dict[int, float] = {x0 + h * m + i: 1 for i in range(m)}
        reply: dict[int, float] = {y0 + h * n + j: 1 for j in range(n)}
        play: dict[int, float] = {z0 + h * m * n + k: 1 for k in range(m * n)}
        if parent is not None:
            before, i, j = parent
            plan[x0 + before * m + i] = -1
            reply[y0 + before * n + j] = -1
            play[z0 + before * m * n + i * n + j] = -1
        equal += [(row, float(parent is None)) for row in (plan, reply, play)]
        stages = (game.horizon or 0) - len(tree.histories[h]) // 3
        for i in range(m):
            row: dict[int, float] = {z0 + h * m * n + i * n + j: 1 for j in range(n)}
            most.append((row | {x0 + h * m + i: -1}, 0.0))
        for j in range(n):
            row = {z0 + h * m * n + i * n + j: 1 for i in range(m)}
            most.append((row | {y0 + h * n + j: -1}, 0.0))
            worth: dict[int, float] = {v0 + h: 1, slack0 + h * n + j: -1}
            for i in range(m):
                worth[x0 + h * m + i] = -chance * want[s][i][j]
                worth |= {v0 + k: -1 for k in tree.children[h].get((i, j), ())}
                payoff[z0 + h * m * n + i * n + j] = chance * gain[s][i][j]
            equal.append((worth, 0.0))
            most_slack = chance * stages  # payoffs span 1 a stage
            most.append(({slack0 + h * n + j: 1, y0 + h * n + j: most_slack}, most_slack))
    real, whole = cp.Variable(y0, nonneg=True), cp.Variable(count * n, boolean=True)

    def product(rows: list[tuple[dict[int, float], float]]) -> tuple[Any, Any]:
        entries = [(r, c, x) for r, (row, _) in enumerate(rows) for c, x in row.items()]
        r, c, data = zip(*entries, strict=True)
        matrix = csr_matrix((data, (r, c)), shape=(len(rows), width))
        return matrix[:, :y0] @ real + matrix[:, y0:] @ whole, np.array([b for _, b in rows])

    (left, right), (below, above) = product(equal), product(most)
    problem = cp.Problem(cp.Maximize(payoff[:y0] @ real), [left == right, below <= above])
    bound = maximize_mixed_integer(problem)
    if bound is None:
        raise NoSolutionError("the MILP solver takes a program for infeasible that is not")
    picked = whole.value.reshape(count, n)
    chosen = {h: int(row.argmax()) for h, row in enumerate(picked) if row.sum() > 0.5}
    return chosen, base * (game.horizon or 0) + span * bound


def _unit(payoffs: Any) -> tuple[list[list[list[float]]], float, float]:
    """Stage payoffs moved and scaled to [0, 1], each rounded once; their least, and their range."""
    flat = [x for block in payoffs for row in block for x in row]
    low, span = min(flat), (max(flat) - min(flat)) or Fraction(1)
    scaled = [[[float((x - low) / span) for x in row] for row in block] for block in payoffs]
    return scaled, float(low), float(span)
