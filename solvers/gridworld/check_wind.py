"""Checks of answers with wind, under the rule ``first-entered``.

The attacker's best reply is found anew (:mod:`solvers.gridworld.gusts`). In a zero-sum game the
attacker's own mix of plans, played out from the start, bounds the value from the other side; in
other games the regions of all replies do (:mod:`solvers.gridworld.check_regions`), or a cover of
all coverages (:mod:`solvers.gridworld.check_cover`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from itertools import combinations

from solvers.gridworld.check_cover import Cover
from solvers.gridworld.check_regions import region_faults
from solvers.gridworld.evaluate import Undecided, failed, feasible, gap, gives, is_mix
from solvers.gridworld.gusts import adaptive, adaptive_reply, pays
from stackel.game import Number
from stackel.gridworld import GridworldGame
from stackel.gridworld_certificate import CoverCertificate, RegionCertificate
from stackel.gridworld_result import (
    AllocationCommitment,
    AllocationOutcome,
    AttackNash,
    AttackPlan,
    CoverageCommitment,
    InwardCoverage,
)


def wind_commitment_faults(game: GridworldGame, answer: CoverageCommitment) -> tuple[str, ...]:
    """Return what is wrong with a commitment; Undecided when it may not be the best one."""
    cover = [Fraction(c) for c in answer.coverage]
    leader, follower = adaptive_reply(game, cover)
    attack = {j: Fraction(q) for j, q in (answer.attack or {}).items()}
    least = guaranteed(game, answer.attacker_guarantee)
    faults = {
        "the coverage is feasible": feasible(game, cover),
        "the allocations give the coverage": gives(game, answer, cover),
        "the follower value is that of a best reply": answer.follower_value == follower,
        "the leader value is that of the best reply it likes best": answer.leader_value == leader,
        "the attack pays so much": _pays(game, cover, attack) == (leader, follower),
        "the guarantee can be played": can_be_played(
            game, answer.attacker_guarantee, answer.attacker_plans
        ),
        "the follower gets what it is sure of": least <= follower,
    }
    if game.is_zero_sum:
        faults["the follower cannot be held lower"] = least == follower
        faults["the leader is sure of its value"] = answer.inducible_value == leader == -least
    elif not game.defenders or not _within_reach(game):  # coverages do not matter
        faults["the inducible value is the worst reply"] = (
            answer.inducible_value == adaptive_reply(game, cover, weak=True)[0]
        )
    elif wrong := failed(faults):
        return wrong
    elif isinstance(answer.certificate, RegionCertificate):
        faults |= region_faults(game, answer, answer.certificate)
    elif isinstance(answer.certificate, CoverCertificate):
        faults |= _bounded(answer, Cover(game, answer.certificate))
    else:
        raise Undecided(
            "the commitment is feasible and pays what it should; that none pays more is not proved"
        )
    if answer.certificate is not None:
        faults["the inducible value is reached"] = _reached(game, answer)
    return failed(faults)


def _bounded(answer: CoverageCommitment, cover: Cover) -> dict[str, bool]:
    """Whether the cover bounds what the leader gets, and so what it can guarantee."""
    value, induced = Fraction(answer.leader_value), Fraction(answer.inducible_value)
    upper = value if answer.upper_bound is None else Fraction(answer.upper_bound)
    most = induced if answer.inducible_bound is None else Fraction(answer.inducible_bound)
    follower = Fraction(answer.follower_value) if upper == value else None
    return {
        "no coverage pays the leader more than the bound": cover.holds(upper, follower),
        "no coverage guarantees more than the bound": upper <= most,
    }


def _reached(game: GridworldGame, answer: CoverageCommitment) -> bool:
    """Whether the coverage, or those on the way inward, guarantee the inducible value."""
    induced = Fraction(answer.inducible_value)
    if answer.inward is not None:
        return _approached(game, answer.inward, induced)
    return adaptive_reply(game, [Fraction(c) for c in answer.coverage], weak=True)[0] >= induced


def _approached(game: GridworldGame, inward: InwardCoverage, induced: Fraction) -> bool:
    """Whether best replies on the way from ``inward`` to its limit give the leader the value.

    What is a best reply to some coverage between the two is one to both.
    """
    cover = [Fraction(c) for c in inward.coverage]
    if inward.limit is None:
        return False
    limit = [Fraction(c) for c in inward.limit]
    if not feasible(game, cover) or not feasible(game, limit):
        return False
    here, there = pays(game, cover), pays(game, limit)
    own = [follower for _, follower in here]
    gusts = adaptive(game)
    _, at_limit = gusts.lexicographic(own, [-follower for _, follower in there])
    _, least = gusts.lexicographic(own, [-leader for leader, _ in there])
    sure = adaptive_reply(game, cover, weak=True)[0]
    return (
        -at_limit == gusts.best([f for _, f in there[:-1]], there[-1][1])
        and -least == induced
        and inward.leader_value == sure
    )


def wind_allocation_faults(game: GridworldGame, answer: AllocationCommitment) -> tuple[str, ...]:
    """Return what is wrong with realised allocations: the replies to all of them are found anew."""
    reach = _within_reach(game)
    best: dict[bool, Fraction | None] = {False: None, True: None}
    for size in range(min(game.defenders, len(reach)) + 1):
        for defended in combinations(reach, size):
            for weak, so_far in best.items():
                leader, _ = _reply(game, defended, weak=weak)
                best[weak] = leader if so_far is None else max(so_far, leader)
    return failed(
        {
            "the strong reply is a best one": _is_reply(game, answer.strong, weak=False),
            "the weak reply is the worst of the best": _is_reply(game, answer.weak, weak=True),
            "no allocation has a better reply": answer.strong.leader_value == best[False],
            "no allocation has better replies only": answer.weak.leader_value == best[True],
        }
    )


def _within_reach(game: GridworldGame) -> list[int]:
    """The targets that some policy enters."""
    targets = range(len(game.targets))
    wanted = ([Fraction(i == j) for i in targets] for j in targets)
    return [j for j, only in enumerate(wanted) if adaptive(game).best(only, Fraction(0))]


def _reply(
    game: GridworldGame, defended: Iterable[int], *, weak: bool
) -> tuple[Fraction, Fraction]:
    defended = set(defended)
    cover = [Fraction(j in defended) for j in range(len(game.targets))]
    return adaptive_reply(game, cover, weak=weak)


def _is_reply(game: GridworldGame, found: AllocationOutcome, *, weak: bool) -> bool:
    defended = set(found.defended_targets)
    if len(defended) > game.defenders or not defended <= set(range(len(game.targets))):
        return False
    values = found.leader_value, found.follower_value
    cover = [Fraction(j in defended) for j in range(len(game.targets))]
    attack = {j: Fraction(q) for j, q in (found.attack or {}).items()}
    return values == _reply(game, defended, weak=weak) == _pays(game, cover, attack)


def wind_nash_faults(game: GridworldGame, answer: AttackNash) -> tuple[str, ...]:
    """Return what is wrong with the value of a zero-sum game."""
    found = answer.best
    cover = [Fraction(c) for c in found.coverage]
    return failed(
        {
            "the values are one": one_value(answer),
            "the coverage is feasible": feasible(game, cover),
            "the attacker can gain nothing": adaptive_reply(game, cover)[1]
            == answer.follower_value,
            "the attack can be played": can_be_played(game, found.attack, found.plans),
            "the leader can gain nothing": guaranteed(game, found.attack) == answer.follower_value,
        }
    )


def one_value(answer: AttackNash) -> bool:
    """Whether all values of a zero-sum game agree."""
    values = {answer.follower_value, answer.follower_max, answer.best.follower_value}
    values |= {-answer.leader_min, -answer.leader_max, -answer.best.leader_value}
    return len(values) == 1


def can_be_played(
    game: GridworldGame, attack: Mapping[int, Number], plans: Iterable[AttackPlan] | None
) -> bool:
    """Whether the plans lead to these outcomes."""
    mixed: dict[int, Fraction] = {}
    weights = []
    for plan in plans or ():
        outcomes = adaptive(game).outcomes(plan.move_table or ())
        if outcomes is None or outcomes != plan.outcomes:
            return False
        weights.append(Fraction(plan.probability))
        for j, q in outcomes.items():
            mixed[j] = mixed.get(j, Fraction(0)) + weights[-1] * q
    return is_mix(weights) and {j: q for j, q in mixed.items() if q} == attack


def guaranteed(game: GridworldGame, attack: Mapping[int, Number]) -> Fraction:
    """What a mix over outcomes is worth to the attacker when k defenders take the most from it."""
    weights = {j: Fraction(q) for j, q in attack.items()}
    taken = nlargest(game.defenders, (q * gap(game, j) for j, q in weights.items()))
    return sum((q * game.payoffs(j)[1] for j, q in weights.items()), -sum(taken, Fraction(0)))


def _pays(
    game: GridworldGame, cover: Sequence[Fraction], attack: Mapping[int, Fraction]
) -> tuple[Fraction, Fraction] | None:
    """What a distribution over outcomes pays leader and follower; None when it is none."""
    if not is_mix(attack.values()):
        return None
    table = pays(game, cover)
    leader, follower = (
        sum((q * table[j][side] for j, q in attack.items()), Fraction(0)) for side in (0, 1)
    )
    return leader, follower
