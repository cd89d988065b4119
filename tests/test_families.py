"""Families of games are what they are said to be, and their classes can be counted another way."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from proofs_checks.families import (
    CLASSES,
    class_of,
    families,
    printed,
    source,
    strict_ordinal,
    two_by_two_class,
)
from proofs_checks.strategies import bimatrix_games
from stackel.game import BimatrixGame
from stackel.plots.criterion import plot_criterion

EXAMPLE = Path(__file__).parent.parent / "examples" / "how_often_theorem_1_holds.py"


def test_every_strict_ordinal_game_is_one_of_the_144_renamed() -> None:
    renamed = set()
    for game in strict_ordinal():
        a, b = game.leader_exact.rows, game.follower_exact.rows
        for i in (1, -1):
            for j in (1, -1):
                renamed.add(tuple(tuple(row[::j]) for side in (a, b) for row in side[::i]))
    assert len(renamed) == 576
    assert all(sorted(x[0] + x[1]) == sorted(x[2] + x[3]) == [1, 2, 3, 4] for x in renamed)


def pure_equilibria(game: BimatrixGame) -> int:
    a, b = game.leader_exact.rows, game.follower_exact.rows
    return sum(
        a[i][j] == max(a[0][j], a[1][j]) and b[i][j] == max(b[i]) for i in (0, 1) for j in (0, 1)
    )


def test_two_pure_equilibria_make_theorem_1_a_matter_of_luck() -> None:
    for game in strict_ordinal():
        assert (pure_equilibria(game) == 2) == (class_of(game) == "may-fail")


@settings(max_examples=40)
@given(bimatrix_games(min_side=2, max_side=2))
def test_classes_agree_with_enumeration(game: BimatrixGame) -> None:
    assert class_of(game) == two_by_two_class(game)


def test_the_papers_games_are_13_and_12() -> None:
    assert len(list(printed())) == 13
    assert len(list(source())) == 12


def test_the_picture_has_a_bar_for_every_family() -> None:
    drawn = families(count=3, sizes=[(2, 3)], rng=Random(1))
    counts = {family.name: family.counts() for family in drawn}
    assert [sum(found.values()) for found in counts.values()] == [13, 12, 144, 3]
    figure = plot_criterion(counts)
    bars = figure.axes[0].patches
    assert len(bars) == len(counts) * len(CLASSES)
    widths = sum(bar.get_width() for bar in bars)  # type: ignore[attr-defined]
    assert widths == pytest.approx(len(counts))


@pytest.mark.slow
def test_the_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "2", str(tmp_path / "bars.svg")])
    runpy.run_path(str(EXAMPLE))
    assert "| strict ordinal 2 x 2 | 144 | 105 | 18 | 21 |" in capsys.readouterr().out
    assert (tmp_path / "bars.svg").stat().st_size > 1000
