"""Being thrifty: a process that rests should hold little more than what it uses. What only glibc can do is not done elsewhere."""

from __future__ import annotations

import ctypes
import gc

_ARENA_MAX = -8  # mallopt's M_ARENA_MAX
_ARENAS = 2  # by default each thread gets one of its own, up to eight a core, and keeps what it once used

_libc = ctypes.CDLL(None)


def use_few_arenas() -> None:
    """Called once, before there are threads."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return what is free to the system: for when nothing has happened for a while."""
    gc.collect()
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
