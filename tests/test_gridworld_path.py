"""Interception of paths: exact values against the normal form, other methods, and theory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from gridworlds import KINDS, _target

import stackel
from solvers.gridworld._interdiction import best_placement
from solvers.gridworld._walks import best_walk
from solvers.gridworld.best_reply import best_reply
from solvers.gridworld.evaluate import Undecided
from solvers.gridworld.interception import path_commitment, path_nash
from solvers.gridworld.path import is_path_zero_sum, path_saddle
from solvers.gridworld.path_allocation import path_allocation
from solvers.gridworld.path_normal_form import path_normal_form
from solvers.gridworld.path_one_defender import one_defender
from solvers.gridworld.solve import methods, solve_gridworld
from solvers.multiple_lp import multiple_lp
from solvers.nash import nash
from solvers.pure import pure_commitment
from solvers.weak import weak_stackelberg
from solvers.zero_sum import zero_sum
from stackel import catalog
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.gridworld import MOVES, NO_ATTACK, Cell, GridworldGame, NoAttack, Target, generate
from stackel.gridworld_certificate import PathCertificate, PathNashCertificate
from stackel.gridworld_result import AttackNash

MANY = 1000
"""Games in the long run; the short run takes a tenth."""


def bottleneck() -> GridworldGame:
    game = catalog.load("gridworld-bottleneck").game
    assert isinstance(game, GridworldGame)
    return game


def added_up(game: GridworldGame, marginals: dict[Cell, Fraction]) -> Fraction:
    """What the attacker gets if the chances of the cells on its path are added up."""
    targets = {target.cell: j for j, target in enumerate(game.targets)}
    cells = [(r, c) for r in range(game.rows) for c in range(game.cols)]
    least = {game.start: Fraction(0)}
    for _ in range(game.horizon):
        for cell in cells:
            if cell in least and cell not in targets:
                for move in MOVES:
                    to = game.step(cell, move)
                    if to != cell:
                        sum_ = least[cell] + marginals.get(to, Fraction(0))
                        least[to] = min(least.get(to, sum_), sum_)
    return max(
        game.targets[j].attacker_uncovered * (1 - least[cell]) for cell, j in targets.items()
    )


def random_paths(rng: Random, *, kind: str) -> GridworldGame:
    """A small game of interception in which staying away pays the attacker at least 0."""
    rows, cols = rng.choice([(1, 5), (2, 2), (2, 3), (2, 4), (3, 3)])
    cells = [(r, c) for r in range(rows) for c in range(cols)]
    start = rng.choice(cells)
    cells.remove(start)
    count = rng.randint(1, min(3, len(cells)))
    stay = rng.choice([0, 0, 1, 2])
    return GridworldGame(
        rows=rows,
        cols=cols,
        start=start,
        horizon=rng.choice([1, 2, 3, 4, 6]),
        defenders=rng.randint(0, min(3, rows * cols - count)),
        interception="path",
        attack_rule=rng.choice(["first-entered", "first-entered", "declared"]),
        targets=tuple(_target(cell, KINDS[kind](rng)) for cell in rng.sample(cells, count)),
        no_attack=NoAttack(
            attacker=Fraction(stay),
            defender=Fraction(-stay if kind == "zero-sum" else rng.randint(-3, 3)),
        ),
        name=kind,
    )


def brute_force(game: GridworldGame) -> BimatrixGame:
    """Every placement against every sequence of moves, played out step by step.

    Sequences are cut when the walk comes to a cell it knows with nothing new entered since.
    """
    index = {target.cell: j for j, target in enumerate(game.targets)}
    rules = range(len(game.targets)) if game.attack_rule == "declared" else (None,)
    walks: set[tuple[frozenset[Cell], int]] = set()
    for declared in rules:
        todo = [(game.start, frozenset[Cell](), game.horizon)]
        seen: set[tuple[Cell, frozenset[Cell]]] = set()
        while todo:
            cell, entered, left = todo.pop(0)  # first in, first out: fewest moves first
            if (cell, entered) in seen:
                continue
            seen.add((cell, entered))
            j = index.get(cell, NO_ATTACK)
            if j != NO_ATTACK and declared in (None, j):
                walks.add((entered, j))
                continue
            walks.add((entered, NO_ATTACK))
            for move in MOVES if left else ():
                to = game.step(cell, move)
                todo.append((to, entered if to == cell else entered | {to}, left - 1))
    cells = [(r, c) for r in range(game.rows) for c in range(game.cols)]
    sides = []
    for side in (0, 1):
        sides.append(
            [
                [
                    Fraction(0) if entered & set(placed) else game.payoffs(j)[side]
                    for entered, j in sorted(walks, key=lambda walk: (sorted(walk[0]), walk[1]))
                ]
                for placed in combinations(cells, game.defenders)
            ]
        )
    return BimatrixGame(*sides)


def check_agreement(game: GridworldGame, seen: Counter[str]) -> None:
    matrix = brute_force(game)
    if matrix.shape[0] * matrix.shape[1] > 6000:
        seen["too large"] += 1
        return
    by_matrix, pure = pure_commitment(matrix), path_allocation(game)
    assert (pure.strong.leader_value, pure.strong.follower_value) == (
        by_matrix.strong.leader_value,
        by_matrix.strong.follower_value,
    )
    assert pure.weak.leader_value == by_matrix.weak.leader_value
    sse = path_commitment(game)
    if is_path_zero_sum(game):
        value = zero_sum(matrix).value
        assert sse.leader_value == sse.inducible_value == value == -Fraction(sse.follower_value)
        mixed = path_nash(game)
        assert mixed.leader_min == mixed.leader_max == value
        assert methods(game)["nash"].faults(game, mixed) == ()
        if game.defenders == 1:
            assert one_defender(game).attacker_value == -value
            seen["one defender"] += 1
    else:
        optimum = multiple_lp(matrix)
        assert sse.leader_value == optimum.leader_value
        assert sse.follower_value == optimum.follower_value
        assert sse.inducible_value == weak_stackelberg(matrix).leader_value
    assert methods(game)["sse"].faults(game, sse) == ()
    assert methods(game)["pure"].faults(game, pure) == ()
    assert pure.strong.leader_value <= sse.leader_value
    assert pure.weak.leader_value <= sse.inducible_value
    assert sse.allocation_mix is not None
    seen["mixed"] += len(sse.allocation_mix) > 1
    seen["seen allocation costs"] += pure.strong.leader_value < sse.leader_value
    seen["deterred"] += sse.attacked_target == NO_ATTACK
    seen[game.attack_rule] += 1
    seen["games"] += 1


@pytest.mark.parametrize("kind", ["zero-sum", "general"])
def test_every_value_agrees_with_all_walks(kind: str) -> None:
    for s in range(MANY // 20):
        check_agreement(random_paths(Random(f"{kind} {s}"), kind=kind), Counter())


@pytest.mark.slow
def test_every_value_agrees_with_all_walks_in_the_long_run() -> None:
    seen: Counter[str] = Counter()
    s = 0
    while seen["games"] < MANY:
        kind = list(KINDS)[s % len(KINDS)]
        check_agreement(random_paths(Random(f"long {s}"), kind=kind), seen)
        s += 1
    rare = [what for what, count in seen.items() if count < 20 and what != "too large"]
    assert not rare, seen


def test_normal_form_leaves_out_only_copies() -> None:
    for s in range(60):
        game = random_paths(Random(f"form {s}"), kind=list(KINDS)[s % len(KINDS)])
        matrix, brute = path_normal_form(game).game, brute_force(game)
        pairs = [
            {
                tuple(sorted(zip(*columns, strict=True)))
                for columns in zip(
                    zip(*g.leader_exact.rows, strict=True),
                    zip(*g.follower_exact.rows, strict=True),
                    strict=True,
                )
            }
            for g in (matrix, brute)
        ]
        assert {frozenset(column) for column in pairs[0]} == {
            frozenset(column) for column in pairs[1]
        }


class TestBottleneck:
    """A gap that every path to the rich targets goes through."""

    def test_the_same_marginals_are_worth_more_or_less(self) -> None:
        """Two defenders who guard a corridor in turn stop everybody; together, half of the time."""
        game = GridworldGame(
            rows=1,
            cols=6,
            start=(0, 2),
            horizon=3,
            defenders=2,
            interception="path",
            targets=(replace(bottleneck().targets[4], cell=(0, 5)),),
        )
        half = [Fraction(1, 2)] * 2
        in_turn = [frozenset({(0, 3), (0, 0)}), frozenset({(0, 4), (0, 1)})]
        together = [frozenset({(0, 3), (0, 4)}), frozenset({(0, 0), (0, 1)})]
        assert Counter(c for a in in_turn for c in a) == Counter(c for a in together for c in a)
        assert best_walk(game, in_turn, half)[0] == 0
        assert best_walk(game, together, half)[0] == 2  # of 4

    def test_adding_up_marginals_gives_the_wrong_value(self) -> None:
        """Chances to defend the cells that seem to hold the attacker to 4/9: the truth is 8/15.

        Adding up the chances along a path, each poor target seems to be stopped 5/9 of the time
        and the rich one 8/9. But while one defender guards the rich target, the other can only
        guard one of the three ways out, and stops some walks to it twice.
        """
        game = bottleneck()
        marginals = dict.fromkeys([(1, 0), (2, 1), (3, 0)], Fraction(5, 9)) | {
            (2, 3): Fraction(1, 3)
        }
        assert sum(marginals.values()) == game.defenders
        assert added_up(game, marginals) == Fraction(4, 9)
        assert path_saddle(game).attacker_value == Fraction(8, 15)
        assert (
            one_defender(replace(game, defenders=1)).attacker_value
            == path_saddle(replace(game, defenders=1)).attacker_value
        )  # one defender's chances do add up

    def test_the_value_is_proved_from_both_sides(self) -> None:
        solution = solve_gridworld(bottleneck())
        assert solution.sse.certified
        assert solution.nash.certified
        assert solution.sse.leader_value == Fraction(-8, 15)
        assert solution.pure.strong.leader_value == -1  # a poor target is left open


class TestOracles:
    def test_walks_are_best_replies(self) -> None:
        for s in range(60):
            rng = Random(f"walk {s}")
            game = random_paths(rng, kind="zero-sum")
            cells = [(r, c) for r in range(game.rows) for c in range(game.cols)]
            mix = [frozenset(rng.sample(cells, game.defenders)) for _ in range(rng.randint(1, 4))]
            chances = [Fraction(rng.randint(1, 5)) for _ in mix]
            chances = [p / sum(chances) for p in chances]
            value, walk = best_walk(game, mix, chances)
            assert value == best_reply(game, [sorted(a) for a in mix], chances).follower_value
            free = sum((p for p, a in zip(chances, mix, strict=True) if not walk.stopped(a)))
            assert value == game.payoffs(walk.target)[1] * free
            assert len(walk.cells) <= game.horizon + 1

    def test_placements_cover_the_most(self) -> None:
        for s in range(60):
            rng = Random(f"place {s}")
            game = random_paths(rng, kind="zero-sum")
            walks = list(path_normal_form(game).walks)
            walks = rng.sample(walks, min(5, len(walks)))
            gains = [Fraction(rng.randint(0, 4), 3) for _ in walks]
            value, placed = best_placement(game, walks, gains)
            assert len(placed) == game.defenders

            def stopped(
                allocation: frozenset[Cell], walks: Any = walks, gains: Any = gains
            ) -> Fraction:
                pairs = zip(walks, gains, strict=True)
                return sum((g for w, g in pairs if w.stopped(allocation)), Fraction(0))

            cells = [(r, c) for r in range(game.rows) for c in range(game.cols)]
            best = max(stopped(frozenset(c)) for c in combinations(cells, game.defenders))
            assert stopped(placed) == value == best

    def test_one_defender_by_the_polynomial_program(self) -> None:
        for seed in range(3):
            game = generate(
                rng=np.random.default_rng(seed),
                rows=4,
                cols=5,
                start=(1, 2),
                defenders=1,
                general_sum=False,
                interception="path",
            )
            assert one_defender(game).attacker_value == path_saddle(game).attacker_value
        game = replace(bottleneck(), defenders=1)
        assert one_defender(game).attacker_value == path_saddle(game).attacker_value


def test_more_defenders_never_hurt() -> None:
    values = [path_commitment(replace(bottleneck(), defenders=k)).leader_value for k in range(4)]
    assert all(x < y for x, y in pairwise(values))
    assert values[0] == -4
    assert values[3] == 0  # all three ways out of the start


def test_defenders_next_to_the_start_stop_everybody() -> None:
    game = generate(
        rng=np.random.default_rng(0), defenders=2, general_sum=False, interception="path"
    )
    saddle = path_saddle(game)
    assert saddle.attacker_value == 0
    assert [cells for _, cells in saddle.allocations] == [frozenset({(0, 1), (1, 0)})]


def test_planted_faults_are_found() -> None:
    game = bottleneck()
    answer = path_commitment(game)
    plans, mix = answer.attacker_plans, answer.allocation_mix
    assert plans is not None
    assert mix is not None
    tiny = Fraction(1, 10**9)
    jump = replace(plans[0], walk=(plans[0].walk or ())[::2])
    outside = replace(mix[0], cells=(mix[0].cells or ())[:1])
    changes: dict[str, dict[str, Any]] = {
        "follower value": {"follower_value": Fraction(answer.follower_value) - tiny},
        "leader value": {"leader_value": Fraction(answer.leader_value) + tiny},
        "inducible value": {"inducible_value": Fraction(answer.leader_value) - tiny},
        "mix": {"allocation_mix": mix[1:]},
        "a defender too few": {"allocation_mix": (outside, *mix[1:])},
        "walk": {"attacker_plans": (jump, *plans[1:])},
        "walks": {"attacker_plans": plans[1:]},
        "reply": {"reply": plans[-1]} if plans[-1].outcomes != answer.attack else {"reply": None},
    }
    for what, change in changes.items():
        assert methods(game)["sse"].faults(game, replace(answer, **change)), what
    pure = path_allocation(replace(game, defenders=1))
    check = methods(game)["pure"].faults
    assert check(replace(game, defenders=1), pure) == ()
    worse = replace(pure, strong=replace(pure.strong, cells=((0, 0),)))
    assert check(replace(game, defenders=1), worse) != ()


def test_planted_faults_are_found_without_zero_sum() -> None:
    """The certificate must be about all walks and allocations of the game, and prove the answer."""
    goals = zip([(0, 2), (2, 2)], bottleneck().targets, [-1, -7], strict=False)
    game = replace(
        bottleneck(),
        rows=3,
        cols=3,
        start=(1, 0),
        horizon=3,
        defenders=1,
        targets=tuple(
            replace(t, cell=cell, defender_uncovered=Fraction(loss)) for cell, t, loss in goals
        ),
    )
    answer = path_commitment(game)
    check = methods(game)["sse"].faults
    assert check(game, answer) == ()
    proof = answer.certificate
    assert isinstance(proof, PathCertificate)
    form, bounds = proof.form, proof.strong.certificate
    assert bounds is not None
    none = replace(bounds, value_bounds=tuple({} for _ in bounds.value_bounds))
    tiny = Fraction(1, 10**9)
    changes: dict[str, dict[str, Any]] = {
        "a walk is missing": {
            "form": replace(form, walks=form.walks[:-1], endings=form.endings[:-1])
        },
        "an allocation is missing": {"form": replace(form, allocations=form.allocations[:-1])},
        "an ending": {"form": replace(form, endings=(*form.endings[:-1], form.endings[-1] ^ 1))},
        "multipliers": {"strong": replace(proof.strong, certificate=none)},
        "value": {"strong": replace(proof.strong, leader_value=answer.leader_value + tiny)},
        "supremum": {"weak": replace(proof.weak, leader_value=answer.inducible_value + tiny)},
    }
    for what, change in changes.items():
        assert check(game, replace(answer, certificate=replace(proof, **change))), what


def check_range(game: GridworldGame) -> PathNashCertificate | None:
    """The range of Nash equilibria is certified; None where there is none, or one value."""
    try:
        answer = path_nash(game)
    except NoSolutionError:
        return None
    assert methods(game)["nash"].faults(game, answer) == ()
    if is_path_zero_sum(game):
        return None
    matrix = nash(path_normal_form(game).game, complete=True).equilibria
    follower = [e.follower_value for e in matrix]
    assert (answer.follower_value, answer.follower_max) == (min(follower), max(follower))
    return answer.certificate


def test_every_range_of_equilibria_is_certified() -> None:
    proofs = []
    for kind in KINDS:
        for s in range(4):
            proofs.append(check_range(random_paths(Random(f"range {kind} {s}"), kind=kind)))
    assert sum(proof is not None for proof in proofs) > 10


@pytest.mark.slow
def test_every_range_of_equilibria_is_certified_in_the_long_run() -> None:
    leaves = []
    for kind in KINDS:
        for s in range(60):
            proof = check_range(random_paths(Random(f"long range {kind} {s}"), kind=kind))
            if proof is not None:
                tree = proof.range.certificate
                assert tree is not None
                leaves.append(tree.leaves)
    assert len(leaves) > 200
    assert max(leaves) > 1  # correlated equilibria alone do not prove them all


def test_planted_faults_are_found_in_ranges_of_equilibria() -> None:
    """The leader's least, and both payoffs of the attacker, vary between equilibria."""
    for s in range(40):
        game = random_paths(Random(f"planted {s}"), kind="flat")
        if check_range(game) is None:
            continue
        answer = path_nash(game)
        if answer.leader_min < answer.leader_max and answer.follower_value < answer.follower_max:
            break
    else:
        pytest.fail("some game should have two ranges")
    proof, check = answer.certificate, methods(game)["nash"].faults
    assert proof is not None
    tree, tiny = proof.range.certificate, Fraction(1, 10**9)
    assert tree is not None
    none = {name: replace(bound, leader={}, follower={}) for name, bound in tree.bounds.items()}
    changes: dict[str, dict[str, Any]] = {
        "leader's least": {"leader_min": answer.leader_min + tiny},
        "leader's most": {"leader_max": answer.leader_max - tiny},
        "attacker's least": {"follower_value": answer.follower_value + tiny},
        "attacker's most": {"follower_max": answer.follower_max - tiny},
        "narrow": {"leader_max": answer.leader_min, "best": answer.worst},
        "no certificate": {"certificate": None},
    }
    proofs: dict[str, dict[str, Any]] = {
        "a walk is missing": {
            "form": replace(
                proof.form, walks=proof.form.walks[:-1], endings=proof.form.endings[:-1]
            )
        },
        "an allocation is missing": {
            "form": replace(proof.form, allocations=proof.form.allocations[:-1])
        },
        "multipliers": {
            "range": replace(proof.range, certificate=replace(tree, bounds=none, split=None))
        },
        "range": {"range": replace(proof.range, follower_max=proof.range.follower_max - tiny)},
    }
    changes |= {what: {"certificate": replace(proof, **change)} for what, change in proofs.items()}
    for what, change in changes.items():
        assert check(game, replace(answer, **change)), what
    too_long = replace(proof, range=replace(proof.range, certificate=None))
    with pytest.raises(Undecided, match="too long"):
        check(game, replace(answer, certificate=too_long))


