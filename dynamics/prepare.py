"""From the runs of a batch to the ensemble that plays them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from dynamics.ensemble import Ensemble
from dynamics.roster import Entrant, player
from dynamics.settings.sweep import Spec
from dynamics.setups import gridworld, markov, matrix
from dynamics.setups.interface import Setup
from dynamics.stream import Stream
from stackel.errors import InvalidGameError

SETUPS: Mapping[str, Callable[[Sequence[Spec], torch.device | str], Setup]] = {
    "matrix": matrix.set_up,
    "gridworld": gridworld.set_up,
    "markov": markov.set_up,
}
"""Kind of game -> what sets a batch of them up."""


def prepare(runs: Sequence[Spec], *, device: torch.device | str = "cpu") -> Ensemble:
    """The ensemble of runs of one mould (see :func:`dynamics.settings.sweep.batches`).

    Raises
    ------
    InvalidGameError
        When games of the kind are not trained on, or not with these settings.
    """
    settings, kind = runs[0].settings, runs[0].game.kind
    if kind not in SETUPS:
        raise InvalidGameError(
            f"games that are trained on are {', '.join(SETUPS)}, got a {kind} game"
        )
    setup = SETUPS[kind](runs, device)
    arena, learns = setup.arena, setup.follower != "fixed"
    return Ensemble(
        arena=arena,
        leader=player(settings.leader, arena.leader, _entrants(runs, setup.leader_span)),
        follower=player(setup.follower, arena.follower, _entrants(runs, setup.follower_span)),
        tally=setup.tally,
        stream=Stream.of_seeds([run.seed for run in runs], device=device),
        every=torch.tensor([run.settings.every if learns else 1 for run in runs]),
        after=torch.tensor([run.settings.after if learns else 0 for run in runs]),
    )


def _entrants(runs: Sequence[Spec], spans: Tensor) -> list[Entrant]:
    return [
        Entrant(settings=run.settings, horizon=run.iterations, span=span)
        for run, span in zip(runs, spans.tolist(), strict=True)
    ]
