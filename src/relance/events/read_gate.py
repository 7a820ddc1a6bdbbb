"""A readers–writer lock around a store: readers share it, and occasionally someone needs it exclusively."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class ReadGate:
    """A lock shared by readers. Reentrant: a reading thread may start another read within its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers: dict[int, int] = {}  # thread → its nested reads
        self._alone: int | None = None  # the thread with exclusive access, or waiting for it

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read; waits while someone has exclusive access or is waiting for it."""
        me = threading.get_ident()
        with self._changed:
            if me not in self._readers:
                self._changed.wait_for(lambda: self._alone in (None, me))
            self._readers[me] = self._readers.get(me, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._readers[me] -= 1
                if not self._readers[me]:
                    del self._readers[me]
                    self._changed.notify_all()

    @contextmanager
    def alone(self, patience: float) -> Iterator[bool]:
        """Exclusive access. Yields False if the current readers have not left within ``patience`` seconds; this thread's own
        reads count, too.
        """
        me, deadline = threading.get_ident(), time.monotonic() + patience
        with self._changed:
            if self._changed.wait_for(lambda: self._alone is None, patience):
                self._alone = me
        if self._alone != me:
            yield False
            return
        try:
            with self._changed:
                left = max(0.0, deadline - time.monotonic())
                is_free = self._changed.wait_for(lambda: not self._readers, left)
            yield is_free
        finally:
            with self._changed:
                self._alone = None
                self._changed.notify_all()
