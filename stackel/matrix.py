"""Payoff matrices in their three forms: as given, in exact integers, in float64.

A number is the rational that it is: an int, a Fraction, a string such as ``"1/3"``, or a float,
which is a binary fraction. numpy is imported only where an array is at hand or asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite, lcm
from numbers import Rational
from typing import TYPE_CHECKING, Any, TypeAlias

from stackel.errors import InvalidGameError, brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

RawMatrix: TypeAlias = Any
"""A validated matrix as given: a float64 or int64 array, or a list of rows of exact numbers."""
MAX_ENTRIES = 50_000_000
"""Entries a payoff matrix may have: 400 MB of float64, what a 24 GiB machine can still solve."""
MAX_LISTED = 10_000_000
"""Entries a matrix of anything but floats and machine integers may have: 1 GB of Python numbers."""
MAX_DIGITS = 400
"""Characters a payoff string may have, and its largest decimal exponent: enough for any float."""
MAX_DENOMINATOR_BITS = 2**16
"""Size of the common denominator of a matrix or distribution, some 20,000 digits: each entry is
written over it, so that a few long fractions that share no factor blow up all the others."""
MAX_EXACT_BITS = 2**33
"""Size of all entries over their common denominator: 1 GiB."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledMatrix:
    """A rational matrix as integers over one common denominator: ``rows[i][j] / scale``."""

    rows: tuple[tuple[int, ...], ...]
    """The numerators, shape (m, n)."""
    scale: int
    """The common denominator, at least 1."""

    def __getitem__(self, index: tuple[int, int]) -> Fraction:
        return Fraction(self.rows[index[0]][index[1]], self.scale)


