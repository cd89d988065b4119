"""Theorem 9: the bound on the sum of both players' payoffs, term by term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.by_hand import unique_facts, value_facts
from proofs_checks.checks import Check, Search, Witness
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.fact import Fact, above, equal
from proofs_checks.games import BATTLE, COMMITS
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame, ExactStrategy, Number
from stackel.response import commitment_values, expected_payoffs, row_payoffs

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from stackel.result import StrongStackelberg

GamePlay = tuple[BimatrixGame, Play]
MATCH = BimatrixGame([[1, 0], [0, 0]], [[1, 0], [0, 1]])
"""Payoffs 0 or 1, one of the leader's 1: the equilibrium (1, 1), and a place to rest at (2, 2)."""
ROW_1: GamePlay = (COMMITS, ((0, 0),))
REST: GamePlay = (MATCH, ((1, 1),))
BATTLE_REST: GamePlay = (BATTLE, ((1, 1),))


def games_and_cycles() -> SearchStrategy[GamePlay]:
    """2 x 2 games with payoffs -1, 0, 1, and plays of up to four rounds that are repeated."""
    from hypothesis import strategies as st

    from proofs_checks.strategies import plays, small_games

    games = small_games(rows=(2, 2), columns=(2, 2), size=1)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(2, 2, rounds=4)))


def equilibrium(game: BimatrixGame) -> StrongStackelberg | None:
    """The Stackelberg equilibrium where it is unique."""
    from solvers.multiple_lp import multiple_lp

    sse = multiple_lp(game)
    return sse if sse.unique else None


def follower_against(game: BimatrixGame, play: Play, j: int) -> Fraction:
    """What column j earns the follower a round against the rows that were played."""
    return sum((game.follower_exact[i, j] for i, _ in play), start=Fraction(0)) / len(play)


def leader_against(game: BimatrixGame, play: Play, p: ExactStrategy) -> Fraction:
    """What the mix p earns the leader a round against the columns that were played."""
    n = game.shape[1]
    q = [Fraction(sum(j == k for _, j in play), len(play)) for k in range(n)]
    return Fraction(expected_payoffs(game, p, q)[0])


def _exact(p: Sequence[Number]) -> ExactStrategy:
    return tuple(Fraction(x) for x in p)


def _sum_is_reached(drawn: GamePlay) -> bool | None:
    """Whether a cycle without regret, played for ever, pays both together what V_L + V_F is."""
    game, play = drawn
    sse = equilibrium(game)
    if sse is None or max(regrets(game, play)) > 0:
        return None
    return sum(averages(game, play)) == sse.leader_value + sse.follower_value


SUM_IS_REACHED = ForAll(inputs=games_and_cycles, holds=_sum_is_reached)


def _sum_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    half = Fraction(1, 2)
    yield from value_facts(game, Fraction(7, 2))
    yield from unique_facts(game)
    yield equal(
        "V_F, what the follower gets there", expected_payoffs(game, (half, half), (0, 1))[1], half
    )
    yield equal("(1, 1) for ever: regrets (leader, follower) a round", regrets(game, play), (0, 0))
    leader, follower = averages(game, play)
    yield equal("payoffs a round", (leader, follower), (2, 1))
    yield equal("distance of their sum from V_L + V_F, at every T", 4 - (leader + follower), 1)


@claim(
    "thm-9",
    source="Appendix A.9, Theorem 9, lines 736 to 797",
    expected="false",
    paper_proof="invalid",
    broken_step="terms (A) to (D): none is bounded as stated (thm-9-term-a to thm-9-term-d)",
    replacement="payoff-band",
)
def theorem_9() -> Iterator[Check]:
    r"""Without regret, the average sum of payoffs comes to the Stackelberg sum at a rate.

    For every game, every follower with $Reg_F \le \rho(T)$ and every leader without regret:
    $| (J_T^L + J_T^F)/T - (V_L + V_F) | \le \rho(T)/T + O(\log T / \sqrt T)$.
    """
    yield Witness(
        stored=ROW_1,
        facts=_sum_facts,
        refutes=SUM_IS_REACHED,
        says="both regrets are 0 at every T, so rho = 0, and the sum stays 3 where it should be 4; "
        "no payoff of a player ties",
        minimal="2 x 2 and one round: without ties, one row or one column leaves nothing to choose",
    )
    yield Search(statement=SUM_IS_REACHED)


