"""The map of a solved gridworld: coverage of the targets, and what the attacker does."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from stackel.gridworld import NO_ATTACK, Cell, GridworldGame
from stackel.gridworld_result import CoverageCommitment, GridworldSolution
from stackel.plots.replies import OTHERS, entries, paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLACK, BLUE, RED, GREY = "#000000", "#0072B2", "#D55E00", "#999999"
COVERAGE = LinearSegmentedColormap.from_list("coverage", ["#ffffff", "#56B4E9", BLUE])
"""From never to always defended."""
SMALLEST = 4.5
"""Points of the smallest letters: targets whose cells take none are only shaded."""
LARGEST = 9.0
MOST_NUMBERED = 80
"""Targets up to which each carries its number and its coverage."""
MOST_PATHS = 8
"""Paths that are drawn."""
MOST_LINES = 60
"""Rows and columns up to which the grid's lines are drawn."""
NARROW = 150
"""Points of a map that takes short titles only."""
LONG = 6
"""From so many times as long as wide, cells are no longer square."""


class Cells(NamedTuple):
    """How large cells are drawn, in points."""

    width: float
    height: float

    @property
    def flat(self) -> bool:
        """Whether number and coverage fit best on one line."""
        return self.width > 3 * self.height

    @property
    def letters(self) -> float:
        """Points of letters of which two lines of four fit, or one of eight."""
        if self.flat:
            return min(LARGEST, self.width / 5, self.height / 1.4)
        return min(LARGEST, self.width / 2.9, self.height / 2.5)


def draw_grid(axes: Axes, solution: GridworldSolution, cells: Cells) -> None:
    """Draw the map; without a commitment, start and targets alone."""
    game = solution.game
    _draw_lines(axes, game)
    numbered = len(game.targets) <= MOST_NUMBERED and cells.letters >= SMALLEST
    if "sse" not in solution.concepts:
        for j, target in enumerate(game.targets):
            _square(axes, target.cell, "white", BLACK, 1.2 if numbered else 0.3)
            if numbered:
                _text(axes, target.cell, str(j), cells.letters)
        _draw_start(axes, game, "start", cells)
        axes.set_title("start and targets", fontsize=10)
        return
    sse = solution.sse
    if game.interception == "path":
        _draw_guards(axes, game, sse, cells, numbered=numbered)
        unit = ""
    else:
        unit = _draw_coverage(axes, game, sse, cells, numbered=numbered)
    if game.wind:
        replies = ", and the attack"
        _draw_entries(axes, game, sse, cells)
    else:
        replies = ", and the best replies" if numbered else ", and the attack"
        _draw_paths(axes, game, sse, others=numbered)
    stays = " (no attack)" if sse.attacked_target == NO_ATTACK and not game.wind else ""
    _draw_start(axes, game, f"start{stays}", cells)
    title = f"coverage of the commitment{unit}{replies}"
    if cells.width * game.cols < NARROW:
        title = f"coverage{unit}"
    axes.set_title(title, fontsize=10)


