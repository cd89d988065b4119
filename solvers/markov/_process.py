"""What a player faces when the other one's policy is fixed: a Markov decision process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from stackel.bayesian import read_distribution
from stackel.errors import InvalidGameError, brief
from stackel.game import ExactStrategy
from stackel.markov import MarkovGame

Moves: TypeAlias = tuple[tuple[Mapping[int, Fraction], ...], ...]
"""``moves[s][j]``: the next states of positive probability, each with its own."""
Rewards: TypeAlias = tuple[ExactStrategy, ...]
"""``rewards[s][j]``: expected payoff of the stage."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DecisionProcess:
    """The follower's problem against one leader mix a state."""

    moves: Moves
    leader: Rewards
    follower: Rewards


def follower_process(game: MarkovGame, mixes: Sequence[ExactStrategy]) -> DecisionProcess:
    """The process that the follower faces when the leader plays ``mixes[s]`` in state s.

    >>> game = MarkovGame([[[[1]], [[1]]]], [[[0], [0]]], [[[1], [3]]])
    >>> follower_process(game, [(Fraction(1, 2), Fraction(1, 2))]).follower
    ((Fraction(2, 1),),)
    """
    moves = []
    leader: list[ExactStrategy] = []
    follower: list[ExactStrategy] = []
    for s, mix in enumerate(mixes):
        played = [(i, x) for i, x in enumerate(mix) if x]
        rows: list[Mapping[int, Fraction]] = []
        for j in range(game.shape[2]):
            row: dict[int, Fraction] = {}
            for i, x in played:
                for t, y in game.successors[s][i][j]:
                    row[t] = row.get(t, Fraction(0)) + x * y
            rows.append(row)
        moves.append(tuple(rows))
        for payoffs, collected in ((game.leader[s], leader), (game.follower[s], follower)):
            collected.append(
                tuple(
                    sum((x * payoffs[i][j] for i, x in played), Fraction(0))
                    for j in range(game.shape[2])
                )
            )
    return DecisionProcess(moves=tuple(moves), leader=tuple(leader), follower=tuple(follower))


def mean(move: Mapping[int, Fraction], values: Sequence[Fraction]) -> Fraction:
    """The expected value of the next state."""
    return sum((x * values[t] for t, x in move.items()), Fraction(0))


def read_stationary(
    policy: Any, states: int, actions: int, where: str
) -> tuple[ExactStrategy, ...]:
    """One exact mix a state; floats are the rationals they are, divided by their sum."""
    if isinstance(policy, str | Mapping) or not hasattr(policy, "__len__"):
        raise InvalidGameError(f"{where} must be one mix a state, got {brief(policy)}")
    if len(policy) != states:
        raise InvalidGameError(f"{where} must have one mix a state ({states}), got {len(policy)}")
    return tuple(
        read_distribution(mix, actions, where=f"{where} [{s}]", of="action")
        for s, mix in enumerate(policy)
    )


def read_stages(
    game: MarkovGame, policy: Any, actions: int, where: str
) -> tuple[tuple[ExactStrategy, ...], ...]:
    """A policy of a game with a horizon as mixes ``[t][s]``: a stationary one is repeated."""
    states, horizon = game.shape[0], game.horizon or 0
    if not is_staged(policy):
        return (read_stationary(policy, states, actions, where),) * horizon
    if len(policy) != horizon:
        raise InvalidGameError(f"{where} must have one part a stage ({horizon}), got {len(policy)}")
    return tuple(
        read_stationary(part, states, actions, f"{where} [{t}]") for t, part in enumerate(policy)
    )


def is_staged(policy: Any) -> bool:
    """Whether a policy is nested three deep: stages, states, actions."""
    level = policy
    for _ in range(3):
        if isinstance(level, str | Mapping) or not hasattr(level, "__len__") or not len(level):
            return False
        level = level[0]
    return True
