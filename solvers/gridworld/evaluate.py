"""What checks of answers are made of: they share no code with the solvers.

What the attacker can bring about is found by dynamic programming over moves and cells, and payoffs
come straight from the game, in rationals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import CoverageCommitment

ZERO = Fraction(0)


class Undecided(Exception):
    """A check that can neither refute an answer nor prove it; says what is not proved."""


@lru_cache(maxsize=1)  # the checks of one game ask in turn
def attainable(game: GridworldGame) -> tuple[int, ...]:
    """Return the outcomes that some walk brings about: targets in order, then no attack.

    Dynamic programming: the cells where the attacker can be after h moves follow from those after
    h - 1; under the rule ``first-entered`` nothing follows from a target.

    Notes
    -----
    O(horizon times cells) numpy operations, stopped at a fixed point.
    """
    import numpy as np

    passable = np.ones((game.rows, game.cols), dtype=bool)
    if game.attack_rule == "first-entered":
        for target in game.targets:
            passable[target.cell] = False
    here = np.zeros_like(passable)
    here[game.start] = True
    for _ in range(game.horizon):
        leaving = here & passable
        after = here.copy()
        after[1:] |= leaving[:-1]
        after[:-1] |= leaving[1:]
        after[:, 1:] |= leaving[:, :-1]
        after[:, :-1] |= leaving[:, 1:]
        if (after == here).all():
            break
        here = after
    return (*(j for j, target in enumerate(game.targets) if here[target.cell]), NO_ATTACK)


def best_replies(
    game: GridworldGame, coverage: Sequence[Fraction], outcomes: Sequence[int]
) -> tuple[Fraction, set[int]]:
    """Return the most that the ``outcomes`` pay the attacker, and those that pay it."""
    worth = {j: attacker_payoff(game, j, coverage) for j in outcomes}
    best = max(worth.values())
    return best, {j for j, value in worth.items() if value == best}


def failed(statements: dict[str, bool]) -> tuple[str, ...]:
    """The statements that do not hold."""
    return tuple(text for text, holds in statements.items() if not holds)


def coverage_of(cover: Sequence[Fraction], outcome: int) -> Fraction:
    """The coverage of an outcome: 0 for no attack."""
    return ZERO if outcome == NO_ATTACK else cover[outcome]


def attacker_payoff(
    game: GridworldGame, outcome: int, cover: Sequence[Fraction] | None
) -> Fraction:
    """What an outcome pays the attacker; undefended when no coverage is given."""
    if outcome == NO_ATTACK:
        return game.no_attack.attacker
    target = game.targets[outcome]
    if cover is None or not cover[outcome]:
        return target.attacker_uncovered
    if cover[outcome] == 1:
        return target.attacker_covered
    return target.attacker_uncovered - cover[outcome] * gap(game, outcome)


def leader_payoff(game: GridworldGame, outcome: int, coverage: Fraction) -> Fraction:
    """What an outcome that is covered so often pays the leader."""
    if outcome == NO_ATTACK:
        return game.no_attack.defender
    target = game.targets[outcome]
    if not coverage:
        return target.defender_uncovered
    return target.defender_uncovered + coverage * gain(game, outcome)


def held_down(game: GridworldGame, outcome: int) -> Fraction:
    """What an outcome pays the attacker where a target is always defended."""
    if outcome == NO_ATTACK:
        return game.no_attack.attacker
    return game.targets[outcome].attacker_covered


def gain(game: GridworldGame, outcome: int) -> Fraction:
    """What defending adds for the leader."""
    if outcome == NO_ATTACK:
        return Fraction(0)
    return game.targets[outcome].defender_covered - game.targets[outcome].defender_uncovered


def gap(game: GridworldGame, outcome: int) -> Fraction:
    """What defending takes from the attacker."""
    if outcome == NO_ATTACK:
        return Fraction(0)
    return game.targets[outcome].attacker_uncovered - game.targets[outcome].attacker_covered


def needed(game: GridworldGame, outcome: int, value: Fraction) -> Fraction:
    """The least coverage that leaves the attacker at most ``value``; above 1 when none does."""
    pays = attacker_payoff(game, outcome, None)
    if pays <= value:
        return ZERO
    above, taken = pays - value, gap(game, outcome)
    return above / taken if taken else Fraction(2)


def feasible(game: GridworldGame, cover: Sequence[Fraction]) -> bool:
    """Whether k defenders can give this coverage of all targets."""
    unit = lcm(*{c.denominator for c in cover})
    parts = [c.numerator * (unit // c.denominator) for c in cover]
    fits = len(cover) == len(game.targets) and min(parts) >= 0 and max(parts) <= unit
    return fits and sum(parts) <= game.defenders * unit


def is_mix(weights: Iterable[Fraction]) -> bool:
    """Whether the weights are probabilities."""
    weights = list(weights)
    return all(w >= 0 for w in weights) and sum(weights) == 1


def gives(game: GridworldGame, answer: CoverageCommitment, cover: Sequence[Fraction]) -> bool:
    """Whether the allocation mix, where there is one, has the coverage as its marginals."""
    if answer.allocation_mix is None:
        return True
    chances = [Fraction(allocation.probability) for allocation in answer.allocation_mix]
    unit = lcm(*{chance.denominator for chance in chances})
    marginals = [0] * len(game.targets)
    for allocation, chance in zip(answer.allocation_mix, chances, strict=True):
        defended = allocation.defended_targets
        if len(set(defended)) != len(defended) or len(defended) > game.defenders:
            return False
        for j in defended:
            marginals[j] += chance.numerator * (unit // chance.denominator)
    given = [Fraction(marginal, unit) for marginal in marginals]
    return is_mix(chances) and given == list(cover) and len(chances) <= len(cover) + 1
