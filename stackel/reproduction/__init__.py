"""The paper's tables and figures, run again and set beside exact values: ``stackel reproduce``.

Each exhibit is one file: what the paper says, what comes out, and the claims that decide it. All
numbers come from the library's public functions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from stackel.atomic import check_folder, write_whole
from stackel.errors import InvalidGameError, UnknownNameError
from stackel.reproduction.exhibit import Exhibit, Maker, Workshop
from stackel.reproduction.scale import scale

NAMES = ("table-1", "table-3", "fig-1", "fig-2", "fig-3", "ablations")
"""The exhibits, in the order of the page; ``all`` stands for all of them."""


def makers() -> Mapping[str, Maker]:
    """What makes each exhibit."""
    from stackel.reproduction.ablations import ablations
    from stackel.reproduction.figure_1 import figure_1
    from stackel.reproduction.figure_2 import figure_2
    from stackel.reproduction.figure_3 import figure_3
    from stackel.reproduction.tables import table_1, table_3

    made = (table_1, table_3, figure_1, figure_2, figure_3, ablations)
    return dict(zip(NAMES, made, strict=True))


def reproduce(
    library: ModuleType,
    what: Iterable[str],
    *,
    out: str | os.PathLike[str],
    seeds: int | None = None,
    iterations: int | None = None,
    device: str | None = None,
    quick: bool = False,
    processes: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Make exhibits in the folder ``out`` and return its page: see :func:`stackel.reproduce`."""
    from stackel.reproduction.output import folder, write, write_exhibit
    from stackel.reproduction.page import page

    names = list(dict.fromkeys(what)) or ["all"]
    for name in names:
        if name not in (*NAMES, "all"):
            raise UnknownNameError("exhibit", name, (*NAMES, "all"))
    chosen = [name for name in NAMES if "all" in names or name in names]
    sizes = scale(quick=quick, seeds=seeds, iterations=iterations)
    check_folder(out)  # before anything slow is imported
    if find_spec("torch") is not None:  # without it, what is missing is said when it is needed
        from dynamics.device import check_device

        check_device(device or "cpu")
    with folder(out) as target:
        _check_plan(target / "data" / "plan.json", sizes.to_dict() | {"device": device or "cpu"})
        workshop = Workshop(
            library=library,
            scale=sizes,
            data=target / "data",
            device=device,
            processes=processes,
            progress=progress,
        )
        exhibits: list[Exhibit] = []
        for name in chosen:
            exhibit = makers()[name](workshop)
            write_exhibit(exhibit, target)
            exhibits.append(exhibit)
        ids = [id for exhibit in exhibits for id in exhibit.claims]
        if progress is not None:
            progress("claims", 0.0)
        report = library.verify(ids, budget=sizes.budget, processes=processes)
        if report.missing:
            raise KeyboardInterrupt  # verify returns what it has; a page without verdicts is none
        write(target / "index.html", page(exhibits, report, sizes))
        return target / "index.html"


def _check_plan(path: Path, plan: dict[str, object]) -> None:
    """Finished runs in a folder belong to one plan; say so before anything is mixed."""
    from dynamics.storage.seal import sealed_json, unsealed_json

    if not path.exists():
        write_whole(path, sealed_json(plan))
        return
    before = unsealed_json(path)
    if before != json.loads(json.dumps(plan)):
        changed = [name for name in plan if before.get(name) != plan[name]]
        raise InvalidGameError(
            f"{path.parent}: holds runs of another plan, which differs in "
            f"{', '.join(changed) or 'its settings'}; choose another folder"
        )
