"""Lemma 1: the average of a no-regret follower as a best response to every leader policy."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from proofs_checks.checks import (
    Calculation,
    Check,
    Search,
    Witness,
)
from proofs_checks.claims.definitions import HALF
from proofs_checks.claims.theorem_5 import STAY_MOVE, Policy
from proofs_checks.definitions import Play, regrets
from proofs_checks.fact import Fact, above, at_least, below, equal
from proofs_checks.games import COORDINATION
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay: TypeAlias = tuple[BimatrixGame, Play]
FIXED_ROW: Play = ((0, 0),)
"""The leader plays row 1 for ever, the follower column 1."""


def gap_at(game: BimatrixGame, p: tuple[Fraction | int, ...], q: list[Fraction]) -> Fraction:
    """What the follower's mix q leaves on the table against the leader's mix p."""
    from stackel.response import column_payoffs

    pays = [Fraction(x) for x in column_payoffs(game.follower_exact, p)]
    return max(pays) - sum((x * y for x, y in zip(q, pays, strict=True)), start=Fraction(0))


def uniform_gap(game: BimatrixGame, play: Play) -> Fraction:
    """Sup over leader mixes of the gap of the average of a play: at a row, as it is convex."""
    m, n = game.shape
    q = [Fraction(sum(j == k for _, j in play), len(play)) for k in range(n)]
    return max(gap_at(game, tuple(int(i == k) for k in range(m)), q) for i in range(m))


def cycles() -> SearchStrategy[GamePlay]:
    """2 x 2 games with plays of one or two rounds that are repeated for ever."""
    from hypothesis import strategies as st

    from proofs_checks.strategies import plays, small_games

    games = small_games(rows=(2, 2), columns=(2, 2), size=1)
    return st.tuples(games, plays(2, 2, rounds=2))


def _is_uniform(drawn: GamePlay) -> bool | None:
    """Repeated for ever, a play without regret leaves no gap; None with regret."""
    game, play = drawn
    if regrets(game, play)[1] > 0:
        return None
    return uniform_gap(game, play) == 0


def _is_bounded_by_regret(drawn: GamePlay) -> bool:
    game, play = drawn
    return uniform_gap(game, play) <= max(Fraction(0), regrets(game, play)[1])


UNIFORM = ForAll(inputs=cycles, holds=_is_uniform)
BOUNDED = ForAll(inputs=cycles, holds=_is_bounded_by_regret)


def _uniform_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield equal(
        "B = I, (row 1, column 1) for ever: regret after every T", regrets(game, play)[1], 0
    )
    yield equal(
        "average mix (1, 0): gap at row 1", gap_at(game, (1, 0), [Fraction(1), Fraction(0)]), 0
    )
    yield equal("gap at row 2", uniform_gap(game, play), 1)


def _obstruction_facts() -> Iterator[Fact]:
    """Primal and dual of: the least t with gap at row i <= t for every row, over all q."""
    q, weights = [HALF, HALF], (HALF, HALF)
    game = COORDINATION
    rows = ((1, 0), (0, 1))
    for i, row in enumerate(rows):
        yield equal(f"q = (1/2, 1/2): gap at row {i + 1}", gap_at(game, row, q), HALF)
    for j in range(2):
        pure = [Fraction(j == k) for k in range(2)]
        mean = sum(
            (w * gap_at(game, row, pure) for w, row in zip(weights, rows, strict=True)),
            start=Fraction(0),
        )
        yield at_least(f"column {j + 1}: gaps at the rows, weighed (1/2, 1/2)", mean, HALF)


def _any_leader_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    b = game.follower_exact
    yield equal("regret against what the leader played", regrets(game, play)[1], 0)
    for j in range(2):
        found = sum((b[1, j] - b[1, played] for _, played in play), start=Fraction(0)) / len(play)
        yield equal(f"average of R(a_{j + 1}, row 2) - R(pi_t, row 2), for every T", found, j)


@claim(
    "lemma-1",
    source="Appendix A.7, Lemma 1, lines 604 to 680",
    expected="false",
    paper_proof="invalid",
    broken_step='"we know that for any fixed leader policy" (line 638): regret compares with what '
    "the leader did play, not with every policy (lemma-1-any-leader)",
    replacement="uniform-replies",
)
def lemma_1() -> Iterator[Check]:
    r"""A no-regret follower's average is a best response to every leader policy, uniformly.

    For every game, leader and no-regret follower:
    $\sup_p | \bar q_T^T B^T p - \max_j (p^T B)_j | \to 0$, the supremum over all leader policies p.
    For B = I no q at all has a supremum below 1/2: no algorithm could do it.
    """
    yield Witness(
        stored=(COORDINATION, FIXED_ROW),
        facts=_uniform_facts,
        refutes=UNIFORM,
        says="B = I, the leader plays row 1 for ever: regret 0, and a gap of 1 at row 2",
        minimal="2 x 2, payoffs 0 and 1, period one",
    )
    yield Calculation(
        method="exact LP duality",
        facts=_obstruction_facts,
        shows="false",
        says="a row's gap is linear in q, so for B = I every q leaves a mean gap of at least 1/2, "
        "and a gap of at least 1/2 somewhere, whatever the algorithm",
    )
    yield Search(statement=UNIFORM)
    yield Witness(
        about="proof",
        stored=(COORDINATION, FIXED_ROW),
        facts=_any_leader_facts,
        says="the regret that vanishes is against row 1; against row 2, column 2 gains 1 a round",
    )


def _no_gain_against_any(drawn: GamePlay) -> bool | None:
    """No fixed column gains against any fixed row, over a play without regret."""
    game, play = drawn
    if regrets(game, play)[1] > 0:
        return None
    m, n = game.shape
    b = game.follower_exact
    return all(sum(b[i, k] - b[i, j] for _, j in play) <= 0 for i in range(m) for k in range(n))


ANY_LEADER = ForAll(inputs=cycles, holds=_no_gain_against_any)


@claim(
    "lemma-1-any-leader",
    source="Appendix A.7, lines 636 to 642",
    expected="false",
    paper_proof="none",
    replacement="r6-kl",
)
def any_fixed_leader() -> Iterator[Check]:
    r"""From approachability, for *any* fixed leader policy no action gains in the limit.

    For every no-regret follower, every action $a_i$ and every leader policy $\pi^L$, played or not:
    $\limsup \frac{1}{T} \sum_t (R(a_i, \pi^L) - R(\pi_t^F, \pi^L)) \le 0$. The regret vector has
    $\pi_t^L$, what the leader played, in its place; for that sequence, or a leader that is fixed,
    it is true.
    """
    yield Witness(
        stored=(COORDINATION, FIXED_ROW),
        facts=_any_leader_facts,
        refutes=ANY_LEADER,
        says="B = I, (row 1, column 1) for ever: no regret, and column 2 gains 1 a round at row 2",
        minimal="2 x 2, payoffs 0 and 1, period one",
    )
    yield Search(statement=ANY_LEADER)


def _line_facts(policies: tuple[Policy, Policy]) -> Iterator[Fact]:
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    game = MarkovGame(
        [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
        leader=[[[0, 0]], [[0, 0]]],
        follower=[[[1, 0]], [[1, 0]]],
    )
    ends = [Fraction(evaluate(game, [[1], [1]], each).follower[0]) for each in policies]
    middle = evaluate(game, [[1], [1]], [[HALF, HALF], [HALF, HALF]]).follower[0]
    yield equal("J of (stay, move) and of (move, stay)", ends, (1, 1))
    yield below("J of their midpoint, against the midpoint of J", Fraction(middle), sum(ends) / 2)
    swapped = [((0, 1), (0, 1)), ((1, 0), (1, 0))]
    yield equal(
        "J of always moving and of always staying",
        [evaluate(game, [[1], [1]], each).follower[0] for each in swapped],
        (0, 1),
    )


@claim(
    "lemma-1-linear",
    source="Appendix A.7, lines 608 and 650",
    expected="false",
    paper_proof="none",
    replacement="thm-5-jensen",
)
def linear_in_the_policy() -> Iterator[Check]:
    r"""The long-run average reward is a linear, thus concave, function of the follower's policy.

    For every finite Markov game and leader policy: $J^F(\pi^L, \cdot)$ of Definition 1 is linear in
    the follower's stationary policy. False: the policy changes how often each state is met. It is
    linear in the frequencies of (state, action), and in matrix games in the mix.
    """
    yield Witness(
        stored=(STAY_MOVE, STAY_MOVE[::-1]),
        facts=_line_facts,
        says="two states; staying pays 1, moving 0: J = 1 at two policies, 1/2 at their midpoint",
        minimal="two states, two actions: with one state it is linear",
    )


def _gap_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    yield equal("Regret/T", regrets(game, play)[1], 0)
    yield above("gap at row 2", uniform_gap(game, play), 0)


@claim(
    "lemma-1-gap",
    source="Appendix A.7, lines 672 to 676",
    expected="false",
    paper_proof="none",
    replacement="uniform-replies",
)
def gap_is_bounded_by_regret() -> Iterator[Check]:
    r"""The gap at any leader policy is at most Regret/T.

    For every play and every leader policy p:
    $| J^F(p, \bar q_T) - \max_q J^F(p, q) | \le Regret_T / T$. True of a leader that is fixed at p
    (thm-5-value), false of other p.
    """
    yield Witness(
        stored=(COORDINATION, FIXED_ROW),
        facts=_gap_facts,
        refutes=BOUNDED,
        says="B = I, (row 1, column 1) for ever: regret 0, gap 1",
        minimal="2 x 2, payoffs 0 and 1, period one",
    )
    yield Search(statement=BOUNDED)
