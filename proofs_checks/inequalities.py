r"""Inequalities that several claims rest on, each as identities whose signs can be seen.

Every function yields what ``Identity`` checks: (what it says, left side, right side).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Sides = Iterator[tuple[str, Any, Any]]


def hoeffding_lemma() -> Sides:
    r"""Hoeffding's lemma: ln E exp(h X) <= h E X + h^2 R^2 / 8 for X in a range of length R.

    On an interval the convex function exp is below its chord, so that two values of X are the worst
    case: with s = hR and mean p above the lower end, the excess is f(s) = ln(1-p+p e^s) - ps.
    """
    import sympy

    p, s = sympy.symbols("p s", positive=True)
    f = sympy.log(1 - p + p * sympy.exp(s)) - p * s
    u = p * sympy.exp(s) / (1 - p + p * sympy.exp(s))
    v = sympy.Symbol("u", real=True)
    yield "Hoeffding's lemma: f(s) = ln(1 - p + p e^s) - p s has f(0) = 0", f.subs(s, 0), 0
    yield "f'(0) = 0", sympy.diff(f, s).subs(s, 0), 0
    yield "f'' = u (1 - u) with u = p e^s / (1 - p + p e^s)", sympy.diff(f, s, 2), u * (1 - u)
    yield (
        "u (1 - u) = 1/4 - (u - 1/2)^2 <= 1/4, so f(s) <= s^2/8",
        v * (1 - v),
        sympy.Rational(1, 4) - (v - sympy.Rational(1, 2)) ** 2,
    )
    yield (
        "s^2/8 is 0 with slope 0 at 0 and has second derivative 1/4",
        (sympy.diff(s**2 / 8, s, 2)),
        sympy.Rational(1, 4),
    )
    yield (
        "at p = 1/2 and s = 0 f'' is 1/4: no smaller constant than 1/8 does",
        sympy.diff(f, s, 2).subs({p: sympy.Rational(1, 2), s: 0}),
        sympy.Rational(1, 4),
    )


def gibbs() -> Sides:
    """KL(p || q) >= 0: ln x <= x - 1 at x = q/p, summed with weights p."""
    import sympy

    x = sympy.Symbol("x", positive=True)
    excess = x - 1 - sympy.log(x)
    yield "Gibbs' inequality: x - 1 - ln x is 0 at x = 1", excess.subs(x, 1), 0
    yield "and has derivative (x - 1)/x: it is least there", sympy.diff(excess, x), (x - 1) / x


def jensen_of_logarithm() -> Sides:
    """Ln of a mean is at least the mean of ln: ln x <= x - 1 at x = e_a / mean, weights p."""
    import sympy

    yield from gibbs()
    e, ln_e = (sympy.symbols(f"{name}1:4", positive=True) for name in ("e", "lne"))
    p1, p2, ln_mean = sympy.symbols("p1 p2 lnm", positive=True)
    p = (p1, p2, 1 - p1 - p2)
    mean = sum(x * y for x, y in zip(p, e, strict=True))
    terms = (x * (y / mean - 1 - (ln_y - ln_mean)) for x, y, ln_y in zip(p, e, ln_e, strict=True))
    yield (
        "ln(mean e) - mean of ln e = mean of x - 1 - ln x at x = e/mean",
        ln_mean - sum(x * y for x, y in zip(p, ln_e, strict=True)),
        sympy.cancel(sympy.together(sum(terms))),
    )


def donsker_varadhan() -> Sides:
    """KL(p || q) - (E_p f - ln E_q exp f) = KL(p || q exp(f) / E_q exp f), which is >= 0."""
    import sympy

    f, ln_p, ln_q = (sympy.symbols(f"{name}1:4") for name in ("f", "lnp", "lnq"))
    p1, p2, ln_mean = sympy.symbols("p1 p2 lnE")
    p = (p1, p2, 1 - p1 - p2)
    left = sum(x * (a - b) for x, a, b in zip(p, ln_p, ln_q, strict=True))
    expected = sum(x * y for x, y in zip(p, f, strict=True))
    right = sum(x * (a - (b + y - ln_mean)) for x, a, b, y in zip(p, ln_p, ln_q, f, strict=True))
    yield (
        "KL(p || q) - (E_p f - ln E_q e^f) = KL(p || q e^f/E_q e^f)",
        left - (expected - ln_mean),
        right,
    )
    yield from gibbs()


def pinsker() -> Sides:
    """KL(p || q) >= 2 d^2, d = p(S) - q(S) for any set S of actions."""
    import sympy

    p, q = sympy.symbols("p q", positive=True)
    of_set = p * sympy.log(p / q) + (1 - p) * sympy.log((1 - p) / (1 - q))
    excess = of_set - 2 * (p - q) ** 2
    yield "Pinsker on a set with p and q: KL - 2 (p - q)^2 is 0 at q = p", excess.subs(q, p), 0
    yield (
        "its derivative in q is (q - p)(1 - 2q)^2/(q(1 - q)): least at q = p",
        sympy.factor(sympy.diff(excess, q)),
        sympy.factor((q - p) * (1 - 2 * q) ** 2 / (q * (1 - q))),
    )
    yield from chain_rule()


def chain_rule() -> Sides:
    """KL of whole distributions from KL of a set of actions and KL inside it and outside.

    With logarithms as symbols of their own, ln(p1/p2) as a difference: four actions, two in the
    set; any other numbers of them go alike. A share times a conditional probability is p_a.
    """
    import sympy

    p, ln_p, ln_q = (sympy.symbols(f"{name}1:5") for name in ("p", "lnp", "lnq"))
    (ln_ps, ln_qs), (ln_pr, ln_qr) = sympy.symbols("lnps lnqs"), sympy.symbols("lnpr lnqr")
    share = p[0] + p[1]
    rest = p[2] + p[3]
    whole = sum(x * (a - b) for x, a, b in zip(p, ln_p, ln_q, strict=True))
    of_set = share * (ln_ps - ln_qs) + rest * (ln_pr - ln_qr)
    inside = sum(p[i] * ((ln_p[i] - ln_ps) - (ln_q[i] - ln_qs)) for i in (0, 1))
    outside = sum(p[i] * ((ln_p[i] - ln_pr) - (ln_q[i] - ln_qr)) for i in (2, 3))
    yield (
        "chain rule: KL = KL of a set + its share * KL inside it + the same outside",
        whole,
        of_set + inside + outside,
    )
