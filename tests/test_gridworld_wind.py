"""Wind: every value against all policies, other methods, theory, and planted faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from gridworlds import KINDS, _target, random_game
from windy import normal_form, random_windy

from solvers.gridworld._adaptive import Attacker, Ties
from solvers.gridworld._simplices import roots
from solvers.gridworld.allocation import realised_allocation
from solvers.gridworld.best_reply import best_reply
from solvers.gridworld.check_cover import Cover as CheckedCover
from solvers.gridworld.check_declared import (
    declared_allocation_faults,
    declared_commitment_faults,
    declared_nash_faults,
)
from solvers.gridworld.check_wind import (
    wind_allocation_faults,
    wind_commitment_faults,
    wind_nash_faults,
)
from solvers.gridworld.declared import declarations, declared_commitment, declared_nash
from solvers.gridworld.declared_allocation import declared_allocation
from solvers.gridworld.evaluate import Undecided
from solvers.gridworld.nash import nash_range
from solvers.gridworld.origami import origami
from solvers.gridworld.reachability import distances
from solvers.gridworld.sampling import systematic_sampling
from solvers.gridworld.solve import methods, solve_gridworld
from solvers.gridworld.wind import wind_allocation, wind_commitment, wind_nash
from solvers.gridworld.wind_cover import Cover, cover
from solvers.gridworld.wind_lp import wind_lp
from solvers.gridworld.wind_zero_sum import hold_down
from solvers.multiple_lp import multiple_lp
from solvers.pure import pure_commitment
from solvers.weak import weak_stackelberg
from solvers.zero_sum import zero_sum
from stackel import catalog
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, AttackRule, GridworldGame, NoAttack, Target, generate
from stackel.gridworld_certificate import CoverCertificate, RegionCertificate, Split
from stackel.gridworld_fields import PAYOFFS
from stackel.gridworld_result import (
    Allocation,
    AllocationCommitment,
    AttackNash,
    CoverageCommitment,
)

SIDES: tuple[Ties, ...] = ("strong", "weak")
RULES: tuple[AttackRule, ...] = ("first-entered", "declared")
CHECKS = {
    "first-entered": (wind_commitment_faults, wind_allocation_faults, wind_nash_faults),
    "declared": (declared_commitment_faults, declared_allocation_faults, declared_nash_faults),
}
"""They take games without wind too."""
MANY = 90
"""Games of each of the six kinds and two rules in the long run; the short run takes a tenth."""
LP_ERROR = 1e-7
"""What the float program may miss, as a share of the payoff range: HiGHS asks for 1e-9 in each of
some hundred rows that add up along a policy."""


def commitment(game: GridworldGame) -> CoverageCommitment:
    return (declared_commitment if game.attack_rule == "declared" else wind_commitment)(game)


def allocation(game: GridworldGame) -> AllocationCommitment:
    return (declared_allocation if game.attack_rule == "declared" else wind_allocation)(game)


def equilibrium(game: GridworldGame) -> AttackNash:
    return (declared_nash if game.attack_rule == "declared" else wind_nash)(game)


def mix_of(game: GridworldGame, coverage: Sequence[Fraction]) -> Sequence[Allocation]:
    return systematic_sampling(coverage, defenders=game.defenders)


def named(name: str) -> GridworldGame:
    game = catalog.load(name).game
    assert isinstance(game, GridworldGame)
    return game


def as_zero_sum(game: GridworldGame) -> GridworldGame:
    """The leader loses what the attacker gets."""
    return replace(
        game,
        targets=tuple(
            replace(
                t,
                defender_covered=-t.attacker_covered,
                defender_uncovered=-t.attacker_uncovered,
            )
            for t in game.targets
        ),
        no_attack=NoAttack(attacker=game.no_attack.attacker, defender=-game.no_attack.attacker),
    )


def check_agreement(game: GridworldGame, seen: Counter[str]) -> None:
    """All values of all information structures against the game of all policies."""
    matrix, _, columns = normal_form(game)
    sse, pure = commitment(game), allocation(game)
    by_matrix, weak, best = (
        multiple_lp(matrix),
        weak_stackelberg(matrix),
        pure_commitment(matrix),
    )
    assert (sse.leader_value, sse.follower_value) == (
        by_matrix.leader_value,
        by_matrix.follower_value,
    )
    assert sse.inducible_value == weak.leader_value
    assert (pure.strong.leader_value, pure.strong.follower_value) == (
        best.strong.leader_value,
        best.strong.follower_value,
    )
    assert pure.weak.leader_value == best.weak.leader_value
    assert pure.weak.leader_value <= sse.inducible_value <= sse.leader_value
    assert pure.strong.leader_value <= sse.leader_value
    check_commitment, check_allocation, check_nash = CHECKS[game.attack_rule]
    assert check_allocation(game, pure) == ()
    assert check_commitment(game, sse) == ()
    assert sse.exact
    if game.is_zero_sum:
        nash, value = equilibrium(game), zero_sum(matrix).value
        assert sse.leader_value == sse.inducible_value == value
        assert nash.leader_min == nash.leader_max == value
        assert check_nash(game, nash) == ()
    seen["forced"] += all(sum(q) for q in columns) and sse.follower_value < game.no_attack.attacker
    seen["not inducible"] += sse.inducible_value < sse.leader_value
    seen["seen allocation costs"] += pure.strong.leader_value < sse.leader_value
    seen["many policies"] += len(columns) > 10
    seen[f"wind {game.wind}"] += 1


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_agrees_with_all_policies(kind: str, rule: AttackRule) -> None:
    for s in range(MANY // 10):
        check_agreement(random_windy(Random(f"{kind} {s}"), kind=kind, attack_rule=rule), Counter())


@pytest.mark.slow
def test_every_value_agrees_with_all_policies_in_the_long_run() -> None:
    seen: Counter[str] = Counter()
    for rule in RULES:
        for kind in KINDS:
            for s in range(MANY):
                game = random_windy(Random(f"long {kind} {s}"), kind=kind, attack_rule=rule)
                check_agreement(game, seen)
    assert sum(seen[what] for what in seen if what.startswith("wind")) >= 1000
    rare = [what for what, count in seen.items() if count < 20]
    assert not rare, seen


@pytest.mark.parametrize("kind", KINDS)
def test_without_wind_nothing_is_new(kind: str) -> None:
    for s in range(12):
        game = random_game(Random(f"still {kind} {s}"), kind=kind)
        sse, by_origami = commitment(game), origami(game)
        assert sse.leader_value == by_origami.leader_value
        assert sse.follower_value == by_origami.follower_value
        assert sse.inducible_value == by_origami.inducible_value
        pure, by_rule = allocation(game), realised_allocation(game)
        assert pure.strong.leader_value == by_rule.strong.leader_value
        assert pure.strong.follower_value == by_rule.strong.follower_value
        assert pure.weak.leader_value == by_rule.weak.leader_value
        if game.is_zero_sum:
            assert equilibrium(game).leader_max == nash_range(game).leader_max


def line(wind: str, *, horizon: int = 2, rule: AttackRule = "first-entered") -> GridworldGame:
    """Bait that nobody wants between the start and a far end."""
    return GridworldGame(
        rows=1,
        cols=4,
        start=(0, 0),
        horizon=horizon,
        defenders=1,
        wind=Fraction(wind),
        attack_rule=rule,
        targets=(
            Target(
                cell=(0, 1),
                attacker_covered=Fraction(-9),
                attacker_uncovered=Fraction(-4),
                defender_covered=Fraction(3),
                defender_uncovered=Fraction(2),
            ),
            Target(
                cell=(0, 3),
                attacker_covered=Fraction(0),
                attacker_uncovered=Fraction(5),
                defender_covered=Fraction(0),
                defender_uncovered=Fraction(-5),
            ),
        ),
    )


class TestForcedAttacks:
    def test_wind_forces_an_attack_that_nobody_would_choose(self) -> None:
        calm = wind_commitment(line("0"))
        assert (calm.attack, calm.follower_value) == ({NO_ATTACK: 1}, 0)
        blown = wind_commitment(line("1/2"))  # east with 1/8 each time, whatever is chosen
        assert blown.attack == {0: Fraction(15, 64), NO_ATTACK: Fraction(49, 64)}
        assert blown.follower_value < 0

    def test_a_leader_with_no_defenders_to_place_is_paid_for_the_accident(self) -> None:
        blown = wind_commitment(replace(line("1/2"), defenders=0))
        assert blown.leader_value == 2 * Fraction(15, 64)
        assert blown.follower_value == -4 * Fraction(15, 64)

    def test_wind_never_makes_an_unreachable_target_reachable(self) -> None:
        for wind in ("0", "1/3", "1"):
            behind = Attacker(line(wind, horizon=9))
            assert behind.in_reach == (0,)  # the bait blocks the way
            sse = wind_commitment(line(wind, horizon=9))
            assert sse.attack is not None
            assert 1 not in sse.attack
            assert sse.coverage[1] == 0
            options = declarations(line(wind, horizon=2, rule="declared"))
            assert options[1].most == 0  # three moves away

    def test_reach_with_wind_is_reach_without(self) -> None:
        for kind in KINDS:
            for s in range(30):
                game = random_windy(Random(f"reach {kind} {s}"), kind=kind)
                calm = replace(game, wind=Fraction(0))
                _, _, columns = normal_form(game)
                entered = {j for chances in columns for j, q in enumerate(chances) if q}
                reached = {j for j, moves in enumerate(distances(calm)) if moves is not None}
                assert entered <= reached
                if game.wind < 1:
                    assert entered == reached

    def test_full_wind_leaves_no_choice(self) -> None:
        game = as_zero_sum(replace(named("gridworld-wind"), wind=Fraction(1)))
        sse, pure = wind_commitment(game), wind_allocation(game)
        assert sse.attack == sse.attacker_guarantee
        assert pure.strong.leader_value == sse.leader_value  # nothing to see

    def test_declared_targets_may_be_forced(self) -> None:
        options = declarations(line("1/2", rule="declared"))
        assert [(d.least, d.most) for d in options] == [
            (Fraction(15, 64), Fraction(55, 64)),
            (0, 0),
        ]


@pytest.mark.parametrize("rule", RULES)
def test_more_defenders_never_hurt_a_committed_leader(rule: AttackRule) -> None:
    gained = 0
    for kind in KINDS:
        for s in range(5):
            game = random_windy(Random(f"more {kind} {s}"), kind=kind, attack_rule=rule)
            spare = game.rows * game.cols - len(game.targets)
            values = []
            for k in range(min(4, spare) + 1):
                more = replace(game, defenders=k)
                sse, pure = commitment(more), allocation(more)
                values.append(
                    (
                        sse.leader_value,
                        sse.inducible_value,
                        pure.strong.leader_value,
                        pure.weak.leader_value,
                    )
                )
            for fewer, more_ in pairwise(values):
                assert all(x <= y for x, y in zip(fewer, more_, strict=True))
                gained += more_[0] > fewer[0]
    assert gained > 10


def bounded(game: GridworldGame, cuts: int = 100) -> Cover:
    attacker = Attacker(game)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solvers.gridworld.wind_cover.MAX_CUTS", cuts)
        return cover(attacker, hold_down(attacker))


class TestBounds:
    def test_they_hold_the_exact_value(self) -> None:
        """However early the search ends, and although it is not told the answer."""
        tight, loose = 0, 0
        for kind in KINDS:
            for s in range(5):
                game = random_windy(Random(f"bounds {kind} {s}"), kind=kind)
                if not game.defenders or not Attacker(game).in_reach:
                    continue
                value = wind_commitment(game).leader_value
                early, late = bounded(game, 0), bounded(game)
                for found in (early, late):
                    assert found.reply.leader_value <= value <= found.upper
                tight += late.reply.leader_value == late.upper
                loose += early.upper > value
        assert tight > 8
        assert loose > 3

    def test_one_bound_for_all_coverages_holds(self) -> None:
        """With many targets they are not cut at all."""
        row = generate(
            rng=np.random.default_rng(3), rows=1, cols=10, targets=9, defenders=1, horizon=9
        )
        game = replace(
            row,
            rows=2,
            defenders=2,
            wind=Fraction(1, 10),
            targets=tuple(replace(t, cell=(1, j)) for j, t in enumerate(row.targets)),
        )
        assert len(Attacker(game).in_reach) > 7
        found = bounded(game)
        assert len(found.certificate.pieces) == 1
        assert found.reply.leader_value < found.upper
        assert CheckedCover(game, found.certificate).holds(found.upper)
        with pytest.raises(NoSolutionError, match="at most 200 sets"):
            bounded(replace(game, defenders=5))

    def test_a_large_game_has_a_proved_interval(self) -> None:
        game = named("gridworld-wind")
        solution = solve_gridworld(game, concepts=["sse"])
        sse = solution.sse
        assert sse.certified
        assert not solution.exact
        assert not solution.to_dict()["exact"]
        assert sse.upper_bound is not None
        assert sse.leader_value < sse.upper_bound < sse.leader_value + Fraction(1, 1000)
        assert sse.inducible_value <= sse.leader_value
        mix = sse.allocation_mix
        assert mix is not None
        cells = [game.allocation(a.defended_targets) for a in mix]
        chances = [Fraction(a.probability) for a in mix]
        assert best_reply(game, cells, chances).leader_value == sse.leader_value
        weak = best_reply(game, cells, chances, ties="weak").leader_value
        assert weak == sse.inducible_value


def small() -> GridworldGame:
    return replace(named("gridworld-small"), wind=Fraction(1, 10))


def by_cover(game: GridworldGame) -> CoverageCommitment:
    """The answer where all reply regions would be too many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solvers.gridworld.wind_regions.MAX_CORNERS", 0)
        return wind_commitment(game)


