"""From games, settings and seeds to batches of runs of one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any, TypeAlias

from dynamics.settings import Settings
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame
from stackel.gridworld import GridworldGame
from stackel.markov import MarkovGame

Game: TypeAlias = BimatrixGame | GridworldGame | MarkovGame

RUNS_AT_ONCE = 120
"""Runs in a batch on a CPU: more of them fall out of its cache and are slower a run."""
RUNS_AT_ONCE_ELSEWHERE = 8192
"""Runs in a batch on a GPU, which has to be kept busy: with PPO, about 12 GB of its memory."""
A_NUMBER_EACH = frozenset({
    "eta", "eta_power", "learning_rate", "learning_rate_power", "clip", "gae_lambda", "discount",
    "value_weight", "entropy_weight", "weight_decay", "max_norm", "explore", "every", "after",
})  # fmt: skip
"""Settings that may differ between the runs of one batch."""
LARGEST = 2**62
"""Seeds and iterations are less: what a file's integers hold."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Spec:
    """One run: everything that its result depends on."""

    name: str
    """What the game is called."""
    game: Game
    preset: str
    settings: Settings
    seed: int
    iterations: int

    @property
    def mould(self) -> tuple[Any, ...]:
        """What runs of one batch have in common."""
        shared = replace(self.settings, **{name: NEUTRAL[name] for name in A_NUMBER_EACH})
        explores = self.settings.explore > 0
        return (*outline(self.game), self.preset, shared, explores, self.iterations)


def outline(game: Game) -> tuple[Any, ...]:
    """What games that are played in one batch have in common: all but their payoffs."""
    if isinstance(game, GridworldGame):
        cells = tuple(target.cell for target in game.targets)
        walk = (game.start, game.horizon, game.wind, game.attack_rule, game.interception)
        return (game.kind, game.shape, game.defenders, cells, *walk)
    if isinstance(game, MarkovGame):
        return (game.kind, game.shape, game.horizon, game.discount)
    return (game.kind, game.shape)


NEUTRAL: dict[str, Any] = {
    each.name: each.default for each in fields(Settings) if each.name in A_NUMBER_EACH
}


def specs(
    games: Mapping[str, Game],
    presets: Iterable[str],
    *,
    swept: Mapping[str, Sequence[Any]],
    seeds: Iterable[int],
    iterations: int,
) -> list[Spec]:
    """All combinations, in the order game, preset, settings, seed.

    Raises
    ------
    InvalidGameError, UnknownNameError
        When a preset or setting does not exist or breaks its rule, or nothing is to be played.
    """
    seeds, presets = list(seeds), list(presets)
    if len(kinds := sorted({game.kind for game in games.values()})) > 1:
        raise InvalidGameError(f"games of a run must be of one kind, got {' and '.join(kinds)}")
    check_count("iterations", iterations, least=1)
    for name, values in swept.items():
        if len(set(map(repr, values))) < len(values) or not values:
            raise InvalidGameError(f"{name} must have different values, got {list(values)}")
    for what, given in (("game", list(games)), ("preset", presets), ("seed", seeds)):
        if not given or len(set(given)) < len(given):
            raise InvalidGameError(f"a run needs different {what}s, got {given}")
    return [
        Spec(
            name=name,
            game=game,
            preset=preset,
            settings=Settings.of(preset, dict(zip(swept, values, strict=True)), kind=game.kind),
            seed=seed,
            iterations=iterations,
        )
        for (name, game), preset, values, seed in product(
            games.items(), presets, list(product(*swept.values())), seeds
        )
    ]


def batches(runs: Sequence[Spec], *, device: object = "cpu") -> list[list[int]]:
    """Cut runs into batches of one shape, as numbers in ``runs``.

    The cut depends on the runs and the kind of device alone, never on who computes them, so that a
    batch has the same bits wherever it is computed.
    """
    at_once = RUNS_AT_ONCE if str(device) == "cpu" else RUNS_AT_ONCE_ELSEWHERE
    moulds: dict[Any, list[int]] = {}
    for number, run in enumerate(runs):
        moulds.setdefault(run.mould, []).append(number)
    return [
        members[first : first + at_once]
        for members in moulds.values()
        for first in range(0, len(members), at_once)
    ]


def check_count(name: str, value: Any, *, least: int) -> None:
    """Raise an InvalidGameError unless ``value`` is an integer from ``least`` on."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < LARGEST:
        raise InvalidGameError(f"{name} must be an integer of at least {least}, got {value!r:.40}")
