"""Train a pair on a gridworld, then let an outside attacker play against the learned coverage."""

import numpy as np

import stackel
from dynamics.settings.sweep import specs
from dynamics.train import train
from stackel.envs import BestResponder, FollowerEnv

game = stackel.load_game("gridworld-small")
known = stackel.solve(game)
for preset in ("ald", "hedge-hedge"):
    swept = {"attacker": ["nodes"], "eta": [0.1]}
    run = train(specs({"small": game}, [preset], swept=swept, seeds=[0], iterations=400)).isel(
        run=0
    )
    coverage = run.leader_average_policy[-1].values
    print(f"{preset}: the leader averages {float(run.leader_average[-1]):.2f}")
    print(
        f"  Nash {float(known.nash.leader_min):.2f}, commitment {float(known.sse.leader_value):.2f}"
    )

    attacker = BestResponder(game, [str(c) for c in coverage])
    env = FollowerEnv(game, leader=[str(c) for c in coverage])
    returns = []
    for episode in range(200):
        env.reset(seed=episode)
        terminated = False
        while not terminated:
            _, reward, terminated, _, _ = env.step(np.int64(attacker.act(env.episode)))
        returns.append(reward)
    print(
        f"  an exact attacker earns {np.mean(returns):.2f} against its average coverage, "
        f"{float(known.sse.follower_value):.2f} against the best commitment"
    )
