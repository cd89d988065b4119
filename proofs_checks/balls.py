"""Exponentials and logarithms in ball arithmetic: comparisons that pass are proved.

A ball (python-flint's ``arb``) is an interval that contains the exact number; rounding widens it.
``x < y`` is True only if every point of x is below every point of y.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.fact import Fact, written
from stackel.errors import ClaimError

if TYPE_CHECKING:
    from flint import arb


def ball(x: Fraction | int) -> arb:
    """The rational ``x``.

    >>> ball(Fraction(1, 3)) < ball(Fraction(1, 2))
    True
    """
    from flint import arb

    exact = Fraction(x)
    return arb(exact.numerator) / exact.denominator


def digits(x: arb) -> str:
    """The first digits of ``x``."""
    return str(x.str(5, radius=False))


def ball_below(what: str, found: arb, stated: arb | Fraction | int) -> Fact:
    """``what`` is the number in the ball ``found``, which is less than ``stated``.

    >>> print(ball_below("ln 2", ball(2).log(), Fraction(7, 10)))
    ln 2 = 0.69315 < 7/10
    """
    if isinstance(stated, int | Fraction):
        right, shown = ball(stated), written(stated)
    else:
        right, shown = stated, digits(stated)
    return Fact(says=f"{what} = {digits(found)} < {shown}", holds=bool(found < right))


def divergence(p: Sequence[Fraction | int], q: Sequence[Fraction | int]) -> arb:
    r"""The Kullback-Leibler divergence :math:`\sum_a p_a \ln (p_a / q_a)`; q > 0 where p > 0.

    >>> half = Fraction(1, 2)
    >>> print(ball_below("KL", divergence((1, 0), (half, half)), Fraction(7, 10)))
    KL = 0.69315 < 7/10

    Raises
    ------
    ClaimError
        When p or q is no distribution.
    """
    for mix in (p, q):
        if min(mix) < 0 or sum(mix) != 1:
            raise ClaimError(f"a divergence is between distributions, got {written(tuple(mix))}")
    terms = (ball(x) * (ball(x) / ball(y)).log() for x, y in zip(p, q, strict=True) if x)
    return sum(terms, start=ball(0))
