"""Values of a gridworld with wind, whose attacker sees its cell and the time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from math import comb

from solvers.gridworld._adaptive import Attacker, Ties
from solvers.gridworld.sampling import systematic_sampling
from solvers.gridworld.wind_general import general_commitment
from solvers.gridworld.wind_zero_sum import hold_down
from stackel.errors import NoSolutionError
from stackel.gridworld import GridworldGame
from stackel.gridworld_result import (
    AllocationCommitment,
    AllocationOutcome,
    AttackEquilibrium,
    AttackNash,
    CoverageCommitment,
)

MAX_ALLOCATIONS = 2_000
"""Sets of defended targets for which the attacker's reply is computed: some ten seconds."""


def wind_commitment(
    game: GridworldGame, *, epsilon: Fraction = Fraction(1, 1000)
) -> CoverageCommitment:
    r"""Compute a strong Stackelberg equilibrium and the inducible value, exactly.

    The attacker chooses a policy over (cell, time); with wind it may be carried into a target that
    it would not choose. Zero-sum games are solved by constraint generation
    (:func:`~solvers.gridworld.wind_zero_sum.hold_down`); every tie of the attacker is one of the
    leader, so that the commitment guarantees its value. Other games are solved exactly on tiny
    grids, else bounded from both sides (:mod:`solvers.gridworld.wind_general`).

    Parameters
    ----------
    game : GridworldGame
        Attack rule ``first-entered``, targets intercepted.
    epsilon : Fraction
        In (0, 1]: how far ``inward`` is moved from the best corner to the middle of its region.

    Returns
    -------
    CoverageCommitment
        Exact unless ``upper_bound`` is more than ``leader_value``, or ``inducible_bound`` than
        ``inducible_value``. ``attack`` is the distribution over outcomes of the attacker's reply.

    Raises
    ------
    NoSolutionError
        When targets are declared or paths intercepted, or when the game is too large.

    Notes
    -----
    One best reply is O(cells times horizon) operations on integers of O(horizon) digits. A
    zero-sum 10 x 10 game with horizon 20 takes some 30 of them in floats and a few exactly, 0.2 s.
    Reply regions multiply quickly: 4 x 4 with 2 targets and horizon 6 has about 20 corners, 10 x 10
    with 5 targets and horizon 20 above 600; there the bounds are found in seconds.

    Examples
    --------
    >>> from stackel.gridworld import Target
    >>> game = GridworldGame(rows=1, cols=3, start=(0, 1), horizon=1, defenders=1, wind="1/2",
    ...     targets=tuple(Target(cell=cell, attacker_covered=0, attacker_uncovered=v,
    ...                          defender_covered=0, defender_uncovered=-v)
    ...                   for cell, v in [((0, 0), 2), ((0, 2), 4)]))
    >>> answer = wind_commitment(game)
    >>> print(answer.leader_value, *answer.coverage)
    -1 1/3 2/3
    """
    attacker = Attacker(game)
    saddle = hold_down(attacker)
    if game.defenders and attacker.in_reach and not game.is_zero_sum:
        return general_commitment(attacker, saddle, epsilon=epsilon)
    coverage = saddle.coverage if game.defenders else (Fraction(0),) * len(game.targets)
    reply = attacker.reply(coverage)
    weakest = attacker.reply(coverage, ties="weak").leader_value
    plan = attacker.plan(reply.policy)
    return CoverageCommitment(
        leader_value=reply.leader_value,
        follower_value=reply.attacker_value,
        coverage=coverage,
        attacked_target=_likeliest(plan.attack),
        attack=plan.attack,
        reply=plan.record(Fraction(1)),
        inducible_value=weakest,
        inward=None,
        allocation_mix=systematic_sampling(coverage, defenders=game.defenders),
        attacker_guarantee=saddle.attack,
        attacker_plans=tuple(plan.record(weight) for weight, plan in saddle.plans),
        method="constraint generation" if game.is_zero_sum else "best reply",
    )


def wind_allocation(game: GridworldGame) -> AllocationCommitment:
    """Compute the best realised allocations by trying them all, ties for and against the leader.

    Raises
    ------
    NoSolutionError
        When targets are declared or paths intercepted, when the game is too large, or when more
        than :data:`MAX_ALLOCATIONS` sets of targets can be defended.

    Examples
    --------
    >>> from stackel.gridworld import Target
    >>> game = GridworldGame(rows=1, cols=3, start=(0, 1), horizon=1, defenders=1, wind="1/2",
    ...     targets=tuple(Target(cell=cell, attacker_covered=0, attacker_uncovered=v,
    ...                          defender_covered=0, defender_uncovered=-v)
    ...                   for cell, v in [((0, 0), 2), ((0, 2), 4)]))
    >>> print(wind_allocation(game).strong.leader_value)
    -5/4
    """
    attacker = Attacker(game)
    reach = attacker.in_reach
    sizes = range(min(game.defenders, len(reach)) + 1)
    count = sum(comb(len(reach), size) for size in sizes)
    if count > MAX_ALLOCATIONS:
        raise NoSolutionError(
            f"the best allocation with wind tries at most {MAX_ALLOCATIONS} sets of targets, "
            f"got {count}"
        )
    allocations = [set(chosen) for size in sizes for chosen in combinations(reach, size)]
    outcomes = []
    sides: tuple[Ties, ...] = ("strong", "weak")
    for ties in sides:
        found = []
        for defended in allocations:
            coverage = [Fraction(j in defended) for j in range(len(game.targets))]
            found.append((attacker.reply(coverage, ties=ties), defended))
        reply, defended = max(found, key=lambda f: (f[0].leader_value, f[0].attacker_value))
        attack = attacker.plan(reply.policy).attack
        outcomes.append(
            AllocationOutcome(
                leader_value=reply.leader_value,
                follower_value=reply.attacker_value,
                attacked_target=_likeliest(attack),
                attack=attack,
                defended_targets=tuple(sorted(defended)),
            )
        )
    return AllocationCommitment(strong=outcomes[0], weak=outcomes[1], method="all allocations")


def wind_nash(game: GridworldGame) -> AttackNash:
    """Return the Nash equilibrium value of a zero-sum game with wind.

    Raises
    ------
    NoSolutionError
        When the game is not zero-sum or too large, targets are declared or paths intercepted.
    """
    if not game.is_zero_sum:
        raise NoSolutionError("Nash equilibria with wind need a zero-sum game, got another")
    saddle = hold_down(Attacker(game))
    value = saddle.attacker_value
    equilibrium = AttackEquilibrium(
        leader_value=-value,
        follower_value=value,
        coverage=saddle.coverage,
        attack=saddle.attack,
        plans=tuple(plan.record(weight) for weight, plan in saddle.plans),
    )
    return AttackNash(
        leader_min=-value,
        leader_max=-value,
        follower_value=value,
        follower_max=value,
        worst=equilibrium,
        best=equilibrium,
        method="constraint generation",
    )


def _likeliest(attack: Mapping[int, Fraction]) -> int:
    return max(attack, key=lambda j: attack[j])
