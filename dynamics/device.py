"""Where runs are played."""

from __future__ import annotations

import os

import torch

from stackel.errors import InvalidGameError

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
    try:
        if torch.device(name).type == "cuda":
            os.environ.setdefault(WORKSPACE, ":4096:8")
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InvalidGameError(f"runs cannot be played on {name!r:.40}: {reason}") from None
    return name
