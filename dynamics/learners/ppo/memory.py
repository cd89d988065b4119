"""Memory of states that nobody holds any more, for the states that follow them.

Fresh memory costs a page fault every four kilobytes, a good part of the time of an update.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from weakref import finalize

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_SPARE: deque[NDArray[np.float32]] = deque(maxlen=6)
"""The weights and moments of two players."""


def recycled(like: Tensor) -> Tensor:
    """A tensor of single precision on the CPU, of the shape of another one, with anything in it."""
    found: NDArray[np.float32] | None = None
    with suppress(IndexError):
        for _ in range(len(_SPARE)):
            spare = _SPARE.popleft()
            if spare.shape == like.shape:
                found = spare
                break
            _SPARE.append(spare)
    own = np.empty(like.shape, np.float32) if found is None else found
    lent = own.view()
    finalize(lent, _SPARE.append, own).atexit = False
    return torch.from_numpy(lent)


def copied(tensor: Tensor) -> Tensor:
    """A copy of a tensor, in memory used before where there is some."""
    if tensor.device.type != "cpu" or tensor.dtype != torch.float32:
        return tensor.clone()
    return recycled(tensor).copy_(tensor)
