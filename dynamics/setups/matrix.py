"""Matrix games, or games that are played as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dynamics.arenas.committed import CommittedArena
from dynamics.arenas.matrix import MatrixArena
from dynamics.blocks import block_length, block_replies, commitments
from dynamics.roster import Entrant, learner
from dynamics.settings.sweep import Spec
from dynamics.setups.interface import Setup, feedback, samples, span
from dynamics.tally import Judge, Tally


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """The games themselves."""
    leader, follower = stack_payoffs([run.game for run in runs], device)
    swap = runs[0].settings.swap_regret
    tally = Tally(leader_payoffs=leader, follower_payoffs=follower, swap=swap)
    return in_rounds(runs, leader, follower, tally)


def in_rounds(
    runs: Sequence[Spec], leader_payoffs: Tensor, follower_payoffs: Tensor, tally: Judge
) -> Setup:
    """Play the matrix games of these payoffs (R, m, n), in rounds or in blocks of them."""
    settings = runs[0].settings
    follower_span = span(follower_payoffs)
    arena: MatrixArena | CommittedArena
    if settings.inward > 0:
        arena = _committed(runs, leader_payoffs, follower_payoffs)
    else:
        arena = MatrixArena(
            leader_payoffs=leader_payoffs,
            follower_payoffs=follower_payoffs,
            information=settings.information,
            feedback=feedback(settings),
            batch=settings.batch,
            memory=settings.memory,
            chains=settings.chains if settings.memory else 1,
            samples=samples(settings),
        )
    return Setup(
        arena=arena,
        tally=tally,
        leader_span=span(leader_payoffs),
        follower_span=follower_span,
        follower="fixed" if settings.inward > 0 else settings.follower,
    )


def _committed(
    runs: Sequence[Spec], leader_payoffs: Tensor, follower_payoffs: Tensor
) -> CommittedArena:
    """Blocks of every commitment, played once for each distinct game."""
    settings = runs[0].settings
    _, m, n = follower_payoffs.shape
    device = leader_payoffs.device
    mixes = commitments(m, settings.inward).to(device)
    first = {id(run.game): number for number, run in reversed(list(enumerate(runs)))}
    each = list(first.values())
    places = [each.index(first[id(run.game)]) for run in runs]
    spans = span(follower_payoffs).tolist()

    def followers(rounds: int, spans: Sequence[float]) -> list[Entrant]:
        return [
            Entrant(settings=runs[number].settings, horizon=rounds, span=spans[number])
            for number in each
        ]

    ones = [1.0] * len(runs)
    rounds = block_length(
        lambda rounds: learner(settings.follower, n, followers(rounds, ones)[:1], device),
        n,
        settings.inward,
    )
    inside = learner(settings.follower, n, followers(rounds, spans), device)
    replies = block_replies(inside, mixes, follower_payoffs[each], rounds)[places]
    return CommittedArena(
        blocks=mixes[:, :, None] * replies[:, :, None],
        leader_payoffs=leader_payoffs,
        follower_payoffs=follower_payoffs,
        batch=settings.batch,
    )


def stack_payoffs(games: Sequence[Any], device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Both players' payoffs of matrix games of one shape, (R, m, n) each."""

    def stacked(tables: list[np.ndarray]) -> Tensor:
        return torch.from_numpy(np.stack(tables)).to(device)

    return stacked([game.leader for game in games]), stacked([game.follower for game in games])
