"""Runs of the learning dynamics for claims about figures, each held to its exact band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from proofs_checks.budget import Budget
from proofs_checks.fact import Fact, fact

if TYPE_CHECKING:
    import xarray as xr

    from stackel.game import BimatrixGame


def runs(
    games: Sequence[BimatrixGame], preset: str, budget: Budget, *, iterations: int, batch: int = 64
) -> xr.Dataset:
    """Play a preset, the paper's settings but for the batch: 10 ms an iteration on one core.

    The engine that compiles nothing is asked for: compiling would take longer than the run.
    """
    from dynamics.settings.sweep import specs
    from dynamics.train import train

    return train(
        specs(
            {game.name or "game": game for game in games},
            [preset],
            swept={"batch": [batch], "engine": ["torch"]},
            seeds=[budget.rng("runs").randrange(2**31)],
            iterations=iterations,
        )
    )


def end_facts(
    data: xr.Dataset, ends: Sequence[tuple[float, float]], *, within: float
) -> Iterator[Fact]:
    """Where every run ends: its last policies pay ``ends`` to ``within``; it keeps to its band."""
    for number, (leader, follower) in enumerate(ends):
        one = data.isel(run=number)
        paid = [float(one[f"{side}_payoff"][-1]) for side in ("leader", "follower")]
        name, iterations = str(one["game"].values), int(one["iteration"][-1])
        near = all(abs(x - y) <= within for x, y in zip(paid, (leader, follower), strict=True))
        yield fact(
            f"{name}, {iterations} iterations: the last policies pay {paid[0]:.3f} and "
            f"{paid[1]:.3f}, near {leader:g} and {follower:g}; V = {float(one['sse_value']):g}",
            near,
        )
        average = float(one["leader_average"][-1])
        inside = bool(one["inside_band"].all())
        yield fact(f"the leader's average, {average:.3f} at the end, keeps to its band", inside)
