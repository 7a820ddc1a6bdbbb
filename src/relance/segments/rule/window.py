"""Windows: which stretch of time a condition looks at, in two ways that must agree.

``bounds`` gives the stretch as it stands at ``now``: an event at ``t`` counts where after < t <= until. ``presence`` gives
the same from the event's side: the event at ``t`` is in the window for every ``now`` with enter <= now < leave. Queries
use the first; live state uses the second, since an event's ``enter`` and ``leave`` are the only instants at which the passing of
time can change an answer.

| window | counts |
|---|---|
| none | every event up to now |
| ``{"last": "7d"}`` | (now − 7 d, now] |
| ``{"ago": ["60d", "30d"]}`` | (now − 60 d, now − 30 d] |
| ``{"calendar": "this_week", "zone": "Europe/Paris"}`` | the week that now lies in, up to now |
| ``{"calendar": "last_month", "zone": …}`` | the whole month before the one that now lies in |
| ``{"from": "2026-01-01", "to": "2026-02-01", "zone": …}`` | [from, to), up to now; either may be left out |
| ``{"after_first": "7d"}`` | [first, first + 7 d), from the person's first event of any name |
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import msgspec

from relance.core.error_text import ErrorText
from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.segments.errors import RuleError
from relance.segments.rule.days import PERIODS, Period, is_zone, period_at, read_moment

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
SHORTEST_WINDOW = SECOND
LONGEST_WINDOW = 3_660 * DAY  # ten years; a window's length costs nothing, since only the newest instants are kept
EVER = -(1 << 61)  # earlier than every event
END = 1 << 61  # later than every event
UTC = "UTC"
OWN = "person"  # as a zone: each person's own
_EAST, _WEST = 14 * HOUR, 12 * HOUR  # no zone is further from UTC

_LENGTH = re.compile(r"([1-9][0-9]{0,8})([smhdw])")


def _no_length(text: str) -> ErrorText:
    return ErrorText(
        "length_form",
        "A length must be a whole number and one of s, m, h, d, w, such as 30d: from 1 second to 3,660 days (got {got!r}).",
        got=text,
    )


CalendarName = Literal[
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
]


class Rolling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="shape", tag="last"):
    """The time from ``last`` before now (not included) to now (included); ``last`` is a number and s, m, h, d or w."""

    last: str

    @property
    def milliseconds(self) -> int:
        return length_of(self.last)


class Ago(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="shape", tag="ago"):
    """From the first length before now (not included) to the second before now (included)."""

    ago: tuple[str, str]

    @property
    def milliseconds(self) -> tuple[int, int]:
        return length_of(self.ago[0]), length_of(self.ago[1])


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="shape", tag="calendar", omit_defaults=True):
    """A day, week (from Monday), month, quarter or year by the calendar of ``zone`` (IANA; the app's zone if left out)."""

    calendar: CalendarName
    zone: str | None = None

    @property
    def period(self) -> Period:
        return PERIODS[self.calendar][0]

    @property
    def whole(self) -> bool:
        """Whether it is the previous period."""
        return PERIODS[self.calendar][1]


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="shape", tag="dates", omit_defaults=True):
    """From a date or instant (included) to another (not included); dates without an offset are in ``zone``."""

    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    zone: str | None = None

    @property
    def instants(self) -> tuple[int, int]:
        """[start, end) in ms."""
        zone = self.zone or UTC
        start = EVER if self.from_ is None else read_moment(self.from_, zone)
        return start, END if self.to is None else read_moment(self.to, zone)


class AfterFirst(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="shape", tag="after_first"):
    """That long from the person's first event of any name on."""

    after_first: str

    @property
    def milliseconds(self) -> int:
        return length_of(self.after_first)


Window = Rolling | Ago | Calendar | Dates | AfterFirst
SHAPES: dict[str, str] = {
    "last": "last",
    "ago": "ago",
    "calendar": "calendar",
    "from": "dates",
    "to": "dates",
    "after_first": "after_first",
}


