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


LONGEST = 80
"""Characters of a folder's name."""


def check_tensorboard(folder: str | os.PathLike[str]) -> None:
    """Raise now what :func:`write_events` would: without tensorboard, or where no folder can be."""
    if find_spec("tensorboard") is None:
        raise MissingExtraError("event files", "tensorboard", "tensorboard")
    place = next(each for each in (Path(folder), *Path(folder).parents) if each.exists())
    if not place.is_dir():
        raise CheckpointError(f"{folder}: cannot be a folder: {place} is none")


def _folder(name: str) -> str:
    """A name as one folder, never that of another: without slashes, and no ``.`` or ``..``."""
    plain = "".join(c if c.isprintable() and c != "/" else "-" for c in name)[:LONGEST]
    return plain.replace(".", "-") if not plain.strip(".") else plain


def write_events(data: xr.Dataset, folder: str | os.PathLike[str]) -> None:
    """Write one folder ``game/algorithm/settings/seed`` a run.

    Raises
    ------
    MissingExtraError
        When tensorboard is not installed.
    CheckpointError
        When the folder cannot be written.
    """
    check_tensorboard(folder)
    from torch.utils.tensorboard import SummaryWriter

    from dynamics.summary import groups

    iterations = data.iteration.values.tolist()
    for game, algorithm, settings, members in groups(data):
        swept = (
            [",".join(f"{name}={value}" for name, value in settings.items())] if settings else []
        )
        for member in members:
            seed = f"seed {int(data.seed[member])}"
            place = Path(folder).joinpath(_folder(game), algorithm, *map(_folder, swept), seed)
            try:
                with SummaryWriter(str(place)) as writer:
                    for name in SCALARS:
                        tag = name.replace("_", "/", 1)
                        for step, value in zip(iterations, data[name].values[member], strict=True):
                            writer.add_scalar(tag, value, step)
            except OSError as error:
                reason = error.strerror or error
                raise CheckpointError(f"{place}: cannot be written: {reason}") from None
