"""A window seen from now and seen from the event are one; days and periods are those of the zone's clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import DAY, HOUR, MINUTE, from_iso
from relance.segments.errors import RuleError
from relance.segments.rule.days import day_by, day_of, day_start, offsets, period_at
from relance.segments.rule.tree import parse_rule
from relance.segments.rule.window import Window, bounds, horizon, presence

# Clocks that change in spring and autumn, at midnight, by half an hour, never; a date that a country left out.
ZONES = ["UTC", "Europe/Paris", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
BORDERS = [from_iso(each) for each in ("2024-02-29", "2024-12-31", "2026-03-29", "2026-10-25", "2011-12-30", "2026-09-06")]
BORDERS += [from_iso("2026-04-24"), from_iso("2026-04-05")]  # at midnight the clocks of Cairo go on, and those of Santiago back

zones = st.sampled_from(ZONES)
instants = st.one_of(
    st.integers(from_iso("2009-01-01"), from_iso("2030-01-01")),
    st.builds(
        lambda border, hours, part: border + hours * HOUR + part,
        st.sampled_from(BORDERS),
        st.integers(-30, 30),
        st.integers(-1, 1),
    ),
)
lengths = st.sampled_from(["1s", "90m", "1d", "7d", "52w"])
CALENDARS = [f"{which}_{period}" for which in ("this", "last") for period in ("week", "month", "quarter", "year")]
windows = st.one_of(
    st.none(),
    st.builds(lambda last: {"last": last}, lengths),
    st.sampled_from([{"ago": ["2d", "1d"]}, {"ago": ["365d", "1s"]}, {"ago": ["90m", "89m"]}]),
    st.builds(lambda name, zone: {"calendar": name, "zone": zone}, st.sampled_from(["today", "yesterday", *CALENDARS]), zones),
    st.builds(lambda zone: {"from": "2024-02-29", "to": "2026-10-25", "zone": zone}, zones),
    st.sampled_from([{"from": "2026-03-29T02:30:00"}, {"to": "2026-03-29T00:00:00+01:00"}]),
    st.builds(lambda length: {"after_first": length}, lengths),
)


def window_of(data: dict[str, Any] | None) -> Window | None:
    rule = parse_rule({"kind": "behaviour", "event": "X", **({} if data is None else {"window": data})})
    window: Window | None = rule.window  # type: ignore[union-attr]
    return window


@given(windows, instants, st.data())
def test_an_event_is_present_exactly_while_its_instant_is_within_bounds(written: Any, instant: int, data: st.DataObject) -> None:
    window = window_of(written)
    first = instant - data.draw(st.sampled_from([0, 1, HOUR, DAY - 1, DAY, 400 * DAY]))
    present = presence(window, instant, first)
    edges = [instant] if present is None else [instant, *present]
    near = [edge + step for edge in edges for step in (-DAY, -1, 0, 1, DAY) if abs(edge) < 1 << 60]
    for now in [each for each in [*near, data.draw(instants)] if each >= instant]:
        after, until = bounds(window, now, first)
        assert (after < instant <= until) is (present is not None and present.enter <= now < present.leave), now
        if instant <= horizon(window, now):
            assert not after < instant <= until


def period_of(day: date, period: str) -> tuple[int, ...]:
    """A name of the period that a day lies in."""
    iso = day.isocalendar()
    return {
        "day": (day.toordinal(),),
        "week": (iso.year, iso.week),
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month + 2) // 3),
        "year": (day.year,),
    }[period]


def on_calendar(name: str, zone: str, instant: int, now: int) -> bool:
    """Whether an event is in a calendar window by what calendars and clocks on the wall say, without reckoning in instants."""
    then, today = (datetime.fromtimestamp(each // 1000, ZoneInfo(zone)).date() for each in (instant, now))
    period = {"today": "day", "yesterday": "day"}.get(name) or name.partition("_")[2]
    if name == "today" or name.startswith("this_"):
        return instant <= now and period_of(then, period) == period_of(today, period)
    while period_of(today, period) == period_of(before := today - timedelta(days=1), period):
        today = before
    if zone == "Pacific/Apia" and before == date(2011, 12, 30):  # which was left out there
        before -= timedelta(days=1)
    return period_of(then, period) == period_of(before, period)


@pytest.mark.parametrize("name", ["today", "yesterday", *CALENDARS])
@pytest.mark.parametrize("zone", ZONES)
def test_the_first_and_last_millisecond_of_a_calendar_window(name: str, zone: str) -> None:
    """Midnights are found on the clock, minute by minute, in the days around changes of clocks, of months and of years."""
    window = window_of({"calendar": name, "zone": zone})
    counted = 0
    for border in BORDERS:
        minutes = range(border - 2 * DAY, border + 2 * DAY, 15 * MINUTE)
        dates = [datetime.fromtimestamp(each // 1000, ZoneInfo(zone)).date() for each in minutes]
        midnights = [each for each, before, day in zip(minutes[1:], dates, dates[1:], strict=False) if before != day]
        assert len(midnights) >= 3
        near = sorted({midnight + step for midnight in midnights for step in (-1, 0)})
        for instant, now in product(near, repeat=2):
            expected = on_calendar(name, zone, instant, now)
            after, until = bounds(window, now, None)
            present = presence(window, instant, instant)
            assert (after < instant <= until) is expected, (instant, now)
            assert (present is not None and present.enter <= now < present.leave) is expected, (instant, now)
            counted += expected
    assert counted


@given(zones, instants, instants, st.sampled_from(["today", "yesterday", *CALENDARS]))
def test_a_calendar_window_holds_what_calendars_say(zone: str, instant: int, now: int, name: str) -> None:
    after, until = bounds(window_of({"calendar": name, "zone": zone}), now, None)
    assert (after < instant <= until) is on_calendar(name, zone, instant, now)


@given(zones, instants)
def test_the_day_of_an_instant_is_the_clocks(zone: str, instant: int) -> None:
    local = datetime.fromtimestamp(instant // 1000, ZoneInfo(zone))
    day = day_of(instant, zone)
    assert day_start(day, zone) <= instant < day_start(day + 1, zone)
    assert day == local.toordinal() - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")).toordinal()


def test_a_day_that_has_begun_goes_on_where_the_clocks_return_to_the_one_before() -> None:
    """At a minute past midnight Newfoundland's clocks went back to 23:01."""
    minutes = range(from_iso("2009-11-01T02:00:00Z"), from_iso("2009-11-01T05:00:00Z"), MINUTE)
    days = [day_of(each, "America/St_Johns") for each in minutes]
    assert days == sorted(days)
    assert minutes[days.index(days[-1])] == from_iso("2009-11-01T02:30:00Z")


