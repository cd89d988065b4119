"""Exact, certified Stackelberg equilibria of matrix games, and what learning dynamics make of them.

import stackel
stackel.solve("battle").sse.leader_value
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stackel._siblings import check_siblings

if TYPE_CHECKING:
    from dynamics.run import Run
    from proofs_checks.report import Report
    from solvers.batch import BatchSolution
    from stackel.bayesian_result import BayesianSolution
    from stackel.gridworld import GridworldGame
    from stackel.gridworld_result import GridworldSolution
    from stackel.markov import MarkovGame
    from stackel.markov_result import MarkovSolution

check_siblings()

from stackel.api import (  # noqa: E402
    explore,
    load_game,
    load_run,
    names,
    plot,
    reproduce,
    save_game,
    save_report,
    solve,
    solve_batch,
    train,
    verify,
)
from stackel.bayesian import BayesianGame  # noqa: E402
from stackel.errors import (  # noqa: E402
    CheckpointError,
    ClaimError,
    InvalidGameError,
    MissingExtraError,
    NoSolutionError,
    NotComputedError,
    ShadowedPackageError,
    StackelError,
    UnknownNameError,
)
from stackel.game import BimatrixGame  # noqa: E402
from stackel.result import Solution  # noqa: E402

__all__ = [
    "BatchSolution",
    "BayesianGame",
    "BayesianSolution",
    "BimatrixGame",
    "CheckpointError",
    "ClaimError",
    "GridworldGame",
    "GridworldSolution",
    "InvalidGameError",
    "MarkovGame",
    "MarkovSolution",
    "MissingExtraError",
    "NoSolutionError",
    "NotComputedError",
    "Report",
    "Run",
    "ShadowedPackageError",
    "Solution",
    "StackelError",
    "UnknownNameError",
    "explore",
    "load_game",
    "load_run",
    "names",
    "plot",
    "reproduce",
    "save_game",
    "save_report",
    "solve",
    "solve_batch",
    "train",
    "verify",
]


LATER = {
    "BatchSolution": "solvers.batch",
    "BayesianSolution": "stackel.bayesian_result",
    "GridworldGame": "stackel.gridworld",
    "GridworldSolution": "stackel.gridworld_result",
    "MarkovGame": "stackel.markov",
    "MarkovSolution": "stackel.markov_result",
    "Report": "proofs_checks.report",
    "Run": "dynamics.run",
}
"""Classes that are imported when they are first asked for, and from where."""


def __getattr__(name: str) -> Any:
    """Import what only few programs need when it is first asked for."""
    if name not in LATER:
        raise AttributeError(f"module 'stackel' has no attribute {name!r}")
    return getattr(import_module(LATER[name]), name)
