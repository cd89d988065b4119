"""A leader that commits, against a follower that learns: nearly the Stackelberg value."""

from fractions import Fraction

import torch

import stackel
from dynamics.learners import Full, Hedge
from solvers.multiple_lp import multiple_lp

ROUNDS = 2000

game = stackel.load_game("table3/hero")
A, B = torch.tensor(game.leader), torch.tensor(game.follower)
for step in ("1/1000", "1/20", "1/5"):
    sse = multiple_lp(game, inward_epsilon=Fraction(step))
    p = torch.tensor([float(x) for x in sse.inward.leader_strategy], dtype=torch.float64)
    follower = Hedge().tuned(2, horizon=ROUNDS, reward_range=3)
    y, earned = follower.init((), 2), 0.0
    for _ in range(ROUNDS):
        earned += float(p @ A @ follower.strategy(y)) / ROUNDS
        y = follower.update(y, Full(rewards=p @ B))
    guaranteed = float(sse.inward.leader_value)
    print(f"step {step:>6}: earned {earned:.4f}, in the limit {guaranteed:.4f}")
print(f"Stackelberg value {sse.leader_value}; learners without commitment get -3/2")
