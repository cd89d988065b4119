"""What no-regret play pays, of any payoff: the follower's, the sum, a cost to a third party."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.checks import Check, Identity, Neighbour, Problem, Search, Smt
from proofs_checks.definitions import Play, averages, regrets
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay = tuple[BimatrixGame, Play]
Band = tuple[Fraction, Fraction, Fraction, Fraction]


def payoff_band(game: BimatrixGame, payoffs: Sequence[Sequence[Fraction]]) -> Band:
    """The range (lo, hi) of ``payoffs`` over coarse correlated equilibria, and (k_lo, k_hi).

    The linear programs are those of :func:`solvers.no_regret.no_regret`, with any goal (m, n).

    >>> battle = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]])
    >>> [str(x) for x in payoff_band(battle, [[6, 0], [0, 4]])]
    ['44/21', '6', '26/15', '0']
    """
    from solvers.correlated import fixed_actions
    from solvers.lp import Row, maximize_all

    m, n = game.shape
    goal = [Fraction(x) for row in payoffs for x in row]
    gains = [each for each in fixed_actions(game) if max(each.gains.values(), default=0) > 0]
    rows = [Row(coefficients=dict.fromkeys(range(m * n), 1), sense="==", bound=1)]
    rows += [Row(coefficients=each.gains, sense="<=", bound=0) for each in gains]
    least, most = maximize_all([[-x for x in goal], goal], rows)
    lo, hi = -least.value, most.value
    slack = [Row(coefficients=each.gains, sense="<=", bound=each.scale) for each in gains]
    below, above = maximize_all([[lo - x for x in goal], [x - hi for x in goal]], slack)
    return Fraction(lo), Fraction(hi), Fraction(below.value), Fraction(above.value)


def _games_and_plays() -> SearchStrategy[GamePlay]:
    from hypothesis import strategies as st

    from proofs_checks.strategies import bimatrix_games, plays

    games = bimatrix_games(min_side=2, max_side=3, shrinks=True)
    return games.flatmap(lambda game: st.tuples(st.just(game), plays(*game.shape)))


def _goals(game: BimatrixGame) -> Iterator[list[list[Fraction]]]:
    """The follower's payoffs, and the sum of both."""
    m, n = game.shape
    a, b = game.leader_exact, game.follower_exact
    for weight in (0, 1):
        yield [[weight * a[i, j] + b[i, j] for j in range(n)] for i in range(m)]


def _earned(game: BimatrixGame, play: Play) -> tuple[Fraction, Fraction]:
    leader, follower = averages(game, play)
    return follower, leader + follower


def _inside_the_band(drawn: GamePlay) -> bool:
    game, play = drawn
    eps = max(Fraction(0), *regrets(game, play))
    for goal, average in zip(_goals(game), _earned(game, play), strict=True):
        lo, hi, k_lo, k_hi = payoff_band(game, goal)
        if not lo - k_lo * eps <= average <= hi + k_hi * eps:
            return False
    return True


def _inside_the_range(drawn: GamePlay) -> bool:
    game, play = drawn
    for goal, average in zip(_goals(game), _earned(game, play), strict=True):
        lo, hi, _, _ = payoff_band(game, goal)
        if not lo <= average <= hi:
            return False
    return True


def _weak_duality() -> Iterator[tuple[str, Any, Any]]:
    """What the bound leaves over is a sum of products of non-negative numbers."""
    import sympy

    for cells, deviations in ((4, 4), (6, 5), (9, 6)):
        z = [*sympy.symbols(f"z1:{cells}")]
        z.append(1 - sum(z))
        y, slack = sympy.symbols(f"y1:{deviations + 1}"), sympy.symbols(f"s1:{cells + 1}")
        hi, eps = sympy.symbols("hi eps")
        gain = [sympy.symbols(f"g{d}_1:{cells + 1}") for d in range(deviations)]
        goal = [
            hi + sum(y[d] * gain[d][c] for d in range(deviations)) - slack[c] for c in range(cells)
        ]
        mean = [sum(z[c] * gain[d][c] for c in range(cells)) for d in range(deviations)]
        yield (
            f"{cells} cells, {deviations} fixed actions: hi + (sum of y) eps - average of C "
            "= sum of y (eps - mean gain) + mean of s",
            hi + sum(y) * eps - sum(z[c] * goal[c] for c in range(cells)),
            sum(y[d] * (eps - mean[d]) for d in range(deviations))
            + sum(z[c] * slack[c] for c in range(cells)),
        )


@claim(
    "payoff-band",
    source="replaces Theorem 9 and the abstract's claim for the follower; Hannan 1957, Moulin and "
    "Vial 1978",
    expected="true",
    paper_proof="none",
)
def no_regret_play_pays_what_coarse_equilibria_pay() -> Iterator[Check]:
    r"""Of any payoff, no-regret play pays on average what coarse correlated equilibria pay.

    For every game, every matrix C of payoffs to anyone (the follower's B, the sum A + B), and every
    finite play of any algorithms with $\epsilon = \max(0, Reg_L/T, Reg_F/T)$:
    $lo - k_{lo} \epsilon \le$ average of C $\le hi + k_{hi} \epsilon$, where [lo, hi] is the range
    of C over coarse correlated equilibria and the k are constants of the game, one linear program
    each. So the average comes to V_F, or to V_L + V_F, in all no-regret play exactly where every
    coarse correlated equilibrium pays that.
    """
    yield Identity(
        sides=_weak_duality,
        says="a dual solution y >= 0 writes C as hi + sum of y x gain - s, s >= 0, in every cell; "
        "no gain is more than eps on average, so nothing on the right is negative",
    )
    yield Search(
        statement=ForAll(inputs=_games_and_plays, holds=_inside_the_band),
        neighbour=Neighbour(
            says="the averages of a finite play lie in [lo, hi] itself", holds=_inside_the_range
        ),
        share=0.2,
    )


def _one_sided() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    for n in (2, 3, 4):
        fixed, mix = vector("u", n), vector("s", n)
        earned, regret = z3.Real("r"), z3.Real("Reg")
        yield Problem(
            name=f"{n} actions",
            hypotheses=[*is_mix(mix), *(regret >= u - earned for u in fixed)],
            conclusion=dot(mix, fixed) - earned <= regret,
            example={mix[0]: 1},
        )


@claim(
    "regret-one-sided",
    source="replaces terms (A) and (C) of Theorem 9",
    expected="true",
    paper_proof="none",
)
def regret_bounds_one_side() -> Iterator[Check]:
    r"""No policy, the Stackelberg policy included, would have earned more than the regret beyond.

    For every play and every fixed mix s of a player: what s would have earned against the
    opponent's play, minus what was earned, is at most the player's regret. The opposite difference
    has no such bound (thm-9-term-a, thm-9-term-c).
    """
    yield Smt(
        problems=_one_sided,
        says="with u_j what action j would have earned: a mix of them is at most the best of them",
    )