def _term_a_is_bounded(drawn: GamePlay) -> bool | None:
    game, play = drawn
    sse = equilibrium(game)
    if sse is None:
        return None
    gap = averages(game, play)[1] - follower_against(game, play, sse.follower_action)
    return abs(gap) <= max(Fraction(0), regrets(game, play)[1])


TERM_A = ForAll(inputs=games_and_cycles, holds=_term_a_is_bounded)


def _rest_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    value = game.leader_exact[0, 0]
    yield from value_facts(game, value)
    yield from unique_facts(game)
    yield equal("(2, 2) for ever: the follower's regret", regrets(game, play)[1], 0)
    yield equal("the equilibrium's reply, column 1, would earn", follower_against(game, play, 0), 0)
    yield above("term (A): the follower earns, beyond that", averages(game, play)[1], 0)


@claim(
    "thm-9-term-a",
    source="Appendix A.9, term (A), lines 752 to 762",
    expected="false",
    paper_proof="invalid",
    broken_step='"Since the gap cannot be negative by definition of pi_S^F as a best response": it '
    "is a best response to pi_S^L, not to what the leader plays",
    replacement="regret-one-sided",
)
def theorem_9_term_a() -> Iterator[Check]:
    r"""Term (A) is at most the follower's regret.

    For every game and play:
    $| \frac{1}{T} \sum_t R^F(\pi_t^L, \pi_t^F) - \frac{1}{T} \sum_t R^F(\pi_t^L, \pi_S^F) |
    \le Reg_F / T$.
    """
    yield Witness(
        stored=REST,
        facts=_rest_facts,
        refutes=TERM_A,
        says="at (2, 2) for ever the term is 1 and the regret 0",
        minimal="2 x 2, one round, payoffs 0 and 1; with one row or one column no gap is negative",
    )
    yield Witness(
        stored=BATTLE_REST,
        facts=_rest_facts,
        refutes=TERM_A,
        says="in Table 1's Battle at (2, 2) for ever the term is 2 and the regret 0",
    )
    yield Search(statement=TERM_A)


def _term_b_vanishes(drawn: GamePlay) -> bool | None:
    """Whether the rows of a cycle without regret pay the follower's reply what pi_S^L pays it."""
    game, play = drawn
    sse = equilibrium(game)
    if sse is None or regrets(game, play)[0] > 0:
        return None
    return follower_against(game, play, sse.follower_action) == sse.follower_value


TERM_B = ForAll(inputs=games_and_cycles, holds=_term_b_vanishes)


def _term_b_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield from value_facts(game, Fraction(7, 2))
    yield from unique_facts(game)
    top, bottom = game.leader_exact.rows
    yield equal("row 1 beats row 2 by", [x - y for x, y in zip(top, bottom, strict=True)], (1, 1))
    yield equal("row 1 for ever: the leader's regret", regrets(game, play)[0], 0)
    yield equal(
        "its average policy stays (1, 0), at distance from pi_S^L = (1/2, 1/2)",
        abs(1 - Fraction(1, 2)),
        Fraction(1, 2),
    )
    yield equal(
        "term (B): column 2 earns 0 against row 1, and against pi_S^L",
        Fraction(1, 2) - follower_against(game, play, 1),
        Fraction(1, 2),
    )


