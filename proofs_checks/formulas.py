"""Unknown games, mixes and plays as z3 reals, for proofs over all games of a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False, kw_only=True)
class Game:
    """All games of one shape: every payoff is an unknown real."""

    A: list[list[Any]]
    B: list[list[Any]]

    @property
    def shape(self) -> tuple[int, int]:
        """(m, n)."""
        return len(self.A), len(self.A[0])

    def against(self, p: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """What each column pays (the leader, the follower) against the leader's mix ``p``."""
        m, n = self.shape
        leader = [total(p[i] * self.A[i][j] for i in range(m)) for j in range(n)]
        follower = [total(p[i] * self.B[i][j] for i in range(m)) for j in range(n)]
        return leader, follower


def game(m: int, n: int) -> Game:
    """All m x n games."""
    return Game(A=matrix("A", m, n), B=matrix("B", m, n))


def matrix(name: str, m: int, n: int) -> list[list[Any]]:
    """An m x n matrix of unknown reals, called ``name11`` and so on."""
    import z3

    return [[z3.Real(f"{name}{i + 1}{j + 1}") for j in range(n)] for i in range(m)]


def vector(name: str, count: int) -> list[Any]:
    """Unknown reals, called ``name1`` and so on."""
    import z3

    return [z3.Real(f"{name}{i + 1}") for i in range(count)]


def is_mix(p: Sequence[Any]) -> list[Any]:
    """That ``p`` is a probability vector."""
    return [*(x >= 0 for x in p), total(p) == 1]


def is_best(follower: Sequence[Any], j: int) -> Any:
    """That column j is a best reply, given what each column pays the follower."""
    import z3

    return z3.And(*(follower[j] >= x for k, x in enumerate(follower) if k != j), True)


def total(terms: Any) -> Any:
    """The sum of z3 terms."""
    import z3

    return z3.Sum(*terms)


def dot(p: Sequence[Any], values: Sequence[Any]) -> Any:
    """The sum of products."""
    return total(x * y for x, y in zip(p, values, strict=True))
