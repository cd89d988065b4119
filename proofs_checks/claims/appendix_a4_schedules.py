"""Rates of Hedge and of mirror descent, as the experiments and Algorithm 1 set them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs_checks.checks import Check, Citation, Identity, Search, Witness
from proofs_checks.claims.definitions import HALF
from proofs_checks.fact import Fact, above, equal
from proofs_checks.learning import Rewards
from proofs_checks.registry import claim
from proofs_checks.statement import ForAll

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _balanced_cycles() -> SearchStrategy[tuple[Fraction, Rewards]]:
    from hypothesis import strategies as st

    rates = st.sampled_from([Fraction(1, 50), Fraction(1, 20), Fraction(1, 10), Fraction(1)])
    units = st.sampled_from([(1, 0), (0, 1)])
    return st.tuples(rates, st.lists(units, min_size=1, max_size=6))


def _returns_without_regret(drawn: tuple[Fraction, Rewards]) -> bool | None:
    """Where a cycle of rewards pays all actions alike, Hedge is back at its start with no regret.

    None otherwise: then the next cycle starts from another mix.
    """
    from proofs_checks.balls import ball
    from proofs_checks.learning import hedge_regret

    rate, cycle = drawn
    if len({sum(column) for column in zip(*cycle, strict=True)}) > 1:
        return None
    return not hedge_regret(cycle, lambda t: ball(rate)) > 0


NO_REGRET_IN_CYCLES = ForAll(inputs=_balanced_cycles, holds=_returns_without_regret)


def _alternating_facts(stored: tuple[Fraction, Rewards]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below
    from proofs_checks.learning import hedge_regret

    rate, cycle = stored
    rounds = 1000
    most = 1 / (2 + rate)
    yield above("e^h > 1 + h, so Hedge earns 1/2 and 1/(1 + e^h) < 1/(2 + h); with h", rate, 0)
    yield equal("two rounds pay each action", [sum(x) for x in zip(*cycle, strict=True)], (1, 1))
    yield above(f"regret in {rounds} rounds, at least", (HALF - most) * rounds / 2, 6)
    yield above("regret per round, for every even T, at least", (HALF - most) / 2, 0)
    regret = hedge_regret([*cycle] * (rounds // 2), lambda t: ball(rate))
    closed = (ball(rate) / 2).tanh() * rounds / 4
    yield ball_below("|Hedge's regret - T tanh(h/2)/4|", abs(regret - closed), Fraction(1, 10**9))


def _two_round_identity() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    x = sympy.Symbol("x", positive=True)  # e^h
    earned = sympy.Rational(1, 2) + 1 / (1 + x)
    tanh = (x - 1) / (x + 1)  # tanh(h/2)
    yield "regret of two rounds, 1 - earned = tanh(h/2)/2", 1 - earned, tanh / 2
    yield (
        "after both rounds the weights are e^h and e^h: the mix is uniform again",
        x / (2 * x),
        (sympy.Rational(1, 2)),
    )


@claim(
    "constant-eta",
    source="Section 5, lines 172 to 183: Hedge with eta = 0.05, 0.02",
    expected="false",
    paper_proof="none",
    replacement="hedge-regret",
)
def constant_rate() -> Iterator[Check]:
    r"""Hedge with the experiments' constant rate is no-regret.

    For the constant rates h = 0.02, 0.05, 0.1 that the experiments use, whatever the leader does:
    $Regret_T / T \to 0$. False for every constant rate h: on the rewards (1, 0), (0, 1), (1, 0),
    ... the regret after an even T is exactly $T \tanh(h/2) / 4$. (It is at most
    $\ln n / h + h T R^2 / 8$, so that the average regret is small, not vanishing.)
    """
    yield Identity(
        sides=_two_round_identity,
        shows="false",
        says="for every rate h: two rounds have regret tanh(h/2)/2 and end where they began",
    )
    yield Witness(
        stored=(Fraction(1, 20), ((1, 0), (0, 1))),
        facts=_alternating_facts,
        refutes=NO_REGRET_IN_CYCLES,
        says="h = 0.05, two actions that pay by turns",
        minimal="two actions, payoffs 0 and 1, period two: a constant reward leaves no regret "
        "that grows",
    )
    yield Search(statement=NO_REGRET_IN_CYCLES)


def _two_phases(first: int, rounds: int) -> Rewards:
    """Action 1 pays in the first rounds, action 2 in the rest."""
    return [(1, 0)] * first + [(0, 1)] * (rounds - first)


def _schedule_facts(stored: tuple[tuple[int, int], ...]) -> Iterator[Fact]:
    from proofs_checks.balls import ball, ball_below
    from proofs_checks.learning import entropic_mixes, hedge_regret

    for first, rounds in stored:
        paid = _two_phases(first, rounds)
        earned = ball(0)
        for mix, row in zip(entropic_mixes(paid, lambda t: 1 / ball(t).sqrt()), paid, strict=True):
            earned += mix[0] if row == (1, 0) else mix[1]
        regret = ball(max(first, rounds - first)) - earned
        hedge = hedge_regret(paid, lambda t: 1 / ball(t).sqrt())
        yield ball_below(
            f"{first} rounds for action 1, then {rounds - first} for action 2: 2 T/5, against its "
            "regret",
            ball(Fraction(2 * rounds, 5)),
            regret,
        )
        yield ball_below("Hedge's with the same rates, against sqrt(T)", hedge, ball(rounds).sqrt())


def _phase_sides() -> Iterator[tuple[str, Any, Any]]:
    import sympy

    n, s = sympy.symbols("N s", positive=True)
    step = (2 * sympy.sqrt(s + 1) - 2 * sympy.sqrt(s)) * (sympy.sqrt(s + 1) + sympy.sqrt(s))
    yield (
        "1/sqrt(s+1) <= 2/(sqrt(s+1) + sqrt(s)) = 2 sqrt(s+1) - 2 sqrt(s) <= 1/sqrt(s)",
        sympy.expand(step),
        2,
    )
    up, down = 2 * sympy.sqrt(n) - 2, 2 * sympy.sqrt(sympy.Rational(9, 4) * n) - 2 * sympy.sqrt(n)
    yield (
        "N rounds for action 1, 5N/4 for action 2: its lead is still sqrt(N) - 2 or more",
        up - down,
        sympy.sqrt(n) - 2,
    )
    rounds = sympy.Rational(9, 4) * n
    yield (
        "so it earns at most N + 5N/4 exp(2 - sqrt(N)), action 2 5N/4: regret T/9 less that",
        sympy.Rational(5, 4) * n - n,
        rounds / 9,
    )


@claim(
    "a4-omd-schedule",
    source="Appendix A.4, lines 390 to 393, with the rates eta_t of Algorithm 1 and line 174",
    expected="false",
    paper_proof="none",
    replacement="r11-hedge",
)
def falling_rates() -> Iterator[Check]:
    r"""Mirror descent as printed, with a schedule of falling rates, has regret O(sqrt T).

    The rule $p_{t+1}(a) \propto p_t(a) \exp(\eta_t r_t(a))$, online mirror descent with the
    entropy, has regret $O(\sqrt{T})$ with rates $\eta_t = 1/\sqrt{t}$. False, regret is linear:
    what early rounds weigh is never taken back. Hedge, which weighs *all* past rewards by the
    present rate, has the bound; with constant rates the two are the same.
    """
    yield Identity(
        sides=_phase_sides,
        shows="false",
        says="N rounds in which action 1 pays, then 5N/4 for action 2: regret is at least T/9 less "
        "what vanishes, for every N",
    )
    yield Witness(
        stored=((100, 400), (400, 1600)),
        facts=_schedule_facts,
        says="action 1 pays for T/4 rounds, then action 2: regret above 2 T/5",
        minimal="two actions, payoffs 0 and 1, one change",
    )
    yield Citation(
        source="F. Orabona and D. Pal, Scale-free online learning, 2018",
        says="mirror descent with an unbounded divergence and falling rates may have linear regret",
    )