class TestRegions:
    def test_planted_faults_are_found(self) -> None:
        game = small()
        answer = wind_commitment(game)
        check = methods(game)["sse"].faults
        assert check(game, answer) == ()
        proof, inward = answer.certificate, answer.inward
        assert isinstance(proof, RegionCertificate)
        assert inward is not None
        assert inward.limit is not None
        tiny = Fraction(1, 10**9)
        less = Fraction(answer.leader_value) - tiny
        turned = tuple(tuple(reversed(table)) for table in proof.plans)
        changes: dict[str, dict[str, Any]] = {
            "bound": {"upper_bound": less},
            "no plans": {"certificate": RegionCertificate(plans=())},
            "plans": {"certificate": RegionCertificate(plans=turned)},
            "no policy": {"certificate": RegionCertificate(plans=(proof.plans[0][1:],))},
            "coverage": {"coverage": tuple(reversed(answer.coverage))},
            "attack": {"attack": {NO_ATTACK: Fraction(1)}},
            "inducible value": {"inducible_value": Fraction(answer.inducible_value) + tiny},
            "less induced": {"inducible_value": Fraction(answer.inducible_value) - tiny},
            "limit": {"inward": replace(inward, limit=inward.coverage)},
        }
        for left_out in range(len(proof.plans)):
            fewer = (*proof.plans[:left_out], *proof.plans[left_out + 1 :])
            changes[f"plan {left_out}"] = {"certificate": RegionCertificate(plans=fewer)}
        for what, change in changes.items():
            assert check(game, replace(answer, **change)), what

    def test_a_worse_commitment_is_refused(self) -> None:
        """It is one, and pays what it says; but another pays more."""
        game = small()
        answer = wind_commitment(game)
        coverage = (Fraction(0),) * len(game.targets)
        reply = Attacker(game).reply(coverage)
        plan = Attacker(game).plan(reply.policy)
        worse = replace(
            answer,
            leader_value=reply.leader_value,
            follower_value=reply.attacker_value,
            upper_bound=None,
            coverage=coverage,
            attack=plan.attack,
            allocation_mix=tuple(mix_of(game, coverage)),
        )
        (fault,) = wind_commitment_faults(game, worse)
        assert "pays the leader more" in fault

    def test_many_replies_that_tie_at_the_best_commitment_are_certified(self) -> None:
        """There the attacker does not care, and regions of 18 plans meet."""
        pays = {(1, 2): (-1, 1, 1, 1), (0, 0): (0, 1, 1, 0), (1, 0): (-1, 1, 1, -1)}
        game = GridworldGame(
            rows=2,
            cols=3,
            start=(1, 1),
            horizon=3,
            defenders=3,
            wind=Fraction(1, 2),
            targets=tuple(_target(cell, payoffs) for cell, payoffs in pays.items()),
            no_attack=NoAttack(attacker=Fraction(0), defender=Fraction(5)),
        )
        solution = solve_gridworld(game, concepts=["sse"])
        assert solution.exact
        assert solution.sse.certified
        assert solution.sse.inducible_value < solution.sse.leader_value

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_plan_too_many_changes_nothing(self, kind: str) -> None:
        for s in range(3):
            game = random_windy(Random(f"too many {kind} {s}"), kind=kind)
            answer = wind_commitment(game)
            if not isinstance(answer.certificate, RegionCertificate):
                continue
            assert answer.reply is not None
            assert answer.reply.move_table is not None
            more = RegionCertificate(plans=(answer.reply.move_table, *answer.certificate.plans))
            assert wind_commitment_faults(game, replace(answer, certificate=more)) == ()


