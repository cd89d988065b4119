"""Appendix A.10 and Figure 3: thresholds of convergence, memory and rank."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.balls import ball, ball_below
from proofs_checks.by_hand import value_facts
from proofs_checks.checks import Calculation, Check, Problem, Smt, Witness
from proofs_checks.equivalence import scaled
from proofs_checks.fact import Fact, at_most, equal, fact
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from flint import arb

    from proofs_checks.equivalence import Payoffs

DILEMMA = BimatrixGame([[-1, -3], [0, -2]], [[-1, 0], [-3, -2]], name="table3/prisoners_dilemma")
ETA = Fraction(1, 20)
"""The paper's rate of Hedge in matrix games."""
SHIFT = (Fraction(-10, 7), Fraction(-2, 3))
"""What is added to all payoffs of Battle's leader, and of its follower."""


def dominated_mass(rounds: int) -> arb:
    """Average mass of Hedge on the follower's worse column of the dilemma, in every play.

    Column 2 pays 1 more than column 1 against both rows, so after t rounds the mass on column 1 is
    1 / (1 + exp(eta t)).
    """
    total = ball(0)
    for t in range(rounds):
        total += 1 / (1 + (ball(ETA) * t).exp())
    return total / rounds


def _threshold_facts() -> Iterator[Fact]:
    gaps = [DILEMMA.follower_exact[i, 1] - DILEMMA.follower_exact[i, 0] for i in range(2)]
    yield equal("column 2 pays more than column 1, against both rows, by", gaps, (1, 1))
    for rounds, low, high in ((100, "1/10", "1/5"), (1000, "1/100", "1/50"),
                              (10_000, "1/1000", "1/500")):  # fmt: skip
        mass = dominated_mass(rounds)
        name = f"average mass on column 1 after {rounds} rounds, eta = 1/20"
        yield ball_below(name, mass, Fraction(high))
        yield fact(f"which is more than {low}", bool(ball(Fraction(low)) < mass))


@claim(
    "a10-threshold",
    source="Section 5, line 223, and Appendix A.10, line 803",
    expected="ill-posed",
    paper_proof="none",
    replacement="dominated-mass",
)
def convergence_needs_a_thousand_rounds() -> Iterator[Check]:
    r"""In the prisoner's dilemma, no-regret requires T > 10^3 (A.10), or T > 10^4 (Section 5).

    Converged means within a tolerance, and that is not given: the distance falls as
    $\ln 2 / (\eta T)$, so every T is the threshold of some tolerance, and none of all.
    """
    yield Calculation(
        method="exact sums in ball arithmetic",
        facts=_threshold_facts,
        shows="ill-posed",
        says="for tolerance 1/5 it is below 10^2, for 1/50 below 10^3, for 1/500 below 10^4; for "
        "half of each it is beyond",
    )


