"""The page: payoffs to type, a table of values, three pictures, and a run from a clicked start."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from bokeh.document import Document
from bokeh.events import Tap
from bokeh.layouts import column, row
from bokeh.models import Column, Div, RadioButtonGroup, Row, Select, Spinner, TextInput
from jinja2 import Environment

from solvers.concepts import solve_matrix_game
from stackel.errors import StackelError
from stackel.explorer.learning import PAIRS, Learning, learn
from stackel.explorer.payoffs import COLUMNS, ROWS, read_game, written
from stackel.explorer.pictures import (
    average_picture,
    clicked_mixes,
    commitment_picture,
    mixes_picture,
)
from stackel.explorer.values import class_line, headline, values_table
from stackel.game import BimatrixGame
from stackel.result import Solution

CONCEPTS = ("sse", "wse", "pure", "nash", "cce", "no_regret")
"""What is solved for at every change."""
ITERATIONS = 300
"""Length of a run, at first."""
OWN = "my own"
"""What the list of games says of payoffs that were typed."""
SEED = 0
"""Of every run: the same start gives the same run."""
STYLES = Path(__file__).with_name("page.css")
TEMPLATE = Path(__file__).with_name("page.html")


class Page:
    """One browser tab: the game that is shown, the start, and the run."""

    def __init__(self, game: BimatrixGame, names: list[str]) -> None:
        from stackel import catalog

        self._catalog = catalog
        self.game: BimatrixGame = game
        self.start: tuple[tuple[float, ...], tuple[float, ...]] = ((0.5, 0.5), ())
        self.learning: Learning | None = None
        self.solution: Solution = solve_matrix_game(game, concepts=CONCEPTS)
        style = [STYLES.read_text()]
        known = game.name if game.name in names else OWN
        self.choice: Select = Select(
            title="Game", value=known, options=["my own", *names], width=230
        )
        self.shape: RadioButtonGroup = RadioButtonGroup(
            labels=[f"{ROWS} x {n}" for n in COLUMNS], name="shape"
        )
        self.tables: tuple[list[list[TextInput]], list[list[TextInput]]] = ([], [])
        self.payoffs: Row = Row(name="payoffs", styles={"flex-wrap": "wrap", "gap": "20px"})
        self.message: Div = Div(name="message", stylesheets=style, sizing_mode="stretch_width")
        self.values: Div = Div(name="values", stylesheets=style, sizing_mode="stretch_width")
        self.pair: Select = Select(title="Learners", value=next(iter(PAIRS)), options=list(PAIRS))
        self.length: Spinner = Spinner(
            title="Iterations", value=ITERATIONS, low=10, high=5000, step=100, width=110
        )
        self.status: Div = Div(name="status", stylesheets=style, sizing_mode="stretch_width")
        self.commitment: Column = Column(name="commitment", sizing_mode="stretch_width")
        self.mixes: Column = Column(name="mixes", sizing_mode="stretch_width")
        self.average: Column = Column(name="average", sizing_mode="stretch_width")
        self._lay_out()
        self.choice.on_change("value", lambda attr, old, new: self._choose(new))
        self.shape.on_change("active", lambda attr, old, new: self._reshape(COLUMNS[new]))
        for each in (self.pair, self.length):
            each.on_change("value", lambda attr, old, new: self._run_again())

    def fill(self, document: Document) -> None:
        """Put the page into a browser tab's document."""
        self.document = document
        document.title = "stackel: explore a game"
        document.template = Environment(autoescape=True).from_string(TEMPLATE.read_text())
        game = column(
            row(
                self.choice,
                self.shape,
                styles={"align-items": "end", "gap": "12px", "flex-wrap": "wrap"},
            ),
            self.payoffs,
            self.message,
            self.values,
            name="game",
            sizing_mode="stretch_width",
        )
        controls = row(
            self.pair,
            self.length,
            name="controls",
            styles={"flex-wrap": "wrap", "gap": "12px"},
        )
        run = column(controls, self.status, self.mixes, name="run", sizing_mode="stretch_width")
        for root in (game, self.commitment, run, self.average):
            document.add_root(root)

    def _lay_out(self) -> None:
        """Boxes for the payoffs of the present game, and all that follows from them."""
        n = self.game.shape[1]
        self._quiet = True
        self.shape.active = COLUMNS.index(n)
        self._quiet = False
        self.start = (self.start[0], (1 / n,) * n)
        self.tables = tuple(  # type: ignore[assignment]
            [
                [
                    TextInput(value=text, name=f"{side}{i}{j}", width=80)
                    for j, text in enumerate(line)
                ]
                for i, line in enumerate(table)
            ]
            for side, table in zip("AB", written(self.game), strict=True)
        )
        grids = []
        for title, table in zip(
            ("leader's payoffs", "follower's payoffs"), self.tables, strict=True
        ):
            for i, line in enumerate(table):
                for j, box in enumerate(line):
                    box.title = f"row {i + 1}, col {j + 1}"
                    box.on_change("value_input", lambda attr, old, new: self._typed())
            grids.append(column(Div(text=f"<b>{title}</b>"), *(row(*line) for line in table)))
        self.payoffs.children = grids
        self._refresh()

    def _choose(self, name: str) -> None:
        """Show a game of the catalogue."""
        if name != OWN:
            self.game = self._catalog.load(name).game  # type: ignore[assignment]
            self._solve()
            self._lay_out()

    def _reshape(self, n: int) -> None:
        """Drop the third column, or add one of zeros."""
        if self._quiet or n == self.game.shape[1]:
            return
        leader, follower = ([[*line, "0"][:n] for line in table] for table in written(self.game))
        self.game = read_game(leader, follower)
        self.choice.value = OWN
        self._solve()
        self._lay_out()

    def _typed(self) -> None:
        """Solve what the boxes say now; keep the last game while they say nothing sensible."""
        try:
            texts = [[[box.value_input for box in line] for line in side] for side in self.tables]
            self.game = read_game(*texts)
            self._solve()
            self.choice.value = OWN
        except StackelError as error:
            self.message.text = f'<p class="wrong">{escape(str(error))}</p>'
            return
        self._refresh()

    def _solve(self) -> None:
        self.solution = solve_matrix_game(self.game, concepts=CONCEPTS)
        self.learning = None

    def _refresh(self) -> None:
        """Everything that follows from the game, the start and the run."""
        self.message.text = headline(self.solution) + class_line(self.solution)
        self.values.text = values_table(self.solution)
        p, q = self.start
        told = f"start: p = {p[0]:.2f}, q = ({', '.join(f'{x:.2f}' for x in q)})"
        if self.learning is None:
            told += ". Click into a picture to begin elsewhere."
        else:
            told += (
                f"; after {self.learning.iterations[-1]:.0f} iterations the leader averages "
                f"<b>{self.learning.average[-1]:.3f}</b>, "
                f"V is <b>{float(self.solution.sse.leader_value):.3f}</b>"
            )
        self.status.text = f"<p>{told}</p>"
        commitment = commitment_picture(self.solution, p, self.learning)
        commitment.on_event(Tap, self._clicked_commitment)
        mixes = mixes_picture(self.solution, self.start, self.learning)
        mixes.on_event(Tap, self._clicked_mixes)
        self.commitment.children = [commitment]
        self.mixes.children = [mixes]
        self.average.children = [average_picture(self.solution, self.learning)]

    def _clicked_commitment(self, event: Any) -> None:
        first = min(max(event.x, 0.0), 1.0)
        self._begin((first, 1 - first), self.start[1])

    def _clicked_mixes(self, event: Any) -> None:
        self._begin(*clicked_mixes(event.x, event.y, self.start[0], self.game.shape[1]))

    def _begin(self, p: tuple[float, ...], q: tuple[float, ...]) -> None:
        """Note the start, say so, and run once the browser has been told."""
        self.start = (p, q)
        self.status.text = "<p>learning …</p>"
        self.document.add_next_tick_callback(self._run)

    def _run_again(self) -> None:
        if self.learning is not None:
            self._begin(*self.start)

    def _run(self) -> None:
        p, q = self.start
        self.learning = learn(
            self.game,
            self.pair.value,
            leader=p,
            follower=q,
            iterations=int(self.length.value or ITERATIONS),
            seed=SEED,
        )
        self._refresh()
