"""Replies of follower types: the commitments that induce them, and what a commitment induces."""

from collections.abc import Sequence
from fractions import Fraction

from solvers.inward import inward_commitment
from solvers.lp import Optimum, Row, maximize
from solvers.lp.region import IntegerGame
from stackel.bayesian import BayesianGame
from stackel.certificate import BayesianCertificate, Multipliers
from stackel.game import BimatrixGame, ExactStrategy, Number
from stackel.response import best_responses, column_payoffs
from stackel.result import BayesianStackelberg, InwardCommitment


def best_commitment(
    types: Sequence[BimatrixGame], prior: Sequence[Fraction], replies: Sequence[int]
) -> Optimum:
    r"""Maximise the leader's payoff over the p at which type k answers ``replies[k]``.

    The first ``len(replies)`` types are held to their replies; where replies are missing, the
    leader takes the best column in every row, so that the value bounds every completion. The first
    row of the program is :math:`\sum_i p_i = 1`; then come, type by type,
    :math:`p^T B^k (e_l - e_j) \le 0` for every action l, with j the reply (l = j is the row 0 = 0).

    >>> game = BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]])
    >>> best_commitment([game], [Fraction(1)], [1]).value
    Fraction(7, 2)
    >>> best_commitment([game], [Fraction(1)], []).value
    Fraction(4, 1)
    """
    m, n = types[0].shape
    rows = [Row(coefficients=dict.fromkeys(range(m), 1), sense="==", bound=1)]
    for against, reply in zip(types, replies, strict=False):
        b = against.follower_exact
        for l in range(n):
            gaps = {
                i: Fraction(row[l] - row[reply], b.scale)
                for i, row in enumerate(b.rows)
                if row[l] != row[reply]
            }
            rows.append(Row(coefficients=gaps, sense="<=", bound=0))
    return maximize(payoffs_with_replies(types, prior, replies), rows)


def payoffs_with_replies(
    types: Sequence[BimatrixGame], prior: Sequence[Fraction], replies: Sequence[int]
) -> list[Fraction]:
    """The leader's payoff of each row, where types without a reply choose what suits the leader."""
    payoffs = [Fraction(0)] * types[0].shape[0]
    for k, (against, weight) in enumerate(zip(types, prior, strict=True)):
        a = against.leader_exact
        for i, row in enumerate(a.rows):
            payoffs[i] += weight * Fraction(
                row[replies[k]] if k < len(replies) else max(row), a.scale
            )
    return payoffs


def move_inward(
    game: BimatrixGame, p: ExactStrategy, reply: int
) -> tuple[InwardCommitment | None, Multipliers | None]:
    """The commitment moved to where ``reply`` is strictly best, or the proof that there is none."""
    inward = inward_commitment(IntegerGame(game), {i: x for i, x in enumerate(p) if x}, reply)
    return (inward, None) if isinstance(inward, InwardCommitment) else (None, inward or None)


def drawn_types(game: BayesianGame) -> tuple[int, ...]:
    """The types of positive probability, which alone move the leader's value."""
    return tuple(k for k, weight in enumerate(game.prior) if weight)


def bayesian_equilibrium(
    game: BayesianGame,
    p: ExactStrategy,
    method: str,
    *,
    upper_bound: Number | None = None,
    certificate: BayesianCertificate | None = None,
) -> BayesianStackelberg:
    """The record of commitment ``p``: every type gives its best response, ties for the leader.

    ``upper_bound`` None stands for the leader's value itself.
    """
    value = Fraction(0)
    replies, follower_values = [], []
    for against, weight in zip(game.types, game.prior, strict=True):
        earned = [Fraction(x) for x in column_payoffs(against.leader_exact, p)]
        best = best_responses(against, p)
        reply = best[max(range(len(best)), key=[earned[j] for j in best].__getitem__)]
        value += weight * earned[reply]
        replies.append(reply)
        follower_values.append(column_payoffs(against.follower_exact, p)[reply])
    return BayesianStackelberg(
        leader_value=value,
        leader_strategy=p,
        follower_actions=tuple(replies),
        follower_values=tuple(follower_values),
        method=method,
        upper_bound=value if upper_bound is None else upper_bound,
        certificate=certificate,
    )
