"""Asking the interpreter not to let a thread wait for long."""

from __future__ import annotations

import gc
import sys

SWITCH = 0.001  # seconds (Python's own: 0.005) that an answer, or a tick back from the disk, waits for a thread that computes
_COLLECT_AFTER = 50_000  # objects; Python's 700 has it run hundreds of times in a full tick


def pause_seldom() -> None:
    """Called once, when all is loaded and nothing has begun.

    Threads change places soon. Thousands of short-lived objects, of a tick or a request, die by themselves: the collector need
    not look through them as they come; nor ever again through what is there now, for which all stands still for 50 to 100 ms.
    """
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(_COLLECT_AFTER)
    gc.freeze()