class TestCover:
    def test_planted_faults_are_found(self) -> None:
        game = small()
        answer = by_cover(game)
        check = methods(game)["sse"].faults
        assert check(game, answer) == ()
        proof = answer.certificate
        assert isinstance(proof, CoverCertificate)
        tiny = Fraction(1, 10**9)
        less = Fraction(answer.leader_value) - tiny
        turned = tuple(tuple(reversed(table)) for table in proof.plans)
        (corners, piece) = proof.pieces[0]
        assert isinstance(piece, Split)
        lopsided = replace(piece, sides=(piece.sides[0], piece.sides[0]))
        outside = replace(piece, share=Fraction(3, 2))
        changes: dict[str, dict[str, Any]] = {
            "bound": {"upper_bound": less},
            "plans": {"certificate": replace(proof, plans=turned)},
            "a simplex is missing": {"certificate": replace(proof, pieces=())},
            "a side is missing": {"certificate": replace(proof, pieces=((corners, lopsided),))},
            "a cut is outside": {"certificate": replace(proof, pieces=((corners, outside),))},
            "coverage": {"coverage": tuple(reversed(answer.coverage))},
            "attack": {"attack": {NO_ATTACK: Fraction(1)}},
            "inducible value": {"inducible_value": Fraction(answer.leader_value) + tiny},
            "what is guaranteed": {"inducible_bound": less},
        }
        for what, change in changes.items():
            assert check(game, replace(answer, **change)), what

    def test_less_is_not_proved(self) -> None:
        """A bound a little below the value has no proof, whatever the multipliers."""
        game = small()
        answer = by_cover(game)
        assert isinstance(answer.certificate, CoverCertificate)
        cover = CheckedCover(game, answer.certificate)
        value = Fraction(answer.leader_value)
        assert cover.holds(value, Fraction(answer.follower_value))
        assert not cover.holds(value - Fraction(1, 10**12))
        assert not cover.holds(value, Fraction(answer.follower_value) - Fraction(1, 10**12))

    def test_what_a_cover_does_not_prove_is_not_called_exact(self) -> None:
        """The value of a commitment, and that of a sure one which is less: no cover bounds that."""
        apart = 0
        for s in range(12):
            game = random_windy(Random(f"apart {s}"), kind="tied")
            if game.is_zero_sum or not game.defenders or not Attacker(game).in_reach:
                continue
            answer, exact = by_cover(game), wind_commitment(game)
            assert wind_commitment_faults(game, answer) == ()
            assert answer.inducible_bound is not None
            assert answer.leader_value <= exact.leader_value
            assert answer.inducible_value <= exact.inducible_value <= answer.inducible_bound
            if answer.inducible_value < answer.inducible_bound:
                assert not answer.exact
                apart += 1
        assert apart

    def test_no_proof_is_said_to_be_none(self) -> None:
        game = small()
        answer = replace(wind_commitment(game), certificate=None)
        with pytest.raises(Undecided, match="not proved"):
            methods(game)["sse"].faults(game, answer)

    def test_starting_simplices_are_all_coverages(self) -> None:
        """They number the orders with fewer falls than defenders, and hold random coverages."""
        rng = Random("simplices")
        for n, defenders, count in [(1, 1, 1), (2, 1, 1), (3, 2, 5), (4, 2, 12), (4, 9, 24)]:
            simplices = roots(n, defenders)
            assert len(simplices) == count
            for _ in range(20):
                point = [Fraction(rng.randint(0, 30), 30) for _ in range(n)]
                if sum(point) > defenders:
                    continue
                drawn = {
                    tuple(Fraction(t in a.defended_targets) for t in range(n))
                    for a in systematic_sampling(point, defenders=defenders)
                }
                assert any(drawn <= set(simplex) for simplex in simplices)


