"""Gambit's ``.nfg``: strategic games as text, with payoffs in a list or named by outcome.

Decimals are exact there: ``0.1`` is 1/10. The format is described in Gambit's manual, "Game
representation formats".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from stackel.errors import InvalidGameError, brief
from stackel.files.payoffs import payoff_rows, rational_text
from stackel.game import BimatrixGame
from stackel.matrix import parse_number

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}]|[^\s,{}"]++|"', re.DOTALL)
"""Possessive: to go back into a string that is never closed takes memory for each character."""
MAX_PAIRS = 1_000_000
"""Pairs of strategies: what is read, word by word, in some seconds."""
Pair: TypeAlias = tuple[Fraction | int, Fraction | int]
"""The payoffs of both players."""
_LABEL = re.compile(r"[!-~]+( [!-~]+)*")
"""A label that Gambit keeps as it is."""


class _Tokens:
    """The words, braces and quoted strings of a file, one at a time."""

    def __init__(self, text: str) -> None:
        self._matches: Iterator[re.Match[str]] = _TOKEN.finditer(text)
        self.next = self._advance()

    def _advance(self) -> str:
        match = next(self._matches, None)
        return "" if match is None else match.group()

    def take(self, rule: str) -> str:
        """The next token, which must be there; ``rule`` says what it should be."""
        token = self.next
        if token in ("", '"'):
            ends = "a string that is never closed" if token else "the end of the file"
            raise InvalidGameError(f"{rule}, got {ends}")
        self.next = self._advance()
        return token

    def expect(self, symbol: str, what: str) -> None:
        token = self.take(f"{what} must begin or end with {symbol}")
        if token != symbol:
            raise InvalidGameError(f"{what} must begin or end with {symbol}, got {token[:40]!r}")

    def string(self, what: str) -> str:
        token = self.take(f"{what} must be a quoted string")
        if not token.startswith('"'):
            raise InvalidGameError(f"{what} must be a quoted string, got {token[:40]!r}")
        return re.sub(r'\\(["\\])', r"\1", token[1:-1])

    def count(self, what: str, largest: int) -> int:
        token = self.take(f"{what} must be a whole number")
        if not re.fullmatch("[0-9]{1,12}", token) or int(token) > largest:
            raise InvalidGameError(
                f"{what} must be a whole number up to {largest}, got {token[:40]!r}"
            )
        return int(token)


def parse_nfg(text: str) -> BimatrixGame:
    r"""The two-player game in an ``.nfg`` text; the first player leads.

    >>> game = parse_nfg('NFG 1 R "" {"I" "II"} {2 1} {{"x" 1 2} {"y" .5 0}} 2 0')
    >>> game.leader_exact.rows, game.leader_exact.scale, game.follower_exact.rows
    (((1,), (0,)), 2, ((0,), (0,)))
    """
    tokens = _Tokens(text)
    header = [tokens.take("an .nfg file must begin with NFG 1 R or NFG 1 D") for _ in range(3)]
    if header[:2] != ["NFG", "1"] or header[2] not in ("R", "D"):
        raise InvalidGameError(
            f"an .nfg file must begin with NFG 1 R or NFG 1 D, got {' '.join(header)[:40]!r}"
        )
    title = tokens.string("the title")
    tokens.expect("{", "the list of players")
    players = 0
    while tokens.next != "}":
        tokens.string("a player")
        players += 1
        if players > 2:
            raise InvalidGameError("the game must have 2 players, got 3 or more")
    tokens.expect("}", "the list of players")
    if players != 2:
        raise InvalidGameError(f"the game must have 2 players, got {players}")
    sizes, labels = _read_strategies(tokens)
    m, n = sizes
    if m < 1 or n < 1 or m * n > MAX_PAIRS:
        raise InvalidGameError(
            f"strategies must be 1 or more, and at most {MAX_PAIRS} pairs, got {m} x {n}"
        )
    comment = tokens.string("the comment") if tokens.next.startswith('"') else ""
    cells = _read_outcomes(tokens, m * n) if tokens.next == "{" else _read_payoffs(tokens, m * n)
    if tokens.next:
        raise InvalidGameError(f"the file must end after the payoffs, got {tokens.next[:40]!r}")
    return BimatrixGame(
        [[cells[j * m + i][0] for j in range(n)] for i in range(m)],
        [[cells[j * m + i][1] for j in range(n)] for i in range(m)],
        name=title or None,
        source=comment or None,
        leader_actions=labels[0],
        follower_actions=labels[1],
    )


def _read_strategies(tokens: _Tokens) -> tuple[list[int], list[list[str] | None]]:
    """Numbers of strategies, and their labels where there are any but Gambit's own 1, 2, ..."""
    tokens.expect("{", "the strategies")
    if tokens.next != "{":
        sizes = [tokens.count("a number of strategies", 10**12) for _ in range(2)]
        tokens.expect("}", "the strategies")
        return sizes, [None, None]
    sizes, labels = [], list[list[str] | None]()
    for _ in range(2):
        tokens.expect("{", "a player's strategies")
        names = []
        while tokens.next != "}":
            names.append(tokens.string("a strategy"))
            _check_count(names, "strategies of a player")
        tokens.expect("}", "a player's strategies")
        sizes.append(len(names))
        labels.append(names if names != [str(i + 1) for i in range(len(names))] else None)
    tokens.expect("}", "the strategies")
    return sizes, labels


