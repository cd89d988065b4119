"""What a learner of policies is told: sampled steps, and the advantages that they show."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

Setting = float | Tensor
"""A number for all runs, or a tensor (R,) with one a run."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rollout:
    """Steps that one player took, in R runs, E episodes side by side and L steps one after another.

    An episode that has not ended after L steps goes on in the next rollout.
    """

    observation: Tensor
    """Number of the observation before each step, (R, E, L), int64."""
    action: Tensor
    """(R, E, L), int64."""
    reward: Tensor
    """(R, E, L)."""
    ended: Tensor | None
    """Whether the episode ended with this step, (R, E, L), bool; None: each has one step."""
    last: Tensor | None = None
    """The observation after the last step, (R, E); None when all episodes have ended there."""


def column(setting: Setting, dims: int) -> Setting:
    """A setting made to broadcast against tensors (R, ...) of ``dims`` dimensions."""
    if not isinstance(setting, Tensor) or setting.dim() == 0:
        return setting
    return setting.reshape(-1, *(1,) * (dims - 1))


def advantages(
    rollout: Rollout, values: Tensor, *, discount: Setting, decay: Setting
) -> tuple[Tensor, Tensor]:
    r"""Generalised advantage estimates and the returns they imply, both (R, E, L) [1]_.

    .. math:: \hat A_t = \sum_{l \ge 0} (\gamma \lambda)^l \delta_{t + l}, \qquad
        \delta_t = r_t + \gamma V(o_{t+1}) - V(o_t),

    the sum ending with the episode; the return is :math:`\hat A_t + V(o_t)`.

    Parameters
    ----------
    values : Tensor
        The value V of every observation, (R, S).
    discount, decay : float or (R,)
        :math:`\gamma` and :math:`\lambda`.

    References
    ----------
    .. [1] J. Schulman et al., "High-dimensional continuous control using generalized advantage
       estimation", ICLR 2016.

    Examples
    --------
    >>> steps = torch.zeros((1, 1, 2), dtype=torch.int64)
    >>> ended = torch.tensor([[[False, True]]])
    >>> ones = torch.ones((1, 1, 2))
    >>> rollout = Rollout(observation=steps, action=steps, reward=ones, ended=ended)
    >>> advantages(rollout, torch.zeros((1, 1)), discount=0.5, decay=1.0)[0]
    tensor([[[1.5000, 1.0000]]])
    """
    here = _look_up(values, rollout.observation)
    if rollout.ended is None:
        return rollout.reward - here, rollout.reward
    going = (~rollout.ended).to(values.dtype)
    discount, decay = column(discount, 2), column(decay, 2)
    after = (
        torch.zeros_like(here[..., 0]) if rollout.last is None else _look_up(values, rollout.last)
    )
    found = torch.empty_like(here)
    advantage = torch.zeros_like(after)
    for step in reversed(range(here.shape[-1])):
        goes = going[..., step]
        delta = rollout.reward[..., step] + discount * after * goes - here[..., step]
        advantage = delta + discount * decay * goes * advantage
        found[..., step] = advantage
        after = here[..., step]
    return found, found + here


def _look_up(values: Tensor, observation: Tensor) -> Tensor:
    """The values (R, S) of observations (R, ...)."""
    return values.gather(-1, observation.flatten(1)).reshape(observation.shape)
