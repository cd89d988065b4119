"""Count, family by family, in how many games no-regret play reaches the Stackelberg value.

    python examples/how_often_theorem_1_holds.py [GAMES A SIZE] [PICTURE]

A thousand games a size take some minutes; the picture is docs/criterion.svg.
"""

import sys
from random import Random

from proofs_checks.families import families
from stackel.plots import save
from stackel.plots.criterion import plot_criterion

SIZES = [(2, 2), (2, 3), (3, 2), (3, 3), (4, 4), (5, 5), (6, 6), (8, 8)]

count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
counts = {}
print("| family | games | holds | may fail | never |\n|---|---:|---:|---:|---:|")
for family in families(count=count, sizes=SIZES, rng=Random(0)):
    found = counts[family.name] = family.counts()
    print(f"| {family.name} | {sum(found.values())} |", *(f"{x} |" for x in found.values()))
if len(sys.argv) > 2:
    save(plot_criterion(counts), sys.argv[2])
