"""Gridworld games as data: what is refused, what survives a round trip, what is generated."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from gridworlds import KINDS, random_game

from dynamics.envs.bandit import MacroBandit
from dynamics.macro_game import macro_game
from dynamics.walks import Route, Walk
from solvers.gridworld.solve import solve_gridworld
from solvers.markov.solve import solve_markov
from stackel import catalog
from stackel.errors import InvalidGameError
from stackel.files import read_game, write_game
from stackel.gridworld import MAX_CELLS, NO_ATTACK, GridworldGame, Target, generate

GOOD: dict[str, Any] = {
    "format": "stackel-game/1",
    "kind": "gridworld",
    "name": "good",
    "rows": 3,
    "cols": 4,
    "start": [0, 0],
    "horizon": 5,
    "defenders": 2,
    "wind": "1/10",
    "attack_rule": "declared",
    "interception": "path",
    "targets": [
        {
            "cell": [0, 1],
            "attacker_covered": 0,
            "attacker_uncovered": 2,
            "defender_covered": "1/3",
            "defender_uncovered": -2,
        },
        {
            "cell": [2, 3],
            "attacker_covered": -1,
            "attacker_uncovered": "5/2",
            "defender_covered": 1,
            "defender_uncovered": 1,
        },
    ],
    "no_attack": {"attacker": "1/7", "defender": -1},
}


def altered(path: str, value: Any) -> dict[str, Any]:
    """The good game with one field, named as in ``targets.1.cell``, replaced (or deleted)."""
    data = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    place: Any = data
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if value is KeyError:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return data


BAD = {
    "target on the start": ("targets.0.cell", [0, 0], "no target may be on the start"),
    "duplicate targets": ("targets.1.cell", [0, 1], "distinct cells"),
    "target off the grid": ("targets.1.cell", [3, 0], "within the 3 x 4 grid"),
    "negative cell": ("targets.1.cell", [-1, 0], "within the 3 x 4 grid"),
    "cell of three numbers": ("targets.1.cell", [1, 1, 1], "two integers"),
    "cell of floats": ("targets.1.cell", [1.0, 1], "two integers"),
    "start off the grid": ("start", [0, 4], "within the 3 x 4 grid"),
    "start is a number": ("start", 0, "two integers"),
    "too many defenders": ("defenders", 11, "at most the 10 cells"),
    "negative defenders": ("defenders", -1, "at least 0"),
    "half a defender": ("defenders", 0.5, "integer"),
    "wind above one": ("wind", "11/10", "[0, 1]"),
    "negative wind": ("wind", -0.1, "[0, 1]"),
    "wind is a word": ("wind", "strong", "[0, 1]"),
    "wind is nan": ("wind", float("nan"), "[0, 1]"),
    "wind that no power fits": ("wind", "1e-400", "2^128"),
    "wind is a truth value": ("wind", True, "[0, 1]"),
    "horizon zero": ("horizon", 0, "at least 1"),
    "horizon is a float": ("horizon", 20.0, "integer"),
    "horizon is a truth value": ("horizon", True, "integer"),
    "no rows": ("rows", 0, "at least 1"),
    "rows as text": ("rows", "3", "integer"),
    "covered pays the attacker as much": ("targets.0.attacker_covered", 2, "more than"),
    "covered pays the attacker more": ("targets.0.attacker_covered", 3, "more than"),
    "covered costs the defender": ("targets.1.defender_covered", 0, "at least"),
    "payoff is a word": ("targets.0.attacker_covered", "much", "numbers"),
    "payoff is infinite": ("targets.0.attacker_uncovered", float("inf"), "finite"),
    "payoff is missing": ("targets.0.attacker_covered", KeyError, "'attacker_covered'"),
    "no targets": ("targets", [], "at least one"),
    "targets are no list": ("targets", {"cell": [0, 1]}, "list"),
    "target is no object": ("targets.0", [0, 1], "object"),
    "no_attack has an unknown key": ("no_attack.leader", 1, "'leader'"),
    "no_attack is a number": ("no_attack", 0, "object"),
    "unknown attack rule": ("attack_rule", "last-entered", "first-entered, declared"),
    "attack rule is a list": ("attack_rule", ["declared"], "first-entered, declared"),
    "unknown interception": ("interception", "wall", "target, path"),
    "unknown key": ("colour", "red", "'colour'"),
    "missing key": ("horizon", KeyError, "'horizon'"),
    "name is a number": ("name", 3, "text"),
}


@pytest.mark.parametrize(("path", "value", "rule"), BAD.values(), ids=BAD)
def test_refused_in_one_line(path: str, value: Any, rule: str) -> None:
    with pytest.raises(InvalidGameError) as caught:
        GridworldGame.from_dict(altered(path, value))
    assert rule in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["targets", "no_attack"])
@pytest.mark.parametrize("value", [None, 5, {}, "all", "a target"])
def test_parts_of_another_type_are_refused_in_one_line(field: str, value: object) -> None:
    game = GridworldGame.from_dict(GOOD)
    wrong = game.targets[0] if value == "a target" else value
    with pytest.raises(InvalidGameError, match=f"{field} must be a") as caught:
        replace(game, **{field: wrong})  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_huge_grid_is_refused_before_memory_is_taken() -> None:
    data = altered("rows", 10**6) | {"cols": 10**6}
    with pytest.raises(InvalidGameError, match=f"at most {MAX_CELLS} cells"):
        GridworldGame.from_dict(data)
    with pytest.raises(InvalidGameError, match=str(MAX_CELLS)):
        generate(rng=np.random.default_rng(0), rows=10**6, cols=10**6)


def test_more_targets_than_cells_are_refused() -> None:
    with pytest.raises(InvalidGameError, match="fewer than the cells"):
        generate(rng=np.random.default_rng(0), rows=2, cols=2, targets=4)


def test_good_game_survives_a_round_trip() -> None:
    game = GridworldGame.from_dict(GOOD)
    assert game.to_dict() == GOOD
    assert game.wind == Fraction(1, 10)
    assert game.payoffs(1, Fraction(1, 2)) == (Fraction(1), Fraction(3, 4))
    assert game.payoffs(NO_ATTACK, Fraction(1)) == (Fraction(-1), Fraction(1, 7))


def test_defaults() -> None:
    data = {key: value for key, value in GOOD.items() if key not in ("wind", "no_attack", "name")}
    game = GridworldGame.from_dict(data)
    assert game.wind == game.no_attack.attacker == 0
    assert game.name is None


def test_floats_are_the_rationals_they_are() -> None:
    game = GridworldGame.from_dict(altered("targets.0.attacker_uncovered", 0.1))
    assert game.targets[0].attacker_uncovered == Fraction(0.1) != Fraction(1, 10)


@pytest.mark.parametrize("kind", KINDS)
def test_files_keep_games(kind: str, tmp_path: Any) -> None:
    game = random_game(Random(7), kind=kind)
    path = tmp_path / "game.json"
    write_game(game, path)
    again = read_game(path)
    assert isinstance(again, GridworldGame)
    assert again.to_dict() == game.to_dict()


def test_a_bad_file_is_named(tmp_path: Any) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(altered("horizon", 0)))
    with pytest.raises(InvalidGameError, match=r"bad\.json: horizon must be an integer"):
        read_game(path)


def test_generated_games_have_the_defaults() -> None:
    game = generate(rng=np.random.default_rng(5))
    assert (game.shape, len(game.targets), game.defenders, game.horizon) == ((10, 10), 5, 2, 20)
    assert all(1 <= t.attacker_uncovered <= 10 for t in game.targets)
    assert all(-10 <= t.defender_uncovered <= -1 for t in game.targets)
    assert generate(rng=np.random.default_rng(5), general_sum=False).is_zero_sum


def test_generated_targets_cover_all_cells_but_the_start() -> None:
    game = generate(
        rng=np.random.default_rng(2), rows=3, cols=3, targets=8, defenders=1, start=(1, 1)
    )
    cells = {(r, c) for r in range(3) for c in range(3)}
    assert {target.cell for target in game.targets} == cells - {(1, 1)}


def test_equal_seeds_give_equal_games() -> None:
    first, second, third = (generate(rng=np.random.default_rng(s)).to_dict() for s in (1, 1, 2))
    assert first == second != third


WRONG_TYPES: dict[str, Any] = {
    "no generator": lambda game: generate(rng=None),  # type: ignore[arg-type]
    "a seed": lambda game: generate(rng=3),  # type: ignore[arg-type]
    "start": lambda game: generate(rng=np.random.default_rng(0), start=None),  # type: ignore[arg-type]
    "rows": lambda game: generate(rng=np.random.default_rng(0), rows="3"),  # type: ignore[arg-type]
    "data": lambda game: GridworldGame.from_dict(3),  # type: ignore[arg-type]
    "walk by name": lambda game: Walk("gridworld", 0),  # type: ignore[arg-type]
    "walk to nowhere": lambda game: Walk(game, "0"),  # type: ignore[arg-type]
    "route of nothing": lambda game: Route(None, "N"),  # type: ignore[arg-type]
    "route of numbers": lambda game: Route(game, 3),  # type: ignore[arg-type]
    "route of lists": lambda game: Route(game, [[]]),  # type: ignore[list-item]
    "route to a target that is none": lambda game: Route(game, "N", declares=99),
    "macro game by name": lambda game: macro_game("gridworld"),  # type: ignore[arg-type]
    "bandit on a grid": lambda game: MacroBandit(game),
    "solve by name": lambda game: solve_gridworld("gridworld"),  # type: ignore[arg-type]
    "solve another kind": lambda game: solve_markov(game),
}


@pytest.mark.parametrize("call", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_wrong_types_in_python_are_refused_in_one_line(call: Any) -> None:
    game = GridworldGame.from_dict(GOOD)
    with pytest.raises(InvalidGameError) as refusal:
        call(game)
    assert "got " in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_allocations_place_all_defenders_on_distinct_cells() -> None:
    game = GridworldGame.from_dict(GOOD)
    assert game.allocation([1]) == ((2, 3), (0, 0))
    assert len(set(game.allocation([]))) == 2
    assert not {t.cell for t in game.targets} & set(game.allocation([]))
    with pytest.raises(InvalidGameError, match="at most 2"):
        generate(rng=np.random.default_rng(0)).allocation([0, 1, 2])


def test_moves_off_the_grid_stay_put() -> None:
    game = GridworldGame.from_dict(GOOD)
    assert [game.step((0, 0), move) for move in "NSEW"] == [(0, 0), (1, 0), (0, 1), (0, 0)]
    assert game.step((2, 3), "STAY") == (2, 3)


NAMES = (
    "gridworld",
    "gridworld-zero-sum",
    "gridworld-wind",
    "gridworld-small",
    "gridworld-bottleneck",
)


@pytest.mark.parametrize("name", NAMES)
def test_named_instances(name: str) -> None:
    entry = catalog.load(name)
    assert isinstance(entry.game, GridworldGame)
    assert entry.name == entry.game.name == f"gridworld/{name}"
    assert entry.note.endswith(".")


def test_the_default_instance_is_the_papers_size() -> None:
    game = catalog.load("gridworld").game
    assert isinstance(game, GridworldGame)
    assert (game.shape, len(game.targets), game.defenders, game.horizon) == ((10, 10), 5, 2, 20)
    assert not game.is_zero_sum
    zero_sum = catalog.load("gridworld-zero-sum").game
    assert isinstance(zero_sum, GridworldGame)
    assert zero_sum.is_zero_sum
    assert [t.cell for t in zero_sum.targets] == [t.cell for t in game.targets]


def test_a_target_is_a_target() -> None:
    with pytest.raises(InvalidGameError, match="must be a Target"):
        GridworldGame(
            rows=2,
            cols=2,
            start=(0, 0),
            horizon=1,
            defenders=0,
            targets=("target",),  # type: ignore[arg-type]
        )
    assert Target(
        cell=(0, 1),
        attacker_covered=Fraction(0),
        attacker_uncovered=Fraction(1),
        defender_covered=Fraction(0),
        defender_uncovered=Fraction(0),
    ).cell == (0, 1)
