"""The library: ``solve``, ``verify``, and what they accept.

Everything heavier is imported when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stackel.errors import InvalidGameError, NoSolutionError, UnknownNameError
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from proofs_checks.report import Report
    from solvers.batch import BatchSolution
    from solvers.concepts import Certify
    from stackel.catalog.claims import Claim
    from stackel.files.json_format import Game
    from stackel.result import Solution

FILE_SUFFIXES = (".json", ".nfg", ".npz")
"""A name that ends so is a file, every other one is looked up in the catalogue."""
CERTIFY = ("exact", "float", "none")
KINDS = ("matrix", "bayesian", "gridworld", "markov")
"""Kinds of games, as files name them."""


def solve(
    game: Any,
    B: Any = None,
    *,
    concept: str | Iterable[str] | None = None,
    method: str | None = None,
    certify: Certify = "exact",
    progress: Callable[[float], None] | None = None,
) -> Solution:
    r"""Return exact, certified reference values of a game.

    Parameters
    ----------
    game : name, path, game object, or the leader's payoffs (m, n)
        ``"battle"``, ``"my_game.json"``, ``"-"`` for JSON on standard input, a
        :class:`~stackel.game.BimatrixGame`, a :class:`~stackel.bayesian.BayesianGame`, a
        :class:`~stackel.gridworld.GridworldGame` or a :class:`~stackel.markov.MarkovGame`.
    B : matrix, shape (m, n), optional
        The follower's payoffs, when ``game`` is the leader's.
    concept : str or iterable of str, optional
        ``"sse"``, ``"wse"``, ``"pure"``, ``"nash"``, ``"maximin"``, ``"zero_sum"``, ``"ce"``,
        ``"cce"``, ``"no_regret"``. By default all of them while m n <= 400, and sse, pure and
        maximin beyond; ``Solution.omitted`` says what was left out.
    method : str, optional
        How the strong Stackelberg equilibrium is computed: ``"multiple-lp"`` (the default),
        ``"milp"``, ``"correlated-commitment"`` or ``"vertex-enumeration"``; for Bayesian games
        ``"dobss"`` or ``"harsanyi"``; for Markov games ``"normal-form"`` or ``"sequence-form"``.
    certify : {"exact", "float", "none"}
        ``"exact"``: rational answers, each checked by code that shares nothing with the solvers.
        ``"float"``: float64 answers with proved bounds. ``"none"``: float64 answers alone.
        Only sse and zero_sum have float paths; the other concepts are always exact.
    progress : callable, optional
        Called with the share of a large solve that is done, 0 to 1.

    Returns
    -------
    Solution
        With one attribute a concept, such as ``solution.sse.leader_value``, a Fraction when exact.

    Raises
    ------
    InvalidGameError
        For payoffs or files that break a rule.
    UnknownNameError
        For a name of a game, concept or method that does not exist.
    NoSolutionError
        When the concept does not apply, or the method cannot take a game of this size.

    Notes
    -----
    Cost: a 2 x 2 game takes milliseconds, a 1000 x 1000 one seconds. Payoffs given as floats are
    solved as the binary fractions they are; write ``"1/10"`` where 1/10 is meant.

    Examples
    --------
    >>> import stackel
    >>> solution = stackel.solve("battle")
    >>> solution.sse.leader_value, solution.sse.leader_strategy, solution.sse.certified
    (Fraction(5, 1), (Fraction(1, 1), Fraction(0, 1)), True)
    >>> solution = stackel.solve([[2, 4], [1, 3]], [[1, 0], [0, 1]], concept=["sse", "pure"])
    >>> solution.sse.leader_value, solution.pure.strong.leader_value
    (Fraction(7, 2), Fraction(3, 1))
    """
    if certify not in CERTIFY:
        raise UnknownNameError("certify", str(certify), CERTIFY)
    concepts = _names("concept", concept)
    _names("method", method)
    problem: Any
    problem, claims = _resolve(game, B)
    solution: Solution
    match problem.kind:
        case "matrix":
            from solvers.concepts import solve_matrix_game

            solution = solve_matrix_game(
                problem, concepts=concepts, method=method, certify=certify, progress=progress
            )
        case "bayesian":
            from solvers.bayesian import solve_bayesian

            solution = solve_bayesian(
                problem, concepts=concepts, method=method, certify=certify != "none"
            )
        case "gridworld":
            from solvers.gridworld.solve import solve_gridworld

            if method is not None:
                raise NoSolutionError(f"a gridworld game has one method a concept, got {method!r}")
            solution = solve_gridworld(problem, concepts=concepts, certify=certify != "none")
        case _:
            from solvers.markov.solve import solve_markov

            solution = solve_markov(
                problem, concepts=concepts, method=method, certify=certify != "none"
            )
    if not claims:
        return solution
    from stackel.catalog.claims import check_claims

    return replace(solution, claims=check_claims(claims, solution))


def solve_batch(A: Any, B: Any, *, tolerance: float | None = None) -> BatchSolution:
    """Return strong Stackelberg equilibria of many small games at once: see ``solvers.batch``."""
    from solvers import batch

    if tolerance is None:
        return batch.solve_batch(A, B)
    return batch.solve_batch(A, B, tolerance=tolerance)


def verify(
    ids: str | Iterable[str] | None = None,
    *,
    budget: str = "default",
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Return the verdict on every claim of the paper, or on those named, with its evidence.

    Parameters
    ----------
    ids : str or iterable of str, optional
        Claims such as ``"thm-1"``; all of them by default.
    budget : {"quick", "default", "thorough"}
        How hard searches look and how long simulations run: seconds, minutes, hours.
    seed : int
        Where searches and simulations start: the same seed finds the same.
    processes : int, optional
        Processes to use, by default one a core; 1 runs everything in this one.
    progress : callable, optional
        Called with the share of the claims that is decided, 0 to 1.

    Returns
    -------
    Report
        ``report["thm-1"].verdict``, its ``evidence`` and ``agrees``; ``report.agrees`` for all.

    Raises
    ------
    UnknownNameError
        For a claim or budget that does not exist.

    Examples
    --------
    >>> import stackel
    >>> report = stackel.verify("thm-1", budget="quick")
    >>> report["thm-1"].verdict, report["thm-1"].replacement, report.agrees
    ('false', 'r7-criterion', True)
    """
    from proofs_checks.verify import verify as run

    return run(
        _names("claim", ids), budget=budget, seed=seed, processes=processes, progress=progress
    )


