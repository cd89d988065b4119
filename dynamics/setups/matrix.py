"""Matrix games."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dynamics.arenas.matrix import MatrixArena
from dynamics.settings import Settings
from dynamics.setups.interface import Setup, span
from dynamics.sweep import Spec
from dynamics.tally import Tally


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """The games themselves."""
    leader, follower = stack_payoffs([run.game for run in runs], device)
    return Setup(
        arena=matrix_arena(leader, follower, runs[0].settings),
        judge=Tally(leader_payoffs=leader, follower_payoffs=follower),
        leader_span=span(leader),
        follower_span=span(follower),
    )


def matrix_arena(leader: Tensor, follower: Tensor, settings: Settings) -> MatrixArena:
    """The arena of payoffs (R, m, n) with these settings."""
    return MatrixArena(
        leader_payoffs=leader,
        follower_payoffs=follower,
        information=settings.information,
        feedback=settings.feedback,
        batch=settings.batch,
        memory=settings.memory,
        chains=settings.chains,
    )


def stack_payoffs(games: Sequence[Any], device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Both players' payoffs of matrix games, or of the states of Markov games, (R, ...)."""

    def stacked(tables: list[np.ndarray]) -> Tensor:
        return torch.from_numpy(np.stack(tables)).to(device)

    return stacked([game.leader for game in games]), stacked([game.follower for game in games])
