"""From games, settings and seeds to batches of runs of one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod
from typing import Any, TypeAlias

from dynamics.settings import Settings
from stackel.errors import InvalidGameError, brief
from stackel.game import BimatrixGame
from stackel.gridworld import NO_ATTACK, GridworldGame
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
LARGEST_PAYOFF = 10**150
"""Payoffs and their ranges are at most this, and at least one part in it: as in batches."""
LARGEST = 2**62
"""Seeds are less: what a file's integers hold."""
MOST_ITERATIONS = 10**9
"""Iterations of a run: days of play at the least."""
MOST_RUNS = 100_000
"""Runs that are played together: what is made for each before the first is played takes seconds."""
MOST_LOGGED = 50_000_000
"""Numbers of a measure that are logged, runs times logged iterations: 400 MB."""
MOST_HELD = 2**28
"""Numbers that the runs of a batch hold at once, in any of their tables: 2 GiB."""


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
        shared = _without_numbers(self.settings)
        explores = self.settings.explore > 0
        return (*outline(self.game), self.preset, shared, explores, self.iterations)


@cache
def _without_numbers(settings: Settings) -> Settings:
    """The settings that all runs of a batch have."""
    return replace(settings, **{name: NEUTRAL[name] for name in A_NUMBER_EACH})


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
    seeds: Sequence[int],
    iterations: int,
) -> list[Spec]:
    """All combinations, in the order game, preset, settings, seed.

    Raises
    ------
    InvalidGameError, UnknownNameError
        When a preset or setting does not exist or breaks its rule, or nothing is to be played.
    """
    presets = list(presets)
    for name, game in games.items():
        check_payoffs(name, game)
    if len(kinds := sorted({game.kind for game in games.values()})) > 1:
        raise InvalidGameError(f"games of a run must be of one kind, got {' and '.join(kinds)}")
    check_count("iterations", iterations, least=1, most=MOST_ITERATIONS)
    count = len(games) * len(presets) * prod(map(len, swept.values())) * len(seeds)
    if count > MOST_RUNS:
        raise InvalidGameError(f"at most {MOST_RUNS} runs are played together, got {brief(count)}")
    for name, values in swept.items():
        if len(set(map(repr, values))) < len(values) or not values:
            raise InvalidGameError(f"{name} must have different values, got {brief(list(values))}")
    for what, given in (("game", list(games)), ("preset", presets), ("seed", list(seeds))):
        if not given or len(set(given)) < len(given):
            raise InvalidGameError(f"a run needs different {what}s, got {brief(given)}")
    combinations = [
        (
            name,
            game,
            preset,
            Settings.of(preset, dict(zip(swept, values, strict=True)), kind=game.kind),
        )
        for (name, game), preset, values in product(
            games.items(), presets, product(*swept.values())
        )
    ]
    return [
        Spec(
            name=name,
            game=game,
            preset=preset,
            settings=settings,
            seed=seed,
            iterations=iterations,
        )
        for name, game, preset, settings in combinations
        for seed in seeds
    ]


def check_payoffs(name: str, game: Game) -> None:
    """Raise an InvalidGameError unless float64 can hold the payoffs, and products of two."""
    for player in ("leader", "follower"):
        low, high = _extremes(game, player)
        for what, size in (("payoffs", max(abs(low), abs(high))), ("range", high - low)):
            if size and not Fraction(1, LARGEST_PAYOFF) <= size <= LARGEST_PAYOFF:
                raise InvalidGameError(
                    f"{brief(name)}: the {player}'s {what} must be 0, or from 1e-150 to 1e150 in "
                    "size, for dynamics"
                )


def _extremes(game: Game, player: str) -> tuple[Fraction, Fraction]:
    """The least and the greatest payoff of a player."""
    if isinstance(game, GridworldGame):
        place = 0 if player == "leader" else 1
        outcomes = range(NO_ATTACK, len(game.targets))
        found = [game.payoffs(j, Fraction(c))[place] for j in outcomes for c in (0, 1)]
        return min(found), max(found)
    stages = game.stages if isinstance(game, MarkovGame) else (game,)
    tables = [getattr(stage, player) for stage in stages]  # refused beyond float64
    return (
        Fraction(min(float(table.min()) for table in tables)),
        Fraction(max(float(table.max()) for table in tables)),
    )


def check_room(runs: Sequence[Spec], parts: Sequence[Sequence[int]], *, logged: int) -> None:
    """Raise an InvalidGameError when the runs would not fit the memory, before it is taken."""
    count = len(runs) * min(runs[0].iterations, logged)
    if count > MOST_LOGGED:
        raise InvalidGameError(
            f"runs times logged iterations must be at most {MOST_LOGGED}, got {brief(count)}; "
            "log fewer iterations"
        )
    for part in parts:
        held = len(part) * _held(runs[part[0]])
        if held > MOST_HELD:
            raise InvalidGameError(
                f"{len(part)} runs of {runs[part[0]].name!r:.40} may hold {MOST_HELD} numbers at "
                f"once, got {held}; play fewer seeds at a time, or a smaller batch or network"
            )


def _held(run: Spec) -> int:
    """Numbers that one run holds at once, at the least: payoffs, what is sampled, a network."""
    settings, shape = run.settings, run.game.shape
    learned = settings.hidden**2 if "ppo" in (settings.leader, settings.follower) else 0
    searched = settings.rollouts if settings.search == "rollouts" else 0
    return prod(shape) + settings.batch + settings.chains + learned + searched


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


def check_count(name: str, value: Any, *, least: int, most: int = LARGEST - 1) -> None:
    """Raise an InvalidGameError unless ``value`` is an integer from ``least`` to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidGameError(f"{name} must be an integer of at least {least}, got {brief(value)}")
    if value > most:
        raise InvalidGameError(f"{name} must be at most {most}, got {brief(value)}")
