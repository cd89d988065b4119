"""A check of realised allocations, by trying what could beat them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from solvers.gridworld.evaluate import attainable, best_replies, coverage_of, failed
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import (
    AllocationCommitment,
    AllocationOutcome,
)


def allocation_faults(game: GridworldGame, answer: AllocationCommitment) -> tuple[str, ...]:
    """Return what is wrong with the best realised allocations."""
    outcomes = attainable(game)
    strong, weak = answer.strong, answer.weak
    states = [
        (j, defended, *game.payoffs(j, Fraction(defended)))
        for j in outcomes
        for defended in ((0,) if j == NO_ATTACK else (0, 1))
    ]
    strong_replies = _replies_to(game, strong, outcomes)
    weak_replies = _replies_to(game, weak, outcomes)
    return failed(
        {
            "the strong reply is a best one": strong_replies is not None
            and strong_replies.get(strong.attacked_target) == strong.leader_value,
            "the weak reply is the worst of the best": weak_replies is not None
            and weak_replies.get(weak.attacked_target) == weak.leader_value
            and weak.leader_value == min(weak_replies.values()),
            "no allocation has a better reply": not can_beat(
                game, states, Fraction(strong.leader_value), every_reply=False
            ),
            "no allocation has better replies only": not can_beat(
                game, states, Fraction(weak.leader_value), every_reply=True
            ),
        }
    )


def _replies_to(
    game: GridworldGame, found: AllocationOutcome, outcomes: Sequence[int]
) -> dict[int, Fraction] | None:
    """The leader's payoff for each best reply; None when the allocation or value is wrong."""
    defended = set(found.defended_targets)
    if len(defended) > game.defenders or not defended <= set(range(len(game.targets))):
        return None
    cover = [Fraction(j in defended) for j in range(len(game.targets))]
    value, replies = best_replies(game, cover, outcomes)
    if value != found.follower_value:
        return None
    return {j: game.payoffs(j, coverage_of(cover, j))[0] for j in replies}


def can_beat(
    game: GridworldGame,
    states: Sequence[tuple[int, int, Fraction, Fraction]],
    value: Fraction,
    *,
    every_reply: bool,
) -> bool:
    """Whether some allocation has a best reply (or only best replies) above ``value``.

    ``states`` tells for each outcome, undefended (0) and defended (1), what it pays the leader and
    the attacker. Tried for each payoff x of the attacker at a better outcome: defend whatever pays
    more than x (and, for every reply, whatever pays x and is no better).
    """
    scale = lcm(value.denominator, *{leader.denominator for _, _, leader, _ in states})
    rate = lcm(*{pays.denominator for *_, pays in states})
    level = value.numerator * (scale // value.denominator)
    whole = [
        (
            j,
            d,
            leader.numerator * (scale // leader.denominator),
            pays.numerator * (rate // pays.denominator),
        )
        for j, d, leader, pays in states
    ]
    for x in {pays for _, _, leader, pays in whole if leader > level}:
        forced = {j for j, defended, _, pays in whole if not defended and pays > x}
        if every_reply:
            forced |= {
                j
                for j, defended, leader, pays in whole
                if not defended and pays == x and leader <= level
            }
        if NO_ATTACK in forced or len(forced) > game.defenders:
            continue
        held = [(leader, pays) for j, d, leader, pays in whole if bool(d) == (j in forced)]
        if max(pays for _, pays in held) != x:
            continue
        replies = [leader for leader, pays in held if pays == x]
        if (min if every_reply else max)(replies) > level:
            return True
    return False
