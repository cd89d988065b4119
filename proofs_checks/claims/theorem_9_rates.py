"""The rates in Theorem 9's proof: which terms are absorbed, and what the rest adds up to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs_checks.checks import Calculation, Check, Identity, Witness
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.registry import claim
from stackel.game import BimatrixGame
from stackel.response import external_regrets

NOCONFLICT = BimatrixGame([[0, -2], [-1, -3]], [[-1, -3], [0, -2]], name="table3/noconflict")
"""Row 1 is dominant by 1 and column 1 by 2: the equilibrium is (1, 1), worth 0 and -1."""


def _log_facts() -> Iterator[Fact]:
    import sympy

    t = sympy.Symbol("T", positive=True)
    ratio = (sympy.log(t) / sympy.sqrt(t)) / (sympy.sqrt(t * sympy.log(t)) / t)
    root = sympy.sqrt(sympy.log(t))
    same = sympy.simplify(ratio.subs(t, sympy.exp(t)) - root.subs(t, sympy.exp(t))) == 0
    yield fact("(log T / sqrt T) / (sqrt(T log T) / T) = sqrt(log T)", same)
    yield fact("which is at least 1 from T = 3 on: log 3 > 1", sympy.log(3) > 1)
    yield fact("and log T grows with T", sympy.diff(sympy.log(t), t).is_positive)


@claim(
    "thm-9-log",
    source="Appendix A.9, term (C), line 776",
    expected="true",
    paper_proof="valid",
)
def log_rate() -> Iterator[Check]:
    r"""A regret of order sqrt(T log T), divided by T, is O(log T / sqrt T).

    For every $T \ge 3$: $\sqrt{T \log T} / T \le \log T / \sqrt T$.
    """
    yield Calculation(
        method="sympy", facts=_log_facts, says="the ratio of the two is sqrt(log T) >= 1"
    )


def _order_facts(roots: tuple[int, ...]) -> Iterator[Fact]:
    import sympy

    c = sympy.Symbol("C", positive=True)

    def ratio(root: sympy.Expr) -> sympy.Expr:
        t = sympy.exp(root**2)
        return sympy.simplify((root**2 / sympy.sqrt(t)) / (sympy.sqrt(t * root**2) / t))

    for root in roots:
        value = ratio(sympy.Integer(root))
        yield equal(f"T = exp({root}^2): the bound is larger by the factor", int(value), root)
    general = sympy.simplify(ratio(c + 1) - (c + 1)) == 0
    yield fact("for every C, T = exp((C + 1)^2): larger by the factor C + 1, more than C", general)


@claim(
    "thm-9-log-order",
    source='Appendix A.9, term (C), line 776, read as "of the same order"',
    expected="false",
    paper_proof="none",
    replacement="thm-9-log",
)
def log_rate_is_of_the_same_order() -> Iterator[Check]:
    r"""The two rates of term (C) are of the same order.

    There is a C such that for all large T: $\log T / \sqrt T \le C \sqrt{T \log T} / T$.
    """
    yield Witness(
        stored=(2, 3, 10),
        facts=_order_facts,
        says="the ratio is sqrt(log T), which no constant bounds: the equality gives away a factor",
    )


def _collect_facts(shares: tuple[Fraction, ...]) -> Iterator[Fact]:
    import sympy

    for share in shares:
        joint = [[1 - share, share], [Fraction(0), Fraction(0)]]
        leader, follower = external_regrets(NOCONFLICT, joint)
        where = f"noconflict, row 1 always, column 2 in {share} of the rounds"
        yield equal(f"{where}: regrets a round", (leader, follower), (0, 2 * share))
        total = _sum(NOCONFLICT, joint)
        yield equal("distance of the sum from V_L + V_F = -1", -1 - total, 2 * follower)
    for factor in (10, 100):
        rows = [[factor * x for x in row] for row in NOCONFLICT.leader_exact.rows]
        scaled = BimatrixGame(rows, NOCONFLICT.follower_exact.rows)
        joint = [[1 - shares[0], shares[0]], [Fraction(0), Fraction(0)]]
        follower = external_regrets(scaled, joint)[1]
        yield equal(
            f"the leader's payoffs times {factor}: distance over the follower's regret",
            (-1 - _sum(scaled, joint)) / follower,
            1 + factor,
        )
    t = sympy.Symbol("T", positive=True)
    rate = t ** sympy.Rational(9, 10)
    left = 2 * rate / t - rate / t
    growth = sympy.limit(left / (sympy.log(t) / sympy.sqrt(t)), t, sympy.oo)
    yield fact(
        "rho = T^0.9: (2 rho/T - rho/T) / (log T / sqrt T) = T^0.4 / log T is unbounded",
        growth == sympy.oo,
    )


def _sum(game: BimatrixGame, joint: list[list[Fraction]]) -> Fraction:
    a, b = game.leader_exact, game.follower_exact
    cells = ((i, j) for i in range(2) for j in range(2))
    return sum((joint[i][j] * (a[i, j] + b[i, j]) for i, j in cells), start=Fraction(0))


@claim(
    "thm-9-collect",
    source="Appendix A.9, combining the bounds, lines 787 to 797",
    expected="false",
    paper_proof="invalid",
    broken_step='"All other terms ... are absorbed into the O(log T / sqrt T) term": term (D)\'s '
    "O(rho/T) is not",
    replacement="thm-9-collect-constant",
)
def terms_collect() -> Iterator[Check]:
    r"""The four terms collect to $\rho(T)/T + O(\log T/\sqrt T)$.

    For all functions within $O(\log T/\sqrt T) + O(\rho/T) + O(1/\sqrt T) + \rho/T + O(1/\sqrt T)$,
    and for every $\rho = o(T)$; in particular for the sum of payoffs of every game in which the
    four bounds hold.
    """
    yield Witness(
        stored=(Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000)),
        facts=_collect_facts,
        says="Table 3's noconflict, where a dominant row and column make all four bounds true, "
        "needs 2 rho/T, which for rho = T^0.9 is not rho/T + O(log T / sqrt T)",
    )


def _collect_sides() -> Iterator[tuple[str, object, object]]:
    import sympy

    t, rate, k, c1, c2, c3 = sympy.symbols("T rho K C1 C2 C3", positive=True)
    log_term, root_term = sympy.log(t) / sympy.sqrt(t), 1 / sympy.sqrt(t)
    terms = (c1 * log_term + k * rate / t + c2 * root_term) + (rate / t + c3 * root_term)
    collected = (1 + k) * rate / t + (c1 + (c2 + c3) / sympy.log(t)) * log_term
    yield (
        "C1 log T/sqrt T + K rho/T + C2/sqrt T + rho/T + C3/sqrt T "
        "= (1 + K) rho/T + (C1 + (C2 + C3)/log T) log T/sqrt T",
        terms,
        collected,
    )


@claim(
    "thm-9-collect-constant",
    source="replaces the last step of Theorem 9",
    expected="true",
    paper_proof="none",
)
def terms_collect_with_a_constant() -> Iterator[Check]:
    r"""The four terms collect to $(1 + K) \rho(T)/T + O(\log T/\sqrt T)$.

    With K the constant of term (D), for every $\rho$: what is added to $(1 + K) \rho/T$ is at most
    $(C_1 + C_2 + C_3) \log T / \sqrt T$ from T = 3 on. K is a constant of the game: it grows with
    the leader's payoffs.
    """
    yield Identity(
        sides=_collect_sides,
        says="and log T >= 1 from T = 3 on, so the last coefficient is at most C1 + C2 + C3",
    )
