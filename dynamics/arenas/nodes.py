r"""A gridworld whose attacker decides move by move: one mix for every time and cell.

*Counterfactual values.* At the decision node (t, x), or (i, t, x) when the allocation i is seen,
the value of a move is what it pays if the attacker's present policy follows, times the chance that
the others' choices let the node come about: that of i when it is seen, else 1, since no allocation
keeps the attacker from a cell. With :math:`Q_t(x, a)` these values and d* the distribution over
nodes of any fixed policy, the total regret for it is

.. math:: \sum_x \sum_t d^*(t, x) \sum_s \Bigl(\max_a - \pi_s\Bigr) \cdot Q_t^s(x, a),

s counting iterations: at most, summed over the times, the largest regret of a node [1]_.

References
----------
.. [1] M. Zinkevich, M. Johanson, M. Bowling and C. Piccione, "Regret minimization in games with
   incomplete information", NIPS 2007.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from dynamics.arenas.grid import Grid
from dynamics.arenas.interface import Play, Seen, Side, draw
from dynamics.arenas.matrix import MatrixArena
from dynamics.arenas.search import Outlook, best_moves, exact_wind, sampled_wind
from dynamics.learners.rollout import Rollout
from dynamics.stream import Stream
from solvers.gridworld.play import BLOWN, MOVE_NAMES

ROUNDS, WALKS = 0, 1
"""Places of the random numbers of rounds, and of the steps shown to a follower."""
WIND, DEFENDERS = 0, 1
"""Places of those of a search."""


@dataclass(frozen=True, eq=False, kw_only=True)
class NodesArena:
    """Allocations against moves on one map, in R runs.

    The attacker's policy decides how likely each outcome is, and so what the leader meets: the
    matrix game of allocations and outcomes. Its observations are the times and cells, row by row,
    in the order (allocation seen, time, cell), H C of them for each of W allocations (W = 1 when
    it is not seen).
    """

    table: MatrixArena
    """The matrix game of allocations and outcomes: the targets in order, then no attack."""
    grid: Grid
    coverage: Tensor
    """Which targets each allocation defends, (m, J)."""
    favour: float = 1.0
    """How a best reply breaks ties: 1 for the leader, -1 against it, 0 by the order of moves."""
    samples: int = 0
    """Samples at each state from which a best reply is searched; 0: it is exact."""
    chains: int = 0
    """Chains of episodes whose steps are shown to a follower that learns from steps, a divisor of
    the batch: in the place of an episode that ends the next one begins."""
    leader: Side = field(init=False)
    follower: Side = field(init=False)

    def __post_init__(self) -> None:
        features = _features(self.grid, self.coverage if self._observes else self.coverage[:0])
        object.__setattr__(self, "leader", self.table.leader)
        side = Side(features=features, actions=len(MOVE_NAMES), once=False)
        object.__setattr__(self, "follower", side)

    @property
    def _observes(self) -> bool:
        return self.table.information == "action"

    @property
    def _shape(self) -> tuple[int, int, int]:
        """Worlds W, times H, cells C."""
        worlds = len(self.coverage) if self._observes else 1
        return worlds, self.grid.horizon, self.grid.cells

    def begin(self, stream: Stream) -> Tensor:
        """What the rounds carry, then node and allocation of each chain: -1, none yet."""
        rounds = self.table.begin(stream.at(ROUNDS))
        return torch.cat([rounds, rounds.new_full((len(rounds), 2 * self.chains), -1)], 1)

    def play(
        self, carried: Tensor, leader: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Play]:
        """The rounds of the matrix game against the outcomes that the moves bring about."""
        runs = len(follower)
        moves = follower.reshape(runs, *self._shape, -1)
        split = carried.shape[1] - 2 * self.chains
        rounds, play = self.table.play(
            carried[:, :split], leader, self.outcomes(moves), stream.at(ROUNDS)
        )
        mix = play.joint.sum(2)
        walked, rollout = self._walk(carried[:, split:], mix, follower, stream.at(WALKS))
        return torch.cat([rounds, walked], 1), replace(
            play,
            follower=Seen(
                rewards=lambda: self._rewards(moves, self._weighted(play, mix)).flatten(1, 3),
                visited=self._visited(play),
                rollout=rollout,
            ),
        )

    def outcomes(self, moves: Tensor) -> Tensor:
        """Chance of each outcome under mixes (R, W, H, C, 5): (R, W, J + 1)."""
        grid, (worlds, horizon, cells) = self.grid, self._shape
        mixes = grid.blown(moves)
        here = moves.new_zeros((len(moves), worlds, cells))
        here[..., grid.start] = 1
        ends = []
        for time in range(horizon):
            mass = here[..., None] * mixes[:, :, time]
            here = torch.zeros_like(here)
            for move, to in enumerate(grid.to):
                here = here.index_add(-1, to, mass[..., move])
            ends.append(here[..., grid.targets])
            here = here.index_fill(-1, grid.targets, 0)
        return torch.cat([sum(ends[1:], ends[0]), here.sum(-1, keepdim=True)], -1)

    def replies(self, leader: Tensor, stream: Stream) -> tuple[Tensor, Tensor]:
        """What each move pays both when the best moves follow it, (R, S, 5) each."""
        outlook = self._sampled(leader, stream) if self.samples else self._exact(leader, stream)
        own, other = best_moves(self.grid, outlook, self.favour)
        return own.flatten(1, 3), other.flatten(1, 3)

    def _exact(self, leader: Tensor, stream: Stream) -> Outlook:
        own, other = self.table.replies(leader, stream)
        return Outlook(
            own=own[:, :, None, None],
            other=other[:, :, None, None],
            wind=exact_wind(self.grid, own),
        )

    def _sampled(self, leader: Tensor, stream: Stream) -> Outlook:
        """Allocations, where they are not seen, and winds drawn afresh for every state."""
        worlds, horizon, cells = self._shape
        count = worlds * horizon * cells
        shape = (len(leader), worlds, horizon, cells, -1)

        def levels(place: int) -> Tensor:
            return stream.at(place).uniform(count * self.samples).reshape(len(leader), count, -1)

        wind = exact_wind(self.grid, leader)
        if self.grid.wind:
            wind = sampled_wind(self.grid, levels(WIND)).reshape(shape)
        if self._observes:
            return replace(self._exact(leader, stream), wind=wind)
        shares = self.table.sampled_mix(leader, levels(DEFENDERS))
        tables = (self.table.follower_payoffs, self.table.leader_payoffs)
        own, other = ((shares @ table).reshape(shape) for table in tables)
        return Outlook(own=own, other=other, wind=wind)

    def _weighted(self, play: Play, mix: Tensor) -> Tensor:
        """What each outcome pays the follower, times the chance of what it sees, (R, W, J + 1)."""
        pays = play.follower.rewards()
        if not self._observes:
            return pays
        if self.table.feedback == "expected":
            return mix[..., None] * pays
        drawn = play.leader.rollout.action.flatten(1)
        counts = torch.zeros_like(mix).scatter_add(1, drawn, torch.ones_like(drawn).to(mix))
        return counts[..., None] / drawn.shape[1] * pays

    def _rewards(self, moves: Tensor, pays: Tensor) -> Tensor:
        """The counterfactual value of every move, (R, W, H, C, 5), by one backward pass."""
        grid = self.grid
        ends = grid.spread(pays)
        values, found = ends, []
        for time in reversed(range(grid.horizon)):
            worth = grid.worth(values)
            found.append(worth)
            alive = grid.target_at == len(grid.targets)
            values = torch.where(alive, (moves[:, :, time] * worth).sum(-1), ends)
        return torch.stack(found[::-1], 2)

    def _visited(self, play: Play) -> Tensor:
        """The nodes that some policy reaches, of the allocations that were met, (R, S)."""
        worlds, horizon, cells = self._shape
        met = play.follower.visited
        if self.table.feedback == "expected":
            met = torch.ones_like(met)
        nodes = met[:, :, None] & self.grid.reachable.reshape(-1)
        return nodes.reshape(len(met), worlds * horizon * cells)

    def _walk(
        self, carried: Tensor, mix: Tensor, follower: Tensor, stream: Stream
    ) -> tuple[Tensor, Rollout]:
        """Go on with the chains for as many moves as divide the batch among them."""
        grid, (_, horizon, cells) = self.grid, self._shape
        runs, chains = len(mix), self.chains
        moves = self.table.batch // chains if chains else 0
        levels = stream.uniform(3 * chains * moves).reshape(runs, 3, chains, moves)
        node, allocation = carried[:, :chains], carried[:, chains:]
        nothing = torch.zeros_like(node)
        pays, count = self.table.follower_payoffs.flatten(1), len(grid.targets)
        observation = node.new_zeros((runs, chains, moves))
        actions, rewards = torch.zeros_like(observation), levels[:, 0] * 0
        ends = torch.zeros_like(observation, dtype=torch.bool)
        for step in range(moves):
            chance, gust, fresh = levels[..., step].unbind(1)
            allocation = torch.where(node < 0, draw(mix[:, None], nothing, fresh), allocation)
            world = allocation if self._observes else nothing
            node = torch.where(node < 0, world * horizon * cells + grid.start, node)
            action = draw(follower, node, chance)
            moved = action
            if grid.wind:
                blown = (gust * (len(BLOWN) / grid.wind)).to(torch.int64)
                moved = torch.where(blown < len(BLOWN), blown, action)
            cell = grid.to[moved, node % cells]
            target = grid.target_at[cell]
            ended = (target < count) | (node // cells % horizon == horizon - 1)
            paid = pays.gather(1, allocation * (count + 1) + target)
            observation[..., step], actions[..., step], ends[..., step] = node, action, ended
            rewards[..., step] = torch.where(ended, paid, 0.0)
            node = torch.where(ended, -1, node - node % cells + cells + cell)
        return torch.cat([node, allocation], 1), Rollout(
            observation=observation,
            action=actions,
            reward=rewards,
            ended=ends,
            last=node.clamp(min=0),
        )


def _features(grid: Grid, coverage: Tensor) -> Tensor:
    """What networks see of each node: the cell, the share of time left, the defended targets."""
    worlds = max(len(coverage), 1)
    cells = torch.eye(grid.cells, device=grid.to.device)
    left = 1 - torch.arange(grid.horizon, device=grid.to.device) / grid.horizon
    shape = (worlds, grid.horizon, grid.cells, -1)
    parts = [cells.expand(shape), left[None, :, None, None].expand(shape)]
    if len(coverage):
        parts.append(coverage[:, None, None].to(cells.dtype).expand(shape))
    return torch.cat(parts, -1).flatten(0, 2)
