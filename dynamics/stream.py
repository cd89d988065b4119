r"""Random numbers as a pure function of a run's seed and of a place in the run.

A generator that is stepped gives run 7 of a batch other numbers than run 7 alone, and its state
must be saved to go on. Here every number is the hash of (key, place, index), so that a run draws
the same numbers alone, in a batch, on another device and after a restart: the seed is all its
state. The hash is SplitMix64 [1]_ used as a counter.

References
----------
.. [1] G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators",
   OOPSLA 2014.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

GOLDEN = 0x9E3779B97F4A7C15 - 2**64
"""The odd constant that SplitMix64 counts in, as a signed 64-bit integer."""
MULTIPLIERS = (0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64)
"""The multipliers of its finaliser."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stream:
    """One stream of random numbers a run.

    Examples
    --------
    >>> stream = Stream.of_seeds([7, 8])
    >>> drawn = stream.at(3).uniform(5)
    >>> drawn.shape
    torch.Size([2, 5])
    >>> bool((Stream.of_seeds([8]).at(3).uniform(5) == drawn[1]).all())
    True
    """

    key: Tensor
    """One 64-bit key a run, shape (R,), int64."""

    @classmethod
    def of_seeds(cls, seeds: Sequence[int], *, device: torch.device | str | None = None) -> Stream:
        """The streams of the runs with these seeds, integers of at least 0."""
        words = [np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] for seed in seeds]
        keys = np.array(words, dtype=np.uint64).astype(np.int64)
        return cls(key=torch.from_numpy(keys).to(device))

    def at(self, *place: int) -> Stream:
        """The streams of a place: what they hold is independent of every other place's."""
        key = self.key
        for step in place:
            key = _hash(key + _offset(step))
        return replace(self, key=key)

    def split(self, count: int) -> Stream:
        """The streams of the places 0 to ``count`` - 1, of one run after another."""
        offsets = torch.tensor([_offset(step) for step in range(count)], device=self.key.device)
        return replace(self, key=_hash(self.key[:, None] + offsets).flatten())

    def uniform(self, count: int) -> Tensor:
        """``count`` numbers a run, uniform on the multiples of 2^-53 in [0, 1), (R, count)."""
        index = torch.arange(1, count + 1, device=self.key.device) * GOLDEN
        return _shift(_hash(self.key[:, None] + index), 11).to(torch.float64).mul_(2.0**-53)

    def normal(self, count: int) -> Tensor:
        """``count`` standard normal numbers a run, by the method of Box and Muller, (R, count)."""
        half = (count + 1) // 2
        drawn = self.uniform(2 * half)
        radius = (-2 * torch.log1p(-drawn[:, :half])).sqrt()
        angle = 2 * math.pi * drawn[:, half:]
        return torch.cat([radius * angle.cos(), radius * angle.sin()], -1)[:, :count]


def _offset(step: int) -> int:
    """What a key is moved by to get to a place."""
    return (step + 1) * GOLDEN % 2**63


def _hash(x: Tensor) -> Tensor:
    """SplitMix64's finaliser; 64-bit integers wrap."""
    x = _shift(x, 30).bitwise_xor_(x).mul_(MULTIPLIERS[0])
    x = _shift(x, 27).bitwise_xor_(x).mul_(MULTIPLIERS[1])
    return _shift(x, 31).bitwise_xor_(x)


def _shift(x: Tensor, bits: int) -> Tensor:
    """Shift right as if unsigned."""
    return (x >> bits).bitwise_and_((1 << (64 - bits)) - 1)
