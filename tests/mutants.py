"""Faults put into solvers, definitions, learners, constants and stored inputs, one at a time.

Each names the claims that must notice: with the fault their verdict is not the expected one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest

from proofs_checks.checks import Problem
from proofs_checks.evidence import Evidence
from proofs_checks.registry import Claim, claims
from stackel.game import BimatrixGame

PROJECT = ("stackel", "solvers", "dynamics", "proofs_checks")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault."""

    says: str
    where: str
    """``module:name`` of the function (or class) that is broken."""
    broken: Callable[[Any], Any]
    """Makes the broken one from the right one."""
    noticed_by: tuple[str, ...]
    """Claims, every one of which must notice."""

    def put_in(self, patch: pytest.MonkeyPatch) -> None:
        """Replace the right one wherever the project holds it."""
        module, _, name = self.where.partition(":")
        right = getattr(import_module(module), name)
        wrong = self.broken(right)
        for found in list(sys.modules.values()):
            if found.__name__.partition(".")[0] in PROJECT:
                for held, value in list(vars(found).items()):
                    if value is right:
                        patch.setattr(found, held, wrong)


def declared_again(id: str) -> Claim:
    """The claim with its checks made anew, so that no check still holds the right function."""
    declared = claims()[id]
    for thing in vars(import_module(declared.module)).values():
        if getattr(thing, "claim", None) is declared:
            again: Claim = replace(declared, checks=tuple(thing()))
            return again
    raise LookupError(id)


def field(name: str, changed: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A solver one field of whose result is wrong."""

    def broken(right: Any) -> Any:
        def wrong(*args: Any, **options: Any) -> Any:
            found = right(*args, **options)
            return replace(found, **{name: changed(getattr(found, name))})

        return wrong

    return broken


def result(changed: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function whose result is wrong."""
    return lambda right: lambda *args, **options: changed(right(*args, **options))


def pair(changed: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that returns one value a player, both wrong alike."""
    return result(lambda found: (changed(found[0]), changed(found[1])))


def one_of(kept: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    """A generator of which only some is kept."""
    return result(lambda found: iter(kept(list(found))))


def last_side(factor: int) -> Callable[[Any], Any]:
    """Equations of which the last has this many times its right side."""

    def wrong(found: list[Any]) -> list[Any]:
        says, left, right = found[-1]
        return [*found[:-1], (says, left, factor * right)]

    return one_of(wrong)


def uniform(right: Any) -> Any:
    """A learner that does not learn."""

    def mixes(rewards: Any, *_: Any) -> Iterator[list[Any]]:
        n = len(rewards[0])
        return ([Fraction(1, n)] * n for _ in rewards)

    return mixes


def uniform_balls(right: Any) -> Any:
    """The same, in balls."""
    from proofs_checks.balls import ball

    return lambda rewards, rate: ([ball(x) for x in mix] for mix in uniform(right)(rewards))


def small_games_of_zeros(right: Any) -> Any:
    return lambda **options: right(**{**options, "size": 0})


def changed_payoffs(stored: Any) -> Iterator[Any]:
    """What is stored with one payoff of one game in it larger by 1."""
    if isinstance(stored, BimatrixGame):
        m, n = stored.shape
        for leads in (True, False):
            for i in range(m):
                for j in range(n):
                    sides = [
                        [[Fraction(side[k, h]) for h in range(n)] for k in range(m)]
                        for side in (stored.leader_exact, stored.follower_exact)
                    ]
                    sides[not leads][i][j] += 1
                    yield BimatrixGame(*sides, name=stored.name)
    elif isinstance(stored, tuple):
        for k, part in enumerate(stored):
            for other in changed_payoffs(part):
                yield (*stored[:k], other, *stored[k + 1 :])


def misprinted(number: int) -> Callable[[Any], Any]:
    """Witnesses of which the payoff of this number is larger by 1."""

    def broken(right: Any) -> Any:
        def witness(**fields: Any) -> Any:
            others = list(changed_payoffs(fields["stored"])) or [fields["stored"]]
            return right(**{**fields, "stored": others[number]})

        return witness

    return broken


def misprinted_table(right: Any) -> Any:
    """The second payoff of every game of the paper's table is larger by 1."""

    def games_of(source: str) -> dict[str, BimatrixGame]:
        games: dict[str, BimatrixGame] = right(source)
        if source != "table3":
            return games
        return {key: list(changed_payoffs(game))[1] for key, game in games.items()}

    return games_of


def vacuous(right: type[Problem]) -> Any:
    """An encoding whose hypotheses contradict each other."""
    return lambda **fields: right(**{**fields, "hypotheses": [*fields["hypotheses"], False]})


def external_taken_round_by_round(right: Any) -> Any:
    """The best action of every round, not the best fixed one."""

    def regrets(game: BimatrixGame, play: Any) -> tuple[Fraction, Fraction]:
        each = [right(game, [cell]) for cell in play]
        return (
            sum((x for x, _ in each), start=Fraction(0)) / len(play),
            sum((y for _, y in each), start=Fraction(0)) / len(play),
        )

    return regrets


def commitment_to_rows(right: Any) -> Any:
    """Only pure commitments."""
    return lambda game: ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))


