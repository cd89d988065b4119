"""Checks of answers with wind, under the rule ``declared``.

A plan declares a target and makes the chance to enter it as large or as small as can be; any other
is a mix of two such plans. The chances are found anew (:mod:`solvers.gridworld.gusts`). What a plan
pays depends on the coverage of its own target alone, so that an attack mix that is worth g against
every allocation bounds the leader as it does without wind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from solvers.gridworld.check_allocation import can_beat
from solvers.gridworld.check_wind import guaranteed, one_value
from solvers.gridworld.evaluate import failed, feasible, gap, gives
from solvers.gridworld.gusts import reach_chances
from stackel.game import Number
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import (
    AllocationCommitment,
    AllocationOutcome,
    AttackNash,
    CoverageCommitment,
    InwardCoverage,
)


@dataclass(frozen=True)
class Plan:
    """A target that is entered with a chance, or none: ``NO_ATTACK`` and 0."""

    target: int
    chance: Fraction

    def pays(self, game: GridworldGame, coverage: Fraction) -> tuple[Fraction, Fraction]:
        """What it pays leader and follower when the target is covered so often."""
        stay = game.payoffs(NO_ATTACK)
        if not self.chance:
            return stay
        attack = game.payoffs(self.target, coverage)
        leader, follower = (
            still + self.chance * (hit - still) for hit, still in zip(attack, stay, strict=True)
        )
        return leader, follower

    def at(self, game: GridworldGame, cover: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
        """What it pays leader and follower at a coverage of all targets."""
        return self.pays(game, Fraction(0) if self.target == NO_ATTACK else cover[self.target])

    @property
    def attack(self) -> dict[int, Fraction]:
        """The distribution over outcomes."""
        both = {self.target: self.chance, NO_ATTACK: 1 - self.chance}
        return {j: q for j, q in both.items() if q}


def plans(game: GridworldGame) -> tuple[Plan, ...]:
    """All plans, those that pay alike whatever the coverage once."""
    extremes = [
        Plan(j, chance) if chance else Plan(NO_ATTACK, Fraction(0))
        for j, ends in enumerate(reach_chances(game))
        for chance in ends
    ]
    return tuple(dict.fromkeys(extremes))


def best_plans(game: GridworldGame, cover: Sequence[Fraction]) -> tuple[Fraction, set[Plan]]:
    """What the best plans pay the attacker, and these."""
    worth = {plan: plan.at(game, cover)[1] for plan in plans(game)}
    most = max(worth.values())
    return most, {plan for plan, value in worth.items() if value == most}


def declared_commitment_faults(game: GridworldGame, answer: CoverageCommitment) -> tuple[str, ...]:
    """Return what is wrong with a strong Stackelberg equilibrium and its inducible value."""
    cover = [Fraction(c) for c in answer.coverage]
    most, replies = best_plans(game, cover)
    mix = {j: Fraction(q) for j, q in answer.attacker_guarantee.items()}
    least = guaranteed(game, mix)
    tops = {plan: _top(game, plan, least) for plan in plans(game)}
    faults = {
        "the coverage is feasible": feasible(game, cover),
        "the allocations give the coverage": gives(game, answer, cover),
        "the follower value is that of a best reply": answer.follower_value == most,
        "the leader value is that of the best reply it likes best": answer.leader_value
        == max(plan.at(game, cover)[0] for plan in replies),
        "the attack is such a reply": any(
            plan.attack == answer.attack and plan.at(game, cover)[0] == answer.leader_value
            for plan in replies
        ),
        "the guarantee can be played": can_be_declared(game, mix),
        "no coverage pays the leader more": all(
            top is None or top[0] <= answer.leader_value for top in tops.values()
        ),
        "no optimal coverage pays the follower more": all(
            top is None or top[0] < answer.leader_value or top[1] <= answer.follower_value
            for top in tops.values()
        ),
    }
    induced = Fraction(answer.inducible_value)
    if not game.defenders:
        faults["the inducible value is the worst reply"] = induced == min(
            plan.at(game, cover)[0] for plan in replies
        )
    else:
        faults["nothing more can be induced"] = all(
            top is None or top[0] <= induced
            for plan, top in tops.items()
            if _alone(game, plan, least, mix)
        )
        faults["the inducible value is approached"] = answer.inward is not None and _approached(
            game, answer.inward, induced
        )
    return failed(faults)


def _played(game: GridworldGame, plan: Plan) -> tuple[Fraction, Fraction] | None:
    """The coverages of its target at which a plan is as good as the other one for it; or None.

    The larger chance while an attack pays the attacker no less than none, the smaller from there.
    """
    zero, one = Fraction(0), Fraction(1)
    if plan.target == NO_ATTACK:
        return zero, one
    ends = reach_chances(game)[plan.target]
    even = (game.payoffs(plan.target)[1] - game.no_attack.attacker) / gap(game, plan.target)
    low = max(zero, even) if plan.chance < max(ends) else zero
    high = min(one, even) if plan.chance > min(ends) else one
    return (low, high) if low <= high else None


def _top(game: GridworldGame, plan: Plan, least: Fraction) -> tuple[Fraction, Fraction] | None:
    """The most that a plan pays the leader while it pays the attacker ``least``, or None.

    With what it may then pay the attacker: most where the leader does not care about the coverage.
    """
    played = _played(game, plan)
    if played is None:
        return None
    low, high = played
    first, last = plan.pays(game, low), plan.pays(game, high)
    if first[1] < least:
        return None
    if first[0] == last[0]:
        return first
    share = min(Fraction(1), (first[1] - least) / (first[1] - last[1]))
    return plan.pays(game, low + share * (high - low))


def _alone(game: GridworldGame, plan: Plan, least: Fraction, mix: Mapping[int, Fraction]) -> bool:
    """Whether the guarantee leaves room for the plan to be the only best reply.

    Where it is, the guarantee is worth less than the plan, unless they are one.
    """
    played = _played(game, plan)
    if played is None or played[0] == played[1]:
        return False
    most = plan.pays(game, played[0])[1]
    return most > least or (most == least and mix == plan.attack)


def _approached(game: GridworldGame, inward: InwardCoverage, induced: Fraction) -> bool:
    """Whether one plan is the only reply on the way, and leads to the value."""
    if inward.limit is None:
        return False
    cover, limit = ([Fraction(c) for c in cs] for cs in (inward.coverage, inward.limit))
    _, replies = best_plans(game, cover)
    if len(replies) != 1 or not feasible(game, cover) or not feasible(game, limit):
        return False
    (only,) = replies
    return (
        only in best_plans(game, limit)[1]
        and only.at(game, limit)[0] == induced
        and only.at(game, cover)[0] == inward.leader_value
    )


def declared_allocation_faults(
    game: GridworldGame, answer: AllocationCommitment
) -> tuple[str, ...]:
    """Return what is wrong with the best realised allocations."""
    states: dict[bool, list[tuple[int, int, Fraction, Fraction]]] = {False: [], True: []}
    for j, ends in enumerate(reach_chances(game)):
        for defended in (0, 1):
            pair = [
                (Plan(j, chance) if chance else Plan(NO_ATTACK, Fraction(0))).pays(
                    game, Fraction(defended)
                )
                for chance in ends
            ]
            own = max(follower for _, follower in pair)
            ties = [leader for leader, follower in pair if follower == own]
            states[False].append((j, defended, max(ties), own))
            states[True].append((j, defended, min(ties), own))
    strong, weak = answer.strong, answer.weak
    return failed(
        {
            "the strong reply is a best one": _is_reply(game, strong, max),
            "the weak reply is the worst of the best": _is_reply(game, weak, min),
            "no allocation has a better reply": not can_beat(
                game, states[False], Fraction(strong.leader_value), every_reply=False
            ),
            "no allocation has better replies only": not can_beat(
                game, states[True], Fraction(weak.leader_value), every_reply=True
            ),
        }
    )


def _is_reply(
    game: GridworldGame, found: AllocationOutcome, choose: Callable[[Iterable[Fraction]], Fraction]
) -> bool:
    defended = set(found.defended_targets)
    if len(defended) > game.defenders or not defended <= set(range(len(game.targets))):
        return False
    cover = [Fraction(j in defended) for j in range(len(game.targets))]
    most, replies = best_plans(game, cover)
    values = {plan: plan.at(game, cover)[0] for plan in replies}
    return (found.leader_value, found.follower_value) == (
        choose(values.values()),
        most,
    ) and any(
        plan.attack == found.attack and value == found.leader_value
        for plan, value in values.items()
    )


def declared_nash_faults(game: GridworldGame, answer: AttackNash) -> tuple[str, ...]:
    """Return what is wrong with the value of a zero-sum game."""
    found = answer.best
    cover = [Fraction(c) for c in found.coverage]
    attack = {j: Fraction(q) for j, q in found.attack.items()}
    return failed(
        {
            "the values are one": one_value(answer),
            "the coverage is feasible": feasible(game, cover),
            "the attacker can gain nothing": best_plans(game, cover)[0] == answer.follower_value,
            "the attack can be played": can_be_declared(game, attack),
            "the leader can gain nothing": guaranteed(game, attack) == answer.follower_value,
        }
    )


def can_be_declared(game: GridworldGame, attack: Mapping[int, Number]) -> bool:
    """Whether declaring targets, each with a chance in its range, gives the outcomes.

    The weight of target j must lie between its probability over the largest and the least chance.
    """
    mix = {j: Fraction(q) for j, q in attack.items()}
    low = Fraction(0)
    high: Fraction | None = Fraction(0)
    for j, (least, most) in enumerate(reach_chances(game)):
        q = mix.get(j, Fraction(0))
        if q and not most:
            return False
        low += q / most if q else 0
        high = None if high is None or not least else high + q / least
    total = sum(mix.values()) == 1 and min(mix.values()) >= 0
    return total and low <= 1 and (high is None or high >= 1)
