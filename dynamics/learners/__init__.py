"""Learners: update rules over a batch of runs, one a file.

A learner is a frozen record of settings with three pure functions. ``init(shape, n, dtype=...,
device=...)`` gives the state, a frozen record of tensors, for a batch of ``shape`` runs with n
actions; ``strategy(state)`` the mixes played next, (*shape, n); ``update(state, feedback)`` the
state after the round. Feedback is :class:`Full` (every action's reward, true or estimated from a
batch) or :class:`Bandit` (the chosen action and its reward); the attribute ``feedback`` names it.
Learners draw no random numbers: :func:`sample` does, from an explicit ``torch.Generator``. So on a
CPU a run is the same alone and in a batch, bit for bit, and settings that are numbers may be
tensors, one a run. Learners with ``regret_bound`` state it with exact constants. A batch shape of
(runs, states) makes one learner a state, and :func:`select` updates some runs and leaves others.
"""

import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from stackel.errors import MissingExtraError

if find_spec("torch") is None:
    raise MissingExtraError("learners", "dynamics", "torch")

from dynamics.learners.best_response import BestResponse
from dynamics.learners.exp3 import Exp3
from dynamics.learners.fictitious_play import FictitiousPlay
from dynamics.learners.fixed import Fixed
from dynamics.learners.follow_the_leader import FollowTheLeader
from dynamics.learners.ftrl import RegularisedLeader
from dynamics.learners.hedge import Hedge
from dynamics.learners.interface import (
    Bandit,
    Full,
    Learner,
    NoRegretLearner,
    batch_estimates,
    one_hot,
    quantile,
    sample,
    select,
)
from dynamics.learners.omd import MirrorDescent
from dynamics.learners.optimistic_hedge import OptimisticHedge
from dynamics.learners.q_learning import QLearning, Transition
from dynamics.learners.rates import Schedule
from dynamics.learners.regret_matching import RegretMatching
from dynamics.learners.regret_matching_plus import RegretMatchingPlus
from dynamics.learners.script import Script
from dynamics.learners.swap_regret import NoSwapRegret

__all__ = [
    "LEARNERS",
    "Bandit",
    "BestResponse",
    "Exp3",
    "FictitiousPlay",
    "Fixed",
    "FollowTheLeader",
    "Full",
    "Hedge",
    "Learner",
    "MirrorDescent",
    "NoRegretLearner",
    "NoSwapRegret",
    "OptimisticHedge",
    "QLearning",
    "RegretMatching",
    "RegretMatchingPlus",
    "RegularisedLeader",
    "Schedule",
    "Script",
    "Transition",
    "batch_estimates",
    "one_hot",
    "quantile",
    "sample",
    "select",
]

LEARNERS: dict[str, Callable[[int, int, float], Learner[Any, Any]]] = {
    "hedge": lambda n, horizon, span: Hedge(rate=Schedule(initial=0.05 / span)),
    "hedge-tuned": lambda n, horizon, span: Hedge().tuned(n, horizon=horizon, reward_range=span),
    "hedge-paper": lambda n, horizon, span: Hedge(
        rate=Schedule(initial=math.sqrt(math.log(max(n, 2)) / horizon))
    ),
    "hedge-anytime": lambda n, horizon, span: Hedge().anytime(n, reward_range=span),
    "omd-entropy": lambda n, horizon, span: MirrorDescent(regulariser="entropy").tuned(
        n, horizon=horizon, reward_range=span
    ),
    "omd-euclidean": lambda n, horizon, span: MirrorDescent(regulariser="euclidean").tuned(
        n, horizon=horizon, reward_range=span
    ),
    "omd-euclidean-anytime": lambda n, horizon, span: MirrorDescent(
        regulariser="euclidean"
    ).anytime(n, reward_range=span),
    "ftrl-entropy": lambda n, horizon, span: RegularisedLeader(regulariser="entropy").tuned(
        n, horizon=horizon, reward_range=span
    ),
    "ftrl-euclidean": lambda n, horizon, span: RegularisedLeader(regulariser="euclidean").tuned(
        n, horizon=horizon, reward_range=span
    ),
    "ftrl-euclidean-anytime": lambda n, horizon, span: RegularisedLeader(
        regulariser="euclidean"
    ).anytime(n, reward_range=span),
    "optimistic-hedge": lambda n, horizon, span: OptimisticHedge().tuned(
        n, horizon=horizon, reward_range=span
    ),
    "regret-matching": lambda n, horizon, span: RegretMatching(),
    "regret-matching-plus": lambda n, horizon, span: RegretMatchingPlus(),
    "swap-regret": lambda n, horizon, span: NoSwapRegret().tuned(
        n, horizon=horizon, reward_range=span
    ),
    "exp3": lambda n, horizon, span: Exp3(largest_reward=span).tuned(
        n, horizon=horizon, reward_range=span
    ),
    "follow-the-leader": lambda n, horizon, span: FollowTheLeader(),
    "fictitious-play": lambda n, horizon, span: FictitiousPlay(),
    "q-learning": lambda n, horizon, span: QLearning(),
    "best-response": lambda n, horizon, span: BestResponse(),
    "fixed": lambda n, horizon, span: Fixed(mix=(1 / n,) * n),
    "script": lambda n, horizon, span: Script(actions=range(n)),
}
"""Name -> the learner for n actions, a horizon, and rewards from 0 to ``span``; ``hedge-paper`` has
the rate of the paper's Theorem 10."""
