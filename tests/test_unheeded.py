"""Settings that nothing reads are refused, and no others."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="the dynamics need extra `dynamics`")

import xarray as xr

import stackel
from dynamics.settings import PRESETS
from dynamics.settings.sweep import Spec, specs
from dynamics.settings.unheeded import NAMES, read_by
from dynamics.train import begin, train
from stackel.errors import InvalidGameError, StackelError
from stackel.game import BimatrixGame

GAME = BimatrixGame([[3, 0, 1], [1, 2, 0]], [[1, 1, 0], [0, 0, 1]])
"""The follower is tied where the leader is not, and nearly so against an even mix."""
CHEAP: dict[str, Any] = {"hidden": 4, "minibatch": 8, "epochs": 2}
OTHER: dict[str, Any] = {
    "leader": "hedge-tuned", "follower": "omd-entropy", "information": "action",
    "feedback": "bandit", "batch": 32, "eta": 0.3, "eta_power": 0.5, "learning_rate": 0.1,
    "learning_rate_power": 0.5, "clip": 1e-4, "gae_lambda": 0.1, "discount": 0.1,
    "value_weight": 3.0, "entropy_weight": 0.5, "weight_decay": 9.0, "max_norm": 1e-6,
    "hidden": 5, "minibatch": 4, "epochs": 1, "normalise": False, "engine": "torch",
    "explore": 0.9, "ties": "weak", "search": "rollouts", "rollouts": 3, "every": 2, "after": 2,
    "inward": 0.4, "memory": True, "chains": 4, "episode": 3, "placement": "sequential",
    "attacker": "nodes", "swap_regret": True, "policy_regret": True,
}  # fmt: skip
"""Another value of every setting."""
IDLE: dict[str, set[str]] = {
    "ald": {"engine"},
    "ald-observed": {"engine"},
    "symmetric": {"engine"},
    "best-response": {"engine", "every"},
    "committed-ald": {"engine"},
    "theorem-10": {"batch"},
    "hedge-hedge": {"batch"},
}
"""Settings that are read and need not change a short run: engines agree to rounding."""


def runs(preset: str, **settings: Any) -> list[Spec]:
    own = dict(CHEAP) | ({"batch": 16} if PRESETS[preset].batch > 1 else {})
    if preset == "committed-ald":
        own["inward"] = 0.5
    lists = {name: [value] for name, value in (own | settings).items()}
    return specs({"game": GAME}, [preset], swept=lists, seeds=[3], iterations=5)


def outcome(preset: str, **settings: Any) -> xr.Dataset | None:
    """What a run logs; None where the settings do not go together."""
    try:
        return train(runs(preset, **settings))
    except StackelError:
        return None


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_read_is_what_changes_a_run(preset: str) -> None:
    assert OTHER.keys() == NAMES
    base = runs(preset)
    before, read = outcome(preset), read_by(base[0], begin)
    assert before is not None
    idle = set()
    for name, value in OTHER.items():
        if getattr(base[0].settings, name) == value:
            value = getattr(PRESETS["ald"], name)
        after = outcome(preset, **{name: value})
        same = after is not None and after.equals(before)
        if name not in read:
            assert same, name
        elif same:
            idle.add(name)
    assert idle <= IDLE[preset]


def test_a_preset_s_own_settings_are_all_read() -> None:
    base = PRESETS["ald"]
    for preset, own in PRESETS.items():
        changed = {name for name in NAMES if getattr(own, name) != getattr(base, name)}
        changed -= {"feedback"} if own.inward > 0 else set()  # it says what a block's rounds are
        assert changed <= read_by(runs(preset)[0], begin), preset


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"preset": "hedge-hedge", "eta": 0.1}, "eta has no effect on hedge-hedge .* got 0.1;"),
        ({"preset": "hedge-hedge", "clip": [0.1, 0.2]}, "clip has no effect .* got 0.1,0.2;"),
        ({"preset": "symmetric", "eta": 0.1}, "eta has no effect on symmetric .*leader ppo"),
        ({"preset": "symmetric", "etaa": 0.1}, "unknown setting 'etaa'; nearest: eta"),
        ({"preset": "ald", "gae_lambda": 0.5}, "gae_lambda has no effect on ald"),
        ({"preset": "ald", "chains": 4}, "chains has no effect on ald"),
        ({"preset": "ald", "ties": "weak"}, "ties has no effect on ald"),
        ({"preset": ["symmetric", "hedge-hedge"], "eta": 0.1}, "eta has no effect on symmetric"),
        ({"preset": ["ald", "hedge-hedge"], "eta": [0.1, 0.2]}, "eta has no effect on hedge-hedge"),
        ({"follower": ["hedge", "omd-entropy"], "eta": [0.1, 0.2]}, "follower omd-entropy"),
    ],
)
def test_a_setting_without_effect_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises((InvalidGameError, LookupError), match=message) as caught:
        stackel.train("battle", iterations=3, seed=0, **changes)
    assert "\n" not in str(caught.value)


def test_the_nearest_setting_with_an_effect_is_named() -> None:
    with pytest.raises(InvalidGameError, match=r"effect: .*learning_rate_power"):
        stackel.train("battle", preset="symmetric", iterations=3, seed=0, eta_power=1.0)


def test_what_one_preset_of_several_uses_may_be_set() -> None:
    run = stackel.train(
        "battle", preset=["ald", "hedge-hedge"], iterations=3, seed=0, eta=0.1, **CHEAP
    )
    assert run.data.sizes["run"] == 2


def test_the_command_line_refuses_it_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from stackel.cli import main

    options = ["--preset", "hedge-hedge", "--set", "eta=0.02,0.05", "--iterations", "3"]
    assert main(["train", "battle", *options]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "eta has no effect on hedge-hedge" in shown.err
