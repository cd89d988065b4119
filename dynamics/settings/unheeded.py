"""Settings that were given and that nothing reads: they would play the same runs again, silently.

What a run reads is found by watching: it is prepared with settings that note which of their fields
are asked for. So there is no list of who reads what that could be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

from dynamics.settings import Settings
from dynamics.settings.sweep import Spec, outline
from stackel.errors import InvalidGameError

NAMES = frozenset(field.name for field in fields(Settings))
Preparation = Callable[[Spec], object]


class Watched(Settings):
    """Settings that note which of their fields are read."""

    read: set[str]

    @classmethod
    def of_settings(cls, settings: Settings) -> Watched:
        """The same settings, none of them read yet."""
        made = object.__new__(cls)
        made.__dict__.update(vars(settings), read=set())
        return made

    def __getattribute__(self, name: str) -> Any:
        if name in NAMES:
            self.read.add(name)
        return super().__getattribute__(name)


def read_by(run: Spec, prepare: Preparation) -> frozenset[str]:
    """The settings that ``prepare`` reads of a run."""
    watched = Watched.of_settings(run.settings)
    prepare(replace(run, settings=watched))
    return frozenset(watched.read)


def refuse_unheeded(
    runs: Sequence[Spec], given: Mapping[str, Sequence[Any]], prepare: Preparation
) -> None:
    """Raise where a setting that was given changes nothing.

    One that has several values must be read by all runs, since some would be the same otherwise;
    one that has a single value by some run, since it may be meant for one preset of several.

    Raises
    ------
    InvalidGameError
        With the setting, its value, who does not read it, and the nearest settings that are read.
    """
    if not given:
        return
    kinds = {(run.game.kind, *run.mould[len(outline(run.game)) :]): run for run in runs}
    reads = [(run, read_by(run, prepare)) for run in kinds.values()]
    for name, values in given.items():
        without = [(run, read) for run, read in reads if name not in read]
        if without and (len(values) > 1 or len(without) == len(reads)):
            run, read = without[0]
            near = get_close_matches(name, sorted(read), n=4, cutoff=0.5)
            raise InvalidGameError(
                f"{name} has no effect on {run.preset} (leader {run.settings.leader}, follower "
                f"{run.settings.follower}), so it must not be set, got "
                f"{','.join(map(str, values))}; settings with an effect: "
                f"{', '.join(near or sorted(read))}"
            )
