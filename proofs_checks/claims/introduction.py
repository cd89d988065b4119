"""What Sections 1 and 2 say about commitment and about self-play."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_checks.budget import Budget
from proofs_checks.checks import Check, Neighbour, Problem, Search, Simulation, Smt, Witness
from proofs_checks.definitions import Play, averages, joint_of, regrets
from proofs_checks.fact import Fact, above, at_most, equal, fact
from proofs_checks.games import BATTLE, SHAPLEY
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import column_payoffs, expected_payoffs, row_payoffs

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import bimatrix_games

    kinds = ("generic", "tied", "duplicated", "dominated", "zero-sum")
    return bimatrix_games(min_side=2, max_side=3, kinds=kinds, shrinks=True)


def _worth_every_correlated_equilibrium(game: BimatrixGame) -> bool:
    from solvers.correlated import correlated
    from solvers.nash import nash
    from solvers.vertex_enumeration import vertex_enumeration

    value = vertex_enumeration(game).leader_value
    most = max(e.leader_value for e in nash(game).equilibria)
    return value >= correlated(game).leader_max >= most


def _worth_no_more(game: BimatrixGame) -> bool:
    from solvers.nash import nash
    from solvers.vertex_enumeration import vertex_enumeration

    most = max(e.leader_value for e in nash(game).equilibria)
    return vertex_enumeration(game).leader_value == most


@claim(
    "intro-se-nash",
    source="Section 1, line 15, and von Stengel and Zamir 2010",
    expected="true",
    paper_proof="none",
)
def commitment_is_worth_every_nash_equilibrium() -> Iterator[Check]:
    r"""Commitment pays the leader at least what any Nash equilibrium does.

    For every game (A, B) and every Nash equilibrium $(p, q)$, mixed or pure: the strong
    Stackelberg value is at least the leader's equilibrium payoff, $V \ge p^T A q$.
    """

    def problems() -> Iterator[Problem]:
        import z3

        from proofs_checks.formulas import dot, is_best, is_mix, vector

        v = z3.Real("V")
        for n in (2, 3, 4):
            leader, follower, q = vector("a", n), vector("b", n), vector("q", n)
            yield Problem(
                name=f"m x {n} games, for every m",
                hypotheses=[
                    *is_mix(q),
                    *(dot(q, follower) >= x for x in follower),
                    *(z3.Implies(is_best(follower, j), v >= leader[j]) for j in range(n)),
                ],
                conclusion=dot(q, leader) <= v,
                example={q[0]: 1},
            )

    yield Smt(
        problems=problems,
        says="with a = p'A and b = p'B: the leader may commit to its part p of the equilibrium, so "
        "V is at least a_j for every best reply j, and q is a mix of best replies",
    )
    yield Search(
        statement=ForAll(inputs=_games, holds=_worth_every_correlated_equilibrium),
        neighbour=Neighbour(says="V is the leader's best equilibrium payoff", holds=_worth_no_more),
    )


GamePlay = tuple[BimatrixGame, Play]


def _games_and_cycles() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import small_games, stable_plays

    games = small_games(rows=(2, 2), columns=(2, 2), size=1)
    return games.flatmap(lambda game: st.tuples(st.just(game), stable_plays(game)))


def _averages_are_nash(drawn: GamePlay) -> bool | None:
    """Whether the average policies are an equilibrium; None when a player has regret."""
    game, play = drawn
    return _gap(game, play) == 0 if max(regrets(game, play)) <= 0 else None


def _gap(game: BimatrixGame, play: Play) -> Fraction:
    """How far the average policies are from an equilibrium: the larger gain by a deviation."""
    joint = joint_of(play, game.shape)
    p = [sum(row, Fraction(0)) for row in joint]
    q = [sum(column, Fraction(0)) for column in zip(*joint, strict=True)]
    leader, follower = expected_payoffs(game, p, q)
    best_row = max(row_payoffs(game.leader_exact, q))
    best_column = max(column_payoffs(game.follower_exact, p))
    return Fraction(max(best_row - leader, best_column - follower))


TO_NASH = ForAll(inputs=_games_and_cycles, holds=_averages_are_nash)
TURNS = (BATTLE, ((0, 0), (1, 1)))


def _turns_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    leader, follower = regrets(game, play)
    yield at_most("(1, 1) and (2, 2) in turns: leader's regret a round", leader, -1)
    yield at_most("follower's regret a round", follower, Fraction(-1, 2))
    yield equal("payoffs a round", averages(game, play), (Fraction(7, 2), Fraction(3, 2)))
    half = (Fraction(1, 2),) * 2
    yield equal(
        "the average policies (1/2, 1/2) earn",
        expected_payoffs(game, half, half),
        (Fraction(7, 4), Fraction(3, 4)),
    )
    yield equal("and are no equilibrium: a deviation gains", _gap(game, play), Fraction(3, 4))


def _fictitious_play(game: BimatrixGame, rounds: int) -> list[tuple[int, int]]:
    """Both players best-respond to what the other has played, ties to the lowest action."""
    m, n = game.shape
    a, b = game.leader_exact.rows, game.follower_exact.rows
    rows, columns = [0] * m, [0] * n  # what each action would have earned so far
    play = []
    for _ in range(rounds):
        i, j = rows.index(max(rows)), columns.index(max(columns))
        play.append((i, j))
        rows = [x + a[k][j] for k, x in enumerate(rows)]
        columns = [x + b[i][k] for k, x in enumerate(columns)]
    return play


def _shapley_facts(budget: Budget) -> Iterator[Fact]:
    from solvers.nash import nash

    only = nash(SHAPLEY).equilibria
    third = (Fraction(1, 3),) * 3
    yield fact("the only equilibrium mixes uniformly", [e.leader_strategy for e in only] == [third])
    rounds = budget.rounds
    play = _fictitious_play(SHAPLEY, rounds)
    for share in (4, 2, 1):
        part = play[: rounds // share]
        eps = max(Fraction(0), *regrets(SHAPLEY, part))
        yield at_most(
            f"fictitious play, {len(part)} rounds: larger regret a round", eps, Fraction(1, 20)
        )
        yield above(
            "gap of the average policies from an equilibrium", _gap(SHAPLEY, part), Fraction(1, 10)
        )


@claim(
    "intro-selfplay",
    source="Abstract, line 11; Section 1, line 17; Section 5, line 139",
    expected="false",
    paper_proof="none",
    replacement="r1-cce",
)
def self_play_converges_to_nash() -> Iterator[Check]:
    r"""Self-play, where all use the same algorithm, converges to a Nash equilibrium.

    For every game and two copies of an algorithm without regret, the average policies come to the
    set of Nash equilibria. Without regret, play comes to the coarse correlated equilibria, and for
    every one of these there are two copies of an algorithm that reach it (r7-criterion).
    """
    yield Witness(
        stored=TURNS,
        facts=_turns_facts,
        refutes=TO_NASH,
        says="taking turns in Battle: no regret, and the average policies are no equilibrium",
        minimal="2 x 2, two rounds: a play of one round without regret is an equilibrium",
    )
    yield Search(statement=TO_NASH)
    yield Simulation(
        facts=_shapley_facts,
        shows="false",
        says="fictitious play against itself in Shapley's game: regret vanishes, and the averages "
        "circle around the only equilibrium in ever longer turns",
    )