@claim(
    "thm-9-term-b",
    source="Appendix A.9, term (B), lines 764 to 766",
    expected="false",
    paper_proof="missing",
    replacement="r9-dominant",
)
def theorem_9_term_b() -> Iterator[Check]:
    r"""A leader without regret comes to its Stackelberg policy, so term (B) vanishes.

    For every game and leader without regret: $\bar\pi_T^L \to \pi_S^L$, and
    $| \frac{1}{T} \sum_t R^F(\pi_t^L, \pi_S^F) - V_F | = O(1 / \sqrt T)$.
    """
    yield Witness(
        stored=ROW_1,
        facts=_term_b_facts,
        refutes=TERM_B,
        says="a dominant row for ever has no regret and is not the commitment",
        minimal="2 x 2 and one round",
    )
    yield Search(statement=TERM_B)


def _term_c_is_bounded(drawn: GamePlay) -> bool | None:
    game, play = drawn
    sse = equilibrium(game)
    if sse is None:
        return None
    gap = averages(game, play)[0] - leader_against(game, play, _exact(sse.leader_strategy))
    return abs(gap) <= max(Fraction(0), regrets(game, play)[0])


TERM_C = ForAll(inputs=games_and_cycles, holds=_term_c_is_bounded)


def _term_c_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield from value_facts(game, 5)
    yield equal("(2, 2) for ever: the leader's regret", regrets(game, play)[0], 0)
    commits = leader_against(game, play, (Fraction(1), Fraction(0)))
    yield equal("pi_S^L = row 1 would earn against column 2", commits, 0)
    yield equal("term (C): the leader earns, beyond that", averages(game, play)[0] - commits, 2)


@claim(
    "thm-9-term-c",
    source="Appendix A.9, term (C), lines 774 to 776",
    expected="false",
    paper_proof="invalid",
    broken_step='"This is bounded by the leader\'s average regret": regret bounds one side of the '
    "difference, the term has an absolute value",
    replacement="regret-one-sided",
)
def theorem_9_term_c() -> Iterator[Check]:
    r"""Term (C) is at most the leader's regret.

    For every game and play:
    $| \frac{1}{T} \sum_t R^L(\pi_t^L, \pi_t^F) - \frac{1}{T} \sum_t R^L(\pi_S^L, \pi_t^F) |
    \le Reg_L / T$.
    """
    yield Witness(
        stored=BATTLE_REST,
        facts=_term_c_facts,
        refutes=TERM_C,
        says="in Table 1's Battle at (2, 2) for ever the term is 2 and the regret 0",
        minimal="2 x 2 and one round",
    )
    yield Search(statement=TERM_C)


def _term_d_vanishes(drawn: GamePlay) -> bool | None:
    game, play = drawn
    sse = equilibrium(game)
    if sse is None or regrets(game, play)[1] > 0:
        return None
    return leader_against(game, play, _exact(sse.leader_strategy)) == sse.leader_value


TERM_D = ForAll(inputs=games_and_cycles, holds=_term_d_vanishes)


def _term_d_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    value = game.leader_exact[0, 0]
    yield from value_facts(game, value)
    yield from unique_facts(game)
    yield equal("(2, 2) for ever: the follower's regret", regrets(game, play)[1], 0)
    against = row_payoffs(game.leader_exact, (0, 1))[0]
    yield equal("pi_S^L = row 1 earns against it", against, 0)
    first = (Fraction(1), Fraction(0))
    yield equal("where V_L is", commitment_values(game, first)[0], value)


@claim(
    "thm-9-term-d",
    source="Appendix A.9, term (D), lines 783 to 785",
    expected="false",
    paper_proof="missing",
    replacement="payoff-band",
)
def theorem_9_term_d() -> Iterator[Check]:
    r"""A follower without regret comes to the reply to the commitment, so term (D) vanishes.

    For every game and follower without regret:
    $| \frac{1}{T} \sum_t R^L(\pi_S^L, \pi_t^F) - V_L | = O(\rho(T)/T) + O(1/\sqrt T)$.
    """
    yield Witness(
        stored=REST,
        facts=_term_d_facts,
        refutes=TERM_D,
        says="at (2, 2) for ever the follower has no regret, and its column 2 is worth 0 to the "
        "commitment, whose value is 1",
        minimal="2 x 2, one round, payoffs 0 and 1",
    )
    yield Search(statement=TERM_D)