def with_weak_value(right: Any) -> Any:
    """A strong solver that breaks ties against the leader."""
    from solvers.weak import weak_stackelberg

    return lambda game, **options: replace(
        right(game, **options), leader_value=weak_stackelberg(game).leader_value
    )


def with_strong_value(right: Any) -> Any:
    """A weak solver that breaks ties for the leader."""
    from solvers.multiple_lp import multiple_lp

    return lambda game, **options: replace(
        right(game, **options), leader_value=multiple_lp(game).leader_value
    )


def with_pure_value(right: Any) -> Any:
    """A solver that does not mix."""
    from solvers.pure import pure_commitment

    return lambda game, **options: replace(
        right(game, **options), leader_value=pure_commitment(game).strong.leader_value
    )


def without_certificate(right: Any) -> Any:
    """A solver whose certificate weighs nothing."""

    def wrong(game: BimatrixGame, **options: Any) -> Any:
        found = right(game, **options)
        bounds: tuple[dict[int, Fraction], ...] = tuple({} for _ in found.certificate.value_bounds)
        return replace(found, certificate=replace(found.certificate, value_bounds=bounds))

    return wrong


def the_other(name: str) -> Callable[[Any], Any]:
    """``module:name`` in its place."""
    module, _, key = name.partition(":")
    return lambda right: getattr(import_module(module), key)


def halved(x: Any) -> Any:
    return Fraction(x) / 2


def clipped(x: Any) -> Any:
    return max(x, Fraction(0))


