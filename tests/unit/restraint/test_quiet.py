"""Quiet hours: what the clock on the wall says, at every minute of the nights on which it is set."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import DAY, HOUR, MINUTE, from_iso
from relance.restraint.country_hours import COUNTRY_HOURS, rules_of_country
from relance.restraint.model import WEEKDAYS, QuietHours, minute_of_day
from relance.restraint.quiet import Quiet, QuietRule, is_quiet, local_time, quiet, rules_of, same_hour_next_days

PARIS = ZoneInfo("Europe/Paris")


def hours(start: str = "22:00", end: str = "08:00", *, channel: str = "", weekdays: tuple[Any, ...] = ()) -> QuietHours:
    return QuietHours(3, 1, channel, start, end, weekdays, 1, 0, 0)


def until(at: str, *rules: QuietRule) -> str | None:
    found = quiet(rules, from_iso(at))
    if found is None:
        return None
    return "never" if found.until is None else local_time(found.until, rules[0].zone).isoformat()


def in_paris(*all_hours: QuietHours) -> list[QuietRule]:
    return rules_of(all_hours, "email", PARIS)


@pytest.mark.parametrize(
    ("at", "free"),
    [
        ("2026-11-25T21:59:59.999+01:00", None),
        ("2026-11-25T22:00:00+01:00", "2026-11-26T08:00:00+01:00"),
        ("2026-11-26T00:00:00+01:00", "2026-11-26T08:00:00+01:00"),
        ("2026-11-26T07:59:59.999+01:00", "2026-11-26T08:00:00+01:00"),
        ("2026-11-26T08:00:00+01:00", None),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),  # the night is an hour shorter
        ("2026-10-24T23:00:00+02:00", "2026-10-25T08:00:00+01:00"),  # and this one longer
    ],
)
def test_it_is_quiet_from_the_first_minute_to_the_last(at: str, free: str | None) -> None:
    assert until(at, *in_paris(hours())) == free


@pytest.mark.parametrize(
    ("at", "free"),
    [
        ("2026-03-29T01:50:00+01:00", "2026-03-29T03:00:00+02:00"),  # half past two is left out: it is three already
        ("2026-10-25T02:10:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:40:00+02:00", None),
        ("2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"),  # the same hour once more
    ],
)
def test_on_the_nights_on_which_clocks_are_set_the_clock_on_the_wall_counts(at: str, free: str | None) -> None:
    assert until(at, *in_paris(hours("01:00", "02:30"))) == free


def test_they_hold_on_the_days_on_which_they_begin() -> None:
    rules = in_paris(hours(weekdays=("friday", "saturday")))
    assert until("2026-11-26T23:00:00+01:00", *rules) is None  # a Thursday
    assert until("2026-11-27T07:00:00+01:00", *rules) is None  # Friday's have not begun
    assert until("2026-11-29T07:00:00+01:00", *rules) == "2026-11-29T08:00:00+01:00"  # Saturday's end on Sunday
    assert until("2026-11-30T07:00:00+01:00", *rules) is None


def test_the_same_time_twice_is_a_whole_day() -> None:
    sunday = hours("00:00", "00:00", weekdays=("sunday",))
    assert until("2026-11-29T12:00:00+01:00", *in_paris(sunday)) == "2026-11-30T00:00:00+01:00"
    assert until("2026-11-29T12:00:00+01:00", *in_paris(sunday, hours())) == "2026-11-30T08:00:00+01:00"


def test_what_is_quiet_always_never_ends() -> None:
    assert until("2026-11-29T12:00:00+01:00", *in_paris(hours("08:00", "22:00"), hours())) == "never"


def test_they_hold_for_their_channel_alone() -> None:
    mine = hours(channel="web_push")
    assert rules_of([mine], "email", PARIS) == []
    assert [each.by for each in rules_of([mine, hours()], "web_push", PARIS)] == ["quiet_hours:3"] * 2


@pytest.mark.parametrize(
    ("country", "zone", "at", "free"),
    [
        ("FR", "Europe/Paris", "2026-11-27T19:59:00+01:00", None),
        ("FR", "Europe/Paris", "2026-11-27T20:00:00+01:00", "2026-11-28T08:00:00+01:00"),
        ("FR", "Europe/Paris", "2026-11-28T20:00:00+01:00", "2026-11-30T08:00:00+01:00"),  # over Sunday
        ("FR", "Europe/Paris", "2026-12-25T12:00:00+01:00", "2026-12-26T08:00:00+01:00"),
        ("FR", "Europe/Paris", "2027-05-05T20:00:00+02:00", "2027-05-07T08:00:00+02:00"),  # Ascension Day
        ("FR", "Europe/Paris", "2026-12-31T20:30:00+01:00", "2027-01-02T08:00:00+01:00"),
        ("US", "America/New_York", "2026-11-29T20:59:00-05:00", None),
        ("US", "America/New_York", "2026-11-29T21:00:00-05:00", "2026-11-30T08:00:00-05:00"),
        ("US", "America/New_York", "2026-12-25T12:00:00-05:00", None),
        ("BE", "Europe/Brussels", "2026-11-29T23:00:00+01:00", None),  # nothing is known of it
    ],
)
def test_a_country_lets_marketing_be_sent_to_phones_at_its_hours(country: str, zone: str, at: str, free: str | None) -> None:
    assert until(at, *(rules_of_country(country, ZoneInfo(zone)) or [QuietRule("", 0, 1, frozenset(), ZoneInfo(zone))])) == free


def test_an_apps_own_hours_only_take_away_from_a_countrys() -> None:
    country = rules_of_country("FR", PARIS)
    wider = in_paris(hours("23:00", "06:00"))
    narrower = in_paris(hours("18:00", "10:00"))
    evening = "2026-11-25T20:30:00+01:00"
    assert until(evening, *wider, *country) == "2026-11-26T08:00:00+01:00"
    assert until(evening, *narrower, *country) == "2026-11-26T10:00:00+01:00"
    assert until("2026-11-25T18:30:00+01:00", *narrower, *country) == "2026-11-26T10:00:00+01:00"


def test_a_country_in_the_table_says_who_says_so_and_when_it_was_read() -> None:
    assert [each for each in COUNTRY_HOURS.values() if not each.source or each.read_on > date(2026, 12, 31)] == []
    assert {"FR", "US"} <= set(COUNTRY_HOURS)


@pytest.mark.parametrize("text", ["24:00", "12:60", "1:00", "12-00", "12:0a", "", "٠١:00", "12:00 "])
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert minute_of_day(text) is None


def test_the_same_hour_of_the_next_days_is_the_one_on_the_wall() -> None:
    at = from_iso("2026-10-24T09:30:00+02:00")
    assert [each - at for each in same_hour_next_days(PARIS, at, 2)] == [25 * HOUR, 49 * HOUR]


NIGHTS = [
    ("Europe/Paris", "2026-03-28T20:00:00Z"),
    ("Europe/Paris", "2026-10-24T20:00:00Z"),
    ("America/New_York", "2026-03-08T02:00:00Z"),
    ("America/New_York", "2026-11-01T01:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T10:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T10:00:00Z"),
    ("Africa/Casablanca", "2026-02-14T20:00:00Z"),
    ("Africa/Casablanca", "2026-03-21T20:00:00Z"),
]
TIMES = st.integers(0, 24 * 60 - 1) | st.sampled_from([0, 60, 90, 120, 150, 180, 23 * 60])


def plainly_quiet(rule: QuietRule, instant: int) -> bool:
    """The definition, from the digits of the clock alone."""
    local = local_time(instant, rule.zone)
    clock, today = local.strftime("%H:%M"), local.weekday()
    start, end = (f"{each // 60:02d}:{each % 60:02d}" for each in (rule.start, rule.end))
    if start < end:
        return start <= clock < end and today in rule.begins_on
    return (clock >= start and today in rule.begins_on) or (clock < end and (today + 6) % 7 in rule.begins_on)


@given(
    st.sampled_from(NIGHTS),
    st.integers(0, 14 * 60),
    st.lists(st.tuples(TIMES, TIMES, st.sets(st.integers(0, 6))), min_size=1, max_size=3),
)
def test_it_ends_at_the_first_minute_that_is_not_quiet(
    night: tuple[str, str], minutes: int, windows: list[tuple[int, int, set[int]]]
) -> None:
    zone, begin = ZoneInfo(night[0]), from_iso(night[1])
    rules = [QuietRule(str(n), start, end, frozenset(days), zone) for n, (start, end, days) in enumerate(windows)]
    at = begin + minutes * MINUTE
    first = next((t for t in range(at, at + 2 * DAY, MINUTE) if not any(plainly_quiet(rule, t) for rule in rules)), None)
    found = quiet(rules, at)
    if found is None:
        assert first == at
    elif first is not None:
        assert found.until == first
        assert found.by in {rule.by for rule in rules if plainly_quiet(rule, at)}
        assert found.last in {rule.by for rule in rules if plainly_quiet(rule, first - MINUTE)}  # which binds to the end
    else:
        assert found.until is None or found.until >= at + 2 * DAY


@given(st.sampled_from(NIGHTS), st.integers(0, 14 * 60 * 60_000), TIMES, TIMES)
def test_the_end_is_exact_to_the_millisecond(night: tuple[str, str], offset: int, start: int, end: int) -> None:
    zone, at = ZoneInfo(night[0]), from_iso(night[1]) + offset
    rule = QuietRule("it", start, end, frozenset(range(7)), zone)
    found = quiet([rule], at)
    if found is not None and found.until is not None:
        assert is_quiet(rule, found.until - 1)
        assert not is_quiet(rule, found.until)
        assert found == Quiet("it", found.until, "it")


@given(
    st.integers(0, 7 * 24 * 60 - 1),
    st.lists(
        st.tuples(TIMES, TIMES, st.just(frozenset(range(7))) | st.sets(st.integers(0, 6), min_size=5)), min_size=2, max_size=4
    ),
)
def test_rules_leave_no_hour_only_if_no_minute_of_a_week_is_left(
    minutes: int, windows: list[tuple[int, int, Collection[int]]]
) -> None:
    """What is said of a week is so for ever, where clocks are not set."""
    rules = [QuietRule(str(n), start, end, frozenset(days), UTC) for n, (start, end, days) in enumerate(windows)]
    at = from_iso("2026-11-23T00:00:00Z") + minutes * MINUTE
    found = quiet(rules, at)
    is_left = any(not any(is_quiet(rule, at + each * MINUTE) for rule in rules) for each in range(7 * 24 * 60))
    assert (found is not None and found.until is None) is (not is_left)


@pytest.mark.parametrize(
    ("windows", "says"),
    [
        ([("20:00", "12:00"), ("12:00", "20:00")], ("0", None, "1")),  # not one minute between them
        ([("00:00", "00:00")], ("0", None, "0")),
        ([("22:00", "08:00"), ("07:00", "09:30")], ("0", "09:30", "1")),
        ([("22:00", "08:00"), ("23:30", "06:00")], ("0", "08:00", "0")),
        ([("07:00", "09:30"), ("22:00", "08:00")], ("1", "09:30", "0")),
    ],
)
def test_the_rule_that_binds_last_is_named(windows: list[tuple[str, str]], says: tuple[str, str | None, str]) -> None:
    every_day = frozenset(range(7))
    rules = [
        QuietRule(str(n), minute_of_day(start) or 0, minute_of_day(end) or 0, every_day, UTC)
        for n, (start, end) in enumerate(windows)
    ]
    found = quiet(rules, from_iso("2026-11-25T23:00:00Z"))
    assert found is not None
    ends = None if found.until is None else local_time(found.until, UTC).strftime("%H:%M")
    assert (found.by, ends) == says[:2]
    assert ends is None or found.last == says[2]


def test_days_have_names_in_the_order_of_the_week() -> None:
    assert WEEKDAYS[date(2026, 11, 30).weekday()] == "monday"
