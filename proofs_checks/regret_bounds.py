"""Why the learners have the regret that they have, as identities whose signs can be seen.

Every function yields what ``Identity`` checks: (what it says, left side, right side). Sums over
actions are written out for two or three of them; any other number goes alike.
"""

from __future__ import annotations

from typing import Any

from proofs_checks.inequalities import Sides, hoeffding_lemma


def hedge_bound() -> Sides:
    r"""Why Hedge with rate h has regret at most ln n / h + h T R^2 / 8.

    With W_t the sum of the weights exp(h G_t): ln(W_T / n) is at least h max G_T - ln n, and every
    round adds ln of the mean of exp(h g) under p_t, which Hoeffding's lemma bounds.
    """
    import sympy

    h, ln_n, reach, rounds = sympy.symbols("h L R T", positive=True)
    weights, factors = sympy.symbols("w1:4", positive=True), sympy.symbols("e1:4", positive=True)
    before = sum(weights)
    after = sum(w * e for w, e in zip(weights, factors, strict=True))
    mean = sum(w / before * e for w, e in zip(weights, factors, strict=True))
    yield "W_(t+1) = W_t * mean of e = exp(h g) under p_t = w/W_t", after / before, mean
    yield from hoeffding_lemma()
    bound = ln_n / h + h * rounds * reach**2 / 8
    tuned = sympy.sqrt(8 * ln_n / rounds) / reach
    yield (
        "so Reg <= ln n/h + h T R^2/8; at h = sqrt(8 ln n/T)/R it is R sqrt(T ln n/2)",
        bound.subs(h, tuned),
        reach * sympy.sqrt(rounds * ln_n / 2),
    )
    yield (
        "at the paper's h = sqrt(ln n/T) it is (1 + R^2/8) sqrt(T ln n)",
        bound.subs(h, sympy.sqrt(ln_n / rounds)),
        (1 + reach**2 / 8) * sympy.sqrt(rounds * ln_n),
    )


def anytime_bound() -> Sides:
    """Why Hedge with rates 2 sqrt(ln n / t) / R has regret at most R sqrt(T ln n) after every T.

    With falling rates the sum telescopes as before, because ln(mean exp(h G)) / h grows with h.
    """
    import sympy

    h, ln_n, reach, rounds = sympy.symbols("h L R T", positive=True)
    x, y = sympy.symbols("G1:3", real=True)
    weights = sympy.exp(h * x), sympy.exp(h * y)
    total = sum(weights)
    potential = (sympy.log(total) - sympy.log(2)) / h
    ln_total = sympy.log(total)
    divergence = sum(w / total * (h * z - ln_total) for w, z in zip(weights, (x, y), strict=True))
    yield (
        "h^2 times the slope of ln(mean exp(h G))/h is KL(p || uniform) >= 0",
        h**2 * sympy.diff(potential, h),
        divergence + sympy.log(2),
    )
    t = sympy.Symbol("t", positive=True)
    step = 2 * sympy.sqrt(t + 1) - 2 * sympy.sqrt(t)
    yield (
        "2 sqrt(t+1) - 2 sqrt(t) = 2/(sqrt(t+1) + sqrt(t)) >= 1/sqrt(t+1): 1/sqrt(t) sums to <= "
        "2 sqrt(T)",
        sympy.expand(step * (sympy.sqrt(t + 1) + sympy.sqrt(t))),
        2,
    )
    last = 2 * sympy.sqrt(ln_n / rounds) / reach
    summed = 2 * sympy.sqrt(ln_n) / reach * 2 * sympy.sqrt(rounds)
    yield (
        "ln n/h_T + R^2/8 * sum of h_t at h_t = 2 sqrt(ln n/t)/R is at most R sqrt(T ln n)",
        ln_n / last + reach**2 / 8 * summed,
        reach * sympy.sqrt(rounds * ln_n),
    )


def gradient_bound() -> Sides:
    r"""Why gradient steps of size h have regret at most D^2/(2h) + h T G^2/2.

    D is the distance from the start to the comparator u, G bounds the gradients; x, y, z are the
    point, the point after the step and the nearest point of the set, in two dimensions.
    """
    import sympy

    h, distance, slope, rounds = sympy.symbols("h D G T", positive=True)
    x, g, u, z = (sympy.symbols(f"{name}1:3", real=True) for name in "xguz")

    def square(v: Any) -> Any:
        return sum(each**2 for each in v)

    def minus(v: Any, w: Any) -> list[Any]:
        return [a - b for a, b in zip(v, w, strict=True)]

    def dot(v: Any, w: Any) -> Any:
        return sum(a * b for a, b in zip(v, w, strict=True))

    y = [a - h * b for a, b in zip(x, g, strict=True)]
    yield (
        "|y - u|^2 = |y - z|^2 + |z - u|^2 + 2 (y - z).(z - u), the last term >= 0 for the nearest "
        "point z of a convex set",
        square(minus(y, u)),
        square(minus(y, z)) + square(minus(z, u)) + 2 * dot(minus(y, z), minus(z, u)),
    )
    yield (
        "2h g.(x - u) = |x - u|^2 - |y - u|^2 + h^2 |g|^2, which telescopes over rounds",
        2 * h * dot(g, minus(x, u)),
        square(minus(x, u)) - square(minus(y, u)) + h**2 * square(g),
    )
    yield (
        "so Reg <= D^2/(2h) + h T G^2/2, which is D G sqrt(T) at h = D/(G sqrt(T))",
        (distance**2 / (2 * h) + h * rounds * slope**2 / 2).subs(
            h, distance / (slope * sympy.sqrt(rounds))
        ),
        distance * slope * sympy.sqrt(rounds),
    )


