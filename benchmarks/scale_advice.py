"""What to use where a method of the scale study takes too long, with the curves that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from scale_cases import (
    CLAIMS,
    CONSTANT,
    EQUILIBRIA,
    GRID,
    LEARNING,
    PATH,
    SMALL,
    SSE,
    STAGES,
    WEAK,
    WINDY,
)

Advice: TypeAlias = tuple[str, tuple[str, str] | None]
"""A sentence, and two cases that are set side by side behind it."""

ADVICE: Mapping[str, Sequence[Advice]] = {
    SSE: (
        ("The closer a game is to zero-sum, the larger the supports and the rational systems", (
            "sse-covariant", "sse-uniform")),
        ('`certify="float"` leaves the rationals out and keeps a proved bound on the error', (
            "sse-covariant", "sse-covariant-float")),
        ("The same on uniform games", ("sse-uniform", "sse-uniform-float")),
        ("A solve uses one core: several games are solved side by side by several processes", None),
    ),
    WEAK: (
        ("The weak value asks for every region's interior. Where a commitment is wanted that no "
         "tie can spoil, `sse.inward` comes with the strong value", ("wse-covariant",
         "sse-covariant")),
    ),
    EQUILIBRIA: (
        ("The number of extreme equilibria grows exponentially. Beyond 14 x 14 `stackel.solve` "
         "returns one", ("nash-all", "nash-one")),
        ("CE have an inequality for each pair of a player's actions, CCE one for each action", (
            "ce", "cce")),
        ("For learners, `no_regret` has the range over CCE and the band together", (
            "ce", "no-regret")),
    ),
    CONSTANT: (
        ('`certify="float"` gives the value with the gap that its two strategies leave', (
            "minimax-exact", "minimax-float")),
    ),
    SMALL: (
        ("`method=\"dobss\"`, whose bound is a float, is one mixed-integer program", (
            "types", "types-dobss")),
        ("Batches are linear in the number of games: `solve_batch` on slices of the array, side "
         "by side, uses more cores", None),
    ),
    GRID: (
        ("Without wind, the format's bound of a million cells is reached before time is short: "
         "[Benchmarks](benchmarks.md) have 1000 x 1000", None),
    ),
    WINDY: (
        ("General payoffs with an attacker that adapts are the hard case: beyond small maps the "
         "answer is an interval with two proved ends. A target that is declared before the walk "
         "keeps it exact", ("wind-general", "wind-declared")),
        ("So do zero-sum payoffs", ("wind-general", "wind-side")),
    ),
    PATH: (
        ("Fewer defenders, or `interception: \"target\"`, which the tables above measure", None),
    ),
    STAGES: (
        ("Histories grow exponentially with the horizon. `method=\"sequence-form\"` lists "
         "sequences in place of policies, and proves its value up to a float bound", (
             "markov-history", "markov-sequence")),
        ("`stage_wise` is a lower bound at a small part of the cost, and only that", None),
    ),
    LEARNING: (
        ("Runs are played together: one more costs less than one alone, up to 120 in a batch with "
         "PPO. Seeds and sweeps belong in one call", None),
        ("More cores: `processes`, one a core by default on the command line; "
         "[Benchmarks](benchmarks.md) have what a second one brings", None),
        ("More machines: `cluster`, the address of a dask scheduler. A GPU: `device=\"cuda\"`, "
         "which `python benchmarks/ppo.py` measures where there is one; there was none here", None),
    ),
    CLAIMS: (
        ("`stackel verify` uses all cores; a claim by name takes its share alone. The budget "
         "`thorough` takes hours", None),
    ),
}  # fmt: skip
