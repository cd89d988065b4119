"""Keep HiGHS from greeting on standard output, where machine-readable answers go."""

import os
import sys
from functools import cache
from importlib import import_module


@cache
def hush_highs() -> None:
    """Make the first HiGHS instance of this process, with standard output pointed away.

    From version 1.16 on the first one prints its version and licence, before any option can be set.
    """
    highspy = import_module("highspy")
    try:
        sys.stdout.flush()
        saved = os.dup(1)
    except (OSError, ValueError, AttributeError):  # no standard output: nothing to keep clean
        return
    try:
        with open(os.devnull, "wb") as sink:
            os.dup2(sink.fileno(), 1)
            highspy.Highs()
    finally:
        os.dup2(saved, 1)
        os.close(saved)
