"""Bayesian followers by exact branch and bound over the replies of one type after another."""

from dataclasses import dataclass, replace
from fractions import Fraction

from solvers.lp import Optimum
from solvers.replies import (
    bayesian_equilibrium,
    best_commitment,
    drawn_types,
    payoffs_with_replies,
)
from stackel.bayesian import BayesianGame
from stackel.certificate import BayesianCertificate
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.result import BayesianStackelberg


def branch_and_bound(game: BayesianGame) -> BayesianStackelberg:
    r"""Strong Stackelberg equilibrium against follower types, exactly and with a certificate.

    Parameters
    ----------
    game : BayesianGame
        K types, payoffs of shape (m, n) each.

    Returns
    -------
    BayesianStackelberg
        Exact; the certificate lists the leaves of the tree.

    Notes
    -----
    Types are ordered by how much their replies can move the leader's payoff, the most first. A node
    holds the first t of them to replies; its exact linear program keeps the commitments to which
    these are best responses, and pays the leader its best column against the other types. Nodes
    are searched depth first, the larger bound first; each optimum is also tried as a commitment. A
    node is closed when no commitment is left to it or its bound does not beat the best commitment
    found. The dual of a closed node's program is its part of the certificate.

    The tree can have :math:`n^K` leaves; bounds keep it far smaller on most games. The problem is
    NP-hard in K.

    References
    ----------
    Conitzer and Sandholm. Computing the optimal strategy to commit to. EC 2006 (hardness). Jain,
    Kiekintveld, Tambe. Quality-bounded solutions for finite Bayesian Stackelberg games: scaling up.
    AAMAS 2011 (a tree over types, with other bounds).

    Examples
    --------
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], ["3/4", "1/4"])
    >>> sse = branch_and_bound(game)
    >>> sse.leader_value, sse.upper_bound, sse.follower_actions
    (Fraction(7, 2), Fraction(7, 2), (1, 1))
    """
    order = tuple(sorted(drawn_types(game), key=lambda k: _influence(game, k), reverse=True))
    types, prior = [game.types[k] for k in order], [game.prior[k] for k in order]
    n = game.shape[2]
    best: BayesianStackelberg | None = None
    closed: list[_Node] = []
    stack = [_Node(replies=(), optimum=best_commitment(types, prior, ()))]
    while stack:
        node = stack.pop()
        if node.optimum.status == "optimal":
            found = bayesian_equilibrium(game, node.optimum.x, "branch-and-bound")
            if best is None or found.leader_value > best.leader_value:
                best = found
            if node.optimum.value > best.leader_value:
                children = [(*node.replies, j) for j in range(n)]
                nodes = [
                    _Node(replies=c, optimum=best_commitment(types, prior, c)) for c in children
                ]
                stack += sorted(nodes, key=_promise)
                continue
        closed.append(node)
    if best is None:
        raise NoSolutionError("without replies held, every commitment is feasible; got none")
    value = Fraction(best.leader_value)
    bounds = {}
    for node in closed:
        multipliers = _multipliers(types, prior, node, value)
        bounds[node.replies] = {(order[s], l): x for (s, l), x in multipliers.items()}
    return replace(best, certificate=BayesianCertificate(order=order, bounds=bounds))


def _influence(game: BayesianGame, k: int) -> Fraction:
    """How much the replies of type k can move the leader's payoff, summed over the rows."""
    a = game.types[k].leader_exact
    return game.prior[k] * Fraction(sum(max(row) - min(row) for row in a.rows), a.scale)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Node:
    """The replies held, and the program over the commitments that induce them."""

    replies: tuple[int, ...]
    optimum: Optimum


def _promise(node: _Node) -> tuple[bool, Fraction]:
    """Sorts infeasible nodes first, then by bound."""
    return node.optimum.status == "optimal", node.optimum.value


def _multipliers(
    types: list[BimatrixGame], prior: list[Fraction], node: _Node, value: Fraction
) -> dict[tuple[int, int], Fraction]:
    """The node's part of the certificate: its dual, or a proof of infeasibility, stretched.

    Keys are (position of the type, follower action).
    """
    n = types[0].shape[1]
    factor = Fraction(1)
    if node.optimum.status != "optimal":
        excess = max(payoffs_with_replies(types, prior, node.replies)) - value
        factor = max(excess, Fraction(0)) / -node.optimum.duals[0]
    return {
        divmod(index, n): factor * dual for index, dual in enumerate(node.optimum.duals[1:]) if dual
    }
