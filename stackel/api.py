"""The library: ``solve``, ``train``, ``verify``, and what they accept.

Everything heavier is imported when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

from stackel.errors import (
    InvalidGameError,
    MissingExtraError,
    NoSolutionError,
    UnknownNameError,
    brief,
)
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from dynamics.run import Run
    from dynamics.settings.sweep import Game as Played
    from dynamics.standing import Standing
    from proofs_checks.report import Report
    from solvers.batch import BatchSolution
    from solvers.concepts import Certify
    from stackel.bayesian import BayesianGame
    from stackel.bayesian_result import BayesianSolution
    from stackel.catalog.claims import Claim
    from stackel.files.json_format import Game
    from stackel.gridworld import GridworldGame
    from stackel.gridworld_result import GridworldSolution
    from stackel.markov import MarkovGame
    from stackel.markov_result import MarkovSolution
    from stackel.result import Solution

FILE_SUFFIXES = (".json", ".nfg", ".npz")
"""A name that ends so is a file, every other one is looked up in the catalogue."""
CERTIFY = ("exact", "float", "none")
KINDS = ("matrix", "bayesian", "gridworld", "markov")
"""Kinds of games, as files name them."""


@overload
def solve(
    game: GridworldGame,
    *,
    concept: str | Iterable[str] | None = None,
    certify: Certify = "exact",
    progress: Callable[[float], None] | None = None,
) -> GridworldSolution: ...


@overload
def solve(
    game: MarkovGame,
    *,
    concept: str | Iterable[str] | None = None,
    method: str | None = None,
    certify: Certify = "exact",
    progress: Callable[[float], None] | None = None,
) -> MarkovSolution: ...


@overload
def solve(
    game: BayesianGame,
    *,
    concept: str | Iterable[str] | None = None,
    method: str | None = None,
    certify: Certify = "exact",
    progress: Callable[[float], None] | None = None,
) -> BayesianSolution: ...


@overload
def solve(
    game: Any,
    B: Any = None,
    *,
    concept: str | Iterable[str] | None = None,
    method: str | None = None,
    certify: Certify = "exact",
    progress: Callable[[float], None] | None = None,
) -> Solution: ...


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
        Of other games than matrix games, a subclass: BayesianSolution, GridworldSolution or
        MarkovSolution.

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
            from solvers.bayesian.solve import solve_bayesian

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


def reproduce(
    what: str | Iterable[str] = "all",
    *,
    out: str | os.PathLike[str] = "reproduction",
    seeds: int | None = None,
    iterations: int | None = None,
    device: str | None = None,
    quick: bool = False,
    processes: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Run the paper's tables and figures again; return the page that sets them beside the truth.

    Parameters
    ----------
    what : str or iterable of str
        ``"table-1"``, ``"table-3"``, ``"fig-1"``, ``"fig-2"``, ``"fig-3"``, ``"ablations"``, or
        ``"all"``.
    out : path
        A folder for ``index.html``, ``figures`` (PNG, SVG), ``tables`` (CSV, Markdown, LaTeX) and
        ``data`` (netCDF). What is finished there is not run again; what was stopped goes on.
    seeds, iterations : int, optional
        10 and 1000 unless given; the Prisoner's Dilemma of Figure 3 has ten times as many
        iterations.
    device : str, optional
        ``"cpu"`` (the default) or ``"cuda"``.
    quick : bool
        A look in two minutes: fewer seeds, shorter runs, a smaller gridworld; the figures say so.
    processes : int
        As in :func:`train`.
    progress : callable, optional
        Called with what is being run and the share of it that is done.

    Raises
    ------
    InvalidGameError, UnknownNameError
        For an exhibit that does not exist, or a folder that cannot be written or holds the runs of
        another plan.
    MissingExtraError
        When torch or h5netcdf is not installed.
    """
    import sys

    from stackel.reproduction import reproduce as run

    return run(
        sys.modules[__name__],
        _names("exhibit", what) or [],
        out=out,
        seeds=seeds,
        iterations=iterations,
        device=device,
        quick=quick,
        processes=processes,
        progress=progress,
    )


def solve_batch(A: Any, B: Any, *, tolerance: float | None = None) -> BatchSolution:
    """Return strong Stackelberg equilibria of many small games at once: see ``solvers.batch``."""
    from solvers import batch

    if tolerance is None:
        return batch.solve_batch(A, B)
    return batch.solve_batch(A, B, tolerance=tolerance)