def _check_count(entries: list[Any], what: str) -> None:
    if len(entries) > MAX_PAIRS + 1:  # outcome 0 is no entry of the file
        raise InvalidGameError(f"{what} must be at most {MAX_PAIRS}, got more")


def _read_payoffs(tokens: _Tokens, cells: int) -> list[Pair]:
    """Payoff pairs, the first player's strategy changing fastest."""
    return [_read_pair(tokens, f"payoffs of profile {k + 1} of {cells}") for k in range(cells)]


def _read_outcomes(tokens: _Tokens, cells: int) -> list[Pair]:
    """Payoff pairs of the outcomes that the list of profiles names; outcome 0 pays nothing."""
    tokens.expect("{", "the outcomes")
    outcomes: list[Pair] = [(0, 0)]
    while tokens.next != "}":
        tokens.expect("{", "an outcome")
        tokens.string("an outcome's label")
        outcomes.append(_read_pair(tokens, f"payoffs of outcome {len(outcomes)}"))
        _check_count(outcomes, "outcomes")
        tokens.expect("}", "an outcome")
    tokens.expect("}", "the outcomes")
    last = len(outcomes) - 1
    return [
        outcomes[tokens.count(f"the outcome of profile {k + 1} of {cells}", last)]
        for k in range(cells)
    ]


def _read_pair(tokens: _Tokens, what: str) -> Pair:
    a, b = (parse_number(tokens.take(f"{what} must be numbers"), what) for _ in range(2))
    return a, b


def format_nfg(game: BimatrixGame) -> str:
    """The ``.nfg`` text of a game, payoffs as rationals in a list.

    >>> print(format_nfg(BimatrixGame([[1, 0.5]], [[0, 2]], name="small")), end="")
    NFG 1 R "small" { "Leader" "Follower" } { 1 2 }
    ""
    1 0
    1/2 2
    """
    m, n = game.shape
    if m * n > MAX_PAIRS:
        raise InvalidGameError(
            f".nfg files may have {MAX_PAIRS} pairs of strategies, got {m} x {n}; "
            "write .json or .npz instead"
        )
    lines = [f'NFG 1 R {_quoted(game.name, "name")} {{ "Leader" "Follower" }} ']
    if game.leader_actions is None and game.follower_actions is None:
        lines[0] += f"{{ {m} {n} }}"
    else:
        lines[0] += "{"
        lines += [
            _label_list(labels, count)
            for labels, count in ((game.leader_actions, m), (game.follower_actions, n))
        ]
        lines.append("}")
    lines.append(_quoted(game.source, "source"))
    a, b = payoff_rows(game, "leader"), payoff_rows(game, "follower")
    lines += [
        f"{rational_text(a[i][j])} {rational_text(b[i][j])}" for j in range(n) for i in range(m)
    ]
    return "\n".join(lines) + "\n"


def _label_list(labels: tuple[str, ...] | None, count: int) -> str:
    texts = labels or [str(i + 1) for i in range(count)]
    for text in texts:
        if not _LABEL.fullmatch(text):
            raise InvalidGameError(
                f"labels in .nfg files must be printable ASCII with single spaces, "
                f"got {brief(text)}"
            )
    return f"{{ {' '.join(_quoted(text, 'a label') for text in texts)} }}"


def _quoted(text: str | None, what: str) -> str:
    """A quoted string; Gambit reads a backslash otherwise than it writes it, so there is none."""
    text = text or ""
    if "\\" in text:
        raise InvalidGameError(f"{what} in .nfg files must have no backslash, got {brief(text)}")
    return '"' + text.replace('"', '\\"') + '"'
