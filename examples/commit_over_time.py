"""A Markov game in which solving stage after stage misses the Stackelberg value."""

import stackel

solution = stackel.solve("reward_for_obedience")
stage_wise = solution.concepts["stage_wise"]

print(f"commitment to whole histories: {solution.sse.leader_value}")
print(f"one stage after another:       {stage_wise.leader_value}")