def train(
    game: Any,
    *,
    preset: str | Iterable[str] = "ald",
    iterations: int,
    seeds: int = 1,
    seed: int | None = None,
    device: str | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    processes: int = 1,
    cluster: str | None = None,
    logged: int = 1000,
    progress: Callable[[Standing], None] | None = None,
    **settings: Any,
) -> Run:
    r"""Return what learning dynamics do in a game, held against its exact values.

    Parameters
    ----------
    game : name, path, game object, or a list of them
        As in :func:`solve`.
    preset : str or iterable of str
        ``"ald"`` (the paper's Algorithm 2: PPO leads, Hedge follows), ``"ald-observed"``
        (Algorithm 1), its baselines ``"symmetric"`` and ``"best-response"``, ``"theorem-10"``,
        ``"hedge-hedge"`` and ``"committed-ald"``.
    iterations : int
        T, at least 1.
    seeds : int
        Runs of every combination: their seeds are ``seed``, ``seed + 1``, ...
    seed : int, optional
        At least 0; drawn, and recorded in the result, when none is given.
    device : str, optional
        ``"cpu"`` (the default) or ``"cuda"``.
    out : path, optional
        A netCDF file for the result. While the run is unfinished, checkpoints are kept in the
        folder ``out`` + ``".parts"``.
    resume : bool
        Whether to go on from those checkpoints: the result has the same bits as without a stop.
    processes : int
        Processes that play batches of runs side by side. With more than 1, a script needs the
        usual ``if __name__ == "__main__":``.
    cluster : str, optional
        Play on the workers of a dask scheduler: its address, or ``"local:2"`` to start two here.
    logged : int
        Iterations that are logged, at most, evenly spaced.
    progress : callable, optional
        Called some times a second with the :class:`~dynamics.standing.Standing` of the runs.
    **settings
        Fields of :class:`dynamics.settings.Settings`, each a value or a list that is swept:
        ``eta=[0.02, 0.05]``. Hedge's rate ``eta`` is 0.05 on matrix games and 0.02 on others.

    Returns
    -------
    Run
        ``run.data`` is an xarray Dataset with dimensions ``run`` and ``iteration``;
        ``run.outcomes`` has one row for all seeds of a combination.

    Raises
    ------
    InvalidGameError, UnknownNameError
        For games, presets or settings that do not exist or break a rule, and for a setting that
        these presets do not use.
    CheckpointError
        When ``out`` exists or cannot be written, or what is to be resumed is damaged or other.
    MissingExtraError
        When torch, h5netcdf or dask is needed and not installed.

    Notes
    -----
    Random numbers are hashes of the run's seed and of a place in the run: a run has the same bits
    alone, in a sweep, in another process or after a restart. Runs of one shape are played
    together, in batches.

    Examples
    --------
    >>> import stackel
    >>> run = stackel.train("hero", preset="hedge-hedge", iterations=500, seed=1)
    >>> outcome = run.outcomes[0]
    >>> outcome.value, outcome.class_, abs(outcome.average + 3 / 2) < 0.1
    (-1.0, 'never', True)
    """
    import secrets
    from importlib.util import find_spec

    if cluster is not None and find_spec("distributed") is None:
        raise MissingExtraError("clusters", "cluster", "distributed")
    if find_spec("torch") is None:
        raise MissingExtraError("training runs", "dynamics", "torch")
    from dynamics.crew import MOST_WORKERS
    from dynamics.device import check_device
    from dynamics.output import check_out, train_into
    from dynamics.run import Run, check_netcdf
    from dynamics.settings.sweep import MOST_RUNS, check_count, specs
    from dynamics.train import check_given
    from dynamics.train import train as play

    if out is not None:
        check_netcdf()
    check_count("seeds", seeds, least=1, most=MOST_RUNS)
    check_count("processes", processes, least=1, most=MOST_WORKERS)
    check_count("logged", logged, least=1)
    if resume and out is None:
        raise InvalidGameError("what is resumed is the run of a file: resume needs out")
    begun = None if out is None else check_out(Path(out), resume=resume)
    if seed is None:
        seed = int(begun["seeds"][0]) if begun else secrets.randbits(31)
    check_count("seed", seed, least=0)
    lists = {name: _values(value) for name, value in settings.items()}
    runs = specs(
        _named_games(game),
        _names("preset", preset) or [],
        swept=lists,
        seeds=range(seed, seed + seeds),
        iterations=iterations,
    )
    swept = [name for name, values in lists.items() if len(values) > 1]
    place = check_device(device or "cpu")
    check_given(runs, lists, device=place)
    if out is None:
        data = play(
            runs,
            swept=swept,
            device=place,
            logged=logged,
            workers=processes,
            cluster=cluster,
            progress=progress,
        )
        return Run(data=data)
    return train_into(
        Path(out),
        runs,
        swept=swept,
        device=place,
        resume=resume,
        logged=logged,
        workers=processes,
        cluster=cluster,
        progress=progress,
    )


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