class TestProgram:
    """The exact value and the linear program have no line in common."""

    def test_agree_on_small_games(self) -> None:
        for s in range(20):
            game = random_windy(Random(f"program {s}"), kind="zero-sum")
            value, found = wind_commitment(game).follower_value, wind_lp(game)
            assert found.lower == pytest.approx(float(value), abs=20 * LP_ERROR)
            assert found.upper == pytest.approx(float(value), abs=20 * LP_ERROR)

    def test_agree_on_the_default_size(self) -> None:
        game = as_zero_sum(named("gridworld-wind"))
        value, found = float(wind_commitment(game).follower_value), wind_lp(game)
        assert found.lower - 10 * LP_ERROR <= value <= found.upper + 10 * LP_ERROR
        assert found.upper - found.lower <= 10 * LP_ERROR

    def test_best_reply_is_that_of_another_program(self) -> None:
        for s in range(30):
            rng = Random(f"reply {s}")
            game = random_windy(rng, kind=rng.choice(list(KINDS)))
            defended = [j for j in range(len(game.targets)) if rng.random() < 0.5]
            defended = defended[: game.defenders]
            cells = [game.allocation(defended)]
            cover = [Fraction(j in defended) for j in range(len(game.targets))]
            for ties in SIDES:
                reply = Attacker(game).reply(cover, ties=ties)
                plan = best_reply(game, cells, [Fraction(1)], ties=ties)
                assert reply.attacker_value == plan.follower_value
                assert reply.leader_value == plan.leader_value


