"""Figure 2: the twelve matrix games, and followers that learn now and then."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.budget import Budget
from proofs_checks.by_hand import coarse_facts, unique_facts, value_facts
from proofs_checks.checks import Calculation, Check, Problem, Simulation, Smt, Witness
from proofs_checks.claims.table_3 import games_of
from proofs_checks.fact import Fact, above, equal, fact
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

DILEMMA = BimatrixGame([[-1, -3], [0, -2]], [[-1, 0], [-3, -2]], name="table3/prisoners_dilemma")
DEADLOCK = BimatrixGame([[-2, -3], [-1, 0]], [[-2, 0], [-3, -1]], name="table3/deadlock")
HOLDS = (
    "prisoners_dilemma", "assurance", "coordination", "mixedharmony", "harmony", "noconflict",
    "deadlock", "prisoners_delight", "battle",
)  # fmt: skip
"""Games of Table 3 in which every no-regret pair reaches V."""


def _dominance_facts(stored: tuple[BimatrixGame, BimatrixGame]) -> Iterator[Fact]:
    for game, value in zip(stored, (-2, 0), strict=True):
        a, b = game.leader_exact, game.follower_exact
        rows = [a[1, j] - a[0, j] for j in range(2)]
        columns = [b[i, 1] - b[i, 0] for i in range(2)]
        yield above(f"{game.name}: row 2 pays the leader more, by at least", min(rows), 0)
        yield above("column 2 pays the follower more, by at least", min(columns), 0)
        yield from value_facts(game, value)
        yield from unique_facts(game)
        yield from coarse_facts(game, "lo", value)
        yield from coarse_facts(game, "hi", value)


def _runs(budget: Budget) -> Iterator[Fact]:
    from proofs_checks.simulated import end_facts, runs

    data = runs([DILEMMA, DEADLOCK], "ald", budget, iterations=300)
    yield from end_facts(data, [(-2, -2), (0, -1)], within=0.05)


@claim(
    "fig-2",
    source="Section 5, lines 205 and 212, Figure 2",
    expected="false",
    paper_proof="none",
    replacement="r9-dominant",
)
def dilemma_and_deadlock_are_harder() -> Iterator[Check]:
    r"""Prisoner's dilemma and deadlock are intrinsically harder for no-regret play to align.

    In these two games, unlike in most of the twelve, play without regret leaves the leader below
    its Stackelberg value.
    """
    yield Witness(
        stored=(DILEMMA, DEADLOCK),
        facts=_dominance_facts,
        says="in both, each player has a dominant action: every play without regret reaches V, as "
        "surely as in any game; a shortfall is exploration in a finite run, or regret",
    )
    yield Simulation(
        facts=_runs,
        shows="false",
        needs="torch",
        least="default",
        says="PPO against Hedge ends at V in both, and its average keeps to the band",
    )


def _class_facts() -> Iterator[Fact]:
    from solvers.no_regret import no_regret

    for source, wanted in (("table3", 9), ("source", 6)):
        classes = {name: no_regret(game).class_ for name, game in games_of(source).items()}
        holds = [name for name, found in classes.items() if found == "holds"]
        says = f"games of {source} in which every no-regret pair reaches V"
        yield equal(says, len(holds), wanted)
        if source == "table3":
            yield equal("they are", holds, HOLDS)
            others = {name: found for name, found in classes.items() if found != "holds"}
            yield equal("the others", tuple(others), ("stag_hunt", "hero", "chicken"))
            yield equal("hero never reaches V", others["hero"], "never")


@claim(
    "fig-2-most",
    source="Section 5, lines 205 and 212",
    expected="true",
    paper_proof="none",
)
def most_games_reach_v() -> Iterator[Check]:
    r"""In most of Table 3's games play without regret reaches the Stackelberg value.

    In nine of the twelve games as printed every coarse correlated equilibrium pays V, prisoner's
    dilemma and deadlock among them; in stag hunt and chicken some do and some do not; in hero none
    does. Of the source's twelve it is six.
    """
    yield Calculation(
        method="exact LPs over coarse correlated equilibria", facts=_class_facts, says="by counting"
    )


def _period_facts(stored: tuple[int, ...]) -> Iterator[Fact]:
    import sympy

    share = sympy.Symbol("s")
    for k in stored:
        # of a period, the one round that is learned from pays (1, 0), the k - 1 others (0, 1)
        best = max(1, k - 1)
        yield equal(f"every {k}th round is learned from: best fixed action, a period", best, k - 1)
        earned = (1 - share) + (k - 1) * share
        same = sympy.expand(best - earned - (k - 2) * (1 - share)) == 0
        yield fact(
            f"with s on action 2 it earns 1 - s + {k - 1} s: regret s on what it learns from, "
            f"{k - 2} (1 - s) in truth, a period",
            same,
        )
        yield above("with no regret on what it learns from, s -> 0: regret a round",
                    Fraction(k - 2, k), 0)  # fmt: skip


@claim(
    "fig-2-every-100",
    source="Figure 2, line 219: no-regret every 100 epochs",
    expected="false",
    paper_proof="none",
    replacement="fig-2-after-100",
)
def learning_every_hundredth_epoch() -> Iterator[Check]:
    r"""A follower that learns in every 100th epoch only is without regret.

    For every algorithm without regret, fed with the rewards of every k-th round and holding its
    policy in between, and every bounded sequence of rewards: $Reg_T / T \to 0$.
    """
    yield Witness(
        stored=(3, 100),
        facts=_period_facts,
        says="rewards that differ in the rounds it learns from: 98 of 100 rounds are lost",
        minimal="k = 2 leaves no gap in this construction; 3 is the smallest that does",
    )


def _later_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import vector

    for n in (2, 3, 4):
        first, second = vector("S", n), vector("U", n)
        earned, later, bound, regret = z3.Reals("E F W Reg")
        yield Problem(
            name=f"{n} actions",
            hypotheses=[
                *(x - earned <= bound for x in first),
                *(x - later <= regret for x in second),
            ],
            conclusion=z3.And(
                *(
                    x + y - earned - later <= bound + regret
                    for x, y in zip(first, second, strict=True)
                )
            ),
        )


@claim(
    "fig-2-after-100",
    source="replaces Figure 2, line 219: no-regret after 100 epochs",
    expected="true",
    paper_proof="none",
)
def learning_after_a_hundred_epochs() -> Iterator[Check]:
    r"""A follower that begins to learn after 100 epochs has at most 100 R more regret.

    For every algorithm, every sequence of rewards in a range R, and every policy in the first k
    rounds: the regret is at most k R plus the algorithm's regret on the rest. So it is without
    regret if the algorithm is.
    """
    yield Smt(
        problems=_later_problems,
        says="with S and U what actions would have earned before and after; S - E is at most k R",
    )
