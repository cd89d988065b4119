"""Play without regret is coarse correlated equilibrium; where V stands among the values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.by_hand import coarse_facts, value_facts
from proofs_checks.checks import (
    Check,
    Citation,
    Identity,
    Neighbour,
    Problem,
    Search,
    Smt,
    Witness,
)
from proofs_checks.definitions import Play, joint_of, pure_value, regrets
from proofs_checks.fact import Fact, above, at_most
from proofs_checks.games import EXPLOITABLE
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame
from stackel.response import external_regrets

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]


def _regret_identities() -> Iterator[tuple[str, Any, Any]]:
    """Gains by a fixed row, added up over three rounds of mixes and over their joint shares."""
    import sympy

    for m, n in ((2, 2), (2, 3)):
        a = sympy.Matrix(m, n, lambda i, j: sympy.Symbol(f"A{i}{j}"))
        rounds = range(3)
        ps, qs = [], []
        for t in rounds:
            p = sympy.symbols(f"p{t}_0:{m - 1}")
            q = sympy.symbols(f"q{t}_0:{n - 1}")
            ps.append([*p, 1 - sum(p)])
            qs.append([*q, 1 - sum(q)])
        joint = [
            [sum(ps[t][i] * qs[t][j] for t in rounds) / len(rounds) for j in range(n)]
            for i in range(m)
        ]
        for k in range(m):
            by_round = sum(
                qs[t][j] * (a[k, j] - sum(ps[t][i] * a[i, j] for i in range(m)))
                for t in rounds
                for j in range(n)
            )
            by_joint = sum(joint[i][j] * (a[k, j] - a[i, j]) for i in range(m) for j in range(n))
            says = f"{m} x {n}: Reg_L(row {k + 1})/T = sum of z_ij (A_{k + 1}j - A_ij)"
            yield says, by_round / len(rounds), by_joint


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import plays, small_games

    games = small_games(rows=(2, 3), columns=(2, 3), size=2)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _regrets_of_the_joint(drawn: GamePlay) -> bool:
    game, play = drawn
    return regrets(game, play) == external_regrets(game, joint_of(play, game.shape))


def _regrets_of_the_average_policies(drawn: GamePlay) -> bool:
    game, play = drawn
    joint = joint_of(play, game.shape)
    p, q = [sum(row) for row in joint], [sum(column) for column in zip(*joint, strict=True)]
    return regrets(game, play) == external_regrets(game, [[x * y for y in q] for x in p])


@claim(
    "r1-cce",
    source="replaces terms (A) and (B) of Theorem 8; Hannan 1957, Moulin and Vial 1978",
    expected="true",
    paper_proof="none",
)
def play_is_coarse_correlated() -> Iterator[Check]:
    r"""Any play is a coarse correlated equilibrium up to its regret.

    For every game and every finite play, realised or expected: its joint distribution z is an
    $\epsilon$-CCE with $\epsilon = \max(0, Reg_L, Reg_F)/T$, and with no smaller one. So play
    without regret comes to the set of coarse correlated equilibria, and to nothing smaller.
    """
    yield Identity(
        sides=_regret_identities,
        says="regret per round is what z gains by a fixed action; the follower's likewise, "
        "transposed",
    )
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=_regrets_of_the_joint),
        neighbour=Neighbour(
            says="regret is what the average policies leave to gain",
            holds=_regrets_of_the_average_policies,
        ),
        share=4,  # regrets below 0 are rare among the plays
    )


def _correlated_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import total, vector

    value = z3.Real("V")
    for n in (2, 3, 4):
        mass, pays = vector("s", n), vector("w", n)  # mass and leader's payoff of each column
        yield Problem(
            name=f"m x {n} games, for every m",
            hypotheses=[
                *(s >= 0 for s in mass),
                total(mass) == 1,
                *(w <= value * s for s, w in zip(mass, pays, strict=True)),
            ],
            conclusion=total(pays) <= value,
            example={mass[0]: 1},
        )


def _hard_games() -> SearchStrategy[BimatrixGame]:
    from proofs_checks.strategies import bimatrix_games

    kinds = ("generic", "tied", "duplicated", "dominated", "zero-sum", "badly scaled")
    return bimatrix_games(min_side=2, max_side=3, kinds=kinds, shrinks=True)


def _in_order(game: BimatrixGame) -> bool:
    from solvers.correlated import correlated
    from solvers.correlated_commitment import correlated_commitment
    from solvers.maximin import maximin
    from solvers.multiple_lp import multiple_lp
    from solvers.nash import nash
    from solvers.weak import weak_stackelberg

    value = multiple_lp(game).leader_value
    best_equilibrium = max(e.leader_value for e in nash(game).equilibria)
    correlated_most = correlated(game).leader_max
    weak = weak_stackelberg(game).leader_value
    return bool(
        value == correlated_commitment(game).leader_value
        and value >= correlated_most >= best_equilibrium
        and value >= weak >= maximin(game).leader_value
        and value >= pure_value(game)
    )


def _mixing_never_helps(game: BimatrixGame) -> bool:
    from solvers.multiple_lp import multiple_lp

    return multiple_lp(game).leader_value == pure_value(game)


def _two_column_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import matrix, total

    for m in (2, 3, 4):
        b, z = matrix("B", m, 2), matrix("z", m, 2)
        to_first = total(z[i][j] * (b[i][0] - b[i][j]) for i in range(m) for j in range(2))
        to_second = total(z[i][j] * (b[i][1] - b[i][j]) for i in range(m) for j in range(2))
        told_second = total(z[i][1] * (b[i][0] - b[i][1]) for i in range(m))
        told_first = total(z[i][0] * (b[i][1] - b[i][0]) for i in range(m))
        yield Problem(
            name=f"{m} x 2 games: with two columns coarse constraints are the correlated ones",
            hypotheses=[x >= 0 for row in z for x in row],
            conclusion=z3.And(to_first == told_second, to_second == told_first),
        )


def _above_facts(game: BimatrixGame) -> Iterator[Fact]:
    from solvers.correlated import correlated

    yield from value_facts(game, 0)
    yield from coarse_facts(game, "hi", Fraction(22, 21))
    yield above("the best coarse correlated equilibrium, against V", Fraction(22, 21), 0)
    yield at_most("the best correlated equilibrium, against V", correlated(game).leader_max, 0)


@claim(
    "r2-chain",
    source="von Stengel and Zamir 2010; Conitzer and Korzhyk 2011; Deng, Schneider and Sivan 2019",
    expected="true",
    paper_proof="none",
)
def order_of_the_values() -> Iterator[Check]:
    r"""V is the best under the follower's correlated constraints, so at least every CE and Nash.

    For every game: V is the most the leader gets from a distribution z under the follower's
    correlated-equilibrium constraints alone, hence $V \ge$ max CE $\ge$ max Nash (leader's
    payoffs); and $V \ge$ weak $\ge$ maximin. $V \ge$ max CCE for every follower with two actions,
    and not for three.
    """
    yield Smt(
        problems=_correlated_problems,
        says="column j, told with mass s_j, is a best reply to the mix z_j / s_j: it pays at most "
        "V s_j; an SSE is itself such a z",
    )
    yield Smt(
        problems=_two_column_problems,
        says="told one of two columns, the only deviation is the other: CCE and CE constraints of "
        "the follower coincide",
    )
    yield Witness(
        stored=EXPLOITABLE,
        facts=_above_facts,
        shows="true",
        says="with three columns a coarse equilibrium pays 22/21, and V = 0 (Deng, Schneider and "
        "Sivan)",
    )
    yield Search(
        statement=ForAll(inputs=_hard_games, holds=_in_order),
        neighbour=Neighbour(says="mixing never helps the leader", holds=_mixing_never_helps),
        share=0.4,
    )
    yield Citation(
        source="B. von Stengel and S. Zamir, Leadership games with convex strategy sets, Games and "
        "Economic Behavior 69, 2010",
        says="V is at least every correlated equilibrium payoff of the leader",
    )
