"""What the leader can guarantee with wind and a declared target, and a coverage near that."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from stackel.game import ExactStrategy
from stackel.gridworld import NO_ATTACK, GridworldGame
from stackel.gridworld_result import InwardCoverage

if TYPE_CHECKING:
    from solvers.gridworld.declared import Declaration


def declared_inducible(
    game: GridworldGame, options: Sequence[Declaration], least: Fraction, *, epsilon: Fraction
) -> tuple[Fraction, InwardCoverage | None]:
    """Return the best that an only best reply gives the leader in the limit; a coverage near it.

    Induced is a declaration that is still worth more than what the attacker is held to without any
    coverage: a little less makes it the only best reply. Or no attack, when everything else can be
    held below it. Without defenders there is one commitment only: all its best replies count.
    """
    zero = Fraction(0)
    if not game.defenders:
        return min(
            d.leader(game, chance, zero)
            for d in options
            if d.worth(zero) == least
            for chance in d.chances(zero)
        ), None
    found: list[tuple[Fraction, InwardCoverage]] = []
    for value in {least, max(least, game.no_attack.attacker)}:
        limit = [d.need(value) for d in options]
        for d, need in zip(options, limit, strict=True):
            if d.worth(zero) <= value:
                continue
            chance = d.most if value >= d.stay else d.least
            floor = zero if value >= d.stay else max(zero, d.indifferent)
            less = need + epsilon * (floor - need)
            coverage = (*limit[: d.number], less, *limit[d.number + 1 :])
            inward = _inward(game, coverage, tuple(limit), d.number, chance, d)
            found.append((d.leader(game, chance, need), inward))
    if (held := _all_held(game, options)) is not None:
        nobody = game.no_attack.defender
        found.append((nobody, _inward(game, held, held, NO_ATTACK, zero, None)))
    return max(found, key=lambda item: item[0])


def _inward(
    game: GridworldGame,
    coverage: ExactStrategy,
    limit: ExactStrategy,
    target: int,
    chance: Fraction,
    declaration: Declaration | None,
) -> InwardCoverage:
    leader = game.no_attack.defender
    if declaration is not None:
        leader = declaration.leader(game, chance, coverage[target])
    return InwardCoverage(
        coverage=coverage,
        attacked_target=target if 2 * chance >= 1 else NO_ATTACK,
        leader_value=leader,
        follower_gap=None,
        limit=limit,
    )


def _all_held(game: GridworldGame, options: Sequence[Declaration]) -> ExactStrategy | None:
    """A coverage at which to enter no target is the only best reply; None where there is none."""
    stay = game.no_attack.attacker
    tempting = [d for d in options if d.most]
    if all(d.least for d in options) or any(d.target.attacker_covered >= stay for d in tempting):
        return None
    wanted = {d.number: d.indifferent for d in tempting if d.target.attacker_uncovered >= stay}
    spare = game.defenders - sum(wanted.values(), Fraction(0))
    if wanted and spare <= 0:
        return None
    coverage = [Fraction(0)] * len(options)
    for j, need in wanted.items():
        coverage[j] = need + min((1 - need) / 2, spare / (2 * len(wanted)))
    return tuple(coverage)
