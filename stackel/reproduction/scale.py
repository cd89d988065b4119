"""How much is run: the whole reproduction, or a quick look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stackel.errors import InvalidGameError, brief


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Sizes of all runs of a reproduction."""

    seeds: int = 10
    """Runs of everything; their seeds are 0, 1, ..."""
    iterations: int = 1000
    """T of all runs but those of ``long``."""
    long: int = 10_000
    """T of the Prisoner's Dilemma in Figure 3, which the paper calls slow."""
    gridworld: str = "gridworld"
    """The general-sum map."""
    zero_sum_gridworld: str = "gridworld-zero-sum"
    """The zero-sum map."""
    budget: str = "default"
    """Budget of the claims."""
    quick: bool = False
    """Whether this is the quick look, which every figure says."""

    @property
    def note(self) -> str:
        """What every figure says of the size of its runs."""
        short = "QUICK LOOK, NOT THE FULL REPRODUCTION: " if self.quick else ""
        size = f"{self.seeds} seeds, {self.iterations} iterations"
        return f"{short}mean and standard deviation of {size}"

    def to_dict(self) -> dict[str, Any]:
        """The sizes as JSON."""
        return dict(vars(self))


LARGEST = {"seeds": 10_000, "iterations": 10**8}
"""What is refused beyond: weeks of play."""
QUICK = Scale(
    seeds=3,
    iterations=150,
    long=600,
    gridworld="gridworld-small",
    zero_sum_gridworld="gridworld-zero-sum",
    budget="quick",
    quick=True,
)
"""Under two minutes on two cores."""


def scale(*, quick: bool, seeds: int | None, iterations: int | None) -> Scale:
    """The sizes asked for; seeds and iterations, where given, in the place of the preset ones.

    >>> scale(quick=False, seeds=2, iterations=None).seeds
    2

    Raises
    ------
    InvalidGameError
        When a count is not a positive integer.
    """
    from dataclasses import replace

    changed: dict[str, int] = {}
    for name, count in (("seeds", seeds), ("iterations", iterations)):
        if count is None:
            continue
        if type(count) is not int or not 1 <= count <= LARGEST[name]:
            raise InvalidGameError(
                f"{name} must be an integer from 1 to {LARGEST[name]}, got {brief(count)}"
            )
        changed[name] = count
    if iterations is not None:
        changed["long"] = 10 * iterations
    return replace(QUICK if quick else Scale(), **changed)  # type: ignore[arg-type]
