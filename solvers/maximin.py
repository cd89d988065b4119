r"""Security levels of both players, by one minimax linear program each."""

from __future__ import annotations

from solvers.lp.minimax import minimax
from stackel.game import BimatrixGame
from stackel.result import Maximin


def maximin(game: BimatrixGame) -> Maximin:
    r"""Return what each player can guarantee itself whatever the other does, exactly.

    The leader's level is :math:`\max_p \min_j p^T A e_j`, the follower's
    :math:`\max_q \min_i e_i^T B q`.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).

    Returns
    -------
    Maximin
        ``leader_strategy`` guarantees ``leader_value``, and ``leader_punishment``, a mix of the
        follower, holds the leader to it; likewise for the follower. By weak duality the two mixes
        prove the value.

    Notes
    -----
    Two LPs of m x n, one when the game is constant-sum: punishing is then playing well.

    References
    ----------
    .. [1] J. von Neumann and O. Morgenstern. Theory of Games and Economic Behavior, 1944.

    Examples
    --------
    >>> security = maximin(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    >>> str(security.leader_value), [str(x) for x in security.leader_strategy]
    ('10/7', ['2/7', '5/7'])
    """
    constant = game.constant_sum
    leader_value, p, q = minimax(game.leader_exact)
    if constant is None:
        follower_value, follower_strategy, follower_punishment = minimax(
            game.transpose().leader_exact
        )
    else:
        follower_value, follower_strategy, follower_punishment = constant - leader_value, q, p
    return Maximin(
        leader_value=leader_value,
        leader_strategy=p,
        follower_value=follower_value,
        follower_strategy=follower_strategy,
        leader_punishment=q,
        follower_punishment=follower_punishment,
        method="minimax LP, exact",
    )
