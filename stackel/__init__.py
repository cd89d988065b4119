"""Exact, certified Stackelberg equilibria of matrix games, and what learning dynamics make of them.

import stackel
stackel.solve("battle").sse.leader_value
"""

from typing import TYPE_CHECKING, Any

from stackel._siblings import check_siblings

if TYPE_CHECKING:
    from stackel.gridworld import GridworldGame
    from stackel.markov import MarkovGame

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
    NoSolutionError,
    ShadowedPackageError,
    StackelError,
    UnknownNameError,
)
from stackel.game import BimatrixGame  # noqa: E402
from stackel.result import Solution  # noqa: E402

__all__ = [
    "BayesianGame",
    "BimatrixGame",
    "CheckpointError",
    "ClaimError",
    "GridworldGame",
    "InvalidGameError",
    "MarkovGame",
    "NoSolutionError",
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


def __getattr__(name: str) -> Any:
    """Import the larger kinds of games when they are first asked for."""
    if name == "GridworldGame":
        from stackel.gridworld import GridworldGame

        return GridworldGame
    if name == "MarkovGame":
        from stackel.markov import MarkovGame

        return MarkovGame
    raise AttributeError(f"module 'stackel' has no attribute {name!r}")