def planted(answer: CoverageCommitment) -> dict[str, CoverageCommitment]:
    """Answers that are wrong in one field."""
    tiny = Fraction(1, 10**9)
    plans = answer.attacker_plans
    assert plans is not None
    assert answer.allocation_mix is not None
    swapped = replace(plans[0], move_table=tuple(reversed(plans[0].move_table or ())))
    changes: dict[str, dict[str, Any]] = {
        "follower value": {"follower_value": Fraction(answer.follower_value) + tiny},
        "leader value": {"leader_value": Fraction(answer.leader_value) + tiny},
        "inducible value": {"inducible_value": Fraction(answer.inducible_value) - tiny},
        "coverage": {"coverage": tuple(Fraction(c) + tiny for c in answer.coverage)},
        "allocations": {"allocation_mix": answer.allocation_mix[1:]},
        "plans": {"attacker_plans": (swapped, *plans[1:])},
        "plan weights": {"attacker_plans": plans[1:]},
        "guarantee": {"attacker_guarantee": {NO_ATTACK: Fraction(1)}},
    }
    return {what: replace(answer, **change) for what, change in changes.items()}


def test_planted_faults_are_found() -> None:
    game = as_zero_sum(replace(named("gridworld-small"), wind=Fraction(1, 5)))
    answer = wind_commitment(game)
    assert methods(game)["sse"].faults(game, answer) == ()
    for what, wrong in planted(answer).items():
        assert methods(game)["sse"].faults(game, wrong), what


