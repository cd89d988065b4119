"""The best mix found so far in each game of a batch, and whether floats can be sure of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

    from solvers.batch import BatchSolution

INWARD = 1e-11
"""Weight moved to the inside of a reply's region, to see that it is there: moves the leader's value
by less than the tolerance, and the follower's lead over other replies by more than rounding."""
ROUNDING = 1e-14
"""Rounding of a payoff or probability, relative to the largest payoff or 1: with room to spare."""


class Best:
    """The best candidate so far of each game of a chunk."""

    def __init__(self, a: Floats, b: Floats, tolerance: float) -> None:
        import numpy as np

        self.a, self.b = a, b
        m, _, count = a.shape
        self.value = np.full(count, -np.inf)
        self.follower_value = np.full(count, -np.inf)
        self.strategy = [np.zeros(count) for _ in range(m)]
        self.action = np.zeros(count, dtype=np.intp)
        self.scale_b = _largest(b)
        self.slack_a = tolerance * _largest(a)
        self.slack_b = tolerance * self.scale_b
        self.blurred = min(a.shape[:2]) > 1 and a.shape[:2] != (2, 2)
        """Whether replies are compared after rounding; elsewhere they are as they are."""
        self.integral = (b == np.rint(b)).all(axis=(0, 1))
        self.certain = np.full(count, -np.inf)
        """The most that is surely earned."""
        self.doubt = np.full(count, -np.inf)
        """The most that ill-posed systems, whose solutions mean nothing, could stand for."""
        self.inside: dict[int, tuple[list[Floats], Floats]] = {}
        """Reply -> sum of the mixes found for it, and their number."""

    def offer(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Take the mix ``weights`` (row -> probability) with reply j wherever that is better."""
        import numpy as np

        value: Any = sum(x * self.a[i, j] for i, x in weights.items())
        earned: Any = sum(x * self.b[i, j] for i, x in weights.items())
        better = value >= self.value - self.slack_a
        better &= earned > self.follower_value + self.slack_b
        better |= value > self.value + self.slack_a
        better &= valid
        np.copyto(self.value, value, where=better)
        np.copyto(self.follower_value, earned, where=better)
        for i, kept in enumerate(self.strategy):
            np.copyto(kept, weights.get(i, 0.0), where=better)
        np.copyto(self.action, j, where=better)

    def sure(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Note that reply j is best at this mix or next to it, where ``valid``."""
        import numpy as np

        value: Any = sum(x * self.a[i, j] for i, x in weights.items())
        np.copyto(self.certain, value, where=valid & (value > self.certain))

    def doubt_about(self, ill: Any, support: tuple[int, ...], replies: tuple[int, ...]) -> None:
        """Note the most that the leader could get by these rows and replies, where ``ill``."""
        import numpy as np

        games = np.flatnonzero(ill)
        if len(games):
            most = np.maximum.reduce([self.a[i, j, games] for i in support for j in replies])
            self.doubt[games] = np.maximum(self.doubt[games], most)

    def collect(self, valid: Any, weights: dict[int, Floats], j: int) -> None:
        """Keep the mix as one at which j may be best."""
        import numpy as np

        if j not in self.inside:
            self.inside[j] = (
                [np.zeros_like(self.value) for _ in self.strategy],
                np.zeros_like(self.value),
            )
        total, number = self.inside[j]
        for i, x in weights.items():
            total[i] += np.where(valid, x, 0.0)
        number += valid

    def move_inward(self) -> None:
        """Be sure of the value where the reply leads next to the mix, towards all others found."""
        import numpy as np

        n = self.a.shape[1]
        for j, (total, number) in self.inside.items():
            mix = [
                (1 - INWARD) * x + INWARD * y / number
                for x, y in zip(self.strategy, total, strict=True)
            ]
            earned: list[Any] = [sum(x * self.b[i, k] for i, x in enumerate(mix)) for k in range(n)]
            leads: Any = self.action == j
            for k in range(n):
                if k != j:
                    twins = (self.b[:, k] == self.b[:, j]).all(axis=0)
                    leads &= twins | (earned[j] > earned[k] + ROUNDING * self.scale_b)
            np.copyto(self.certain, self.value, where=leads)

    def store(self, found: BatchSolution, part: slice) -> None:
        """Write this chunk into the solution of the whole batch."""
        found.leader_value[part] = self.value
        found.follower_value[part] = self.follower_value
        found.follower_action[part] = self.action
        for i, x in enumerate(self.strategy):
            found.leader_strategy[part, i] = x
        most = self.value + self.slack_a
        sure = (self.certain >= self.value - self.slack_a) & (self.doubt <= most)
        found.decided[part] = sure | (not self.blurred)


def _largest(payoffs: Floats) -> Floats:
    """Largest absolute payoff of each game; 1 where all are 0."""
    import numpy as np

    largest: Floats = np.abs(payoffs).max(axis=(0, 1))
    largest[largest == 0] = 1.0
    return largest
