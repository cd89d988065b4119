"""All 2 x 2 games with payoffs 0, 1, 2: where does play without regret reach V?"""

from collections import Counter
from itertools import product

import numpy as np

import stackel

matrices = np.array(list(product(range(3), repeat=4))).reshape(-1, 2, 2)
pairs = np.stack(np.meshgrid(range(81), range(81)), -1).reshape(-1, 2)
batch = stackel.solve_batch(matrices[pairs[:, 0]], matrices[pairs[:, 1]])
print(f"{len(pairs)} games; the Stackelberg value is on average {batch.leader_value.mean():.4f}")

draw = np.random.default_rng(0)
some = pairs[draw.choice(len(pairs), 300, replace=False)]
classes = Counter(
    stackel.solve(matrices[a], matrices[b], concept="no_regret").no_regret.class_ for a, b in some
)
print("of 300 of them:", dict(sorted(classes.items())))
