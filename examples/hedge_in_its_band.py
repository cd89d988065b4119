"""Two Hedge learners on a game in which no learners reach the Stackelberg value."""

import torch

import stackel
from dynamics.learners import Full, Hedge
from stackel.response import external_regrets

ROUNDS = 1000

game = stackel.BimatrixGame([[1, -4, 0], [-3, 1, 0]], [[-2, 4, 0], [5, -3, 0]], name="harbour")
A, B = torch.tensor(game.leader), torch.tensor(game.follower)
leader, follower = Hedge().anytime(2, reward_range=5), Hedge().anytime(3, reward_range=8)
x, y = leader.init((), 2), follower.init((), 3)
play = torch.zeros(2, 3, dtype=torch.float64)
for _ in range(ROUNDS):
    p, q = leader.strategy(x), follower.strategy(y)
    play += torch.outer(p, q) / ROUNDS
    x = leader.update(x, Full(rewards=A @ q))
    y = follower.update(y, Full(rewards=p @ B))

solution = stackel.solve(game, concept=["sse", "no_regret"])
band = solution.no_regret
epsilon = max(0.0, *external_regrets(game, play.tolist()))
low, high = band.lo - band.k_lo * epsilon, band.hi + band.k_hi * epsilon
average = float((A * play).sum())
print(f"no-regret class: {band.class_}; Stackelberg value {solution.sse.leader_value}")
print(f"band at regret {epsilon:.4f}: {low:.4f} to {high:.4f}; the average is {average:.4f}")
print("inside the band:", low <= average <= high)
