"""From the runs of a batch to the ensemble that plays them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from dynamics.arenas.committed import CommittedArena
from dynamics.arenas.interface import Arena
from dynamics.arenas.matrix import MatrixArena
from dynamics.blocks import block_length, block_replies, commitments
from dynamics.ensemble import Ensemble
from dynamics.roster import Entrant, learner, player
from dynamics.stream import Stream
from dynamics.sweep import Spec
from dynamics.tally import Tally


def prepare(runs: Sequence[Spec], *, device: torch.device | str = "cpu") -> Ensemble:
    """The ensemble of runs of one mould (see :func:`dynamics.sweep.batches`)."""
    settings = runs[0].settings
    leader_payoffs = _payoffs([run.game.leader for run in runs], device)
    follower_payoffs = _payoffs([run.game.follower for run in runs], device)
    arena: Arena
    if settings.inward > 0:
        arena = _committed(runs, leader_payoffs, follower_payoffs)
        follower = player("fixed", arena.follower, _entrants(runs, follower_payoffs))
    else:
        arena = MatrixArena(
            leader_payoffs=leader_payoffs,
            follower_payoffs=follower_payoffs,
            information=settings.information,
            feedback=settings.feedback,
            batch=settings.batch,
            memory=settings.memory,
            chains=settings.chains,
        )
        follower = player(settings.follower, arena.follower, _entrants(runs, follower_payoffs))
    return Ensemble(
        arena=arena,
        leader=player(settings.leader, arena.leader, _entrants(runs, leader_payoffs)),
        follower=follower,
        tally=Tally(leader_payoffs=leader_payoffs, follower_payoffs=follower_payoffs),
        stream=Stream.of_seeds([run.seed for run in runs], device=device),
        every=torch.tensor([run.settings.every for run in runs]),
        after=torch.tensor([run.settings.after for run in runs]),
    )


def _committed(
    runs: Sequence[Spec], leader_payoffs: Tensor, follower_payoffs: Tensor
) -> CommittedArena:
    """Blocks of every commitment, played once for each distinct game."""
    settings = runs[0].settings
    m, n = runs[0].game.shape
    device = leader_payoffs.device
    mixes = commitments(m, settings.inward).to(device)
    first = {id(run.game): number for number, run in reversed(list(enumerate(runs)))}
    each = list(first.values())
    places = [each.index(first[id(run.game)]) for run in runs]

    def followers(rounds: int) -> list[Entrant]:
        entrants = _entrants(runs, follower_payoffs)
        return [replace(entrants[number], horizon=rounds) for number in each]

    rounds = block_length(
        lambda rounds: learner(
            settings.follower, n, [replace(followers(rounds)[0], span=1.0)], device
        ),
        n,
        settings.inward,
    )
    inside = learner(settings.follower, n, followers(rounds), device)
    replies = block_replies(inside, mixes, follower_payoffs[each], rounds)[places]
    return CommittedArena(
        blocks=mixes[:, :, None] * replies[:, :, None],
        leader_payoffs=leader_payoffs,
        follower_payoffs=follower_payoffs,
        batch=settings.batch,
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
