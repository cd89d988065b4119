"""Every script of ``examples/`` runs without a warning and prints what theory says it must.

Notebooks are executed anew; what their cells print must be what is stored in them.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))

MUST_SAY = {
    # against (4/7, 3/7) both landings pay the smuggler 1, and the harbour 4/7 - 9/7 or -16/7 + 3/7
    "solve_a_game.py": ("'north': '4/7'", "value -5/7, certified: True", "commitment: -11/9"),
    "refute_a_claim.py": ("verdict: false", "what is true instead: r7-criterion"),
    "hedge_in_its_band.py": ("class: never", "inside the band: True"),
    "commit_against_a_learner.py": ("in the limit -1.0500", "Stackelberg value -1;"),
    # known types: 4 is the largest payoff; the keen one is held at 1/2: (4 + 3) / 2
    "follower_types.py": ("probability 0: value 4", "probability 1: value 7/2"),
    "guard_a_map.py": ("sees the mix:       -9/14", "sees the defenders: -1"),
    "gridworld_env.py": ("the attacker gets 13/11 on average, the leader -1/11",),
    "commit_over_time.py": ("whole histories: 1", "one stage after another:       0"),
    "survey_small_games.py": ("6561 games", "'holds'", "'may-fail'", "'never'"),
    # Rapoport and Guyer's count of the strict ordinal games, 144 when players are told apart
    "how_often_theorem_1_holds.py": ("| strict ordinal 2 x 2 | 144 |",),
    # what `stackel solve gridworld-small` proves: -4/3, -1/11 and 13/11
    "gridworld_dynamics.py": ("Nash -1.33, commitment -0.09", "1.18 against the best commitment"),
    "draw_a_game.py": ("picture.png",),
}
SLOW = {"gridworld_dynamics.py"}
ARGUMENTS = {"draw_a_game.py": ["picture.png"], "how_often_theorem_1_holds.py": ["2"]}


@pytest.mark.parametrize("name", [*SCRIPTS, *NOTEBOOKS])
def test_example_is_in_the_documentation(name: str) -> None:
    assert name in (ROOT / "docs" / "examples.md").read_text()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in SCRIPTS],
)
def test_script_says_what_is_true(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name, *ARGUMENTS.get(name, ())])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    said = capsys.readouterr().out
    for expected in MUST_SAY[name]:  # a new script says here what it must print
        assert expected in said


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_notebook_shows_what_its_cells_do(name: str, tmp_path: Path) -> None:
    from nbclient import NotebookClient
    from nbformat import reads

    text = (EXAMPLES / name).read_text()
    stored, fresh = reads(text, as_version=4), reads(text, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(fresh, timeout=120, kernel_name="python3", resources=place).execute()
    assert any(cell.cell_type == "code" for cell in stored.cells)
    for before, after in zip(stored.cells, fresh.cells, strict=True):
        assert _shown(before) == _shown(after)


def _shown(cell: Any) -> list[tuple[str, str]]:
    """Text and tables that a cell leaves; of pictures only that they are there."""
    shown = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            shown.append(("text", output["text"]))
        else:
            kinds = output["data"]
            picture = any(kind.startswith("image/") for kind in kinds)
            shown.append(("picture", "") if picture else ("table", kinds.get("text/html", "")))
    return shown
