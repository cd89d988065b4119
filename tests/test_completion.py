"""What a shell is told: the scripts that it loads, and the words it completes to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = "import sys; sys.argv = ['stackel']; from stackel.cli import main; main()"


def stackel(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    script = stackel(_STACKEL_COMPLETE=f"source_{shell}")
    assert f"_STACKEL_COMPLETE=complete_{shell}" in script


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("stackel sol", {"solve"}),
        ("stackel solve batt", {"battle", "battle_of_the_sexes"}),
        ("stackel train battle table3/h", {"table3/harmony", "table3/hero"}),
        ("stackel solve battle --concept n", {"nash", "no_regret"}),
        ("stackel verify thm-1", {"thm-1", "thm-10"}),
        ("stackel reproduce table", {"table-1", "table-3"}),
        ("stackel solve no_such", set()),
    ],
)
def test_half_typed_names_are_completed(line: str, words: set[str]) -> None:
    last = str(len(line.split()) - 1)
    shown = stackel(_STACKEL_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=last)
    assert set(shown.split()) >= words if words else shown.split() == []
