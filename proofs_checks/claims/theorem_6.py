"""Theorem 6: what a leader is promised, and the environment that it is said to face."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from proofs_checks.checks import Check, Identity, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, above, at_least, equal
from proofs_checks.registry import claim


def _two_worlds(rounds: int) -> Iterator[Fact]:
    """Heaven or hell for ever, by whether the first moves match."""
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    heaven, hell = [0, 1, 0], [0, 0, 1]
    nothing = [[0, 0], [0, 0]]
    game = MarkovGame(
        [[[heaven, hell], [hell, heaven]], [[heaven] * 2] * 2, [[hell] * 2] * 2],
        leader=[nothing, [[1, 1], [1, 1]], nothing],
        follower=[nothing] * 3,
        horizon=rounds,
    )
    for x in (Fraction(0), Fraction(1, 3), HALF, Fraction(1)):
        lost = []
        for world in range(2):
            follower = [[int(world == 0), int(world == 1)]] * 3
            best, earned = (
                max(evaluate(game, [pure] * 3, follower).leader[0] for pure in ((1, 0), (0, 1))),
                evaluate(game, [(x, 1 - x)] * 3, follower).leader[0],
            )
            lost.append(Fraction(best) - Fraction(earned))
        yield equal(
            f"T = {rounds}, first action 1 with probability {x}: regret where the follower plays 1",
            lost[0],
            (1 - x) * (rounds - 1),
        )
        yield equal("regret where it plays 2", lost[1], x * (rounds - 1))
        yield equal("the two together", sum(lost), rounds - 1)
        yield at_least("the larger", max(lost), Fraction(rounds - 1, 2))


def _worlds_facts(horizons: tuple[int, ...]) -> Iterator[Fact]:
    for rounds in horizons:
        yield from _two_worlds(rounds)


def _first_action_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    x, rounds = sympy.symbols("x T")
    regret = [(rounds - 1) - y * (rounds - 1) for y in (x, 1 - x)]
    yield "for every x and T the regrets in the two worlds sum to T - 1", sum(regret), rounds - 1


@claim(
    "thm-6",
    source="Appendix A.5, Theorem 6, lines 477 to 529",
    expected="ill-posed",
    paper_proof="circular",
    broken_step='"algorithms such as ... guarantee a regret bound that is sublinear in T" (line '
    "505): the theorem's conclusion, taken from algorithms for bandits and for episodes, is what "
    'makes an algorithm "suitable"; of the steps after it thm-6-martingale, thm-6-tail and '
    "thm-6-one-sided are false",
)
def theorem_6() -> Iterator[Check]:
    r"""A leader whose RL algorithm suits non-stationary environments has no regret.

    For every game and every leader with such an algorithm: $Regret_T^L / T \to 0$ almost surely.
    Nothing says which algorithms suit. If those that guarantee it, the theorem repeats its
    hypothesis. If any for non-stationary or adversarial environments, it depends on the game: true
    of Hedge in matrix games (realised-regret), of nothing in Markov games (thm-6-markov).
    """
    yield Witness(
        stored=(3, 10),
        facts=_worlds_facts,
        shows="ill-posed",
        says="read so that some algorithm suits every Markov game, it is false: heaven or hell",
    )
    from proofs_checks.regret_bounds import hedge_bound

    yield Identity(
        sides=hedge_bound,
        shows="ill-posed",
        says="read as Hedge in matrix games, with limsup <= 0, it is true",
    )


@claim(
    "thm-6-markov",
    source="Appendix A.5, Theorem 6, lines 477 to 511, in the Markov games of Section 3",
    expected="false",
    paper_proof="invalid",
    broken_step='"For finite state-action MDPs, algorithms such as those developed by Auer et al. '
    '(2002) and Zimin & Neu (2013) guarantee" (line 505): the first is about bandits, without '
    "states, the second about episodes that start afresh (and neither is among the references)",
    replacement="realised-regret",
)
def theorem_6_in_markov_games() -> Iterator[Check]:
    r"""Some leader has no regret in every finite Markov game.

    There is a learning algorithm whose regret to the best fixed policy, as the leader would have
    fared with it from the start (line 503), is sublinear in every finite Markov game against every
    follower. False: the first move, before anything is seen, may decide all.
    """
    yield Witness(
        stored=(2, 3, 10),
        facts=_worlds_facts,
        says="heaven if the first moves match, else hell: whatever the leader does, its regret is "
        "at least (T - 1)/2 against one of two followers that never change",
        minimal="two actions each, three states, one decision",
    )
    yield Identity(
        sides=_first_action_sides,
        shows="false",
        says="an algorithm is, here, the probability x of action 1 in the first round",
    )


def _three_regrets(outcomes: tuple[tuple[int, int], ...]) -> Iterator[Fact]:
    chance = Fraction(1, len(outcomes))
    means = [sum(column) * chance for column in zip(*outcomes, strict=True)]
    earned = [paid[0] for paid in outcomes]
    yield equal("rewards (1, 0) or (0, 1), a fair coin; expected rewards", means, (HALF, HALF))
    as_defined = max(means) - sum(earned) * chance
    realised = [max(paid) - x for paid, x in zip(outcomes, earned, strict=True)]
    yield equal("always action 1: max E - E, as line 501 has it, a number", as_defined, 0)
    yield equal("realised regret, best action minus earned", realised, (0, 1))
    yield above("its mean", sum(realised) * chance, as_defined)


@claim(
    "thm-6-random",
    source="Appendix A.5, lines 477 to 503 and 513 to 529",
    expected="ill-posed",
    paper_proof="none",
)
def regret_is_random() -> Iterator[Check]:
    r"""The leader's regret is a random variable, whose average converges almost surely.

    Line 501 defines $Regret_T^L$ as a maximum of expectations minus an expectation: a number. Then
    "E[Regret]" (line 507) and "almost surely" (line 477) mean nothing beyond convergence of
    numbers, and $P(Regret_T / T > \epsilon)$ is 0 or 1. Regret that is random has the expectations
    left out, and even its mean is another number.
    """
    yield Witness(
        stored=((1, 0), (0, 1)),
        facts=_three_regrets,
        shows="ill-posed",
        says="one round, one coin: the regret of line 501 is 0, the mean of realised regret 1/2",
        minimal="T = 1, two actions, two outcomes",
    )
