"""What caps and quiet hours must fulfil before they are kept. Pure."""

from __future__ import annotations

from collections.abc import Collection

from relance.channels.registry import Channel
from relance.core.error_text import ErrorText
from relance.core.lengths import span
from relance.core.name_check import is_name, name_text
from relance.core.time import DAY
from relance.restraint.errors import CapInvalidError, PreferencesInvalidError, QuietHoursInvalidError
from relance.restraint.model import LONGEST_GAP, LONGEST_WINDOW, Cap, QuietHours, minute_of_day
from relance.users.model import OwnLimit, OwnQuietHours

NAME_LIMIT = 200
MOST_COUNTED = 1_000  # messages that a cap may allow
MOST_NAMED = 50  # topics, tiers

CHANNEL_NAMES = tuple(each.value for each in Channel)


def check_cap(cap: Cap) -> None:
    """Raises ``InvalidError`` at the first field that is wrong."""
    if not is_name(cap.name, NAME_LIMIT):
        raise CapInvalidError(name_text(cap.name, NAME_LIMIT), path="name")
    _check_what_it_counts(cap)
    _check_window(cap)
    _check_gap(cap)
    _check_kept(cap)
    _check_tiers(cap)


def check_quiet_hours(hours: QuietHours) -> None:
    """Raises ``InvalidError`` at the first field that is wrong."""
    if hours.channel and hours.channel not in CHANNEL_NAMES:
        raise QuietHoursInvalidError(_no_channel(hours.channel), path="channel")
    for path, text in (("start", hours.start), ("end", hours.end)):
        if minute_of_day(text) is None:
            raise QuietHoursInvalidError(_no_time_of_day(text), path=path)
    if len(set(hours.weekdays)) < len(hours.weekdays):
        raise QuietHoursInvalidError(ErrorText("weekday_twice", "A day of the week can be named once only."), path="weekdays")


def check_own(hours: OwnQuietHours | None, limit: OwnLimit | None) -> None:
    """What a person decides themselves. Raises ``InvalidError`` at the first field that is wrong."""
    for path, text in () if hours is None else (("start", hours.start), ("end", hours.end)):
        if minute_of_day(text) is None:
            raise PreferencesInvalidError(_no_time_of_day(text), path=f"quiet_hours.{path}")
    if limit is None:
        return
    if not 1 <= limit.most <= MOST_COUNTED:  # none at all is an unsubscription
        raise PreferencesInvalidError(
            ErrorText(
                "own_limit_range", "Limit must be 1 to {most:,} messages (got {got:,}).", most=MOST_COUNTED, got=limit.most
            ),
            path="limit.most",
        )
    if span(limit.rolling, "limit.rolling") > LONGEST_WINDOW:
        raise PreferencesInvalidError(_too_long(LONGEST_WINDOW, limit.rolling), path="limit.rolling")


def _no_time_of_day(got: str) -> ErrorText:
    return ErrorText("not_a_time_of_day", "Time of day must be written like 22:00, up to 23:59 (got {got!r}).", got=got)


def _no_channel(got: str) -> ErrorText:
    return ErrorText("channel_not_known", "{got!r} is not one of the channels {values}.", got=got, values=CHANNEL_NAMES)


def _check_what_it_counts(cap: Cap) -> None:
    for place, channel in enumerate(cap.channels):
        if channel not in CHANNEL_NAMES:
            raise CapInvalidError(_no_channel(channel), path=f"channels[{place}]")
    for place, topic in enumerate(cap.topics):
        if not is_name(topic, NAME_LIMIT):
            raise CapInvalidError(name_text(topic, NAME_LIMIT), path=f"topics[{place}]")
    named: tuple[tuple[str, Collection[str]], ...] = (
        ("channels", cap.channels),
        ("classes", cap.classes),
        ("topics", cap.topics),
    )
    for path, values in named:
        if len(values) > MOST_NAMED:
            raise CapInvalidError(_too_many(len(values)), path=path)


def _too_many(got: int) -> ErrorText:
    return ErrorText("too_many_named", "A cap names {most} of them at most (got {got:,}).", most=MOST_NAMED, got=got)


def _check_window(cap: Cap) -> None:
    if cap.most is None and cap.gap is None:
        raise CapInvalidError(ErrorText("cap_of_nothing", "A cap needs a limit, a gap, or both."), path="most")
    if cap.rolling is not None and cap.calendar is not None:
        raise CapInvalidError(
            ErrorText("cap_two_windows", "A cap counts in a rolling window or by the calendar, not both."), path="calendar"
        )
    windowed = cap.rolling is not None or cap.calendar is not None
    if windowed is (cap.most is None):
        raise CapInvalidError(
            ErrorText("cap_window_without_limit", "A window needs a limit, and a limit needs a window: rolling or calendar."),
            path="rolling" if cap.most is not None else "most",
        )
    if cap.most is not None and not 0 <= cap.most <= MOST_COUNTED:
        raise CapInvalidError(_out_of_range(cap.most), path="most")
    if cap.rolling is not None and span(cap.rolling, "rolling") > LONGEST_WINDOW:
        raise CapInvalidError(_too_long(LONGEST_WINDOW, cap.rolling), path="rolling")


def _out_of_range(got: int) -> ErrorText:
    return ErrorText("cap_out_of_range", "A cap allows 0 to {most:,} messages (got {got:,}).", most=MOST_COUNTED, got=got)


def _too_long(most: int, got: str) -> ErrorText:
    return ErrorText("cap_too_long", "A cap looks back {most} days at most (got {got!r}).", most=most // DAY, got=got)


def _check_gap(cap: Cap) -> None:
    if cap.gap is not None and span(cap.gap, "gap") > LONGEST_GAP:
        raise CapInvalidError(_too_long(LONGEST_GAP, cap.gap), path="gap")


def _check_kept(cap: Cap) -> None:
    kept = sum(cap.kept.values())
    if any(count < 0 for count in cap.kept.values()) or kept > (cap.most or 0):
        raise CapInvalidError(
            ErrorText(
                "cap_keeps_too_many",
                "What a cap keeps for lanes is part of its limit: 0 to {most:,} in all (got {got:,}).",
                most=cap.most or 0,
                got=kept,
            ),
            path="kept",
        )


def _check_tiers(cap: Cap) -> None:
    if cap.tiers and cap.most is None:
        raise CapInvalidError(ErrorText("cap_tiers_without_limit", "Tiers replace a limit, and this cap has none."), path="tiers")
    if len(cap.tiers) > MOST_NAMED:
        raise CapInvalidError(_too_many(len(cap.tiers)), path="tiers")
    if len({tier.segment for tier in cap.tiers}) < len(cap.tiers):
        raise CapInvalidError(ErrorText("cap_tier_twice", "A segment can have one tier only."), path="tiers")
    for place, tier in enumerate(cap.tiers):
        if not 0 <= tier.most <= MOST_COUNTED:
            raise CapInvalidError(_out_of_range(tier.most), path=f"tiers[{place}].most")
