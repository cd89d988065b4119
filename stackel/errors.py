"""What stackel raises. Every message says what was wrong, the rule, and the value got.

StackelError
├── InvalidGameError (ValueError)        a payoff, shape, file or prior that breaks a rule
├── UnknownNameError (LookupError)       no such game, concept, method, ...: with the nearest ones
├── NoSolutionError                      the concept does not apply, or no method finished
│   └── NotComputedError (AttributeError)    a solution does not hold this concept
├── ClaimError                           a claim that breaks a rule of the registry
├── CheckpointError                      a saved run that cannot be read or resumed
├── MissingExtraError (ImportError)      an optional part is not installed: how to install it
└── ShadowedPackageError (ImportError)   a foreign module hides one of stackel's packages
"""

from collections.abc import Iterable
from difflib import get_close_matches
from fractions import Fraction
from reprlib import Repr

LISTED = 12
"""Known names that an error lists when none is near: the line stays readable."""
SHOWN = 60
"""Characters of a value that an error shows."""


class _Brief(Repr):
    """Representations that cost no more than they show: a value may be huge, or deeply nested."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 2 * SHOWN

    def repr_int(self, x: int, level: int) -> str:
        bits = x.bit_length()
        return repr(x) if bits <= 4 * SHOWN else f"an integer of {bits} bits"

    def repr_Fraction(self, x: Fraction, level: int) -> str:
        above, below = (self.repr_int(part, level) for part in x.as_integer_ratio())
        return above if below == "1" else f"{above}/{below}"


def brief(value: object) -> str:
    """``value`` as an error shows it: on one line of at most :data:`SHOWN` characters.

    Fractions are written as ``1/3``.

    >>> from fractions import Fraction
    >>> brief("x"), brief(Fraction(1, 3)), brief(10**5000)
    ("'x'", '1/3', 'an integer of 16610 bits')
    >>> brief([[0] * 1000] * 1000)
    '[[0, 0, 0, 0, 0, 0, ...], [0, 0, 0, 0, 0, 0, ...], [0, 0, 0,'
    """
    return " ".join(_BRIEF.repr(value).split())[:SHOWN]


_BRIEF = _Brief()


class StackelError(Exception):
    """Base of every error that stackel raises on purpose."""


class InvalidGameError(StackelError, ValueError):
    """Input that breaks a rule of the game or of the file format."""


class UnknownNameError(StackelError, LookupError):
    """A name that stackel does not know.

    Examples
    --------
    >>> print(UnknownNameError("game", "battel", ["battle", "hero"]))
    unknown game 'battel'; nearest: battle
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = get_close_matches(str(name)[:SHOWN], known, n=4, cutoff=0.5)
        some = ", ".join(known[:LISTED]) + (", ..." if len(known) > LISTED else "")
        hint = f"nearest: {', '.join(near)}" if near else f"known: {some}"
        super().__init__(f"unknown {kind} {brief(name)}; {hint}")


class NoSolutionError(StackelError):
    """The concept does not apply to this game, or no method could finish."""


class NotComputedError(NoSolutionError, AttributeError):
    """A solution does not hold this concept."""


class ClaimError(StackelError):
    """A claim that breaks a rule of the registry."""


class CheckpointError(StackelError):
    """A saved run that cannot be read, or does not belong to this run."""


class MissingExtraError(StackelError, ImportError):
    """An optional part that is not installed.

    Examples
    --------
    >>> print(MissingExtraError("environments", "envs", "gymnasium"))
    environments need gymnasium, which is not installed: pip install 'stackel[envs]'
    """

    def __init__(self, what: str, extra: str, module: str) -> None:
        super().__init__(
            f"{what} need {module}, which is not installed: pip install 'stackel[{extra}]'"
        )


class ShadowedPackageError(StackelError, ImportError):
    """A foreign module hides one of stackel's own top-level packages."""
