"""Commitments and equilibria where defenders intercept paths."""

from __future__ import annotations

from fractions import Fraction

from solvers.gridworld._path_records import aims, allocations, coverage, equilibrium, plans
from solvers.gridworld.path import PathSaddle, is_path_zero_sum, path_saddle, require_paths
from solvers.gridworld.path_normal_form import PathMatrix, path_normal_form
from solvers.lp.minimax import minimax
from solvers.multiple_lp import multiple_lp
from solvers.nash_range import nash_range
from solvers.weak import weak_stackelberg
from stackel.errors import NoSolutionError
from stackel.gridworld import GridworldGame
from stackel.gridworld_certificate import PathCertificate, PathNashCertificate
from stackel.gridworld_result import AttackNash, CoverageCommitment
from stackel.matrix import ScaledMatrix

MAX_NASH = 400
"""Entries of the normal form up to which all its Nash equilibria are enumerated."""


def path_commitment(game: GridworldGame) -> CoverageCommitment:
    r"""Compute a strong Stackelberg equilibrium and the inducible value, exactly.

    Zero-sum games by the double oracle (:func:`~solvers.gridworld.path.path_saddle`): every tie of
    the attacker is one of the leader, so that the commitment guarantees its value. Others by the
    normal form, when it is small.

    Returns
    -------
    CoverageCommitment
        ``allocation_mix`` names cells; ``coverage``, how often a defender stands on each target,
        does not decide the game.

    Raises
    ------
    NoSolutionError
        When paths are not intercepted, wind blows, or the game is too large.

    Examples
    --------
    >>> from stackel import catalog
    >>> answer = path_commitment(catalog.load("gridworld-bottleneck").game)
    >>> print(answer.leader_value, [str(a.probability) for a in answer.allocation_mix])
    -8/15 ['2/15', '1/5', '2/15', '2/15', '1/5', '1/5']
    """
    require_paths(game)
    certificate: PathCertificate | None = None
    if is_path_zero_sum(game):
        saddle, method = _saddle(game)
        leader, follower = -saddle.attacker_value, saddle.attacker_value
        induced, mix = leader, saddle.allocations
        walk = max(saddle.walks, key=lambda part: part[0])[1]
    else:
        matrix = path_normal_form(game)
        saddle, method = _guarantee(matrix), "normal form, multiple LP"
        sse, wse = multiple_lp(matrix.game), weak_stackelberg(matrix.game)
        leader, follower = Fraction(sse.leader_value), Fraction(sse.follower_value)
        induced = Fraction(wse.leader_value)
        parts = zip(sse.leader_strategy, matrix.allocations, strict=True)
        mix = tuple((Fraction(p), cells) for p, cells in parts if p)
        walk = matrix.walks[sse.follower_action]
        certificate = PathCertificate(form=matrix.form, strong=sse, weak=wse)
    (reply,) = plans([(Fraction(1), walk)])
    return CoverageCommitment(
        leader_value=leader,
        follower_value=follower,
        coverage=coverage(game, mix),
        attacked_target=walk.target,
        attack=reply.outcomes,
        reply=reply,
        inducible_value=induced,
        inward=None,
        allocation_mix=allocations(game, mix),
        attacker_guarantee=aims(saddle.walks),
        attacker_plans=plans(saddle.walks),
        certificate=certificate,
        method=method,
    )


def path_nash(game: GridworldGame) -> AttackNash:
    """Return the range of Nash equilibria: one value in zero-sum games; others when tiny.

    Raises
    ------
    NoSolutionError
        When paths are not intercepted, wind blows, or the game is too large.
    """
    require_paths(game)
    if is_path_zero_sum(game):
        saddle, method = _saddle(game)
        value = saddle.attacker_value
        only = equilibrium(game, -value, value, saddle.allocations, saddle.walks)
        return AttackNash(
            leader_min=-value,
            leader_max=-value,
            follower_value=value,
            follower_max=value,
            worst=only,
            best=only,
            method=method,
        )
    matrix = path_normal_form(game)
    m, n = matrix.game.shape
    if m * n > MAX_NASH:
        raise NoSolutionError(
            "Nash equilibria of a game of interception that is not zero-sum need a normal form of "
            f"at most {MAX_NASH} entries, got {m * n}"
        )
    found = nash_range(matrix.game)
    ends = [
        equilibrium(
            game,
            Fraction(e.leader_value),
            Fraction(e.follower_value),
            [(Fraction(p), a) for p, a in zip(e.leader_strategy, matrix.allocations, strict=True)],
            [(Fraction(q), w) for q, w in zip(e.follower_strategy, matrix.walks, strict=True)],
        )
        for e in (found.equilibria["leader_min"], found.equilibria["leader_max"])
    ]
    return AttackNash(
        leader_min=found.leader_min,
        leader_max=found.leader_max,
        follower_value=found.follower_min,
        follower_max=found.follower_max,
        worst=ends[0],
        best=ends[1],
        certificate=PathNashCertificate(form=matrix.form, range=found),
        method="normal form, all equilibria",
    )


def _saddle(game: GridworldGame) -> tuple[PathSaddle, str]:
    """Optimal mixes of a zero-sum game, and the method.

    An attacker who would rather be stopped than stay away is no matter for the double oracle.
    """
    if game.no_attack.attacker >= 0:
        return path_saddle(game), "double oracle"
    return _guarantee(path_normal_form(game)), "normal form, minimax"


def _guarantee(matrix: PathMatrix) -> PathSaddle:
    """What the attacker can be sure of, by the normal form."""
    payoffs = matrix.game.follower_exact
    held = ScaledMatrix(
        rows=tuple(tuple(-x for x in row) for row in payoffs.rows), scale=payoffs.scale
    )
    value, mix, attack = minimax(held)
    return PathSaddle(
        -value,
        tuple((p, a) for p, a in zip(mix, matrix.allocations, strict=True) if p),
        tuple((q, w) for q, w in zip(attack, matrix.walks, strict=True) if q),
    )