class TestSolve:
    def test_tiny_general_sum_game_is_exact(self) -> None:
        game = replace(named("gridworld-small"), wind=Fraction(1, 10))
        assert (game.shape, len(game.targets), game.horizon) == ((4, 4), 2, 6)
        solution = solve_gridworld(game)
        assert solution.sse.inward is not None
        assert solution.sse.inducible_value - solution.sse.inward.leader_value < Fraction(1, 100)
        assert solution.pure.strong.leader_value <= solution.sse.leader_value
        assert solution.pure.certified
        assert solution.sse.certified
        assert solution.exact
        assert "nash" in solution.omitted

    def test_zero_sum_game_of_the_default_size_is_certified(self) -> None:
        solution = solve_gridworld(as_zero_sum(named("gridworld-wind")))
        assert solution.sse.certified
        assert solution.nash.certified
        assert solution.sse.leader_value == solution.nash.leader_max

    def test_json_has_the_documented_keys(self) -> None:
        game = as_zero_sum(replace(named("gridworld-small"), wind=Fraction(1, 10)))
        concepts = solve_gridworld(game).to_dict()["concepts"]
        assert concepts["sse"].keys() >= {
            "leader_value",
            "follower_value",
            "coverage",
            "attacked_target",
            "inducible_value",
            "attack",
        }
        assert "move_table" not in concepts["sse"]["attacker_plans"][0]
        assert concepts["nash"].keys() >= {"leader_min", "leader_max", "follower_value"}

    def test_refusals_name_their_limit(self) -> None:
        game = named("gridworld-wind")
        with pytest.raises(NoSolutionError, match="zero-sum"):
            wind_nash(game)
        with pytest.raises(NoSolutionError, match="attack rule 'first-entered'"):
            wind_commitment(replace(game, attack_rule="declared"))
        with pytest.raises(NoSolutionError, match="cells times horizon of at most 500000"):
            wind_commitment(replace(game, horizon=10_000))
        with pytest.raises(NoSolutionError, match="zero-sum"):
            wind_lp(game)
        with pytest.raises(NoSolutionError, match="attack rule 'declared'"):
            declarations(game)


