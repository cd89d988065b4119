"""What the README and the guides show is what a reader gets: every code block runs.

``sh`` blocks set up environments and are run verbatim by ``.ci/run``; ``python`` blocks with
prompts are doctests; ``console`` blocks are replayed here; ``json`` blocks must be readable games.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from stackel.files import read_game

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(language, body, id=f"{page.stem}-{count}-{language}")
    for page in PAGES
    for count, (language, body) in enumerate(BLOCK.findall(page.read_text()))
]
KNOWN = {"sh", "console", "python", "json", "nfg", "bibtex"}


@pytest.mark.parametrize(("language", "body"), BLOCKS)
def test_block_is_of_a_kind_that_is_run(language: str, body: str) -> None:
    assert language in KNOWN
    if language == "python":
        assert ">>>" in body, "python blocks are doctests"


def _of(language: str) -> list[object]:
    return [block for block in BLOCKS if block.values[0] == language]


@pytest.mark.parametrize(("language", "body"), _of("console"))
def test_session_is_real(language: str, body: str, tmp_path: Path) -> None:
    (tmp_path / "my_game.json").write_text(MY_GAME)
    commands = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    assert commands
    for command in commands:
        line, _, expected = command.partition("\n")
        finished = subprocess.run(
            ["bash", "-c", re.sub(r"\bstackel\b(?! \|)", _stackel(), line, count=1)],
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        shown = finished.stdout + finished.stderr
        assert _tidy(shown) == _tidy(expected)


def _stackel() -> str:
    return f"{shlex.quote(sys.executable)} -m stackel"


def _tidy(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


MY_GAME = json.dumps(
    {
        "format": "stackel-game/1",
        "kind": "matrix",
        "name": "my game",
        "leader": [[2, 4], [1, 3]],
        "follower": [[1, 0], [0, 1]],
    }
)


@pytest.mark.parametrize(("language", "body"), _of("json"))
def test_json_block_is_a_game_or_a_solution(language: str, body: str, tmp_path: Path) -> None:
    document = json.loads(body)
    if document["format"] == "stackel-game/1":
        path = tmp_path / "game.json"
        path.write_text(body)
        assert read_game(path).kind == document["kind"]
    else:
        assert document["format"] == "stackel-solution/1"
