"""Markov games: the model, its files, and what ``stackel solve`` makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import stackel
from stackel.cli import app
from stackel.errors import InvalidGameError, NoSolutionError, UnknownNameError
from stackel.files import read_game, write_game
from stackel.markov import MarkovGame
from stackel.markov_fields import MAX_HORIZON
from stackel.markov_result import MarkovSolution

STAY_OR_MOVE: dict[str, Any] = {
    "format": "stackel-game/1",
    "kind": "markov",
    "states": ["left", "right"],
    "start": "left",
    "discount": "9/10",
    "leader": [[[0, 1]], [[0, 1]]],
    "follower": [[[1, 0]], [[1, 0]]],
    "transition": [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
}


def changed(**fields: Any) -> dict[str, Any]:
    """The fields with some replaced, or left out where None."""
    return {key: x for key, x in (STAY_OR_MOVE | fields).items() if x is not None}


@st.composite
def markov_games(draw: st.DrawFn) -> MarkovGame:
    """Games of all three criteria, with certain and random moves and starts."""
    rng = Random(draw(st.integers(0, 10**9)))
    states, m, n = rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 3)

    def chances() -> list[Fraction]:
        weights = [rng.randint(0, 2) for _ in range(states)]
        weights[rng.randrange(states)] += 1
        return [Fraction(x, sum(weights)) for x in weights]

    def payoffs() -> list[list[list[Fraction]]]:
        return [
            [[Fraction(rng.randint(-9, 9), rng.randint(1, 4)) for _ in range(n)] for _ in range(m)]
            for _ in range(states)
        ]

    spans: list[dict[str, Any]] = [{"horizon": rng.randint(1, 9)}, {"discount": "2/3"}, {}]
    return MarkovGame(
        [[[chances() for _ in range(n)] for _ in range(m)] for _ in range(states)],
        payoffs(),
        payoffs(),
        start=rng.choice([rng.randrange(states), chances()]),
        states=rng.choice([None, states, [f"s{k}" for k in range(states)]]),
        leader_actions=rng.choice([None, [f"up {i}" for i in range(m)]]),
        name=rng.choice([None, "a game"]),
        **rng.choice(spans),
    )


def same(left: MarkovGame, right: MarkovGame) -> bool:
    keys = ("shape", "leader", "follower", "transition", "start", "horizon", "discount", "name")
    labels = ("state_names", "leader_actions", "follower_actions", "source")
    return all(getattr(left, key) == getattr(right, key) for key in (*keys, *labels))


class TestModel:
    def test_payoffs_and_probabilities_are_exact(self) -> None:
        game = MarkovGame([[[["1/3", "2/3"]]], [[[0, 1]]]], [[["1/7"]], [[0.5]]], [[[1]], [[2]]])
        assert game.leader == (((Fraction(1, 7),),), ((Fraction(1, 2),),))
        assert game.transition[0][0][0] == (Fraction(1, 3), Fraction(2, 3))
        assert game.successors[1][0][0] == ((1, Fraction(1)),)
        assert game.criterion == "average"
        assert game.start == (Fraction(1), Fraction(0))

    def test_arrays_are_taken(self) -> None:
        game = MarkovGame(np.full((2, 2, 2, 2), 0.5), np.ones((2, 2, 2)), np.zeros((2, 2, 2)))
        assert game.shape == (2, 2, 2)
        assert game.constant_sum == 1

    def test_float_rows_are_divided_by_their_sum(self) -> None:
        row = [0.1] * 10
        assert sum(row) != 1
        game = MarkovGame([[[row]]] * 10, [[[0]]] * 10, [[[0]]] * 10)
        assert sum(game.transition[0][0][0]) == 1
        assert game.transition[0][0][0][0] == Fraction(1, 10)

    @given(game=markov_games())
    def test_files_give_the_game_back(self, game: MarkovGame, tmp_path_factory: Any) -> None:
        assert same(MarkovGame.from_dict(game.to_dict()), game)
        assert same(MarkovGame.from_dict(json.loads(json.dumps(game.to_dict()))), game)
        path = tmp_path_factory.mktemp("markov") / "game.json"
        write_game(game, path)
        again = read_game(path)
        assert isinstance(again, MarkovGame)
        assert same(again, game)

    @given(game=markov_games())
    def test_transposing_twice_changes_nothing(self, game: MarkovGame) -> None:
        turned = game.transpose()
        assert turned.leader[0][0][0] == game.follower[0][0][0]
        assert turned.transpose().leader == game.leader
        assert turned.transpose().transition == game.transition

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"leader": [[[0, 1]]]}, "transition must have 1 entries|follower must have 1 entries"),
            ({"leader": [[[0, 1]], [[0]]]}, "state 1: .* shape"),
            ({"leader": []}, r"leader payoffs must be one matrix a state.*got \[\]"),
            ({"leader": 3}, "leader payoffs must be one matrix a state.*got 3"),
            ({"follower": [[[0, 1]], [["x", 0]]]}, "state 1: follower payoff .*'x'"),
            ({"follower": [[[0, 1], [0, 1]], [[0, 1]]]}, "state 0: .*one shape"),
            ({"transition": 1}, "transition must be a list of 2 entries, got 1"),
            ({"transition": [[[[1, 0], [0, 1]]]]}, "transition must have 2 entries, got 1"),
            (
                {"transition": [[[[1, 0], [1, 1]]], [[[0, 1], [1, 0]]]]},
                r"transition \[0\]\[0\]\[1\] must sum to 1, got 2",
            ),
            (
                {"transition": [[[[1, 0], [2, -1]]], [[[0, 1], [1, 0]]]]},
                r"transition \[0\]\[0\]\[1\] \[1\]: probabilities must be at least 0, got -1",
            ),
            (
                {"transition": [[[["1/3", 0.6], [0, 1]]], [[[0, 1], [1, 0]]]]},
                r"transition \[0\]\[0\]\[0\] must sum to 1, got 0.93",
            ),
            ({"start": "middle"}, "start must be one of the states, got 'middle'"),
            ({"start": 2}, "start must be a state 0 to 1, got 2"),
            ({"start": ["1/2", "1/3"]}, "start must sum to 1, got 5/6"),
            ({"states": 3}, r"states must be the number .* \(2\), got 3"),
            ({"states": ["a", "a"]}, "states must have distinct names"),
            ({"states": True}, "states must be a list of strings, got True"),
            ({"states": 2.5}, "states must be a list of strings, got 2.5"),
            ({"leader_actions": 7}, "leader_actions must be a list of strings, got 7"),
            ({"states": None}, "must have states, start, .*got no 'states'"),
            ({"horizon": 2}, "a horizon or a discount, got both"),
            ({"discount": 1}, r"discount must lie in \[0, 1\), got 1"),
            ({"discount": "-1/2"}, r"discount must lie in \[0, 1\), got '-1/2'"),
            ({"discount": None, "horizon": 0}, "horizon must be an integer from 1"),
            ({"discount": None, "horizon": 2.0}, "horizon must be an integer from 1"),
            ({"discount": None, "horizon": MAX_HORIZON + 1}, "horizon must be an integer from 1"),
            ({"rewards": []}, "may have the keys .*got 'rewards'"),
            ({"name": 7}, "name must be text, got 7"),
        ],
    )
    def test_bad_input_is_named_in_one_line(self, fields: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidGameError, match=message) as caught:
            MarkovGame.from_dict(changed(**fields))
        assert "\n" not in str(caught.value)

    def test_a_huge_game_is_refused_before_it_is_read(self) -> None:
        class Many(Sequence[Any]):
            """A list of 10^5 copies that takes no memory."""

            def __len__(self) -> int:
                return 10**5

            def __getitem__(self, index: Any) -> Any:
                return [[0]]

        with pytest.raises(InvalidGameError, match="at most 2000000 transition entries"):
            MarkovGame(Many(), Many(), Many())


class TestSolve:
    def test_the_stored_example(self) -> None:
        solution = stackel.solve("reward_for_obedience")
        assert isinstance(solution, MarkovSolution)
        assert (solution.sse.leader_value, solution.stage_wise.leader_value) == (1, 0)
        assert solution.sse.certified
        assert solution.stage_wise.certified
        assert solution.exact
        concepts = solution.to_dict()["concepts"]
        assert concepts["sse"]["policy_class"] == "history-dependent"
        assert concepts["stage_wise"]["policy_class"] == "stage-wise"
        json.dumps(solution.to_dict())

    def test_a_float_bound_is_not_called_exact(self) -> None:
        solution = stackel.solve("reward_for_obedience", concept="sse", method="sequence-form")
        assert not solution.exact
        assert not solution.concepts["sse"].certified

    @pytest.mark.parametrize(
        ("fields", "options", "kind", "message"),
        [
            ({"discount": None}, {}, NoSolutionError, "needs a horizon or a discount"),
            ({}, {"concept": "sse"}, NoSolutionError, "needs a game with a horizon"),
            ({}, {"concept": "stage_wise"}, NoSolutionError, "needs a game with a horizon"),
            ({}, {"concept": "nash"}, UnknownNameError, "unknown concept 'nash'"),
            ({}, {"method": "milp"}, UnknownNameError, "unknown method 'milp'"),
            ({}, {"concept": ()}, NoSolutionError, "at least one concept"),
            (
                {"follower": [[[1, 1]], [[1, 0]]]},
                {"concept": "zero_sum"},
                NoSolutionError,
                "equal to one constant",
            ),
        ],
    )
    def test_what_does_not_apply_is_refused(
        self, fields: dict[str, Any], options: dict[str, Any], kind: type[Exception], message: str
    ) -> None:
        game = MarkovGame.from_dict(changed(**fields))
        with pytest.raises(kind, match=message):
            stackel.solve(game, **options)

    def test_guards_are_named(self) -> None:
        rows = [[[["1/2", "1/2"]] * 2] * 2] * 2
        payoffs = [[[1, 0], [0, 2]]] * 2
        game = MarkovGame(rows, payoffs, payoffs, horizon=6)
        with pytest.raises(NoSolutionError, match=r"MAX_NORMAL_FORM.*sequence-form"):
            stackel.solve(game, concept="sse")
        with pytest.raises(NoSolutionError, match="MAX_HISTORIES"):
            stackel.solve(game, concept="sse", method="sequence-form")
        solution = stackel.solve(game)
        assert set(solution.concepts) == {"stage_wise"}
        assert "MAX_NORMAL_FORM" in solution.omitted["sse"]

    def test_the_command_line_reads_markov_files(self, tmp_path: Path) -> None:
        path = tmp_path / "game.json"
        path.write_text(json.dumps(STAY_OR_MOVE))
        shown = CliRunner().invoke(app, ["solve", str(path)])
        assert shown.exit_code == 0
        assert "stationary" in shown.output
        found = json.loads(CliRunner().invoke(app, ["solve", str(path), "--json"]).output)
        assert found["game"]["shape"] == [2, 1, 2]
        assert found["concepts"]["zero_sum"]["value"] == "0"
        assert found["concepts"]["pure_stationary"]["strong"]["follower_value"] == "10"

    def test_notebooks_get_the_table(self) -> None:
        assert "stage-wise" in stackel.solve("reward_for_obedience")._repr_html_()
