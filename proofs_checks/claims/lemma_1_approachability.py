"""Lemma 1, first step: no regret as approachability, and bounds uniform over the leader's play."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from proofs_checks.checks import (
    Check,
    Identity,
    Neighbour,
    Problem,
    Search,
    Smt,
    Witness,
)
from proofs_checks.claims.replacements.hedge import rewards
from proofs_checks.definitions import Play, regrets
from proofs_checks.fact import Fact, at_most, below, equal
from proofs_checks.games import COORDINATION
from proofs_checks.learning import Rewards, regret_matching_mixes, regret_of
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

GamePlay: TypeAlias = tuple[BimatrixGame, Play]


def _vector_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_mix, vector

    for k in (2, 3, 4):
        gains, earned, mix, most = vector("G", k), z3.Real("E"), vector("q", k), z3.Real("M")
        regret_vector = [x - earned for x in gains]  # T v(i)
        yield Problem(
            name=f"{k} actions: regret against a mix is the mix of the regret vector",
            hypotheses=is_mix(mix),
            conclusion=dot(mix, gains) - earned == dot(mix, regret_vector),
            example={mix[0]: 1},
        )
        yield Problem(
            name=f"{k} actions: no mix has more regret than the largest component",
            hypotheses=[*is_mix(mix), *(most >= x for x in regret_vector)],
            conclusion=dot(mix, gains) - earned <= most,
            example={mix[0]: 1},
        )


@claim(
    "lemma-1-vector",
    source="Appendix A.7, lines 612 to 626",
    expected="true",
    paper_proof="valid",
)
def regret_vector() -> Iterator[Check]:
    r"""Regret is T times the largest component of the average regret vector.

    For every play: $Regret_T(\pi') = T \pi' \cdot \bar v_T$, and
    $Regret_T = \max_i T \bar v_T(i)$. The paper assumes that "the best response is a pure
    strategy"; that needs no assumption, some pure one always is.
    """
    yield Smt(problems=_vector_problems, says="regret is linear in the comparator")


def _components_vanish(drawn: GamePlay) -> bool | None:
    """Where every component is at most 0 for ever, regret tends to 0."""
    regret = regrets(*drawn)[1]
    return None if regret > 0 else regret == 0


def _mostly_best_replies() -> SearchStrategy[GamePlay]:
    """Plays in which the follower replies best in most rounds, so that regret may be negative."""
    from hypothesis import strategies as st

    bits = st.lists(st.integers(0, 1), min_size=4, max_size=4)
    rounds = st.tuples(st.integers(0, 1), st.sampled_from([False] * 7 + [True]))

    def played(flat: list[int], moves: list[tuple[int, bool]]) -> GamePlay:
        rows = [flat[:2], flat[2:]]
        replies = [(i, rows[i].index(max(rows[i]))) for i, _ in moves]
        play = [(i, 1 - j if errs else j) for (i, j), (_, errs) in zip(replies, moves, strict=True)]
        return BimatrixGame([[0, 0], [0, 0]], rows), play

    return st.builds(played, bits, st.lists(rounds, min_size=2, max_size=4))


EQUIVALENT = ForAll(inputs=_mostly_best_replies, holds=_components_vanish)


def _below_zero_facts(stored: GamePlay) -> Iterator[Fact]:
    game, play = stored
    b = game.follower_exact
    for k in range(2):
        component = sum((b[i, k] - b[i, j] for i, j in play), start=Fraction(0)) / len(play)
        yield at_most(f"component {k + 1} of the average regret vector, for even T", component, 0)
    yield below("Regret/T", regrets(game, play)[1], 0)


@claim(
    "lemma-1-equivalence",
    source="Appendix A.7, lines 626 to 634",
    expected="false",
    paper_proof="none",
    replacement="limsup-regret",
)
def equivalence() -> Iterator[Check]:
    r"""Regret/T -> 0 is equivalent to every component being non-positive in the limit.

    For every play: $\lim Regret_T / T = 0$ iff $\limsup \bar v_T(i) \le 0$ for every i. Only the
    first implies the second. Approaching the non-positive orthant is $\limsup Regret_T / T \le 0$.
    """
    yield Witness(
        stored=(COORDINATION, ((0, 0), (1, 1))),
        facts=_below_zero_facts,
        refutes=EQUIVALENT,
        says="B = I, both alternate in step: both components are -1/2, and so is Regret/T",
        minimal="2 x 2, period two: a play of period one has regret at least 0",
    )
    yield Search(statement=EQUIVALENT, share=2)


@claim(
    "lemma-1-blackwell",
    source="Appendix A.7, line 634; Blackwell 1956, Hart and Mas-Colell 2000",
    expected="true",
    paper_proof="none",
)
def blackwell() -> Iterator[Check]:
    r"""Regret matching makes the average regret vector approach the non-positive orthant.

    For all rewards of range R, also adaptive ones, n actions and T: mixes in proportion to the
    positive regrets have $Regret_T \le R \sqrt{n T}$.
    """
    from proofs_checks.regret_bounds import blackwell_bound

    def within(paid: Rewards, factor: int) -> bool | None:
        n, reach = len(paid[0]), max(max(row) - min(row) for row in paid)
        regret = regret_of(regret_matching_mixes(paid), paid)
        return regret <= 0 or regret**2 <= Fraction(reach**2 * n * len(paid), factor)

    yield Identity(
        sides=blackwell_bound,
        says="the positive part of the regret vector turns at right angles to the step, so its "
        "square grows by at most n R^2 a round",
    )
    yield Search(
        statement=ForAll(inputs=rewards, holds=lambda paid: within(paid, 1)),
        neighbour=Neighbour(
            says="regret is at most R sqrt(n T)/3", holds=lambda paid: within(paid, 9)
        ),
        share=0.5,
    )


@claim(
    "lemma-1-uniform-bound",
    source="Appendix A.7, lines 664 to 672",
    expected="true",
    paper_proof="none",
)
def uniform_regret_bound() -> Iterator[Check]:
    r"""Hedge's bound C sqrt(T) does not depend on the leader's policies.

    For every matrix game and T there is a rate with $Regret_T \le R \sqrt{T \ln n / 2}$ whatever
    the leader plays. It is uniform over what the leader *plays*, not over policies that it does not
    play (lemma-1-gap); and it is not the bound of the experiments' constant rate (constant-eta).
    """
    from proofs_checks.regret_bounds import hedge_bound

    yield Identity(sides=hedge_bound, says="no step of the proof looks at the leader")


def _squeeze_problems() -> Iterator[Problem]:
    import z3

    average, value, best, eps = z3.Reals("a x J eps")
    yield Problem(
        name="in late rounds the average is above J* - eps, and a <= x <= J*",
        hypotheses=[eps > 0, average >= best - eps, average <= value, value <= best],
        conclusion=z3.And(value - best <= eps, best - value <= eps),
    )


def _swinging_facts(sequence: tuple[int, ...]) -> Iterator[Fact]:
    late = sequence[len(sequence) // 2 :]
    yield equal("x = 1, 0, 1, 0, ...: limsup", max(late), 1)
    yield below("liminf", min(late), max(late))


@claim(
    "lemma-1-squeeze",
    source="Appendix A.7, lines 654 to 662",
    expected="true",
    paper_proof="invalid",
    broken_step='"Taking the lim sup" (line 654): max <= liminf of the averages <= limsup J <= max '
    "fixes the limsup of J alone, not its limit",
)
def squeeze() -> Iterator[Check]:
    r"""If the average reward's liminf is the best-response value, J of the average mix tends to it.

    For a fixed leader mix: from $J^* \le \liminf \frac{1}{T} \sum_t J(\pi_t)$ and
    $\frac{1}{T} \sum_t J(\pi_t) \le J(\bar\pi_T) \le J^*$ it follows that $J(\bar\pi_T) \to J^*$.
    """
    yield Smt(problems=_squeeze_problems, says="J(average mix) lies between the average and J*")
    yield Witness(
        about="proof",
        stored=(1, 0) * 4,
        facts=_swinging_facts,
        says="a sequence with limsup 1 that has no limit",
    )
