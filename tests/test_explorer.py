"""The explorer: typed payoffs are read, runs begin where they were told, the page says it all."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser import chromium, console, needs_chromium
from hypothesis import given
from hypothesis import strategies as st

import stackel
from stackel.errors import InvalidGameError, StackelError
from stackel.explorer.learning import PAIRS, learn
from stackel.explorer.payoffs import read_game, written
from stackel.explorer.pictures import clicked_mixes, place
from stackel.explorer.values import class_line, headline, values_table

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HARBOUR = stackel.BimatrixGame([[1, -4, 0], [-3, 1, 0]], [[-2, 4, 0], [5, -3, 0]])
numbers = st.fractions(min_value=-50, max_value=50, max_denominator=30)
mixes = st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.01, 1))


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=2, max_size=2))
def test_what_is_written_is_read_again(payoffs: list[list[Fraction]]) -> None:
    game = stackel.BimatrixGame(payoffs, payoffs[::-1])
    again = read_game(*written(game))
    for i in range(2):
        for j in range(3):
            assert again.leader_exact[i, j] == payoffs[i][j]
            assert again.follower_exact[i, j] == payoffs[1 - i][j]


@pytest.mark.parametrize("text", ["", " ", "-", "1/0", "two", "nan"])
def test_half_typed_payoffs_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidGameError) as refusal:
        read_game([["1", text], ["0", "0"]], [["0", "0"], ["0", "0"]])
    assert "\n" not in str(refusal.value)


@given(mixes)
def test_a_click_in_the_triangle_is_the_mix_that_is_drawn_there(weights: tuple[float, ...]) -> None:
    q = np.array(weights) / sum(weights)
    x, y = place(np.array([[0.5, 0.5]]), q[None])
    p, clicked = clicked_mixes(float(x[0]), float(y[0]), (0.3, 0.7), 3)
    assert p == (0.3, 0.7)
    assert np.allclose(clicked, q)


@given(st.floats(-9, 9), st.floats(-9, 9), st.sampled_from([2, 3]))
def test_a_click_anywhere_gives_mixes(x: float, y: float, n: int) -> None:
    for mix in clicked_mixes(x, y, (0.3, 0.7), n):
        assert min(mix) >= 0
        assert abs(sum(mix) - 1) < 1e-9


@pytest.mark.parametrize("pair", PAIRS)
def test_a_run_begins_where_it_was_told_and_stays_in_its_band(pair: str) -> None:
    run = learn(HARBOUR, pair, leader=(0.2, 0.8), follower=(0.5, 0.2, 0.3), iterations=30, seed=3)
    assert np.allclose(run.leader[0], (0.2, 0.8), atol=1e-5)
    assert np.allclose(run.follower[0], (0.5, 0.2, 0.3), atol=1e-5)
    low, high = run.band(stackel.solve(HARBOUR, concept="no_regret").no_regret)
    assert (low - 1e-9 <= run.average).all()
    assert (run.average <= high + 1e-9).all()
    again = learn(HARBOUR, pair, leader=(0.2, 0.8), follower=(0.5, 0.2, 0.3), iterations=30, seed=3)
    assert np.array_equal(run.leader, again.leader)


def test_a_start_on_the_edge_is_moved_inside() -> None:
    run = learn(
        HARBOUR,
        "Hedge against Hedge",
        leader=(0.0, 1.0),
        follower=(1.0, 0.0, 0.0),
        iterations=5,
        seed=0,
    )
    assert run.leader.min() > 0


def test_values_are_fractions() -> None:
    solution = stackel.solve(HARBOUR)
    assert "-5/7" in values_table(solution)
    assert "<b>4/7</b>" in headline(solution)
    assert "never" in class_line(solution)


@pytest.mark.parametrize("game", ["rock_paper_scissors", "gridworld", "reward_for_obedience"])
def test_other_games_are_refused_before_anything_is_served(game: str) -> None:
    with pytest.raises(InvalidGameError, match="2 x 2 or 2 x 3"):
        stackel.explore(game)


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackelError, match=f"port {port} of 127.0.0.1 is taken"):
            stackel.explore("battle", port=port)


@contextmanager
def served(game: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command at work: the page's address."""
    command = [sys.executable, "-m", "stackel", "explore", game, "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[0], process
    finally:
        process.kill()
        process.communicate()


def test_ctrl_c_ends_the_server_quietly_and_only_this_machine_is_served() -> None:
    with served("battle") as (address, process):
        port = int(address.rstrip("/").rpartition(":")[2])
        assert address.startswith("http://127.0.0.1:")
        with socket.create_connection(("127.0.0.1", port), timeout=30):
            pass
        with (
            pytest.raises(ConnectionError),
            socket.create_connection(("127.0.0.2", port), timeout=5),
        ):
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


DEEP = """
    const found = [];
    const walk = node => {
        if (node.matches && node.matches(arguments[0])) found.push(node);
        if (node.shadowRoot) walk(node.shadowRoot);
        for (const child of node.children || []) walk(child);
    };
    walk(document.body);
    return found;
"""
"""Elements that match a selector, also inside the widgets."""
TEXTS = DEEP.replace("return found", "return found.map(each => each.innerText).join(' ')")


def _all(driver: Chrome, selector: str) -> list[Any]:
    found: list[Any] = driver.execute_script(DEEP, selector)
    return found


def _wait(driver: Chrome, selector: str, text: str) -> str:
    """The text of the elements that match, once it holds ``text``."""
    told, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline:
        told = str(driver.execute_script(TEXTS, selector))
        if text in told:
            return told
        time.sleep(0.2)
    raise AssertionError(f"{text!r} never came; the page says {told!r}")


@needs_chromium
@pytest.mark.parametrize("width", [1280, 390])
def test_a_person_types_payoffs_reads_values_and_clicks_a_start(tmp_path: Path, width: int) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    with served("battle") as (address, _), chromium(tmp_path / "profile", width=width) as driver:
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        driver.get(address)
        _wait(driver, "tr.sse", "5")
        boxes = _all(driver, "input.bk-input[type=text]")
        assert [box.get_attribute("value") for box in boxes[:8]] == list("50021002")
        for box, text in zip(boxes, ("2", "4", "1", "3", "1", "0", "0", "1"), strict=False):
            box.send_keys(Keys.BACKSPACE, text)
        _wait(driver, "tr.sse", "7/2")  # by hand: (1/2, 1/2) makes column 2 a reply, (4 + 3) / 2
        assert "not attained" in _wait(driver, "tr.wse", "7/2")
        _wait(driver, "tr.nash", "2")
        _wait(driver, "p.class", "never")
        boxes[0].send_keys("/")
        _wait(driver, "p.wrong", "leader payoff")
        boxes[0].send_keys(Keys.BACKSPACE)
        _wait(driver, "p.class", "never")
        time.sleep(2)  # the pictures of the last key are drawn
        square = _all(driver, ".bk-Figure")[1]
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", square)
        ActionChains(driver).move_to_element(square).click().perform()
        told = _wait(driver, "p", "the leader averages")
        assert "V is 3.500" in told
        assert driver.execute_script("return document.body.scrollWidth") <= width
        assert [entry for entry in console(driver) if entry["level"] == "SEVERE"] == []
        outside = driver.execute_script(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"
        )
        assert outside
        assert all(name.startswith((address, "ws" + address[4:], "data:")) for name in outside)
