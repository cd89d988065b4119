"""What Nash equilibria pay: the proof exists, the check accepts it and refuses what is untrue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import KINDS, bimatrix_games

from solvers.certify import check, check_ends
from solvers.nash import nash
from solvers.nash_range import nash_range, nash_tree
from stackel.certificate import NashBound, NashTree
from stackel.errors import NoSolutionError, UnknownNameError
from stackel.game import BimatrixGame
from stackel.result import NashRange

ENDS = ("leader_min", "leader_max", "follower_min", "follower_max")
HAIR = Fraction(1, 10**30)
SHAPLEY = BimatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
"""One equilibrium, which pays 1/3; the six cells with a 1 alike are correlated, and pay 1/2."""


def ends_of(found: NashRange) -> dict[str, Fraction]:
    return {name: Fraction(getattr(found, name)) for name in ENDS}


def nodes(tree: NashTree) -> Iterator[NashTree]:
    yield tree
    if tree.split is not None:
        yield from nodes(tree.split.unused)
        yield from nodes(tree.split.best)


def rebuilt(tree: NashTree, old: NashTree, new: NashTree) -> NashTree:
    """The tree with one of its nodes replaced."""
    if tree is old:
        return new
    if tree.split is None:
        return tree
    unused, best = (rebuilt(side, old, new) for side in (tree.split.unused, tree.split.best))
    return replace(tree, split=replace(tree.split, unused=unused, best=best))


def beyond(name: str, value: Fraction) -> Fraction:
    """An end that cuts off what attains it."""
    return value - HAIR if name.endswith("max") else value + HAIR


@settings(deadline=None, max_examples=60)
@given(bimatrix_games(max_side=4))
def test_every_range_is_proved_and_nothing_less(game: BimatrixGame) -> None:
    found = nash_range(game)
    assert check(game, found) == ()
    tree, ends = found.certificate, ends_of(found)
    assert tree is not None
    for name in ENDS:
        less = ends | {name: beyond(name, ends[name])}
        assert check_ends(game, less, tree)
        assert check(game, replace(found, **{name: less[name]}))  # type: ignore[arg-type]
        with pytest.raises(NoSolutionError, match=name):
            nash_tree(game, {name: less[name]})


@settings(deadline=None, max_examples=40)
@given(bimatrix_games(min_side=2, max_side=3), st.randoms(use_true_random=False))
def test_whatever_the_weights_an_end_too_tight_is_refused(game: BimatrixGame, rng: Random) -> None:
    """Weights are shaken, nodes dropped and exchanged: no tree may prove what is untrue."""
    found = nash_range(game)
    assert found.certificate is not None
    ends = ends_of(found)
    name = rng.choice(ENDS)
    ends[name] = beyond(name, ends[name])
    for _ in range(20):
        tree = found.certificate
        node = rng.choice(list(nodes(tree)))
        other = rng.choice(list(nodes(tree)))
        bounds = {
            each: NashBound(
                leader={key: x + rng.choice([-1, 0, 0, 1]) for key, x in bound.leader.items()},
                follower={key: x * rng.choice([-1, 0, 1, 2]) for key, x in bound.follower.items()},
            )
            for each, bound in node.bounds.items()
        }
        changed = replace(node, bounds=bounds, split=rng.choice([node.split, other.split]))
        assert check_ends(game, ends, rebuilt(tree, node, changed))


@pytest.mark.parametrize("kind", KINDS)
def test_larger_games_are_proved(kind: str) -> None:
    side = 4 if kind in ("near-tied", "floats") else 7
    game = BimatrixGame(*KINDS[kind](Random(f"range {kind}"), side, side))
    assert check(game, nash_range(game)) == ()


def test_correlated_equilibria_are_not_enough() -> None:
    found = nash_range(SHAPLEY)
    assert set(ends_of(found).values()) == {Fraction(1, 3)}
    assert found.certificate is not None
    assert found.certificate.leaves > 1
    assert check(SHAPLEY, found) == ()


def test_copies_and_dominated_actions_change_nothing() -> None:
    """Of an action twice, and of one that is worse by 1 everywhere."""
    a, b = (
        [[int(x) for x in row] for row in payoffs.rows]
        for payoffs in (SHAPLEY.leader_exact, SHAPLEY.follower_exact)
    )
    a, b = [*a, a[0], [x - 1 for x in a[1]]], [*b, b[0], b[1]]
    a, b = [[*row, row[2]] for row in a], [[*row, row[2]] for row in b]
    game = BimatrixGame(a, b)
    found = nash_range(game)
    assert set(ends_of(found).values()) == {Fraction(1, 3)}
    assert check(game, found) == ()


def test_planted_faults_are_found() -> None:
    found = nash_range(SHAPLEY)
    tree, ends = found.certificate, ends_of(found)
    assert tree is not None
    assert tree.split is not None
    for node in nodes(tree):
        if node.split is not None:
            for dropped in (
                replace(node, split=None),
                replace(node, split=replace(node.split, unused=NashTree(bounds={}))),
                replace(node, split=replace(node.split, best=NashTree(bounds={}))),
            ):
                faults = check_ends(SHAPLEY, ends, rebuilt(tree, node, dropped))
                assert any("must prove" in fault for fault in faults)
            outside = replace(node, split=replace(node.split, action=7))
            assert check_ends(SHAPLEY, ends, rebuilt(tree, node, outside))
        for name, bound in node.bounds.items():
            for wrong in (
                NashBound(leader={}, follower={}),
                replace(bound, leader={(0, 9): Fraction(1)}),
                replace(bound, follower={(-1, 0): Fraction(1)}),
            ):
                altered = replace(node, bounds=dict(node.bounds) | {name: wrong})
                vacuous = wrong.leader == wrong.follower == bound.leader == bound.follower
                if not vacuous:
                    assert check_ends(SHAPLEY, ends, rebuilt(tree, node, altered))
    equilibrium = found.equilibria["leader_max"]
    pure = replace(
        equilibrium, leader_strategy=(Fraction(1), *[Fraction(0)] * 2), leader_value=Fraction(1, 3)
    )
    changes = [
        {"equilibria": {**found.equilibria, "leader_max": pure}},
        {"equilibria": {"leader_max": equilibrium}},
        {"leader_max": Fraction(1, 2)},
        {"certificate": None},
        {"certificate": tree.split.best},
    ]
    for change in changes:
        assert check(SHAPLEY, replace(found, **change)), change  # type: ignore[arg-type]


def test_weights_may_be_negative_on_best_responses_alone() -> None:
    game = BimatrixGame([[0], [1]], [[0], [0]])
    upward = NashBound(leader={(0, 1): Fraction(1)}, follower={})
    assert check_ends(game, {"leader_max": 1}, NashTree(bounds={"leader_max": upward})) == ()
    downward = NashBound(leader={(1, 0): Fraction(-1)}, follower={})
    (fault,) = check_ends(game, {"leader_max": 0}, NashTree(bounds={"leader_max": downward}))
    assert ">= 0" in fault


def test_a_proof_that_is_too_long_is_left_out() -> None:
    found = nash_range(SHAPLEY, most=1)
    assert found.certificate is None
    assert check(SHAPLEY, found) == ("certificate must prove that no equilibrium lies beyond",)
    with pytest.raises(NoSolutionError, match="at most 1 node"):
        nash_tree(SHAPLEY, {"leader_max": Fraction(1, 3)}, most=1)


def test_a_claim_of_one_end_is_proved_alone() -> None:
    tree = nash_tree(SHAPLEY, {"leader_max": Fraction(2, 5)})
    assert check_ends(SHAPLEY, {"leader_max": Fraction(2, 5)}, tree) == ()
    assert check_ends(SHAPLEY, {"leader_max": Fraction(1, 3)}, tree)
    assert check_ends(SHAPLEY, {"leader_min": Fraction(0)}, tree)
    assert check_ends(SHAPLEY, {"leader": Fraction(1)}, tree) == ("'leader' is no end of a range",)
    assert check_ends(SHAPLEY, {"leader_max": 0.4}, tree) == ("ends must be rational, got 0.4",)
    with pytest.raises(UnknownNameError, match="leader_max"):
        nash_tree(SHAPLEY, {"leader_maximum": Fraction(1)})


@pytest.mark.slow
def test_ranges_are_proved_in_the_long_run() -> None:
    """Of games up to 8 x 8 the proofs have few nodes."""
    leaves = []
    for kind in KINDS:
        for s in range(30):
            rng = Random(f"long range {kind} {s}")
            top = 5 if kind in ("near-tied", "floats") else 8
            game = BimatrixGame(*KINDS[kind](rng, rng.randint(2, top), rng.randint(2, top)))
            found = nash_range(game)
            assert check(game, found) == ()
            assert found.certificate is not None
            assert found.leader_max == max(e.leader_value for e in nash(game).equilibria)
            leaves.append(found.certificate.leaves)
    assert sum(count == 1 for count in leaves) > len(leaves) / 2
    assert max(leaves) > 1
