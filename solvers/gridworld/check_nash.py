"""A check of the range of Nash equilibria, by deviations and by bounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from heapq import nlargest

from solvers.gridworld.evaluate import (
    attacker_payoff,
    attainable,
    best_replies,
    coverage_of,
    failed,
    feasible,
    gain,
    held_down,
    is_mix,
    leader_payoff,
    needed,
)
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import (
    AttackEquilibrium,
    AttackNash,
)


def nash_faults(game: GridworldGame, answer: AttackNash) -> tuple[str, ...]:
    r"""Return what is wrong with the range of Nash equilibria.

    With :math:`y_t = (U_t - V) / D_t`, no equilibrium of the kind :math:`\lambda > 0` pays the
    leader more than V when the :math:`y_t` over the targets that must be mixed in, and the
    positive ones over those that may be, sum to at most 0; likewise for the least payoff.
    """
    outcomes = attainable(game)
    least = Fraction(answer.follower_value)
    cover = {j: needed(game, j, least) for j in outcomes}
    used = sum(cover.values())
    floor = max(held_down(game, j) for j in outcomes)
    flat = [j for j in outcomes if j != NO_ATTACK and not gain(game, j)]
    at_rest = [
        j
        for j in outcomes
        if held_down(game, j) == least or (j in flat and attacker_payoff(game, j, None) >= least)
    ]
    values = {j: leader_payoff(game, j, cover[j]) for j in outcomes}
    must = [j for j in outcomes if cover[j] > 0]
    may = [j for j in outcomes if j != NO_ATTACK and attacker_payoff(game, j, None) == least]
    contested = used == game.defenders and not set(must) & set(flat)

    def bounded(sign: int, end: Fraction) -> bool:
        """Whether no equilibrium has ``sign`` times its payoff above that of ``end``."""
        if any(sign * (values[j] - end) > 0 for j in at_rest):
            return False
        fixed = sum(sign * (values[j] - end) / gain(game, j) for j in must if contested)
        free = [
            sign * (values[j] - end) / gain(game, j) for j in may if contested and j not in flat
        ]
        return fixed + sum(y for y in free if y > 0) <= 0

    return failed(
        {
            "the worst equilibrium is one": _is_equilibrium(game, answer.worst, outcomes),
            "the best equilibrium is one": answer.best is answer.worst
            or _is_equilibrium(game, answer.best, outcomes),
            "the ends are attained": answer.worst.leader_value == answer.leader_min
            and answer.best.leader_value == answer.leader_max
            and answer.best.follower_value == answer.worst.follower_value == least,
            "the follower cannot be held lower": used <= game.defenders
            and (least == floor or (least > floor and used == game.defenders)),
            "the follower's largest value": answer.follower_max
            == max([least, *(attacker_payoff(game, j, None) for j in flat)]),
            "no equilibrium pays the leader more": bounded(1, Fraction(answer.leader_max)),
            "no equilibrium pays the leader less": bounded(-1, Fraction(answer.leader_min)),
        }
    )


def _is_equilibrium(game: GridworldGame, found: AttackEquilibrium, outcomes: Sequence[int]) -> bool:
    """Whether neither side gains by deviating, and the payoffs are as claimed."""
    cover = [Fraction(c) for c in found.coverage]
    attack = {j: Fraction(q) for j, q in found.attack.items()}
    value, replies = best_replies(game, cover, outcomes)
    adds = {j: q * gain(game, j) for j, q in attack.items()}
    earned = sum(add * coverage_of(cover, j) for j, add in adds.items())
    paid = sum(q * game.payoffs(j, coverage_of(cover, j))[0] for j, q in attack.items())
    return (
        feasible(game, cover)
        and is_mix(attack.values())
        and set(attack) <= replies
        and earned == sum(nlargest(game.defenders, adds.values()))
        and (found.leader_value, found.follower_value) == (paid, value)
    )
