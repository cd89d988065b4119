r"""The weak Stackelberg value: what commitment guarantees when follower ties go against the leader.

Let :math:`f(p) = \min_{j \in BR(p)} p^T A e_j`; the value is :math:`W = \sup_p f(p)`. Group the
follower actions into classes C of identical columns of B, and let
:math:`R_C = \{p : (B_C - B_k)^T p \ge 0 \text{ for all } k \notin C\}` be the region where C is a
reply. A region is thick when some p makes all these inequalities strict, else thin.

**The value.** Two different columns of B tie on a proper subspace only, so outside finitely many of
them the replies are a single class; hence the thick regions, being closed, cover the simplex. For p
in a thick :math:`R_C` the members of C are replies, so :math:`f(p) \le g_C(p) = \min_{c \in C} p^T
A e_c`; and going from p to an interior point of :math:`R_C`, the replies are C alone, so :math:`f`
comes as near to :math:`g_C(p)` as one likes. Therefore W is the maximum of :math:`g_C` over
:math:`R_C`, over the thick classes: one linear program each.

**Attained or not.** If f(p) = W then p lies in a thick :math:`R_C` with :math:`g_C(p) = W`. For
each such class start from the face F of optimal p. A k outside C that is a reply on all of F is a
reply at p too, so :math:`p^T A e_k \ge W` may be added to F. When no such k is new, a
relative-interior point of F has no replies but C and the k found, and attains W. When F is empty,
no p in :math:`R_C` attains W. The set of k grows, so at most n rounds are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from solvers.lp import Row, maximize
from stackel.certificate import Multipliers, WeakCertificate
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame, ExactStrategy
from stackel.response import commitment_values
from stackel.result import WeakStackelberg


def weak_stackelberg(
    game: BimatrixGame, *, epsilon: Fraction = Fraction(1, 1000)
) -> WeakStackelberg:
    r"""Return the weak Stackelberg value :math:`\sup_p \min_{j \in BR(p)} p^T A e_j`, exactly.

    Parameters
    ----------
    game : BimatrixGame
        Leader payoffs A and follower payoffs B, shape (m, n).
    epsilon : Fraction
        What ``leader_strategy`` may fall short of a supremum that is not attained, as a share of
        the range of the leader's payoffs; in (0, 1].

    Returns
    -------
    WeakStackelberg
        The supremum; whether a commitment attains it; one that does, or one that guarantees it up
        to ``result.epsilon`` (exact, in payoff units); and a certificate.

    Raises
    ------
    InvalidGameError
        When ``epsilon`` is not in (0, 1].

    Notes
    -----
    One exact linear program of m variables and n rows a class, and a few of up to twice the size.
    At 20 x 20 a few tenths of a second; up to 3 s where payoffs need a dozen digits.

    References
    ----------
    .. [1] B. von Stengel and S. Zamir, "Leadership games with convex strategy sets", Games and
       Economic Behavior 69 (2010), 446-457.

    Examples
    --------
    >>> battle = weak_stackelberg(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))
    >>> battle.leader_value, battle.attained, battle.leader_strategy
    (Fraction(5, 1), True, (Fraction(1, 1), Fraction(0, 1)))

    A reply that the leader must leave strictly better is only approached:

    >>> tempted = weak_stackelberg(BimatrixGame([[1, 0], [0, 0]], [[0, 0], [1, 0]]))
    >>> tempted.leader_value, tempted.attained, tempted.leader_strategy
    (Fraction(1, 1), False, (Fraction(999, 1000), Fraction(1, 1000)))
    """
    if not 0 < epsilon <= 1:
        raise InvalidGameError(
            f"epsilon must be a share of the payoff range, in (0, 1], got {epsilon}"
        )
    bounds: dict[int, tuple[Multipliers, Multipliers]] = {}
    thin: dict[int, Multipliers] = {}
    unattained: dict[int, tuple[tuple[Multipliers, Multipliers], ...]] = {}
    optimal: list[tuple[_Class, ExactStrategy]] = []
    inner: ExactStrategy = ()
    lowest = min(min(row) for row in game.leader_exact.rows)
    highest = max(max(row) for row in game.leader_exact.rows)
    best = Fraction(lowest - 1)  # in units of the integer payoffs
    for cls in _classes(game):
        name = cls.members[0]
        if cls.ceiling < best:
            bounds[name] = ({cls.lowest: Fraction(1)}, {})
            continue
        value, p, weights, multipliers = _region_optimum(cls)
        if value is None:
            thin[name] = multipliers
            continue
        if value > best:
            inside, proof = _interior(cls)
            if inside is None:
                thin[name] = proof
                continue
            best, inner, optimal = value, inside, []
        bounds[name] = (weights, multipliers)
        if value == best:
            optimal.append((cls, p))

    def result(p: ExactStrategy, limit: ExactStrategy | None) -> WeakStackelberg:
        supremum = best / game.leader_exact.scale
        return WeakStackelberg(
            leader_value=supremum,
            attained=limit is None,
            leader_strategy=p,
            epsilon=supremum - Fraction(commitment_values(game, p)[1]),
            method="one linear program a reply class",
            certificate=WeakCertificate(
                bounds=bounds, thin=thin, limit=limit, unattained=unattained
            ),
        )

    for _, p in optimal:  # often the first optimum is enough
        if _guaranteed(game, p) == best:
            return result(p, None)
    for cls, _ in optimal:
        attaining, steps = _attaining(cls, best)
        if attaining is not None:
            unattained.clear()
            return result(attaining, None)
        unattained[cls.members[0]] = steps
    limit = optimal[0][1]
    # the shortfall is positive, or else inner would attain the supremum
    share = min(Fraction(1), epsilon * (highest - lowest) / (best - _guaranteed(game, inner)))
    return result(
        tuple((1 - share) * x + share * y for x, y in zip(limit, inner, strict=True)), limit
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Class:
    """Follower actions with identical payoffs; all entries are the games' integers."""

    members: tuple[int, ...]
    leader: Mapping[int, tuple[int, ...]]
    """All leader columns."""
    gaps: Mapping[int, tuple[int, ...]]
    """B_C - B_k for every k outside the class."""
    scale: Fraction
    """Turns multipliers of integer columns into multipliers of payoffs."""

    @property
    def lowest(self) -> int:
        """The member with the lowest maximum, which bounds what the class can guarantee."""
        return min(self.members, key=lambda c: max(self.leader[c]))

    @property
    def ceiling(self) -> int:
        return max(self.leader[self.lowest])


