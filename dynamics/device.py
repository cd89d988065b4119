"""Where runs are played."""

from __future__ import annotations

import os
import re

import torch

from stackel.errors import InvalidGameError, brief

DEVICES = "cpu|cuda(:[0-9]{1,3})?"
"""What a device is called; torch has others, on which not all that is needed works."""
WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
"""Without it cuBLAS sums in an order that may differ from one time to the next."""


def check_device(name: str) -> str:
    """``name`` when torch can play there; prepared so that the same runs have the same bits.

    >>> check_device("cpu")
    'cpu'

    Raises
    ------
    InvalidGameError
        When torch knows no such device or finds none.
    """
    if not re.fullmatch(DEVICES, str(name)):
        raise InvalidGameError(
            f"runs cannot be played on {brief(name)}: a device is cpu, cuda, or such as cuda:1"
        )
    try:
        if name != "cpu":
            os.environ.setdefault(WORKSPACE, ":4096:8")
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InvalidGameError(f"runs cannot be played on {brief(name)}: {reason}") from None
    return name
