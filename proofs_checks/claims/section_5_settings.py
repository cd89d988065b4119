"""Section 5 on its settings: rates, discounts, episodes, horizons."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Calculation, Check, Enumeration, Identity, Witness
from proofs_checks.fact import Fact, above, at_least, at_most, below, equal
from proofs_checks.registry import claim

TESTED = (Fraction(1, 50), Fraction(1, 20), Fraction(1, 10))
"""Hedge's rates that were tested, line 183."""
SELECTED = (Fraction(1, 100), Fraction(1, 5))
"""The range from which the rate was selected by grid search, line 172."""
DEFAULTS = (Fraction(1, 20), Fraction(1, 50))
"""Matrix games and Markov games."""


@claim(
    "exp-eta-range",
    source="Section 5, lines 172 and 183",
    expected="false",
    paper_proof="none",
    replacement="exp-eta-defaults",
)
def the_grid_covers_the_range() -> Iterator[Check]:
    r"""Hedge's rate is tuned by grid search over [0.01, 0.2], on the grid 0.02, 0.05, 0.1.

    The rates that were tested span the range from which the rate is said to be selected.
    """
    yield Witness(
        stored=(SELECTED, TESTED),
        facts=lambda stored: [
            below("smallest rate of the range", stored[0][0], min(stored[1])),
            above("largest rate of the range", stored[0][1], max(stored[1])),
        ],
        says="neither end was tested: a fifth of a decade more on either side is missing",
    )


@claim(
    "exp-eta-defaults",
    source="Section 5, line 183",
    expected="true",
    paper_proof="none",
)
def the_defaults_were_tested() -> Iterator[Check]:
    r"""The default rates 0.05 and 0.02 are tested ones, inside the stated range.

    Both are among 0.02, 0.05, 0.1, and in [0.01, 0.2].
    """

    def facts() -> Iterator[Fact]:
        for rate in DEFAULTS:
            yield at_least("default rate", rate, SELECTED[0])
            yield at_most("default rate", rate, SELECTED[1])
            yield equal("times that it was tested", TESTED.count(rate), 1)

    yield Calculation(method="exact arithmetic", facts=facts, says="by comparison")


def _advantage() -> Iterator[tuple[str, Any, Any]]:
    """Generalised advantages of an episode of one step, in the general recursion."""
    import sympy

    gamma, decay, reward, now, after = sympy.symbols("gamma lambda r v v_next")
    ended = 1
    delta = reward + gamma * (1 - ended) * after - now
    later = sympy.Symbol("A_next")
    yield (
        "A = r + gamma (1 - ended) V(s') - V(s) + gamma lambda (1 - ended) A' = r - V(s)",
        delta + gamma * decay * (1 - ended) * later,
        reward - now,
    )


@claim(
    "exp-one-step",
    source="Section 5, lines 128 and 145; Schulman et al. 2015",
    expected="true",
    paper_proof="none",
)
def one_step_episodes_need_no_discount() -> Iterator[Check]:
    r"""In the matrix games PPO's discount and GAE's decay are without effect.

    Every episode is a single step, so for every $\gamma$ and $\lambda$ the advantage is
    $\hat A = r - V(s)$: the leader's PPO maximises the reward of the present step and cannot
    anticipate what the follower will do later.
    """
    yield Identity(sides=_advantage, says="nothing follows the step that ends the episode")


Investment = tuple[Fraction, int, int]
"""A discount, what one move costs, and what it earns in every later step."""
INVEST: Investment = (Fraction(99, 100), 100, 1)


def _discount_facts(stored: Investment) -> Iterator[Fact]:
    discount, cost, gain = stored
    worth = -cost + gain * discount / (1 - discount)
    yield below("paying 100 once for 1 a step ever after, discounted by 0.99, is worth", worth, 0)
    yield equal("not paying is worth", 0, 0)
    rounds = 10**6
    average = Fraction(-cost + gain * (rounds - 1), rounds)
    yield above("average reward of paying, a million steps", average, Fraction(99, 100))
    horizon = 20
    short = -cost + gain * (horizon - 1)
    yield below("though not within one episode of 20 steps: its return", short, 0)


@claim(
    "exp-discount",
    source="Section 3, line 47, and Section 5, line 145",
    expected="false",
    paper_proof="none",
    replacement="exp-one-step",
)
def discounting_serves_the_average() -> Iterator[Check]:
    r"""PPO with discount 0.99 optimises the undiscounted average reward of Section 3.

    For every finite Markov game and follower policy, what is best at $\gamma = 0.99$ is best on
    average as $T \to \infty$.
    """
    yield Witness(
        stored=INVEST,
        facts=_discount_facts,
        says="two states, one decision: the discounted learner does not invest, the average-reward "
        "one does",
        minimal="a single decision in two states, rewards -100, 0 and 1",
    )


SIDE, HORIZON = 10, 20


def _pairs_of_cells() -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    cells = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    yield from ((start, target) for start in cells for target in cells)


@claim(
    "exp-horizon",
    source="Section 5, lines 131 to 133",
    expected="true",
    paper_proof="none",
)
def the_horizon_reaches_every_target() -> Iterator[Check]:
    r"""On the 10 x 10 grid every cell can be reached from every other within the horizon 20.

    For every start and target the shortest path by moves to the four neighbours has at most 20
    steps: 18 at the most. (Where entering a target ends the episode, other targets may block it.)
    """
    yield Enumeration(
        family="pairs of cells of the grid",
        members=_pairs_of_cells,
        holds=lambda pair: sum(abs(x - y) for x, y in zip(*pair, strict=True)) <= HORIZON - 2,
    )
