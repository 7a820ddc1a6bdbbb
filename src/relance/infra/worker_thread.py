"""The base of the worker's threads: each sleeps until there is work, does it, and ends when stopped."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable


class WorkerThread(ABC):
    """A thread of the worker. State shared with other threads is accessed under ``_changed``."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it after its current step, and wait for that."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @abstractmethod
    def _main(self) -> None:
        """The thread's work. Must return once ``_stopping``."""

    def _sleep_until(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Sleep until the condition holds, re-checked on each notification of ``_changed``, or the time is up. False: it must
        end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or ready(), seconds)
            return not self._stopping

    def _pause(self, seconds: float) -> None:
        """Sleep this long, or until it must end."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)
