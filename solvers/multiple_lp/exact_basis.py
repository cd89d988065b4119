r"""The exact vertex and multipliers of a basis that a float solver has named.

With reply j, support S and tied replies T, :math:`|S| = |T| + 1`, the commitment solves
:math:`(B_k - B_j)^T p = 0` for k in T and :math:`1^T p = 1` on S; the multipliers and the value
solve the transposed equations against :math:`A_j`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from solvers.lp.region import IntegerGame, Weights
from solvers.multiple_lp.columns import Bound, Pair


def solve_square(
    matrix: Sequence[Sequence[int]], right: Sequence[Sequence[int]]
) -> list[list[Fraction]] | None:
    """Solve ``matrix @ x = right`` for each column of ``right``; None when singular.

    >>> solve_square([[2, 1], [1, 3]], [[1], [2]])
    [[Fraction(1, 5)], [Fraction(3, 5)]]
    """
    from flint import fmpz_mat

    try:
        solution = fmpz_mat(matrix).solve(fmpz_mat(right))
    except ZeroDivisionError:
        return None
    return [[Fraction(int(x.p), int(x.q)) for x in row] for row in solution.tolist()]


def basis_pair(
    game: IntegerGame, j: int, support: Sequence[int], tied: Sequence[int]
) -> Pair | None:
    """The commitment of the basis; None when it is not one to which j is a best reply."""
    if len(support) != len(tied) + 1:
        return None
    own = game.follower[j]
    matrix = [[game.follower[k][i] - own[i] for i in support] for k in tied]
    solved = solve_square([*matrix, [1] * len(support)], [*([0] for _ in tied), [1]])
    if solved is None or any(x < 0 for (x,) in solved):
        return None
    p: Weights = {i: x for i, (x,) in zip(support, solved, strict=True) if x}
    payoffs, _ = game.follower_payoffs(p)
    if max(payoffs) != payoffs[j]:
        return None
    return Pair(commitment=p, reply=j, value=game.leader_payoff(p, j))


def basis_bound(
    game: IntegerGame, j: int, support: Sequence[int], tied: Sequence[int]
) -> Bound | None:
    """The multipliers of the basis; None when they do not bound column j by the basis's value."""
    if len(support) != len(tied) + 1:
        return None
    own, gains = game.follower[j], game.leader[j]
    matrix = [[*(game.follower[k][i] - own[i] for k in tied), 1] for i in support]
    solved = solve_square(matrix, [[gains[i]] for i in support])
    if solved is None or any(x < 0 for (x,) in solved[:-1]):
        return None
    ((value,),) = solved[-1:]
    multipliers = {k: x for k, (x,) in zip(tied, solved, strict=False) if x}
    priced, scale = game.priced(gains, j, multipliers)
    if max(priced) > value * scale:
        return None
    return Bound(value=value, multipliers=multipliers)
