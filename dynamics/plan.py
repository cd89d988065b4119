"""What a list of runs is, as a file can hold it and a later start can compare it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import torch

from dynamics.learners.ppo.fused import chosen
from dynamics.settings.sweep import Spec
from stackel.errors import CheckpointError
from stackel.files.json_format import format_game


def plan(runs: Sequence[Spec], *, swept: Sequence[str], device: str, logged: int) -> dict[str, Any]:
    """Everything that the bits of a list of runs depend on, as JSON.

    Games are told apart by a digest of their payoffs; ``runs`` is one of all runs in their order.
    """
    games = {run.name: run.game for run in runs}
    digests = {name: _digest(format_game(game)) for name, game in games.items()}
    settings = {
        preset: asdict(own)
        for preset, own in {r.preset: r.settings for r in reversed(runs)}.items()
    }
    texts = {own: json.dumps(asdict(own)) for own in {run.settings for run in runs}}
    lines = [
        f"[{json.dumps(digests[run.name])}, {json.dumps(run.preset)}, {texts[run.settings]}, "
        f"{run.seed}, {run.iterations}]"
        for run in runs
    ]
    return {
        "format": "stackel-run/1",
        "games": digests,
        "algorithms": list(dict.fromkeys(run.preset for run in runs)),
        "seeds": sorted({run.seed for run in runs}),
        "iterations": runs[0].iterations,
        "swept": {
            name: list(dict.fromkeys(getattr(run.settings, name) for run in runs)) for name in swept
        },
        "settings": {
            preset: {name: value for name, value in own.items() if name not in swept}
            for preset, own in settings.items()
        },
        "logged": logged,
        "device": device,
        "ppo_engine": chosen(device),
        "torch": str(torch.__version__),
        "stackel": version("stackel"),
        "runs": _digest("\n".join(lines)),
    }


def check_same(begun: Mapping[str, Any], asked: Mapping[str, Any], *, where: str) -> None:
    """Raise a CheckpointError that says in what the run ``begun`` differs from the one asked for.

    >>> check_same({"iterations": 100}, {"iterations": 200}, where="run.nc")
    Traceback (most recent call last):
        ...
    stackel.errors.CheckpointError: run.nc: begun with iterations 100, not 200
    """
    for name in asked:
        before, now = begun.get(name), asked[name]
        if before == now:
            continue
        if isinstance(before, dict) and isinstance(now, dict) and before.keys() == now.keys():
            check_same(before, now, where=where)
        raise CheckpointError(f"{where}: begun with {name} {_short(before)}, not {_short(now)}")


def _short(value: Any) -> str:
    """A value in a line: a long list by its ends, a dictionary by its names."""
    if isinstance(value, dict):
        return ", ".join(value) or "none"
    if isinstance(value, list) and len(value) > 4:
        return f"{value[0]} to {value[-1]} ({len(value)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
