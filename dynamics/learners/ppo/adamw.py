"""AdamW on many runs at once, each with its own settings and its own clock."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MOMENTS = (0.9, 0.999)
"""Decay of the two moments, the authors' choice."""
ADAM_EPSILON = 1e-8
"""Added to the root of the second moment, the authors' choice."""
NORM_EPSILON = 1e-6
"""Added to a gradient's norm before it divides, as in torch's ``clip_grad_norm_``."""


def adamw(
    weights: Tensor,
    slopes: Tensor,
    mean: Tensor,
    square: Tensor,
    *,
    step: Tensor,
    rate: Tensor,
    weight_decay: Tensor,
    max_norm: Tensor,
    entrywise: Callable[..., None] | None = None,
) -> None:
    r"""One step of AdamW [1]_ on every row, in place; ``slopes`` is used up.

    With slopes g, shrunk to a norm of at most ``max_norm``, and step t = 1, 2, ...:

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
        w \leftarrow (1 - \alpha \lambda) w - \alpha
        \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}.

    Parameters
    ----------
    weights, slopes, mean, square : (R, P)
    step, rate, weight_decay, max_norm : (R, 1)
        t as an integer; :math:`\alpha`, :math:`\lambda` and the norm in double precision.
    entrywise : callable, optional
        :func:`descend`, or the same compiled.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """
    first, second = MOMENTS
    clock, dtype = step.to(torch.float64), weights.dtype
    root = (1 - second**clock).sqrt()
    norm = torch.linalg.vector_norm(slopes, dim=-1, keepdim=True)
    (entrywise or descend)(
        weights,
        slopes,
        mean,
        square,
        (max_norm.to(dtype) / (norm + NORM_EPSILON)).clamp(max=1),
        (1 - rate * weight_decay).to(dtype),
        (rate * root / (1 - first**clock)).to(dtype),
        (ADAM_EPSILON * root).to(dtype),
    )


def descend(
    weights: Tensor,
    slopes: Tensor,
    mean: Tensor,
    square: Tensor,
    shrink: Tensor,
    keep: Tensor,
    length: Tensor,
    floor: Tensor,
) -> None:
    """The part of a step that moves every entry by itself, with four numbers a run, (R, 1)."""
    first, second = MOMENTS
    slopes.mul_(shrink)
    mean.lerp_(slopes, 1 - first)
    square.mul_(second).addcmul_(slopes, slopes, value=1 - second)
    change = mean / torch.sqrt(square).add_(floor)
    weights.mul_(keep).addcmul_(change, -length)
