r"""Where no-regret play can take the leader, and how far finite play can stray from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from solvers.correlated import Incentive, extreme, fixed_actions
from solvers.lp import Optimum, Row, maximize_all
from stackel.certificate import Extreme
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame, Number
from stackel.result import NoRegret


def no_regret(game: BimatrixGame, *, sse_value: Number | None = None) -> NoRegret:
    r"""Return the leader's no-regret range, its band for finite play, and the class of the game.

    Let :math:`r(z) = \max(0, \text{both external regrets of } z)` for a joint distribution z of
    play, and :math:`hi(\epsilon) = \max \{ \langle A, z \rangle : r(z) \le \epsilon \}`. Then
    ``hi`` :math:`= hi(0)` is the most that a coarse correlated equilibrium pays the leader, and
    ``k_hi`` is the smallest :math:`k \ge 0` with
    :math:`\langle A, z \rangle \le hi + k \, r(z)` for every z, so for every finite play of any
    algorithms; ``lo`` and ``k_lo`` likewise from below.

    With V the strong Stackelberg value, the class is ``holds`` when lo = hi = V: every pair of
    no-regret algorithms then pays the leader V in the limit; ``never`` when V lies outside
    [lo, hi]: none does; ``may-fail`` otherwise: some do and some do not.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).
    sse_value : Fraction, optional
        V, exact; computed when not given.

    Returns
    -------
    NoRegret
        ``extremes`` holds the proofs (see the record).

    Raises
    ------
    NoSolutionError
        When ``sse_value`` is a float: a rounded V cannot decide lo = V.

    Notes
    -----
    *The constants are one LP each.* Write the regrets as rows
    :math:`\langle R_d, z \rangle` over the m + n fixed actions d. Consider

    .. math:: k = \max_{w \ge 0} \; \langle A - hi, w \rangle
        \quad \text{subject to} \quad \langle R_d, w \rangle \le 1 \text{ for every } d,

    where w need not sum to 1. Its dual is to minimise :math:`\sum_d y_d` over
    :math:`y \ge 0` with :math:`A_{ij} - \sum_d y_d R_d(i, j) \le hi` in every cell: these y are
    the optimal multipliers of hi(0), so the dual is feasible, w = 0 is feasible, and both attain k.

    *Valid*: average the cells over any z with the optimal y:
    :math:`\langle A, z \rangle \le hi + \sum_d y_d \langle R_d, z \rangle \le hi + k \, r(z)`.

    *Smallest*: when k > 0, the optimal w is not 0; with s its sum, z = w / s is a distribution
    with :math:`r(z) \le 1/s` and :math:`\langle A, z \rangle = hi + k/s`, so no smaller constant
    holds for it. Mixing z with an equilibrium that attains hi gives such plays of every smaller
    regret: k is also the right derivative of the concave hi(eps) at 0, not only a chord.

    Cost: four LPs of m n variables and m + n rows, two of them without a first phase.

    References
    ----------
    .. [1] J. Hannan. Approximation to Bayes risk in repeated play. Contributions to the Theory of
       Games 3, 1957.
    .. [2] H. Moulin and J.-P. Vial. Strategically zero-sum games. International Journal of Game
       Theory 7, 1978.

    Examples
    --------
    >>> game = BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> answer = no_regret(game, sse_value=Fraction(1, 2))
    >>> answer.class_, str(answer.lo), str(answer.hi), str(answer.k_hi)
    ('never', '0', '0', '2')
    """
    if isinstance(sse_value, float):
        raise NoSolutionError(
            f"no_regret needs the exact Stackelberg value as a Fraction, got the float {sse_value}"
        )
    if sse_value is None:
        from solvers.multiple_lp import multiple_lp

        sse_value = multiple_lp(game).leader_value
    m, n = game.shape
    scale = game.leader_exact.scale
    payoffs = [x for row in game.leader_exact.rows for x in row]
    incentives = [each for each in fixed_actions(game) if max(each.gains.values(), default=0) > 0]
    ones = dict.fromkeys(range(m * n), 1)
    equilibria = [Row(coefficients=ones, sense="==", bound=1)]
    equilibria += [Row(coefficients=each.gains, sense="<=", bound=0) for each in incentives]
    least, most = maximize_all([[-x for x in payoffs], payoffs], equilibria)
    lo, hi = -least.value, most.value
    slack = [Row(coefficients=each.gains, sense="<=", bound=each.scale) for each in incentives]
    below, above = maximize_all([[lo - x for x in payoffs], [x - hi for x in payoffs]], slack)
    low, low_edge = _proofs(lo / scale, least, below, incentives, scale, n)
    high, high_edge = _proofs(hi / scale, most, above, incentives, scale, n)
    return NoRegret(
        class_=_class(lo / scale, hi / scale, sse_value),
        lo=low.value,
        hi=high.value,
        k_lo=low_edge.value,
        k_hi=high_edge.value,
        method="LPs over the coarse equilibria and over their multipliers, exact",
        extremes={"lo": low, "hi": high, "k_lo": low_edge, "k_hi": high_edge},
    )


def _class(lo: Fraction, hi: Fraction, value: Number) -> Literal["holds", "may-fail", "never"]:
    if lo == hi == value:
        return "holds"
    return "may-fail" if lo <= value <= hi else "never"


def _proofs(
    bound: Fraction,
    equilibrium: Optimum,
    band: Optimum,
    incentives: Sequence[Incentive],
    scale: int,
    n: int,
) -> tuple[Extreme, Extreme]:
    """The proof of the end of the range and, with the same multipliers, of its constant."""
    edge = extreme(band, band.duals, incentives, scale, n)
    total = sum(band.x)
    joint = {divmod(cell, n): z for cell, z in enumerate(equilibrium.x) if z}
    if total:
        edge = replace(edge, joint={cell: w / total for cell, w in edge.joint.items()})
    else:
        edge = replace(edge, joint=joint)
    return replace(edge, value=bound, joint=joint), edge
