"""The three terms of the proof of Theorem 8, each of which is said to vanish."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING

from proofs_checks.by_hand import value_facts
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.definitions import Play, averages, joint_of, regrets, two_row_value
from proofs_checks.fact import Fact, above, below, equal
from proofs_checks.games import BATTLE, COMMITS
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import best_responses, column_payoffs, commitment_values, expected_payoffs

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def _games_and_cycles() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games, stable_plays

    games = small_games(rows=(2, 2), columns=(2, 2), size=1)
    return games.flatmap(lambda game: st.tuples(st.just(game), stable_plays(game)))


def _average_policies(play: Play, shape: tuple[int, int]) -> tuple[list[Fraction], list[Fraction]]:
    joint = joint_of(play, shape)
    return [sum(row, Fraction(0)) for row in joint], [
        sum(column, Fraction(0)) for column in zip(*joint, strict=True)
    ]


def _average_is_of_average_policies(drawn: GamePlay) -> bool | None:
    """None when a player has regret: the play is repeated for ever."""
    game, play = drawn
    if max(regrets(game, play)) > 0:
        return None
    p, q = _average_policies(play, game.shape)
    return averages(game, play)[0] == expected_payoffs(game, p, q)[0]


CONCENTRATES = ForAll(inputs=_games_and_cycles, holds=_average_is_of_average_policies)
CYCLE = (BATTLE, ((0, 0),) * 4 + ((1, 0),) * 2 + ((1, 1),) * 5)


def _cycle_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield equal("4 x (1, 1), 2 x (2, 1), 5 x (2, 2): leader's regret", regrets(game, play)[0], 0)
    yield equal("follower's regret", regrets(game, play)[1], 0)
    p, q = _average_policies(play, game.shape)
    yield equal("average policy of the leader", p, (Fraction(4, 11), Fraction(7, 11)))
    yield equal("average policy of the follower", q, (Fraction(6, 11), Fraction(5, 11)))
    yield equal("average payoff, (4 x 5 + 5 x 2) / 11", averages(game, play)[0], Fraction(30, 11))
    yield equal(
        "payoff of the average policies", expected_payoffs(game, p, q)[0], Fraction(190, 121)
    )
    yield above("term A, for ever", Fraction(30, 11) - Fraction(190, 121), 0)
    shorter = sum(_has_gap(each) for each in _short_plays())
    yield equal("plays of at most 10 rounds with both regrets 0 and a term A", shorter, 0)


def _short_plays() -> Iterator[GamePlay]:
    cells = tuple(product(range(2), range(2)))
    for rounds in range(1, 11):
        for play in combinations_with_replacement(cells, rounds):
            yield BATTLE, play


def _has_gap(stored: GamePlay) -> bool:
    return not any(regrets(*stored)) and not _average_is_of_average_policies(stored)


@claim(
    "thm-8-term-a",
    source="Appendix A.8, term (A), lines 698 to 700",
    expected="false",
    paper_proof="invalid",
    broken_step="the law of large numbers compares what is realised with what is expected in each "
    "round; the average of products is not the product of averages",
    replacement="r1-cce",
)
def theorem_8_term_a() -> Iterator[Check]:
    r"""The average payoff converges to the payoff of the average policies.

    For every game and every play without regret:
    $| \frac{1}{T} \sum_t R_t^L - J^L(\bar\pi_T^L, \bar\pi_T^F) | \to 0$. That would need the
    players' choices to be uncorrelated over time.
    """
    yield Witness(
        stored=CYCLE,
        facts=_cycle_facts,
        refutes=CONCENTRATES,
        says="Table 1's Battle: a cycle of 11 rounds with both regrets exactly 0, term A 140/121",
        minimal="no shorter cycle of Battle has both regrets exactly 0 and a term A above 0",
    )
    yield Search(statement=CONCENTRATES)


def _square_games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import small_games

    return small_games(rows=(2, 2), columns=(2, 2), size=2)


GameMix = tuple[BimatrixGame, tuple[Fraction, ...]]


def _games_and_mixes() -> SearchStrategy[GameMix]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import mixes

    return st.tuples(_square_games(), mixes(2))


def _indifference_is_shared(drawn: GameMix) -> bool | None:
    """Whether columns that pay the follower the same pay the leader the same."""
    game, p = drawn
    if len(best_responses(game, p)) < 2:
        return None
    best, worst = commitment_values(game, p)
    return best == worst


SHARED = ForAll(inputs=_games_and_mixes, holds=_indifference_is_shared)
INDIFFERENCE = (BATTLE, (Fraction(2, 3), Fraction(1, 3)))


def _indifference_facts(stored: GameMix) -> Iterator[Fact]:
    game, p = stored
    follower, leader = column_payoffs(game.follower_exact, p), column_payoffs(game.leader_exact, p)
    yield equal("at p = (2/3, 1/3) the columns pay the follower", follower, (Fraction(2, 3),) * 2)
    yield equal("and the leader", leader, (Fraction(10, 3), Fraction(2, 3)))


def _rationality_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    p, q = _average_policies(play, game.shape)
    columns = column_payoffs(game.follower_exact, p)
    yield equal("the follower's regret in the cycle of thm-8-term-a", regrets(game, play)[1], 0)
    yield equal(
        "against the leader's average policy columns pay",
        columns,
        (Fraction(4, 11), Fraction(14, 11)),
    )
    yield equal("its own average policy earns", expected_payoffs(game, p, q)[1], Fraction(94, 121))
    yield below("which, against the best reply", Fraction(94, 121), Fraction(14, 11))


@claim(
    "thm-8-term-b",
    source="Appendix A.8, term (B), lines 702 to 718",
    expected="false",
    paper_proof="invalid",
    broken_step='"a follower becoming indifferent between two strategies implies that the leader '
    'also becomes indifferent"; and Lemma 1, on which the term rests, is false (lemma-1)',
    replacement="zero-sum-indifference",
)
def theorem_8_term_b() -> Iterator[Check]:
    r"""Where the follower is indifferent, so is the leader; its average policy is a best response.

    For every game and leader mix p, all best responses of the follower pay the leader the same;
    and for every play without regret the follower's average policy comes to best-respond to the
    leader's, so that $| J^L(\bar\pi_T^L, \bar\pi_T^F) - J^L(\bar\pi_T^L, BR(\bar\pi_T^L)) | \to 0$.
    """
    yield Witness(
        stored=INDIFFERENCE,
        facts=_indifference_facts,
        refutes=SHARED,
        says="Table 1's Battle at p = (2/3, 1/3): the follower is indifferent, the leader gets "
        "10/3 or 2/3",
    )
    yield Witness(
        stored=CYCLE,
        facts=_rationality_facts,
        says="a cycle without regret whose average reply is no best response to the average policy",
    )
    yield Search(statement=SHARED)


def _average_policy_attains(game: BimatrixGame) -> bool | None:
    """Whether a strictly dominant row, to which the average policy tends, attains V."""
    a = game.leader_exact
    if not all(a.rows[0][j] > a.rows[1][j] for j in range(game.shape[1])):
        return None
    return commitment_values(game, (Fraction(1), Fraction(0)))[0] == two_row_value(game)


def _dominated() -> SearchStrategy[BimatrixGame]:
    """Games whose first row is strictly dominant."""
    from hypothesis import strategies as st

    steps = st.tuples(st.integers(1, 2), st.integers(1, 2))

    def lowered(drawn: tuple[BimatrixGame, tuple[int, int]]) -> BimatrixGame:
        game, step = drawn
        top = game.leader_exact.rows[0]
        return BimatrixGame(
            [top, [x - y for x, y in zip(top, step, strict=True)]], game.follower_exact.rows
        )

    return st.tuples(_square_games(), steps).map(lowered)


ATTAINS = ForAll(inputs=_dominated, holds=_average_policy_attains)


def _dominance_facts(game: BimatrixGame) -> Iterator[Fact]:
    for j in range(2):
        gap = game.leader_exact[0, j] - game.leader_exact[1, j]
        yield equal(f"row 1 beats row 2 in column {j + 1} by", gap, 1)
        seldom = [(0, j)] * 9 + [(1, j)]
        yield equal(
            "row 2 in a tenth of the rounds: regret", regrets(game, seldom)[0], Fraction(1, 10)
        )
    yield equal(
        "so row 2 vanishes from the average policy; its limit, row 1, earns with the best reply",
        commitment_values(game, (1, 0))[0],
        2,
    )
    yield from value_facts(game, Fraction(7, 2))
    yield below("what the average policy attains, against V", 2, Fraction(7, 2))


@claim(
    "thm-8-term-c",
    source="Appendix A.8, term (C), lines 720 to 726",
    expected="false",
    paper_proof="invalid",
    broken_step='"The definition of a no-regret algorithm in this context implies": no regret is '
    "measured against the replies as they were, not as they would have been",
    replacement="r7-criterion",
)
def theorem_8_term_c() -> Iterator[Check]:
    r"""The average policy of a leader without regret attains V against best responses.

    For every game and every play without regret: $U(\bar\pi_T^L) \to V$, where U(p) is what
    commitment p pays the leader when the follower best-responds.
    """
    yield Witness(
        stored=COMMITS,
        facts=_dominance_facts,
        refutes=ATTAINS,
        says="Conitzer and Sandholm's game: without regret the leader plays its dominant row, "
        "which earns 2; V = 7/2 needs the dominated one half of the time",
    )
    yield Search(statement=ATTAINS)
