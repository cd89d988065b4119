"""A check of commitments to a coverage, by what the attacker can guarantee itself."""

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
    gap,
    gives,
    is_mix,
    leader_payoff,
    needed,
)
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import (
    CoverageCommitment,
)


def commitment_faults(game: GridworldGame, answer: CoverageCommitment) -> tuple[str, ...]:
    """Return what is wrong with a strong Stackelberg equilibrium and its inducible value.

    The attack mix ``attacker_guarantee`` pays the attacker some g against every allocation. So a
    target is a best reply only while its coverage leaves the attacker g, which bounds the leader;
    and one outside the mix that pays the attacker at most g is never the only best reply, since
    the mix would then be worth less than g.
    """
    outcomes = attainable(game)
    cover = [Fraction(c) for c in answer.coverage]
    value, replies = best_replies(game, cover, outcomes)
    mix = {j: Fraction(q) for j, q in answer.attacker_guarantee.items()}
    least = _guaranteed(game, mix)
    bounds = {j: _leader_bound(game, j, least) for j in outcomes}
    inducible = {j for j in outcomes if _alone(game, j, least, mix)}
    faults = {
        "the coverage is feasible": feasible(game, cover),
        "the allocations give the coverage": gives(game, answer, cover),
        "the follower value is that of a best reply": answer.follower_value == value,
        "the attacked target is a best reply": answer.attacked_target in replies,
        "the leader value is that of the attack": answer.leader_value
        == game.payoffs(answer.attacked_target, coverage_of(cover, answer.attacked_target))[0],
        "the guarantee is an attack mix": is_mix(mix.values()) and set(mix) <= set(outcomes),
        "no coverage pays the leader more": all(
            bound is None or bound <= answer.leader_value for bound in bounds.values()
        ),
        "no optimal coverage pays the follower more": all(
            attacker_payoff(game, j, None) <= answer.follower_value
            for j in outcomes
            if j != NO_ATTACK
            and game.targets[j].defender_covered == game.targets[j].defender_uncovered
            and bounds[j] == answer.leader_value
        ),
    }
    if game.defenders == 0:
        losses = [
            game.payoffs(j)[0] for j in best_replies(game, [Fraction(0)] * len(cover), outcomes)[1]
        ]
        faults["the inducible value is the worst reply"] = answer.inducible_value == min(losses)
    else:
        faults["nothing more can be induced"] = all(
            bound is not None and bound <= answer.inducible_value
            for j, bound in bounds.items()
            if j in inducible
        )
        faults["the inducible value is approached"] = _approached(game, answer, outcomes, least)
    return failed(faults)


def _guaranteed(game: GridworldGame, mix: dict[int, Fraction]) -> Fraction:
    """What an attack mix is worth when the k defenders take the most from it."""
    taken = nlargest(game.defenders, (q * gap(game, j) for j, q in mix.items()))
    return sum((q * game.payoffs(j)[1] for j, q in mix.items()), start=-sum(taken, Fraction(0)))


def _leader_bound(game: GridworldGame, outcome: int, least: Fraction) -> Fraction | None:
    """The most an outcome pays the leader as a best reply worth at least ``least``; or None."""
    above = attacker_payoff(game, outcome, None) - least
    if above < 0:
        return None
    if outcome == NO_ATTACK:
        return game.no_attack.defender
    return leader_payoff(game, outcome, min(Fraction(1), above / gap(game, outcome)))


def _alone(game: GridworldGame, outcome: int, least: Fraction, mix: dict[int, Fraction]) -> bool:
    """Whether the guarantee leaves room for the outcome to be the only best reply."""
    most = attacker_payoff(game, outcome, None)
    return most > least or (most == least and set(mix) == {outcome})


def _approached(
    game: GridworldGame, answer: CoverageCommitment, outcomes: Sequence[int], least: Fraction
) -> bool:
    """Whether the inward coverage leads to the inducible value with one best reply on all the way.

    So it does when its reply is also one to the least coverage that holds the attacker to
    ``least``, and pays the leader the inducible value there.
    """
    inward = answer.inward
    if inward is None:
        return False
    cover = [Fraction(c) for c in inward.coverage]
    value, replies = best_replies(game, cover, outcomes)
    own = inward.attacked_target
    others = [attacker_payoff(game, j, cover) for j in outcomes if j != own]
    limit = [needed(game, j, least) if j in outcomes else Fraction(0) for j in range(len(cover))]
    return (
        feasible(game, cover)
        and replies == {own}
        and inward.follower_gap == (value - max(others) if others else None)
        and inward.leader_value == game.payoffs(own, coverage_of(cover, own))[0]
        and feasible(game, limit)
        and own in best_replies(game, limit, outcomes)[1]
        and game.payoffs(own, coverage_of(limit, own))[0] == answer.inducible_value
    )
