r"""Games whose payoffs add up to a constant: one minimax program settles every column.

With q an optimal follower mix, :math:`\lambda_k = q_k` bounds every column j by V, because
:math:`A_{ij} + \sum_k q_k (B_{ij} - B_{ik}) = \sum_k q_k A_{ik}`.
"""

from __future__ import annotations

from fractions import Fraction

from solvers.lp.minimax import minimax
from solvers.lp.region import IntegerGame
from solvers.multiple_lp.columns import Bound, Pair, Start
from stackel.matrix import ScaledMatrix


def minimax_start(game: IntegerGame) -> Start:
    """Return an optimal pair and a tight bound of every column."""
    rows = tuple(zip(*game.leader, strict=True))
    value, leader, follower = minimax(ScaledMatrix(rows=rows, scale=1))
    p = {i: x for i, x in enumerate(leader) if x}
    rate = Fraction(game.leader_scale, game.follower_scale)
    q = {k: rate * x for k, x in enumerate(follower) if x}
    payoffs, _ = game.follower_payoffs(p)
    return Start(
        best=Pair(commitment=p, reply=payoffs.index(max(payoffs)), value=value),
        bounds={
            j: Bound(value=value, multipliers={k: y for k, y in q.items() if k != j})
            for j in range(game.n)
        },
        hints={},
    )
