"""A run: what ``stackel.train`` returns, and the netCDF file that holds it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynamics.storage.layout import check_data, check_file, check_plan
from dynamics.storage.seal import seal, unseal
from stackel.atomic import check_place, write_whole
from stackel.errors import CheckpointError, MissingExtraError, brief

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import RenderableType

    from dynamics.summary import Outcome

FORMAT = "stackel-run/1"
DAMAGE = (
    OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, IndexError,
    OverflowError, NotImplementedError,
)  # fmt: skip
"""What HDF5, h5netcdf and xarray raise for a damaged file."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """Everything that was logged while runs were played: see docs/training.md.

    Examples
    --------
    >>> import stackel
    >>> run = stackel.train("hero", preset="hedge-hedge", iterations=300, seeds=2, seed=0)
    >>> outcome = run.outcomes[0]
    >>> outcome.value, outcome.class_, outcome.reached
    (-1.0, 'never', 0.0)
    >>> bool(run.data.inside_band.all())
    True
    """

    data: xr.Dataset
    """Dimensions ``run``, ``iteration`` and the actions."""

    @property
    def plan(self) -> dict[str, Any]:
        """What was asked for: games, algorithms, settings, seeds, iterations; and on what."""
        texts = {str(name): value for name, value in self.data.attrs.items()}
        return {name: _value(text) for name, text in texts.items()}

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the runs: the same ones give the same bits on the same device."""
        return tuple(self.plan["seeds"])

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How the runs ended, one row for all seeds of a game, algorithm and setting."""
        from dynamics.summary import outcomes

        return outcomes(self.data)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a netCDF file, whole or not at all.

        Raises
        ------
        CheckpointError
            When the file exists or cannot be written.
        """
        target = check_name(path)
        if target.exists():
            raise CheckpointError(f"{target}: is there already")
        write(self.data, target)

    def write_events(self, folder: str | os.PathLike[str]) -> None:
        """Write event files, one folder a run: see :mod:`dynamics.summary.tensorboard`."""
        from dynamics.summary.tensorboard import write_events

        write_events(self.data, folder)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """The run in a netCDF file.

        Raises
        ------
        CheckpointError
            When the file cannot be read or holds something else.
        MissingExtraError
            When h5netcdf is not installed.
        """
        check_netcdf()
        import xarray as xr

        body = bytes(unseal(Path(path), FORMAT))
        try:
            check_file(body, where=str(path))
            with xr.open_dataset(BytesIO(body), engine="h5netcdf", decode_times=False) as file:
                data = file.load()
        except DAMAGE as error:
            code = getattr(error, "errno", None)  # the text that comes with it is HDF5's
            reason = os.strerror(code) if code else "not a netCDF file, or a damaged one"
            raise CheckpointError(f"{path}: cannot be read: {reason}") from None
        if data.attrs.get("format") != FORMAT:
            raise CheckpointError(
                f"{path}: a run has the attribute format {FORMAT!r}, "
                f"got {brief(data.attrs.get('format'))}"
            )
        run = cls(data=data)
        check_plan(run.plan, where=str(path))
        check_data(data, where=str(path))
        return run

    def to_dict(self) -> dict[str, Any]:
        """The plan and the outcomes as JSON."""
        return self.plan | {"outcomes": [each.to_dict() for each in self.outcomes]}

    def __repr__(self) -> str:
        games = ", ".join(self.plan["games"])
        sizes = self.data.sizes
        return f"Run({games}: {sizes['run']} runs of {self.plan['iterations']} iterations)"

    def __rich__(self) -> RenderableType:
        from dynamics.summary.display import run_table

        return run_table(self)

    def _repr_html_(self) -> str:
        from stackel.display import html

        return html(self)


def check_netcdf() -> None:
    """Raise a MissingExtraError where netCDF files can be neither read nor written."""
    from importlib.util import find_spec

    for module in ("h5netcdf", "h5py"):
        if find_spec(module) is None:
            raise MissingExtraError("netCDF files", "dynamics", module)


def check_name(path: str | os.PathLike[str]) -> Path:
    """``path`` where a run can be written: a name that ends in .nc, in a folder for files."""
    if Path(path).suffix.lower() != ".nc":
        raise CheckpointError(f"{path}: a run is a netCDF file and must end in .nc")
    return check_place(path, error=CheckpointError)


def write(data: xr.Dataset, target: Path) -> None:
    """Write a dataset as a sealed file; readers of netCDF pass over the seal at its end.

    The file is put together in memory: HDF5 takes the process down when its disk is full.
    """
    body = data.to_netcdf(engine="h5netcdf")
    write_whole(target, body, seal(FORMAT, body), error=CheckpointError)


def _value(text: Any) -> Any:
    """What an attribute states: JSON where it is a list, an object or a number."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