MUTANTS = (
    # solvers
    Mutant(
        says="V too large by a millionth",
        where="solvers.multiple_lp:multiple_lp",
        broken=field("leader_value", lambda v: v + Fraction(1, 10**6)),
        noticed_by=("thm-1", "thm-8", "def-3"),
    ),
    Mutant(
        says="V with ties broken against the leader",
        where="solvers.multiple_lp:multiple_lp",
        broken=with_weak_value,
        noticed_by=("def-3", "r2-chain"),
    ),
    Mutant(
        says="V by pure commitments only",
        where="solvers.multiple_lp:multiple_lp",
        broken=with_pure_value,
        noticed_by=("thm-1",),
    ),
    Mutant(
        says="a certificate of V that weighs nothing",
        where="solvers.multiple_lp:multiple_lp",
        broken=without_certificate,
        noticed_by=("r12-swap",),
    ),
    Mutant(
        says="every strong equilibrium is called unique",
        where="solvers.multiple_lp:multiple_lp",
        broken=field("unique", lambda _: True),
        noticed_by=("r7-criterion",),
    ),
    Mutant(
        says="a weak value with ties broken for the leader",
        where="solvers.weak:weak_stackelberg",
        broken=with_strong_value,
        noticed_by=("def-3",),
    ),
    Mutant(
        says="a weak supremum is always attained",
        where="solvers.weak:weak_stackelberg",
        broken=field("attained", lambda _: True),
        noticed_by=("def-3",),
    ),
    Mutant(
        says="one equilibrium of several is lost",
        where="solvers.nash:nash",
        broken=field("equilibria", lambda found: found[:-1] or found),
        noticed_by=("table-1-nash-three",),
    ),
    Mutant(
        says="the coarse correlated band ends below its top",
        where="solvers.no_regret:no_regret",
        broken=field("hi", lambda x: x - Fraction(1, 100)),
        noticed_by=("r7-criterion",),
    ),
    Mutant(
        says="every game is of the class that holds",
        where="solvers.no_regret:no_regret",
        broken=field("class_", lambda _: "holds"),
        noticed_by=("r7-criterion",),
    ),
    Mutant(
        says="regret costs the leader nothing: slopes of the band are 0",
        where="solvers.no_regret:no_regret",
        broken=lambda right: field("k_hi", lambda _: Fraction(0))(
            field("k_lo", lambda _: Fraction(0))(right)
        ),
        noticed_by=("r7-criterion",),
    ),
    Mutant(
        says="coarse correlated equilibria taken for correlated ones",
        where="solvers.correlated:correlated",
        broken=the_other("solvers.correlated:coarse_correlated"),
        noticed_by=("r2-chain",),
    ),
    Mutant(
        says="correlated equilibria taken for coarse correlated ones",
        where="solvers.correlated:coarse_correlated",
        broken=the_other("solvers.correlated:correlated"),
        noticed_by=("thm-8",),
    ),
    Mutant(
        says="Markov policies evaluated at half their value",
        where="solvers.markov.evaluate:evaluate",
        broken=result(
            lambda v: replace(
                v, leader=tuple(map(halved, v.leader)), follower=tuple(map(halved, v.follower))
            )
        ),
        noticed_by=("thm-5-markov", "def-1", "def-2", "thm-6-markov"),
    ),
    Mutant(
        says="a Markov best response that takes the start state for absorbing",
        where="solvers.markov.best_response:best_response",
        broken=field("values", lambda v: tuple(x + 1 for x in v)),
        noticed_by=("def-2",),
    ),
    # best responses, values and regrets
    Mutant(
        says="only the first of tied best responses",
        where="stackel.response:best_responses",
        broken=result(lambda found: found[:1]),
        noticed_by=("def-2", "def-3"),
    ),
    Mutant(
        says="the follower minimises",
        where="stackel.response:best_responses",
        broken=lambda right: (
            lambda game, p: right(
                BimatrixGame(
                    game.leader_exact.rows, [[-x for x in row] for row in game.follower_exact.rows]
                ),
                p,
            )
        ),
        noticed_by=("alg-1-vs-2", "def-3"),
    ),
    Mutant(
        says="ties for and against the leader exchanged",
        where="stackel.response:commitment_values",
        broken=result(lambda found: found[::-1]),
        noticed_by=("def-3", "thm-1"),
    ),
    Mutant(
        says="the external regret of a joint distribution is never negative",
        where="stackel.response:external_regrets",
        broken=pair(clipped),
        noticed_by=("r1-cce",),
    ),
    Mutant(
        says="the leader's external regret taken for the follower's",
        where="stackel.response:external_regrets",
        broken=result(lambda found: found[::-1]),
        noticed_by=("r1-cce",),
    ),
    # definitions without a solver
    Mutant(
        says="the external regret of a play is never negative",
        where="proofs_checks.definitions:regrets",
        broken=pair(clipped),
        noticed_by=("lemma-1-equivalence",),
    ),
    Mutant(
        says="regret against the best action of every round",
        where="proofs_checks.definitions:regrets",
        broken=external_taken_round_by_round,
        noticed_by=("thm-4",),
    ),
    Mutant(
        says="a joint distribution that ignores who played what together",
        where="proofs_checks.definitions:joint_of",
        broken=result(lambda z: [[sum(row) * sum(c) for c in zip(*z, strict=True)] for row in z]),
        noticed_by=("r1-cce",),
    ),
    Mutant(
        says="the players' average payoffs exchanged",
        where="proofs_checks.definitions:averages",
        broken=result(lambda found: found[::-1]),
        noticed_by=("r7-criterion",),
    ),
    Mutant(
        says="commitments of two rows without the mixes at which replies change",
        where="proofs_checks.definitions:two_row_commitments",
        broken=commitment_to_rows,
        noticed_by=("thm-1", "r8-cyclic"),
    ),
    Mutant(
        says="ordinal ranks that count from the top",
        where="proofs_checks.equivalence:ranks",
        broken=result(lambda side: tuple(tuple(x // 2 for x in row) for row in side)),
        noticed_by=("table-3-agreement",),
    ),
    # learners and their constants
    Mutant(
        says="Hedge that does not learn",
        where="proofs_checks.learning:hedge_mixes",
        broken=uniform_balls,
        noticed_by=("r11-hedge",),
    ),
    Mutant(
        says="Hedge at twice its rate",
        where="proofs_checks.learning:hedge_mixes",
        broken=lambda right: lambda rewards, rate: right(rewards, lambda t: 2 * rate(t)),
        noticed_by=("constant-eta",),
    ),
    Mutant(
        says="mirror descent taken for Hedge",
        where="proofs_checks.learning:entropic_mixes",
        broken=the_other("proofs_checks.learning:hedge_mixes"),
        noticed_by=("a4-omd-schedule",),
    ),
    Mutant(
        says="gradient steps that stand still",
        where="proofs_checks.learning:onto_simplex",
        broken=lambda right: lambda y: [Fraction(1, len(y))] * len(y),
        noticed_by=("gradient-regret",),
    ),
    Mutant(
        says="gradient steps that leave the simplex",
        where="proofs_checks.learning:onto_simplex",
        broken=lambda right: list,
        noticed_by=("gradient-regret",),
    ),
    Mutant(
        says="regret matching that does not learn",
        where="proofs_checks.learning:regret_matching_mixes",
        broken=uniform,
        noticed_by=("lemma-1-blackwell",),
    ),
    Mutant(
        says="Hedge's bounds with three quarters of their constants",
        where="proofs_checks.claims.replacements.hedge:_within",
        broken=lambda right: lambda paid, share: right(paid, share * Fraction(3, 4)),
        noticed_by=("r11-hedge",),
    ),
    Mutant(
        says="gradient steps' bound with three quarters of its constant",
        where="proofs_checks.claims.replacements.hedge:_gradient_within",
        broken=lambda right: lambda paid, share: right(paid, share * Fraction(3, 4)),
        noticed_by=("gradient-regret",),
    ),
    Mutant(
        says="Hedge's proof with another constant at the paper's rate",
        where="proofs_checks.regret_bounds:hedge_bound",
        broken=last_side(2),
        noticed_by=("hedge-regret", "lemma-1-uniform-bound"),
    ),
    Mutant(
        says="Hedge's proof for falling rates with half the constant",
        where="proofs_checks.regret_bounds:anytime_bound",
        broken=last_side(2),
        noticed_by=("hedge-regret",),
    ),
    Mutant(
        says="Hoeffding's lemma with 1/4 in place of 1/8",
        where="proofs_checks.inequalities:hoeffding_lemma",
        broken=last_side(2),
        noticed_by=("hedge-regret", "thm-5-mirror-bound"),
    ),
    Mutant(
        says="the divergence halved",
        where="proofs_checks.balls:divergence",
        broken=result(lambda x: x / 2),
        noticed_by=("pinsker",),
    ),
    Mutant(
        says="the divergence the other way round",
        where="proofs_checks.balls:divergence",
        broken=lambda right: lambda p, q: right(q, p),
        noticed_by=("r6-kl",),
    ),
    # stored inputs and quantities of one claim
    Mutant(
        says="a witness with a payoff of the leader larger by 1",
        where="proofs_checks.checks:Witness",
        broken=misprinted(0),
        noticed_by=("thm-1", "thm-8", "r7-criterion", "r8-cyclic-all", "table-3", "alg-1-vs-2"),
    ),
    Mutant(
        says="a witness with a payoff of the follower larger by 1",
        where="proofs_checks.checks:Witness",
        broken=misprinted(-1),
        noticed_by=("thm-1", "thm-8-many-games", "exp-twelve-games"),
    ),
    Mutant(
        says="Table 3 with a payoff larger by 1",
        where="proofs_checks.claims.table_3:games_of",
        broken=misprinted_table,
        noticed_by=("table-3", "table-3-agreement"),
    ),
    Mutant(
        says="swap regret forgotten",
        where="proofs_checks.claims.replacements.swap:swap_regret",
        broken=result(lambda _: Fraction(0)),
        noticed_by=("r12-swap",),
    ),
    Mutant(
        says="policy regret taken for external regret",
        where="proofs_checks.claims.appendix_a6:external_regret",
        broken=lambda right: lambda payoffs, own, leader: 2 * len(own) - 4,
        noticed_by=("a6-tft", "a6-example"),
    ),
    Mutant(
        says="Lemma 1's gap taken for none",
        where="proofs_checks.claims.lemma_1:uniform_gap",
        broken=result(lambda _: Fraction(0)),
        noticed_by=("lemma-1",),
    ),
    Mutant(
        says="realised regret without the mean of its draws",
        where="proofs_checks.claims.replacements.realised:excess_distribution",
        broken=lambda right: lambda rounds: {Fraction(len(rounds)): Fraction(1)},
        noticed_by=("realised-regret",),
    ),
    # encodings, searches and verdicts
    Mutant(
        says="mixes may have negative probabilities",
        where="proofs_checks.formulas:is_mix",
        broken=lambda right: lambda p: right(p)[-1:],
        noticed_by=("def-2", "thm-2"),
    ),
    Mutant(
        says="the follower minimises, in formulas",
        where="proofs_checks.formulas:is_best",
        broken=lambda right: lambda follower, j: right([-x for x in follower], j),
        noticed_by=("def-2", "r4-zero-sum"),
    ),
    Mutant(
        says="hypotheses that contradict each other",
        where="proofs_checks.checks.smt:Problem",
        broken=vacuous,
        noticed_by=("def-2", "thm-2", "r2-chain", "limsup-regret", "zero-sum-indifference"),
    ),
    Mutant(
        says="searches among games of zeros only",
        where="proofs_checks.strategies:small_games",
        broken=small_games_of_zeros,
        noticed_by=("thm-4", "lemma-1"),
    ),
    Mutant(
        says="searches among plays of one round only",
        where="proofs_checks.strategies:plays",
        broken=lambda right: lambda m, n, **_: right(m, n, rounds=1),
        noticed_by=("r1-cce",),
    ),
    Mutant(
        says="searches that find nothing",
        where="proofs_checks.checks.search:find",
        broken=lambda right: lambda *_, **__: (None, 150),
        noticed_by=("r1-cce", "thm-4", "thm-8", "lemma-1"),
    ),
    Mutant(
        says="citations decide",
        where="proofs_checks.evidence:decide",
        broken=lambda right: lambda found: right([uncited(each) for each in found]),
        noticed_by=("a4-action-set", "a4-omd-schedule"),
    ),
    Mutant(
        says="assumptions are overlooked",
        where="proofs_checks.evidence:decide",
        broken=lambda right: lambda found: right([replace(each, assuming=()) for each in found]),
        noticed_by=("thm-5-value", "thm-5-jensen"),
    ),
)


def uncited(found: Evidence) -> Evidence:
    """A citation as if it were a proof."""
    return replace(found, kind="proof") if found.kind == "citation" else found
