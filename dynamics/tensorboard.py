"""The logged payoffs, averages and regrets as TensorBoard event files, one folder a run."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.errors import CheckpointError, MissingExtraError

if TYPE_CHECKING:
    import xarray as xr

SCALARS = (
    "leader_payoff", "follower_payoff", "leader_average", "follower_average",
    "leader_regret", "follower_regret", "distance_to_sse",
)  # fmt: skip
"""What is written, at every logged iteration."""


def check_tensorboard() -> None:
    """Raise a MissingExtraError where event files cannot be written."""
    if find_spec("tensorboard") is None:
        raise MissingExtraError("event files", "tensorboard", "tensorboard")


def write_events(data: xr.Dataset, folder: str | os.PathLike[str]) -> None:
    """Write one folder ``game/algorithm/settings/seed`` a run.

    Raises
    ------
    MissingExtraError
        When tensorboard is not installed.
    CheckpointError
        When the folder cannot be written.
    """
    check_tensorboard()
    from torch.utils.tensorboard import SummaryWriter

    from dynamics.summary import groups

    iterations = data.iteration.values.tolist()
    for game, algorithm, settings, members in groups(data):
        swept = (
            [",".join(f"{name}={value}" for name, value in settings.items())] if settings else []
        )
        for member in members:
            seed = f"seed {int(data.seed[member])}"
            place = Path(folder).joinpath(game.replace("/", "-"), algorithm, *swept, seed)
            try:
                with SummaryWriter(str(place)) as writer:
                    for name in SCALARS:
                        tag = name.replace("_", "/", 1)
                        for step, value in zip(iterations, data[name].values[member], strict=True):
                            writer.add_scalar(tag, value, step)
            except OSError as error:
                reason = error.strerror or error
                raise CheckpointError(f"{place}: cannot be written: {reason}") from None
