"""Checks of answers where defenders intercept paths.

The attacker's best reply to the leader's mix of allocations is found anew, move by move. In a
zero-sum game the attacker's own mix of walks, against all placements, bounds the value from the
other side; in other games the multipliers of the normal form do, whose rows and columns are listed
anew (:mod:`solvers.gridworld.check_path_matrix`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

from solvers.gridworld.best_reply import ReplyPlan, best_reply
from solvers.gridworld.check_path_matrix import matrix_faults, range_faults
from solvers.gridworld.check_wind import one_value
from solvers.gridworld.evaluate import Undecided, failed, is_mix
from solvers.gridworld.play import MOVE_NAMES
from stackel.errors import NoSolutionError
from stackel.game import Number
from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_certificate import PathCertificate
from stackel.gridworld_result import (
    Allocation,
    AttackEquilibrium,
    AttackNash,
    AttackPlan,
    CoverageCommitment,
)

MAX_PLACEMENTS = 100_000
"""Placements tried against a mix of walks: about a second."""


def path_commitment_faults(game: GridworldGame, answer: CoverageCommitment) -> tuple[str, ...]:
    """Return what is wrong with a commitment; Undecided when it may not be the best one."""
    mix, plans = answer.allocation_mix or (), answer.attacker_plans or ()
    reply = _reply(game, mix)
    faults = {
        "the mix is one of allocations": _gives(game, mix, answer.coverage),
        "the follower value is that of a best reply": answer.follower_value == reply.follower_value,
        "the leader value is that of the best reply it likes best": answer.leader_value
        == reply.leader_value,
        "the walk is such a reply": answer.reply is not None
        and _earned(game, mix, answer.reply) == (answer.leader_value, answer.follower_value)
        and answer.attack == answer.reply.outcomes
        and set(answer.reply.outcomes) == {answer.attacked_target},
        "the guarantee can be played": _can_be_played(game, answer.attacker_guarantee, plans),
    }
    if zero_sum(game):
        least = _held(game, plans, side=1)
        faults["the follower cannot be held lower"] = least == answer.follower_value
        faults["the leader is sure of its value"] = (
            answer.inducible_value == answer.leader_value == -least
        )
    elif isinstance(answer.certificate, PathCertificate):
        faults |= matrix_faults(game, answer, answer.certificate)
    else:
        faults["the certificate is that of a game of interception"] = False
    return failed(faults)


def path_nash_faults(game: GridworldGame, answer: AttackNash) -> tuple[str, ...]:
    """Return what is wrong with a range of equilibria; Undecided when some may lie beyond it."""
    ends = (answer.best,) if zero_sum(game) else (answer.best, answer.worst)
    faults = {
        "the ends are equilibria": all(_is_equilibrium(game, end) for end in ends),
        "the ends are attained": answer.best.leader_value == answer.leader_max
        and answer.worst.leader_value == answer.leader_min,
    }
    if zero_sum(game):
        faults["the values are one"] = one_value(answer)
    elif answer.certificate is None:
        faults["the certificate is that of a game of interception"] = False
    elif failed(faults) or answer.certificate.range.certificate is not None:
        faults |= range_faults(game, answer, answer.certificate)
    else:
        raise Undecided(
            "both ends are equilibria; that none lies beyond them rests on the enumeration of all "
            "extreme equilibria of the normal form: a proof would be too long"
        )
    return failed(faults)


def zero_sum(game: GridworldGame) -> bool:
    """Whether payoffs sum to 0: covered targets pay nothing, whoever is stopped gets 0."""
    return all(sum(game.payoffs(j)) == 0 for j in (NO_ATTACK, *range(len(game.targets))))


def _is_equilibrium(game: GridworldGame, found: AttackEquilibrium) -> bool:
    """Whether neither side gains by deviating, and the payoffs are as claimed."""
    mix, plans = found.allocation_mix or (), found.plans or ()
    earned = [
        (Fraction(plan.probability), _earned(game, mix, plan) or (Fraction(0), Fraction(0)))
        for plan in plans
    ]
    leader, follower = (sum((q * pay[s] for q, pay in earned), Fraction(0)) for s in (0, 1))
    return (
        _gives(game, mix, found.coverage)
        and _can_be_played(game, found.attack, plans)
        and (leader, follower) == (found.leader_value, found.follower_value)
        and _reply(game, mix).follower_value == follower
        and -_held(game, plans, side=0) == leader
    )


def _reply(game: GridworldGame, mix: Sequence[Allocation]) -> ReplyPlan:
    """The best reply to a mix of allocations."""
    try:
        return best_reply(
            game, [a.cells or () for a in mix], [Fraction(a.probability) for a in mix]
        )
    except NoSolutionError as error:
        raise Undecided(f"nothing is checked: {error}") from error


def _gives(game: GridworldGame, mix: Sequence[Allocation], coverage: Sequence[Number]) -> bool:
    """Whether the mix is one of allocations of all defenders, and covers the targets so often."""
    inside = all(
        len(set(a.cells or ())) == game.defenders
        and all(0 <= r < game.rows and 0 <= c < game.cols for r, c in a.cells or ())
        for a in mix
    )
    marginals = [
        sum((Fraction(a.probability) for a in mix if t.cell in (a.cells or ())), Fraction(0))
        for t in game.targets
    ]
    return (
        inside
        and is_mix([Fraction(a.probability) for a in mix])
        and marginals == [Fraction(c) for c in coverage]
    )


def _earned(
    game: GridworldGame, mix: Sequence[Allocation], plan: AttackPlan
) -> tuple[Fraction, Fraction] | None:
    """What a walk pays leader and follower against a mix; None when it is no walk."""
    outcome = walked(game, plan)
    if outcome is None:
        return None
    entered = entered_cells(plan.walk or ())
    free = sum(
        (Fraction(a.probability) for a in mix if entered.isdisjoint(a.cells or ())), Fraction(0)
    )
    leader, follower = game.payoffs(outcome)
    return free * leader, free * follower


def _can_be_played(
    game: GridworldGame, attack: Mapping[int, Number], plans: Sequence[AttackPlan]
) -> bool:
    """Whether the walks are aimed at these endings."""
    mixed: dict[int, Fraction] = {}
    for plan in plans:
        outcome = walked(game, plan)
        if outcome is None or plan.outcomes != {outcome: 1}:
            return False
        mixed[outcome] = mixed.get(outcome, Fraction(0)) + Fraction(plan.probability)
    return is_mix([Fraction(plan.probability) for plan in plans]) and mixed == attack


def walked(game: GridworldGame, plan: AttackPlan) -> int | None:
    """Where a walk leads; None when its steps are no moves, or it does not end as the plan says.

    Under the rule ``declared`` other targets than the one that was declared are passed through.
    """
    index = {target.cell: j for j, target in enumerate(game.targets)}
    walk = plan.walk or ()
    if not walk or walk[0] != game.start or len(plan.outcomes) != 1:
        return None
    moves = [any(game.step(a, m) == b for m in MOVE_NAMES) for a, b in pairwise(walk)]
    met = [index[cell] for cell in walk if cell in index]
    (outcome,) = plan.outcomes
    if game.attack_rule == "first-entered":
        right = met == ([] if outcome == NO_ATTACK else [outcome])
    else:
        right = len(set(met)) < len(index) if outcome == NO_ATTACK else met.count(outcome) == 1
    ends = outcome == NO_ATTACK or index.get(walk[-1]) == outcome
    return outcome if all(moves) and len(moves) <= game.horizon and right and ends else None


def entered_cells(walk: Sequence[Cell]) -> frozenset[Cell]:
    """The cells that a walk enters; to stay is not to enter."""
    return frozenset(b for a, b in pairwise(walk) if a != b)


def _held(game: GridworldGame, plans: Sequence[AttackPlan], *, side: int) -> Fraction:
    """The least that a mix of walks is worth when the defenders stand where they take most.

    To the attacker (``side`` 1), or minus that to the leader (0), whose gain it is.
    """
    sign = 1 if side else -1
    walks = [
        (sign * Fraction(plan.probability) * game.payoffs(j)[side], entered_cells(plan.walk or ()))
        for plan in plans
        for j in plan.outcomes
    ]
    worth = [x for x, _ in walks]
    stops = Counter(
        sum(1 << i for i, (_, cells) in enumerate(walks) if cell in cells)
        for cell in {cell for _, cells in walks for cell in cells}
    )
    unused = game.rows * game.cols - stops.total()
    if min(worth, default=Fraction(0)) >= 0:
        return sum(worth, Fraction(0)) - _most_stopped(worth, list(stops), game.defenders)
    # To stop some walk does harm: then fewer may stand in the way, where the others find a place.
    sizes = range(min(game.defenders, len(stops)) + 1)
    if sum(comb(len(stops), size) for size in sizes) > MAX_PLACEMENTS:
        raise Undecided(
            f"at most {MAX_PLACEMENTS} placements are tried against the mix of walks, not more"
        )
    taken = max(
        sum(
            (x for i, x in enumerate(worth) if any(members >> i & 1 for members in chosen)),
            Fraction(0),
        )
        for size in sizes
        for chosen in combinations(stops, size)
        if unused + sum(stops[members] for members in chosen) >= game.defenders
    )
    return sum(worth, Fraction(0)) - taken


def _most_stopped(worth: Sequence[Fraction], stops: Sequence[int], defenders: int) -> Fraction:
    """The most that so many cells stop; a cell is the set of walks through it, as bits.

    Depth first; a branch ends where even cells that stop different walks would not reach the best.
    """
    kept = [s for s in stops if not any(s | other == other for other in stops if other != s)]
    best = Fraction(0)
    tried = 0
    todo = [(Fraction(0), 0, 0, defenders)]
    while todo:
        value, stopped, at, left = todo.pop()
        best = max(best, value)
        tried += 1
        if tried > MAX_PLACEMENTS:
            raise Undecided(
                f"at most {MAX_PLACEMENTS} placements are tried against the mix of walks, not more"
            )
        gains = [
            sum((x for i, x in enumerate(worth) if s & ~stopped & 1 << i), Fraction(0))
            for s in kept[at:]
        ]
        if not left or value + sum(sorted(gains)[-left:], Fraction(0)) <= best:
            continue
        for step, gain in enumerate(gains):
            if gain:
                todo.append((value + gain, stopped | kept[at + step], at + step + 1, left - 1))
    return best
