"""A security game on a grid: what it is worth, by what the attacker sees of the defenders."""

import stackel

solution = stackel.solve("gridworld")
sse, pure, nash = solution.sse, solution.pure.strong, solution.nash

print("chance that each target is defended:", *sse.coverage)
print("how to draw where the defenders stand:")
for allocation in sse.allocation_mix:
    print(f"  targets {allocation.defended_targets} with probability {allocation.probability}")
print(f"the attacker sees the mix:       {sse.leader_value}")
print(f"the attacker sees the defenders: {pure.leader_value}")
print(f"the attacker sees nothing:       {nash.leader_min} to {nash.leader_max}")
