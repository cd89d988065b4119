r"""Gridworld security games: a defender (leader) places guards, an attacker (follower) walks.

Cells are (row, col), 0-based, row 0 in the north. The attacker starts at ``start`` and makes at
most ``horizon`` moves; ``defenders`` guards stand on distinct cells. Targets are numbered in the
order given; the outcome in which no target is attacked is :data:`NO_ATTACK`. ``k`` counts
defenders, ``n`` targets, and ``c`` is a coverage, shape (n,): the probability that each target is
defended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias, get_args

from stackel.errors import InvalidGameError, brief
from stackel.gridworld_fields import (
    PAYOFFS,
    Cell,
    NoAttack,
    Target,
    check_choice,
    check_fields,
    check_integer,
    plain_number,
    read_cell,
)
from stackel.matrix import parse_number

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "MAX_CELLS",
    "MOVES",
    "NO_ATTACK",
    "AttackRule",
    "Cell",
    "GridworldGame",
    "Interception",
    "NoAttack",
    "Target",
    "generate",
    "require_gridworld",
]

AttackRule: TypeAlias = Literal["first-entered", "declared"]
Interception: TypeAlias = Literal["target", "path"]

NO_ATTACK: Final = -1
"""The outcome in which the attacker enters no target within the horizon."""
MOVES: Final[Mapping[str, Cell]] = {
    "N": (-1, 0),
    "S": (1, 0),
    "E": (0, 1),
    "W": (0, -1),
    "STAY": (0, 0),
}
"""The attacker's moves, as steps (rows, cols); a step off the grid stays put."""
MAX_CELLS: Final = 1_000_000
"""Cells a grid may have: what a search over cells visits in about a second."""
MAX_WIND_DENOMINATOR: Final = 2**128
"""Every float from 1e-22 up has less; exact solvers raise it to powers up to the horizon."""
MAX_HORIZON: Final = 10**9
"""Moves an attacker may have: a thousand for each cell."""


