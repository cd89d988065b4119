r"""A check of commitments with wind, by the regions of all the attacker's replies.

What a plan pays the attacker is linear in the coverage, so that the most of some plans,
:math:`g(c)`, has an epigraph with corners. Where no policy pays more at any corner, none does
anywhere: what the best one pays is convex in the coverage, and at most g at the corners of each
face. Then every reply's region is a face, over which both payoffs are linear, and the corners
decide. The corners are found by double description (Motzkin et al. 1953).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from solvers.gridworld.gusts import adaptive, adaptive_reply, pays
from stackel.game import ExactStrategy
from stackel.gridworld import GridworldGame
from stackel.gridworld_certificate import RegionCertificate
from stackel.gridworld_result import CoverageCommitment


class Corner(NamedTuple):
    """A corner of the epigraph."""

    coverage: ExactStrategy
    """Of all targets."""
    height: Fraction
    tight: int
    """Bit set: for each target, no and full coverage; all defenders used; the ceiling; plans."""


class Form(NamedTuple):
    """A payoff, linear in the coverage."""

    constant: Fraction
    slopes: tuple[Fraction, ...]

    def at(self, coverage: ExactStrategy) -> Fraction:
        """Its value at a coverage of all targets."""
        return self.constant + sum(
            (s * c for s, c in zip(self.slopes, coverage, strict=True) if s), Fraction(0)
        )


def region_faults(
    game: GridworldGame, answer: CoverageCommitment, certificate: RegionCertificate
) -> dict[str, bool]:
    """Whether the plans are all that matter, and prove the answer."""
    played = [adaptive(game).outcomes(table) for table in certificate.plans]
    forms = [_forms(game, outcomes) for outcomes in played if outcomes is not None]
    if not forms or len(forms) < len(played):
        return {"the plans can be played": False}
    reach = [j for j in range(len(game.targets)) if _in_reach(game, j)]
    corners = _corners(game, reach, [follower for _, follower in forms])
    replies = [adaptive_reply(game, corner.coverage) for corner in corners]
    induced = []
    for plan, (leader, _) in enumerate(forms):
        own = [c.coverage for c in corners if c.tight >> _label(game, plan) & 1]
        if _dimension(own) == len(reach):
            induced.append(max(map(leader.at, own)))
    return {
        "no policy pays the attacker more at a corner": all(
            reply[1] == corner.height for reply, corner in zip(replies, corners, strict=True)
        ),
        "no corner pays the leader more, or the follower more there": max(replies)
        == (answer.leader_value, answer.follower_value),
        "no reply that is the only one somewhere guarantees more": max(induced)
        == answer.inducible_value,
        "the answer is exact": answer.exact,
    }


def _forms(game: GridworldGame, outcomes: dict[int, Fraction]) -> tuple[Form, Form]:
    """What a plan with these outcomes pays leader and follower."""
    none, full = (pays(game, [Fraction(c)] * len(game.targets)) for c in (0, 1))
    leader, follower = (
        Form(
            sum((q * none[j][side] for j, q in outcomes.items()), Fraction(0)),
            tuple(
                outcomes.get(j, Fraction(0)) * (full[j][side] - none[j][side])
                for j in range(len(game.targets))
            ),
        )
        for side in (0, 1)
    )
    return leader, follower


def _label(game: GridworldGame, plan: int) -> int:
    return 2 * len(game.targets) + 2 + plan


def _corners(game: GridworldGame, reach: Sequence[int], plans: Sequence[Form]) -> list[Corner]:
    """The corners at which some plan is tight: of the first plan alone, then cut by each other."""
    count, (first, *others) = len(game.targets), plans
    top = 1 + max(pay for c in (0, 1) for _, pay in pays(game, [Fraction(c)] * count))
    corners = []
    for size in range(min(game.defenders, len(reach)) + 1):
        for chosen in combinations(reach, size):
            cover = tuple(Fraction(j in chosen) for j in range(count))
            tight = sum(1 << (count * (j in chosen) + j) for j in reach)
            tight |= (size == game.defenders) << (2 * count)
            corners.append(Corner(cover, first.at(cover), tight | 1 << _label(game, 0)))
            corners.append(Corner(cover, top, tight | 1 << (2 * count + 1)))
    for plan, form in enumerate(others, start=1):
        corners = _cut(corners, form, 1 << _label(game, plan), len(reach))
    return [corner for corner in corners if not corner.tight >> (2 * count + 1) & 1]


def _cut(corners: Sequence[Corner], form: Form, label: int, n: int) -> list[Corner]:
    """The corners above the plane of one more plan: old ones, and those on edges through it."""
    sides: tuple[list[tuple[Corner, Fraction]], ...] = ([], [])
    kept = []
    for corner in corners:
        gap = corner.height - form.at(corner.coverage)
        if gap:
            sides[gap > 0].append((corner, gap))
        if gap >= 0:
            kept.append(corner if gap else corner._replace(tight=corner.tight | label))
    for low, under in sides[0]:
        for high, over in sides[1]:
            shared = low.tight & high.tight
            if shared.bit_count() < n or any(
                shared & ~other.tight == 0
                for other in corners
                if other is not low and other is not high
            ):
                continue  # no edge
            share = over / (over - under)
            cover = tuple(
                x + share * (y - x) for x, y in zip(high.coverage, low.coverage, strict=True)
            )
            height = high.height + share * (low.height - high.height)
            kept.append(Corner(cover, height, shared | label))
    return kept


def _dimension(points: Sequence[ExactStrategy]) -> int:
    """Of the affine hull; -1 when there is no point."""
    basis: dict[int, list[Fraction]] = {}
    for point in points:
        row = [x - y for x, y in zip(point, points[0], strict=True)]
        for place in range(len(row)):
            if row[place] and place in basis:
                factor = row[place]
                row = [x - factor * y for x, y in zip(row, basis[place], strict=True)]
            elif row[place]:
                basis[place] = [x / row[place] for x in row]
                break
    return len(basis) if points else -1


def _in_reach(game: GridworldGame, target: int) -> bool:
    """Whether some policy enters the target."""
    wanted = [Fraction(j == target) for j in range(len(game.targets))]
    return adaptive(game).best(wanted, Fraction(0)) > 0
