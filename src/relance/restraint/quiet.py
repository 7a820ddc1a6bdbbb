"""When may something be sent, by hours that are quiet where its recipient is? Pure.

An instant is quiet where the clock on the wall there says so. On nights on which clocks are changed an hour that is left out is
not waited for, and one that comes twice is quiet twice. All rules hold together, so that one more can only take time away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from relance.core.time import DAY, MINUTE
from relance.restraint.model import WEEKDAYS, QuietHours, minute_of_day

FARTHEST = 21 * DAY  # whoever finds no instant until then will not find one

IsHoliday = Callable[[date], bool]


class QuietRule(NamedTuple):
    """Quiet from a minute of the local day to another, which is on the next day unless it is later.

    ``begins_on`` are the days of the week (0 = Monday) on which it begins. ``by`` names the rule to people.
    """

    by: str
    start: int
    end: int
    begins_on: frozenset[int]
    zone: tzinfo
    is_holiday: IsHoliday | None = None  # instead of times of day: whole days


class Quiet(NamedTuple):
    """It is quiet ``until`` an instant in ms; None: the rules together leave no instant at which it is not.

    ``by`` names the rule that makes it quiet now, ``last`` the one that does so to the end.
    """

    by: str
    until: int | None
    last: str


EVERY_DAY = frozenset(range(7))
_MIDNIGHT = 24 * 60


def rules_of(hours: Sequence[QuietHours], channel: str, zone: tzinfo) -> list[QuietRule]:
    """What an app's quiet hours mean for messages on a channel to somebody in a zone."""
    return [
        QuietRule(
            f"quiet_hours:{each.id}",
            minute_of_day(each.start) or 0,
            minute_of_day(each.end) or 0,
            frozenset(WEEKDAYS.index(day) for day in each.weekdays) or EVERY_DAY,
            zone,
        )
        for each in hours
        if each.channel in ("", channel)
    ]


def quiet(rules: Sequence[QuietRule], now: int) -> Quiet | None:
    """Whether it is quiet at ``now``, by which rule, and until when by all of them; None = it is not."""
    by, last, instant = "", "", now
    while instant - now <= FARTHEST:
        holding = next((rule for rule in rules if is_quiet(rule, instant)), None)
        if holding is None:
            return Quiet(by, instant, last) if by else None
        by, last = by or holding.by, holding.by
        instant = _later(holding, instant)
    return Quiet(by, None, last)


def is_quiet(rule: QuietRule, instant: int) -> bool:
    local = local_time(instant, rule.zone)
    if rule.is_holiday is not None:
        return rule.is_holiday(local.date())
    minute, weekday = local.hour * 60 + local.minute, local.weekday()
    if rule.start < rule.end:
        return rule.start <= minute < rule.end and weekday in rule.begins_on
    return (minute >= rule.start and weekday in rule.begins_on) or (minute < rule.end and (weekday - 1) % 7 in rule.begins_on)


def _later(rule: QuietRule, instant: int) -> int:
    """The next instant at which the rule may say otherwise: its times and midnight by the present offset, or a change of it."""
    local = local_time(instant, rule.zone)
    gone = ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000 + local.microsecond // 1_000
    next_time = min(each * MINUTE for each in (rule.start, rule.end, _MIDNIGHT) if each * MINUTE > gone)
    return _or_change(rule.zone, instant, instant + next_time - gone)


def _or_change(zone: tzinfo, instant: int, target: int) -> int:
    """``target``, or the instant before it at which the zone's clocks are set. They are set once a day at most."""
    offset = local_time(instant, zone).utcoffset()
    if local_time(target, zone).utcoffset() == offset:
        return target
    low, high = instant, target
    while high - low > 1:
        middle = (low + high) // 2
        if local_time(middle, zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def local_time(instant: int, zone: tzinfo) -> datetime:
    seconds, milliseconds = divmod(instant, 1_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1_000).astimezone(zone)


def same_hour_next_days(zone: tzinfo, now: int, days: int) -> list[int]:
    """The instants of the next days at which the clock on the wall says what it says now."""
    local = local_time(now, zone)
    found = []
    for day in range(1, days + 1):
        naive = datetime.fromordinal(local.toordinal() + day).replace(
            hour=local.hour, minute=local.minute, second=local.second, microsecond=local.microsecond, tzinfo=zone
        )
        found.append(round(naive.timestamp() * 1_000))
    return found
