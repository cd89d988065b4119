"""What a reproduction is made of: exhibits, each a table or a figure beside the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dynamics.run import Run
    from stackel.reproduction.scale import Scale


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of exact numbers, floats and text under named columns."""

    name: str
    """Of its files."""
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def cells(self) -> list[list[str]]:
        """Every cell as text: fractions as they are, floats with four significant digits."""
        return [[written(cell) for cell in row] for row in self.rows]


def written(cell: Any) -> str:
    """One cell of a table.

    >>> from fractions import Fraction
    >>> written(Fraction(10, 3)), written(0.123456), written(None), written(True)
    ('10/3', '0.1235', '', 'yes')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return str(cell)


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """One figure and what it shows."""

    name: str
    """Of its files."""
    caption: str
    """What to see, and what each choice was where the paper is silent."""
    figure: Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class Exhibit:
    """One table or figure of the paper, run again and held against exact values."""

    id: str
    title: str
    said: str
    """What the paper claims, in our words, with its place."""
    found: str
    """What comes out, in a sentence or two, made from the data."""
    choices: tuple[str, ...] = ()
    """What the paper leaves open or contradicts, and what was chosen."""
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    claims: tuple[str, ...] = ()
    """Ids of the claims that decide what the paper says here."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Workshop:
    """Where exhibits are made: the library, the sizes, and the folder of finished runs."""

    library: ModuleType
    """``stackel.api``: everything here comes from its public functions."""
    scale: Scale
    data: Path
    device: str | None = None
    processes: int = 1
    progress: Callable[[str, float], None] | None = None
    made: dict[str, Run] = field(default_factory=dict)

    def run(self, name: str, game: str | Sequence[str], **options: Any) -> Run:
        """Runs called ``name``: made once, kept in the folder, and gone on with after a stop."""
        if name in self.made:
            return self.made[name]
        path = self.data / f"{name}.nc"
        run: Run
        if path.exists():
            run = self.library.load_run(path)
        else:
            run = self.library.train(
                game,
                seeds=self.scale.seeds,
                seed=0,
                out=path,
                resume=True,
                device=self.device,
                processes=self.processes,
                progress=self._report(name),
                **{"iterations": self.scale.iterations, **options},
            )
        self.made[name] = run
        return run

    def _report(self, name: str) -> Callable[[Any], None] | None:
        if self.progress is None:
            return None
        tell = self.progress
        return lambda standing: tell(name, float(getattr(standing, "share", 0.0)))


Maker = Callable[[Workshop], Exhibit]
