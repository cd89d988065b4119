"""Whether PPO's update runs compiled, and with it the division of the runs among threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dynamics.learners.ppo.adamw import ADAM_EPSILON, MOMENTS, NORM_EPSILON
from dynamics.learners.ppo.memory import recycled
from dynamics.learners.ppo.minibatches import DEVIATION_FLOOR, Samples
from stackel.errors import InvalidGameError

if TYPE_CHECKING:
    from dynamics.learners.ppo import PPO, PPOState

MOST_OBSERVATIONS = 64
"""With more of them matrix products are faster: with this many both engines take the same time on
one core, with one the compiled loops take a fifth (measured at width 128)."""
PARTS_A_THREAD = 4
"""Pieces of work a thread: a core that others use delays the end by one piece at most."""


@cache
def compiler() -> str | None:
    """The version of numba; None without it."""
    if find_spec("numba") is None:
        return None
    import numba

    version: str = numba.__version__
    return version


def threads() -> int:
    """How many threads share the runs: OMP_NUM_THREADS, or the cores that this process may use."""
    import numba

    cores: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined, unused-ignore]
    named = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(named)) if named.isdigit() and int(named) > 0 else cores


def chosen(device: str) -> str:
    """What makes the optimiser steps of engine ``auto``, with its version, as a record says it."""
    version = compiler()
    if device != "cpu" or version is None:
        return "torch"
    return f"fused up to {MOST_OBSERVATIONS} observations, numba {version}"


def fuses(ppo: PPO, state: PPOState) -> bool:
    """Whether an update of this state runs compiled.

    Raises
    ------
    InvalidGameError
        When the engine is ``fused`` and it cannot: that needs numba, a CPU and single precision.
    """
    if ppo.engine == "torch":
        return False
    able = state.weights.device.type == "cpu" and state.weights.dtype == torch.float32
    able = able and compiler() is not None
    if ppo.engine == "fused" and not able:
        raise InvalidGameError(
            "engine fused needs numba, a CPU and single precision, got "
            f"numba {compiler()}, {state.weights.device} and {state.weights.dtype}"
        )
    return able and (ppo.engine == "fused" or len(ppo.features) <= MOST_OBSERVATIONS)


def improve(ppo: PPO, state: PPOState, samples: Samples) -> PPOState:
    """The state after all optimiser steps of an update.

    The runs are divided among :func:`threads`. No bit depends on the division.
    """
    from dynamics.learners.ppo import compiled_ppo

    new = [recycled(part) for part in (state.weights, state.mean, state.square)]
    new += [torch.empty_like(part) for part in (state.logits, state.values)]
    runs = len(state.weights)
    told = (samples.observation, samples.action, samples.advantage, samples.returns)
    arguments: tuple[Any, ...] = (
        tuple(part.numpy() for part in (state.weights, state.mean, state.square)),
        tuple(part.numpy() for part in new[:3]),
        tuple(part.numpy() for part in new[3:]),
        np.column_stack([ppo.features.numpy(), np.ones(len(ppo.features))]).astype(np.float32),
        ppo.hidden,
        tuple(part.contiguous().numpy() for part in told),
        samples.order.numpy(),
        ppo.normalise,
        state.steps.numpy(),
        ppo.numbers(state).numpy(),
        (*MOMENTS, ADAM_EPSILON, NORM_EPSILON, DEVIATION_FLOOR),
    )
    workers = min(threads(), runs)
    if workers == 1:
        compiled_ppo.improve(0, runs, *arguments)
    else:
        parts = min(PARTS_A_THREAD * workers, runs)
        cuts = [runs * part // parts for part in range(parts + 1)]
        with ThreadPoolExecutor(workers) as pool:
            ends = [
                pool.submit(compiled_ppo.improve, low, high, *arguments)
                for low, high in pairwise(cuts)
            ]
        for end in ends:
            end.result()
    weights, mean, square, logits, values = new
    return replace(
        state,
        weights=weights,
        mean=mean,
        square=square,
        steps=state.steps + len(samples.order),
        round=state.round + 1,
        logits=logits,
        values=values,
    )
