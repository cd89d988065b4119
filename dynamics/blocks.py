r"""Blocks: a commitment held for K rounds against a no-regret follower, and what it earns.

*Why a block teaches the leader the Stackelberg value.* Let a commitment p have one best reply j,
better than every other by g. A follower with regret at most C(K) after K rounds plays other replies
in a share of at most :math:`C(K) / (K g)` of them, since each costs it at least g. So the block's
average is p'A e_j up to that share of the leader's range. At a distance h from the border of j's
region the gap g is at least a constant times h, so with :math:`C(K) / K \le h^2`, in units of the
follower's range, the share is O(h), and what is lost by stepping inward is O(h) too: the best
block average tends to V with h when the region of the optimal reply has an interior, and to the
weak value otherwise. A learner of block averages therefore faces a bandit whose best arm is within
O(h) of the value of commitment: no play against the learner's round-by-round rewards has that.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import Any

import torch
from torch import Tensor

from dynamics.learners import Full, Hedge, NoRegretLearner
from stackel.errors import InvalidGameError

MOST_COMMITMENTS = 2000
"""Commitments that a leader may choose among: what a batch of a thousand blocks can explore."""
STEPS_INWARD = 3
"""Commitments to one inward step h: how finely the distance to the border can be chosen."""
LONGEST_BLOCK = 2_000_000
"""Rounds that a block may have: minutes of play, but for Hedge."""
NEGLIGIBLE = 1e-17
"""Weight beside the best reply's 1 that no longer counts, and the change of one."""
AT_ONCE = 2**20
"""Weights that are computed together: 8 MB."""


def commitments(m: int, inward: float) -> Tensor:
    """All mixes of m actions whose probabilities are multiples of one fraction, (N, m).

    The fraction is ``inward / STEPS_INWARD``, or the least that leaves at most
    ``MOST_COMMITMENTS`` mixes.

    >>> commitments(2, 1.0)
    tensor([[0.0000, 1.0000],
            [0.3333, 0.6667],
            [0.6667, 0.3333],
            [1.0000, 0.0000]], dtype=torch.float64)

    Raises
    ------
    InvalidGameError
        When even halves are too many.
    """
    parts = max(round(min(STEPS_INWARD / inward, MOST_COMMITMENTS)), 2)
    while parts > 2 and comb(parts + m - 1, m - 1) > MOST_COMMITMENTS:
        parts -= 1
    if comb(parts + m - 1, m - 1) > MOST_COMMITMENTS:
        raise InvalidGameError(
            f"a leader that commits may have at most {MOST_COMMITMENTS} mixes to choose from, "
            f"got {m} actions"
        )
    slots = parts + m - 1
    edges = [(-1, *bars, slots) for bars in combinations(range(slots), m - 1)]
    return (torch.tensor(edges).diff() - 1).to(torch.float64) / parts


def block_length(learner: Callable[[int], NoRegretLearner[Any, Any]], n: int, inward: float) -> int:
    r"""The fewest rounds K with :math:`C(K) / K \le h^2` for rewards of range 1, h = ``inward``.

    ``learner(K)`` is the follower for a block of K rounds. For the tuned Hedge this is
    :math:`\ln n / (2 h^4)`, rounded up.

    >>> from dynamics.learners import Hedge
    >>> block_length(lambda rounds: Hedge().tuned(2, horizon=rounds), 2, 0.1)
    3466

    Raises
    ------
    InvalidGameError
        When the follower has no regret bound, or a block would be longer than ``LONGEST_BLOCK``.
    """

    def enough(rounds: int) -> bool:
        bound = learner(rounds).regret_bound(rounds, n)
        return float(bound.max()) / rounds <= inward**2

    if not hasattr(learner(1), "regret_bound"):
        raise InvalidGameError(
            "blocks need a follower with a regret bound, such as hedge-tuned, "
            f"got {type(learner(1)).__name__}"
        )
    high = 1
    while not enough(high):
        high *= 2
        if high > LONGEST_BLOCK:
            raise InvalidGameError(
                f"a block may have at most {LONGEST_BLOCK} rounds; {type(learner(1)).__name__} "
                f"needs more for an inward step of {inward}"
            )
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def block_replies(
    learner: NoRegretLearner[Any, Full], commitments: Tensor, payoffs: Tensor, rounds: int
) -> Tensor:
    """The follower's average mix over a block of each commitment, (G, N, n).

    It starts anew with each block and is told the expected reward of every reply.

    Parameters
    ----------
    commitments : Tensor
        (N, m).
    payoffs : Tensor
        The follower's in G games, (G, m, n).
    """
    rewards = commitments @ payoffs
    if type(learner) is Hedge and not torch.as_tensor(learner.rate.power).any():
        rate = torch.as_tensor(learner.rate.initial, dtype=rewards.dtype, device=rewards.device)
        return exponential_weights(rate[..., None] * rewards, rounds)
    state = learner.init(rewards.shape[:2], rewards.shape[2], device=payoffs.device)
    total = torch.zeros_like(rewards)
    for _ in range(rounds):
        total += learner.strategy(state)
        state = learner.update(state, Full(rewards=rewards))
    return total / rounds


def exponential_weights(gains: Tensor, rounds: int) -> Tensor:
    r"""The mean over t = 0, ..., K - 1 of the mixes with weights :math:`e^{t g}`, g = ``gains``.

    So Hedge plays at a constant rate against a mix that does not move, g being the rate times the
    rewards. Rounds are taken many at once, as products of two powers, and a mix that will not
    change any more is counted for all that remain: most do settle, in a small part of a block.

    >>> exponential_weights(torch.tensor([0.0, 1.0], dtype=torch.float64), 2)
    tensor([0.3845, 0.6155], dtype=torch.float64)
    """
    slope = (gains - gains.amax(-1, keepdim=True)).reshape(-1, gains.shape[-1])
    total = torch.zeros_like(slope)
    together = min(max(AT_ONCE // slope.numel(), 1), rounds)
    steps = torch.arange(together, device=slope.device)[:, None]
    moving = torch.arange(len(slope), device=slope.device)
    powers = torch.exp(steps * slope[:, None])
    for start in range(0, rounds, together):
        now, left = torch.exp(start * slope[moving]), rounds - start
        fixed = (now < NEGLIGIBLE) | (-left * slope[moving] < NEGLIGIBLE)
        settled = fixed.all(-1)
        if settled.any():
            total[moving[settled]] += left * _normalised(now[settled])
            moving, powers, now = moving[~settled], powers[~settled], now[~settled]
        if len(moving) == 0:
            break
        total[moving] += _normalised(now[:, None] * powers[:, :left]).sum(1)
    return (total / rounds).reshape(gains.shape)


def _normalised(weights: Tensor) -> Tensor:
    return weights / weights.sum(-1, keepdim=True)