#: Windows with a window of the same kind before them: one as long, or the calendar's previous period.
Recurring = Rolling | Calendar


class WindowSpan(NamedTuple):
    """An event is in the window while enter <= now < leave."""

    enter: int
    leave: int


def is_own(zone: str | None) -> bool:
    """Whether a condition's zone is each person's own."""
    return zone is not None and zone.partition(":")[0] == OWN


def fallback_of(zone: str | None) -> str:
    """The zone used if a person's own is unknown."""
    return (zone or "").partition(":")[2] or UTC


def length_of(text: str) -> int:
    """Milliseconds of a validated length."""
    return int(text[:-1]) * UNITS[text[-1]]


def read_length(text: str, path: str) -> int:
    """``"30d"`` → milliseconds. Raises ``RuleError`` unless it is from one second to ten years (3,660 days)."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise RuleError(_no_length(text), path=path)
    length = int(found[1]) * UNITS[found[2]]
    if not SHORTEST_WINDOW <= length <= LONGEST_WINDOW:
        raise RuleError(_no_length(text), path=path)
    return length


def bounds(window: Window | None, now: int, first: int | None) -> tuple[int, int]:
    """(after, until]: the stretch at ``now``; ``first`` is the instant of the person's first event."""
    if window is None:
        return EVER, now
    if isinstance(window, Rolling):
        return now - window.milliseconds, now
    if isinstance(window, Ago):
        longer, shorter = window.milliseconds
        return now - longer, now - shorter
    if isinstance(window, Calendar):
        start, end = period_at(window.period, now, window.zone or UTC)
        if window.whole:
            start, end = period_at(window.period, start - 1, window.zone or UTC)
        return start - 1, min(end - 1, now)
    if isinstance(window, Dates):
        start, end = window.instants
        return start - 1, min(end - 1, now)
    if first is None:
        return now, now
    return first - 1, min(first + window.milliseconds - 1, now)


def presence(window: Window | None, instant: int, first: int) -> WindowSpan | None:
    """When an event at ``instant`` is in the window; None is never."""
    if window is None:
        return WindowSpan(instant, END)
    if isinstance(window, Rolling):
        return WindowSpan(instant, instant + window.milliseconds)
    if isinstance(window, Ago):
        longer, shorter = window.milliseconds
        return WindowSpan(instant + shorter, instant + longer)
    if isinstance(window, Calendar):
        _, end = period_at(window.period, instant, window.zone or UTC)
        if not window.whole:
            return WindowSpan(instant, end)
        return WindowSpan(end, period_at(window.period, end, window.zone or UTC)[1])
    if isinstance(window, Dates):
        start, end = window.instants
        return WindowSpan(instant, END) if start <= instant < end else None
    return WindowSpan(instant, END) if first <= instant < first + window.milliseconds else None


def start_before(window: Recurring, now: int) -> int:
    """The exclusive start of the window before this one, which ends where this one starts."""
    if isinstance(window, Rolling):
        return now - 2 * window.milliseconds
    start, _ = bounds(window, now, None)
    return period_at(window.period, start, window.zone or UTC)[0] - 1


def end_before(window: Recurring, leave: int) -> int:
    """An event that leaves the window at ``leave`` is in the window before it from then on, until this instant."""
    if isinstance(window, Rolling):
        return leave + window.milliseconds
    return period_at(window.period, leave, window.zone or UTC)[1]


def needs_first(window: Window | None) -> bool:
    """Whether the window depends on the person's first event of any name."""
    return isinstance(window, AfterFirst)


def horizon(window: Window | None, now: int) -> int:
    """No event at or before this instant is in the window, now or later."""
    if isinstance(window, Rolling):
        return now - window.milliseconds
    if isinstance(window, Ago):
        return now - window.milliseconds[0]
    if isinstance(window, Calendar | Dates) and is_own(window.zone):
        return _horizon_anywhere(window, now)
    if isinstance(window, Calendar):
        return bounds(window, now, None)[0]
    if isinstance(window, Dates):
        return window.instants[0] - 1
    return EVER


