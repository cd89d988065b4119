"""Stacked multi-layer perceptrons: one pair of networks a run, all parameters in one flat tensor.

A run's parameters are a row of a tensor (R, P), which optimisers treat as one vector; the layers
are views of it. Derivatives are written out: with one input a distinct observation they are a few
small products, and nothing of the size of a batch is ever stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import prod, sqrt

import torch
from torch import Tensor

from dynamics.stream import Stream

HIDDEN_GAIN = sqrt(2)
"""Scale of the orthogonal first weights of the hidden layers, as is usual with tanh and ReLU."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """The shape of a perceptron with two hidden layers of tanh units.

    Weights are (inputs, outputs) matrices, so that a layer is ``x @ weight + bias``.
    """

    inputs: int
    """Length d of an observation."""
    hidden: int
    """Width of both hidden layers."""
    outputs: int
    """Number of outputs."""

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of weight and bias of every layer, in order."""
        widths = (self.inputs, self.hidden, self.hidden, self.outputs)
        return tuple(s for a, b in pairwise(widths) for s in ((a, b), (b,)))

    @cached_property
    def size(self) -> int:
        """Number of parameters P."""
        return sum(map(prod, self.shapes))

    def views(self, flat: Tensor) -> list[Tensor]:
        """Weight, bias, weight, ... of every layer as views of ``flat`` (R, P)."""
        sizes = [prod(shape) for shape in self.shapes]
        parts = torch.split(flat, sizes, -1)
        return [part.view(-1, *s) for part, s in zip(parts, self.shapes, strict=True)]

    def start(self, stream: Stream, *, head_gain: float) -> Tensor:
        """First parameters (R, P): orthogonal weights, biases 0; the last layer scaled apart."""
        parts = []
        layers = list(zip(self.shapes[::2], (HIDDEN_GAIN, HIDDEN_GAIN, head_gain), strict=True))
        for number, ((rows, cols), gain) in enumerate(layers):
            weight = gain * orthogonal(stream.at(number), rows, cols)
            parts += [weight.flatten(-2), weight.new_zeros((len(weight), cols))]
        return torch.cat(parts, -1)

    def forward(self, layers: list[Tensor], x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Both hidden layers (R, S, h) and the outputs (R, S, outputs) at observations x (S, d)."""
        w1, b1, w2, b2, w3, b3 = layers
        first = torch.matmul(x, w1).add_(b1[:, None]).tanh_()
        second = torch.baddbmm(b2[:, None], first, w2).tanh_()
        return first, second, torch.baddbmm(b3[:, None], second, w3)

    def backward(
        self,
        layers: list[Tensor],
        x: Tensor,
        hidden: tuple[Tensor, Tensor],
        slope: Tensor,
        out: list[Tensor],
    ) -> None:
        """Write the derivatives into ``out``, given the loss's slope at the outputs, (R, S, o)."""
        first, second = hidden
        runs = len(slope)
        _outer(second, slope, out[4])
        torch.sum(slope, 1, out=out[5])
        slope = torch.bmm(slope, layers[4].mT).mul_(1 - second * second)
        _outer(first, slope, out[2])
        torch.sum(slope, 1, out=out[3])
        slope = torch.bmm(slope, layers[2].mT).mul_(1 - first * first)
        _outer(x.expand(runs, -1, -1), slope, out[0])
        torch.sum(slope, 1, out=out[1])


def _outer(x: Tensor, slope: Tensor, out: Tensor) -> None:
    """Write the sums over s of x_s outer slope_s into ``out``, which need not be contiguous."""
    if slope.shape[1] == 1:
        torch.mul(x.mT, slope, out=out)
    else:  # torch multiplies into a matrix of a larger tensor one run at a time
        out.copy_(torch.bmm(x.mT, slope))


def orthogonal(stream: Stream, rows: int, cols: int) -> Tensor:
    """Uniformly distributed matrices with orthonormal rows or columns, (R, rows, cols)."""
    tall, thin = max(rows, cols), min(rows, cols)
    normal = stream.normal(tall * thin).reshape(-1, tall, thin)
    q, r = torch.linalg.qr(normal.cpu())  # there, so that every device starts alike
    signed: Tensor = q * r.diagonal(dim1=-2, dim2=-1).sign()[:, None]
    return (signed if rows >= cols else signed.mT).to(normal.device)
