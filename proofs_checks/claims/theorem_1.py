"""Theorem 1 and its long form, Theorem 8: the claim that the whole paper rests on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from proofs_checks.by_hand import replies, unique_facts, value_facts
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.fact import Fact, below, equal, fact
from proofs_checks.games import BATTLE, LAZY
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


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
    from stackel.response import commitment_values, expected_payoffs

    half = Fraction(1, 2)
    value = two_row_value(game)
    yield equal("best reply columns to p = (1/2, 1/2)", replies(game, (half, half)), (1, 2))
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
    fewer = sum(_never(each) for each in _sparse_games(ones=2))
    yield equal("2 x 2 games with at most two payoffs 1, else 0, of which this is so", fewer, 0)


def _sparse_games(ones: int) -> Iterator[BimatrixGame]:
    """All 2 x 2 games whose payoffs are 0 but for at most so many, which are 1."""
    for count in range(ones + 1):
        for places in combinations(range(8), count):
            flat = [int(place in places) for place in range(8)]
            yield BimatrixGame([flat[:2], flat[2:4]], [flat[4:6], flat[6:]])


def _never(game: BimatrixGame) -> bool:
    """Whether the equilibrium is unique and no play without regret pays V."""
    from solvers.multiple_lp import multiple_lp
    from solvers.no_regret import no_regret

    sse = multiple_lp(game)
    return sse.unique is True and no_regret(game).class_ == "never"


def _pure(i: int) -> tuple[Fraction, Fraction]:
    return Fraction(i == 0), Fraction(i == 1)


@claim(
    "thm-1",
    source="Section 4, Theorem 1, lines 102 to 116",
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
        minimal="2 x 2, payoffs 0 but for three 1s; no game with fewer is of this class",
    )
    yield Search(statement=REACHES_V)


Observed = tuple[BimatrixGame, int, tuple[int, int]]
"""A game, the row that is played for ever, and the follower's map from the row seen to a column."""


def _observed() -> SearchStrategy[Observed]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games

    column = st.integers(0, 1)
    games = small_games(rows=(2, 2), columns=(2, 2), size=2)
    return st.tuples(games, st.integers(0, 1), st.tuples(column, column))


def _observed_reaches_v(drawn: Observed) -> bool | None:
    """None when a player has regret, or the equilibrium is not unique."""
    from proofs_checks.definitions import two_row_value
    from solvers.multiple_lp import multiple_lp

    game, i, reply = drawn
    a, b = game.leader_exact, game.follower_exact
    leader = max(a[k, reply[k]] for k in range(2)) - a[i, reply[i]]
    follower = max(b[i, j] for j in range(2)) - b[i, reply[i]]
    if max(leader, follower) > 0 or not multiple_lp(game).unique:
        return None
    return a[i, reply[i]] == two_row_value(game)


OBSERVED = ForAll(inputs=_observed, holds=_observed_reaches_v)


def _threat_facts(stored: Observed) -> Iterator[Fact]:
    game, i, reply = stored
    a, b = game.leader_exact, game.follower_exact
    yield equal("row 2 is met by column 2 and pays the leader", a[i, reply[i]], 2)
    yield equal("the best column against row 2 pays the follower", max(b.rows[1]), 2)
    yield equal("and so does the map's", b[i, reply[i]], 2)
    yield below("row 1 would be met by column 2, which pays the leader", a[0, reply[0]], 2)
    yield from value_facts(game, 5)
    yield from unique_facts(game)
    yield below("the average, for ever, against V", a[i, reply[i]], 5)


@claim(
    "thm-1-observed",
    source="Section 4, Theorem 1 as specified in Algorithm 1, lines 86 to 102",
    expected="false",
    paper_proof="invalid",
    broken_step="a follower without regret answers best where it is tested; what it would do "
    "against rows that are not played, no regret says nothing of",
    replacement="information-values",
)
def theorem_1_when_the_action_is_seen() -> Iterator[Check]:
    r"""Theorem 1 holds in Algorithm 1, where the follower sees the leader's action.

    For every game with a unique Stackelberg equilibrium, when the follower's policy is a map from
    the row it sees to a column, the follower has no regret against any map, and the leader none
    against any row, met as the follower's map would: the leader's average converges to V.
    """
    yield Witness(
        stored=(BATTLE, 1, (1, 1)),
        facts=_threat_facts,
        refutes=OBSERVED,
        says="Battle: the follower answers every row with column 2, the leader plays row 2 for "
        "ever; nobody regrets anything, the leader gets 2, and V = 5",
        minimal="2 x 2, one round repeated",
    )
    yield Search(statement=OBSERVED)
