"""Tabular Q-learning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import torch
from torch import Tensor

from dynamics.learners.greedy import Ties, best_actions, play
from dynamics.learners.interface import Bandit
from dynamics.learners.rates import Schedule


@dataclass(frozen=True, eq=False, kw_only=True)
class Transition(Bandit):
    """A step of a Markov game: action and reward, and where they led."""

    next_state: Tensor
    """Shape ``shape``, int64."""
    ended: Tensor
    """Shape ``shape``, bool: the episode ended here, so that nothing follows the reward."""


@dataclass(frozen=True, eq=False, kw_only=True)
class QLearningState:
    """Values and visits, (*shape, states, n); the current state of each run; the next round."""

    values: Tensor
    visits: Tensor
    here: Tensor
    round: Tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class QLearning:
    r"""Estimate the value of every action from what it paid, and play the best estimate [1]_.

    .. math:: Q(s, a) \leftarrow Q(s, a) + \alpha_t \bigl(r + \delta \max_b Q(s', b) - Q(s, a)\bigr)

    With probability :math:`\varepsilon_t` it explores: an action drawn uniformly. A
    :class:`Bandit` feedback is an episode of one step, so the target is r alone.

    Notes
    -----
    *No regret bound*: greedy play can stay on a bad action for ever, since an action that is never
    tried keeps its first value. With every pair tried infinitely often and steps whose sum diverges
    and whose squares' sum converges (:math:`t^{-0.6}`: both, on visits), the values converge in a
    *stationary* environment [1]_; an opponent that learns is not one.

    Cost: O(n) a run and round, memory states x n a run.

    References
    ----------
    .. [1] C. J. C. H. Watkins and P. Dayan, "Q-learning", Machine Learning 8, 1992.

    Examples
    --------
    >>> learner = QLearning(explore=None, ties="last")
    >>> state = learner.init((), 2)
    >>> state = learner.update(state, Bandit(action=torch.tensor(1), reward=torch.tensor(2.0)))
    >>> state.values, learner.strategy(state)
    (tensor([[0., 2.]], dtype=torch.float64), tensor([0., 1.], dtype=torch.float64))
    """

    step: Schedule = Schedule(initial=1.0, power=0.6)  # noqa: RUF009 # frozen
    """Learning rate alpha_t."""
    clock: Literal["round", "visits"] = "round"
    """Whether t counts rounds or the visits of the pair (s, a)."""
    explore: Schedule | None = Schedule(initial=0.1)  # noqa: RUF009 # frozen
    """Probability of exploring in round t, at most 1; None: greedy."""
    ties: Ties = "first"
    """What to play when several actions have the best value."""
    discount: float = 0.0
    """Weight of the next state's value, from 0 to 1."""
    states: int = 1
    """Number of states; play starts in state 0."""
    start_value: float = 0.0
    """First value of every pair, in payoff units; above all payoffs it forces a try of each."""
    feedback: ClassVar[type] = Bandit

    def init(
        self,
        shape: tuple[int, ...],
        n: int,
        *,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str | None = None,
    ) -> QLearningState:
        """Nothing tried yet."""
        table = (*shape, self.states, n)
        return QLearningState(
            values=torch.full(table, self.start_value, dtype=dtype, device=device),
            visits=torch.zeros(table, dtype=torch.int64, device=device),
            here=torch.zeros(shape, dtype=torch.int64, device=device),
            round=torch.ones(shape, dtype=torch.int64, device=device),
        )

    def strategy(self, state: QLearningState) -> Tensor:
        """The mix in the current state: greedy, with exploration."""
        return _row(self.mixes(state), state.here)

    def mixes(self, state: QLearningState) -> Tensor:
        """The mix in every state, (*shape, states, n)."""
        greedy = play(best_actions(state.values), self.ties, state.values.dtype)
        if self.explore is None:
            return greedy
        chance = self.explore.at(state.round, state.values.dtype).clamp(max=1)[..., None, None]
        return (1 - chance) * greedy + chance / state.values.shape[-1]

    def update(self, state: QLearningState, feedback: Bandit) -> QLearningState:
        """Move the value of the pair just tried towards what it turned out to be worth."""
        dtype, n = state.values.dtype, state.values.shape[-1]
        target = feedback.reward.to(dtype)
        here = torch.zeros_like(state.here)
        if isinstance(feedback, Transition):
            here = feedback.next_state
            follows = _row(state.values, here).amax(-1)
            target = target + self.discount * torch.where(feedback.ended, 0.0, follows)
        pair = state.here * n + feedback.action
        visits = state.visits.flatten(-2)
        visits = visits.scatter_add(-1, pair[..., None], torch.ones_like(pair)[..., None])
        clock = state.round if self.clock == "round" else visits.gather(-1, pair[..., None])[..., 0]
        values = state.values.flatten(-2)
        old = values.gather(-1, pair[..., None])
        new = old + self.step.at(clock, dtype)[..., None] * (target[..., None] - old)
        return replace(
            state,
            values=values.scatter(-1, pair[..., None], new).reshape(state.values.shape),
            visits=visits.reshape(state.visits.shape),
            here=here,
            round=state.round + 1,
        )


def _row(table: Tensor, at: Tensor) -> Tensor:
    """Row ``at`` (shape) of tables (*shape, states, n)."""
    index = at[..., None, None].expand(*at.shape, 1, table.shape[-1])
    return table.gather(-2, index)[..., 0, :]