def parse_number(value: Any, where: str, noun: str = "payoffs") -> Fraction | int:
    """Return the exact rational that ``value`` stands for; ``noun`` is what an error calls it.

    >>> parse_number("10/7", "payoff"), parse_number(0.5, "payoff"), parse_number(3, "payoff")
    (Fraction(10, 7), Fraction(1, 2), 3)
    """
    if isinstance(value, str):
        if len(value) <= MAX_DIGITS:
            exponent = value.lower().partition("e")[2].lstrip("+-")
            small = not exponent or (exponent.isdecimal() and int(exponent) <= MAX_DIGITS)
            try:
                if small:
                    return Fraction(value)
            except (ValueError, ZeroDivisionError):
                pass
        raise InvalidGameError(
            f"{where}: {noun} must be numbers or strings such as '1/3', got {value[:40]!r}"
        )
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        raise InvalidGameError(f"{where}: {noun} must be real numbers, got {value!r}")
    if isinstance(value, int | Fraction):
        return value
    if isinstance(value, Rational):  # of other libraries: sympy's, gmpy2's
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal) and value.is_finite():
        return parse_number(str(value), where, noun)
    if isinstance(value, float | Decimal):  # numpy's float64 is a float
        if isinstance(value, Decimal) or not isfinite(value):
            raise InvalidGameError(f"{where}: {noun} must be finite, got {str(value).lower()}")
        return Fraction(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # other numpy scalars
        item = value.item()
        if type(item) is not type(value):
            return parse_number(item, where, noun)
        if hasattr(value, "as_integer_ratio"):  # a longdouble
            try:
                return Fraction(*value.as_integer_ratio())
            except (ValueError, OverflowError):
                raise InvalidGameError(f"{where}: {noun} must be finite, got {value}") from None
    raise InvalidGameError(f"{where}: {noun} must be real numbers, got {brief(value)}")


def format_number(x: Fraction | int) -> str:
    """The text that :func:`parse_number` reads back: ``"3"`` or ``"10/7"``, of any length.

    >>> format_number(Fraction(10, 7)), len(format_number(10**5000))
    ('10/7', 5001)
    """
    # through Decimal, which is exact here: Python limits the digits of str(int)
    parts = (x.numerator,) if x.denominator == 1 else (x.numerator, x.denominator)
    return "/".join(format(Decimal(part), "f") for part in parts)


def read_matrix(matrix: Any, player: str) -> tuple[RawMatrix, tuple[int, int]]:
    """Validate one payoff matrix; return it with its shape."""
    if hasattr(matrix, "__array__") and not isinstance(matrix, list | tuple):
        return _read_array(matrix, player)
    if isinstance(matrix, str | bytes | dict) or not isinstance(matrix, Sequence):
        raise InvalidGameError(f"{player} payoffs must be rows of numbers, got {brief(matrix)}")
    if not all(map(is_list, matrix)):
        raise InvalidGameError(f"{player} payoffs must be rows of numbers, got {brief(matrix)}")
    m = len(matrix)
    n = len(matrix[0]) if m else 0
    if m == 0 or n == 0:
        raise InvalidGameError(f"{player} payoffs must have m, n >= 1, got shape ({m}, {n})")
    for i, row in enumerate(matrix):
        if len(row) != n:
            raise InvalidGameError(
                f"{player} payoffs must have rows of one length, got {n} and {len(row)} (row {i})"
            )
    _check_entries(player, (m, n), most=MAX_LISTED)
    rows = [
        [parse_number(x, f"{player} payoff [{i}][{j}]") for j, x in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
    return rows, (m, n)


def _read_array(matrix: Any, player: str) -> tuple[RawMatrix, tuple[int, int]]:
    """Validate an array; keep float64 and int64 as they are, read others entry by entry."""
    import numpy as np

    if np.ma.is_masked(matrix):
        raise InvalidGameError(f"{player} payoffs must all be given, got a masked array")
    array = np.asarray(matrix)
    if array.ndim != 2 or array.size == 0:
        raise InvalidGameError(
            f"{player} payoffs must have shape (m, n) with m, n >= 1, got shape {array.shape}"
        )
    shape = (int(array.shape[0]), int(array.shape[1]))
    _check_entries(player, shape)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        floats = np.array(array, dtype=np.float64)  # a copy: the caller's array may change
        bad = np.argwhere(~np.isfinite(floats))
        if len(bad):
            i, j = (int(k) for k in bad[0])
            raise InvalidGameError(
                f"{player} payoff [{i}][{j}]: payoffs must be finite, got {float(floats[i, j])!r}"
            )
        floats.flags.writeable = False
        return floats, shape
    if array.dtype.kind == "i" or (array.dtype.kind == "u" and array.max() < 2**63):
        return np.array(array, dtype=np.int64), shape
    _check_entries(player, shape, most=MAX_LISTED)
    return read_matrix(array.tolist(), player)


def is_list(value: Any) -> bool:
    """Whether ``value`` has entries in an order: a sequence other than a text, or an array.

    >>> is_list([1]), is_list("1"), is_list({1})
    (True, False, False)
    """
    if isinstance(value, Sequence):
        return not isinstance(value, str | bytes)
    return bool(getattr(value, "ndim", 0))


def _check_entries(player: str, shape: tuple[int, int], *, most: int = MAX_ENTRIES) -> None:
    if shape[0] * shape[1] > most:
        raise InvalidGameError(
            f"{player} payoffs may have at most {most} entries, got shape {brief(shape)}"
        )


def as_floats(raw: RawMatrix, player: str) -> FloatArray:
    """The nearest float64 of every entry, read-only; InvalidGameError beyond 1.8e308."""
    import numpy as np

    try:
        if isinstance(raw, list):
            array = np.array([[float(x) for x in row] for row in raw], dtype=np.float64)
        else:
            array = np.asarray(raw, dtype=np.float64)
    except OverflowError:
        raise InvalidGameError(
            f"{player} payoffs must lie within float64 for a float method, got one beyond 1.8e308"
        ) from None
    array.flags.writeable = False
    return array


def as_integers(raw: RawMatrix) -> ScaledMatrix:
    """Every entry exactly, as integers over the least common denominator."""
    if isinstance(raw, list):
        scale = common_denominator((x for row in raw for x in row), "payoffs")
        _check_bits(scale.bit_length() * len(raw) * len(raw[0]))
        rows = [[x.numerator * (scale // x.denominator) for x in row] for row in raw]
    elif raw.dtype.kind == "f":
        rows, scale = _binary_fractions(raw)
    else:
        rows, scale = raw.tolist(), 1
    return ScaledMatrix(rows=tuple(map(tuple, rows)), scale=scale)


def common_denominator(numbers: Iterable[Fraction | int], what: str) -> int:
    """The least common denominator; InvalidGameError beyond :data:`MAX_DENOMINATOR_BITS`.

    >>> common_denominator([Fraction(1, 4), Fraction(1, 6), 2], "payoffs")
    12
    """
    scale = 1
    for denominator in {x.denominator for x in numbers}:
        scale = lcm(scale, denominator)
        if scale.bit_length() > MAX_DENOMINATOR_BITS:
            raise InvalidGameError(
                f"{what} must have a common denominator of at most {MAX_DENOMINATOR_BITS} bits "
                "to be exact, got a longer one"
            )
    return scale


def _check_bits(bits: int) -> None:
    """Refuse a matrix whose exact form would not fit the memory, before it is made."""
    if bits > MAX_EXACT_BITS:
        raise InvalidGameError(
            f"payoffs over their common denominator may have {MAX_EXACT_BITS} bits in all to be "
            f"exact, got {bits}"
        )


def _binary_fractions(array: FloatArray) -> tuple[list[list[int]], int]:
    """Floats as integers over the smallest power of two that clears them all."""
    import numpy as np

    mantissas, exponents = np.frexp(array)
    integers = np.ldexp(mantissas, 53).astype(np.int64)  # a float has 53 bits
    powers = np.where(integers == 0, 0, exponents.astype(np.int64) - 53)
    zeros = np.where(integers == 0, 64, _trailing_zeros(integers))
    lowest = int(np.min(np.where(integers == 0, 0, powers + zeros), initial=0))
    shifts = powers - lowest
    _check_bits((int(shifts.max()) + 53) * array.size)
    if int(shifts.min()) >= -63 and int(shifts.max()) < 10:  # as the bits still fit an int64
        exact = np.where(
            shifts >= 0, integers << np.maximum(shifts, 0), integers >> np.maximum(-shifts, 0)
        )
        return exact.tolist(), 1 << -lowest
    rows = [
        [x << s if s >= 0 else x >> -s for x, s in zip(row, line, strict=True)]
        for row, line in zip(integers.tolist(), shifts.tolist(), strict=True)
    ]
    return rows, 1 << -lowest


def _trailing_zeros(integers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Zero bits at the end of each integer, which is below 2**53 in size."""
    import numpy as np

    lowest_bits = (integers & -integers).astype(np.float64)
    return np.frexp(lowest_bits)[1].astype(np.int64) - 1


def fits_float64(raw: RawMatrix) -> bool:
    """Whether an array's float64 image is exact; lists are not looked through."""
    if isinstance(raw, list):
        return False
    return bool(raw.dtype.kind == "f" or (raw.min() >= -(2**53) and raw.max() <= 2**53))


def transposed(raw: RawMatrix) -> RawMatrix:
    """Rows and columns exchanged."""
    return [list(column) for column in zip(*raw, strict=True)] if isinstance(raw, list) else raw.T
