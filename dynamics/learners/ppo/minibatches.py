"""The minibatches of an update, as the sums that its loss depends on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dynamics.stream import Stream
from stackel.errors import InvalidGameError

DEVIATION_FLOOR = 1e-8
"""Added to the deviation of a minibatch's advantages before it divides."""

LARGE = 64
"""Entries of a table beyond which indicators of all of them cost too much memory."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Minibatches:
    r"""Sums over the samples of each minibatch, divided by its size; U minibatches a run.

    The clipped loss of a sample with advantage :math:`\hat A` is
    :math:`-\min(\rho, 1 + \epsilon) \hat A` where :math:`\hat A > 0` and
    :math:`-\max(\rho, 1 - \epsilon) \hat A` where :math:`\hat A < 0`, and the ratio depends on
    observation and action alone: the sums of the positive and of the negative advantages of every
    (observation, action) say all that the loss needs.
    """

    gains: Tensor
    """Sums of the positive advantages, (R, U, S, n)."""
    losses: Tensor
    """Sums of the negative advantages, (R, U, S, n)."""
    visits: Tensor
    """Shares of the observations, (R, U, S)."""
    returns: Tensor
    """Sums of the returns, (R, U, S)."""

    @property
    def count(self) -> int:
        """How many there are, U."""
        return self.gains.shape[1]


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """K samples a run, and the order in which the minibatches of an update take them."""

    observation: Tensor
    """(R, K), int64."""
    action: Tensor
    """(R, K), int64."""
    advantage: Tensor
    """(R, K)."""
    returns: Tensor
    """(R, K)."""
    order: Tensor
    """Samples of each minibatch, (U, size), int64: the same in all runs."""

    def minibatches(self, *, observations: int, actions: int, normalise: bool) -> Minibatches:
        """The sums over each minibatch."""
        size = self.order.shape[1]
        drawn = self.advantage[:, self.order]
        if normalise and size > 1:
            drawn = drawn - drawn.mean(-1, keepdim=True)
            deviation = (drawn.square().sum(-1, keepdim=True) / (size - 1)).sqrt()
            drawn = drawn / (deviation + DEVIATION_FLOOR)
        drawn = drawn / size
        where = self.observation[:, self.order]
        pair = where * actions + self.action[:, self.order]
        shape = drawn.shape[:2]
        table = (*shape, observations, actions)
        return Minibatches(
            gains=sums(pair, drawn.clamp(min=0), observations * actions).reshape(table),
            losses=sums(pair, drawn.clamp(max=0), observations * actions).reshape(table),
            visits=sums(where, torch.full_like(drawn, 1 / size), observations),
            returns=sums(where, self.returns[:, self.order] / size, observations),
        )


def sums(index: Tensor, values: Tensor, count: int) -> Tensor:
    """The sums of ``values`` (..., K) by ``index`` (..., K): (..., ``count``).

    Small tables are products with indicators, which a GPU adds up in the same order every time.

    >>> sums(torch.tensor([0, 2, 0]), torch.tensor([1.0, 2.0, 3.0]), 3)
    tensor([4., 0., 2.])
    """
    if count > LARGE:
        empty = values.new_zeros((*values.shape[:-1], count))
        return empty.scatter_add(-1, index, values)
    indicators = index[..., None] == torch.arange(count, device=index.device)
    return (values[..., None, :] @ indicators.to(values.dtype))[..., 0, :]


def shuffled(samples: int, *, size: int, epochs: int, shuffle: Stream) -> Tensor:
    """All samples, anew for each epoch, cut into minibatches of ``size``: (U, size).

    ``shuffle`` is a stream of one key.

    Raises
    ------
    InvalidGameError
        When there are more samples than ``size`` and no multiple of it.
    """
    size = min(size, samples)
    if samples % size:
        raise InvalidGameError(
            f"a batch must be a multiple of the minibatch, got {samples} and {size}"
        )
    return shuffle.split(epochs).uniform(samples).argsort(-1).reshape(-1, size)
