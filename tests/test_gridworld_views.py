"""Gridworlds on the terminal, as pictures, and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich.console import Console

import stackel
from solvers.gridworld.solve import solve_gridworld
from stackel import catalog
from stackel.cli import main
from stackel.errors import NoSolutionError
from stackel.gridworld import NO_ATTACK, AttackRule, GridworldGame, NoAttack, generate
from stackel.gridworld_map import draw_map
from stackel.plots.gridworld import plot_gridworld
from stackel.plots.replies import entries


def named(name: str) -> GridworldGame:
    game = catalog.load(name).game
    assert isinstance(game, GridworldGame)
    return game


def printed(renderable: Any, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def remarks(renderable: Any, width: int) -> list[str]:
    """The words of the last column of the values."""
    lines = printed(renderable, width).splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(" concept"))
    column = lines[first].index("remarks")
    return " ".join(line[column:] for line in lines[first + 2 :]).split()


def places(line: Line2D) -> list[tuple[float, float]]:
    """The points of a line, as (x, y)."""
    return [(float(x), float(y)) for x, y in np.asarray(line.get_xydata())]


def picture(game: GridworldGame) -> Figure:
    return plot_gridworld(solve_gridworld(game))


class TestMap:
    def test_start_and_targets_stand_where_they_are(self) -> None:
        lines = printed(draw_map(named("gridworld"))).splitlines()[1:11]
        cells = [line.split() for line in lines]
        assert [len(row) for row in cells] == [10] * 10
        assert cells[0][0] == "S"
        for j, target in enumerate(named("gridworld").targets):
            assert cells[target.cell[0]][target.cell[1]] == str(j)
        assert sum(cell == "·" for row in cells for cell in row) == 94

    def test_rules_that_differ_are_said(self) -> None:
        assert "wind 1/10" in printed(draw_map(named("gridworld-wind")))
        assert "stops whoever enters" in printed(draw_map(named("gridworld-bottleneck")))
        declared = replace(named("gridworld"), attack_rule="declared")
        assert "declared" in printed(draw_map(declared))

    def test_payoffs_that_cannot_occur_are_not_shown(self) -> None:
        text = printed(draw_map(named("gridworld-bottleneck")))
        assert "defended" not in text
        assert " or " not in text
        assert "defended" in printed(draw_map(named("gridworld")))

    def test_a_wide_grid_is_listed_not_drawn(self) -> None:
        game = replace(named("gridworld"), cols=200)
        assert "·" not in printed(draw_map(game))
        assert "(3, 7)" in printed(draw_map(game))

    def test_solutions_show_map_coverage_and_values(self) -> None:
        solution = solve_gridworld(named("gridworld"))
        text = printed(solution, width=140)
        assert "57.1 %" in text
        assert "-9/14" in text
        assert "-840/481" in text
        assert "<pre" in solution._repr_html_()

    def test_what_was_left_out_is_said(self) -> None:
        game = replace(named("gridworld-small"), wind=Fraction(1, 10))
        text = " ".join(printed(solve_gridworld(game)).split())
        assert "nash left out: Nash equilibria with wind need a zero-sum game" in text

    def test_the_least_follower_value_of_the_equilibria_comes_first(self) -> None:
        solution = solve_gridworld(named("gridworld"), concepts=["nash"])
        nash = replace(
            solution.nash,
            follower_value=Fraction(2, 3),
            follower_max=Fraction(2),
            best=replace(solution.nash.best, follower_value=Fraction(2)),
        )
        text = printed(replace(solution, concepts={"nash": nash}), width=140)
        row = next(line for line in text.splitlines() if line.startswith(" nash"))
        assert "2/3 to 2 " in row

    @pytest.mark.parametrize("name", ["gridworld", "gridworld-bottleneck"])
    def test_nothing_is_cut_on_a_narrow_terminal(self, name: str) -> None:
        solution = solve_gridworld(named(name))
        strong = replace(
            solution.pure.strong,
            leader_value=-Fraction(10**10 + 1, 10**11 + 3),
            follower_value=Fraction(10**10 + 1, 10**11 + 3),
        )
        pure = replace(solution.pure, strong=strong)
        long = replace(solution, concepts={**solution.concepts, "pure": pure})
        assert "…" not in printed(long, width=80)
        assert max(map(len, printed(long, width=80).splitlines())) <= 80
        assert remarks(long, width=80) == remarks(long, width=200)


class TestPicture:
    def test_bars_are_the_allocation_mix(self) -> None:
        solution = solve_gridworld(named("gridworld"))
        bars = sorted(bar.get_width() for bar in plot_gridworld(solution).axes[1].patches)  # type: ignore[attr-defined]
        mix = solution.sse.allocation_mix
        assert mix is not None
        chances = sorted(float(a.probability) for a in mix)
        assert bars == pytest.approx(chances)

    def test_every_value_is_a_point(self) -> None:
        solution = solve_gridworld(named("gridworld"))
        axes = plot_gridworld(solution).axes[2]
        points = [places(line)[0][0] for line in axes.lines]
        assert points == pytest.approx(
            [
                float(solution.sse.leader_value),
                float(solution.sse.inducible_value),
                float(solution.pure.strong.leader_value),
                float(solution.pure.weak.leader_value),
                float(solution.nash.leader_min),
            ]
        )

    def test_the_attack_is_a_path_to_its_target(self) -> None:
        game = named("gridworld")
        solution = solve_gridworld(game)
        lines = picture(game).axes[0].lines
        attack = next(line for line in lines if line.get_label() == "attack")
        row, col = game.targets[solution.sse.attacked_target].cell
        assert places(attack)[0] == game.start[::-1]
        assert places(attack)[-1] == (col, row)

    def test_intercepted_walks_are_those_of_the_mix(self) -> None:
        solution = solve_gridworld(named("gridworld-bottleneck"))
        walks = [plan.walk for plan in solution.sse.attacker_plans or () if plan.walk]
        figure = plot_gridworld(solution)
        drawn = [[(row, col) for col, row in places(line)] for line in figure.axes[0].lines]
        assert sorted(map(tuple, drawn[:-1])) == sorted(walks)  # the last one is the start
        said = {line.get_label() for line in figure.axes[0].lines[:-1]}
        assert said == {"the attacker's equilibrium mix"}
        labels = {label.get_text() for label in figure.axes[1].get_yticklabels()}
        assert "(2, 1), (2, 2)" in labels

    @pytest.mark.parametrize("seed", [2, 3], ids=["one-defender", "two-defenders"])
    def test_intercepted_walks_are_best_replies_when_payoffs_are_general(self, seed: int) -> None:
        game = generate(
            rows=3, cols=4, targets=3, horizon=6, defenders=1 + seed % 2, start=(1, 1),
            interception="path", rng=np.random.default_rng(seed),
        )  # fmt: skip
        solution = solve_gridworld(game, concepts=["sse"])
        worth = {target.cell: target.attacker_uncovered for target in game.targets}
        attacks = plot_gridworld(solution).axes[0].lines[:-1]  # the last one is the start
        assert len(attacks) == (solution.sse.attacked_target != NO_ATTACK)
        for line in attacks:
            walk = [(row, col) for col, row in places(line)]
            unharmed = sum(
                Fraction(a.probability)
                for a in solution.sse.allocation_mix or ()
                if set(walk[1:]).isdisjoint(a.cells or ())
            )
            assert len(walk) <= game.horizon + 1
            assert unharmed * worth[int(walk[-1][0]), int(walk[-1][1])] == (
                solution.sse.follower_value
            )

    @pytest.mark.parametrize("rule", ["first-entered", "declared"])
    def test_wind_blows_about_what_is_drawn(self, rule: AttackRule) -> None:
        """Entries of the targets are the attack that the solution names; no straight line is."""
        game = replace(named("gridworld-small"), wind=Fraction(1, 5), attack_rule=rule)
        solution = solve_gridworld(game, concepts=["sse"])
        often = entries(game, solution.sse)
        attack = solution.sse.attack
        assert attack is not None
        for j, target in enumerate(game.targets):
            if rule == "first-entered" or j == solution.sse.attacked_target:
                assert often.get(target.cell, 0.0) == pytest.approx(float(attack.get(j, 0)))
        axes = plot_gridworld(solution).axes[0]
        assert [line.get_label() for line in axes.lines] == ["start"]
        (discs,) = axes.collections
        places = {target.cell for target in game.targets}
        assert len(discs.get_offsets()) == len(often.keys() - places)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("rows", "cols", "targets"),
        [(1, 60, 6), (60, 1, 6), (100, 100, 1000)],
        ids=["row", "column", "large"],
    )
    def test_extreme_maps_fit(self, rows: int, cols: int, targets: int) -> None:
        game = generate(
            rng=np.random.default_rng(2),
            rows=rows,
            cols=cols,
            targets=targets,
            name="$ long name " * 30,
        )
        figure = picture(game)
        figure.canvas.draw()
        letters = [float(text.get_fontsize()) for text in figure.axes[0].texts]
        assert len(letters) == (len(game.targets) if len(game.targets) < 100 else 0)
        assert all(size >= 4.5 for size in letters)
        title = figure.get_suptitle()
        assert title.startswith(r"\$ long name")
        assert len(title) < 130

    def test_deterred_attackers_stay(self) -> None:
        stay = NoAttack(attacker=Fraction(9), defender=Fraction(1))
        figure = picture(replace(named("gridworld"), no_attack=stay))
        labels = [line.get_label() for line in figure.axes[0].lines]
        assert "start (no attack)" in labels
        assert "attack" not in labels

    def test_one_concept_alone_is_drawn(self) -> None:
        solution = solve_gridworld(named("gridworld"), concepts=["sse"])
        assert len(plot_gridworld(solution).axes[2].lines) == 2

    def test_without_a_commitment_the_best_allocation_is_drawn(self) -> None:
        game = named("gridworld-wind")
        solution = solve_gridworld(game, concepts=["pure"])
        grid, mix, values = plot_gridworld(solution).axes
        assert {text.get_text() for text in grid.texts} == set(map(str, range(len(game.targets))))
        assert [line.get_label() for line in grid.lines] == ["start"]
        defended = ", ".join(map(str, solution.pure.strong.defended_targets))
        assert [label.get_text() for label in mix.get_yticklabels()] == [defended]
        assert [places(line)[0][0] for line in values.lines] == pytest.approx(
            [float(solution.pure.strong.leader_value), float(solution.pure.weak.leader_value)]
        )

    def test_values_a_rounding_apart_do_not_fill_the_axis(self) -> None:
        values = plot_gridworld(solve_gridworld(named("gridworld-wind"), concepts=["pure"])).axes[2]
        left, right = values.get_xlim()
        assert right - left > 0.1

    def test_equilibria_without_a_commitment_are_drawn(self) -> None:
        figure = plot_gridworld(solve_gridworld(named("gridworld"), concepts=["nash"]))
        assert figure.axes[1].get_title() == "no allocations were computed"
        assert len(figure.axes[2].lines) == 1


class TestCommand:
    def test_solve_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["solve", "gridworld", "--json"]) == 0
        concepts = json.loads(capsys.readouterr().out)["concepts"]
        assert concepts["sse"]["leader_value"] == "-9/14"
        assert concepts["nash"]["leader_max"] == "-840/481"
        assert concepts["pure"]["weak"]["leader_value"] == "-5"

    def test_solve_draws(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "grid.png"
        assert main(["solve", "gridworld-small", "--plot", str(path)]) == 0
        assert path.stat().st_size > 10_000
        capsys.readouterr()

    @pytest.mark.parametrize(
        "words",
        [["gridworld-wind"], ["gridworld", "--concept", "pure"]],
        ids=["proved-interval-only", "one-concept"],
    )
    def test_solve_draws_without_a_commitment(
        self, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "grid.png"
        assert main(["solve", *words, "--plot", str(path)]) == 0
        assert path.stat().st_size > 10_000
        capsys.readouterr()

    def test_games_draws_the_map(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["games", "gridworld"]) == 0
        assert "S · · · · · · · · ·" in capsys.readouterr().out

    def test_a_bad_file_is_one_line_and_exit_two(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = named("gridworld").to_dict() | {"rows": 10**6, "cols": 10**6}
        path = tmp_path / "huge.json"
        path.write_text(json.dumps(data))
        assert main(["solve", str(path)]) == 2
        said = capsys.readouterr().err.strip()
        assert "at most 1000000 cells" in said
        assert "\n" not in said

    def test_one_concept(self) -> None:
        solution = stackel.solve("gridworld", concept="nash")
        assert list(solution.concepts) == ["nash"]
        with pytest.raises(NoSolutionError, match="not computed"):
            _ = solution.sse

    def test_a_concept_without_a_method_is_refused(self) -> None:
        with pytest.raises(NoSolutionError, match="need a zero-sum game"):
            stackel.solve("gridworld-wind", concept="nash")

    def test_there_is_no_choice_of_method(self) -> None:
        with pytest.raises(NoSolutionError, match="one method a concept"):
            stackel.solve("gridworld", method="milp")
