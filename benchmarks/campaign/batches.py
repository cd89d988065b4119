"""Games of one shape solved together, as ``stackel.solve_batch`` does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

from campaign.games import Drawn
from campaign.ours import CANNOT_TELL, FLOAT, Known
from solvers.batch import BatchSolution, solve_batch

BATCH = "batch"
"""The name of the system."""
MAX_SYSTEMS = 210
"""Square systems C(m + n, m) of the largest games: 4 x 6 and 2 x 12."""


def fits(drawn: Drawn) -> bool:
    """Whether a batch takes the game at a reasonable cost."""
    m, n = drawn.shape
    return m == 2 or comb(m + n, m) <= MAX_SYSTEMS


def solve(games: Sequence[Drawn]) -> BatchSolution:
    """All games, which must have one shape."""
    return solve_batch([each.leader for each in games], [each.follower for each in games])


def faults(known: Known, found: BatchSolution, place: int) -> Iterator[str]:
    """What is wrong with the answer to one game of a batch."""
    value = float(found.leader_value[place])
    if not found.decided[place]:
        yield f"{CANNOT_TELL}: reports {value!r}, exact value {float(known.value)!r}"
    elif abs(Fraction(value) - known.value) > FLOAT * known.leader_range:
        yield f"value off: reports {value!r}, exact value {float(known.value)!r}"
