r"""Finite general-sum Markov games: in every state both players move at once.

In state s the leader plays i and the follower j; they earn ``leader[s][i][j]`` and
``follower[s][i][j]``, and the next state is drawn from ``transition[s][i][j]``. Both see the state
and all past moves. ``S`` counts states, ``H`` stages, ``t`` is a stage, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, TypeAlias

from stackel.bayesian import read_distribution
from stackel.errors import InvalidGameError, brief
from stackel.game import BimatrixGame, ExactStrategy, Number
from stackel.markov_fields import (
    read_criterion,
    read_list,
    read_sizes,
    read_states,
    read_text,
)

Criterion: TypeAlias = Literal["finite", "discounted", "average"]
"""How a stream of stage payoffs is summed up."""
Payoffs: TypeAlias = tuple[tuple[ExactStrategy, ...], ...]
"""Exact numbers, shape (S, m, n)."""

MAX_TRANSITIONS = 2_000_000
"""Entries S m n S that the transition may have: some 200 MB of rationals."""


class MarkovGame:
    r"""A finite two-player Markov game with exact rational payoffs and probabilities.

    Parameters
    ----------
    transition : array_like, shape (S, m, n, S)
        Probabilities of the next state. Ints, Fractions and strings such as ``"1/3"`` must sum to
        exactly 1; where one of a row is a float, a sum within 1e-9 of 1 is accepted, and the row
        is divided by its exact sum.
    leader, follower : array_like, shape (S, m, n)
        Payoffs of one stage. Every state has the same m and n.
    start : int, str or array_like of shape (S,), default 0
        The first state, by number or name, or the distribution it is drawn from.
    horizon : int, optional
        H >= 1 stages are played, and a player's value is the expected sum of its payoffs.
    discount : number in [0, 1), optional
        Play never ends, and the value is :math:`\sum_t \gamma^t` times the payoff of stage t.
        With neither ``horizon`` nor ``discount`` it is the average payoff,
        :math:`\liminf_T \frac1T \sum_{t < T}` of the expected payoffs.
    name, source : str, optional
        As in :class:`~stackel.game.BimatrixGame`.
    states : int or sequence of str, optional
        Names of the S states, or S itself.
    leader_actions, follower_actions : sequence of str, optional
        Labels of the m and n actions.

    Raises
    ------
    InvalidGameError
        When sizes do not fit, a payoff is not a finite number, probabilities are negative or do
        not sum to 1, the horizon or discount breaks its rule or both are given, or S m n S is
        above :data:`MAX_TRANSITIONS`.

    Examples
    --------
    >>> stay_or_move = MarkovGame(
    ...     [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
    ...     leader=[[[0, 0]], [[0, 0]]], follower=[[[1, 0]], [[1, 0]]])
    >>> stay_or_move.shape, stay_or_move.criterion, stay_or_move.successors[0][0][1]
    ((2, 1, 2), 'average', ((1, Fraction(1, 1)),))
    >>> MarkovGame([[[["1/2"]]]], [[[1]]], [[[1]]])
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: transition [0][0][0] must sum to 1, got 1/2
    """

    kind = "markov"
    """What the game is called in files."""

    def __init__(
        self,
        transition: Any,
        leader: Any,
        follower: Any,
        *,
        start: Any = 0,
        horizon: int | None = None,
        discount: Any = None,
        name: str | None = None,
        source: str | None = None,
        states: int | Sequence[str] | None = None,
        leader_actions: Sequence[str] | None = None,
        follower_actions: Sequence[str] | None = None,
    ) -> None:
        count, m, n = read_sizes(leader)
        if count * m * n * count > MAX_TRANSITIONS:
            raise InvalidGameError(
                f"a Markov game may have at most {MAX_TRANSITIONS} transition entries S m n S, "
                f"got {count} x {m} x {n} x {count}"
            )
        stages = []
        for s, (a, b) in enumerate(
            zip(leader, read_list(follower, count, "follower"), strict=True)
        ):
            try:
                stage = BimatrixGame(
                    a, b, leader_actions=leader_actions, follower_actions=follower_actions
                )
            except InvalidGameError as error:
                raise InvalidGameError(f"state {s}: {error}") from None
            if stage.shape != (m, n):
                raise InvalidGameError(
                    f"state {s}: every state must have shape {(m, n)}, got {stage.shape}"
                )
            stages.append(stage)
        self.stages: tuple[BimatrixGame, ...] = tuple(stages)
        """The payoffs of each state as a matrix game."""
        self.shape: tuple[int, int, int] = (count, m, n)
        """S, m, n."""
        self.transition: tuple[tuple[tuple[ExactStrategy, ...], ...], ...] = tuple(
            tuple(
                tuple(
                    read_distribution(row, count, where=f"transition [{s}][{i}][{j}]", of="state")
                    for j, row in enumerate(read_list(rows, n, f"transition [{s}][{i}]"))
                )
                for i, rows in enumerate(read_list(block, m, f"transition [{s}]"))
            )
            for s, block in enumerate(read_list(transition, count, "transition"))
        )
        """Exact probabilities, shape (S, m, n, S)."""
        self.state_names: tuple[str, ...] | None = read_states(states, count)
        self.start: ExactStrategy = self._read_start(start)
        """Distribution of the first state, shape (S,)."""
        self.horizon: int | None
        self.discount: Fraction | None
        self.horizon, self.discount = read_criterion(horizon, discount)
        self.name: str | None = read_text(name, "name")
        self.source: str | None = read_text(source, "source")
        self.leader_actions: tuple[str, ...] | None = stages[0].leader_actions
        self.follower_actions: tuple[str, ...] | None = stages[0].follower_actions

    def _read_start(self, start: Any) -> ExactStrategy:
        count, names = self.shape[0], self.state_names
        if isinstance(start, str):
            if names is None or start not in names:
                known = "the states have no names" if names is None else brief(names)
                raise InvalidGameError(
                    f"start must be one of the states, got {brief(start)} ({known})"
                )
            start = names.index(start)
        if isinstance(start, int) and not isinstance(start, bool):
            if not 0 <= start < count:
                raise InvalidGameError(
                    f"start must be a state 0 to {count - 1}, got {brief(start)}"
                )
            return tuple(Fraction(s == start) for s in range(count))
        return read_distribution(start, count, where="start", of="state")

    @property
    def criterion(self) -> Criterion:
        """``finite`` with a horizon, ``discounted`` with a discount, ``average`` with neither."""
        if self.horizon is not None:
            return "finite"
        return "average" if self.discount is None else "discounted"

    @cached_property
    def leader(self) -> Payoffs:
        """Leader payoffs as Fractions, ``leader[s][i][j]``."""
        return tuple(_fractions(stage, "leader") for stage in self.stages)

    @cached_property
    def follower(self) -> Payoffs:
        """Follower payoffs as Fractions, ``follower[s][i][j]``."""
        return tuple(_fractions(stage, "follower") for stage in self.stages)

    @cached_property
    def successors(self) -> tuple[tuple[tuple[tuple[tuple[int, Fraction], ...], ...], ...], ...]:
        """``successors[s][i][j]``: the next states of positive probability, each with its own."""
        return tuple(
            tuple(
                tuple(tuple((t, x) for t, x in enumerate(row) if x) for row in rows)
                for rows in block
            )
            for block in self.transition
        )

    @cached_property
    def constant_sum(self) -> Fraction | None:
        """The c with leader + follower = c in every state and entry; None when there is none."""
        sums = {stage.constant_sum for stage in self.stages}
        return sums.pop() if len(sums) == 1 else None

    def from_start(self, values: Sequence[Number]) -> Fraction:
        """The mean of a value of each state over the first state."""
        return sum(
            (x * Fraction(v) for x, v in zip(self.start, values, strict=True) if x), Fraction(0)
        )

    def transpose(self) -> MarkovGame:
        """Return the game with the roles swapped: the column player leads."""
        count, m, n = self.shape
        return MarkovGame(
            [[[block[i][j] for i in range(m)] for j in range(n)] for block in self.transition],
            [[[b[i][j] for i in range(m)] for j in range(n)] for b in self.follower],
            [[[a[i][j] for i in range(m)] for j in range(n)] for a in self.leader],
            start=self.start,
            horizon=self.horizon,
            discount=self.discount,
            name=None if self.name is None else f"{self.name} (roles swapped)",
            source=self.source,
            states=self.state_names or count,
            leader_actions=self.follower_actions,
            follower_actions=self.leader_actions,
        )

    def header(self) -> dict[str, Any]:
        """Name, kind, shape and source: how results refer to the game."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "source": self.source,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the ``stackel-game/1`` form, with fractions as strings."""
        texts = {
            key: list(value) if isinstance(value, tuple) else value
            for key in ("name", "source", "leader_actions", "follower_actions")
            if (value := getattr(self, key)) is not None
        }
        fields: dict[str, Any] = {"format": "stackel-game/1", "kind": self.kind, **texts}
        fields["states"] = list(self.state_names) if self.state_names else self.shape[0]
        fields["start"] = self.start.index(1) if 1 in self.start else _plain(self.start)
        if self.horizon is not None:
            fields["horizon"] = self.horizon
        if self.discount is not None:
            fields["discount"] = _plain(self.discount)
        for key in ("leader", "follower", "transition"):
            fields[key] = _plain(getattr(self, key))
        return fields

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MarkovGame:
        """Read the ``stackel-game/1`` form; ``to_dict`` gives it back.

        Raises
        ------
        InvalidGameError
            When a field is missing, unknown, or breaks its rule.
        """
        body = {key: value for key, value in data.items() if key not in ("format", "kind")}
        for key in REQUIRED:
            if key not in body:
                raise InvalidGameError(
                    f"a Markov game must have {', '.join(REQUIRED)}, got no {key!r}"
                )
        for key in body:
            if key not in REQUIRED and key not in OPTIONAL:
                known = ", ".join((*REQUIRED, *OPTIONAL))
                raise InvalidGameError(f"a Markov game may have the keys {known}, got {brief(key)}")
        return cls(**body)

    def __repr__(self) -> str:
        count, m, n = self.shape
        span = {
            "finite": f"horizon {self.horizon}",
            "discounted": f"discount {self.discount}",
            "average": "average payoff",
        }[self.criterion]
        plural = "" if count == 1 else "s"
        return f"MarkovGame({self.name or 'unnamed'}, {count} state{plural}, {m} x {n}, {span})"


REQUIRED = ("states", "start", "transition", "leader", "follower")
"""Keys of a file, beside ``format`` and ``kind``."""
OPTIONAL = ("horizon", "discount", "name", "source", "leader_actions", "follower_actions")
"""Further keys: ``horizon`` or ``discount`` or, for average payoffs, neither."""


def _fractions(stage: BimatrixGame, player: str) -> tuple[ExactStrategy, ...]:
    exact = stage.leader_exact if player == "leader" else stage.follower_exact
    return tuple(tuple(Fraction(x, exact.scale) for x in row) for row in exact.rows)


def _plain(value: Any) -> Any:
    """JSON values: a number when whole, else a string such as ``"1/3"``."""
    if isinstance(value, tuple):
        return [_plain(x) for x in value]
    return value.numerator if value.denominator == 1 else str(value)