@given(zones, instants, st.lists(st.integers(0, 400 * DAY), min_size=1, max_size=20))
def test_days_as_numbers_are_the_days(zone: str, start: int, steps: list[int]) -> None:
    table = offsets(zone, start, start + 400 * DAY)
    for step in steps:
        assert day_by(table, start + step) == day_of(start + step, zone)


@given(zones, instants, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_periods_touch_and_begin_at_midnight(zone: str, instant: int, period: Any) -> None:
    start, end = period_at(period, instant, zone)
    assert start <= instant < end
    assert period_at(period, end, zone)[0] == end
    assert period_at(period, start - 1, zone)[1] == start
    assert start == day_start(day_of(start, zone), zone)


def test_periods_by_hand() -> None:
    def said(text: str) -> int:
        return from_iso(text)

    paris = "Europe/Paris"
    assert period_at("day", said("2026-03-29T12:00Z"), paris) == (said("2026-03-28T23:00Z"), said("2026-03-29T22:00Z"))
    assert period_at("week", said("2026-11-22T12:00Z"), paris) == (said("2026-11-15T23:00Z"), said("2026-11-22T23:00Z"))
    assert period_at("month", said("2024-02-29T23:30Z"), "UTC") == (said("2024-02-01"), said("2024-03-01"))
    assert period_at("quarter", said("2026-12-31T23:30Z"), paris) == (said("2026-12-31T23:00Z"), said("2027-03-31T22:00Z"))


@pytest.mark.parametrize(
    ("window", "path"),
    [
        ({"last": "0d"}, "rule.window.last"),
        ({"last": "11y"}, "rule.window.last"),
        ({"last": "300w", "ago": ["2d", "1d"]}, "rule.window"),
        ({"last": "999999999d"}, "rule.window.last"),
        ({"ago": ["1d", "2d"]}, "rule.window.ago"),
        ({"ago": ["1d", "xd"]}, "rule.window.ago[1]"),
        ({"calendar": "someday"}, "rule.window.calendar"),
        ({"calendar": "today", "zone": "Mars/Olympus"}, "rule.window.zone"),
        ({"calendar": "today", "zone": "Europe"}, "rule.window.zone"),
        ({"from": "2026-02-30"}, "rule.window.from"),
        ({"from": "2026-02-03", "to": "2026-02-03"}, "rule.window.to"),
        ({"from": "1889-02-03"}, "rule.window.from"),
        ({"after_first": ""}, "rule.window.after_first"),
        ({}, "rule.window"),
        ({"shape": "last", "last": "1d"}, "rule.window"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_its_path(window: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule({"kind": "behaviour", "event": "X", "window": window})
    assert caught.value.data["path"] == path