@claim(
    "a10-threshold-same",
    source="Section 5, line 223, and Appendix A.10, line 803",
    expected="false",
    paper_proof="none",
    replacement="dominated-mass",
)
def one_threshold() -> Iterator[Check]:
    r"""The conclusion that Section 5 announces is the one that the Appendix reproduces.

    Both state one number of rounds that no-regret requires in the prisoner's dilemma.
    """
    yield Witness(
        stored=(10**4, 10**3),
        facts=lambda stored: [equal("the first over the second", stored[0] // stored[1], 10)],
        says="Section 5 says T > 10^4, A.10 says T > 10^3",
    )


def _mass_facts() -> Iterator[Fact]:
    import sympy

    t, eta, gap = sympy.symbols("t eta g", positive=True)
    mass = 1 / (1 + sympy.exp(eta * gap * t))
    area = -sympy.log(1 + sympy.exp(-eta * gap * t)) / (eta * gap)
    same = sympy.simplify(sympy.diff(area, t) - mass) == 0
    yield fact("-ln(1 + e^(-eta g t)) / (eta g) has the slope 1 / (1 + e^(eta g t))", same)
    falls = sympy.diff(mass, t).is_negative
    yield fact("which is 1/2 at t = 0 and falls", falls and mass.subs(t, 0) == sympy.Rational(1, 2))
    whole = sympy.limit(area, t, sympy.oo) - area.subs(t, 0)
    value = sympy.simplify(whole - sympy.log(2) / (eta * gap)) == 0
    yield fact("so the integral over all t is ln 2 / (eta g)", value)


def _ratio_problems() -> Iterator[Problem]:
    import z3

    ratio, bound, mass = z3.Reals("ratio bound mass")
    yield Problem(
        name="mass below its ratio to a better action's, for any number of further actions",
        hypotheses=[mass >= 0, ratio >= 0, bound >= ratio, mass * (1 + ratio) <= ratio],
        conclusion=mass * (1 + bound) <= bound,
        example={ratio: 1, bound: 1, mass: 0},
    )


@claim(
    "dominated-mass",
    source="replaces Appendix A.10, line 803",
    expected="true",
    paper_proof="none",
)
def mass_on_a_dominated_action() -> Iterator[Check]:
    r"""Hedge's average mass on a dominated action is at most (1/2 + ln 2 / (eta g)) / T.

    For every sequence of rewards in which one action pays at least g > 0 more than another in every
    round, Hedge with rate $\eta$ from the uniform mix has, at every T, average mass at most
    $(1/2 + \ln 2 / (\eta g)) / T$ on the other. With two actions and gaps of g exactly, the mass
    after t rounds is $1 / (1 + e^{\eta g t})$.
    """
    yield Smt(
        problems=_ratio_problems,
        says="the ratio of both masses is at most e^(-eta g t), and x / (1 + x) grows with x",
    )
    yield Calculation(
        method="sympy",
        facts=_mass_facts,
        says="the mass falls with t, so the sum over t >= 1 is at most the integral",
    )


def rank(side: Payoffs) -> int:
    """Rank of a 2 x 2 matrix.

    >>> rank(((5, 0), (0, 2))), rank(((1, 2), (2, 4))), rank(((0, 0), (0, 0)))
    (2, 1, 0)
    """
    (a, b), (c, d) = side
    return 2 if a * d != b * c else int(any((a, b, c, d)))


def _shifted(game: BimatrixGame, shift: tuple[Fraction, Fraction]) -> BimatrixGame:
    sides = (game.leader_exact, game.follower_exact)
    return BimatrixGame(
        *(
            [[side[i, j] + x for j in range(2)] for i in range(2)]
            for side, x in zip(sides, shift, strict=True)
        )
    )


def _rank_facts() -> Iterator[Fact]:
    from proofs_checks.equivalence import payoffs
    from solvers.multiple_lp import multiple_lp
    from solvers.nash import nash

    moved = _shifted(BATTLE, SHIFT)
    before, after = payoffs(BATTLE), payoffs(moved)
    yield equal("ranks of Battle's payoffs (leader, follower)", [rank(x) for x in before], (2, 2))
    yield equal("ranks with -10/7 and -2/3 added everywhere", [rank(x) for x in after], (1, 1))
    same = [scaled(x) == scaled(y) for x, y in zip(before, after, strict=True)]
    yield fact("differences of payoffs, so regrets and best replies, are the same", all(same))
    old, new = multiple_lp(BATTLE), multiple_lp(moved)
    yield equal("commitments", new.leader_strategy, old.leader_strategy)
    yield equal("values, but for the constant", new.leader_value - old.leader_value, SHIFT[0])
    mixes = [sorted(e.leader_strategy for e in nash(g).equilibria) for g in (moved, BATTLE)]
    yield equal("leader's mixes in the Nash equilibria", *mixes)


@claim(
    "a10-rank",
    source="Section 5, line 223, and Appendix A.10, line 804",
    expected="ill-posed",
    paper_proof="none",
    replacement="r3-two-actions",
)
def memory_helps_by_rank() -> Iterator[Check]:
    r"""Memory helps when rank(R) > 1, but may harm in games of low rank.

    R is not defined (one player's payoffs, both, over which states), nor is what is called low; and
    the rank of a payoff matrix is no property of the game: adding a constant to all payoffs changes
    it, and changes no difference of payoffs, on which all learning and all equilibria rest.
    """
    yield Calculation(
        method="exact arithmetic",
        facts=_rank_facts,
        shows="ill-posed",
        says="Battle has rank 2 and, with constants added, rank 1: memory would help and not help "
        "in one game",
    )


def _memory_facts(stored: BimatrixGame) -> Iterator[Fact]:
    from proofs_checks.equivalence import payoffs

    yield equal("ranks of the dilemma's payoffs", [rank(x) for x in payoffs(stored)], (2, 2))
    yield from value_facts(stored, -2)
    a, b = stored.leader_exact, stored.follower_exact
    for i in range(2):
        for j in range(2):
            gain = b[i, 1] - b[i, j]
            yield at_most(f"cell ({i + 1}, {j + 1}): payoff less 2 x gain by column 2",
                          a[i, j] - 2 * gain, -2)  # fmt: skip


@claim(
    "a10-memory",
    source="Appendix A.10, line 804, and Figure 3, line 781",
    expected="false",
    paper_proof="none",
    replacement="r3-two-actions",
)
def memory_helps_in_the_dilemma() -> Iterator[Check]:
    r"""Memory helps the leader in the prisoner's dilemma, whose payoffs have rank 2.

    Against a follower without regret, a leader that remembers what was played earns more in the
    limit than one that does not, in the game of Figure 3.
    """
    yield Witness(
        stored=DILEMMA,
        facts=_memory_facts,
        says="in every play, with any memory, the leader averages at most -2 + 2 Reg_F / T, and a "
        "leader without memory gets -2",
        minimal="rank 2 is the largest of two by two games",
    )