@dataclass(frozen=True, eq=False, kw_only=True)
class GridworldGame:
    """A gridworld security game with exact rational payoffs.

    Raises
    ------
    InvalidGameError
        When a field breaks the rule stated with it.

    Notes
    -----
    Payoffs are those of the whole episode, not discounted. A payoff may be given as an int, a
    float (the rational it is), a Fraction or a string such as ``"1/3"``.

    Examples
    --------
    >>> game = GridworldGame(rows=2, cols=2, start=(0, 0), horizon=3, defenders=1, targets=(
    ...     Target(cell=(1, 1), attacker_covered=0, attacker_uncovered="3/2",
    ...            defender_covered=0, defender_uncovered=-1),))
    >>> game.targets[0].attacker_uncovered, game.is_zero_sum
    (Fraction(3, 2), False)
    >>> game.payoffs(0, Fraction(1, 3)), game.payoffs(NO_ATTACK)
    ((Fraction(-2, 3), Fraction(1, 1)), (Fraction(0, 1), Fraction(0, 1)))
    """

    kind: ClassVar[str] = "gridworld"
    rows: int
    """At least 1; at most :data:`MAX_CELLS` cells in all."""
    cols: int
    """At least 1."""
    start: Cell
    """Where the attacker begins: no target."""
    horizon: int
    """Moves the attacker has, at least 1 and at most :data:`MAX_HORIZON`."""
    defenders: int
    """Guards on distinct cells: from 0 to the number of cells that are no target."""
    wind: Fraction = Fraction(0)
    """Probability in [0, 1] that a move is replaced by one drawn evenly from N, S, E, W; its
    denominator is at most :data:`MAX_WIND_DENOMINATOR`."""
    attack_rule: AttackRule = "first-entered"
    """``first-entered``: the first target entered is attacked and ends the episode.
    ``declared``: the attacker fixes one target and passes through the others."""
    interception: Interception = "target"
    """``target``: a target is defended when a defender stands on it. ``path``: entering any
    defended cell after the start ends the episode with payoffs 0."""
    targets: tuple[Target, ...]
    """At least one, on distinct cells."""
    no_attack: NoAttack = field(default_factory=NoAttack)
    name: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for name, least in (("rows", 1), ("cols", 1), ("horizon", 1), ("defenders", 0)):
            check_integer(getattr(self, name), name, least)
        if self.horizon > MAX_HORIZON:
            raise InvalidGameError(
                f"horizon must be at most {MAX_HORIZON}, got {brief(self.horizon)}"
            )
        if self.rows * self.cols > MAX_CELLS:
            raise InvalidGameError(
                f"a grid may have at most {MAX_CELLS} cells, "
                f"got {brief(self.rows)} x {brief(self.cols)}"
            )
        try:
            wind = Fraction(parse_number(self.wind, "wind"))
        except InvalidGameError:
            wind = Fraction(-1)
        if not 0 <= wind <= 1:
            raise InvalidGameError(f"wind must be a probability in [0, 1], got {brief(self.wind)}")
        if wind.denominator > MAX_WIND_DENOMINATOR:
            raise InvalidGameError(
                f"wind must have a denominator of at most 2^128, got {brief(self.wind)}"
            )
        object.__setattr__(self, "wind", wind)
        for key in ("name", "source"):
            if not isinstance(getattr(self, key), str | None):
                raise InvalidGameError(f"{key} must be text, got {brief(getattr(self, key))}")
        check_choice(self.attack_rule, "attack_rule", get_args(AttackRule))
        check_choice(self.interception, "interception", get_args(Interception))
        object.__setattr__(self, "start", read_cell(self.start, "start"))
        self._check_within(self.start, "start")
        if not isinstance(self.targets, list | tuple):
            raise InvalidGameError(f"targets must be a list of targets, got {brief(self.targets)}")
        object.__setattr__(self, "targets", tuple(self.targets))
        self._check_targets()
        if not isinstance(self.no_attack, NoAttack):
            raise InvalidGameError(f"no_attack must be a NoAttack, got {brief(self.no_attack)}")
        spare = self.rows * self.cols - len(self.targets)
        if self.defenders > spare:
            raise InvalidGameError(
                f"defenders must be at most the {spare} cells that are no target, "
                f"got {brief(self.defenders)}"
            )

    def _check_targets(self) -> None:
        if not self.targets:
            raise InvalidGameError("targets must name at least one target, got none")
        seen: set[Cell] = set()
        for j, target in enumerate(self.targets):
            if not isinstance(target, Target):
                raise InvalidGameError(f"targets[{j}] must be a Target, got {brief(target)}")
            cell = target.cell
            self._check_within(cell, f"targets[{j}].cell")
            if cell == self.start:
                raise InvalidGameError(f"targets[{j}]: no target may be on the start, got {cell}")
            if cell in seen:
                raise InvalidGameError(
                    f"targets[{j}]: targets must be on distinct cells, got {cell} twice"
                )
            seen.add(cell)

    def _check_within(self, cell: Cell, where: str) -> None:
        if not (0 <= cell[0] < self.rows and 0 <= cell[1] < self.cols):
            raise InvalidGameError(
                f"{where} must lie within the {self.rows} x {self.cols} grid, got {brief(cell)}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.rows, self.cols

    @property
    def moves(self) -> int:
        """Moves after which no walk without wind can do more: the horizon, or twice the cells.

        Whatever cells a walk enters, they are connected, and to go along a tree of them and back
        takes at most two moves each.
        """
        return min(self.horizon, 2 * self.rows * self.cols)

    @property
    def is_zero_sum(self) -> bool:
        """Whether the two payoffs sum to 0 in every outcome."""
        return self.no_attack.attacker + self.no_attack.defender == 0 and all(
            t.attacker_covered + t.defender_covered == 0
            and t.attacker_uncovered + t.defender_uncovered == 0
            for t in self.targets
        )

    def payoffs(self, outcome: int, coverage: Fraction = Fraction(0)) -> tuple[Fraction, Fraction]:
        """Expected payoffs (defender, attacker) of an attack on a target covered so often.

        ``outcome`` is the target's number, or :data:`NO_ATTACK`, which no coverage changes.
        """
        if outcome == NO_ATTACK:
            return self.no_attack.defender, self.no_attack.attacker
        target = self.targets[outcome]
        if coverage == 1:
            return target.defender_covered, target.attacker_covered
        leader, follower = target.defender_uncovered, target.attacker_uncovered
        if coverage:
            leader += coverage * (target.defender_covered - leader)
            follower += coverage * (target.attacker_covered - follower)
        return leader, follower

    def allocation(self, defended: Sequence[int]) -> tuple[Cell, ...]:
        """Cells for all k defenders such that exactly the ``defended`` targets are defended.

        Defenders who are not needed stand on the first cells, row by row, that are no target.
        """
        if len(set(defended)) > self.defenders:
            raise InvalidGameError(
                f"at most {self.defenders} targets can be defended, got {len(set(defended))}"
            )
        taken = {target.cell for target in self.targets}
        cells = [self.targets[j].cell for j in sorted(set(defended))]
        number = 0
        while len(cells) < self.defenders:
            cell = divmod(number, self.cols)
            if cell not in taken:
                cells.append(cell)
            number += 1
        return tuple(cells)

    def step(self, cell: Cell, move: str) -> Cell:
        """The cell where a move from ``cell`` ends when no wind blows.

        ``move`` is a key of :data:`MOVES`.
        """
        row, col = cell[0] + MOVES[move][0], cell[1] + MOVES[move][1]
        return (row, col) if 0 <= row < self.rows and 0 <= col < self.cols else cell

    def header(self) -> dict[str, Any]:
        """Name, kind, shape and source: how results refer to the game."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "source": self.source,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the ``stackel-game/1`` form, with fractions as strings."""
        named = {"name": self.name, "source": self.source}
        return {
            "format": "stackel-game/1",
            "kind": self.kind,
            **{key: text for key, text in named.items() if text is not None},
            "rows": self.rows,
            "cols": self.cols,
            "start": list(self.start),
            "horizon": self.horizon,
            "defenders": self.defenders,
            "wind": plain_number(self.wind),
            "attack_rule": self.attack_rule,
            "interception": self.interception,
            "targets": [
                {"cell": list(t.cell), **{key: plain_number(getattr(t, key)) for key in PAYOFFS}}
                for t in self.targets
            ],
            "no_attack": {
                "attacker": plain_number(self.no_attack.attacker),
                "defender": plain_number(self.no_attack.defender),
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> GridworldGame:
        """Read the ``stackel-game/1`` form; ``to_dict`` gives it back.

        Raises
        ------
        InvalidGameError
            When a field is missing, unknown, or breaks its rule.
        """
        required = ("rows", "cols", "start", "horizon", "defenders", "targets")
        optional = ("wind", "attack_rule", "interception", "no_attack", "name", "source")
        if not isinstance(data, Mapping):
            raise InvalidGameError(f"a gridworld game must be an object, got {brief(data)}")
        body = {key: value for key, value in data.items() if key not in ("format", "kind")}
        check_fields(body, "a gridworld game", required, optional)
        targets = body.pop("targets")
        if not isinstance(targets, list | tuple):
            raise InvalidGameError(f"targets must be a list of targets, got {brief(targets)}")
        for j, target in enumerate(targets):
            check_fields(target, f"targets[{j}]", ("cell", *PAYOFFS), ())
        no_attack = body.pop("no_attack", {})
        check_fields(no_attack, "no_attack", (), ("attacker", "defender"))
        return cls(
            **body,
            targets=tuple(Target(**target) for target in targets),
            no_attack=NoAttack(**no_attack),
        )

    def __repr__(self) -> str:
        return (
            f"GridworldGame({self.name or 'unnamed'}, {self.rows} x {self.cols}, "
            f"{len(self.targets)} targets, {self.defenders} defenders)"
        )


def require_gridworld(game: object, what: str) -> None:
    """Refuse anything but a gridworld game, such as the name of one."""
    if not isinstance(game, GridworldGame):
        raise InvalidGameError(
            f"{what} needs a GridworldGame, such as stackel.load_game(name) returns, "
            f"got {brief(game)}"
        )


def generate(
    *,
    rng: np.random.Generator,
    rows: int = 10,
    cols: int = 10,
    targets: int = 5,
    defenders: int = 2,
    start: Cell = (0, 0),
    horizon: int | None = None,
    wind: Fraction = Fraction(0),
    attack_rule: AttackRule = "first-entered",
    interception: Interception = "target",
    general_sum: bool = True,
    name: str | None = None,
) -> GridworldGame:
    """Return a random game: targets on cells other than the start, payoffs integers in 1..10.

    An attack on an undefended target gains the attacker g and costs the defender l, each drawn
    evenly from 1..10 (l = g when not ``general_sum``); on a defended one nobody gets anything.

    Notes
    -----
    The stream of ``rng`` may differ between builds of numpy: store the game, not the seed.
    ``horizon`` defaults to rows + cols.

    Raises
    ------
    InvalidGameError
        When ``rng`` is no generator, or the game would break a rule.

    Examples
    --------
    >>> import numpy as np
    >>> generate(rng=np.random.default_rng(0), rows=3, cols=4, targets=2)
    GridworldGame(unnamed, 3 x 4, 2 targets, 2 defenders)
    """
    import numpy as np

    if not isinstance(rng, np.random.Generator):
        raise InvalidGameError(
            f"rng must be a generator such as numpy.random.default_rng(seed), got {brief(rng)}"
        )
    for argument, value in (("rows", rows), ("cols", cols), ("targets", targets)):
        check_integer(value, argument, 1)
    start = read_cell(start, "start")
    if rows * cols > MAX_CELLS or targets >= rows * cols:
        raise InvalidGameError(
            f"targets must be fewer than the cells, and these at most {MAX_CELLS}, "
            f"got {brief(targets)} targets on {brief(rows)} x {brief(cols)}"
        )
    numbers = rng.choice(rows * cols - 1, size=targets, replace=False)
    home = start[0] * cols + start[1]
    gains = rng.integers(1, 11, size=targets)
    losses = rng.integers(1, 11, size=targets) if general_sum else gains
    return GridworldGame(
        rows=rows,
        cols=cols,
        start=start,
        horizon=rows + cols if horizon is None else horizon,
        defenders=defenders,
        wind=wind,
        attack_rule=attack_rule,
        interception=interception,
        targets=tuple(
            Target(
                cell=divmod(int(number) + int(number >= home), cols),
                attacker_covered=Fraction(0),
                attacker_uncovered=Fraction(int(gain)),
                defender_covered=Fraction(0),
                defender_uncovered=Fraction(-int(loss)),
            )
            for number, gain, loss in zip(numbers, gains, losses, strict=True)
        ),
        name=name,
    )
