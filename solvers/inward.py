"""A commitment just inside the follower's best-response region, so that no tie decides."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from solvers.lp import Row, maximize
from solvers.lp.region import ROWS_A_ROUND, IntegerGame, Weights
from stackel.result import InwardCommitment, exact_strategy

EPSILON = Fraction(1, 1000)
"""Default weight moved inward: costs the leader at most a thousandth of the payoff range, unless
replies with the same follower payoffs pay the leader less."""


def inward_commitment(
    game: IntegerGame,
    commitment: Mapping[int, Fraction],
    reply: int,
    *,
    epsilon: Fraction = EPSILON,
) -> InwardCommitment | Weights:
    r"""Return :math:`(1 - \varepsilon) p + \varepsilon r`, at which the reply to p is strict.

    Parameters
    ----------
    game : IntegerGame
    commitment : mapping
        An exact leader mix p, row -> probability, to which ``reply`` is a best reply.
    reply : int
        The follower action j.
    epsilon : Fraction
        In (0, 1].

    Returns
    -------
    InwardCommitment
        ``reply`` is the only best response to its ``leader_strategy``, up to actions with the
        same follower payoffs; ``leader_value`` is the least the leader then gets. The mix r makes
        the follower's lead as large as can be. The commitment itself, with epsilon 0, when the
        reply to it is strict already.
    dict
        When the region of ``reply`` has no interior, the proof: :math:`\lambda \ge 0`, not all
        zero, with :math:`\sum_k \lambda_k (B_{ij} - B_{ik}) \le 0` for all i. Empty when all
        follower actions have the same payoffs.

    Notes
    -----
    Exact linear programs in m + 1 variables, with a row for each rival reply that matters.

    Examples
    --------
    >>> from stackel.game import BimatrixGame
    >>> game = IntegerGame(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))
    >>> inward = inward_commitment(game, {0: Fraction(1, 2), 1: Fraction(1, 2)}, 1)
    >>> inward.leader_value, inward.follower_gap
    (Fraction(6999, 2000), Fraction(1, 1000))
    """
    own = game.follower[reply]
    twins = [k for k, column in enumerate(game.follower) if column == own]
    if len(twins) == game.n:
        return {}
    p: Weights = dict(commitment)
    leads = _leads(game, p, reply, twins)
    if min(leads.values()) > 0:
        epsilon = Fraction(0)
    else:
        odds = (1 - epsilon) / epsilon
        r, proof = _inside(game, reply, {k: odds * x for k, x in leads.items()})
        if not r:
            return proof
        p = {i: (1 - epsilon) * x for i, x in p.items()}
        for i, x in r.items():
            p[i] = p.get(i, Fraction(0)) + epsilon * x
        leads = _leads(game, p, reply, twins)
    return InwardCommitment(
        epsilon=epsilon,
        leader_strategy=exact_strategy(p, game.m),
        follower_action=reply,
        leader_value=min(game.leader_payoff(p, k) for k in twins) / game.leader_scale,
        follower_gap=min(leads.values()) / game.follower_scale,
    )


def _leads(game: IntegerGame, p: Weights, j: int, twins: list[int]) -> dict[int, Fraction]:
    """How much more j pays the follower than each reply that is not its twin."""
    payoffs, scale = game.follower_payoffs(p)
    return {k: Fraction(payoffs[j] - x, scale) for k, x in enumerate(payoffs) if k not in twins}


def _inside(game: IntegerGame, j: int, given: Mapping[int, Fraction]) -> tuple[Weights, Weights]:
    """The mix with the largest least lead when rival k gives ``given[k]``; none, with a proof."""
    m, own = game.m, game.follower[j]
    # the least lead is measured in a unit of the size of the rows, which float solvers like
    unit = max(max(x - y for x, y in zip(game.best_replies, own, strict=True)), 1)
    rivals = [k for k, lead in given.items() if lead == 0]
    rows = [Row(coefficients=dict.fromkeys(range(m), 1), sense="==", bound=1)]
    included: list[int] = []
    while True:
        for k in rivals:  # variable m is the least lead: sum_i r_i (B_ik - B_ij) + lead <= given
            other = game.follower[k]
            entries = {i: other[i] - own[i] for i in range(m) if other[i] != own[i]}
            rows.append(Row(coefficients={**entries, m: unit}, sense="<=", bound=given[k]))
        included += rivals
        answer = maximize([0] * m + [1], rows)
        if answer.value == 0:
            return {}, {k: y for k, y in zip(included, answer.duals[1:], strict=True) if y}
        r = {i: x for i, x in enumerate(answer.x[:m]) if x}
        payoffs, scale = game.follower_payoffs(r)
        leads = {k: Fraction(payoffs[j] - payoffs[k], scale) + x for k, x in given.items()}
        rivals = [k for k, lead in leads.items() if lead < answer.value * unit]
        if not rivals:
            return r, {}
        rivals = sorted(rivals, key=leads.__getitem__)[:ROWS_A_ROUND]
