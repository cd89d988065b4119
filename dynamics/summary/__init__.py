"""How runs ended: one row for all seeds of a game, an algorithm and a combination of settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

    from dynamics.leaves import Array

NEAR = 0.05
"""How close counts as there, as a share of the range of the leader's payoffs."""
OWN = frozenset({"game", "algorithm", "seed", "iteration"})
"""Coordinates that every dataset has; the others are swept settings."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Shares are of the seeds, 0 to 1; payoffs are the leader's; None: no exact value is known."""

    game: str
    algorithm: str
    settings: dict[str, Any]
    """The swept ones."""
    seeds: int
    average: float
    """Mean over the seeds of the average payoff at the last iteration."""
    spread: float
    """Standard deviation over the seeds of the same; 0 for one seed."""
    payoff: float
    """Mean over the seeds of the payoff of the last iteration."""
    value: float | None
    """V, the strong Stackelberg value."""
    pure: float | None
    """Value of the best pure commitment."""
    nash: float | None
    """The value nearest to ``average`` that an extreme Nash equilibrium has."""
    class_: str
    """Whether no-regret play reaches V: holds, may-fail, never, or not computed."""
    inside_band: float | None
    """Share whose average is inside the band at every logged iteration; None without a band."""
    reached: float | None
    """Share whose average ends near V."""
    ends_at_value: float | None
    """Share whose last payoff is near V."""
    ends_at_pure: float | None
    """Share whose last payoff is near ``pure``."""
    ends_at_nash: float | None
    """Share whose last payoff is near a value of an extreme Nash equilibrium."""

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        return {name.rstrip("_"): value for name, value in vars(self).items()}


def swept(data: xr.Dataset) -> list[str]:
    """The swept settings: coordinates of the runs beside game, algorithm and seed."""
    return [str(name) for name in data.coords if name not in OWN and data[name].dims == ("run",)]


def groups(data: xr.Dataset) -> Iterator[tuple[str, str, dict[str, Any], Array]]:
    """Game, algorithm, swept settings, and the numbers of the runs that differ in the seed only."""
    names = swept(data)
    keys = list(zip(*(data[name].values.tolist() for name in ("game", "algorithm", *names))))  # noqa: B905
    for key in dict.fromkeys(keys):
        members = np.array([number for number, own in enumerate(keys) if own == key])
        yield key[0], key[1], dict(zip(names, key[2:], strict=True)), members


def outcomes(data: xr.Dataset) -> tuple[Outcome, ...]:
    """The rows of the closing table, in the order of the runs."""
    return tuple(_outcome(data, *group) for group in groups(data))


def _outcome(
    data: xr.Dataset, game: str, algorithm: str, settings: dict[str, Any], members: Array
) -> Outcome:
    first = int(members[0])
    average = data.leader_average.values[members, -1]
    payoff = data.leader_payoff.values[members, -1]
    near = NEAR * float(data.leader_payoff_range[first])
    nash = data.nash_value.values[first]
    value, pure = (
        data.sse_value.values[first : first + 1],
        data.pure_value.values[first : first + 1],
    )
    class_ = str(data.no_regret_class.values[first])
    banded = class_ != "not computed"
    return Outcome(
        game=game,
        algorithm=algorithm,
        settings=settings,
        seeds=len(members),
        average=float(average.mean()),
        spread=float(average.std(ddof=1)) if len(members) > 1 else 0.0,
        payoff=float(payoff.mean()),
        value=_nearest(value, average),
        pure=_nearest(pure, average),
        nash=_nearest(nash, average),
        class_=class_,
        inside_band=float(data.inside_band.values[members].all(1).mean()) if banded else None,
        reached=_share(average, value, near),
        ends_at_value=_share(payoff, value, near),
        ends_at_pure=_share(payoff, pure, near),
        ends_at_nash=_share(payoff, nash, near),
    )


def _nearest(aims: Array, average: Array) -> float | None:
    """The aim nearest to the mean of the averages; NaN is none."""
    known = aims[~np.isnan(aims)]
    return float(known[np.abs(known - average.mean()).argmin()]) if len(known) else None


def _share(values: Array, aims: Array, near: float) -> float | None:
    """The share of the values that are near one of the aims."""
    known = aims[~np.isnan(aims)]
    if not len(known) or np.isnan(near):
        return None
    return float((np.abs(values[:, None] - known).min(1) <= near).mean())
