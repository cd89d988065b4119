"""Bayesian games: one leader, a follower whose type is drawn from a prior that both know.

The leader commits before the type is drawn; the follower sees the commitment and its own type.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from stackel.errors import InvalidGameError, brief
from stackel.game import BimatrixGame, ExactStrategy, read_labels
from stackel.matrix import MAX_ENTRIES, common_denominator, is_list, parse_number

MAX_TYPES = 10_000
"""Types a follower may have: each is a game of its own, and solvers take far fewer."""
PRIOR_TOLERANCE = Fraction(1, 10**9)
"""How far from 1 probabilities given as floats may sum: decimals such as 0.1 are not binary."""


class BayesianGame:
    r"""A leader against one of K follower types, with exact rational payoffs and prior.

    Parameters
    ----------
    leader : array_like, shape (m, n) or (K, m, n)
        Leader payoffs, one matrix for all types or one for each.
    follower : array_like, shape (K, m, n)
        Follower payoffs of each type; every type has the same n actions.
    prior : array_like, shape (K,)
        Probabilities of the types. Ints, Fractions and strings such as ``"1/3"`` must sum to
        exactly 1. When one of them is a float, a sum within 1e-9 of 1 is accepted, and the prior
        is divided by its exact sum.
    name, leader_actions, follower_actions, source : optional
        As in :class:`~stackel.game.BimatrixGame`.
    type_names : sequence of str, optional
        Labels of the K types.

    Raises
    ------
    InvalidGameError
        When a payoff matrix breaks a rule of :class:`~stackel.game.BimatrixGame`, the numbers of
        types or the shapes differ, or the prior is negative or does not sum to 1.

    Notes
    -----
    ``types[k]`` is the bimatrix game against type k, ``prior[k]`` its probability, and ``shape``
    is (K, m, n). A type of probability 0 is allowed; it does not move the leader's value.

    Examples
    --------
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], [0.7, 0.3])
    >>> game.shape, float(game.prior[0]), sum(game.prior)
    ((2, 2, 2), 0.7, Fraction(1, 1))
    >>> BayesianGame([[1]], [[[1]], [[2]]], ["1/3", "1/3"])
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: prior must sum to 1, got 2/3
    """

    kind = "bayesian"
    """What the game is called in files."""

    def __init__(
        self,
        leader: Any,
        follower: Any,
        prior: Any,
        *,
        name: str | None = None,
        leader_actions: Sequence[str] | None = None,
        follower_actions: Sequence[str] | None = None,
        source: str | None = None,
        type_names: Sequence[str] | None = None,
    ) -> None:
        follower_matrices = _matrices(follower, "follower")
        count = len(follower_matrices)
        if _depth(leader) == 3:
            leader_matrices = _matrices(leader, "leader")
            if len(leader_matrices) != count:
                raise InvalidGameError(
                    "leader and follower payoffs must have one matrix a type, "
                    f"got {len(leader_matrices)} and {count}"
                )
        else:
            leader_matrices = [leader] * count
        names = read_labels(type_names, count, "type_names")
        labels = names or tuple(f"type {k}" for k in range(count))
        types = []
        for label, a, b in zip(labels, leader_matrices, follower_matrices, strict=True):
            try:
                types.append(
                    BimatrixGame(
                        a,
                        b,
                        name=label if name is None else f"{name}, {label}",
                        leader_actions=leader_actions,
                        follower_actions=follower_actions,
                        source=source,
                    )
                )
            except InvalidGameError as error:
                raise InvalidGameError(f"{label}: {error}") from None
        m, n = types[0].shape
        for label, game in zip(labels, types, strict=True):
            if game.shape != (m, n):
                raise InvalidGameError(
                    f"{label}: every type must have shape {(m, n)}, got {game.shape}"
                )
        if count * m * n > MAX_ENTRIES:
            raise InvalidGameError(
                f"payoffs may have at most {MAX_ENTRIES} entries over all types, "
                f"got shape {(count, m, n)}"
            )
        self.types: tuple[BimatrixGame, ...] = tuple(types)
        self.prior: ExactStrategy = read_distribution(prior, count, where="prior", of="type")
        self.shape: tuple[int, int, int] = (count, m, n)
        self.name = name
        self.source = source
        self.type_names = names
        self.leader_actions: tuple[str, ...] | None = types[0].leader_actions
        self.follower_actions: tuple[str, ...] | None = types[0].follower_actions

    def header(self) -> dict[str, Any]:
        """Name, kind, shape and source: how results refer to the game."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "source": self.source,
        }

    def __repr__(self) -> str:
        count, m, n = self.shape
        return f"BayesianGame({self.name or 'unnamed'}, {count} types, {m} x {n})"


def _depth(payoffs: Any) -> int:
    """How deeply ``payoffs`` is nested, judged by its first entries; at most 3."""
    if hasattr(payoffs, "ndim"):
        return min(int(payoffs.ndim), 3)
    depth = 0
    while depth < 3 and isinstance(payoffs, Sequence) and not isinstance(payoffs, str | bytes):
        depth += 1
        payoffs = payoffs[0] if payoffs else None
        if hasattr(payoffs, "ndim"):
            return min(depth + int(payoffs.ndim), 3)
    return depth


def _matrices(payoffs: Any, player: str) -> list[Any]:
    """One matrix a type, not validated further."""
    if _depth(payoffs) != 3 or len(payoffs) == 0:
        raise InvalidGameError(
            f"{player} payoffs must be one matrix a type, shape (K, m, n) with K >= 1, "
            f"got {_depth(payoffs)} dimensions and {type(payoffs).__name__}"
        )
    if len(payoffs) > MAX_TYPES:
        raise InvalidGameError(
            f"{player} payoffs may be of at most {MAX_TYPES} types, got {len(payoffs)}"
        )
    return list(payoffs)


def read_distribution(given: Any, count: int, *, where: str, of: str) -> ExactStrategy:
    """Return ``count`` probabilities, one for each ``of``, as Fractions that sum to 1.

    Exact ones must sum to exactly 1. When one is a float, a sum within :data:`PRIOR_TOLERANCE` of
    1 is accepted, and all are divided by the exact sum; ``where`` is what an error calls them.

    >>> read_distribution(["1/3", "2/3"], 2, where="prior", of="type")
    (Fraction(1, 3), Fraction(2, 3))
    """
    if not is_list(given):
        raise InvalidGameError(f"{where} must be a list of probabilities, got {brief(given)}")
    if len(given) != count:
        raise InvalidGameError(f"{where} must have one entry a {of} ({count}), got {len(given)}")
    raw = given.tolist() if hasattr(given, "tolist") else list(given)
    parsed = [
        Fraction(parse_number(x, f"{where} [{k}]", "probabilities")) for k, x in enumerate(raw)
    ]
    for k, x in enumerate(parsed):
        if x < 0:
            raise InvalidGameError(
                f"{where} [{k}]: probabilities must be at least 0, got {brief(raw[k])}"
            )
    scale = common_denominator(parsed, where)
    total = Fraction(sum(x.numerator * (scale // x.denominator) for x in parsed), scale)
    slack = PRIOR_TOLERANCE if any(isinstance(x, float) for x in raw) else Fraction(0)
    if abs(total - 1) > slack:
        shown = float(total) if slack and total < 10**9 else total
        raise InvalidGameError(f"{where} must sum to 1, got {brief(shown)}")
    return tuple(x / total for x in parsed)
