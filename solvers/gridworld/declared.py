"""Wind and a declared target: the chance to reach each target, then ORIGAMI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from solvers.gridworld._drift import Drift
from solvers.gridworld.declared_inducible import declared_inducible
from solvers.gridworld.sampling import systematic_sampling
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, GridworldGame, Target
from stackel.gridworld_result import (
    AttackEquilibrium,
    AttackNash,
    CoverageCommitment,
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Declaration:
    """A target that the attacker may declare, and how likely it can make reaching it."""

    number: int
    target: Target
    least: Fraction
    """Chance to enter it for an attacker who avoids it: the wind may force it."""
    most: Fraction
    stay: Fraction
    """What no attack pays the attacker."""

    def chance(self, coverage: Fraction) -> Fraction:
        """The best chance for the attacker; the largest when it does not matter."""
        return self.most if self._attack(coverage) >= self.stay else self.least

    def worth(self, coverage: Fraction) -> Fraction:
        """What declaring the target pays: falling in the coverage, with one kink at most."""
        return self.stay + self.chance(coverage) * (self._attack(coverage) - self.stay)

    def need(self, value: Fraction) -> Fraction:
        """The least coverage at which declaring it pays at most ``value``; above 1: none."""
        uncovered, gap = self.target.attacker_uncovered, self.gap
        if self.worth(Fraction(0)) <= value:
            return Fraction(0)
        chance = self.most if value >= self.stay else self.least
        if not chance:
            return Fraction(2)
        return (uncovered - self.stay - (value - self.stay) / chance) / gap

    def chances(self, coverage: Fraction) -> set[Fraction]:
        """All chances that are best: both ends when it does not matter."""
        attack = self._attack(coverage)
        if attack == self.stay:
            return {self.least, self.most}
        return {self.most if attack > self.stay else self.least}

    @property
    def indifferent(self) -> Fraction:
        """The coverage at which an attack pays the attacker what no attack does."""
        return (self.target.attacker_uncovered - self.stay) / self.gap

    @property
    def gap(self) -> Fraction:
        """What defending takes from the attacker."""
        return self.target.attacker_uncovered - self.target.attacker_covered

    def _attack(self, coverage: Fraction) -> Fraction:
        """What an attack pays once it is made."""
        return self.target.attacker_uncovered - coverage * self.gap

    def leader(self, game: GridworldGame, chance: Fraction, coverage: Fraction) -> Fraction:
        """What the leader gets from the declaration."""
        stay = game.no_attack.defender
        return stay + chance * (game.payoffs(self.number, coverage)[0] - stay)


def declarations(game: GridworldGame) -> tuple[Declaration, ...]:
    """Compute, for each target, the least and the largest chance to enter it in time.

    Dynamic programming over (cell, time); other targets are passed through. A target that is out
    of reach without wind has the chance 0 with wind.

    Examples
    --------
    >>> game = GridworldGame(rows=1, cols=3, start=(0, 0), horizon=2, defenders=1, wind="1/2",
    ...     attack_rule="declared", targets=(
    ...     Target(cell=(0, 2), attacker_covered=0, attacker_uncovered=1,
    ...            defender_covered=0, defender_uncovered=-1),))
    >>> print(declarations(game)[0].least, declarations(game)[0].most)
    1/64 25/64
    """
    if game.attack_rule != "declared" or game.interception != "target":
        raise NoSolutionError(
            "declared targets with wind need attack rule 'declared' and interception 'target', "
            f"got {game.attack_rule!r} and {game.interception!r}"
        )
    found = []
    for j, target in enumerate(game.targets):
        drift = Drift(game, [target.cell])
        found.append(
            Declaration(
                number=j,
                target=target,
                least=Fraction(-drift.best([-1], 0)[0], drift.total),
                most=Fraction(drift.best([1], 0)[0], drift.total),
                stay=game.no_attack.attacker,
            )
        )
    return tuple(found)


def declared_commitment(
    game: GridworldGame, *, epsilon: Fraction = Fraction(1, 1000)
) -> CoverageCommitment:
    r"""Compute a strong Stackelberg equilibrium and the inducible value, exactly.

    The attacker declares a target t and then makes the chance r to reach it as large as it can, or
    as small when an attack pays less than none: its value is
    :math:`F_t(c_t) = a + r (U_F(t, c_t) - a)`, a that of no attack. As in ORIGAMI
    (:func:`~solvers.gridworld.origami.origami`), the attacker is held to the least x with
    :math:`\sum_t F_t^{-1}(x) \le k` and :math:`x \ge F_t(1)`, and the leader chooses among the
    declarations that pay x. Below a the attacker avoids what it declared; a leader who would
    rather be attacked holds it to a instead. ``epsilon``, in (0, 1], tells how far ``inward`` is
    moved from the coverage that the inducible value is worth in the limit.

    Returns
    -------
    CoverageCommitment
        Exact; ``attack`` has the chances of the attacked target and of no attack.

    Raises
    ------
    NoSolutionError
        Under another attack rule, when paths are intercepted, or when the game is too large.

    Notes
    -----
    Two dynamic programs of O(cells times horizon) a target, then O(n log n) rational operations.
    The attacker must declare one target: where the wind may reach every target, some attack may
    be forced.

    Examples
    --------
    >>> game = GridworldGame(rows=1, cols=3, start=(0, 0), horizon=2, defenders=0, wind="1/2",
    ...     attack_rule="declared", targets=(
    ...     Target(cell=(0, 2), attacker_covered=-9, attacker_uncovered=-1,
    ...            defender_covered=0, defender_uncovered=-64),))
    >>> answer = declared_commitment(game)
    >>> print(answer.leader_value, answer.follower_value)
    -1 -1/64
    """
    options = declarations(game)
    least = _least_value(options, game.defenders)
    coverage = [d.need(least) for d in options]
    replies = [
        (d.leader(game, chance, c), value, d.number, chance)
        for value in {least, max(least, game.no_attack.attacker)}
        for d, c in ((d, d.need(value)) for d in options)
        if d.worth(c) == value
        for chance in d.chances(c)
    ]
    # a target whose defence leaves the leader indifferent may be attacked at any higher value
    replies += [
        (d.leader(game, chance, Fraction(0)), d.worth(Fraction(0)), d.number, chance)
        for d in options
        if d.target.defender_covered == d.target.defender_uncovered
        and d.worth(Fraction(0)) >= least
        for chance in d.chances(Fraction(0))
    ]
    induced, inward = declared_inducible(game, options, least, epsilon=epsilon)
    leader, follower, j, chance = max(replies, key=lambda reply: reply[:2])
    cover = tuple(d.need(follower) for d in options)
    attack = attack_on(j, chance)
    return CoverageCommitment(
        leader_value=leader,
        follower_value=follower,
        coverage=cover,
        attacked_target=j if 2 * chance >= 1 else NO_ATTACK,
        attack=attack,
        inducible_value=induced,
        inward=inward,
        allocation_mix=systematic_sampling(cover, defenders=game.defenders),
        attacker_guarantee=_guarantee(options, coverage, game.defenders, least),
        method="reach probabilities, then ORIGAMI",
    )


def declared_nash(game: GridworldGame) -> AttackNash:
    """Return the Nash equilibrium value of a zero-sum game with wind and declared targets.

    Raises
    ------
    NoSolutionError
        As :func:`declared_commitment`, and when the game is not zero-sum.
    """
    if not game.is_zero_sum:
        raise NoSolutionError("Nash equilibria with wind need a zero-sum game, got another")
    options = declarations(game)
    value = _least_value(options, game.defenders)
    coverage = [d.need(value) for d in options]
    only = AttackEquilibrium(
        leader_value=-value,
        follower_value=value,
        coverage=tuple(coverage),
        attack=_guarantee(options, coverage, game.defenders, value),
    )
    return AttackNash(
        leader_min=-value,
        leader_max=-value,
        follower_value=value,
        follower_max=value,
        worst=only,
        best=only,
        method="reach probabilities, then ORIGAMI",
    )


def _least_value(options: Sequence[Declaration], defenders: int) -> Fraction:
    """The least value that k defenders can hold the attacker to.

    The coverage needed is linear in the value between its kinks.
    """
    zero, one = Fraction(0), Fraction(1)
    floor = max(d.worth(one) for d in options) if defenders else max(d.worth(zero) for d in options)

    def used(value: Fraction) -> Fraction:
        return sum((d.need(value) for d in options), zero)

    kinks = {floor, *(x for d in options for x in (d.worth(zero), d.stay) if x > floor)}
    steps = sorted(kinks)
    low, high = 0, len(steps) - 1
    if used(steps[0]) <= defenders:
        return steps[0]
    while high - low > 1:  # needs too much at low, can be met at high
        middle = (low + high) // 2
        low, high = (low, middle) if used(steps[middle]) <= defenders else (middle, high)
    left, right = steps[low], steps[high]
    over, under = used(left), used(right)
    return left + (over - defenders) / (over - under) * (right - left)


def _guarantee(
    options: Sequence[Declaration],
    coverage: Sequence[Fraction],
    defenders: int,
    least: Fraction,
) -> dict[int, Fraction]:
    """A mix of declarations that is worth ``least`` to the attacker against every allocation.

    Where all defenders are needed, each is worth taking the same from every declaration.
    """
    full = Fraction(min(defenders, 1))
    enough = [d for d in options if d.worth(full) == least]
    if enough:  # an attack rather than none: it shows that no attack is never the only best reply
        best = max(enough, key=lambda d: d.chance(full))
        return attack_on(best.number, best.chance(full))
    needy = [(d, d.chance(c)) for d, c in zip(options, coverage, strict=True) if c]
    weights = [1 / (chance * d.gap) for d, chance in needy]
    mix = {
        d.number: weight * chance / sum(weights)
        for (d, chance), weight in zip(needy, weights, strict=True)
    }
    rest = 1 - sum(mix.values(), Fraction(0))
    return {**mix, NO_ATTACK: rest} if rest else mix


def attack_on(target: int, chance: Fraction) -> dict[int, Fraction]:
    """The probability of each outcome, zeros left out."""
    both = {target: chance, NO_ATTACK: 1 - chance}
    return {j: q for j, q in both.items() if q}