def _draw_lines(axes: Axes, game: GridworldGame) -> None:
    rows, cols = game.shape
    aspect = "auto" if max(rows / cols, cols / rows) > LONG else "equal"
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5), aspect=aspect)
    axes.set_xticks(range(0, cols, 1 + cols // 20))
    axes.set_yticks(range(0, rows, 1 + rows // 20))
    axes.tick_params(length=0, labelsize=8)
    if max(game.shape) <= MOST_LINES:
        axes.set_xticks([c - 0.5 for c in range(1, cols)], minor=True)
        axes.set_yticks([r - 0.5 for r in range(1, rows)], minor=True)
        axes.grid(which="minor", color="#dddddd", linewidth=0.6)
        axes.tick_params(which="minor", length=0)


def _square(axes: Axes, cell: Cell, face: Any, edge: str, width: float) -> None:
    row, col = cell
    axes.add_patch(
        Rectangle(
            (col - 0.5, row - 0.5), 1, 1,
            facecolor=face, edgecolor=edge, linewidth=width, zorder=3,
        )
    )  # fmt: skip


def _text(axes: Axes, cell: Cell, text: str, size: float, colour: str = BLACK) -> None:
    row, col = cell
    axes.text(
        col, row, text, ha="center", va="center", fontsize=size, color=colour, zorder=4,
        linespacing=1.05,
    )  # fmt: skip


def _draw_coverage(
    axes: Axes, game: GridworldGame, sse: CoverageCommitment, cells: Cells, *, numbered: bool
) -> str:
    """The targets, shaded; without numbers up to the most that any is defended. Says so."""
    darkest = 1.0 if numbered else float(max(sse.coverage)) or 1.0
    for j, (target, c) in enumerate(zip(game.targets, sse.coverage, strict=True)):
        attacked = j == sse.attacked_target
        edge = RED if attacked else BLACK if numbered or c else GREY
        _square(
            axes,
            target.cell,
            COVERAGE(float(c) / darkest),
            edge,
            (2.4 if attacked else 1.2) if numbered else (1.2 if attacked else 0.6),
        )
        if numbered:
            colour = "white" if c > Fraction(7, 10) else BLACK
            gap = ": " if cells.flat else "\n"
            _text(axes, target.cell, f"{j}{gap}{100 * float(c):.0f} %", cells.letters, colour)
    return "" if numbered else f" (darkest: {100 * darkest:.3g} %)"


def _draw_guards(
    axes: Axes, game: GridworldGame, sse: CoverageCommitment, cells: Cells, *, numbered: bool
) -> None:
    """How often each cell is defended, where defenders intercept paths."""
    share: dict[Cell, float] = {}
    for allocation in sse.allocation_mix or ():
        for cell in allocation.cells or ():
            share[cell] = share.get(cell, 0.0) + float(allocation.probability)
    targets = {target.cell: j for j, target in enumerate(game.targets)}
    for (row, col), chance in share.items():
        if (row, col) not in targets:
            axes.add_patch(
                Rectangle((col - 0.5, row - 0.5), 1, 1, facecolor=COVERAGE(chance), linewidth=0)
            )
        if numbered:
            axes.text(
                col + 0.45, row + 0.42, f"{100 * chance:.0f} %", fontsize=0.8 * cells.letters,
                ha="right", va="bottom", zorder=4, color="white" if chance > 0.7 else BLACK,
            )  # fmt: skip
    for cell, j in targets.items():
        attacked = j == sse.attacked_target
        edge, width = (RED, 2.4) if attacked else (BLACK, 1.2)
        _square(axes, cell, COVERAGE(share.get(cell, 0.0)), edge, width if numbered else 0.3)
        if numbered:
            colour = "white" if share.get(cell, 0.0) > 0.7 else BLACK
            _text(axes, cell, str(j), cells.letters, colour)


def _draw_paths(axes: Axes, game: GridworldGame, sse: CoverageCommitment, *, others: bool) -> None:
    """Walks of best replies; what is played in full, the likelier the wider."""
    drawn = [path for path in paths(game, sse) if others or path.label != OTHERS]
    for path in drawn[-MOST_PATHS:]:
        played = path.label != OTHERS
        axes.plot(
            [col for _, col in path.cells],
            [row for row, _ in path.cells],
            color=RED if played else GREY,
            linewidth=0.6 + 1.8 * path.probability**0.5 if played else 1.4,
            linestyle="-" if played else (0, (3, 2)),
            label=path.label,
            zorder=2,
        )


def _draw_entries(axes: Axes, game: GridworldGame, sse: CoverageCommitment, cells: Cells) -> None:
    """Where the wind blows: a disc in each cell, its area how often the attacker enters it."""
    found = entries(game, sse)
    if not found:
        return
    index = {target.cell for target in game.targets}
    largest = (0.85 * min(cells.width, cells.height)) ** 2
    shown = {cell: often for cell, often in found.items() if cell not in index}
    most = max(1.0, *found.values())
    axes.scatter(
        [col for _, col in shown],
        [row for row, _ in shown],
        s=[largest * often / most for often in shown.values()],
        color=RED, alpha=0.75, linewidth=0, zorder=2,
        label="how often the attack enters a cell",
    )  # fmt: skip
    for j, target in enumerate(game.targets):
        chance = float((sse.attack or {}).get(j, 0))
        if chance and cells.letters >= 1.3 * SMALLEST:
            last = target.cell[0] == game.rows - 1  # its text goes above: below are the axis labels
            axes.annotate(
                f"attacked {_share(chance)}",
                (target.cell[1], target.cell[0] + (-0.5 if last else 0.5)),
                (0, 2 if last else -2), textcoords="offset points", ha="center",
                va="bottom" if last else "top", fontsize=0.75 * cells.letters, color=RED, zorder=6,
            )  # fmt: skip


def _share(chance: float) -> str:
    if 0 < chance < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= chance < 1 else f"{100 * chance:.0f} %"


def _draw_start(axes: Axes, game: GridworldGame, label: str, cells: Cells) -> None:
    """The start, and the legend below the grid."""
    row, col = game.start
    axes.plot(
        col, row, "o", color=RED, markersize=9, markeredgecolor="white", label=label, zorder=5
    )
    narrow = cells.width * game.cols < NARROW
    handles, labels = axes.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    legend = axes.legend(
        list(unique.values()), list(unique), loc="upper center",
        bbox_to_anchor=(0.5, -18 / (cells.height * game.rows)), ncols=1 if narrow else 3,
        fontsize=8, frameon=False,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([40.0])
