"""The reproduction: what it prints is what was run, what is finished is not run again."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import chromium, console, needs_chromium

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import stackel
from proofs_checks.registry import claims
from stackel import api
from stackel.cli import main
from stackel.errors import CheckpointError, InvalidGameError, UnknownNameError
from stackel.game import BimatrixGame
from stackel.reproduction import NAMES, makers
from stackel.reproduction.ablations import _growth
from stackel.reproduction.exhibit import Exhibit, Workshop
from stackel.reproduction.figure_3 import _since
from stackel.reproduction.output import as_csv, as_latex
from stackel.reproduction.scale import Scale

TINY = {"seeds": 2, "iterations": 6, "quick": True}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    sizes = Scale(
        seeds=2,
        iterations=6,
        long=12,
        gridworld="gridworld-small",
        zero_sum_gridworld="gridworld-small",
        budget="quick",
        quick=True,
    )
    return Workshop(library=api, scale=sizes, data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def exhibits(workshop: Workshop) -> dict[str, Exhibit]:
    return {name: makers()[name](workshop) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_exhibit_is_decided_by_claims(exhibits: dict[str, Exhibit], name: str) -> None:
    assert exhibits[name].claims
    assert set(exhibits[name].claims) <= set(claims())


def test_the_table_of_battle_has_the_true_equilibria(exhibits: dict[str, Exhibit]) -> None:
    rows = exhibits["table-1"].tables[0].rows
    true = [row for row in rows if row[0] == "true"]
    assert len(true) == 4
    sse = true[-1]
    assert (sse[2], sse[4], sse[5]) == ("0: 1", 5, 1)
    assert {(row[4], row[5]) for row in true[:-1]} == {
        (5, 1),
        (2, 2),
        (stackel_fraction(10, 7), stackel_fraction(2, 3)),
    }


def stackel_fraction(top: int, bottom: int) -> Any:
    from fractions import Fraction

    return Fraction(top, bottom)


def test_every_number_of_figure_1_is_in_its_runs(
    workshop: Workshop, exhibits: dict[str, Exhibit]
) -> None:
    columns = exhibits["fig-1"].tables[0].columns
    for row in exhibits["fig-1"].tables[0].rows[:3]:
        data = workshop.made["figure-1-battle"].data
        own = data.isel(run=np.flatnonzero(data.algorithm.values == row[1]).tolist())
        assert own.sizes["run"] == 2
        cells = dict(zip(columns, row, strict=True))
        for name, variable in {
            "leader, last": "leader_payoff",
            "leader, average": "leader_average",
            "follower, average": "follower_average",
            "leader's regret": "leader_regret",
            "follower's regret": "follower_regret",
        }.items():
            assert cells[name] == pytest.approx(float(own[variable][:, -1].mean()), abs=1e-12)
        assert cells["V"] == stackel.solve("battle").sse.leader_value
        assert cells["inside band"] is True


def test_every_number_of_figure_2_is_in_its_runs(
    workshop: Workshop, exhibits: dict[str, Exhibit]
) -> None:
    rows = exhibits["fig-2"].tables[0].rows
    assert len(rows) == 2 * 12 * 4
    game, label, value, class_, last, spread, near = rows[5]
    data = workshop.made["figure-2-table3-1"].data
    own = data["leader_payoff"].values[data.game.values == game, -1]
    assert (last, spread) == (pytest.approx(own.mean()), pytest.approx(own.std()))
    solution = stackel.solve(game)
    assert (value, class_) == (solution.sse.leader_value, solution.no_regret.class_)
    assert near == (abs(own.mean() - float(value)) <= 0.05 * np.ptp(solution.game.leader))
    assert label == "learns every 1 iterations"


def test_every_number_of_figure_3_is_in_its_runs(
    workshop: Workshop, exhibits: dict[str, Exhibit]
) -> None:
    solution = stackel.solve("table3/prisoners_dilemma")
    span = np.ptp(solution.game.leader)
    for number, row in enumerate(exhibits["fig-3"].tables[0].rows):
        data = workshop.made[f"figure-3-{number}"].data
        assert data.iteration[-1] == workshop.scale.long
        average = data["leader_average"].values.mean(0)
        assert row[1] == solution.sse.leader_value
        assert row[2] == pytest.approx(data["leader_payoff"].values[:, -1].mean())
        assert row[3] == pytest.approx(average[-1])
        for share, since in zip((0.1, 0.01), row[4:], strict=True):
            far = np.flatnonzero(abs(average - float(row[1])) > share * span)
            stays = data.iteration.values[
                0 if len(far) == 0 else min(far[-1] + 1, len(average) - 1)
            ]
            assert since == (None if len(far) and far[-1] == len(average) - 1 else stays)


def test_every_number_of_the_ablations_is_in_its_runs(
    workshop: Workshop, exhibits: dict[str, Exhibit]
) -> None:
    rows = exhibits["ablations"].tables[0].rows
    assert len(rows) == 2 * 6 * 3
    data = workshop.made["ablations"].data
    for row in rows[::7]:
        here = (data.game == row[0]) & (data.eta == row[1]) & (data.learning_rate == row[2])
        own = data.isel(run=np.flatnonzero(here.values).tolist())
        assert own.sizes["run"] == 2
        assert row[3] == pytest.approx(float(own.leader_average[:, -1].mean()))
        assert row[4] == pytest.approx(float(own.leader_average[:, -1].std()))
        assert row[5] == pytest.approx(float(own.follower_average[:, -1].mean()))
        assert row[6] == pytest.approx(float(own.leader_regret[:, -1].mean()))
        assert row[8] == pytest.approx(float(own.follower_regret[:, -1].mean()))


def test_growth_is_the_exponent_of_a_power() -> None:
    time = np.arange(1.0, 401)
    assert _growth(time, 3 * time**0.5) == pytest.approx(0.5)
    assert _growth(time, 0.2 * time) == pytest.approx(1)
    assert _growth(time, -time) is None


def test_the_table_of_games_has_the_printed_ones(exhibits: dict[str, Exhibit]) -> None:
    rows = exhibits["table-3"].tables[0].rows
    assert len(rows) == 12
    for name, leader, follower, *_, same, printed, source, class_, _ in rows:
        game = stackel.load_game(f"table3/{name}")
        assert isinstance(game, BimatrixGame)
        for text, payoffs in ((leader, game.leader), (follower, game.follower)):
            cells = [[float(x) for x in line.split()] for line in text.split(";")]
            assert np.array_equal(cells, payoffs)
        other = stackel.load_game(f"source/{name}")
        assert isinstance(other, BimatrixGame)
        assert same == (
            np.array_equal(game.leader, other.leader)
            and np.array_equal(game.follower, other.follower)
        )
        solution = stackel.solve(game, concept=["sse", "no_regret"])
        assert (printed, class_) == (solution.sse.leader_value, solution.no_regret.class_)
        assert source == stackel.solve(other, concept="sse").sse.leader_value


def test_a_follower_that_never_learns_plays_uniformly_for_ever(
    workshop: Workshop, exhibits: dict[str, Exhibit]
) -> None:
    still = workshop.made["figure-3-0"].data["follower_policy"].values
    assert np.abs(still - 0.5).max() < 1e-12


def test_since_when_an_average_is_close() -> None:
    iterations = np.array([1, 2, 4, 8])
    assert _since(iterations, np.array([True, False, True, True])) == 4
    assert _since(iterations, np.array([True] * 4)) == 1
    assert _since(iterations, np.array([True, True, True, False])) is None


def test_tables_are_the_same_in_all_forms(exhibits: dict[str, Exhibit]) -> None:
    for exhibit in exhibits.values():
        for table in exhibit.tables:
            read = list(csv.reader(as_csv(table).splitlines()))
            assert tuple(read[0]) == table.columns
            assert len(read) == len(table.rows) + 1
            for line, row in zip(read[1:], table.rows, strict=True):
                assert line == ["" if cell is None else str(cell) for cell in row]
            body = as_latex(table).split(r"\midrule")[1].split(r"\bottomrule")[0]
            assert body.count(r"\\") == len(table.rows)
            unescaped = re.sub(r"\\[&%_#${}^]", "", body)
            assert unescaped.count("&") == len(table.rows) * (len(table.columns) - 1)


def test_quick_figures_say_so(exhibits: dict[str, Exhibit]) -> None:
    for exhibit in exhibits.values():
        for picture in exhibit.pictures:
            assert "QUICK LOOK" in str(picture.figure.get_suptitle())


def test_what_is_finished_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stackel.reproduce("fig-3", out=tmp_path / "out", **TINY)  # type: ignore[arg-type]
    before = {path.name: path.read_bytes() for path in (tmp_path / "out" / "tables").iterdir()}
    monkeypatch.setattr(api, "train", None)
    assert stackel.reproduce("fig-3", out=tmp_path / "out", **TINY) == first  # type: ignore[arg-type]
    after = {path.name: path.read_bytes() for path in (tmp_path / "out" / "tables").iterdir()}
    assert before == after
    assert not [path for path in (tmp_path / "out").rglob("*") if "partial" in path.name]


def test_runs_of_two_plans_are_not_mixed(tmp_path: Path) -> None:
    stackel.reproduce("table-1", out=tmp_path, **TINY)  # type: ignore[arg-type]
    with pytest.raises(InvalidGameError, match="another plan, which differs in seeds"):
        stackel.reproduce("table-1", out=tmp_path, quick=True, seeds=3, iterations=6)
    (tmp_path / "data" / "plan.json").write_text("{")
    with pytest.raises(CheckpointError, match="cannot be read: cut short"):
        stackel.reproduce("table-1", out=tmp_path, **TINY)  # type: ignore[arg-type]


def test_bad_requests_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    for arguments in (
        ["fig-9", "--out", str(tmp_path)],
        ["table-1", "--out", str(blocked)],
        ["table-1", "--seeds", "0", "--out", str(tmp_path)],
        ["table-1", "--iterations", "-3", "--out", str(tmp_path)],
    ):
        assert main(["reproduce", *arguments]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(UnknownNameError, match="nearest: fig-1"):
        stackel.reproduce(["fig-1a"], out=tmp_path)


@needs_chromium
@pytest.mark.parametrize("width", [1200, 390], ids=["desktop", "phone"])
def test_a_browser_shows_the_page(tmp_path: Path, width: int) -> None:
    from selenium.webdriver.common.by import By

    page = stackel.reproduce(["table-1", "fig-3"], out=tmp_path / "out", **TINY)  # type: ignore[arg-type]
    assert json.loads((tmp_path / "out" / "data" / "plan.json").read_text())["seeds"] == 2
    with chromium(tmp_path / "profile", width=width) as driver:
        driver.get(page.as_uri())
        assert console(driver) == []
        images = driver.find_elements(By.TAG_NAME, "img")
        assert images
        assert all(image.get_property("naturalWidth") > 500 for image in images)  # type: ignore[operator]
        wide = driver.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert wide[0] <= wide[1]
        for link in driver.find_elements(By.CSS_SELECTOR, "a[href^='#']"):
            target = (link.get_attribute("href") or "").partition("#")[2]
            assert driver.find_elements(By.ID, target)
        text = driver.find_element(By.TAG_NAME, "body").text
        assert "5 and 1" in text
