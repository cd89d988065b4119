"""Games with follower types: the methods by name, and the solution of a game."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from solvers.bayesian.check import check_bayesian
from solvers.bayesian.dobss import dobss
from solvers.bayesian.harsanyi import harsanyi, harsanyi_expansion
from solvers.bayesian.type_tree import branch_and_bound
from stackel.bayesian import BayesianGame
from stackel.bayesian_result import BayesianSolution
from stackel.errors import NoSolutionError, UnknownNameError
from stackel.result import BayesianStackelberg, holds_float

__all__ = [
    "METHODS",
    "branch_and_bound",
    "dobss",
    "harsanyi",
    "harsanyi_expansion",
    "solve_bayesian",
]

METHODS: dict[str, Callable[[BayesianGame], BayesianStackelberg]] = {
    "branch-and-bound": branch_and_bound,
    "dobss": dobss,
    "harsanyi": harsanyi,
}
"""Method name -> function: the first is the default, the others check it."""


def solve_bayesian(
    game: BayesianGame,
    *,
    concepts: Iterable[str] | None = None,
    method: str | None = None,
    certify: bool = True,
) -> BayesianSolution:
    """Compute the strong Stackelberg equilibrium of a Bayesian game and check its certificate.

    Parameters
    ----------
    game : BayesianGame
    concepts : names, optional
        ``"sse"`` is the only one.
    method : str, optional
        A key of :data:`METHODS`; the first one unless given.
    certify : bool
        Whether the answer is checked by code that shares nothing with the methods.

    Raises
    ------
    UnknownNameError
        For a method that does not exist.
    NoSolutionError
        For a concept other than ``"sse"``, or a game that is too large for the method.

    Notes
    -----
    ``exact`` is False for ``"dobss"``: its leader value is exact, its bound is a float.

    Examples
    --------
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], ["3/4", "1/4"])
    >>> solution = solve_bayesian(game)
    >>> solution.concepts["sse"].leader_value, solution.concepts["sse"].certified
    (Fraction(7, 2), True)
    """
    for concept in concepts or ():
        if concept != "sse":
            raise NoSolutionError(f"a Bayesian game has the concept 'sse' alone, got {concept!r}")
    name = next(iter(METHODS)) if method is None else method
    if name not in METHODS:
        raise UnknownNameError("method for a Bayesian game", name, METHODS)
    answer = METHODS[name](game)
    certified = certify and not check_bayesian(game, answer)
    return BayesianSolution(
        game=game,
        exact=not holds_float(answer),
        concepts={"sse": replace(answer, certified=certified)},
    )
