"""Figure 1, Battle: payoffs (a), regrets (c) and policies (e), against each other and Table 1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.budget import Budget
from proofs_checks.by_hand import coarse_facts, value_facts
from proofs_checks.checks import Calculation, Check, Problem, Simulation, Smt, Witness
from proofs_checks.fact import Fact, above, at_least, below, equal, fact
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from stackel.game import ExactStrategy
from stackel.response import (
    best_responses,
    column_payoffs,
    expected_payoffs,
    external_regrets,
    row_payoffs,
)

Pair = tuple[ExactStrategy, ExactStrategy]
FIRST, SECOND = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))
TABLE_1: Pair = ((Fraction(2, 3), Fraction(1, 3)), FIRST)
"""What Table 1 calls the Stackelberg equilibrium."""
PANEL_E: Pair = (FIRST, (Fraction(33, 50), Fraction(17, 50)))
"""Where Figure 1 (e) is said to end: leader 1.0, follower 0.66."""
MIXED: Pair = (TABLE_1[0], (Fraction(2, 7), Fraction(5, 7)))
NASH: tuple[Pair, ...] = ((FIRST, FIRST), (SECOND, SECOND), MIXED)
"""All Nash equilibria of Battle (table-1-nash-three)."""
PRINTED = (Fraction(10, 3), Fraction(2, 3))
"""Figure 1 (a): leader 3.33, follower 0.67."""
Weights = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
WEIGHTS: Weights = (
    Fraction(1, 6), Fraction(5, 6), Fraction(7, 48), Fraction(-25, 16), Fraction(5, 6),
)  # fmt: skip
"""Of the gains by row 1 and by column 1; of the leader's and follower's payoffs; and a constant."""
EPISODES = 1000


def _independent(p: ExactStrategy, q: ExactStrategy) -> list[list[Fraction]]:
    return [[x * y for y in q] for x in p]


def _cell_facts(weights: Weights) -> Iterator[Fact]:
    row, column, leader, follower, constant = weights
    a, b = BATTLE.leader_exact, BATTLE.follower_exact
    yield equal(
        "the weights of the two gains, which no average over plays exceeds", row + column, 1
    )
    for i in range(2):
        for j in range(2):
            gains = row * (a[0, j] - a[i, j]) + column * (b[i, 0] - b[i, j])
            yield equal(
                f"cell ({i + 1}, {j + 1}): 1/6 gain by row 1 + 5/6 gain by column 1 "
                "= 7/48 A - 25/16 B + 5/6",
                gains,
                leader * a[i, j] + follower * b[i, j] + constant,
            )


def _least_regret(weights: Weights) -> Fraction:
    return weights[2] * PRINTED[0] + weights[3] * PRINTED[1] + weights[4]


def _panel_a_facts(stored: Weights) -> Iterator[Fact]:
    yield from _cell_facts(stored)
    least = _least_regret(stored)
    yield equal("at the averages 10/3 and 2/3 the right side is", least, Fraction(5, 18))
    joint = [[Fraction(2, 3), Fraction(5, 18)], [Fraction(1, 18), Fraction(0)]]
    regret = max(external_regrets(BATTLE, joint))
    yield equal("larger regret a round of the play [[2/3, 5/18], [1/18, 0]]", regret, least)
    a, b = BATTLE.leader_exact, BATTLE.follower_exact
    earned = [sum(joint[i][j] * side[i, j] for i in range(2) for j in range(2)) for side in (a, b)]
    yield equal("whose averages are", earned, PRINTED)


@claim(
    "fig-1ac",
    source="Section 5, Figure 1 (a) and (c), lines 202 and 203",
    expected="false",
    paper_proof="none",
    replacement="battle-regret",
)
def printed_payoffs_without_regret() -> Iterator[Check]:
    r"""Battle's average payoffs come to (10/3, 2/3), and both players' regrets are sublinear.

    There is a play of Battle whose averages tend to (10/3, 2/3) while $Reg_L/T$ and $Reg_F/T$ tend
    to at most 0.
    """
    yield Witness(
        stored=WEIGHTS,
        facts=_panel_a_facts,
        says="at these averages the larger regret is at least 5 T / 18 in every play of any "
        "algorithms: two weights on gains prove it",
        minimal="the bound is attained, so no weights prove more",
    )


def _battle_facts() -> Iterator[Fact]:
    yield from _cell_facts(WEIGHTS)
    yield equal("at (10/3, 2/3), of 1000 episodes", EPISODES * _least_regret(WEIGHTS),
                Fraction(2500, 9))  # fmt: skip
    yield from coarse_facts(BATTLE, "lo", Fraction(10, 7))
    yield from coarse_facts(BATTLE, "hi", 5)


@claim(
    "battle-regret",
    source="replaces Section 5, lines 202 and 203",
    expected="true",
    paper_proof="none",
)
def what_payoffs_say_of_regret_in_battle() -> Iterator[Check]:
    r"""In Battle, average payoffs tell regret: $Reg/T \ge 7/48 a - 25/16 b + 5/6$.

    For every play of Battle with averages a of the leader and b of the follower, the larger of both
    regrets a round is at least $\frac{7}{48} a - \frac{25}{16} b + \frac{5}{6}$: 5/18 at
    (10/3, 2/3). Without regret the leader comes to a value from 10/7 to 5.
    """
    yield Calculation(
        method="exact LP duality",
        facts=_battle_facts,
        says="an average over cells of a mean of gains is at most the larger regret",
    )


def _transient_facts(stored: Pair) -> Iterator[Fact]:
    p, q = stored
    yield equal("at p = (2/3, 1/3), q = (1, 0) the payoffs are", expected_payoffs(BATTLE, p, q),
                PRINTED)  # fmt: skip
    rows = row_payoffs(BATTLE.leader_exact, q)
    yield equal("the rows pay", rows, (5, 0))
    gain = Fraction(max(rows)) - PRINTED[0]
    yield equal("row 1 gains, every round, on the leader's mix", gain, Fraction(5, 3))
    columns = column_payoffs(BATTLE.follower_exact, p)
    yield equal("the columns tie, so nothing holds q there", columns, (PRINTED[1],) * 2)
    joint = _independent(p, q)
    yield equal("regrets a round of staying there", external_regrets(BATTLE, joint), (gain, 0))


def _transient_run(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.simulated import end_facts, runs

    data = runs([BATTLE], "ald", budget, iterations=300)
    yield from end_facts(data, [(5, 1)], within=0.05)
    average = data["leader_average"].values[0]
    passes = int((average > float(PRINTED[0])).argmax())
    yield fact(f"the leader's average passes 10/3 at iteration {passes + 1}", passes > 0)
    yield fact("and rises on", bool(average[-1] > average[passes] + 0.5))


@claim(
    "fig-1a-transient",
    source="Section 5, Figure 1 (a), line 202",
    expected="false",
    paper_proof="none",
    replacement="battle-quadrant",
)
def printed_payoffs_are_the_end() -> Iterator[Check]:
    r"""ALD comes to rest in Battle at the printed Stackelberg point, worth (10/3, 2/3).

    A leader that moves towards rows that pay more, and a follower that moves towards columns that
    pay more, can stay at p = (2/3, 1/3), q = (1, 0).
    """
    yield Witness(
        stored=TABLE_1,
        facts=_transient_facts,
        says="row 1 pays the leader 5/3 a round more than staying: the point is no rest point, and "
        "a play that passes it goes on to (5, 1)",
    )
    yield Simulation(
        facts=_transient_run,
        shows="false",
        needs="torch",
        least="default",
        says="PPO against Hedge passes the printed payoffs and ends at (5, 1)",
    )


def _quadrant_problems() -> Iterator[Problem]:
    import z3

    p, q = z3.Reals("p q")
    inside = [p >= 0, p <= 1, q >= 0, q <= 1]
    row = 5 * q - 2 * (1 - q)
    column = p - 2 * (1 - p)
    for name, sign in (("row 1 and column 1", 1), ("row 2 and column 2", -1)):
        yield Problem(
            name=f"both pure replies are {name} exactly on one side of p = 2/3 and q = 2/7",
            hypotheses=inside,
            conclusion=z3.And(
                (sign * row > 0) == (sign * (q - z3.Q(2, 7)) > 0),
                (sign * column > 0) == (sign * (p - z3.Q(2, 3)) > 0),
            ),
        )
    step, other = z3.Reals("dp dq")
    moved = [p + step <= 1, q + other <= 1, z3.Implies(row > 0, step >= 0),
             z3.Implies(column > 0, other >= 0)]  # fmt: skip
    yield Problem(
        name="a step towards what pays more does not leave p > 2/3, q > 2/7",
        hypotheses=[*inside, *moved, p > z3.Q(2, 3), q > z3.Q(2, 7)],
        conclusion=z3.And(p + step > z3.Q(2, 3), q + other > z3.Q(2, 7)),
    )


@claim(
    "battle-quadrant",
    source="replaces Section 5, lines 202 to 204",
    expected="true",
    paper_proof="none",
)
def quadrants_of_battle() -> Iterator[Check]:
    r"""Players of Battle that move towards what pays more end at (1, 1) or (2, 2), by quadrant.

    With p the share of row 1 and q that of column 1: where p > 2/3 and q > 2/7, row 1 and column 1
    pay strictly more, and no step towards what pays more leaves that quadrant; below both, row 2
    and column 2. Against explicit best replies p alone decides: above 2/3 towards (5, 1), below
    towards (2, 2).
    """
    yield Smt(
        problems=_quadrant_problems,
        says="the differences of payoffs are 7 q - 2 and 3 p - 2; a strict gap that does not close "
        "brings every learner without regret to the corner (r9-dominant)",
    )


def _panel_e_facts(stored: tuple[Pair, Pair]) -> Iterator[Fact]:
    (p, q), (table_p, table_q) = stored
    yield below("Table 1's leader plays row 1 with", table_p[0], p[0])
    yield above("Table 1's follower plays column 1 with", table_q[0], q[0])
    yield equal("the distances are", (p[0] - table_p[0], table_q[0] - q[0]),
                (Fraction(1, 3), Fraction(17, 50)))  # fmt: skip
    yield from value_facts(BATTLE, 5)
    yield equal("to row 1 the follower's best reply, from 0, is", best_responses(BATTLE, p), (0,))
    earned = expected_payoffs(BATTLE, p, q)
    yield below("leader's payoff at (1.0, 0.66)", earned[0], 5)
    regret = external_regrets(BATTLE, _independent(p, q))[1]
    yield equal("the follower's regret a round there", regret, Fraction(17, 50))


@claim(
    "fig-1e",
    source="Section 5, Figure 1 (e), line 204, and Table 1",
    expected="false",
    paper_proof="none",
    replacement="fig-1ae",
)
def policies_come_to_the_equilibrium() -> Iterator[Check]:
    r"""The leader's probability comes to 1.0, the follower's to 0.66: the Stackelberg equilibrium.

    The pair p = (1, 0), q = (0.66, 0.34) is close to the Stackelberg equilibrium of Battle.
    """
    yield Witness(
        stored=(PANEL_E, TABLE_1),
        facts=_panel_e_facts,
        says="Table 1 has 2/3 for the leader and 1 for the follower: the roles are exchanged; the "
        "equilibrium has 1 and 1",
    )


def _panels_facts() -> Iterator[Fact]:
    q = (Fraction(2, 3), Fraction(1, 3))
    yield equal("row 1 against q = (2/3, 1/3) earns", expected_payoffs(BATTLE, FIRST, q), PRINTED)
    regret = external_regrets(BATTLE, _independent(FIRST, q))
    yield equal("regrets a round", regret, (0, Fraction(1, 3)))
    yield above("the follower's after 1000 episodes", EPISODES * Fraction(regret[1]), 300)
    leader, follower = expected_payoffs(BATTLE, *TABLE_1)
    yield equal("Table 1's policies earn the same", (leader, follower), PRINTED)


@claim(
    "fig-1ae",
    source="replaces Section 5, line 204",
    expected="true",
    paper_proof="none",
)
def panels_a_and_e_agree() -> Iterator[Check]:
    r"""The payoffs of Figure 1 (a) are those of the policies of (e), with regret T/3.

    At p = (1, 0), q = (2/3, 1/3) Battle pays (10/3, 2/3), the numbers of Figure 1 (a), as the pair
    of Table 1 does; the leader has no regret there, the follower 1/3 a round, more than 300 after
    1000 episodes.
    """
    yield Calculation(
        method="exact arithmetic",
        facts=_panels_facts,
        says="a follower whose average is still on its way to column 1 gives both panels",
    )


def _no_equilibrium_fits(stored: tuple[Pair, ...]) -> Iterator[Fact]:
    for p, q in stored:
        leader, follower = expected_payoffs(BATTLE, p, q)
        name = f"the equilibrium that pays {leader} and {follower}"
        regrets = external_regrets(BATTLE, _independent(p, q))
        yield equal(f"{name}: regrets a round", regrets, (0, 0))
        lower, higher = leader < PRINTED[0], follower > PRINTED[1]
        uniform = 0 < p[0] < TABLE_1[0][0] and 0 < q[0] < 1
        yield fact(
            f"{name} is not at once lower for the leader than 10/3 ({_word(lower)}), higher for "
            f"the follower than 2/3 ({_word(higher)}) and more uniform than (2/3, 1/3) in p "
            f"({_word(uniform)})",
            not (lower and higher and uniform),
        )


def _word(so: bool) -> str:
    return "so" if so else "not so"


@claim(
    "fig-1-baseline-1",
    source="Section 5, lines 202 to 204",
    expected="false",
    paper_proof="none",
    replacement="table-1-nash-three",
)
def self_play_comes_near_nash() -> Iterator[Check]:
    r"""Self-play comes near a Nash equilibrium of Battle that pays the leader less, and regrets.

    Some Nash equilibrium of Battle pays the leader substantially less than 10/3 and the follower
    more than 2/3, is more uniform than the printed Stackelberg pair for both players, and play near
    it has nearly linear regret.
    """
    yield Witness(
        stored=NASH,
        facts=_no_equilibrium_fits,
        says="none of the three fits; and at every Nash equilibrium regret is 0 a round, so play "
        "that comes near one cannot have linear regret",
    )


def _bounds_facts(stored: tuple[Pair, Pair]) -> Iterator[Fact]:
    for (p, q), side, name in zip(stored, (0, 1), ("Table 1's", "panel (e)'s"), strict=True):
        regret = Fraction(external_regrets(BATTLE, _independent(p, q))[side])
        who = ("leader", "follower")[side]
        yield above(
            f"{name} policies for 1000 episodes: the {who}'s regret", EPISODES * regret, 300
        )
    least = EPISODES * _least_regret(WEIGHTS)
    yield below("yet a regret below 300 says little: at the averages of (a) it may be", least, 300)
    yield equal("which is linear: a round", least / EPISODES, Fraction(5, 18))
    for p, q in NASH:
        yield equal("regrets a round at a Nash equilibrium, so not 2, as 2000 in 1000 would be",
                    external_regrets(BATTLE, _independent(p, q)), (0, 0))  # fmt: skip


@claim(
    "fig-1c-bounds",
    source="Section 5, Figure 1 (c), line 203",
    expected="false",
    paper_proof="none",
    replacement="battle-regret",
)
def regrets_stay_below_300() -> Iterator[Check]:
    r"""At the reported policies regrets stay below 300 in 1000 episodes, and self-play's near 2000.

    At the policies of Table 1, or of Figure 1 (e), both regrets are below 300 after 1000 episodes,
    which is sublinear; near the Nash equilibria of Battle they are nearly linear, about 2000.
    """
    yield Witness(
        stored=(TABLE_1, PANEL_E),
        facts=_bounds_facts,
        says="Table 1's policies cost the leader 1667, panel (e)'s the follower 340; a Nash "
        "equilibrium costs nobody anything",
    )


def _best_reply_facts(stored: ExactStrategy) -> Iterator[Fact]:
    yield equal("p = (1/2, 1/2): the columns pay", column_payoffs(BATTLE.follower_exact, stored),
                (Fraction(1, 2), 1))  # fmt: skip
    yield equal("so the reply, from 0, is", best_responses(BATTLE, stored), (1,))
    yield equal("against it the rows pay", row_payoffs(BATTLE.leader_exact, SECOND), (0, 2))
    yield equal("as p falls the reply stays: at p = (0, 1)", best_responses(BATTLE, SECOND), (1,))
    end = expected_payoffs(BATTLE, SECOND, SECOND)
    yield equal("so the play ends at payoffs", end, (2, 2))
    yield below("leader's end", end[0], PRINTED[0])
    yield at_least("distance from what ALD is said to reach", PRINTED[0] - end[0], Fraction(4, 3))
    yield at_least("distance from V", 5 - end[0], 3)


def _best_reply_run(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.simulated import end_facts, runs

    data = runs([BATTLE], "best-response", budget, iterations=150)
    yield from end_facts(data, [(2, 2)], within=0.05)


@claim(
    "fig-1-baseline-2",
    source="Section 5, line 202",
    expected="false",
    paper_proof="none",
    replacement="battle-quadrant",
)
def explicit_best_replies_end_where_ald_does() -> Iterator[Check]:
    r"""In Battle, explicit best replies bring the leader almost where ALD does.

    From the uniform policy, a leader that moves towards rows that pay more, against best replies to
    its policy, comes to payoffs near (10/3, 2/3), or to V = 5.
    """
    yield Witness(
        stored=(Fraction(1, 2), Fraction(1, 2)),
        facts=_best_reply_facts,
        says="the reply to the uniform policy is column 2, against it row 2 pays more, and so on "
        "until (2, 2): 2 where ALD reaches 5 and is said to reach 10/3",
        minimal="every start with p below 2/3 ends there (battle-quadrant)",
    )
    yield Simulation(
        facts=_best_reply_run,
        shows="false",
        needs="torch",
        least="default",
        says="PPO against explicit best replies ends at (2, 2)",
    )
