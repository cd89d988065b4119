"""What the abstract and the introduction promise of both players' payoffs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import unique_facts, value_facts
from proofs_checks.checks import Calculation, Check, Search, Witness
from proofs_checks.claims.table_3 import games_of
from proofs_checks.claims.theorem_9 import equilibrium, games_and_cycles
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.fact import Fact, above, equal
from proofs_checks.games import BATTLE
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import best_responses

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]
LAZY: GamePlay = (BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]]), ((1, 0),))
BATTLE_REST: GamePlay = (BATTLE, ((1, 1),))
SWITCHES: GamePlay = (BimatrixGame([[0, 0], [0, 0]], [[1, 0], [0, 1]]), ((0, 0), (1, 0)))


def _both_are_reached(drawn: GamePlay) -> bool | None:
    """Whether a cycle without regret, played for ever, pays each player its Stackelberg value."""
    game, play = drawn
    sse = equilibrium(game)
    if sse is None or max(regrets(game, play)) > 0:
        return None
    return averages(game, play) == (sse.leader_value, sse.follower_value)


BOTH = ForAll(inputs=games_and_cycles, holds=_both_are_reached)


def _lazy_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    half = Fraction(1, 2)
    yield from value_facts(game, half)
    yield from unique_facts(game)
    sse = equilibrium(game)
    yield equal("V_F, by linear programs", sse and sse.follower_value, half)
    yield equal("(2, 1) for ever: regrets a round", regrets(game, play), (0, 0))
    yield equal("payoffs a round, where V_L = V_F = 1/2", averages(game, play), (0, 1))


def _rest_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield from value_facts(game, 5)
    yield equal("(2, 2) for ever: regrets a round", regrets(game, play), (0, 0))
    yield equal("payoffs a round, where V_L = 5 and V_F = 1", averages(game, play), (2, 2))


@claim(
    "abstract-both-payoffs",
    source="Abstract, line 11, and Section 1, line 24",
    expected="false",
    paper_proof="missing",
    replacement="payoff-band",
)
def both_players_reach_their_stackelberg_values() -> Iterator[Check]:
    r"""Asymmetric learning forces both players' average payoffs to the Stackelberg values.

    For every game with a unique Stackelberg equilibrium, every leader and follower without regret:
    $J_T^L / T \to V_L$ and $J_T^F / T \to V_F$. The paper's theorems are about the leader, and
    about the sum (thm-9).
    """
    yield Witness(
        stored=LAZY,
        facts=_lazy_facts,
        refutes=BOTH,
        says="neither has regret, the leader gets 0 and the follower 1 where both should get 1/2",
        minimal="2 x 2, one round, all payoffs 0 or 1",
    )
    yield Witness(
        stored=BATTLE_REST,
        facts=_rest_facts,
        refutes=BOTH,
        says="Table 1's Battle may rest at (2, 2): the leader gets 2, not 5, the follower 2, not 1",
    )
    yield Search(statement=BOTH)


def _gain(game: BimatrixGame) -> Fraction:
    """How much V is beyond the leader's best Nash payoff."""
    from solvers.multiple_lp import multiple_lp
    from solvers.nash import nash

    best = max(e.leader_value for e in nash(game).equilibria)
    return Fraction(multiple_lp(game).leader_value) - Fraction(best)


def _often_facts() -> Iterator[Fact]:
    for source, gaining in (("table3", ("hero",)), ("source", ())):
        found = [name for name, game in games_of(source).items() if _gain(game) > 0]
        yield equal(f"games of {source} in which V is beyond every Nash payoff", found, gaining)
    for size in (1, 2, 5):
        pennies = [[size, -size], [-size, size]]
        opposed = BimatrixGame(pennies, [[-x for x in row] for row in pennies])
        yield equal(f"matching pennies for {size}: V beyond the Nash payoff", _gain(opposed), 0)
        lazy = BimatrixGame([[0, 0], [0, size]], [[0, 1], [1, 0]])
        yield above(f"A = [[0, 0], [0, {size}]], B = [[0, 1], [1, 0]]: the same", _gain(lazy), 0)


@claim(
    "intro-often",
    source="Section 1, line 15",
    expected="ill-posed",
    paper_proof="none",
    replacement="intro-se-nash",
)
def commitment_often_pays_more() -> Iterator[Check]:
    r"""The Stackelberg equilibrium often pays the leader more than the Nash equilibrium.

    In many games, V is more than what the leader gets in Nash equilibrium: of which distribution of
    games, and which of several equilibria, is not said.
    """
    yield Calculation(
        method="exact enumeration of equilibria",
        facts=_often_facts,
        shows="ill-posed",
        says="against the best equilibrium it is 1 of the 12 printed games and 0 of the source's "
        "12; one family never gains, another always",
    )


def _follows_the_rows(drawn: GamePlay) -> bool | None:
    """Whether a follower without regret earns what best replies to every round's row would."""
    game, play = drawn
    if regrets(game, play)[1] > 0:
        return None
    b = game.follower_exact
    rational = sum((Fraction(max(b[i, j] for j in range(game.shape[1]))) for i, _ in play))
    return averages(game, play)[1] == rational / len(play)


def _games_and_steady_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games, steady_plays

    games = small_games(rows=(2, 3), columns=(2, 3), size=1)
    return games.flatmap(lambda game: st.tuples(st.just(game), steady_plays(game)))


RATIONAL = ForAll(inputs=_games_and_steady_plays, holds=_follows_the_rows)


def _switches_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield equal("rows 1 and 2 in turns, column 1 always: the follower's regret",
                regrets(game, play)[1], 0)  # fmt: skip
    yield equal("what it earns a round", averages(game, play)[1], Fraction(1, 2))
    replies = [best_responses(game, row) for row in ((1, 0), (0, 1))]
    yield equal("best replies to rows 1 and 2, from 0", replies, ((0,), (1,)))
    yield equal("which earn", max(game.follower_exact.rows[0]), 1)


@claim(
    "intro-rational",
    source="Section 1, line 22, and Section 2, line 34",
    expected="false",
    paper_proof="none",
    replacement="regret-one-sided",
)
def a_follower_without_regret_looks_rational() -> Iterator[Check]:
    r"""A follower without regret cannot be told, on average, from a rational one.

    For every game and play in which the follower has no regret: it earns, on average, what a
    follower earns that plays a best response to the leader's policy of every round.
    """
    yield Witness(
        stored=SWITCHES,
        facts=_switches_facts,
        refutes=RATIONAL,
        says="against a leader that takes turns it earns 1/2 without regret, a rational one 1",
        minimal="2 x 2, two rounds: against a constant leader the statement holds",
    )
    yield Search(statement=RATIONAL)
