"""Fields of a Markov game apart from its rules: sizes, names, how payoffs are summed up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from stackel.errors import InvalidGameError, brief
from stackel.game import read_labels
from stackel.matrix import is_list, parse_number

MAX_HORIZON = 10_000
"""Stages a horizon may have: what backward induction gets through in minutes."""


def read_sizes(leader: Any) -> tuple[int, int, int]:
    """S, m, n as the leader's payoffs have them, judged by their first entries."""
    sizes, level = [], leader
    for _ in range(3):
        if not is_list(level) or not len(level):
            raise InvalidGameError(
                "leader payoffs must be one matrix a state, shape (S, m, n) with S, m, n >= 1, "
                f"got {brief(leader)}"
            )
        sizes.append(len(level))
        level = level[0]
    return sizes[0], sizes[1], sizes[2]


def read_list(given: Any, count: int, where: str) -> list[Any]:
    """The ``count`` entries of one level of nesting."""
    if not is_list(given):
        raise InvalidGameError(f"{where} must be a list of {count} entries, got {brief(given)}")
    if len(given) != count:
        raise InvalidGameError(f"{where} must have {count} entries, got {len(given)}")
    return list(given)


def read_states(states: Any, count: int) -> tuple[str, ...] | None:
    """Names of the states; None where ``states`` is only their number."""
    if isinstance(states, int) and not isinstance(states, bool):
        if states != count:
            raise InvalidGameError(
                f"states must be the number of leader payoff matrices ({count}), "
                f"got {brief(states)}"
            )
        return None
    names = read_labels(states, count, "states")
    if names is not None and len(set(names)) < count:
        raise InvalidGameError(f"states must have distinct names, got {brief(names)}")
    return names


def read_criterion(horizon: Any, discount: Any) -> tuple[int | None, Fraction | None]:
    """The horizon or the discount, or neither."""
    if horizon is not None and discount is not None:
        raise InvalidGameError(
            "a Markov game has a horizon or a discount, got both: "
            f"{brief(horizon)} and {brief(discount)}"
        )
    if horizon is not None and (type(horizon) is not int or not 1 <= horizon <= MAX_HORIZON):
        raise InvalidGameError(
            f"horizon must be an integer from 1 to {MAX_HORIZON}, got {brief(horizon)}"
        )
    if discount is None:
        return horizon, None
    rate = Fraction(parse_number(discount, "discount", "discounts"))
    if not 0 <= rate < 1:
        raise InvalidGameError(f"discount must lie in [0, 1), got {brief(discount)}")
    return None, rate


def read_text(text: Any, key: str) -> str | None:
    """A text, or None."""
    if not isinstance(text, str | None):
        raise InvalidGameError(f"{key} must be text, got {brief(text)}")
    return text