def test_refusals_name_their_limit() -> None:
    game = bottleneck()
    with pytest.raises(NoSolutionError, match="wind 0"):
        path_commitment(replace(game, wind=Fraction(1, 2)))
    with pytest.raises(NoSolutionError, match="at least 0"):
        path_saddle(replace(game, no_attack=NoAttack(attacker=Fraction(-1), defender=Fraction(1))))
    with pytest.raises(NoSolutionError, match="zero-sum"):
        path_saddle(replace(game, no_attack=NoAttack(defender=Fraction(1))))
    with pytest.raises(NoSolutionError, match="at most 40000 entries"):
        path_commitment(replace(game, no_attack=NoAttack(defender=Fraction(1))))
    with pytest.raises(NoSolutionError, match="one defender"):
        one_defender(game)
    with pytest.raises(NoSolutionError, match="at most 50000"):
        path_allocation(replace(game, defenders=6, rows=9))


def test_an_attacker_who_would_be_stopped_is_not_taken_for_another() -> None:
    """Where staying away costs the attacker, it walks into a defender if it can."""
    target = Target(
        cell=(0, 2),
        attacker_covered=Fraction(-9),
        attacker_uncovered=Fraction(-5),
        defender_covered=Fraction(9),
        defender_uncovered=Fraction(5),
    )
    game = GridworldGame(
        rows=1,
        cols=3,
        start=(0, 1),
        horizon=1,
        defenders=1,
        interception="path",
        targets=(target,),
        no_attack=NoAttack(attacker=Fraction(-3), defender=Fraction(3)),
    )
    sse = path_commitment(game)
    assert sse.leader_value == 3  # stand where the attacker starts: nobody is stopped
    assert sse.method == "normal form, minimax"


