"""Theorem 1 and its long form, Theorem 8: the claim that the whole paper rests on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Search, Witness
from proofs_checks.fact import Fact, below, equal, fact
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

LAZY = BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]])
"""All payoffs 0 or 1, one of the leader's 1: its play is worth 0, its commitment 1/2."""


def _two_row_games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import small_games

    return small_games(rows=(2, 2), columns=(2, 2), size=1)


def _every_coarse_equilibrium_pays_v(game: BimatrixGame) -> bool | None:
    """Whether no-regret play must reach V; None when the equilibrium is not unique."""
    from solvers.correlated import coarse_correlated
    from solvers.multiple_lp import multiple_lp

    sse = multiple_lp(game)
    if not sse.unique:
        return None
    pays = coarse_correlated(game)
    return pays.leader_min == pays.leader_max == sse.leader_value


REACHES_V = ForAll(inputs=_two_row_games, holds=_every_coarse_equilibrium_pays_v)


def _lazy_facts(game: BimatrixGame) -> Iterator[Fact]:
    from proofs_checks.definitions import two_row_value
    from solvers.correlated import coarse_correlated
    from solvers.multiple_lp import multiple_lp
    from stackel.response import best_responses, commitment_values, expected_payoffs

    half = Fraction(1, 2)
    value = two_row_value(game)
    yield equal(
        "best replies to p = (1/2, 1/2), from 0", best_responses(game, (half, half)), (0, 1)
    )
    yield equal(
        "what p = (1/2, 1/2) earns, ties for the leader",
        commitment_values(game, (half, half))[0],
        half,
    )
    yield equal("V, the best over p = (0, 1), (1/2, 1/2), (1, 0)", value, half)
    sse = multiple_lp(game)
    yield equal("V by linear programs", sse.leader_value, value)
    yield fact("the equilibrium is unique", sse.unique)
    for i in range(2):
        for j in range(2):
            row = expected_payoffs(game, _pure(1), _pure(j))[0] - game.leader_exact[i, j]
            column = expected_payoffs(game, _pure(i), _pure(0))[1] - game.follower_exact[i, j]
            yield equal(
                f"in cell ({i + 1}, {j + 1}): gain by row 2 + gain by column 1 = leader's payoff",
                row + column,
                game.leader_exact[i, j],
            )
    pays = coarse_correlated(game)
    yield equal(
        "so any play pays Reg_L(row 2)/T + Reg_F(col 1)/T; most in a CCE", pays.leader_max, 0
    )
    yield below("limit of every no-regret play", pays.leader_max, value)


def _pure(i: int) -> tuple[Fraction, Fraction]:
    return Fraction(i == 0), Fraction(i == 1)


@claim(
    "thm-1",
    source="Section 4, Theorem 1, lines 88 to 117",
    expected="false",
    paper_proof="invalid",
    broken_step="all three terms of the decomposition: none of them tends to 0 (thm-8-term-a, "
    "thm-8-term-b, thm-8-term-c)",
    replacement="r7-criterion",
)
def theorem_1() -> Iterator[Check]:
    r"""No-regret leader, no-regret follower: the leader's average converges to V.

    For every game with bounded rewards and a unique Stackelberg equilibrium, every leader and every
    follower without regret: $E | \frac{1}{T} \sum_t R_t^L - V | \to 0$ as $T \to \infty$.
    """
    yield Witness(
        stored=LAZY,
        facts=_lazy_facts,
        refutes=REACHES_V,
        says="the leader's average tends to 0 in every no-regret play, and V = 1/2",
        minimal="2 x 2 with payoffs 0 and 1, of which the leader has a single 1",
    )
    yield Search(statement=REACHES_V)
