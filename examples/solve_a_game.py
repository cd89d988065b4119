"""A harbour and a smuggler: what the harbour can get by committing, exactly and with a proof."""

import stackel

harbour = stackel.BimatrixGame(
    [[1, -4, 0], [-3, 1, 0]],
    [[-2, 4, 0], [5, -3, 0]],
    name="harbour",
    leader_actions=["north", "south"],
    follower_actions=["north", "south", "stay"],
)
solution = stackel.solve(harbour)
sse = solution.sse

print("commit to", dict(zip(harbour.leader_actions, map(str, sse.leader_strategy), strict=True)))
print("the smuggler goes", harbour.follower_actions[sse.follower_action])
print(f"value {sse.leader_value}, certified: {sse.certified}")
print(f"guaranteed whatever breaks ties: {sse.inward.leader_value}")
print(f"without commitment: {solution.nash.equilibria[0].leader_value}")
print(f"learners: {solution.no_regret.class_}")
