"""All concepts of a Markov game, each held against an independent evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from solvers.markov.check import pure_stationary_faults, zero_sum_faults
from solvers.markov.check_history import history_faults
from solvers.markov.check_stages import stage_wise_faults
from solvers.markov.history_dependent import history_dependent
from solvers.markov.pure_stationary import pure_stationary
from solvers.markov.sequence_form import sequence_form
from solvers.markov.stage_wise import stage_wise
from solvers.markov.zero_sum import zero_sum
from stackel.errors import InvalidGameError, NoSolutionError, UnknownNameError, brief
from stackel.markov import MarkovGame
from stackel.markov_result import MarkovConcept, MarkovSolution
from stackel.result import holds_float

METHODS = ("normal-form", "sequence-form")
"""How the strong Stackelberg equilibrium is computed: exactly, or by a float MILP."""
CONCEPTS: Mapping[str, tuple[Callable[..., Any], Callable[..., tuple[str, ...]], str]] = {
    "sse": (
        history_dependent,
        history_faults,
        "multipliers for every pure policy of the follower bound the leader, by backward induction "
        "over histories; the policy earns the bound against a best reply",
    ),
    "stage_wise": (
        stage_wise,
        stage_wise_faults,
        "every stage and state is a matrix game with a certified strong Stackelberg equilibrium",
    ),
    "pure_stationary": (
        pure_stationary,
        pure_stationary_faults,
        "of every policy, vectors that solve the optimality equations bound what its best "
        "responses are worth",
    ),
    "zero_sum": (
        zero_sum,
        zero_sum_faults,
        "each policy is sure of its bound against every policy, by the optimality equations",
    ),
}
"""Solver and check of each concept, and what a check without faults proves."""
NOT_PROVED = (
    "the policy and its best reply are exact; that no policy is worth more than upper_bound rests "
    "on a float MILP"
)


def solve_markov(
    game: MarkovGame,
    *,
    concepts: Iterable[str] | None = None,
    method: str | None = None,
    certify: bool = True,
) -> MarkovSolution:
    """Return the reference values of a Markov game, each with the policy class it is about.

    Parameters
    ----------
    game : MarkovGame
    concepts : iterable of str, optional
        Of ``"sse"`` (history-dependent commitments, with a horizon), ``"stage_wise"`` (the
        recursion, with a horizon: a lower bound), ``"pure_stationary"`` (deterministic stationary
        commitments, with a discount) and ``"zero_sum"`` (for payoffs of constant sum, with a
        horizon or a discount). By default all that apply; those above a size guard are named in
        ``omitted``.
    method : {"normal-form", "sequence-form"}, optional
        How ``sse`` is computed: exactly, or by a float MILP that takes larger games.
    certify : bool
        Whether each answer is checked, by :mod:`solvers.markov.check` and its like; its ``proof``
        says what was proved and how.

    Raises
    ------
    UnknownNameError
        For a concept or method that does not exist.
    NoSolutionError
        When a concept that was asked for does not apply or is above its size guard; when none
        applies by default, as for average payoffs; when a check fails, a fault of the solver.

    Examples
    --------
    >>> twice = MarkovGame([[[[1], [1]], [[1], [1]]]], horizon=2,
    ...                    leader=[[[3, 0], [4, 1]]], follower=[[[3, 4], [0, 1]]])
    >>> solution = solve_markov(twice)
    >>> print(solution.sse.leader_value, solution.stage_wise.leader_value)
    14/3 2
    """
    if not isinstance(game, MarkovGame):
        raise InvalidGameError(f"solve_markov needs a MarkovGame, got {brief(game)}")
    asked = _applicable(game) if concepts is None else tuple(dict.fromkeys(concepts))
    if method is not None and method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    found: dict[str, MarkovConcept] = {}
    omitted: dict[str, str] = {}
    for name in asked:
        if name not in CONCEPTS:
            raise UnknownNameError("concept", name, CONCEPTS)
        try:
            found[name] = _answer(game, name, method or "normal-form", certify)
        except NoSolutionError as error:
            if concepts is not None:
                raise
            omitted[name] = str(error)
    if not found:
        why = "; ".join(f"{name}: {reason}" for name, reason in omitted.items())
        raise NoSolutionError(f"at least one concept must be computed, got none ({why})")
    exact = not any(holds_float(answer) for answer in found.values())
    return MarkovSolution(game=game, exact=exact, concepts=found, omitted=omitted)


def _applicable(game: MarkovGame) -> tuple[str, ...]:
    """What makes sense for the game, whatever its size."""
    if game.criterion == "average":
        raise NoSolutionError(
            "a Markov game needs a horizon or a discount to be solved (with average payoffs a "
            "Stackelberg equilibrium need not exist), got neither; "
            "solvers.markov.best_response takes such games"
        )
    names = ("sse", "stage_wise") if game.criterion == "finite" else ("pure_stationary",)
    return (*names, "zero_sum") if game.constant_sum is not None else names


def _answer(game: MarkovGame, name: str, method: str, certify: bool) -> MarkovConcept:
    """One concept, checked when asked."""
    if name == "sse" and method == "sequence-form":
        return replace(sequence_form(game), proof=NOT_PROVED)
    solver, faults, proof = CONCEPTS[name]
    answer = solver(game)
    if not certify:
        return answer  # type: ignore[no-any-return]
    if wrong := faults(game, answer):
        raise NoSolutionError(f"{answer.method} must pass its check, failed: {wrong[0]}")
    return replace(answer, certified=True, proof=proof)  # type: ignore[no-any-return]