def test_attackers_better_off_stopped_are_certified() -> None:
    """Zero-sum games in which staying away costs the attacker: to be stopped pays it 0."""
    proved = 0
    for s in range(120):
        rng = Random(f"negative {s}")
        game = random_paths(rng, kind="zero-sum")
        stay = Fraction(-rng.randint(1, 4))
        game = replace(game, no_attack=NoAttack(attacker=stay, defender=-stay))
        matrix = brute_force(game)
        if matrix.shape[0] * matrix.shape[1] > 600:
            continue
        solution = stackel.solve(game, concept=["sse", "nash"])
        assert isinstance(solution.nash, AttackNash)
        assert solution.sse.leader_value == zero_sum(matrix).value == solution.nash.leader_max
        assert solution.sse.certified
        assert solution.nash.certified
        proved += Fraction(solution.sse.follower_value) < 0
    assert proved > 10


def test_a_defender_who_would_help_stands_aside() -> None:
    """Each walk costs the attacker, less than to be stopped would: nobody may stop it."""
    target = Target(
        cell=(0, 1),
        attacker_covered=Fraction(-2),
        attacker_uncovered=Fraction(-1),
        defender_covered=Fraction(2),
        defender_uncovered=Fraction(1),
    )
    game = GridworldGame(
        rows=1,
        cols=2,
        start=(0, 0),
        horizon=1,
        defenders=1,
        interception="path",
        targets=(target,),
        no_attack=NoAttack(attacker=Fraction(-2), defender=Fraction(2)),
    )
    solution = stackel.solve(game)
    assert isinstance(solution.nash, AttackNash)
    assert solution.sse.leader_value == solution.nash.leader_min == 1
    assert solution.sse.certified
    assert solution.nash.certified


@pytest.mark.parametrize("zero_sum_game", [True, False], ids=["zero-sum", "general"])
def test_paths_in_wind_are_refused_whatever_is_asked(zero_sum_game: bool) -> None:
    game = replace(bottleneck(), wind=Fraction(1, 2))
    if not zero_sum_game:
        game = replace(game, no_attack=NoAttack(defender=Fraction(1)))
    for concept in (None, "sse", "pure", "nash"):
        with pytest.raises(NoSolutionError) as refusal:
            stackel.solve(game, concept=concept)
        assert str(refusal.value) == "interception 'path' needs wind 0, got wind 1/2"
