"""Definitions 1 to 3: value, best response, equilibrium; whether each defines one thing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.by_hand import replies
from proofs_checks.checks import Check, Identity, Problem, Smt, Witness
from proofs_checks.fact import Fact, below, equal, fact
from proofs_checks.games import COMMITS, INDIFFERENT
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    pass

HALF = Fraction(1, 2)


def _share_in_bursts(rounds: int) -> Fraction:
    """The share of rounds t < ``rounds`` that lie in some [4^k, 2 * 4^k)."""
    paid = sum(1 for t in range(1, rounds) if (t.bit_length() - 1) % 2 == 0)
    return Fraction(paid, rounds)


def _burst_facts(powers: int) -> Iterator[Fact]:
    third = Fraction(1, 3)
    for k in range(1, powers + 1):
        start = 4**k
        yield equal(f"average up to T = {start}", _share_in_bursts(start), third - third / start)
        yield equal(
            f"average up to T = {2 * start}",
            _share_in_bursts(2 * start),
            2 * third - third / (2 * start),
        )


def _burst_identities() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    power = sympy.Symbol("x", positive=True)  # 4^k
    before = (power - 1) / 3  # the sum of 4^l over l < k
    yield "1 + 4 + ... + 4^(k-1) grows by 4^k", before + power, before.subs(power, 4 * power)
    third = sympy.Rational(1, 3)
    yield "average up to T = 4^k: 1/3 - 1/(3 T)", before / power, third - third / power
    at_double = (before + power) / (2 * power)
    yield "average up to T = 2 * 4^k: 2/3 - 1/(3 T)", at_double, 2 * third - third / (2 * power)


def _absorbing_facts(rewards: tuple[int, int]) -> Iterator[Fact]:
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    stays = [[[[1, 0]]], [[[0, 1]]]]
    paid = [[[rewards[0]]], [[rewards[1]]]]
    gains = evaluate(MarkovGame(stays, paid, paid), [[1], [1]], [[1], [1]]).leader
    yield equal("average from state 1, which is never left", gains[0], rewards[0])
    yield equal("average from state 2, which is never left", gains[1], rewards[1])
    yield below("the first, of the same policies", gains[0], gains[1])


@claim(
    "def-1",
    source="Section 3, Definition 1, lines 49 to 51",
    expected="ill-posed",
    paper_proof="none",
)
def joint_policy_value() -> Iterator[Check]:
    r"""The long-run average value of a joint policy is well defined.

    For every finite Markov game and every joint policy $(\pi^L, \pi^F)$ the limit
    $J^i = \lim_{T \to \infty} E [ \frac{1}{T} \sum_{t<T} R_t^i ]$ exists and is one number. For
    stationary policies it does exist, but depends on the start state, of which the definition says
    nothing, unless the chain has a single recurrent class. For policies that learn, which the
    theorems put in its place, it need not exist.
    """
    yield Identity(
        sides=_burst_identities,
        shows="ill-posed",
        says="a policy that earns 1 in the rounds [4^k, 2 * 4^k) and else 0 has averages that come "
        "near 1/3 and near 2/3 for ever: no limit exists",
    )
    yield Witness(
        stored=6,
        facts=_burst_facts,
        shows="ill-posed",
        says="the same, counted round by round",
    )
    yield Witness(
        stored=(0, 1),
        facts=_absorbing_facts,
        shows="ill-posed",
        says="two states that are never left: one policy, two values",
        minimal="two states, one action each",
    )


def _stay_or_move_facts(mix: Fraction) -> Iterator[Fact]:
    from solvers.markov.best_response import best_response
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    stay_or_move = MarkovGame(
        [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
        leader=[[[0, 0]], [[0, 0]]],
        follower=[[[1, 0]], [[1, 0]]],
    )
    alone = [[1], [1]]
    first, second = [[1, 0], [0, 1]], [[0, 1], [1, 0]]
    between = [[mix, 1 - mix], [mix, 1 - mix]]
    yield equal("(stay, move) earns", evaluate(stay_or_move, alone, first).follower, (1, 1))
    yield equal("(move, stay) earns", evaluate(stay_or_move, alone, second).follower, (1, 1))
    yield equal("no policy earns more", best_response(stay_or_move, alone).values, (1, 1))
    stays = mix * HALF + mix * HALF  # the two states are equally likely in the long run
    yield equal("their midpoint stays in this share of rounds", stays, HALF)
    earned = evaluate(stay_or_move, alone, between).follower
    yield equal("their midpoint earns", earned, (stays, stays))


def _set_facts(game: BimatrixGame) -> Iterator[Fact]:
    yield equal("columns that are best replies to row 1", replies(game, (1, 0)), (1, 2))


def _reply_problems() -> Iterator[Problem]:
    import z3

    from proofs_checks.formulas import dot, is_best, is_mix, vector

    for n in (2, 3, 4):
        pays, q = vector("b", n), vector("q", n)
        best = z3.And(*(dot(q, pays) >= x for x in pays))
        only_best = z3.And(*(z3.Implies(q[j] > 0, is_best(pays, j)) for j in range(n)))
        exists = z3.Or(*(is_best(pays, j) for j in range(n)))
        yield Problem(
            name=f"m x {n} games, for every m",
            hypotheses=is_mix(q),
            conclusion=z3.And(best == only_best, exists),
            example={q[0]: 1, pays[0]: 1},
        )


@claim(
    "def-2",
    source="Section 3, Definition 2, lines 53 to 57",
    expected="true",
    paper_proof="none",
)
def best_response_set() -> Iterator[Check]:
    r"""The best-response set is well defined: not empty, and all optimal replies.

    For every matrix game and every leader mix p, BR(p) is not empty and consists of all mixes of
    the follower's best actions. It is a set, not a policy, which matters later: $J^L(p, BR(p))$
    is several numbers. In Markov games with average rewards it need not be convex, so that the
    average of best responses need not be one.
    """
    yield Smt(
        problems=_reply_problems,
        says="with b = p'B: q is a best response exactly when it plays only best columns, and a "
        "best column exists",
    )
    yield Witness(
        stored=INDIFFERENT,
        facts=_set_facts,
        shows="true",
        says="it may have more than one element",
    )
    yield Witness(
        stored=HALF,
        facts=_stay_or_move_facts,
        shows="true",
        says="two states; staying pays 1, moving to the other pays 0: (stay, move) and (move, "
        "stay) are best responses with average 1, their midpoint has 1/2",
        minimal="two states, two actions: with one state the set is convex",
    )


def _reading_facts(game: BimatrixGame) -> Iterator[Fact]:
    from solvers.multiple_lp import multiple_lp
    from solvers.weak import weak_stackelberg
    from stackel.response import commitment_values

    for p in ((1, 0), (HALF, HALF)):
        best, worst = commitment_values(game, p)
        yield equal(f"commitment ({p[0]}, {p[1]}), ties for the leader", best, max(p))
        yield equal(f"commitment ({p[0]}, {p[1]}), ties against it", worst, min(p))
    yield equal("strong value, max over p of max(p1, p2)", multiple_lp(game).leader_value, 1)
    yield equal("weak value, sup over p of min(p1, p2)", weak_stackelberg(game).leader_value, HALF)


def _not_attained_facts(game: BimatrixGame) -> Iterator[Fact]:
    from solvers.certify import check
    from solvers.weak import weak_stackelberg
    from stackel.response import commitment_values

    for denominator in (10, 100, 1000):
        step = Fraction(1, denominator)
        p = (HALF - step, HALF + step)
        yield equal(f"best reply columns to p1 = 1/2 - {step}", replies(game, p), (2,))
        yield equal("it guarantees", commitment_values(game, p)[1], Fraction(7, 2) - step)
    yield equal("best reply columns to p1 = 1/2", replies(game, (HALF, HALF)), (1, 2))
    yield equal("it guarantees", commitment_values(game, (HALF, HALF))[1], Fraction(3, 2))
    weak = weak_stackelberg(game)
    yield equal("weak value", weak.leader_value, Fraction(7, 2))
    yield fact("it is attained by no p: the certificate is accepted", not check(game, weak))
    yield fact("and says so", not weak.attained)


def _untied_facts(game: BimatrixGame) -> Iterator[Fact]:
    from stackel.response import best_responses, commitment_values, expected_payoffs

    pair = (1, 0), (0, 1)
    yield fact("condition 1: column 2 is a best reply to row 1", 1 in best_responses(game, pair[0]))
    yield equal(
        "condition 2: row 1 earns, with its best reply, the most",
        commitment_values(game, pair[0])[0],
        1,
    )
    yield equal("the pair (row 1, column 2) pays the leader", expected_payoffs(game, *pair)[0], 0)


def _inspection_facts(denominators: tuple[int, ...]) -> Iterator[Fact]:
    from solvers.markov.best_response import best_response
    from solvers.markov.evaluate import evaluate
    from stackel.markov import MarkovGame

    live, caught = [1, 0], [0, 1]
    inspection = MarkovGame(
        [[[live, caught], [live, live]], [[caught, caught], [caught, caught]]],
        leader=[[[0, 0], [1, 0]], [[0, 0], [0, 0]]],
        follower=[[[0, 0], [0, 1]], [[-1, -1], [-1, -1]]],
    )
    comply, violate = [[1, 0], [1, 0]], [[0, 1], [0, 1]]
    for k in denominators:
        p = [[Fraction(1, k), 1 - Fraction(1, k)], [1, 0]]
        yield equal(
            f"inspecting with probability 1/{k}: violating is caught for ever and earns",
            evaluate(inspection, p, violate).follower[0],
            -1,
        )
        yield equal("no reply earns more than", best_response(inspection, p).follower_value, 0)
        complied = evaluate(inspection, p, comply)
        yield equal("complying earns", complied.follower[0], 0)
        yield equal("and the leader gets", complied.leader[0], 1 - Fraction(1, k))
    never = [[0, 1], [1, 0]]
    yield equal(
        "never inspecting: the best reply earns", best_response(inspection, never).follower_value, 1
    )
    yield equal(
        "by violating, which leaves the leader", evaluate(inspection, never, violate).leader[0], 0
    )


@claim(
    "def-3",
    source="Section 3, Definition 3, lines 61 to 64",
    expected="ill-posed",
    paper_proof="none",
    replacement="r2-chain",
)
def stackelberg_equilibrium() -> Iterator[Check]:
    r"""The two conditions of Definition 3 define the Stackelberg equilibrium.

    For every game the pairs with $\pi^F \in BR(\pi^L)$ and
    $\pi^L \in \arg\max J^L(\pi^L, BR(\pi^L))$ exist and share one leader value. But BR is a
    set: ties broken for the leader, against it, or by a fixed rule give different values; with ties
    against the leader the maximum may not exist; the two conditions do not tie the reply that is
    played to the one that the leader's maximum counts on; and with average rewards none of these
    equilibria need exist.
    """
    yield Witness(
        stored=INDIFFERENT,
        facts=_reading_facts,
        shows="ill-posed",
        says="A = I, B = 0: the value is 1 with ties broken for the leader and 1/2 against it",
        minimal="2 x 2, two payoffs that are not 0",
    )
    yield Witness(
        stored=COMMITS,
        facts=_not_attained_facts,
        shows="ill-posed",
        says="with ties against the leader the supremum 7/2 is attained by no commitment",
    )
    yield Witness(
        stored=INDIFFERENT,
        facts=_untied_facts,
        shows="ill-posed",
        says="with J(p, BR(p)) the best of the set, both conditions hold of a pair that pays 0",
    )
    yield Witness(
        stored=(2, 3, 10, 100),
        facts=_inspection_facts,
        shows="ill-posed",
        says="an inspector that is feared at every rate above 0 earns 1 minus that rate: nothing "
        "attains 1, and at rate 0 it earns 0, however ties are broken",
        minimal="one state in which anything is decided",
    )
