"""A follower whose type is drawn from a prior: the best commitment, as the prior moves."""

from fractions import Fraction

import stackel

LEADER = [[2, 4], [1, 3]]
KEEN, SHY = [[1, 0], [0, 1]], [[0, 1], [3, 0]]

for share in (Fraction(k, 4) for k in range(5)):
    game = stackel.BayesianGame(LEADER, [KEEN, SHY], [share, 1 - share])
    sse = stackel.solve(game).sse
    mix = ", ".join(map(str, sse.leader_strategy))
    print(f"keen with probability {share}: value {sse.leader_value} at ({mix})")
