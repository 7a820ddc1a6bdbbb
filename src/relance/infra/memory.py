"""Keeps a resting process's memory close to what it uses. Only glibc supports this; elsewhere nothing is done."""

from __future__ import annotations

import ctypes
import gc

_ARENA_MAX = -8  # mallopt's M_ARENA_MAX
_ARENAS = 2  # by default each thread gets its own, up to eight per core, and keeps what it once used

_libc = ctypes.CDLL(None)


def use_few_arenas() -> None:
    """Called once, before there are threads."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return free memory to the system, after some idle time."""
    gc.collect()
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
