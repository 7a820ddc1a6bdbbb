"""Who reads a store now: readers come and go together, and now and then somebody needs it without any."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class ReadGate:
    """A lock that many readers share. A thread that reads may begin another read within its own; both go through."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers: dict[int, int] = {}  # thread → its reads, one within the other
        self._alone: int | None = None  # the thread that has the store to itself, or waits for that

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Be one of the readers; waits while somebody has the store alone, or waits for the present readers to leave."""
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
        """Be the only one. Yields False where the present readers have not left within ``patience`` seconds; this thread's own
        reads count, too."""
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
