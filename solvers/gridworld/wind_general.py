"""Commitments with wind and general payoffs: exactly on tiny grids, else between two bounds."""

from __future__ import annotations

from fractions import Fraction

from solvers.gridworld._adaptive import Attacker, Plan
from solvers.gridworld._drift import move_table
from solvers.gridworld.sampling import systematic_sampling
from solvers.gridworld.wind_cover import cover
from solvers.gridworld.wind_regions import Regions, reply_regions
from solvers.gridworld.wind_zero_sum import Saddle
from stackel.errors import NoSolutionError
from stackel.game import ExactStrategy
from stackel.gridworld_certificate import CoverCertificate, RegionCertificate
from stackel.gridworld_result import CoverageCommitment, InwardCoverage


def general_commitment(
    attacker: Attacker, saddle: Saddle, *, epsilon: Fraction
) -> CoverageCommitment:
    """Compute a strong Stackelberg equilibrium, or a commitment and what none can exceed.

    Exact from the corners of all reply regions (:mod:`solvers.gridworld.wind_regions`), whose plans
    are the proof. Where they are too many, the best commitment that branch and bound meets, with
    ``upper_bound`` and ``inducible_bound``, proved by a cover of the coverages
    (:mod:`solvers.gridworld.wind_cover`).

    Raises
    ------
    NoSolutionError
        When neither takes the game.
    """
    certificate: CoverCertificate | RegionCertificate
    inward: InwardCoverage | None = None
    try:
        regions = reply_regions(attacker)
    except NoSolutionError:
        found = cover(attacker, saddle)
        coverage, reply, certificate = found.coverage, found.reply, found.certificate
        upper = found.upper
        induced = attacker.reply(coverage, ties="weak").leader_value
        most_induced = upper
        method = "branch and bound over coverages"
    else:
        coverage, reply = max(
            regions.corners.items(), key=lambda item: (item[1].leader_value, item[1].attacker_value)
        )
        induced, inward = _induced(attacker, regions, epsilon)
        upper, most_induced = reply.leader_value, induced
        certificate = RegionCertificate(
            plans=tuple(move_table(plan.policy) for plan, _ in regions.plans)
        )
        method = "corners of reply regions"
    plan = attacker.plan(reply.policy)
    attack = plan.attack
    return CoverageCommitment(
        leader_value=reply.leader_value,
        follower_value=reply.attacker_value,
        coverage=coverage,
        attacked_target=max(attack, key=lambda j: attack[j]),
        attack=attack,
        reply=plan.record(Fraction(1)),
        inducible_value=induced,
        inward=inward,
        allocation_mix=systematic_sampling(coverage, defenders=attacker.game.defenders),
        attacker_guarantee=saddle.attack,
        attacker_plans=tuple(plan.record(weight) for weight, plan in saddle.plans),
        upper_bound=upper,
        inducible_bound=most_induced,
        certificate=certificate,
        method=method,
    )


def _induced(
    attacker: Attacker, regions: Regions, epsilon: Fraction
) -> tuple[Fraction, InwardCoverage]:
    """The best that an only best reply gives the leader in the limit, and a coverage near it."""
    game = attacker.game

    def best_corner(item: tuple[Plan, list[ExactStrategy]]) -> tuple[Fraction, ExactStrategy]:
        plan, corners = item
        return max((plan.leader_value(game, corner), corner) for corner in corners)

    plan, corners = max(regions.plans, key=best_corner)
    value, corner = best_corner((plan, corners))
    middle = [sum(cs) / len(corners) for cs in zip(*corners, strict=True)]
    coverage = tuple(c + epsilon * (m - c) for c, m in zip(corner, middle, strict=True))
    return value, InwardCoverage(
        coverage=coverage,
        attacked_target=max(plan.attack, key=lambda j: plan.attack[j]),
        leader_value=plan.leader_value(game, coverage),
        follower_gap=None,
        limit=corner,
    )