def _classes(game: BimatrixGame) -> list[_Class]:
    """The classes, the most promising first."""
    a, b = game.leader_exact, game.follower_exact
    leader = dict(enumerate(zip(*a.rows, strict=True)))
    follower = dict(enumerate(zip(*b.rows, strict=True)))
    members: dict[tuple[int, ...], list[int]] = {}
    for j, column in follower.items():
        members.setdefault(column, []).append(j)
    classes = [
        _Class(
            members=tuple(actions),
            leader=leader,
            gaps={
                k: tuple(x - y for x, y in zip(column, other, strict=True))
                for k, other in follower.items()
                if k not in actions
            },
            scale=Fraction(b.scale, a.scale),
        )
        for column, actions in members.items()
    ]
    return sorted(classes, key=lambda cls: (-cls.ceiling, cls.members))


def _guaranteed(game: BimatrixGame, p: ExactStrategy) -> Fraction:
    """What ``p`` guarantees, in units of the integer payoffs."""
    return Fraction(commitment_values(game, p)[1]) * game.leader_exact.scale


def _region_optimum(
    cls: _Class,
) -> tuple[Fraction | None, ExactStrategy, dict[int, Fraction], dict[int, Fraction]]:
    """Maximum of g_C over R_C, a maximiser, and (w, lambda); no maximum when R_C is empty."""
    m = len(cls.leader[0])
    simplex = Row(coefficients=dict.fromkeys(range(m), 1), sense="==", bound=1)
    rows = [simplex, *(_row(gap, -1) for gap in cls.gaps.values())]
    if len(cls.members) == 1:
        optimum = maximize(cls.leader[cls.members[0]], rows)
        value, shared = optimum.value, [Fraction(1)]
    else:  # maximise v, the smallest of the members' payoffs, shifted to be positive
        shift = 1 - min(min(cls.leader[c]) for c in cls.members)
        for c in cls.members:
            row = _row([x + shift for x in cls.leader[c]], -1)
            rows.append(Row(coefficients={**row.coefficients, m: 1}, sense="<=", bound=0))
        optimum = maximize([0] * m + [1], rows)
        value, shared = optimum.value - shift, list(optimum.duals[1 + len(cls.gaps) :])
    multipliers = {k: u * cls.scale for k, u in zip(cls.gaps, optimum.duals[1:], strict=False) if u}
    if optimum.status == "infeasible":
        return None, (), {}, multipliers
    weights = {c: w for c, w in zip(cls.members, shared, strict=True) if w}
    return value, optimum.x[:m], weights, multipliers


