"""Worker processes that leave signals to the process that started them, and end when it does."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import connection, parent_process


def follow_parent() -> None:
    """Prepare this process: Ctrl-C is the parent's, and a parent that is killed takes it along.

    Without it, the workers of a killed pool wait for work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
