"""May a person get one more message under a cap, and if not, from when on? Pure.

What is counted are dispatches, not devices: one message to one person on one occasion, however many addresses it goes to. It is
counted from the instant at which its slot was reserved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, tzinfo
from typing import NamedTuple

from relance.core.time import DAY, HOUR, SECOND
from relance.restraint.model import Cap

OWN = 0  # the id of what a person limits themselves
OWN_LIMIT = "own_limit"  # … and by what deliveries are held then


class Use(NamedTuple):
    """A slot that is taken: a dispatch of which a message has left, or is leaving. ``at`` in ms."""

    at: int
    dispatch: str
    channel: str
    message_class: str
    topic: str
    lane: str


class Limit(NamedTuple):
    """A cap made ready for deciding: texts as lengths in ms, lists as sets."""

    cap_id: int  # ``OWN``: none of the app's, but the person's own
    channels: frozenset[str]
    classes: frozenset[str]
    topics: frozenset[str]
    most: int | None
    window: int  # 0 = by the calendar
    calendar: str
    gap: int
    kept: Mapping[str, int]
    tiers: tuple[tuple[int, int], ...]  # segment, most
    is_of_all: bool  # it concerns everything
    surely_free: int  # as few as this have been counted: then one more passes, whatever the lane, the tier and the window

    @classmethod
    def of(cls, cap: Cap) -> Limit:
        return cls(
            cap.id,
            frozenset(cap.channels),
            frozenset(each.value for each in cap.classes),
            frozenset(cap.topics),
            cap.most,
            cap.window_length,
            cap.calendar or "",
            cap.gap_length,
            {lane.value: count for lane, count in cap.kept.items()},
            tuple((each.segment, each.most) for each in cap.tiers),
            not (cap.channels or cap.classes or cap.topics),
            _FOR_EVERYBODY if cap.most is None else min([cap.most, *(each.most for each in cap.tiers)]) - sum(cap.kept.values()),
        )


class Request(NamedTuple):
    """The dispatch that is to be decided."""

    channel: str
    message_class: str
    topic: str
    lane: str


class Blocked(NamedTuple):
    """A cap is in the way ``until`` an instant in ms; None: for ever, as long as the cap is what it is."""

    cap_id: int
    until: int | None

    @property
    def by(self) -> str:
        """Its name to people."""
        return OWN_LIMIT if self.cap_id == OWN else f"cap:{self.cap_id}"


FOREVER = 1 << 62
_FOR_EVERYBODY = 1 << 30


def concerns(limit: Limit, channel: str, message_class: str, topic: str) -> bool:
    """Whether the cap is about such messages."""
    return (
        (not limit.channels or channel in limit.channels)
        and (not limit.classes or message_class in limit.classes)
        and (not limit.topics or topic in limit.topics)
    )


def tier_of(limit: Limit, segments: Collection[int]) -> int:
    """The segment whose tier holds for a person in ``segments``: the first that they are in; 0 = none."""
    return next((segment for segment, _ in limit.tiers if segment in segments), 0)


def blocked(
    limits: Sequence[Limit], request: Request, used: Sequence[Use], segments: Collection[int], zone: tzinfo, now: int
) -> Blocked | None:
    """Which of the caps is in the way at ``now``, the one that is so longest; None = none is.

    ``used`` are the person's slots, in any order, without one of the request's own dispatch. As slots only get free with time,
    what is not blocked at ``until`` stays so until more is sent.
    """
    longest: Blocked | None = None
    for limit in limits:
        if not (limit.is_of_all or concerns(limit, request.channel, request.message_class, request.topic)):
            continue
        counted = used if limit.is_of_all else [use for use in used if concerns(limit, *use[2:5])]
        if len(counted) < limit.surely_free and not (limit.gap and counted):
            continue  # nearly always
        until = free_at(limit, request.lane, counted, segments, zone, now)
        if until > now and (longest is None or until > (FOREVER if longest.until is None else longest.until)):
            longest = Blocked(limit.cap_id, None if until >= FOREVER else until)
    return longest


def free_at(limit: Limit, lane: str, counted: Sequence[Use], segments: Collection[int], zone: tzinfo, now: int) -> int:
    """The first instant from ``now`` on at which the cap lets one more pass, if nothing else is sent; ``FOREVER`` = never."""
    after_gap = max((use.at + limit.gap for use in counted), default=now) if limit.gap else now
    most = dict(limit.tiers).get(tier_of(limit, segments), limit.most) if limit.tiers else limit.most
    if most is None:
        return max(now, after_gap)
    by_window = limit.window > 0
    slot = (
        _slot_in_window(limit, most, lane, counted, now)
        if by_window
        else _slot_by_calendar(limit, most, lane, counted, zone, now)
    )
    return max(now, after_gap, slot)


def _slot_in_window(limit: Limit, most: int, lane: str, counted: Sequence[Use], now: int) -> int:
    """A use counts in ``(t − window, t]``, so that its slot is free at ``at + window``. What is later than ``now`` counts."""
    within = sorted((use for use in counted if use.at > now - limit.window), key=lambda use: use.at)
    if _has_room(limit, most, lane, within):
        return now
    for place, use in enumerate(within, 1):
        if _has_room(limit, most, lane, within[place:]):
            return use.at + limit.window
    return FOREVER


def _slot_by_calendar(limit: Limit, most: int, lane: str, counted: Sequence[Use], zone: tzinfo, now: int) -> int:
    """A use counts until the period ends in which it was. Each turn leaves the earliest one behind."""
    begin, uses = now, sorted(counted, key=lambda use: use.at)
    while True:
        start = period_start(limit.calendar, zone, begin)
        behind = bisect_left(uses, start, key=lambda use: use.at)
        if _has_room(limit, most, lane, uses[behind:]):
            return begin
        if behind == len(uses):
            return FOREVER
        begin = period_end(limit.calendar, zone, max(begin, uses[behind].at))


def _has_room(limit: Limit, most: int, lane: str, counted: Sequence[Use]) -> bool:
    """Whether one more of the lane fits: what other lanes have kept for them, and have not used yet, is not for it."""
    if not limit.kept:
        return len(counted) < most
    others = {kept: count for kept, count in limit.kept.items() if kept != lane}
    for use in counted:
        if use.lane in others:
            others[use.lane] -= 1
    return len(counted) + sum(max(0, left) for left in others.values()) < most


def period_start(calendar: str, zone: tzinfo, instant: int) -> int:
    """When the calendar day or week (from Monday) began that is under way at an instant in a zone."""
    day = datetime.fromtimestamp(instant / 1000, zone).date()
    return day_start(zone, day.toordinal() - (day.weekday() if calendar == "week" else 0))


def period_end(calendar: str, zone: tzinfo, instant: int) -> int:
    """When the next one begins."""
    day = datetime.fromtimestamp(instant / 1000, zone).date()
    return day_start(zone, day.toordinal() + (7 - day.weekday() if calendar == "week" else 1))


def day_start(zone: tzinfo, ordinal: int) -> int:
    """The first instant of a local day. Where midnight is left out, as clocks are set forward, it is when the day begins."""
    midnight = datetime.combine(datetime.fromordinal(ordinal).date(), time(), zone)
    instant = int(midnight.timestamp()) * SECOND
    local = datetime.fromtimestamp(instant // SECOND, zone)
    if local.toordinal() == ordinal and local.time() == time():
        return instant
    return _first_of_day(zone, ordinal, instant)


def _first_of_day(zone: tzinfo, ordinal: int, near: int) -> int:
    """Midnight does not exist: the second at which the clocks are set forward, found by halving."""
    low, high = near // SECOND - 86_400, near // SECOND + 86_400
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).toordinal() >= ordinal:
            high = middle
        else:
            low = middle
    return high * SECOND


def reaches_back(limits: Sequence[Limit]) -> int:
    """How long (ms) what was sent matters to any of these caps. A day on which clocks are set back is longer than others."""
    calendar = {"": 0, "day": DAY + 3 * HOUR, "week": 7 * DAY + 3 * HOUR}
    return max((max(limit.window, limit.gap, calendar[limit.calendar]) for limit in limits), default=0)
