"""Table 1: the equilibria of Battle."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.by_hand import unique_facts, value_facts
from proofs_checks.checks import Calculation, Check, Problem, Smt, Witness
from proofs_checks.fact import Fact, above, below, equal, fact
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from stackel.game import ExactStrategy
from stackel.response import best_responses, column_payoffs, expected_payoffs, row_payoffs

Pair = tuple[ExactStrategy, ExactStrategy]
FIRST, SECOND = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))
PRINTED_LEADER = (Fraction(2, 3), Fraction(1, 3))
PRINTED_NASH: Pair = (PRINTED_LEADER, (Fraction(2, 7), Fraction(5, 7)))
PRINTED_STACKELBERG: Pair = (PRINTED_LEADER, FIRST)


def _printed_stackelberg_facts(stored: Pair) -> Iterator[Fact]:
    p, q = stored
    replies = best_responses(BATTLE, p)
    yield equal("at p = (2/3, 1/3) both columns are best replies, from 0", replies, (0, 1))
    earned = expected_payoffs(BATTLE, p, q)
    yield equal("the printed pair earns", earned, (Fraction(10, 3), Fraction(2, 3)))
    yield equal("to row 1 the only best reply, from 0, is", best_responses(BATTLE, FIRST), (0,))
    better = expected_payoffs(BATTLE, FIRST, FIRST)
    yield equal("and the pair (1, 0), (1, 0) earns", better, (5, 1))
    yield below("so condition 2 of Definition 3 fails: the leader gets", earned[0], better[0])
    against = column_payoffs(BATTLE.leader_exact, p)[1]
    yield below("and with the follower's tie broken the other way only", against, earned[0])


@claim(
    "table-1-se",
    source="Section 5, Table 1, line 198",
    expected="false",
    paper_proof="none",
    replacement="table-1-se-corrected",
)
def printed_stackelberg_equilibrium() -> Iterator[Check]:
    r"""Battle's Stackelberg equilibrium is L: (2/3, 1/3), F: (1, 0), worth 10/3 and 2/3.

    For A = [[5, 0], [0, 2]], B = [[1, 0], [0, 2]] the pair meets both conditions of Definition 3.
    """
    yield Witness(
        stored=PRINTED_STACKELBERG,
        facts=_printed_stackelberg_facts,
        says="the printed pair is the edge of the region where the follower prefers column 1; "
        "inside it, at row 1, the leader gets 5: any enumeration that tries row 1 finds it",
        minimal="the better commitment is pure",
    )


def _stackelberg_facts() -> Iterator[Fact]:
    yield from value_facts(BATTLE, 5)
    yield from unique_facts(BATTLE)
    yield equal(
        "at row 1 with reply column 1 the payoffs are",
        expected_payoffs(BATTLE, FIRST, FIRST),
        (5, 1),
    )


@claim(
    "table-1-se-corrected", source="replaces Table 1, line 198", expected="true", paper_proof="none"
)
def stackelberg_equilibrium_of_battle() -> Iterator[Check]:
    r"""Battle's Stackelberg equilibrium is row 1 with column 1, worth 5 and 1, and it is unique.

    For every leader mix p and every best reply j other than p = (1, 0), j = 1: the leader gets less
    than 5. It is a Nash equilibrium as well.
    """
    yield Calculation(
        method="exact enumeration of the mixes where the reply changes",
        facts=_stackelberg_facts,
        says="between those mixes the leader's payoff is linear",
    )


def _nash_facts(
    p: ExactStrategy, q: ExactStrategy, earned: tuple[Fraction, Fraction]
) -> list[Fact]:
    rows, columns = row_payoffs(BATTLE.leader_exact, q), column_payoffs(BATTLE.follower_exact, p)
    return [
        equal("against F the rows pay", rows, (earned[0],) * 2),
        equal("against L the columns pay", columns, (earned[1],) * 2),
    ]


@claim("table-1-nash", source="Section 5, Table 1, line 198", expected="true", paper_proof="none")
def printed_nash_equilibrium() -> Iterator[Check]:
    r"""L: (2/3, 1/3), F: (2/7, 5/7) is a Nash equilibrium of Battle.

    For A = [[5, 0], [0, 2]], B = [[1, 0], [0, 2]]: no player gains by any deviation.
    """
    yield Calculation(
        method="exact arithmetic",
        facts=lambda: _nash_facts(*PRINTED_NASH, (Fraction(10, 7), Fraction(2, 3))),
        says="each player is indifferent between its actions",
    )


def _other_equilibria(stored: tuple[Pair, Pair]) -> Iterator[Fact]:
    for (p, q), (leader, follower) in zip(stored, ((5, 1), (2, 2)), strict=True):
        yield equal("the probabilities of each player sum to", (sum(p), sum(q)), (1, 1))
        earned = expected_payoffs(BATTLE, p, q)
        yield equal("a pure pair earns", earned, (leader, follower))
        other_row = min(row_payoffs(BATTLE.leader_exact, q))
        yield above("the leader's other row would earn less", earned[0], other_row)
        other_column = min(column_payoffs(BATTLE.follower_exact, p))
        yield above("the follower's other column would earn less", earned[1], other_column)


@claim(
    "table-1-nash-complete",
    source="Section 5, Table 1, lines 195 to 200",
    expected="false",
    paper_proof="none",
    replacement="table-1-nash-three",
)
def only_nash_equilibrium() -> Iterator[Check]:
    r"""The printed mixed pair is the Nash equilibrium of Battle.

    For A = [[5, 0], [0, 2]], B = [[1, 0], [0, 2]] no other pair is one.
    """
    yield Witness(
        stored=((FIRST, FIRST), (SECOND, SECOND)),
        facts=_other_equilibria,
        says="both coordinated pure pairs are equilibria too, and strict ones",
    )


def _three_facts() -> Iterator[Fact]:
    from solvers.nash import nash

    yield from _nash_facts(*PRINTED_NASH, (Fraction(10, 7), Fraction(2, 3)))
    yield from _other_equilibria(((FIRST, FIRST), (SECOND, SECOND)))
    found = {(e.leader_strategy, e.follower_strategy) for e in nash(BATTLE).equilibria}
    three = {(FIRST, FIRST), (SECOND, SECOND), PRINTED_NASH}
    yield fact("enumeration of vertices finds these three", found == three)


def _three_problems() -> Iterator[Problem]:
    import z3

    p, q = z3.Reals("p q")

    top, bottom = 5 * q, 2 * (1 - q)
    left, right = p, 2 * (1 - p)
    earned_leader, earned_follower = p * top + (1 - p) * bottom, q * left + (1 - q) * right
    yield Problem(
        name="p the leader's share of row 1, q the follower's of column 1",
        hypotheses=[
            p >= 0, p <= 1, q >= 0, q <= 1,
            earned_leader >= top, earned_leader >= bottom,
            earned_follower >= left, earned_follower >= right,
        ],
        conclusion=z3.Or(
            z3.And(p == 1, q == 1),
            z3.And(p == 0, q == 0),
            z3.And(p == z3.Q(2, 3), q == z3.Q(2, 7)),
        ),
        example={p: 1, q: 1},
    )  # fmt: skip


@claim(
    "table-1-nash-three", source="replaces Table 1, line 198", expected="true", paper_proof="none"
)
def three_nash_equilibria() -> Iterator[Check]:
    r"""Battle has exactly three Nash equilibria: (1, 1), (2, 2) and the printed mixed one.

    For A = [[5, 0], [0, 2]], B = [[1, 0], [0, 2]] they pay (5, 1), (2, 2) and (10/7, 2/3).
    """
    yield Smt(
        problems=_three_problems, says="no other pair of mixes leaves both players nothing to gain"
    )
    yield Calculation(
        method="exact arithmetic",
        facts=_three_facts,
        says="and the three are equilibria",
    )
