"""A thread of the worker does what it is woken for, and ends at once when told to, whatever it waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from typing_extensions import override

from relance.infra.worker_thread import WorkerThread

SOON = 60.0  # seconds within which a thread that is told to end has ended


class Counting(WorkerThread):
    """Takes what it is given, a piece at a time, with a pause after each."""

    def __init__(self, pause: float = 0.0) -> None:
        super().__init__("counting")
        self.pause = pause
        self.given, self.taken = 0, 0
        self.began = threading.Event()

    def give(self, pieces: int) -> None:
        with self._changed:
            self.given += pieces
            self._changed.notify_all()

    def wait(self, ready: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(ready, SOON)

    @override
    def _main(self) -> None:
        while self._sleep_until(lambda: self.taken < self.given):
            with self._changed:
                self.taken += 1
                self._changed.notify_all()
            self.began.set()
            self._pause(self.pause)


def stopped_in(thread: WorkerThread) -> float:
    began = time.monotonic()
    thread.stop()
    return time.monotonic() - began


def test_it_sleeps_until_there_is_something_to_do() -> None:
    thread = Counting()
    thread.start()
    thread.give(3)
    assert thread.wait(lambda: thread.taken == 3)
    thread.give(2)
    assert thread.wait(lambda: thread.taken == 5)
    thread.stop()
    thread.give(1)
    assert thread.taken == 5


@pytest.mark.parametrize("pieces", [0, 5], ids=["asleep", "in a pause"])
def test_it_ends_when_told_to(pieces: int) -> None:
    thread = Counting(pause=3_600)
    thread.start()
    thread.give(pieces)
    if pieces:
        assert thread.began.wait(SOON)
    assert stopped_in(thread) < SOON
    assert thread.taken == min(pieces, 1)


def test_one_that_never_began_can_be_told_to_end_and_again() -> None:
    thread = Counting()
    assert max(stopped_in(thread), stopped_in(thread)) < SOON


def test_time_ends_a_sleep_too() -> None:
    thread = Counting()
    assert thread._sleep_until(lambda: False, 0.001)
    thread.stop()
    assert not thread._sleep_until(lambda: True)
