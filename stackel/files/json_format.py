"""``stackel-game/1``: games as JSON objects, one reader for each ``kind``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from stackel.errors import InvalidGameError, UnknownNameError, brief
from stackel.files.payoffs import Entry, float_or_none, payoff_rows, rational_text
from stackel.game import BimatrixGame

if TYPE_CHECKING:
    from stackel.bayesian import BayesianGame
    from stackel.gridworld import GridworldGame
    from stackel.markov import MarkovGame

    Game: TypeAlias = BimatrixGame | BayesianGame | GridworldGame | MarkovGame

FORMAT = "stackel-game/1"
"""The only version so far; a file of another one is refused."""
EXACT_INTEGERS = 2**53
"""Integers below this in size are the same in every JSON reader; larger ones become strings."""
LABELS = ("leader_actions", "follower_actions", "type_names")
TEXTS = ("name", "source")


def parse_json(text: str) -> Any:
    """Parse JSON strictly: no NaN, no Infinity, no key twice.

    >>> parse_json('{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: keys must occur once in an object, got 'a' twice
    """
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except InvalidGameError:
        raise
    except json.JSONDecodeError as error:
        raise InvalidGameError(
            f"must be valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise InvalidGameError("must be valid JSON of reasonable depth, got deeper") from None
    except ValueError:  # Python reads no integer beyond 4300 digits
        raise InvalidGameError("integers may have 4300 digits, got more") from None


def parse_game(text: str) -> Game:
    """The game in a ``stackel-game/1`` text."""
    fields = parse_json(text)
    if not isinstance(fields, dict):
        raise InvalidGameError(f"a game must be a JSON object, got {brief(fields)}")
    return game_from_fields(fields)


def game_from_fields(fields: Mapping[str, Any]) -> Game:
    """The game that the parsed JSON object ``fields`` describes.

    >>> game_from_fields({"format": FORMAT, "kind": "matrix", "leader": [[1]], "folower": [[1]]})
    Traceback (most recent call last):
        ...
    stackel.errors.InvalidGameError: unknown key 'folower'; nearest: follower, follower_actions
    """
    if "format" not in fields:
        raise InvalidGameError(f"key 'format' is missing; it must be {FORMAT!r}")
    if fields["format"] != FORMAT:
        raise InvalidGameError(f"format must be {FORMAT!r}, got {brief(fields['format'])}")
    kind = fields.get("kind")
    if not isinstance(kind, str):
        raise InvalidGameError(f"kind must be one of {', '.join(READERS)}, got {brief(kind)}")
    if kind not in READERS:
        raise InvalidGameError(f"kind must be one of {', '.join(READERS)}, got {kind[:40]!r}")
    return READERS[kind](fields)


def check_keys(
    fields: Mapping[str, Any], *, needed: Iterable[str], optional: Iterable[str]
) -> None:
    """Refuse keys that the kind does not have, and the lack of one it needs."""
    known = ("format", "kind", *needed, *optional)
    for key in fields:
        if key not in known:
            raise InvalidGameError(str(UnknownNameError("key", key[:40], known)))
    for key in needed:
        if key not in fields:
            raise InvalidGameError(f"key {key!r} is missing; kind {fields['kind']!r} needs it")
    for key in TEXTS:
        if key in known and not isinstance(fields.get(key), str | None):
            raise InvalidGameError(f"{key} must be a string, got {brief(fields[key])}")
    for key in (*TEXTS, *LABELS):
        if key in known:
            check_characters(key, fields.get(key))


def check_characters(key: str, value: Any) -> None:
    """Refuse half a surrogate pair, which JSON can spell and no output can print."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
            raise InvalidGameError(f"{key} must be Unicode text, got {brief(text)}")


def _matrix(fields: Mapping[str, Any]) -> BimatrixGame:
    check_keys(fields, needed=("leader", "follower"), optional=(*TEXTS, *LABELS[:2]))
    return BimatrixGame(
        fields["leader"],
        fields["follower"],
        **{key: fields.get(key) for key in (*TEXTS, *LABELS[:2])},
    )


def _bayesian(fields: Mapping[str, Any]) -> BayesianGame:
    from stackel.bayesian import BayesianGame

    check_keys(fields, needed=("leader", "follower", "prior"), optional=(*TEXTS, *LABELS))
    return BayesianGame(
        fields["leader"],
        fields["follower"],
        fields["prior"],
        **{key: fields.get(key) for key in (*TEXTS, *LABELS)},
    )


def _gridworld(fields: Mapping[str, Any]) -> GridworldGame:
    from stackel.gridworld import GridworldGame

    for key in TEXTS:
        check_characters(key, fields.get(key))
    return GridworldGame.from_dict(fields)


def _markov(fields: Mapping[str, Any]) -> MarkovGame:
    from stackel.markov import MarkovGame

    for key in (*TEXTS, *LABELS, "states", "start"):
        check_characters(key, fields.get(key))
    return MarkovGame.from_dict(fields)


READERS: dict[str, Callable[[Mapping[str, Any]], Game]] = {
    "matrix": _matrix,
    "bayesian": _bayesian,
    "gridworld": _gridworld,
    "markov": _markov,
}
"""What turns the JSON object of each kind into a game."""


def format_game(game: Game) -> str:
    """The ``stackel-game/1`` text of a game; reading it gives the same game.

    >>> print(format_game(BimatrixGame([["1/3", 0.5]], [[0, 2]], name="small")), end="")
    {"format": "stackel-game/1",
     "kind": "matrix",
     "name": "small",
     "leader": [["1/3", 0.5]],
     "follower": [[0, 2]]}
    """
    fields: dict[str, Any] = {"format": FORMAT, "kind": game.kind}
    for key in (*TEXTS, *LABELS):
        if (value := getattr(game, key, None)) is not None:
            fields[key] = value
    fields |= WRITERS[game.kind](game)
    lines = [f"{json.dumps(key)}: {_layout(value, 1)}" for key, value in fields.items()]
    return "{" + ",\n ".join(lines) + "}\n"


def _matrix_fields(game: BimatrixGame) -> dict[str, Any]:
    return {player: _numbers(game, player) for player in ("leader", "follower")}


def _bayesian_fields(game: BayesianGame) -> dict[str, Any]:
    leaders = [_numbers(one, "leader") for one in game.types]
    shared = all(matrix == leaders[0] for matrix in leaders)
    return {
        "prior": [_number(x) for x in game.prior],
        "leader": leaders[0] if shared else leaders,
        "follower": [_numbers(one, "follower") for one in game.types],
    }


def _own_fields(game: GridworldGame | MarkovGame) -> dict[str, Any]:
    return {key: value for key, value in game.to_dict().items() if key not in TEXTS}


WRITERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "matrix": _matrix_fields,
    "bayesian": _bayesian_fields,
    "gridworld": _own_fields,
    "markov": _own_fields,
}
"""What gives the fields of each kind of game, beside names and labels."""


def _numbers(game: BimatrixGame, player: str) -> list[list[int | float | str]]:
    return [[_number(x) for x in row] for row in payoff_rows(game, player)]


def _number(x: Entry) -> int | float | str:
    """The JSON value that is exactly ``x``."""
    if -EXACT_INTEGERS < x < EXACT_INTEGERS and x == int(x):
        return int(x)
    nearest = float_or_none(x)
    return rational_text(Fraction(x)) if nearest is None else nearest


def _layout(value: Any, indent: int) -> str:
    """JSON with one row of a matrix a line."""
    if not isinstance(value, list) or not isinstance(value[0], list) or len(value) == 1:
        return json.dumps(value)
    rows = (_layout(row, indent + 1) for row in value)
    return "[" + (",\n" + " " * (indent + 2)).join(rows) + "]"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise InvalidGameError(f"keys must occur once in an object, got {key[:40]!r} twice")
        fields[key] = value
    return fields


def _no_constant(name: str) -> None:
    raise InvalidGameError(f"payoffs must be finite, got {name}")
