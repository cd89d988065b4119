"""AdamW on many runs at once, each with its own settings and its own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

MOMENTS = (0.9, 0.999)
"""Decay of the two moments, the authors' choice."""
ADAM_EPSILON = 1e-8
"""Added to the root of the second moment, the authors' choice."""
NORM_EPSILON = 1e-6
"""Added to a gradient's norm before it divides, as in torch's ``clip_grad_norm_``."""


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
    entrywise: Callable[..., None] = descend,
    runs: Sequence[tuple[Tensor, ...]] | None = None,
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
    runs : sequence, optional
        The :func:`rows` of the four tensors, on a CPU: then torch's own kernel passes over the
        memory once a step, which is several times as fast as once an operation.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """
    first, second = MOMENTS
    clock, dtype = step.to(torch.float64), weights.dtype
    norm = torch.linalg.vector_norm(slopes, dim=-1, keepdim=True)
    shrink = (max_norm.to(dtype) / (norm + NORM_EPSILON)).clamp(max=1)
    if runs is not None:
        one_pass(runs, shrink, clock, rate, weight_decay)
        return
    root = (1 - second**clock).sqrt()
    entrywise(
        weights,
        slopes,
        mean,
        square,
        shrink,
        (1 - rate * weight_decay).to(dtype),
        (rate * root / (1 - first**clock)).to(dtype),
        (ADAM_EPSILON * root).to(dtype),
    )


def rows(*tensors: Tensor) -> list[tuple[Tensor, ...]]:
    """The rows of weights, slopes and both moments of one run after another: views."""
    return list(zip(*(tensor.unbind() for tensor in tensors), strict=True))


def one_pass(
    runs: Sequence[tuple[Tensor, ...]],
    shrink: Tensor,
    clock: Tensor,
    rate: Tensor,
    weight_decay: Tensor,
) -> None:
    """The same as :func:`descend` by the kernel of torch's own optimiser, one run after another."""
    first, second = MOMENTS
    scales, clocks = shrink.reciprocal().flatten().float(), clock.flatten().float()
    rates, decays = rate.flatten().tolist(), weight_decay.flatten().tolist()
    each = zip(runs, scales.unbind(), clocks.unbind(), rates, decays, strict=True)
    for (w, g, m, v), scale, step, own_rate, own_decay in each:
        torch._fused_adamw_(
            [w],
            [g],
            [m],
            [v],
            [],
            [step],
            lr=own_rate,
            beta1=first,
            beta2=second,
            weight_decay=own_decay,
            eps=ADAM_EPSILON,
            amsgrad=False,
            maximize=False,
            grad_scale=scale,
        )
