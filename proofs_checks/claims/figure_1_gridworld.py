"""Figure 1, Markov game: panels (b), (d) and (f)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.checks import Calculation, Check
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.registry import claim

GENERAL = ("gridworld/gridworld-small", Fraction(-1, 11), Fraction(-2), Fraction(-4, 3))
"""A general-sum instance, and the defender's values: commitment, allocation, simultaneous."""
ZERO_SUM = ("gridworld/gridworld-zero-sum", Fraction(-27, 7), Fraction(-6), Fraction(-27, 7))


def _value_facts() -> Iterator[Fact]:
    from solvers.gridworld.solve import solve_gridworld
    from stackel.catalog import load

    for name, commitment, allocation, simultaneous in (GENERAL, ZERO_SUM):
        found = solve_gridworld(load(name).game)  # type: ignore[arg-type]
        sse, pure, nash = found.sse, found.pure, found.nash
        yield equal(f"{name}: the attacker sees the coverage", sse.leader_value, commitment)
        yield equal("it sees the realised allocation", pure.strong.leader_value, allocation)
        yield equal("it sees nothing", (nash.leader_min, nash.leader_max), (simultaneous,) * 2)
    yield fact("the three differ in the general-sum instance", len(set(GENERAL[1:])) == 3)
    yield equal("in the zero-sum one commitment and Nash agree", ZERO_SUM[1], ZERO_SUM[3])


@claim(
    "fig-1bdf",
    source="Section 5, lines 130 to 134, 214 and 221, Figure 1 (b), (d), (f)",
    expected="ill-posed",
    paper_proof="none",
    replacement="information-values",
)
def ald_reaches_the_gridworld_equilibrium() -> Iterator[Check]:
    r"""In the gridworld ALD converges to the Stackelberg equilibrium.

    Which one is not said: the text has the attacker see the realised allocation, the theory a mixed
    commitment, and the algorithm of the experiments a play in which it sees neither. The three have
    values of their own; and in the zero-sum variant, in which commitment and Nash values agree, no
    experiment can tell Stackelberg from Nash play.
    """
    yield Calculation(
        method="exact gridworld solvers, each answer checked by other code",
        facts=_value_facts,
        shows="ill-posed",
        says="three games are meant by one name",
    )
