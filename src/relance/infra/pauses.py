"""Reduces the time that threads wait for the interpreter."""

from __future__ import annotations

import gc
import sys

SWITCH = 0.001  # seconds (Python's default: 0.005) that an answer, or a tick returning from disk, waits for a computing thread
_COLLECT_AFTER = 50_000  # objects; Python's 700 would run the collector hundreds of times in a full tick


def pause_seldom() -> None:
    """Called once, after everything is loaded and before work starts.

    Threads switch sooner. Thousands of short-lived objects of a tick or a request are freed by reference counting: the collector
    need not scan them as they come, and never again what exists now, which would stop everything for 50 to 100 ms.
    """
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(_COLLECT_AFTER)
    gc.freeze()