def explore(
    game: Any = "battle",
    B: Any = None,
    *,
    port: int = 5006,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a page on 127.0.0.1 to edit a 2 x 2 or 2 x 3 game, until the process is interrupted.

    Parameters
    ----------
    game : name, path, game object, or the leader's payoffs (2, 2) or (2, 3)
        What the page shows first.
    B : matrix, optional
        The follower's payoffs, when ``game`` is the leader's.
    port : int
        0 takes a free one.
    ready : callable, optional
        Called with the page's address once it is served; printed by default.

    Raises
    ------
    InvalidGameError, UnknownNameError
        When the game cannot be explored.
    MissingExtraError
        When the extra ``explore`` is not installed.
    StackelError
        When the port is taken.

    Examples
    --------
    >>> explore("rock_paper_scissors")
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: games that are explored are 2 x 2 or 2 x 3, got 3 x 3
    """
    from stackel.explorer.payoffs import check_explorable

    found, _ = _resolve(game, B)
    shown = check_explorable(found)
    from stackel.explorer.server import serve

    serve(shown, port=port, ready=print if ready is None else ready)


def save_report(report: Report, path: str | os.PathLike[str]) -> None:
    """Write what :func:`verify` returned as one HTML page that needs no network.

    Raises
    ------
    InvalidGameError
        When the file has another suffix or cannot be written.
    """
    from stackel.report import write_report

    if not hasattr(report, "decided"):
        raise InvalidGameError(f"what is written is a report of verify, got {brief(report)}")
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
        raise InvalidGameError(f"what is saved is a game, got {brief(game)}")
    write_game(game, path)


def load_run(path: str | os.PathLike[str]) -> Run:
    """Return the run in a netCDF file that ``train`` wrote.

    Raises
    ------
    CheckpointError
        When the file cannot be read or holds something else.
    MissingExtraError
        When h5netcdf is not installed.
    """
    from dynamics.run import Run

    return Run.load(path)


def plot(solution: Solution | Run, path: str | os.PathLike[str]) -> None:
    """Draw a solution or a run to a ``.png``, ``.svg`` or ``.pdf`` file.

    Of a run, payoffs, regrets and policies over the iterations, with the exact values. Of a
    matrix game, the payoff polygon with every computed concept marked and, for 2 x n games, the
    leader's payoff over its commitment, for 3 x n ones the follower's regions in the simplex.
    Of a gridworld, the grid with the coverage, the allocation mix, and the values side by side.

    Raises
    ------
    InvalidGameError
        When the file has another suffix or cannot be written, or the game is of another kind.
    NoSolutionError
        When the concept ``sse`` of a gridworld was not computed.
    """
    from stackel.plots import check_path, save

    check_path(path)
    if hasattr(solution, "outcomes"):
        from stackel.plots.run import plot_run

        save(plot_run(cast("Run", solution)), path)
        return
    if not hasattr(solution, "concepts"):
        raise InvalidGameError(f"what is drawn is a Solution or a Run, got {brief(solution)}")
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
                f"B goes with the leader's payoffs, not with a game, got {brief(game)} and B"
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


def _named_games(given: Any) -> dict[str, Played]:
    """One game or several by their names; those without one are numbered."""
    from stackel.bayesian import BayesianGame

    several = given if isinstance(given, list | tuple) else [given]
    found: dict[str, Played] = {}
    for number, each in enumerate(several, 1):
        game, _ = _resolve(each, None)
        if isinstance(game, BayesianGame):
            raise InvalidGameError("dynamics are not played on Bayesian games, got one")
        name = getattr(game, "name", None) or f"game {number}"
        if name in found:
            raise InvalidGameError(f"games of a run must have different names, got two {name!r}")
        found[name] = game
    return found


def _values(given: Any) -> list[Any]:
    """The values of a setting: those of a list or array, or the one given."""
    plain = given.tolist() if hasattr(given, "tolist") else given
    return list(plain) if isinstance(plain, Iterable) and not isinstance(plain, str) else [plain]


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
            raise InvalidGameError(f"a {what} is a name, got {brief(name)}")
    return names
