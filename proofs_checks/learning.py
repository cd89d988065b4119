"""The learners of the proofs, by their formulas: exact mixes, or balls where Hedge needs exp.

They are what claims about regret bounds are held against; training uses :mod:`dynamics.learners`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.balls import ball

if TYPE_CHECKING:
    from flint import arb

Rewards = Sequence[Sequence[Fraction | int]]
"""What each action pays in each round, shape (T, n)."""


def onto_simplex(y: Sequence[Fraction]) -> list[Fraction]:
    """The point of the simplex that is nearest to ``y``, exactly.

    >>> [str(x) for x in onto_simplex([Fraction(1), Fraction(1, 2), Fraction(-1)])]
    ['3/4', '1/4', '0']
    """
    total, cut = Fraction(0), Fraction(0)
    for count, value in enumerate(sorted(y, reverse=True), 1):
        total += value
        if value * count > total - 1:
            cut = (total - 1) / count
    return [max(x - cut, Fraction(0)) for x in y]


def gradient_mixes(rewards: Rewards, rate: Fraction) -> Iterator[list[Fraction]]:
    """Online gradient ascent on the simplex: mirror descent with the squared distance."""
    n = len(rewards[0])
    mix = [Fraction(1, n)] * n
    for paid in rewards:
        yield mix
        mix = onto_simplex([p + rate * x for p, x in zip(mix, paid, strict=True)])


def regret_matching_mixes(rewards: Rewards) -> Iterator[list[Fraction]]:
    """Play each action in proportion to its positive regret; uniformly while there is none."""
    n = len(rewards[0])
    regret = [Fraction(0)] * n
    for paid in rewards:
        positive = [max(x, Fraction(0)) for x in regret]
        total = sum(positive)
        mix = [x / total for x in positive] if total else [Fraction(1, n)] * n
        yield mix
        earned = sum((p * x for p, x in zip(mix, paid, strict=True)), start=Fraction(0))
        regret = [r + x - earned for r, x in zip(regret, paid, strict=True)]


def regret_of(mixes: Iterator[list[Fraction]], rewards: Rewards) -> Fraction:
    """External regret of ``mixes`` on ``rewards``, in all.

    >>> alternating = [(1, 0), (0, 1)] * 2
    >>> regret_of(gradient_mixes(alternating, Fraction(1, 2)), alternating)
    Fraction(1, 2)
    """
    earned = Fraction(0)
    for mix, paid in zip(mixes, rewards, strict=True):
        earned += sum((p * x for p, x in zip(mix, paid, strict=True)), start=Fraction(0))
    return max(sum(column, start=Fraction(0)) for column in zip(*rewards, strict=True)) - earned


def hedge_mixes(rewards: Rewards, rate: Callable[[int], arb]) -> Iterator[list[arb]]:
    """The mixes of Hedge, whose rate in round t = 1, 2, ... is ``rate(t)``."""
    gains = [Fraction(0)] * len(rewards[0])
    for t, paid in enumerate(rewards, 1):
        eta, best = rate(t), max(gains)
        weights = [(eta * ball(x - best)).exp() for x in gains]
        total = sum(weights, start=ball(0))
        yield [x / total for x in weights]
        gains = [x + y for x, y in zip(gains, paid, strict=True)]


def hedge_regret(rewards: Rewards, rate: Callable[[int], arb]) -> arb:
    """External regret of Hedge's mixes on ``rewards``.

    >>> from proofs_checks.balls import ball_below
    >>> print(ball_below("regret", hedge_regret([(1, 0)], lambda t: ball(1)), 1))
    regret = 0.50000 < 1
    """
    earned = ball(0)
    for mix, paid in zip(hedge_mixes(rewards, rate), rewards, strict=True):
        earned += sum((p * ball(x) for p, x in zip(mix, paid, strict=True)), start=ball(0))
    best = max(sum(column, start=Fraction(0)) for column in zip(*rewards, strict=True))
    return ball(best) - earned


def entropic_mixes(rewards: Rewards, rate: Callable[[int], arb]) -> Iterator[list[arb]]:
    """Mirror descent with the entropy: p times exp(rate(t) * rewards), normalised, after round t.

    With a constant rate it is Hedge; with falling rates early rewards keep their larger weight.
    """
    logits = [ball(0)] * len(rewards[0])
    for t, paid in enumerate(rewards, 1):
        weights = [(x - logits[0]).exp() for x in logits]
        total = sum(weights, start=ball(0))
        yield [x / total for x in weights]
        logits = [x + rate(t) * ball(y) for x, y in zip(logits, paid, strict=True)]
