"""Finite Markov games with a horizon or a discount."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dynamics.arenas.markov import MarkovArena
from dynamics.arenas.markov_values import MarkovTables
from dynamics.roster import FAVOUR
from dynamics.settings.sweep import Spec
from dynamics.setups.interface import Setup, feedback, samples, span
from dynamics.tally.markov import MarkovTally
from stackel.errors import InvalidGameError
from stackel.markov import MAX_TRANSITIONS, MarkovGame

MOST_POLICIES = 256
"""Fixed policies of a player whose values are added up for its regret: each costs an evaluation
an iteration."""


def set_up(runs: Sequence[Spec], device: torch.device | str) -> Setup:
    """Markov games of one shape and criterion.

    Raises
    ------
    InvalidGameError
        For average payoffs, and where settings do not go together.
    """
    games = [run.game for run in runs if isinstance(run.game, MarkovGame)]
    game, settings = games[0], runs[0].settings
    if game.criterion == "average":
        raise InvalidGameError(
            "Markov games are trained on with a horizon or a discount, got average payoffs"
        )
    if settings.inward > 0:
        raise InvalidGameError(
            "a leader that commits in blocks needs a matrix game, got a Markov game"
        )
    distinct = {id(each): each for each in games}
    arrays = {key: _arrays(each, memory=settings.memory) for key, each in distinct.items()}
    leader, follower, transition, start = (
        torch.from_numpy(np.stack([arrays[id(each)][part] for each in games])).to(device)
        for part in range(4)
    )
    tables = MarkovTables(
        leader=leader,
        follower=follower,
        transition=transition,
        start=start,
        horizon=game.horizon,
        discount=1.0 if game.discount is None else float(game.discount),
    )
    observes = settings.information == "action"
    fixed = _fixed(tables, observes)
    arena = MarkovArena(
        tables=tables,
        information=settings.information,
        feedback=feedback(settings),
        batch=settings.batch,
        length=game.horizon or settings.episode,
        favour=FAVOUR[settings.ties],
        samples=samples(settings),
        comparators=fixed,
    )
    length = game.horizon or 1 / (1 - tables.discount)
    return Setup(
        arena=arena,
        tally=MarkovTally(
            fixed=(len(fixed[0]), len(fixed[1])),
            leader_shape=(arena.leader.observations, arena.leader.actions),
            follower_shape=(arena.follower.observations, arena.follower.actions),
            like=start,
        ),
        leader_span=length * span(leader),
        follower_span=length * span(follower),
        follower=settings.follower,
    )


def _arrays(game: MarkovGame, *, memory: bool) -> tuple[NDArray[np.float64], ...]:
    """Payoffs of both, transition and start in float64."""
    arrays = tuple(
        np.array(part, dtype=np.float64)
        for part in (game.leader, game.follower, game.transition, game.start)
    )
    return _remembering(*arrays) if memory else arrays


def _remembering(
    leader: NDArray[np.float64],
    follower: NDArray[np.float64],
    transition: NDArray[np.float64],
    start: NDArray[np.float64],
) -> tuple[NDArray[np.float64], ...]:
    """The game whose state tells the last joint action too: (none, (0, 0), (0, 1), ...), state."""
    states, m, n = leader.shape
    pasts = m * n + 1
    if (pasts * states) ** 2 * m * n > MAX_TRANSITIONS:
        raise InvalidGameError(
            f"with memory a Markov game may have at most {MAX_TRANSITIONS} transition entries, "
            f"got {(pasts * states) ** 2 * m * n}"
        )
    onward = np.zeros((pasts, states, m, n, pasts, states))
    for i, j in product(range(m), range(n)):
        onward[:, :, i, j, 1 + i * n + j] = transition[None, :, i, j]
    first = np.zeros((pasts, states))
    first[0] = start
    size = pasts * states
    return (
        np.tile(leader, (pasts, 1, 1)),
        np.tile(follower, (pasts, 1, 1)),
        onward.reshape(size, m, n, size),
        first.reshape(size),
    )


def _fixed(tables: MarkovTables, observes: bool) -> tuple[Tensor, Tensor]:
    """All deterministic policies of both, where they are few; elsewhere none."""
    m, n = tables.leader.shape[2:]
    met = _reachable(tables)
    leader = _policies(met[..., None].expand(-1, -1, 1), m, tables)
    wide = met[..., None].expand(-1, -1, m if observes else 1)
    follower = _policies(wide, n, tables)
    return leader[..., 0, :], follower.expand(-1, -1, -1, m, -1)


def _reachable(tables: MarkovTables) -> Tensor:
    """The stages and states that some play meets, (T, S), in any of the runs."""
    here = (tables.start > 0).any(0)
    leads = (tables.transition > 0).any(0).any(1).any(1)
    times = [here]
    for _ in range((tables.horizon or len(here)) - 1):
        times.append((times[-1][:, None] & leads).any(0))
    if tables.horizon is None:
        return torch.stack(times).any(0)[None]
    return torch.stack(times)


def _policies(decisions: Tensor, actions: int, tables: MarkovTables) -> Tensor:
    """One action at each decision that counts, the first elsewhere, (D, T, S, ., actions)."""
    count = int(decisions.sum())
    tried = actions**count if count * np.log(actions) < np.log(MOST_POLICIES) + 1 else 0
    tried = tried if tried <= MOST_POLICIES else 0
    policies = torch.zeros((tried, *decisions.shape, actions), dtype=torch.float64)
    policies[..., 0] = 1
    for number, choice in enumerate(product(range(actions), repeat=count)):
        if number >= tried:
            break
        mixes = torch.nn.functional.one_hot(torch.tensor(choice), actions)
        policies[number][decisions.cpu()] = mixes.to(torch.float64)
    return policies.to(tables.leader.device)
