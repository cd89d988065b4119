r"""A leader that places its defenders one at a time, seeing those that it has placed.

Its mixes at every set of defended targets amount to one mix of allocations, with which the arena
inside is played. The value of a placement is what it pays if the leader's present mixes follow; as
nobody else acts meanwhile, this is its counterfactual value. The return of an episode comes with
the last placement.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from dynamics.arenas.interface import Arena, Play, Seen, Side
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream

ROUNDS, ORDERS = 0, 1
"""Places of the random numbers of the arena inside, and of the orders of placements."""


@dataclass(frozen=True, kw_only=True)
class Placements:
    """Sets of defended targets by the number of defenders placed, and where placements lead.

    An action is a target, or, the last one, a place where nothing is defended. A target that is
    defended already is read as the next action that is possible, cyclically. Nodes are numbered by
    turns; after the last turn they are the allocations.
    """

    nodes: tuple[tuple[int, frozenset[int]], ...]
    """(turn, targets defended) of every decision."""
    leads: tuple[tuple[int, ...], ...]
    """For every decision and action, the number of the node that follows."""

    @classmethod
    def of(cls, allocations: list[frozenset[int]], targets: list[int], turns: int) -> Placements:
        """All ways to the given allocations, sets of at most ``turns`` of the targets."""
        layers: list[list[frozenset[int]]] = [[frozenset()]]
        for _ in range(turns - 1):
            grown = [s | {j} for s in layers[-1] for j in targets] + layers[-1]
            layers.append(sorted(set(grown), key=lambda s: (len(s), sorted(s))))
        nodes = [(turn, s) for turn, layer in enumerate(layers) for s in layer]
        numbers = {node: number for number, node in enumerate(nodes)}
        numbers |= {(turns, s): len(nodes) + i for i, s in enumerate(allocations)}
        actions: list[int | None] = [*targets, None]
        leads = []
        for turn, s in nodes:
            after = []
            for first in range(len(actions)):
                cycle = actions[first:] + actions[:first]
                action = next(a for a in cycle if a is None or a not in s)
                after.append(numbers[turn + 1, s if action is None else s | {action}])
            leads.append(tuple(after))
        return cls(nodes=tuple(nodes), leads=tuple(leads))


@dataclass(frozen=True, eq=False, kw_only=True)
class SequentialArena:
    """An arena whose leader reaches its allocation in ``turns`` placements."""

    inside: Arena
    """Its leader observes nothing and chooses the allocation."""
    placements: Placements
    turns: int
    targets: int
    """Number of targets, J: what has been placed is shown as J indicators, and the turn."""
    leader: Side = field(init=False)
    follower: Side = field(init=False)

    def __post_init__(self) -> None:
        nodes = self.placements.nodes
        features = torch.tensor(
            [
                [*(float(j in s) for j in range(self.targets)), turn / self.turns]
                for turn, s in nodes
            ],
            device=self.inside.leader.features.device,
        )
        side = Side(features=features, actions=len(self.placements.leads[0]), once=self.turns == 1)
        object.__setattr__(self, "leader", side)
        object.__setattr__(self, "follower", self.inside.follower)

    def begin(self, stream: Stream) -> Tensor:
        """What the arena inside carries."""
        return self.inside.begin(stream.at(ROUNDS))

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """An iteration of the arena inside with the mix of allocations."""
        reach = self._reach(leader)
        carried, play = self.inside.play(carried, self._mix(reach), follower, stream.at(ROUNDS))
        return carried, replace(
            play,
            leader=Seen(
                rewards=lambda: self._rewards(leader, play.leader.rewards()[:, 0]),
                visited=reach[:, : self.leader.observations] > 0,
                rollout=self._orders(leader, reach, play.leader.rollout, stream.at(ORDERS)),
            ),
        )

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """Replies to the mix of allocations."""
        return self.inside.replies(self._mix(self._reach(leader)), stream)

    @cached_property
    def _leads(self) -> Tensor:
        """Where every action of every decision leads, (S, n)."""
        return torch.tensor(self.placements.leads, device=self.leader.features.device)

    def _reach(self, leader: Tensor) -> Tensor:
        """Chance of every decision, then of every allocation, (R, S + m)."""
        count, leads = self.leader.observations, self._leads
        reach = leader.new_zeros((len(leader), count + self.inside.leader.actions))
        reach[:, 0] = 1
        for turn in range(self.turns):
            rows = self._rows(turn)
            mass = (reach[:, rows, None] * leader[:, rows]).flatten(1)
            reach = reach.index_add(1, leads[rows].flatten(), mass)
        return reach

    def _rows(self, turn: int) -> slice:
        """The decisions of a turn."""
        turns = [t for t, _ in self.placements.nodes]
        return slice(turns.index(turn), len(turns) - turns[::-1].index(turn))

    def _mix(self, reach: Tensor) -> Tensor:
        """The mix of allocations, (R, 1, m)."""
        return reach[:, None, self.leader.observations :]

    def _rewards(self, leader: Tensor, worth: Tensor) -> Tensor:
        """The value of every placement, (R, S, n), given those of the allocations, (R, m)."""
        count, leads = self.leader.observations, self._leads
        values = torch.cat([worth.new_zeros((len(worth), count)), worth], 1)
        rewards = torch.empty_like(leader)
        for turn in reversed(range(self.turns)):
            rows = self._rows(turn)
            rewards[:, rows] = values[:, leads[rows]]
            values[:, rows] = (leader[:, rows] * rewards[:, rows]).sum(-1)
        return rewards

    def _orders(self, leader: Tensor, reach: Tensor, rounds: Rollout, stream: Stream) -> Rollout:
        """The placements that led to the allocations drawn: from the last one back to the first.

        Given a node, the step that led to it is one of a reached decision's with the chance of
        that step over the chance of the node, so that the order is as if it had been drawn first.
        """
        count, actions = self.leader.observations, self.leader.actions
        sources, ways = self._sources
        step_chances = (reach[:, :count, None] * leader).flatten(1)
        node = count + rounds.action.flatten(1)
        levels = stream.uniform(node.shape[1] * self.turns).reshape(*node.shape, self.turns)
        steps: list[Tensor] = []
        for turn in range(self.turns):
            into = sources[node]
            weights = torch.where(ways[node], _look(step_chances, into), 0.0).cumsum(-1)
            level = levels[..., turn, None] * weights[..., -1:]
            drawn = (weights <= level).sum(-1).clamp(max=weights.shape[-1] - 1)
            last = (weights < weights[..., -1:]).sum(-1)
            step = into.gather(-1, torch.minimum(drawn, last)[..., None])[..., 0]
            steps.insert(0, step)
            node = step // actions
        taken = torch.stack(steps, -1)
        reward = torch.zeros_like(taken).to(rounds.reward)
        reward[..., -1] = rounds.reward.flatten(1)
        ended = torch.zeros_like(taken, dtype=torch.bool)
        ended[..., -1] = True
        return Rollout(
            observation=taken // actions, action=taken % actions, reward=reward, ended=ended
        )

    @cached_property
    def _sources(self) -> tuple[Tensor, Tensor]:
        """The steps (decision times action) into every node, padded, and which are no padding."""
        into: list[list[int]] = [
            [] for _ in range(self.leader.observations + self.inside.leader.actions)
        ]
        for s, row in enumerate(self.placements.leads):
            for a, node in enumerate(row):
                into[node].append(s * len(row) + a)
        most = max(map(len, into))
        padded = [[*steps, *(0,) * (most - len(steps))] for steps in into]
        real = [[k < len(steps) for k in range(most)] for steps in into]
        device = self.leader.features.device
        return torch.tensor(padded, device=device), torch.tensor(real, device=device)


def _look(table: Tensor, at: Tensor) -> Tensor:
    """Entries (R, E, P) of a table (R, N)."""
    return table.gather(1, at.flatten(1)).reshape(at.shape)
