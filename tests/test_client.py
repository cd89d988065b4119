"""A user's program: it runs, and strict type checkers find nothing wrong with it.

``tests/client`` uses only what is documented. The checkers run outside this checkout with the
client's own settings, and see stackel as any installed package.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CLIENT = Path(__file__).parent / "client"
SAID = {
    "commitments": "unknown game 'battel'; nearest: battle",
    "security": "leader_0",
    "learned": "missing.nc: cannot be read: No such file or directory",
}
"""Module -> a line, or its beginning, that shows how far it came."""


def python(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", sorted(path.stem for path in CLIENT.glob("*.py")))
def test_the_program_runs(module: str, tmp_path: Path) -> None:
    finished = python(tmp_path, CLIENT / f"{module}.py")
    assert finished.returncode == 0, finished.stderr
    assert any(line.startswith(SAID[module]) for line in finished.stdout.splitlines())
    assert list(tmp_path.iterdir()) == []


def test_pyright_is_content(tmp_path: Path) -> None:
    command = ("-m", "basedpyright", "--project", CLIENT, "--pythonpath", sys.executable)
    finished = python(tmp_path, *command)
    assert finished.returncode == 0, finished.stdout


def test_pyright_would_not_be_content(tmp_path: Path) -> None:
    """The same settings refuse a program that takes a Solution for what it is not."""
    wrong = 'import stackel\n\nsse = stackel.solve("battle").sse\nprint(sse.coverage)\n'
    (tmp_path / "wrong.py").write_text(wrong)
    (tmp_path / "pyproject.toml").write_text((CLIENT / "pyproject.toml").read_text())
    command = ("-m", "basedpyright", "--project", tmp_path, "--pythonpath", sys.executable)
    finished = python(tmp_path, *command)
    assert finished.returncode == 1
    assert 'attribute "coverage" for class "StrongStackelberg"' in finished.stdout


@pytest.mark.slow
def test_mypy_is_content(tmp_path: Path) -> None:
    settings = ("--config-file", CLIENT / "pyproject.toml", "--cache-dir", tmp_path / "cache")
    finished = python(tmp_path, "-m", "mypy", *settings, CLIENT)
    assert finished.returncode == 0, finished.stdout
