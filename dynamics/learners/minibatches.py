"""The minibatches of an update, as the sums that its loss depends on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dynamics.stream import Stream
from stackel.errors import InvalidGameError

DEVIATION_FLOOR = 1e-8
"""Added to the deviation of a minibatch's advantages before it divides."""


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


def minibatches(
    observation: Tensor,
    action: Tensor,
    advantage: Tensor,
    returns: Tensor,
    *,
    counts: tuple[int, int],
    size: int,
    epochs: int,
    normalise: bool,
    shuffle: Stream,
) -> Minibatches:
    """Shuffle K samples (R, K) anew for each epoch and cut them into minibatches of ``size``.

    ``shuffle``, a stream of one key, gives the order, one for all runs.

    Raises
    ------
    InvalidGameError
        When K is more than ``size`` and no multiple of it.
    """
    runs, samples = action.shape
    size = min(size, samples)
    if samples % size:
        raise InvalidGameError(
            f"a batch must be a multiple of the minibatch, got {samples} and {size}"
        )
    observations, n = counts
    shuffled = [shuffle.at(epoch).uniform(samples)[0].argsort() for epoch in range(epochs)]
    order = torch.cat(shuffled)
    shape = (runs, epochs * samples // size, size)
    drawn = advantage[:, order].reshape(shape)
    if normalise and size > 1:
        drawn = drawn - drawn.mean(-1, keepdim=True)
        deviation = (drawn.square().sum(-1, keepdim=True) / (size - 1)).sqrt()
        drawn = drawn / (deviation + DEVIATION_FLOOR)
    drawn = drawn / size
    pair = (observation * n + action)[:, order].reshape(shape)
    empty = drawn.new_zeros((*shape[:2], observations * n))
    gains = empty.scatter_add(-1, pair, drawn.clamp(min=0))
    losses = empty.scatter_add(-1, pair, drawn.clamp(max=0))
    table = (*shape[:2], observations, n)
    where = observation[:, order].reshape(shape)
    empty = drawn.new_zeros((*shape[:2], observations))
    share = drawn.new_full((1, 1, 1), 1 / size).expand(shape)
    return Minibatches(
        gains=gains.reshape(table),
        losses=losses.reshape(table),
        visits=empty.scatter_add(-1, where, share),
        returns=empty.scatter_add(-1, where, returns[:, order].reshape(shape) / size),
    )
