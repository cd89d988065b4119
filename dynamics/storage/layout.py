"""What the netCDF file of a run holds, checked before memory is taken for it and before it is used.

A run is written in one piece and uncompressed, so that no array in it is larger than the file:
one that claims to be is refused, whatever it would unpack to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackel.errors import CheckpointError, brief

if TYPE_CHECKING:
    import h5py
    import xarray as xr

    from dynamics.leg import Snapshot
    from dynamics.settings.sweep import Spec

SIGNATURE = b"\x89HDF\r\n\x1a\n"
HEAP = b"GCOL"
"""How a global heap of HDF5 begins: see section III.E of its file format specification."""
HEADER = 16
"""Bytes before the first object of a heap, and before the content of each object."""
MOST_TEXT = 2**30
"""Bytes that the names of all runs may take when each has the room of the longest."""
LOGGED = ("run", "iteration")
VARIABLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    **{
        f"{side}_{measure}": (LOGGED, "f")
        for side in ("leader", "follower")
        for measure in ("payoff", "average", "regret")
    },
    **{f"distance_to_{aim}": (LOGGED, "f") for aim in ("sse", "nash", "cce")},
    **dict.fromkeys(("sse_value", "sse_follower_value", "pure_value"), (("run",), "f")),
    **dict.fromkeys(("cce_low", "cce_high", "leader_payoff_range"), (("run",), "f")),
    "nash_value": (("run", "nash"), "f"),
    "no_regret_class": (("run",), "UOT"),
    "iteration": (("iteration",), "i"),
    "game": (("run",), "UOT"),
    "algorithm": (("run",), "UOT"),
    "seed": (("run",), "i"),
}  # fmt: skip
"""Dimensions of what every run has, and the kinds of its numbers or texts."""
BAND: Mapping[str, tuple[tuple[str, ...], str]] = {
    "band_low": (LOGGED, "f"), "band_high": (LOGGED, "f"), "inside_band": (LOGGED, "b"),
}  # fmt: skip
"""The same of what a run has whose games have a class."""
PLAN: Mapping[str, type] = {
    "games": dict, "algorithms": list, "seeds": list, "iterations": int, "swept": dict,
    "settings": dict, "logged": int, "device": str,
}  # fmt: skip
"""Keys of a plan that are read, and what each one holds."""


def check_plan(plan: Mapping[str, Any], *, where: str) -> None:
    """Raise a CheckpointError unless a plan has what is read of it."""
    for key, kind in PLAN.items():
        if not isinstance(plan.get(key), kind):
            raise CheckpointError(
                f"{where}: {key} of a plan must be of type {kind.__name__}, "
                f"got {brief(plan.get(key))}"
            )
    seeds = plan["seeds"]
    if not seeds or not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise CheckpointError(f"{where}: seeds must be integers of at least 0, got {brief(seeds)}")


def check_file(body: bytes, *, where: str) -> None:
    """Raise a CheckpointError when HDF5 content claims more than its size can hold.

    Raises
    ------
    OSError, RuntimeError, ...
        What HDF5 raises for content that is none.
    """
    import h5py

    _check_heaps(body)
    with h5py.File(BytesIO(body), "r") as file:
        for name in file:
            at = f"{where}: {brief(name)}"
            if not isinstance(file.get(name, getlink=True), h5py.HardLink):
                raise CheckpointError(f"{at} must be an array in the file, got a link")
            entry = file[name]
            if not isinstance(entry, h5py.Dataset) or entry.is_virtual or entry.external:
                raise CheckpointError(f"{at} must be an array in the file")
            _check_size(entry, len(body), where=at)
            if entry.ndim and not entry.is_scale and "DIMENSION_LIST" not in entry.attrs:
                raise CheckpointError(f"{at} must have named dimensions")
            for attribute in entry.attrs:
                _check_attribute(entry, attribute, len(body), where=at)
        for attribute in file.attrs:
            _check_attribute(file, attribute, len(body), where=where)


def _check_heaps(content: bytes) -> None:
    """Raise a ValueError unless the heaps where texts are stored end where they say.

    HDF5 goes from object to object by the sizes they state, and without end when one states 0
    (H5HG__cache_heap_deserialize): a single bit that is wrong would hang the process.
    """
    lengths = content[13:15] if content[8] < 2 else content[9:11]
    if content[:8] != SIGNATURE or lengths != bytes([8, 8]):
        raise ValueError("no HDF5 file with addresses and lengths of 8 bytes")
    place = content.find(HEAP)
    while place >= 0:
        end = place + int.from_bytes(content[place + 8 : place + 16], "little")
        at = place + HEADER
        if not at <= end <= len(content):
            raise ValueError("a heap that ends beyond the file")
        while at + HEADER <= end:
            length = int.from_bytes(content[at + 8 : at + 16], "little")
            used = content[at : at + 2] != bytes(2)
            step = HEADER + -(-length // 8) * 8 if used else length
            if step < HEADER or at + step > end:
                raise ValueError("an object that ends beyond its heap, or where it begins")
            at += step
        place = content.find(HEAP, end)


def _check_size(array: h5py.Dataset, size: int, *, where: str) -> None:
    if array.nbytes > size:
        raise CheckpointError(f"{where} has more bytes than the file, {array.nbytes} and {size}")
    if array.dtype.kind == "O" and 4 * array.size * size > MOST_TEXT:
        longest = max(len(array[place]) for place in range(array.size))
        if 4 * array.size * longest > MOST_TEXT:
            raise CheckpointError(
                f"{where} must have {MOST_TEXT} bytes at most, got {array.size} texts, "
                f"the longest of {longest} bytes"
            )


def _check_attribute(holder: Any, name: str, size: int, *, where: str) -> None:
    found = holder.attrs.get_id(name)
    if prod(found.shape or ()) * max(found.dtype.itemsize, 1) > size:
        raise CheckpointError(f"{where} has an attribute larger than the file, {name!r:.60}")


def check_data(data: xr.Dataset, *, where: str) -> None:
    """Raise a CheckpointError unless the data has what every run has."""
    needed = dict(VARIABLES)
    if "no_regret_class" in data and (data["no_regret_class"].values != "not computed").any():
        needed |= BAND
    for name, (dimensions, kinds) in needed.items():
        if name not in data.variables:
            raise CheckpointError(f"{where}: a run has the variable {name!r}, got none")
        found = data[name]
        if found.dims != dimensions or found.dtype.kind not in kinds or not found.size:
            if name == "nash_value" and found.dims == dimensions and "run" in data.sizes:
                continue  # no game has a known one
            raise CheckpointError(
                f"{where}: {name!r} must have kind {kinds!r} along {', '.join(dimensions)}, "
                f"got {found.dtype} along {', '.join(map(str, found.dims))}"
            )


def check_snapshot(found: Snapshot, runs: Sequence[Spec], *, logged: int, where: Path) -> None:
    """Raise a CheckpointError unless a snapshot is one of these runs, with what they log."""
    from dynamics.record import logged_iterations

    iterations = runs[0].iterations
    held = int(found.state["iteration"]) if "iteration" in found.state else found.iteration
    if not 1 <= found.iteration <= iterations or held != found.iteration:
        raise CheckpointError(
            f"{where}: an iteration of 1 to {iterations} must be stored, "
            f"got {found.iteration} and {held}"
        )
    places = logged_iterations(iterations, logged)
    needed = {name for name, (dimensions, _) in VARIABLES.items() if dimensions == LOGGED}
    needed = {name for name in needed if not name.startswith("distance")}
    if found.iteration >= places[0] and not needed <= found.log.keys():
        raise CheckpointError(f"{where}: must hold what was logged, got {brief(list(found.log))}")
    for name, array in found.log.items():
        sound = array.shape[:2] == (len(runs), len(places)) and 2 <= array.ndim <= 4
        if not sound or array.dtype.kind != "f" or not name.startswith(("leader_", "follower_")):
            raise CheckpointError(
                f"{where}: a log must have {len(runs)} runs of {len(places)} numbers, "
                f"got {brief(name)} of shape {array.shape} and type {array.dtype}"
            )