def save_report(report: Report, path: str | os.PathLike[str]) -> None:
    """Write what :func:`verify` returned as one HTML page that needs no network.

    Raises
    ------
    InvalidGameError
        When the file has another suffix or cannot be written.
    """
    from stackel.report import write_report

    if not hasattr(report, "decided"):
        raise InvalidGameError(f"what is written is a report of verify, got {report!r:.60}")
    write_report(report, path)


def names() -> tuple[str, ...]:
    """Full names of the games of the catalogue.

    >>> "table1/battle" in names()
    True
    """
    from stackel import catalog

    return catalog.names()


def load_game(game: str | os.PathLike[str]) -> Game:
    """Return a game of the catalogue, of a file, or (``-``) of standard input.

    Raises
    ------
    UnknownNameError, InvalidGameError
        When there is no such game, or the file breaks a rule.

    Examples
    --------
    >>> load_game("table3/hero").shape
    (2, 2)
    """
    found, _ = _resolve(game, None)
    return found


def save_game(game: Game, path: str | os.PathLike[str]) -> None:
    """Write a game to a ``.json``, ``.nfg`` or ``.npz`` file: see ``stackel.files.write_game``."""
    from stackel.files import write_game

    if not _is_game(game):
        raise InvalidGameError(f"what is saved is a game, got {game!r:.60}")
    write_game(game, path)


def plot(solution: Solution, path: str | os.PathLike[str]) -> None:
    """Draw a solution to a ``.png``, ``.svg`` or ``.pdf`` file.

    Of a matrix game, the payoff polygon with every computed concept marked and, for 2 x n games,
    the leader's payoff over its commitment, for 3 x n ones the follower's regions in the simplex.
    Of a gridworld, the grid with the coverage, the allocation mix, and the values side by side.

    Raises
    ------
    InvalidGameError
        When the file has another suffix or cannot be written, or the game is of another kind.
    NoSolutionError
        When the concept ``sse`` of a gridworld was not computed.
    """
    from stackel.plots import check_path, save

    if not hasattr(solution, "concepts"):
        raise InvalidGameError(f"what is drawn is a Solution, got {solution!r:.60}")
    check_path(path)
    if isinstance(solution.game, BimatrixGame):
        from stackel.plots.matrix import plot_solution

        save(plot_solution(solution), path)
        return
    from stackel.gridworld_result import GridworldSolution

    if not isinstance(solution, GridworldSolution):
        raise InvalidGameError(
            "only solutions of matrix games and gridworlds are drawn, "
            f"got one of a {solution.game.kind} game"
        )
    from stackel.plots.gridworld import plot_gridworld

    save(plot_gridworld(solution), path)


def _resolve(game: Any, follower: Any) -> tuple[Game, tuple[Claim, ...]]:
    """The game meant, and what its source claims about it."""
    if follower is not None:
        if isinstance(game, str | os.PathLike) or _is_game(game):
            raise InvalidGameError(
                f"B goes with the leader's payoffs, not with a game, got {game!r:.60} and B"
            )
        return BimatrixGame(game, follower), ()
    if _is_game(game):
        return game, ()
    if not isinstance(game, str | os.PathLike):
        raise InvalidGameError(
            "a game is a name, a file, a game object, or two payoff matrices, "
            f"got {type(game).__name__} alone"
        )
    text = os.fspath(game)
    if isinstance(game, os.PathLike) or text == "-" or text.lower().endswith(FILE_SUFFIXES):
        from stackel.files import read_game

        return read_game(text), ()
    from stackel import catalog

    entry = catalog.load(text)
    return entry.game, entry.claims


def _is_game(thing: Any) -> bool:
    """Whether ``thing`` is a game object, of whatever kind: no kind's module need be imported."""
    return not isinstance(thing, type) and getattr(thing, "kind", None) in KINDS


def _names(what: str, given: Any) -> list[str] | None:
    """One name or several as a list; None for none given."""
    if given is None:
        return None
    names = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    for name in names:
        if not isinstance(name, str):
            raise InvalidGameError(f"a {what} is a name, got {name!r:.60}")
    return names
