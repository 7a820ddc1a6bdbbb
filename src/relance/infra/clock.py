"""The program's clock: real, or moved by a story.

Whatever rules can see (windows, waits, quiet hours, sessions) uses this clock. Leases, time-outs, rate limits and operators'
sign-ins use real time (``time.monotonic`` / ``time.time``) and never come here.
"""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path
from typing import Protocol

from relance.infra.files import make_once

_CELL = struct.Struct("<qq")  # (program instant, real instant it started to run from; 0 = it stands still)


class Clock(Protocol):
    """The source of program time."""

    def now(self) -> int:
        """The current instant in ms."""
        ...


class RealClock:
    """The wall clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class StoryClock:
    """A clock shared by the processes of one data folder, standing still until a story moves it.

    It is a small file mapped by each process. ``run_free`` lets it run at real speed from where it stands, which is how a demo
    stays alive after its story.
    """

    def __init__(self, path: Path, start: int | None = None) -> None:
        make_once(path, _CELL.pack(start or 0, 0))
        with path.open("r+b") as file:
            self._cell = mmap.mmap(file.fileno(), _CELL.size)

    def now(self) -> int:
        instant, running_since = _CELL.unpack_from(self._cell)
        if running_since:
            return int(instant) + time.time_ns() // 1_000_000 - int(running_since)
        return int(instant)

    @property
    def stands(self) -> bool:
        """Whether it waits for a story to move it."""
        return not _CELL.unpack_from(self._cell)[1]

    def advance(self, to: int) -> None:
        """Advance to ``to``; a clock never goes back."""
        if to > self.now():
            _CELL.pack_into(self._cell, 0, to, 0)

    def run_free(self) -> None:
        """Run at real speed from here."""
        _CELL.pack_into(self._cell, 0, self.now(), time.time_ns() // 1_000_000)

    def close(self) -> None:
        """Close the file."""
        self._cell.close()
