"""``stackel.train``: what a run holds, what it is held against, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stackel
from dynamics.run import Run
from dynamics.settings import ABOUT, PRESETS
from dynamics.settings.text import describe, parse
from stackel.cli import main
from stackel.errors import CheckpointError, InvalidGameError, MissingExtraError, StackelError

QUICK: dict[str, Any] = {"hidden": 8, "batch": 32, "minibatch": 16, "epochs": 1}
"""Settings that make PPO cheap."""


@pytest.fixture(scope="module")
def swept() -> Run:
    return stackel.train(
        ["battle", "hero"],
        preset=["ald", "ald-observed"],
        iterations=30,
        seeds=2,
        seed=5,
        eta=[0.02, 0.05],
        **QUICK,
    )


def test_dataset_has_the_documented_form(swept: Run) -> None:
    data = swept.data
    assert data.sizes["run"] == 2 * 2 * 2 * 2
    assert data.iteration.values.tolist() == list(range(1, 31))
    for name in ("game", "algorithm", "seed", "eta"):
        assert data[name].dims == ("run",)
    for side in ("leader", "follower"):
        for what in ("payoff", "average", "regret"):
            assert data[f"{side}_{what}"].dims == ("run", "iteration")
        assert data[f"{side}_policy"].dims == ("run", "iteration", f"{side}_action")
    assert data.inside_band.dtype == bool
    assert data.inside_band.dims == ("run", "iteration")
    assert {"settings", "torch", "numpy", "stackel", "python", "device"} <= set(data.attrs)
    assert swept.seeds == (5, 6)


def test_logged_quantities_are_consistent(swept: Run) -> None:
    data = swept.data
    rounds = data.iteration
    assert np.allclose(data.leader_payoff.cumsum("iteration") / rounds, data.leader_average)
    assert np.allclose(data.leader_policy.sum("leader_action"), 1)
    assert np.allclose(data.leader_average - data.sse_value, data.distance_to_sse)
    assert bool(data.inside_band.all())
    assert bool((data.leader_average <= data.band_high + 1e-9).all())


def test_references_are_the_solutions(swept: Run) -> None:
    for outcome in swept.outcomes:
        solution = stackel.solve(outcome.game)
        assert outcome.value == solution.sse.leader_value
        assert outcome.pure == solution.pure.strong.leader_value
        assert outcome.class_ == solution.no_regret.class_
        assert Fraction(outcome.nash or 0) in {
            Fraction(float(each.leader_value)) for each in solution.nash.equilibria
        }


def test_outcomes_count_seeds(swept: Run) -> None:
    assert len(swept.outcomes) == 2 * 2 * 2
    hero = [each for each in swept.outcomes if each.game == "table3/hero"]
    assert all(each.reached == 0 and each.inside_band == 1 for each in hero)
    last = swept.data.leader_average.values[:, -1].reshape(-1, 2)
    assert [each.average for each in swept.outcomes] == pytest.approx(last.mean(1).tolist())
    assert [each.spread for each in swept.outcomes] == pytest.approx(last.std(1, ddof=1).tolist())


def test_dominance_reaches_the_value() -> None:
    run = stackel.train("prisoners_dilemma", preset="hedge-hedge", iterations=600, seed=0)
    (outcome,) = run.outcomes
    assert (outcome.class_, outcome.reached, outcome.ends_at_value) == ("holds", 1, 1)


def test_seed_is_drawn_and_repeats() -> None:
    run = stackel.train("battle", iterations=3, **QUICK)
    again = stackel.train("battle", iterations=3, seed=run.seeds[0], **QUICK)
    assert run.data.identical(again.data)
    assert not run.data.equals(stackel.train("battle", iterations=3, **QUICK).data)


def test_file_holds_the_run(swept: Run, tmp_path: Path) -> None:
    swept.save(tmp_path / "run.nc")
    again = stackel.load_run(tmp_path / "run.nc")
    assert again.data.identical(swept.data)
    assert again.outcomes == swept.outcomes
    with pytest.raises(CheckpointError, match="is there already"):
        swept.save(tmp_path / "run.nc")


def test_json_and_tables_say_the_same(swept: Run) -> None:
    document = json.loads(json.dumps(swept.to_dict()))
    assert document["format"] == "stackel-run/1"
    assert [row["class"] for row in document["outcomes"]] == [e.class_ for e in swept.outcomes]
    assert "table3/hero" in swept._repr_html_()


def test_games_of_several_sizes_are_filled_up() -> None:
    games = [stackel.load_game("battle"), stackel.load_game("rock_paper_scissors")]
    data = stackel.train(games, preset="hedge-hedge", iterations=5, seed=0).data
    assert data.sizes["leader_action"] == 3
    assert np.isnan(data.leader_policy.values[0, :, 2]).all()
    assert not np.isnan(data.leader_policy.values[1]).any()


def test_large_policies_are_not_logged() -> None:
    wide = np.random.default_rng(0).integers(0, 9, (2, 2, 100))
    game = stackel.BimatrixGame(wide[0], wide[1])
    run = stackel.train(game, preset="hedge-hedge", iterations=5, seed=0)
    assert "follower_policy" not in run.data
    assert run.data.leader_policy.shape == (1, 5, 2)
    assert list(run.plan["games"]) == ["game 1"]


def test_long_runs_log_evenly() -> None:
    run = stackel.train("battle", preset="hedge-hedge", iterations=100, seed=0, logged=4)
    assert run.data.iteration.values.tolist() == [25, 50, 75, 100]
    whole = stackel.train("battle", preset="hedge-hedge", iterations=100, seed=0)
    assert run.data.leader_regret.values[0, 1] == whole.data.leader_regret.values[0, 49]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"iterations": 0}, "iterations must be an integer of at least 1, got 0"),
        ({"iterations": 2.5}, "iterations must be an integer"),
        ({"seeds": 0}, "seeds must be an integer of at least 1, got 0"),
        ({"seed": -1}, "seed must be an integer of at least 0, got -1"),
        ({"eta": -0.1}, "eta must be positive, got -0.1"),
        ({"eta": [0.1, 0.0]}, "eta must be positive, got 0.0"),
        ({"eta": [0.1, 0.1]}, "eta must have different values"),
        ({"eta": []}, "eta must have different values"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"learning_rate": "fast"}, "learning_rate must be a finite number, got 'fast'"),
        ({"rate": 0.1}, "unknown setting 'rate'"),
        ({"preset": "adl"}, "unknown preset 'adl'; nearest: ald"),
        ({"leader": "nobody"}, "unknown player 'nobody'"),
        ({"leader": "exp3"}, "batch must be 1"),
        ({"device": "tpu"}, "cannot be played on 'tpu'"),
        ({"resume": True}, "resume needs out"),
        ({"game": ["battle", "table1/battle"]}, "different names"),
        ({"game": []}, "a run needs different games"),
        ({"game": "battel"}, "unknown game 'battel'"),
    ],
)
def test_bad_input_is_refused_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(StackelError) as caught:
        stackel.train(changes.pop("game", "battle"), **{"iterations": 5, "seed": 0, **changes})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("eta", "a setting is given as name=value, got 'eta'"),
        ("eta=fast", "eta must be a number, got 'fast'"),
        ("batch=2.5", "batch must be an integer, got '2.5'"),
        ("memory=maybe", "memory must be true or false, got 'maybe'"),
    ],
)
def test_text_of_settings_is_checked(text: str, message: str) -> None:
    with pytest.raises(InvalidGameError, match=message.replace(".", r"\.")):
        parse([text])
    with pytest.raises(InvalidGameError, match="eta is set twice"):
        parse(["eta=1", "eta=2"])


def test_every_setting_and_preset_is_described() -> None:
    assert all(each.meaning.endswith(".") for each in describe())
    assert list(ABOUT) == list(PRESETS)


def _stackel(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["train", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_command_trains_plots_and_writes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, plot, events = tmp_path / "run.nc", tmp_path / "run.png", tmp_path / "events"
    settings = ["eta=0.02,0.05", *(f"{name}={value}" for name, value in QUICK.items())]
    options = ["--preset", "ald,ald-observed", "--iterations", "20", "--processes", "1"]
    options += ["--seeds", "2", "--seed", "1", *(f"--set={text}" for text in settings)]
    code, shown, errors = _stackel(
        capsys, "battle", *options, "--out", str(out), "--plot", str(plot),
        "--tensorboard", str(events),
    )  # fmt: skip
    assert (code, errors) == (0, "")
    assert "20 iterations, seeds 1 to 2, on cpu" in shown
    assert stackel.load_run(out).data.sizes["run"] == 8
    assert plot.stat().st_size > 10_000
    assert len(list(events.rglob("events.out.tfevents.*"))) == 8


def test_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = _stackel(
        capsys, "hero", "--preset", "hedge-hedge", "--iterations", "50", "--seed", "1", "--json"
    )
    document = json.loads(shown)
    assert code == 0
    assert document["seeds"] == [1]
    assert document["outcomes"][0]["value"] == -1


def test_command_lists_settings(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = _stackel(capsys, "--settings")
    assert code == 0
    assert all(each.name in shown for each in describe())
    assert all(preset in shown for preset in PRESETS)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["battel"],
        ["battle", "--preset", "adl"],
        ["battle", "--set", "eta=0"],
        ["battle", "--set", "eta"],
        ["battle", "--iterations", "0"],
        ["battle", "--seeds", "x"],
        ["battle", "gridworld"],
        ["battle", "--plot", "picture.txt"],
        ["battle", "--out", "run.txt"],
        ["battle", "--resume"],
    ],
)
def test_command_refuses_bad_input(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown, errors = _stackel(capsys, *arguments)
    assert (code, shown) == (2, "")
    assert errors.startswith("stackel: ")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("module", "options", "extra"),
    [
        ("torch", {}, "dynamics"),
        ("h5py", {"out": "run.nc"}, "dynamics"),
        ("distributed", {"cluster": "local:2"}, "cluster"),
    ],
)
def test_missing_extra_is_named(
    module: str, options: dict[str, Any], extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == module else find(name)
    )
    with pytest.raises(MissingExtraError, match=rf"stackel\[{extra}\]"):
        stackel.train("battle", iterations=5, **options)


def test_missing_extra_is_named_where_a_run_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"stackel\[dynamics\]"):
        stackel.load_run("run.nc")


def test_runs_are_read_without_torch() -> None:
    program = "import sys; sys.modules['torch'] = None; import stackel; stackel.Run.load"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_missing_tensorboard_is_named(
    swept: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dynamics.summary.tensorboard.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"stackel\[tensorboard\]"):
        swept.write_events(tmp_path)
