"""Check a solved Bayesian game in exact arithmetic; shares no code with the solvers."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from stackel.bayesian import BayesianGame
from stackel.certificate import BayesianCertificate
from stackel.response import column_payoffs, is_exact
from stackel.result import BayesianStackelberg


def check_bayesian(game: BayesianGame, answer: BayesianStackelberg) -> tuple[str, ...]:
    """Return the reasons not to believe ``answer``: none when it is proved.

    Checked are the commitment, every reply (that it is a best response, and what it earns), the
    leader's value, and by the certificate that no commitment earns more.

    Examples
    --------
    >>> from solvers.bayesian.type_tree import branch_and_bound
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], ["3/4", "1/4"])
    >>> check_bayesian(game, branch_and_bound(game))
    ()
    """
    _, m, _ = game.shape
    p = answer.leader_strategy
    if not is_exact(p) or len(p) != m or any(x < 0 for x in p) or sum(p) != 1:
        return ("the commitment is not an exact distribution over the leader's actions",)
    reasons: list[str] = []
    replies, values = answer.follower_actions, answer.follower_values
    if len(replies) != len(game.types) or len(values) != len(game.types):
        return ("there must be one reply and one follower value a type",)
    earned = Fraction(0)
    for k, (against, weight) in enumerate(zip(game.types, game.prior, strict=True)):
        payoffs = column_payoffs(against.follower_exact, p)
        if not 0 <= replies[k] < len(payoffs):
            return (f"type {k}: reply {replies[k]} is no action",)
        if payoffs[replies[k]] != max(payoffs):
            reasons.append(f"type {k}: reply {replies[k]} is not a best response")
        if payoffs[replies[k]] != values[k]:
            reasons.append(f"type {k}: the reply earns {payoffs[replies[k]]}, not {values[k]}")
        earned += weight * Fraction(column_payoffs(against.leader_exact, p)[replies[k]])
    if earned != answer.leader_value:
        reasons.append(f"the leader earns {earned}, not {answer.leader_value}")
    if answer.upper_bound != answer.leader_value:
        reasons.append(f"the upper bound {answer.upper_bound} is not the leader's value")
    if answer.certificate is None:
        reasons.append("there is no certificate")
    else:
        reasons += _unproved(game, answer.certificate, earned)
    return tuple(reasons)


def _unproved(game: BayesianGame, certificate: BayesianCertificate, value: Fraction) -> list[str]:
    """What the certificate leaves open about commitments worth more than ``value``."""
    count, _, n = game.shape
    order = certificate.order
    missing = {k for k, weight in enumerate(game.prior) if weight} - set(order)
    if missing or len(set(order)) < len(order) or not all(0 <= k < count for k in order):
        return [f"the order of types must hold every likely one, each once, got {list(order)}"]
    reasons = [
        f"no bound covers replies that begin {list(replies)}"
        for replies in _uncovered(certificate, (), n)
    ]
    for replies, multipliers in certificate.bounds.items():
        held = dict(zip(order, replies, strict=False))
        if len(replies) > len(order) or not all(0 <= j < n for j in replies):
            reasons.append(f"bound {list(replies)}: no such replies")
        elif any(k not in held or not 0 <= l < n or x < 0 for (k, l), x in multipliers.items()):
            reasons.append(
                f"bound {list(replies)}: a multiplier is negative or names no constraint"
            )
        elif _bound(game, order, held, multipliers) > value:
            reasons.append(f"bound {list(replies)} is above the value")
    return reasons


def _uncovered(
    certificate: BayesianCertificate, replies: tuple[int, ...], n: int
) -> Iterator[tuple[int, ...]]:
    """Shortest beginnings of profiles below which no bound applies."""
    if replies in certificate.bounds:
        return
    if not any(key[: len(replies)] == replies for key in certificate.bounds):
        yield replies
        return
    for j in range(n):
        yield from _uncovered(certificate, (*replies, j), n)


def _bound(
    game: BayesianGame,
    order: tuple[int, ...],
    held: Mapping[int, int],
    multipliers: Mapping[tuple[int, int], Fraction],
) -> Fraction:
    """The largest row of the inequality that a certificate's entry stands for."""
    rows = []
    for i in range(game.shape[1]):
        total = Fraction(0)
        for k in order:
            a = game.types[k].leader_exact
            gain = a.rows[i][held[k]] if k in held else max(a.rows[i])
            total += game.prior[k] * Fraction(gain, a.scale)
        for (k, l), x in multipliers.items():
            b = game.types[k].follower_exact
            total += x * (b[i, held[k]] - b[i, l])
        rows.append(total)
    return max(rows)