def _interior(cls: _Class) -> tuple[ExactStrategy | None, dict[int, Fraction]]:
    """A commitment to which the class alone replies; or multipliers that show there is none."""
    m = len(cls.leader[0])
    forms = [*cls.gaps.values(), (1,) * m]
    # on the cone of these forms the smallest of them can be scaled up to 1, or is always 0
    rows = [
        Row(coefficients={**_row(form, -1).coefficients, m: 1}, sense="<=", bound=0)
        for form in forms
    ]
    rows.append(Row(coefficients={m: 1}, sense="<=", bound=1))
    optimum = maximize([0] * m + [1], rows)
    if not optimum.value:
        return None, {k: u for k, u in zip(cls.gaps, optimum.duals, strict=False) if u}
    size = sum(optimum.x[:m])
    return tuple(y / size for y in optimum.x[:m]), {}


def _attaining(
    cls: _Class, best: Fraction
) -> tuple[ExactStrategy | None, tuple[tuple[Multipliers, Multipliers], ...]]:
    """A commitment in R_C that attains ``best``, or the steps that prove there is none."""
    steps = []
    n = len(cls.leader)
    replies = set(cls.members)
    while True:
        worth = {
            n + c: tuple(x * best.denominator - best.numerator for x in cls.leader[c])
            for c in replies
        }
        p, tight, proof = _relative_interior({**cls.gaps, **worth}, len(cls.leader[0]))
        steps.append(
            (
                {c - n: u * best.denominator for c, u in proof.items() if c >= n},
                {k: u * cls.scale for k, u in proof.items() if k < n},
            )
        )
        new = {k for k in tight if k < n} - replies
        if p is None or not new:
            return p, tuple(steps)
        replies |= new


def _relative_interior(
    forms: Mapping[int, Sequence[int]], m: int
) -> tuple[ExactStrategy | None, set[int], dict[int, Fraction]]:
    """A relative-interior point of {p in the simplex: form @ p >= 0 for every form}.

    With it come the forms that are 0 on the whole set, and multipliers, positive for these, under
    which the forms add up to a vector <= 0 (< 0 when the set is empty: then there is no point).
    """
    # y runs over the cone of the set; each slack s <= 1 of a form, and of sum(y), can reach 1
    # there by scaling y up, unless its form is 0 on the whole cone
    slacks = {name: m + r for r, name in enumerate(forms)}
    total = m + len(forms)
    rows = [
        Row(coefficients={**_row(form, -1).coefficients, slacks[name]: 1}, sense="<=", bound=0)
        for name, form in forms.items()
    ]
    rows.append(Row(coefficients={**dict.fromkeys(range(m), -1), total: 1}, sense="<=", bound=0))
    rows += [Row(coefficients={s: 1}, sense="<=", bound=1) for s in range(m, total + 1)]
    optimum = maximize([0] * m + [1] * (len(forms) + 1), rows)
    tight = {name for name, s in slacks.items() if not optimum.x[s]}
    proof = {name: u for name, u in zip(forms, optimum.duals, strict=False) if u}
    if not optimum.x[total]:
        return None, tight, proof
    size = sum(optimum.x[:m])
    return tuple(y / size for y in optimum.x[:m]), tight, proof


def _row(form: Sequence[int], sign: int) -> Row:
    """The constraint ``sign * form @ p <= 0``."""
    return Row(coefficients={i: sign * x for i, x in enumerate(form) if x}, sense="<=", bound=0)
