"""How far behind: the age of what waits, or of what was due, whichever is older."""

from __future__ import annotations

from relance.core.time import HOUR, SECOND
from relance.pipeline.lag import standing
from tests.service.pipeline.rig import START, Rig, counted


def lag(rig: Rig) -> tuple[int, int]:
    found = standing([rig.tick], rig.tick.next_due(), rig.clock.now())
    return found.lag, found.waiting


def test_the_lag_is_the_age_of_the_oldest_event_that_waits(rig: Rig) -> None:
    rig.settle()
    assert lag(rig) == (0, 0)
    rig.write(rig.track("ada", "Product Viewed", 0))
    rig.clock.advance(START + 3 * SECOND)
    rig.write(rig.track("ada", "Product Viewed", 3 * SECOND))
    rig.clock.advance(START + 7 * SECOND)
    assert lag(rig) == (7 * SECOND, 2)
    rig.settle()
    assert lag(rig) == (0, 0)
    rig.clock.advance(START + HOUR)
    assert lag(rig) == (0, 0)  # a quiet hour is no lag


def test_the_lag_is_the_age_of_a_window_that_closed_unseen(rig: Rig) -> None:
    rig.segments.create(rig.app, "Recent", counted("Product Viewed", ">=", 1, "1h"), START)
    rig.tick.definitions_changed()
    rig.write(rig.track("ada", "Product Viewed", 0))
    rig.settle(SECOND)
    rig.clock.advance(START + HOUR - 1)
    assert lag(rig) == (0, 0)
    rig.clock.advance(START + HOUR + 20 * SECOND)
    assert lag(rig) == (20 * SECOND, 0)
    rig.settle()
    assert lag(rig) == (0, 0)
