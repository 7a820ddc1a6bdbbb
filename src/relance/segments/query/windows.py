"""Windows, and each person's first event, as SQL: ``window.bounds`` and ``days.offsets`` over columns."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.core.time import DAY
from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.query.constructs import quotient
from relance.segments.rule.days import offsets, read_moment
from relance.segments.rule.window import EVER, AfterFirst, Window, bounds

_EARLIEST = read_moment("1990-01-01", "UTC")  # no event is older


def firsts(app_id: int, now: int) -> sa.Select[tuple[int, int]]:
    """(person_id, first_at): everybody's first event of any name."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= now, columns=("person_id", "occurred_at"))
    return sa.select(events.c.person_id, sa.func.min(events.c.occurred_at).label("first_at")).group_by(events.c.person_id)


def with_firsts(events: FromClause, windows: list[Window | None], app_id: int, now: int) -> FromClause:
    """The events, with ``first_at`` of their person if a window needs it; ``events`` has ``person_id``."""
    if not any(isinstance(each, AfterFirst) for each in windows):
        return events
    first = firsts(app_id, now).subquery("firsts")
    columns = [each for each in events.c if each.name != "first_at"]
    joined = sa.join(events, first, events.c.person_id == first.c.person_id)
    return sa.select(*columns, first.c.first_at).select_from(joined).subquery("since_first")


def in_window(window: Window | None, events: FromClause, now: int) -> list[ColumnElement[bool]]:
    """The tests that an event, not later than ``now``, is in the window."""
    instant = events.c.occurred_at
    if isinstance(window, AfterFirst):
        first = events.c.first_at
        return [instant >= first, instant < first + window.milliseconds]
    after, until = bounds(window, now, None)
    tests = [] if after == EVER else [instant > after]
    return tests if until >= now else [*tests, instant <= until]


def lowest(window: Window | None, now: int) -> int:
    """No event at or before this instant is in the window at ``now``."""
    return EVER if isinstance(window, AfterFirst) else bounds(window, now, None)[0]


def day_number(instant: ColumnElement[int], zone: str, after: int, now: int) -> ColumnElement[int]:
    """The day of an instant later than ``after``: passed as numbers, since the engines' zone tables differ."""
    changes = _changes(zone, min(max(after, _EARLIEST), now), now)  # a window may begin after now: then it is empty
    # Newest first: most instants are decided by one comparison.
    cases = [(instant >= since, added) for since, added in reversed(changes[1:])]
    return quotient(instant + (sa.case(*cases, else_=changes[0][1]) if cases else changes[0][1]), DAY)


def _changes(zone: str, start: int, end: int) -> list[tuple[int, int]]:
    """``offsets``, assembled from cached years."""
    years = range(datetime.fromtimestamp(start / 1000, UTC).year, datetime.fromtimestamp(end / 1000, UTC).year + 1)
    all_of_them = sorted({change for year in years for change in _year(zone, year)})
    found: list[tuple[int, int]] = []
    for since, added in all_of_them:
        if not found or found[-1][1] != added:
            found.append((since, added))
    place = bisect_right(found, (start, 1 << 62)) - 1
    return [each for each in found[max(place, 0) :] if each[0] <= end] or found[-1:]


@lru_cache(maxsize=1_024)
def _year(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    return tuple(offsets(zone, read_moment(f"{year}-01-01", "UTC"), read_moment(f"{year}-12-31", "UTC") + DAY))
