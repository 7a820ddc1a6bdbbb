"""What becomes of a message that may not leave now, and how long it waits."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import DAY, HOUR, MINUTE, from_iso
from relance.restraint.caps import Limit, Request, Use, blocked
from relance.restraint.holding import Hold, Terms, held, is_held_out
from relance.restraint.model import WhenHeld
from relance.restraint.quiet import EVERY_DAY, QuietRule, quiet

PARIS = ZoneInfo("Europe/Paris")
NOW = from_iso("2026-11-25T23:00:00+01:00")
MORNING = from_iso("2026-11-26T08:00:00+01:00")
NIGHT = QuietRule("quiet_hours:1", 22 * 60, 8 * 60, EVERY_DAY, PARIS)
REQUEST = Request("email", "marketing", "general", "campaign")


def limit(most: int, window: int, gap: int = 0) -> Limit:
    return Limit(7, frozenset(), frozenset(), frozenset(), most, window, "", gap, {}, (), True, most)


def use(at: int) -> Use:
    return Use(at, "other", "email", "marketing", "general", "campaign")


def hold(*used: int, now: int = NOW, **given: Any) -> Hold | None:
    return held(Terms(REQUEST, PARIS, **given), [use(each) for each in used], (), now)


DAILY = (limit(1, DAY),)
WAITS = {"when": WhenHeld.UNTIL_WINDOW_ENDS}


@pytest.mark.parametrize(
    ("given", "used", "expected"),
    [
        ({}, [], None),
        ({"rules": (NIGHT,)}, [], Hold(True, "quiet_hours:1", MORNING)),
        ({"rules": (NIGHT,), "when": WhenHeld.SKIP}, [], Hold(True, "quiet_hours:1", None)),
        ({"limits": DAILY}, [NOW - DAY], None),
        ({"limits": DAILY}, [NOW - HOUR], Hold(False, "cap:7", None)),
        ({"limits": DAILY, **WAITS}, [NOW - HOUR], Hold(False, "cap:7", NOW + 23 * HOUR)),
        # The slot is free at ten in the evening of the next day: that is quiet, too.
        ({"limits": DAILY, "rules": (NIGHT,), **WAITS}, [NOW - HOUR], Hold(True, "quiet_hours:1", MORNING + DAY)),
        # Without a word it waits for the morning, and is decided anew.
        ({"limits": DAILY, "rules": (NIGHT,)}, [NOW - HOUR], Hold(True, "quiet_hours:1", MORNING)),
        ({"rules": (NIGHT,), "when": WhenHeld.WAIT, "wait_at_most": 9 * HOUR}, [], Hold(True, "quiet_hours:1", MORNING)),
        ({"rules": (NIGHT,), "when": WhenHeld.WAIT, "wait_at_most": 9 * HOUR - 1}, [], Hold(True, "quiet_hours:1", None)),
        ({"rules": (NIGHT,), "valid_until": MORNING}, [], Hold(True, "quiet_hours:1", MORNING)),
        ({"rules": (NIGHT,), "valid_until": MORNING - 1}, [], Hold(True, "quiet_hours:1", None)),
        ({"rules": (NIGHT,), "held_since": NOW - 63 * HOUR}, [], Hold(True, "quiet_hours:1", MORNING)),
        ({"rules": (NIGHT,), "held_since": NOW - 63 * HOUR - 1}, [], Hold(True, "quiet_hours:1", None)),
        ({"limits": (limit(1, 2 * DAY),), "when": WhenHeld.NEXT_DAY_SAME_HOUR}, [NOW], Hold(False, "cap:7", NOW + 2 * DAY)),
        ({"limits": DAILY, "when": WhenHeld.NEXT_DAY_SAME_HOUR}, [NOW - HOUR], Hold(False, "cap:7", NOW + DAY)),
        ({"rules": (NIGHT,), "when": WhenHeld.NEXT_DAY_SAME_HOUR}, [], Hold(True, "quiet_hours:1", None)),  # it never is
        ({"limits": (limit(0, DAY),), **WAITS}, [], Hold(False, "cap:7", None)),
    ],
)
def test_it_waits_as_its_message_says(given: dict[str, Any], used: list[int], expected: Hold | None) -> None:
    assert hold(*used, **given) == expected


TIMES = st.integers(0, 23).map(lambda hour: hour * 60)


@given(
    st.lists(st.tuples(TIMES, TIMES), max_size=2),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40)), max_size=2),
    st.lists(st.integers(0, 40), max_size=4),
    st.sampled_from([None, *WhenHeld]),
    st.integers(1, 80),
)
def test_what_waits_may_leave_when_its_wait_is_over(
    windows: list[tuple[int, int]], caps: list[tuple[int, int]], used: list[int], when: WhenHeld | None, most: int
) -> None:
    """As far as nothing is sent meanwhile; and with ``until_window_ends`` there was no earlier hour."""
    rules = tuple(QuietRule("it", start, end, EVERY_DAY, PARIS) for start, end in windows)
    limits = tuple(limit(count, hours * HOUR) for count, hours in caps)
    uses = [use(NOW - hours * HOUR) for hours in used]
    terms = Terms(REQUEST, PARIS, rules, limits, when, most * HOUR)

    def free(t: int) -> bool:
        return quiet(rules, t) is None and blocked(limits, REQUEST, uses, (), PARIS, t) is None

    found = held(terms, uses, (), NOW)
    assert (found is None) is free(NOW)
    if found is None or found.until is None:
        return
    assert NOW < found.until <= NOW + (min(most, 72) if when is WhenHeld.WAIT else 72) * HOUR
    if when is None:
        assert quiet(rules, found.until) is None
        return
    assert free(found.until)
    if when is WhenHeld.UNTIL_WINDOW_ENDS:
        assert [t for t in range(NOW, found.until, 30 * MINUTE) if free(t)] == []


def test_a_share_of_people_is_held_out_and_stays_so() -> None:
    def share(percent: float, app: int = 1) -> set[int]:
        return {person for person in range(20_000) if is_held_out(app, person, percent)}

    assert share(0) == set()
    assert len(share(100)) == 20_000
    assert 900 < len(share(5)) < 1_100
    assert share(5) < share(10)
    assert share(5) != share(5, app=2)
