"""From the runs of a batch to the ensemble that plays them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from dynamics.arenas.matrix import MatrixArena
from dynamics.ensemble import Ensemble
from dynamics.roster import Entrant, player
from dynamics.stream import Stream
from dynamics.sweep import Spec
from dynamics.tally import Tally


def prepare(runs: Sequence[Spec], *, device: torch.device | str = "cpu") -> Ensemble:
    """The ensemble of runs of one mould (see :func:`dynamics.sweep.batches`)."""
    settings = runs[0].settings
    leader_payoffs = _payoffs([run.game.leader for run in runs], device)
    follower_payoffs = _payoffs([run.game.follower for run in runs], device)
    arena = MatrixArena(
        leader_payoffs=leader_payoffs,
        follower_payoffs=follower_payoffs,
        information=settings.information,
        feedback=settings.feedback,
        batch=settings.batch,
        memory=settings.memory,
        chains=settings.chains,
    )
    return Ensemble(
        arena=arena,
        leader=player(settings.leader, arena.leader, _entrants(runs, leader_payoffs)),
        follower=player(settings.follower, arena.follower, _entrants(runs, follower_payoffs)),
        tally=Tally(leader_payoffs=leader_payoffs, follower_payoffs=follower_payoffs),
        stream=Stream.of_seeds([run.seed for run in runs], device=device),
        every=torch.tensor([run.settings.every for run in runs]),
        after=torch.tensor([run.settings.after for run in runs]),
    )


def _payoffs(matrices: Sequence[np.ndarray], device: torch.device | str) -> Tensor:
    return torch.from_numpy(np.stack(matrices)).to(device)


def _entrants(runs: Sequence[Spec], payoffs: Tensor) -> list[Entrant]:
    flat = payoffs.flatten(1)
    spans = (flat.amax(1) - flat.amin(1)).tolist()
    return [
        Entrant(settings=run.settings, horizon=run.iterations, span=span)
        for run, span in zip(runs, spans, strict=True)
    ]
