"""What a setup hands to the loop."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from dynamics.arenas.interface import Arena
from dynamics.tally import Judge


@dataclass(frozen=True, eq=False, kw_only=True)
class Setup:
    """A batch of games, ready to be played and judged."""

    arena: Arena
    tally: Judge
    leader_span: Tensor
    """Range of what an episode may pay the leader, (R,)."""
    follower_span: Tensor
    """The same for the follower."""
    follower: str
    """Who follows on the arena: ``fixed`` where the follower is part of it."""


def span(payoffs: Tensor) -> Tensor:
    """Largest less least payoff of each run, (R,)."""
    flat = payoffs.flatten(1)
    return flat.amax(1) - flat.amin(1)
