"""Section 6, and Algorithm 3 of the appendix against Algorithm 1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.checks import Calculation, Check, Witness
from proofs_checks.fact import Fact, above, below, equal, fact
from proofs_checks.games import COMMITS
from proofs_checks.registry import claim
from stackel.game import ExactStrategy
from stackel.response import best_responses, commitment_values, expected_payoffs

Step = tuple[ExactStrategy, ExactStrategy]
JUMP: Step = (
    (Fraction(49, 100), Fraction(51, 100)),
    (Fraction(51, 100), Fraction(49, 100)),
)


def _jump_facts(stored: Step) -> Iterator[Fact]:
    before, after = stored
    replies = [best_responses(COMMITS, p)[0] for p in stored]
    yield equal("replies before and after the step, from 0", replies, (1, 0))
    fixed = (Fraction(0), Fraction(1))
    now = [expected_payoffs(COMMITS, p, fixed)[0] for p in stored]
    yield above("against the reply held fixed, which PPO sees, the step gains", now[1] - now[0], 0)
    worth = [Fraction(commitment_values(COMMITS, p)[0]) for p in (before, after)]
    yield equal("what the two policies are worth as commitments", worth,
                (Fraction(349, 100), Fraction(151, 100)))  # fmt: skip
    yield below("so the step loses, in truth", worth[1] - worth[0], -1)


@claim(
    "concl-anticipation",
    source="Section 6, line 229",
    expected="false",
    paper_proof="none",
    replacement="exp-one-step",
)
def the_leader_anticipates() -> Iterator[Check]:
    r"""The design lets the leader anticipate long-term consequences.

    In every matrix game a step that PPO's objective prefers is one after which the follower's reply
    leaves the leader better off.
    """
    yield Witness(
        stored=JUMP,
        facts=_jump_facts,
        says="one step across the follower's indifference point gains 1/50 in PPO's eyes and costs "
        "99/50: the reaction to it is nowhere in the objective",
        minimal="2 x 2, and any shorter step across 1/2 does the same",
    )


Steps = tuple[tuple[str, tuple[str, ...]], ...]
ALGORITHM_1: Steps = (
    ("leader acts on", ("s_L",)),
    ("follower acts on", ("s_F", "a_L")),
    ("observed", ("R_L", "R_F", "next state")),
    ("leader updates by", ("reinforcement learning",)),
    ("follower updates by", ("no-regret learning",)),
)
"""Lines 3 to 7 of Algorithm 1."""
ALGORITHM_3: Steps = (
    ("leader acts on", ("s_L",)),
    ("follower acts on", ("s_F", "a_L")),
    ("observed", ("R_L", "R_F", "next state")),
    ("leader updates by", ("reinforcement learning",)),
    ("follower updates by", ("no-regret learning",)),
)
"""The body of Algorithm 3's loop."""
ALGORITHM_2: Steps = (
    ("leader acts on", ("s_L",)),
    ("follower acts on", ()),
)
"""The two draws of Algorithm 2, lines 154 and 155."""


def _same_steps() -> Iterator[Fact]:
    for one, three in zip(ALGORITHM_1, ALGORITHM_3, strict=True):
        yield equal(f"Algorithm 3: {one[0]}", three[1], one[1])
    yield fact("Algorithm 2's follower sees less", ALGORITHM_2[1] != ALGORITHM_3[1])


@claim(
    "alg-3-vs-1",
    source="Section 4, Algorithm 1, lines 86 to 99, and Appendix A.10, Algorithm 3",
    expected="true",
    paper_proof="none",
)
def algorithm_3_is_algorithm_1() -> Iterator[Check]:
    r"""Algorithm 3 is Algorithm 1 again: the follower sees the leader's action.

    Step by step both draw from the same information and update by the same classes of algorithms;
    they differ in notation, and in rates: schedules there, constants here. Algorithm 2, of the
    experiments, is another game (alg-1-vs-2), so Theorem 10 is not about the experiments.
    """
    yield Calculation(
        method="reading the steps side by side",
        facts=_same_steps,
        says="what each draw depends on, transcribed from the paper, agrees",
    )
