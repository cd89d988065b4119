r"""Exact values of policies in Markov games, many runs at once.

Policies of the leader have shape (R, T, S, m), those of the follower (R, T, S, m, n): its mix may
depend on the leader's action, when that is seen. T is the horizon, or 1 for stationary policies of
a discounted game.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dynamics.learners.greedy import best_actions, play

MOST_ITERATIONS = 1000
"""Policy iterations at most; each strictly improves, and a few suffice in practice."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovTables:
    """R Markov games of one shape, in float64."""

    leader: Tensor
    """Payoffs of a stage, (R, S, m, n)."""
    follower: Tensor
    """(R, S, m, n)."""
    transition: Tensor
    """(R, S, m, n, S)."""
    start: Tensor
    """Distribution of the first state, (R, S)."""
    horizon: int | None
    """Stages; None for a discounted game."""
    discount: float
    """Weight of the next stage: 1 with a horizon."""

    @property
    def stages(self) -> int:
        """Stages that policies tell apart, T."""
        return self.horizon or 1

    def repeat(self, count: int) -> MarkovTables:
        """Every run ``count`` times in a row."""
        tables = (self.leader, self.follower, self.transition, self.start)
        leader, follower, transition, start = (x.repeat_interleave(count, 0) for x in tables)
        return MarkovTables(
            leader=leader,
            follower=follower,
            transition=transition,
            start=start,
            horizon=self.horizon,
            discount=self.discount,
        )

    def worths(self, leader: Tensor, follower: Tensor) -> tuple[Tensor, Tensor]:
        """What every pair of actions is worth to both if the policies follow, (R, T, S, m, n)."""
        chances = leader[..., None] * follower
        if self.horizon is None:
            moves = (chances[:, 0, ..., None] * self.transition).sum((2, 3))
            found = [
                self.next(pays, self._solve(moves, (chances[:, 0] * pays).sum((2, 3))))[:, None]
                for pays in (self.leader, self.follower)
            ]
            return found[0], found[1]
        worths: tuple[list[Tensor], list[Tensor]] = ([], [])
        for pays, into in zip((self.leader, self.follower), worths, strict=True):
            values = torch.zeros_like(self.start)
            for stage in reversed(range(self.horizon)):
                into.insert(0, self.next(pays, values))
                values = (chances[:, stage] * into[0]).sum((2, 3))
        return torch.stack(worths[0], 1), torch.stack(worths[1], 1)

    def values(self, leader: Tensor, follower: Tensor) -> tuple[Tensor, Tensor]:
        """What the policies pay both from the start, (R,) each."""
        chances = leader[:, 0, ..., None] * follower[:, 0]
        both = self.worths(leader, follower)
        first, second = (
            (self.start * (chances * worth[:, 0]).sum((2, 3))).sum(1) for worth in both
        )
        return first, second

    def next(self, pays: Tensor, values: Tensor) -> Tensor:
        """Payoffs of a stage and of what follows it: ``values`` (R, S) of the next state."""
        return pays + self.discount * (self.transition * values[:, None, None, None]).sum(-1)

    def replies(self, leader: Tensor, favour: float, observes: bool) -> tuple[Tensor, Tensor]:
        """What each of the follower's actions pays both if its best ones follow.

        Shape (R, T, S, m, n), or (R, T, S, 1, n) unless it ``observes`` the leader's action. Ties
        go to the leader (``favour`` 1), against it (-1), or to the first action (0).
        """
        if self.horizon is None:
            return self._stationary_replies(leader[:, 0], favour, observes)
        values = (torch.zeros_like(self.start), torch.zeros_like(self.start))
        found: tuple[list[Tensor], list[Tensor]] = ([], [])
        for stage in reversed(range(self.horizon)):
            mix = leader[:, stage]
            own = self._seen(self.next(self.follower, values[0]), mix, observes)
            other = self._seen(self.next(self.leader, values[1]), mix, observes)
            chosen = play(best_actions(favour * other, among=best_actions(own)), "first", own.dtype)
            values = (self._mean(own, chosen, mix), self._mean(other, chosen, mix))
            found[0].insert(0, own)
            found[1].insert(0, other)
        return torch.stack(found[0], 1), torch.stack(found[1], 1)

    def _stationary_replies(
        self, mix: Tensor, favour: float, observes: bool
    ) -> tuple[Tensor, Tensor]:
        """Policy iteration for the follower, and then for the leader over what is tied."""
        own = self._iterate(self.follower, mix, observes, torch.ones((), dtype=torch.bool))
        tied = best_actions(own)
        if not favour:
            first = play(tied, "first", own.dtype)
            other = self._evaluate(self.leader, mix, first, observes)
        else:
            other = favour * self._iterate(favour * self.leader, mix, observes, tied)
        return own[:, None], other[:, None]

    def _iterate(self, pays: Tensor, mix: Tensor, observes: bool, allowed: Tensor) -> Tensor:
        """What actions are worth when the best of those allowed follow, (R, S, m or 1, n)."""
        worth = self._seen(pays, mix, observes)
        allowed = allowed.to(worth.device).expand(worth.shape)
        chosen = play(best_actions(worth, among=allowed), "first", worth.dtype)
        for _ in range(MOST_ITERATIONS):
            worth = self._evaluate(pays, mix, chosen, observes)
            best = best_actions(worth, among=allowed)
            stays = (best & (chosen > 0)).any(-1, keepdim=True)
            if bool(stays.all()):
                break
            chosen = torch.where(stays, chosen, play(best, "first", worth.dtype))
        return worth

    def _evaluate(self, pays: Tensor, mix: Tensor, chosen: Tensor, observes: bool) -> Tensor:
        """What actions are worth when a stationary policy follows."""
        chances = mix[..., None] * chosen
        moves = (chances[..., None] * self.transition).sum((2, 3))
        values = self._solve(moves, (chances * pays).sum((2, 3)))
        return self._seen(self.next(pays, values), mix, observes)

    def _seen(self, worth: Tensor, mix: Tensor, observes: bool) -> Tensor:
        """The mean over the leader's action unless it is seen."""
        return worth if observes else (mix[..., None] * worth).sum(2, keepdim=True)

    def _mean(self, worth: Tensor, chosen: Tensor, mix: Tensor) -> Tensor:
        """The value of each state when a reply is chosen, (R, S)."""
        each = (worth * chosen).sum(-1)
        return (mix * each).sum(-1) if each.shape[-1] > 1 or mix.shape[-1] == 1 else each[..., 0]

    def _solve(self, moves: Tensor, pays: Tensor) -> Tensor:
        """Discounted values of a chain: moves (R, S, S), payoffs (R, S)."""
        identity = torch.eye(moves.shape[-1], dtype=moves.dtype, device=moves.device)
        found: Tensor = torch.linalg.solve(identity - self.discount * moves, pays)
        return found