def horizon_before(window: Recurring, now: int) -> int:
    """The same for the window before."""
    if isinstance(window, Calendar) and is_own(window.zone):
        return start_before(msgspec.structs.replace(window, zone=UTC), now - _WEST) - _EAST
    return start_before(window, now)


def _horizon_anywhere(window: Calendar | Dates, now: int) -> int:
    """The earliest over all zones: where it is earliest in the day a period may not have started, and it starts first in the
    east.
    """
    plain = msgspec.structs.replace(window, zone=UTC)
    return max(EVER, bounds(plain, now - _WEST, None)[0] - _EAST)


def check_window(window: Window, path: str) -> None:
    """Raise ``RuleError`` with the path of what is invalid."""
    if isinstance(window, Rolling):
        read_length(window.last, f"{path}.last")
    elif isinstance(window, Ago):
        longer, shorter = (read_length(text, f"{path}.ago[{place}]") for place, text in enumerate(window.ago))
        if longer <= shorter:
            raise RuleError(
                ErrorText("longer_length_first", "The first length must be the longer one, as in from 60d ago to 30d ago."),
                path=f"{path}.ago",
            )
    elif isinstance(window, AfterFirst):
        read_length(window.after_first, f"{path}.after_first")
    elif isinstance(window, Dates):
        _check_dates(window, path)
    elif window.zone is not None:
        check_zone(window.zone, f"{path}.zone")


def _check_dates(window: Dates, path: str) -> None:
    if window.zone is not None:
        check_zone(window.zone, f"{path}.zone")
    if is_own(window.zone):
        window = msgspec.structs.replace(window, zone=fallback_of(window.zone))
    for name, text in (("from", window.from_), ("to", window.to)):
        if text is not None:
            check_moment(text, window.zone or UTC, f"{path}.{name}")
    start, end = window.instants
    if start >= end:
        raise RuleError(ErrorText("window_order", "A window must end after it begins."), path=f"{path}.to")


def check_moment(text: str, zone: str, path: str) -> int:
    """The instant of a date or date-time. Raises ``RuleError``."""
    try:
        return read_moment(text, zone)
    except ValueError as error:
        message = ErrorText(
            "moment_range",
            "A moment must be a date (2026-01-31) or a date and time (2026-01-31T09:00:00+01:00) "
            "from 1990 to 2100 (got {got!r}).",
            got=text,
        )
        raise RuleError(message, path=path) from error


def check_zone(name: str, path: str) -> None:
    """Raise ``RuleError`` unless it is an IANA time zone or each person's own."""
    if not is_zone(fallback_of(name) if is_own(name) else name):
        raise RuleError(
            ErrorText("time_zone", "There is no time zone {got!r}: use an IANA name such as Europe/Paris.", got=name), path=path
        )


def canonical_window(window: Window | None) -> object:
    """The meaning of the window: ``48h`` and ``2d`` are one."""
    if window is None:
        return None
    if isinstance(window, Rolling):
        return window.milliseconds
    if isinstance(window, Ago):
        return ["ago", *window.milliseconds]
    if isinstance(window, Calendar):
        return ["calendar", window.calendar, window.zone or UTC]
    if isinstance(window, Dates):
        return ["dates", window.from_, window.to, window.zone] if is_own(window.zone) else ["dates", *window.instants]
    return ["after_first", window.milliseconds]


def in_zone(window: Window | None, zone: str) -> Window | None:
    """The window with the zone filled in if none was given."""
    return msgspec.structs.replace(window, zone=plain_zone(window.zone, zone)) if isinstance(window, Calendar | Dates) else window


def plain_zone(given: str | None, zone: str) -> str:
    """``given``, or ``zone`` if none is given or a person's own is unknown."""
    return f"{OWN}:{zone}" if given == OWN else given or zone