def entropy_algorithms() -> Sides:
    """Why FTRL and OMD with the entropy are Hedge: what they maximise is a constant less KL."""
    import sympy

    h = sympy.Symbol("h", positive=True)
    p, gains, ln_p, ln_old = (sympy.symbols(f"{name}1:4") for name in ("p", "G", "lnp", "lnq"))
    ln_w = sympy.Symbol("lnW")
    sums_to_one = {p[2]: 1 - p[0] - p[1]}

    def total(terms: Any) -> Any:
        return sum(terms).subs(sums_to_one)

    yield (
        "FTRL: h p.G + entropy(p) = ln W - KL(p || Hedge's mix exp(h G)/W)",
        total(x * (h * g - y) for x, g, y in zip(p, gains, ln_p, strict=True)),
        ln_w - total(x * (y - (h * g - ln_w)) for x, g, y in zip(p, gains, ln_p, strict=True)),
    )
    yield (
        "OMD: h p.g - KL(p || q) = ln W - KL(p || q exp(h g)/W), Hedge's next mix",
        total(x * (h * g - y + z) for x, g, y, z in zip(p, gains, ln_p, ln_old, strict=True)),
        ln_w
        - total(
            x * (y - (z + h * g - ln_w)) for x, g, y, z in zip(p, gains, ln_p, ln_old, strict=True)
        ),
    )


def realised_bound() -> Sides:
    r"""Why realised regret exceeds that of the mixes by s with probability <= exp(-2s^2/(T R^2)).

    Given the past, p_t.g_t - g_t(i_t) has mean 0 and lies in a range of length R.
    """
    import sympy

    best, mixed, drawn = sympy.symbols("G M D")
    yield (
        "realised regret - regret of the mixes = sum of p_t.g_t - g_t(i_t)",
        (best - drawn) - (best - mixed),
        mixed - drawn,
    )
    p1, p2, *paid = sympy.symbols("p1 p2 g1:4")
    p = (p1, p2, 1 - p1 - p2)
    mean = sum(x * y for x, y in zip(p, paid, strict=True))
    yield (
        "given the past its mean is 0",
        sum(x * (mean - y) for x, y in zip(p, paid, strict=True)),
        0,
    )
    yield from hoeffding_lemma()
    h, s, reach, rounds, chance = sympy.symbols("h s R T d", positive=True)
    exponent = -h * s + h**2 * rounds * reach**2 / 8
    yield (
        "P(sum >= s) <= exp(-h s + h^2 T R^2/8), least at h = 4s/(T R^2): exp(-2 s^2/(T R^2))",
        exponent,
        -2 * s**2 / (rounds * reach**2)
        + rounds * reach**2 / 8 * (h - 4 * s / (rounds * reach**2)) ** 2,
    )
    ln = -sympy.log(chance)
    yield (
        "at s = R sqrt(T ln(1/d)/2) it is d",
        -2 * (reach**2 * rounds * ln / 2) / (rounds * reach**2),
        sympy.log(chance),
    )
    eps = sympy.Symbol("e", positive=True)
    x = sympy.exp(-2 * eps**2 / reach**2)
    total = x / (1 - x)
    yield (
        "S = x + x^2 + ... is x/(1 - x), x = exp(-2 e^2/R^2) < 1: S = x + x S",
        x + x * total,
        total,
    )


def blackwell_bound() -> Sides:
    """Why regret matching has regret at most R sqrt(n T).

    u is the positive part of the regret vector V, v the step g - p.g with p = u / sum(u).
    """
    import sympy

    u, g = sympy.symbols("u1:4", positive=True), sympy.symbols("g1:4", real=True)
    mean = sum(x * y for x, y in zip(u, g, strict=True)) / sum(u)
    yield (
        "the step is at right angles to the positive part: u.(g - p.g) = 0",
        sum(x * (y - mean) for x, y in zip(u, g, strict=True)),
        0,
    )
    a, v = sympy.symbols("a v", real=True)
    yield (
        "|(V + v)+| <= |V+ + v| by component, as V <= V+; and (V+ + v)^2 = V+^2 + 2 V+ v + v^2",
        (a + v) ** 2,
        a**2 + 2 * a * v + v**2,
    )
    n, reach, rounds = sympy.symbols("n R T", positive=True)
    yield (
        "so |V_T+|^2 <= T n R^2, and the largest component is at most R sqrt(n T)",
        sympy.sqrt(rounds * n * reach**2),
        reach * sympy.sqrt(n * rounds),
    )