@pytest.mark.parametrize("power", [308, 400], ids=["largest float", "larger"])
def test_payoffs_beyond_floats_are_exact(power: int) -> None:
    """All payoffs of one size: only the unit of the values changes."""
    for s in range(12):
        kind = ["zero-sum", "general"][s % 2]
        game = random_windy(Random(f"beyond {s}"), kind=kind)
        unit = 10**power
        large = replace(
            game,
            targets=tuple(
                replace(t, **{key: unit * getattr(t, key) for key in PAYOFFS}) for t in game.targets
            ),
            no_attack=NoAttack(
                attacker=unit * game.no_attack.attacker, defender=unit * game.no_attack.defender
            ),
        )
        found, expected = solve_gridworld(large).sse, multiple_lp(normal_form(game)[0])
        assert found.leader_value == unit * expected.leader_value
        assert found.follower_value == unit * expected.follower_value
        if large.defenders and Attacker(large).in_reach:
            bounds = bounded(large, 10)
            assert bounds.reply.leader_value <= found.leader_value <= bounds.upper


def test_one_payoff_beyond_floats_is_exact() -> None:
    """The richer one target, the nearer its coverage to 1: the value hardly changes any more."""
    game = catalog.load("gridworld-small").game
    assert isinstance(game, GridworldGame)
    game = replace(game, wind=Fraction(1, 2))
    values = []
    for power in (20, 400):
        rich = replace(game.targets[0], attacker_uncovered=Fraction(10**power))
        large = replace(game, targets=(rich, *game.targets[1:]))
        found = wind_commitment(large)
        if large.defenders and Attacker(large).in_reach:
            bounds = bounded(large, 10)
            assert bounds.reply.leader_value <= found.leader_value <= bounds.upper
        values.append(Fraction(found.leader_value))
    assert abs(values[0] - values[1]) < Fraction(1, 10**15)
