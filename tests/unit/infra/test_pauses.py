"""The interpreter's own pauses."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from relance.infra.pauses import SWITCH, pause_seldom


class Ring:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # as the tests' own start left it


def test_what_was_there_is_not_looked_through_and_what_comes_later_is() -> None:
    before = Ring()
    pause_seldom()
    later = Ring()
    seen = [weakref.ref(each) for each in (before, later)]
    del before, later
    gc.collect()
    assert [each() is None for each in seen] == [False, True]


def test_threads_change_places_soon() -> None:
    pause_seldom()
    assert sys.getswitchinterval() == pytest.approx(SWITCH)
