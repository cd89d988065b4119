"""Values of small games spelled out as facts that a reader can redo with pencil and paper.

Rows and columns are counted from 1 here, as the paper does.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from proofs_checks.definitions import two_row_commitments, two_row_value
from proofs_checks.fact import Fact, at_least, at_most, equal, fact, written
from stackel.game import BimatrixGame, Strategy
from stackel.response import best_responses, column_payoffs, external_regrets


def replies(game: BimatrixGame, p: Strategy) -> tuple[int, ...]:
    """The best replies to a commitment, columns counted from 1."""
    return tuple(j + 1 for j in best_responses(game, p))


def value_facts(game: BimatrixGame, value: Fraction | int) -> Iterator[Fact]:
    """V of a game with two rows, from every commitment at which the follower's reply changes.

    Checked beside it: the linear programs of :mod:`solvers.multiple_lp` find the same.
    """
    from solvers.multiple_lp import multiple_lp

    for p in two_row_commitments(game):
        pays = column_payoffs(game.leader_exact, p)
        for j in best_responses(game, p):
            yield at_most(
                f"commitment {written(p)}, best reply column {j + 1}: the leader gets",
                pays[j],
                value,
            )
    yield equal("the best of these, V", two_row_value(game), value)
    yield equal("V by linear programs", multiple_lp(game).leader_value, value)


def coarse_facts(
    game: BimatrixGame, end: Literal["hi", "lo"], value: Fraction | int
) -> Iterator[Fact]:
    """No coarse correlated equilibrium pays the leader more than ``value`` (less, for ``lo``).

    Weights on gains by fixed actions do it: averaged over an equilibrium no gain is positive, so
    the average of payoff minus weighted gains bounds its payoff from above.
    """
    from solvers.no_regret import no_regret

    proof = no_regret(game, sse_value=Fraction(0)).extremes[end]
    sign, relation = (1, "less") if end == "hi" else (-1, "plus")
    a, b = game.leader_exact, game.follower_exact
    weights = [
        *(f"{written(x)} x gain by row {k + 1}" for (k,), x in proof.leader_multipliers.items()),
        *(
            f"{written(x)} x gain by column {k + 1}"
            for (k,), x in proof.follower_multipliers.items()
        ),
    ]
    gained = f", {relation} {' and '.join(weights)}" if weights else ""
    m, n = game.shape
    for i in range(m):
        for j in range(n):
            gain = sum(x * (a[k, j] - a[i, j]) for (k,), x in proof.leader_multipliers.items())
            gain += sum(x * (b[i, k] - b[i, j]) for (k,), x in proof.follower_multipliers.items())
            compare = at_most if end == "hi" else at_least
            yield compare(f"cell ({i + 1}, {j + 1}): payoff{gained}", a[i, j] - sign * gain, value)
    least = "at most" if end == "hi" else "at least"
    attained = [[Fraction(proof.joint.get((i, j), 0)) for j in range(n)] for i in range(m)]
    yield equal(f"so no-regret play pays the leader {least}, in the limit", proof.value, value)
    yield at_most(
        f"attained by {written(attained)}, whose larger regret is",
        max(external_regrets(game, attained)),
        0,
    )


def unique_facts(game: BimatrixGame) -> Iterator[Fact]:
    """The strong Stackelberg equilibrium is unique: its certificate is accepted."""
    from solvers.certify import check
    from solvers.multiple_lp import multiple_lp

    sse = multiple_lp(game)
    where = f"commitment {written(sse.leader_strategy)} with reply column {sse.follower_action + 1}"
    yield fact(f"only {where} attains V", sse.unique and not check(game, sse))
