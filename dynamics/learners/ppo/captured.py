"""PPO's update on a GPU: the launches of all its steps are recorded once and replayed as one.

A step launches some eighty small kernels, and sixteen steps make an update: launched one by one
they leave the device waiting. AdamW's dozen passes over the parameters become one where torch can
compile for the device.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dynamics.learners.ppo import steps
from dynamics.learners.ppo.adamw import descend
from dynamics.learners.ppo.steps import Climb, after, climb_all

if TYPE_CHECKING:
    from dynamics.learners.ppo import PPO, PPOState

WARM_UP = 3
"""Updates made before the recording, as torch asks for: libraries set themselves up in them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Recording:
    """The steps of an update as one graph, bound to its own tensors."""

    climb: Climb
    graph: torch.cuda.CUDAGraph

    def replay(self, given: Climb) -> Climb:
        """All steps of ``given``; the result is a copy, which the next replay leaves alone."""
        for own, other in zip(tensors(self.climb), tensors(given), strict=True):
            own.copy_(other)
        self.graph.replay()
        return self.climb.copied()


def improve(ppo: PPO, state: PPOState, samples: Any) -> PPOState:
    """The state after all optimiser steps of an update; one by one where recording fails."""
    climb = Climb.of(ppo, state, samples)
    shape = tuple(tensor.shape for tensor in tensors(climb))
    if shape not in ppo.recordings:
        ppo.recordings[shape] = first_that_records(ppo, climb)
    recording = ppo.recordings[shape]
    if recording is None:
        return steps.improve(ppo, state, samples)
    return after(ppo, state, recording.replay(climb))


def first_that_records(ppo: PPO, like: Climb) -> Recording | None:
    """A recording with the entrywise part of AdamW compiled, else as it is; None: neither works."""
    ways: list[Callable[..., None]] = [descend]
    if find_spec("triton") is not None:
        ways.insert(0, torch.compile(descend, dynamic=False))
    for way in ways:
        try:
            return record(ppo, like, way)
        except RuntimeError as error:
            reason = str(error).strip().partition("\n")[0]
            warnings.warn(f"PPO's steps could not be recorded: {reason}", stacklevel=2)
    return None


def record(ppo: PPO, like: Climb, entrywise: Callable[..., None]) -> Recording:
    """Record the steps of updates of this shape."""
    climb: Climb = _copy(like)
    aside = torch.cuda.Stream()  # type: ignore[no-untyped-call, unused-ignore]
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(WARM_UP):
            climb_all(ppo, climb, entrywise)
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        climb_all(ppo, climb, entrywise)
    return Recording(climb=climb, graph=graph)


def tensors(climb: Any) -> list[Tensor]:
    """All tensors of a climb, in order."""
    if isinstance(climb, Tensor):
        return [climb]
    return [each for field in fields(climb) for each in tensors(getattr(climb, field.name))]


def _copy(part: Any) -> Any:
    if isinstance(part, Tensor):
        return part.clone()
    return replace(part, **{f.name: _copy(getattr(part, f.name)) for f in fields(part)})
