"""What a setup hands to the loop."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from dynamics.arenas.interface import Arena, Feedback
from dynamics.settings import Settings
from dynamics.tally import Judge

UNTOLD = frozenset({"ppo", "best-response"})
"""Players that are not told the reward of their every action."""


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


def feedback(settings: Settings) -> Feedback:
    """What tells the players their rewards; the setting is read only where somebody is told."""
    told = {settings.leader, settings.follower} - UNTOLD
    return settings.feedback if told else "expected"


def samples(settings: Settings) -> int:
    """From how many samples a best reply is found, 0: exactly; read only where there is one."""
    searches = settings.follower == "best-response" and settings.search == "rollouts"
    return settings.rollouts if searches else 0
