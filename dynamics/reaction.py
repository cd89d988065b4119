"""Policy regret of whole runs: what the leader missed by not committing, the reaction counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch

from dynamics.arenas.interface import Information
from dynamics.learners import Full
from dynamics.regret import policy_regret
from dynamics.roster import Entrant, learner
from dynamics.settings.sweep import Spec
from dynamics.setups.interface import span
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame


def check(run: Spec) -> None:
    """Raise where a run's policy regret has no meaning.

    It replays the follower against every pure commitment, told its expected rewards: the follower
    must be a tabular learner of a matrix game that learns in every iteration, or a best response
    that breaks ties for the leader.

    Raises
    ------
    InvalidGameError
        When it is not.
    """
    settings = run.settings
    plays = settings.follower != "ppo" and settings.inward == 0
    steady = settings.every == 1 and settings.after == 0 and settings.information != "action"
    follower = (
        learner(settings.follower, 2, [_entrant(run)], torch.device("cpu")) if plays else None
    )
    full = follower is not None and follower.feedback is Full
    if not (isinstance(run.game, BimatrixGame) and steady and full and settings.ties == "strong"):
        raise InvalidGameError(
            "policy_regret needs a matrix game and a tabular follower that learns in every "
            f"iteration from the leader's mix, got {run.game.kind}, {settings.follower}, "
            f"information {settings.information}, every {settings.every}, after {settings.after}"
        )


def policy_regrets(runs: Sequence[Spec], averages: Sequence[float]) -> list[float]:
    """The leader's policy regret at the end of each run, in payoff units, against pure commitments.

    ``averages`` are the leader's average payoffs. Runs that differ in the seed alone are replayed
    once: T more rounds of the follower for each game and combination of settings.
    """
    most: dict[tuple[int, object], float] = {}
    for run in runs:
        key = (id(run.game), run.settings)
        if key not in most:
            most[key] = _best_commitment(run)
    return [
        most[id(run.game), run.settings] - run.iterations * average
        for run, average in zip(runs, averages, strict=True)
    ]


def _best_commitment(run: Spec) -> float:
    """What the best pure commitment would have earned against this follower in all."""
    settings = run.settings
    check(run)
    game = cast(BimatrixGame, run.game)
    own, other = (torch.tensor(each) for each in (game.leader, game.follower))
    seen: Information = settings.information
    return float(
        policy_regret(
            torch.zeros((), dtype=own.dtype),
            own,
            other,
            opponent=lambda: learner(
                settings.follower, own.shape[1], [_entrant(run)], torch.device("cpu")
            ),
            rounds=run.iterations,
            information="commitment" if seen == "commitment" else "none",
        )
    )


def _entrant(run: Spec) -> Entrant:
    """The follower of a run."""
    payoffs = torch.tensor(run.game.follower)[None] if isinstance(run.game, BimatrixGame) else None
    wide = 1.0 if payoffs is None else float(span(payoffs)[0])
    return Entrant(settings=run.settings, horizon=run.iterations, span=wide)
