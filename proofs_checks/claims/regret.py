"""Definitions 4 to 6: regret, and what having none is said to mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import replies
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.definitions import averages, regrets
from proofs_checks.fact import Fact, above, at_most, equal
from proofs_checks.games import BATTLE, COMMITS, COORDINATION
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

HALF = Fraction(1, 2)


def _three_regrets_facts(game: BimatrixGame) -> Iterator[Fact]:
    from proofs_checks.definitions import two_row_value

    play = [(0, 0)] * 10
    earned = 10 * averages(game, play)[0]
    yield equal("row 1 against column 1 in all 10 rounds earns", earned, 20)
    a = game.leader_exact
    best_cell = max(a[i, j] for i in range(2) for j in range(2))
    yield equal("short of the largest reward", 10 * best_cell - earned, 20)
    yield equal(
        "short of the best fixed row, the replies held (external)", 10 * regrets(game, play)[0], 0
    )
    yield equal(
        "short of the best commitment, the follower replying to it (policy regret)",
        10 * two_row_value(game) - earned,
        15,
    )


@claim(
    "def-4",
    source="Section 3, Definition 4, lines 68 to 72",
    expected="ill-posed",
    paper_proof="none",
    replacement="r1-cce",
)
def regret() -> Iterator[Check]:
    r"""Definition 4 defines the regret of a learning agent.

    For every play the regret $\max_\pi \sum_t J(\pi) - \sum_t J(\pi_t)$ is one number. But J has
    two arguments in Definition 1 and one here: what the other player does is left open. Read as
    the agent's own choice, as what was played, or as what it would have replied, it is
    sub-optimality, external regret, or policy regret; the sentence below the formula means the
    second, the proof of Theorem 8 uses the third. stackel means external regret.
    """
    yield Witness(
        stored=COMMITS,
        facts=_three_regrets_facts,
        shows="ill-posed",
        says="one play has regret 20, 0 or 15",
    )


def _two_comparator_facts(game: BimatrixGame) -> Iterator[Fact]:
    play = [(0, 0), (1, 0)]
    yield equal("column 1 against rows 1, 2, 1, 2, ... earns", averages(game, play)[1], HALF)
    yield equal("regret against the best fixed column", regrets(game, play)[1], 0)
    b = game.follower_exact
    seen = sum((max(b.rows[i]) for i, _ in play), start=0)
    yield equal(
        "regret against the best map from the row seen to a column", seen * HALF - HALF, HALF
    )


@claim(
    "def-6",
    source="Appendix A.3, Definition 6, lines 328 to 332",
    expected="ill-posed",
    paper_proof="none",
    replacement="r1-cce",
)
def follower_regret() -> Iterator[Check]:
    r"""Definition 6 defines the follower's regret.

    For every play the follower's regret, the supremum over its policies, is one number. But the
    set of policies is not said. In Algorithms 1 and 3 the follower sees the leader's action and its
    policies are maps from it; in Algorithm 2 and in Hedge over actions they are fixed actions. And
    the leader's states and actions are held as they were played, which in a Markov game is neither
    what another policy would have met nor policy regret.
    """
    yield Witness(
        stored=COORDINATION,
        facts=_two_comparator_facts,
        shows="ill-posed",
        says="one play has regret 0 against fixed columns and T/2 against maps",
        minimal="2 x 2, two rounds",
    )


def _negative_facts(game: BimatrixGame) -> Iterator[Fact]:
    play = [(0, 0), (1, 1)]
    for times in (1, 5, 50):
        regret = 2 * times * regrets(game, play * times)[1]
        yield equal(f"regret after {2 * times} rounds", regret, -times)
    yield equal("what the follower earns a round", averages(game, play)[1], 1)
    yield at_most("its regret a round, for ever", regrets(game, play)[1], -HALF)


@claim(
    "def-5",
    source="Section 3, Definition 5, lines 76 to 80",
    expected="ill-posed",
    paper_proof="none",
    replacement="limsup-regret",
)
def no_regret_learning() -> Iterator[Check]:
    r"""No regret means that $\lim Regret_T / T = 0$.

    For every learner: its average performance is at least that of any single strategy exactly
    when $\lim_{T \to \infty} Regret_T / T = 0$. The formula and the sentence below it disagree:
    regret can be negative, so that a learner which beats every fixed strategy fails the formula.
    The sentence is Hannan consistency, $\limsup_{T \to \infty} Regret_T / T \le 0$.
    """
    yield Witness(
        stored=COORDINATION,
        facts=_negative_facts,
        shows="ill-posed",
        says="A = B = I, both alternate together: the follower earns 1 a round, every fixed column "
        "1/2, and Regret/T tends to -1/2, not 0",
        minimal="2 x 2, period two",
    )


def _committed_facts(game: BimatrixGame) -> Iterator[Fact]:
    play = [(1, 1)]
    yield equal("row 2 against its best reply, column 2, earns a round", averages(game, play)[0], 2)
    yield equal("the leader's regret", regrets(game, play)[0], 0)
    yield equal("commitment to row 1 has the best reply column", replies(game, (1, 0)), (1,))
    yield above("and earns a round, with it", game.leader_exact[0, 0], 2)


def _no_regret_is_enough(drawn: tuple[BimatrixGame, int]) -> bool | None:
    """Whether row i, met by its best reply for ever, is best; None when it is regretted."""
    from proofs_checks.definitions import pure_value

    game, i = drawn
    j = replies(game, tuple(Fraction(k == i) for k in range(game.shape[0])))[0] - 1
    if regrets(game, [(i, j)])[0] > 0:
        return None
    return averages(game, [(i, j)])[0] >= pure_value(game)


def _games_and_rows() -> SearchStrategy[tuple[BimatrixGame, int]]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games

    return st.tuples(small_games(rows=(2, 2), columns=(2, 2), size=2), st.integers(0, 1))


@claim(
    "def-5-commit",
    source="Section 3, line 80: what Definition 5 is said to guarantee",
    expected="false",
    paper_proof="none",
    replacement="limsup-regret",
)
def no_regret_is_as_good_as_commitment() -> Iterator[Check]:
    r"""Without regret an agent does as well as any strategy it could have committed to.

    For every game and every play in which the follower best-responds and the leader has no regret:
    the leader's average is at least what any single strategy would have earned, had it been
    committed to. Regret holds the other player's actions as they were; a commitment changes them.
    """
    statement = ForAll(inputs=_games_and_rows, holds=_no_regret_is_enough)
    yield Witness(
        stored=BATTLE,
        facts=_committed_facts,
        says="Battle, row 2 and column 2 for ever: no regret, 2 a round, and commitment to row 1 "
        "would have earned 5",
    )
    yield Search(statement=statement)
