"""All concepts of a gridworld security game, each held against an independent check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from solvers.gridworld.allocation import realised_allocation
from solvers.gridworld.check_allocation import allocation_faults
from solvers.gridworld.check_commitment import commitment_faults
from solvers.gridworld.check_nash import nash_faults
from solvers.gridworld.evaluate import Undecided
from solvers.gridworld.nash import nash_range
from solvers.gridworld.origami import origami
from stackel.errors import NoSolutionError, UnknownNameError
from stackel.gridworld import GridworldGame, require_gridworld
from stackel.gridworld_result import GridworldConcept, GridworldSolution

ATTACKS = "the attack mix, worth so much against every allocation, bounds every reply"
MIX = "the attacker's mix of plans, worth as much against every allocation"
COVER = (
    "at the corners of all replies' regions, or by multipliers on simplices, no coverage pays more"
)
MATRIX = "multipliers of the normal form, listed anew, bound the leader"
ONE_COVERAGE = "there is no other coverage"
EVERY_ALLOCATION = "the replies to every allocation, found anew"
BETTER_OUTCOMES = "no outcome that is better for the leader can be made a best reply"
DEVIATIONS = "both ends are equilibria; sums over the targets that may be mixed in bound all others"
ALTERNATIVES = (
    "the ends are equilibria; multipliers of the normal form, listed anew, leave none beyond them, "
    "whichever actions are unused or best responses"
)
SADDLE = "neither player gains by any deviation, and the values of a zero-sum game are one"


class Method(NamedTuple):
    """How a concept is computed and checked."""

    solver: Callable[..., Any]
    faults: Callable[..., tuple[str, ...]]
    proof: str
    """What a check without faults proves, and how."""


CONCEPTS: Mapping[str, Method] = {
    "sse": Method(origami, commitment_faults, ATTACKS),
    "pure": Method(realised_allocation, allocation_faults, BETTER_OUTCOMES),
    "nash": Method(nash_range, nash_faults, DEVIATIONS),
}
"""Without wind and interception of paths."""


def solve_gridworld(
    game: GridworldGame, *, concepts: Iterable[str] | None = None, certify: bool = True
) -> GridworldSolution:
    """Return the reference values of a gridworld game for each thing the attacker may see.

    Parameters
    ----------
    game : GridworldGame
    concepts : iterable of str, optional
        Of ``"sse"`` (the attacker sees the coverage), ``"pure"`` (the realised allocation) and
        ``"nash"`` (nothing). By default all whose method takes the game; the others are named
        in ``omitted``.
    certify : bool
        Whether each answer is checked by code that shares nothing with the solvers; its ``proof``
        says what was proved and how, or what was not: such an answer stays uncertified.

    Raises
    ------
    UnknownNameError
        For a concept that does not exist.
    NoSolutionError
        When a concept that was asked for has no method for this game, when none has one, or when
        a check fails, which is a fault of the solver.

    Examples
    --------
    >>> from stackel.gridworld import Target
    >>> game = GridworldGame(rows=1, cols=5, start=(0, 2), horizon=2, defenders=1, targets=tuple(
    ...     Target(cell=cell, attacker_covered=0, attacker_uncovered=v,
    ...            defender_covered=0, defender_uncovered=-v)
    ...     for cell, v in [((0, 0), 2), ((0, 4), 4)]))
    >>> solution = solve_gridworld(game)
    >>> print(solution.sse.leader_value, solution.pure.strong.leader_value, solution.sse.certified)
    -4/3 -2 True
    """
    require_gridworld(game, "solve_gridworld")
    found: dict[str, GridworldConcept] = {}
    omitted: dict[str, str] = {}
    available = methods(game)
    for name in CONCEPTS if concepts is None else concepts:
        if name not in CONCEPTS:
            raise UnknownNameError("concept", name, CONCEPTS)
        solver, faults, proof = available[name]
        try:
            answer = solver(game)
        except NoSolutionError as error:
            if concepts is not None:
                raise
            omitted[name] = str(error)
            continue
        if certify:
            try:
                wrong = faults(game, answer)
            except Undecided as error:
                answer = replace(answer, proof=str(error))
            else:
                if wrong:
                    raise NoSolutionError(
                        f"{answer.method} must pass its check, failed: {wrong[0]}"
                    )
                answer = replace(answer, certified=True, proof=proof)
        found[name] = answer
    if omitted and not found:
        raise NoSolutionError(next(iter(omitted.values())))
    exact = all(getattr(answer, "exact", True) for answer in found.values())
    return GridworldSolution(game=game, exact=exact, concepts=found, omitted=omitted)


def methods(game: GridworldGame) -> Mapping[str, Method]:
    """The solvers and checks for the rules of the game."""
    if game.interception == "path":
        from solvers.gridworld import check_path, check_path_allocation, interception
        from solvers.gridworld.path_allocation import path_allocation

        zero_sum = check_path.zero_sum(game)
        return {
            "sse": Method(
                interception.path_commitment,
                check_path.path_commitment_faults,
                f"a best reply to the mix, found anew; {MIX if zero_sum else MATRIX}",
            ),
            "pure": Method(
                path_allocation, check_path_allocation.path_allocation_faults, EVERY_ALLOCATION
            ),
            "nash": Method(
                interception.path_nash,
                check_path.path_nash_faults,
                SADDLE if zero_sum else ALTERNATIVES,
            ),
        }
    if not game.wind:
        return CONCEPTS
    if game.attack_rule == "declared":
        from solvers.gridworld import check_declared, declared
        from solvers.gridworld.declared_allocation import declared_allocation

        return {
            "sse": Method(
                declared.declared_commitment, check_declared.declared_commitment_faults, ATTACKS
            ),
            "pure": Method(
                declared_allocation, check_declared.declared_allocation_faults, BETTER_OUTCOMES
            ),
            "nash": Method(declared.declared_nash, check_declared.declared_nash_faults, SADDLE),
        }
    from solvers.gridworld import check_wind, wind

    best = "a best reply to the coverage, found anew"
    return {
        "sse": Method(
            wind.wind_commitment,
            check_wind.wind_commitment_faults,
            f"{best}; {MIX if game.is_zero_sum else COVER if game.defenders else ONE_COVERAGE}",
        ),
        "pure": Method(wind.wind_allocation, check_wind.wind_allocation_faults, EVERY_ALLOCATION),
        "nash": Method(wind.wind_nash, check_wind.wind_nash_faults, SADDLE),
    }
