"""Appendices A.1 to A.3: Theorems 2, 3 and 4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.checks import Check, Problem, Search, Smt, Witness
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.fact import Fact, at_most, below, equal, fact
from proofs_checks.games import COORDINATION
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TOGETHER = (COORDINATION, ((0, 0), (1, 1)))
"""Both players alternate, in step."""


def _pure_and_mixed_optima() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    for n in (2, 3):
        pays, q, other = vector("b", n), vector("q", n), vector("r", n)
        every_column = z3.And(*(dot(q, pays) >= x for x in pays))
        every_mix = z3.ForAll(
            other, z3.Implies(z3.And(*is_mix(other)), dot(q, pays) >= dot(other, pays))
        )
        yield Problem(
            name=f"m x {n} games: best of the mixes, so best of the columns",
            hypotheses=[*is_mix(q), every_mix],
            conclusion=every_column,
            example={**dict.fromkeys(pays, 0), q[0]: 1},
        )
        yield Problem(
            name=f"m x {n} games: best of the columns, so best of the mixes",
            hypotheses=[*is_mix(q), *is_mix(other), every_column],
            conclusion=dot(q, pays) >= dot(other, pays),
            example={**dict.fromkeys(pays, 0), q[0]: 1, other[0]: 1},
        )


@claim(
    "thm-2",
    source="Appendix A.1, Theorem 2, lines 296 to 302",
    expected="true",
    paper_proof="valid",
)
def theorem_2() -> Iterator[Check]:
    r"""A pair is a Stackelberg equilibrium iff it meets the two arg max conditions.

    For every game, $(\pi^L, \pi^F)$ is a Stackelberg equilibrium iff
    $\pi^F \in \arg\max J^F(\pi^L, \cdot)$ and $\pi^L \in \arg\max J^L(\cdot, BR(\cdot))$. This is
    Definition 3 word by word (the proof says "Definition 1"): it is true, says nothing new, and
    inherits what is wrong with the definition (def-3). What can be checked is that the arg max over
    policies, which both name, is the one over the follower's actions.
    """
    yield Smt(
        problems=_pure_and_mixed_optima,
        says="with b = p'B: the conditions are those of Definition 3, and a mix is best among all "
        "mixes exactly when no column is better",
    )


GameMap = tuple[BimatrixGame, Sequence[int]]


def _games_and_maps() -> SearchStrategy[GameMap]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games

    def with_map(game: BimatrixGame) -> SearchStrategy[GameMap]:
        m, n = game.shape
        return st.tuples(st.just(game), st.tuples(*[st.integers(0, n - 1)] * m))

    return small_games(size=1).flatmap(with_map)


def _map_is_best(drawn: GameMap) -> bool:
    from stackel.response import best_responses

    game, replies = drawn
    m, _ = game.shape
    rows = [tuple(Fraction(i == k) for k in range(m)) for i in range(m)]
    return all(replies[i] in best_responses(game, rows[i]) for i in range(m))


ADJUSTABLE = ForAll(inputs=_games_and_maps, holds=_map_is_best)


def _wrong_map_facts(stored: GameMap) -> Iterator[Fact]:
    game, replies = stored
    b = game.follower_exact
    for i, j in enumerate(replies):
        yield equal(f"the map answers row {i + 1} with column {j + 1}, which pays", b[i, j], 0)
        yield equal(f"the best reply to row {i + 1} pays", max(b.rows[i]), 1)


def _greedy_facts(rewards: tuple[int, int]) -> Iterator[Fact]:
    from solvers.markov.best_response import best_response
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    now, later = rewards
    start, rich, end = [1, 0, 0], [0, 1, 0], [0, 0, 1]
    patience = MarkovGame(
        [[[end, rich]], [[end, end]], [[end, end]]],
        leader=[[[0, 0]]] * 3,
        follower=[[[now, 0]], [[later, later]], [[0, 0]]],
        start=start,
        horizon=2,
    )
    alone = [[1], [1], [1]]
    yield equal("first reward of taking", now, max(now, 0))
    myopic = evaluate(patience, alone, [[1, 0], [1, 0], [1, 0]]).follower[0]
    yield equal("taking, the arg max of the reward at hand, earns in two rounds", myopic, now)
    best = best_response(patience, alone).follower_value
    yield equal("waiting, the best response, earns in two rounds", best, later)
    yield below("the first", myopic, later)


@claim(
    "thm-3",
    source="Appendix A.2, Theorem 3, lines 306 to 324",
    expected="false",
    paper_proof="circular",
    broken_step='the line "= R(f(s, a))" replaces the maximum by what f earns, which is the '
    "conclusion: f was any map",
    replacement="reply-map",
)
def theorem_3() -> Iterator[Check]:
    r"""An adjustable follower's reply is a best response to the leader's action.

    For every deterministic map f from (state, leader's action) to an action, the follower that
    plays it plays $a_t^F \in \arg\max_a R_t^F$; and that is its best response. The first fails for
    every map that is not already a best reply; the second in Markov games, where the reward at hand
    is not all that an action brings.
    """
    yield Witness(
        stored=(COORDINATION, (1, 0)),
        facts=_wrong_map_facts,
        refutes=ADJUSTABLE,
        says="B = I and the map that always mismatches: adjustable, deterministic, never best",
        minimal="2 x 2, payoffs 0 and 1",
    )
    yield Witness(
        stored=(1, 2),
        facts=_greedy_facts,
        says="take 1 now and end, or wait for 2: the arg max of the reward at hand is no best "
        "response",
        minimal="one decision, two rounds",
    )
    yield Search(statement=ADJUSTABLE)


GamePlay = tuple[BimatrixGame, Play]


def _games_and_cycles() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import alert_plays, small_games

    games = small_games(size=1)
    return games.flatmap(lambda game: st.tuples(st.just(game), alert_plays(game)))


def _limit_is_zero(drawn: GamePlay) -> bool | None:
    """Of a play repeated for ever, Regret/T tends to its regret a round; None with regret."""
    regret = regrets(*drawn)[1]
    return None if regret > 0 else regret == 0


ZERO_LIMIT = ForAll(inputs=_games_and_cycles, holds=_limit_is_zero)


def _together_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    earned = averages(game, play)[1]
    yield equal("in step, the follower earns a round", earned, 1)
    b = game.follower_exact
    for k in range(2):
        fixed = sum((b[i, k] for i, _ in play), start=Fraction(0)) / len(play)
        yield equal(f"column {k + 1} throughout earns a round", fixed, Fraction(1, 2))
        yield at_most(f"so the definition's limsup for column {k + 1}", fixed - earned, 0)
    yield equal("Regret/T, for every even T", regrets(game, play)[1], Fraction(-1, 2))
    long = [*play] * 50
    yield equal("Regret after 100 rounds", 100 * regrets(game, long)[1], -50)


def _sliding_facts(comparators: int) -> Iterator[Fact]:
    def gain(a: int, rounds: int) -> int:
        return 1 if rounds <= a else 0  # D_T(a)

    for a in range(comparators):
        last = max(gain(a, rounds) for rounds in range(a + 1, 2 * comparators))
        yield equal(f"D_T({a}) for every T > {a}", last, 0)
    for rounds in range(1, comparators):
        most = max(gain(a, rounds) for a in range(comparators))
        yield equal(f"sup over a of D_{rounds}(a)", most, 1)
    yield fact("each limsup is 0, the limsup of the sup is 1", comparators > 1)


@claim(
    "thm-4",
    source="Appendix A.3, Theorem 4, lines 334 to 382",
    expected="false",
    paper_proof="invalid",
    broken_step='"By its definition, regret is always non-negative" (line 374); and the supremum '
    "over comparators is taken inside a limsup, which needs finitely many of them",
    replacement="limsup-regret",
)
def theorem_4() -> Iterator[Check]:
    r"""A strategy is no-regret iff $\lim Regret_T / T = 0$.

    For every game and play: $\limsup_T \frac{1}{T} \sum_t [R_t(a) - R_t] \le 0$ for every
    comparator a (the definition in the proof) iff $\lim_{T \to \infty} Regret_T / T = 0$.
    """
    yield Witness(
        stored=TOGETHER,
        facts=_together_facts,
        refutes=ZERO_LIMIT,
        says="A = B = I, both alternate in step: no column does better, and Regret/T = -1/2",
        minimal="2 x 2, period two: a play of period one has regret at least 0",
    )
    yield Search(statement=ZERO_LIMIT)
    yield Witness(
        about="proof",
        stored=12,
        facts=_sliding_facts,
        says="comparators 1, 2, 3, ... with D_T(a) = 1 up to T = a and 0 after: every limsup is 0, "
        "the limsup of the supremum is 1 (the first 12 are shown)",
    )
