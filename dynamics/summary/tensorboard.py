"""The logged payoffs, averages and regrets as TensorBoard event files, one folder a run."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from stackel.atomic import check_folder, write_whole
from stackel.errors import CheckpointError, MissingExtraError

if TYPE_CHECKING:
    import xarray as xr

SCALARS = (
    "leader_payoff", "follower_payoff", "leader_average", "follower_average",
    "leader_regret", "follower_regret", "distance_to_sse",
)  # fmt: skip
"""What is written, at every logged iteration."""
FILE = "events.out.tfevents.stackel"
"""The one file of a run: to write it again replaces it; two would be drawn over each other."""
VERSION = "brain.Event:2"
"""What the first event of a file states."""


LONGEST = 80
"""Characters of a folder's name."""


def check_tensorboard(folder: str | os.PathLike[str]) -> None:
    """Raise now what :func:`write_events` would: without tensorboard, or where no folder can be."""
    if find_spec("tensorboard") is None:
        raise MissingExtraError("event files", "tensorboard", "tensorboard")
    check_folder(folder, error=CheckpointError)


def _folder(name: str) -> str:
    """A name as that of one folder: without slashes, and neither empty nor ``.`` nor ``..``."""
    plain = "".join(c if c.isprintable() and c != "/" else "-" for c in name)[:LONGEST]
    return plain if plain.strip(".") else plain.replace(".", "-") or "-"


def write_events(data: xr.Dataset, folder: str | os.PathLike[str]) -> None:
    """Write one folder ``game/algorithm/settings/seed`` a run, each file whole or not at all.

    Raises
    ------
    MissingExtraError
        When tensorboard is not installed.
    CheckpointError
        When the folder cannot be written.
    """
    check_tensorboard(folder)
    from dynamics.summary import groups

    for game, algorithm, settings, members in groups(data):
        swept = (
            [",".join(f"{name}={value}" for name, value in settings.items())] if settings else []
        )
        for member in members:
            seed = f"seed {int(data.seed[member])}"
            place = Path(folder).joinpath(_folder(game), algorithm, *map(_folder, swept), seed)
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CheckpointError(f"{place}: cannot be made: {error.strerror}") from None
            write_whole(place / FILE, _events(data, member), error=CheckpointError)


def _events(data: xr.Dataset, member: int) -> memoryview:
    """The event file of one run."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    stream, now = BytesIO(), time.time()
    writer = RecordWriter(stream)
    writer.write(Event(wall_time=now, file_version=VERSION).SerializeToString())
    series = {name.replace("_", "/", 1): data[name].values[member] for name in SCALARS}
    for place, step in enumerate(data.iteration.values.tolist()):
        values = [
            Summary.Value(tag=tag, simple_value=float(each[place])) for tag, each in series.items()
        ]
        event = Event(wall_time=now, step=step, summary=Summary(value=values))
        writer.write(event.SerializeToString())
    return stream.getbuffer()
