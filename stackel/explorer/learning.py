"""Runs of two learners on a small game, begun at mixes that a person chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dynamics.learners import Hedge
from dynamics.learners.hedge import HedgeState
from dynamics.learners.ppo import PPO, PPOState
from dynamics.players import Network, Player, Tabular
from dynamics.prepare import prepare
from dynamics.record import Log, logged_iterations
from dynamics.settings import PRESETS, Settings
from dynamics.settings.sweep import Spec

if TYPE_CHECKING:
    from stackel.game import BimatrixGame, FloatArray
    from stackel.result import NoRegret

PAIRS = {
    "Hedge against Hedge": Settings(leader="hedge", follower="hedge", feedback="expected", batch=1),
    "PPO against Hedge (ALD)": PRESETS["ald"],
    "PPO against PPO": PRESETS["symmetric"],
}
"""Who learns against whom."""
INSIDE = 0.001
"""The least probability of a start: no learner leaves an action of probability 0 or 1."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Learning:
    """What a run did, at the iterations that were logged, I of them."""

    iterations: FloatArray
    """(I,)."""
    leader: FloatArray
    """The leader's mixes, (I, m); the first is the start."""
    follower: FloatArray
    """The follower's mixes, (I, n)."""
    payoff: FloatArray
    """The leader's expected payoff in the iteration, (I,)."""
    average: FloatArray
    """The leader's average so far, (I,)."""
    regret: FloatArray
    """The larger external regret per iteration so far, at least 0, (I,)."""

    def band(self, bounds: NoRegret) -> tuple[FloatArray, FloatArray]:
        """What the average of any play with this regret lies between, (I,) each."""
        low = float(bounds.lo) - float(bounds.k_lo) * self.regret
        return low, float(bounds.hi) + float(bounds.k_hi) * self.regret


def inside(mix: Sequence[float]) -> FloatArray:
    """The nearest mix of positive probabilities, as far as a start needs it.

    >>> inside((1.2, -0.2)).round(3).tolist()
    [0.999, 0.001]
    """
    clipped = np.clip(mix, INSIDE, None)
    return np.asarray(clipped / clipped.sum(), dtype=float)


def learn(
    game: BimatrixGame,
    pair: str,
    *,
    leader: Sequence[float],
    follower: Sequence[float],
    iterations: int,
    seed: int,
) -> Learning:
    """Play ``iterations`` of ``pair`` from the mixes ``leader`` (m,) and ``follower`` (n,)."""
    spec = Spec(
        name="explored",
        game=game,
        preset=pair,
        settings=PAIRS[pair],
        seed=seed,
        iterations=iterations,
    )
    ensemble = prepare([spec])
    state = ensemble.begin()
    state = replace(
        state,
        leader=begin_at(ensemble.leader, state.leader, inside(leader)),
        follower=begin_at(ensemble.follower, state.follower, inside(follower)),
    )
    log = Log(iterations=logged_iterations(iterations), values={})
    while state.iteration < iterations:
        state, joint = ensemble.step(state)
        place = log.place(state.iteration)
        if place is not None:
            log.write(place, ensemble.tally.measure(joint, state.total, state.iteration))
    found = {name: values[0] for name, values in log.values.items()}
    worst = np.maximum(found["leader_regret"], found["follower_regret"])
    return Learning(
        iterations=log.iterations.astype(float),
        leader=found["leader_policy"],
        follower=found["follower_policy"],
        payoff=found["leader_payoff"],
        average=found["leader_average"],
        regret=np.clip(worst / log.iterations, 0, None),
    )


def begin_at(player: Player, state: Any, mix: FloatArray) -> Any:
    """The player's first state, changed so that it begins with ``mix``."""
    wanted = torch.tensor(mix, dtype=torch.float64).log()
    if isinstance(player, Network) and isinstance(state, PPOState):
        return _network_at(player.learner, state, wanted)
    if (
        isinstance(player, Tabular)
        and isinstance(player.learner, Hedge)
        and isinstance(state, HedgeState)
    ):
        rate = player.learner.rate.at(state.round, state.gains.dtype)
        return replace(state, gains=(wanted - wanted.max()) / rate[..., None])
    raise TypeError(f"a start is known for Hedge and PPO, got {type(player).__name__}")


def _network_at(ppo: PPO, state: PPOState, wanted: torch.Tensor) -> PPOState:
    """The last bias of the policy network makes up for what its weights say."""
    weights = state.weights.clone()
    bias = ppo.policy.views(weights[:, : ppo.policy.size])[-1]
    logits, _ = ppo.look(weights)
    bias += wanted.to(bias) - logits[:, 0]
    logits, values = ppo.look(weights)
    return replace(state, weights=weights, logits=logits, values=values)
