"""What caps let pass, and from when on: exact at every border, and as a plain count over time would say."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import DAY, HOUR, MINUTE, from_iso
from relance.restraint.caps import (
    Blocked,
    Limit,
    Request,
    Use,
    blocked,
    day_start,
    period_end,
    period_start,
    reaches_back,
    tier_of,
)
from relance.restraint.model import Cap, Lane, MessageClass, Tier

UTC = ZoneInfo("UTC")
PARIS = ZoneInfo("Europe/Paris")
NOW = from_iso("2026-11-25T12:00:00Z")  # a Wednesday
REQUEST = Request("email", "marketing", "general", "campaign")


def limit(**given: Any) -> Limit:
    """A cap of one in 24 hours on everything, but for what is given."""
    usual: dict[str, Any] = {"most": 1, "rolling": "24h", "calendar": None, "gap": None, "kept": {}, "tiers": ()}
    usual |= {"channels": (), "classes": (), "topics": ()}
    return Limit.of(Cap(id=7, app_id=1, name="", version=1, created_at=0, updated_at=0, **{**usual, **given}))


def use(at: int, dispatch: str = "", **given: str) -> Use:
    usual = {"channel": "email", "message_class": "marketing", "topic": "general", "lane": "campaign"}
    return Use(at, dispatch, **{**usual, **given})


def until(cap: Limit, *used: Use, zone: ZoneInfo = UTC, request: Request = REQUEST, now: int = NOW, segments: Any = ()) -> Any:
    found = blocked([cap], request, used, segments, zone, now)
    return None if found is None else found.until


@pytest.mark.parametrize(
    ("cap", "used", "free"),
    [
        (limit(), [], None),
        (limit(), [NOW - DAY], None),
        (limit(), [NOW - DAY + 1], NOW + 1),
        (limit(), [NOW], NOW + DAY),
        (limit(most=2), [NOW - HOUR], None),
        (limit(most=2), [NOW - 2 * HOUR, NOW - HOUR], NOW + 22 * HOUR),
        (limit(most=2), [NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR], NOW + 22 * HOUR),  # it was lowered meanwhile
        (limit(most=None, rolling=None, gap="4h"), [NOW - 4 * HOUR], None),
        (limit(most=None, rolling=None, gap="4h"), [NOW - 5 * HOUR, NOW - 4 * HOUR + 1], NOW + 1),
        (limit(most=2, gap="4h"), [NOW - HOUR], NOW + 3 * HOUR),
        (limit(most=2, gap="30m"), [NOW - 23 * HOUR, NOW - HOUR], NOW + HOUR),
    ],
)
def test_a_slot_is_free_exactly_when_the_window_has_passed(cap: Limit, used: list[int], free: int | None) -> None:
    assert until(cap, *map(use, used)) == free


@pytest.mark.parametrize(
    ("calendar", "zone", "used", "free"),
    [
        ("day", "UTC", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"),
        ("day", "UTC", "2026-11-24T23:59:59.999Z", None),
        ("day", "Europe/Paris", "2026-11-24T23:00:00Z", "2026-11-25T23:00:00Z"),
        ("day", "Europe/Paris", "2026-11-24T22:59:59.999Z", None),
        ("day", "Pacific/Auckland", "2026-11-25T11:00:00Z", "2026-11-26T11:00:00Z"),
        ("day", "Pacific/Auckland", "2026-11-25T10:59:00Z", None),
        ("week", "UTC", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("week", "UTC", "2026-11-22T23:59:00Z", None),
        ("week", "America/New_York", "2026-11-23T05:00:00Z", "2026-11-30T05:00:00Z"),
    ],
)
def test_a_calendar_window_is_the_persons_day_or_week_from_monday(calendar: str, zone: str, used: str, free: str | None) -> None:
    cap = limit(rolling=None, calendar=calendar)
    assert until(cap, use(from_iso(used)), zone=ZoneInfo(zone)) == (None if free is None else from_iso(free))


def test_one_second_before_midnight_and_one_after_are_two_days() -> None:
    cap, midnight = limit(rolling=None, calendar="day"), from_iso("2026-11-25T23:00:00Z")
    assert until(cap, use(midnight - 1_000), zone=PARIS, now=midnight - 1) == midnight
    assert until(cap, use(midnight - 1_000), zone=PARIS, now=midnight) is None


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),  # midnight is left out: the day begins at one
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),  # midnight comes twice: the first of the two
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: str, begins: str) -> None:
    ordinal = from_iso(day) // DAY + 719_163
    assert day_start(ZoneInfo(zone), ordinal) == from_iso(begins)


@pytest.mark.parametrize(
    ("given", "other", "counts"),
    [
        ({}, {"channel": "web_push", "message_class": "transactional", "topic": "x"}, True),
        ({"channels": ("email",)}, {}, True),
        ({"channels": ("email", "web_push")}, {"channel": "web_push"}, True),
        ({"channels": ("email",)}, {"channel": "web_push"}, False),
        ({"classes": (MessageClass.MARKETING,)}, {"message_class": "transactional"}, False),
        ({"topics": ("general",)}, {}, True),
        ({"topics": ("general",)}, {"topic": "offers"}, False),
    ],
)
def test_a_cap_counts_what_it_concerns_and_concerns_what_it_counts(given: Any, other: dict[str, str], *, counts: bool) -> None:
    assert (until(limit(**given), use(NOW, **other)) is not None) is counts
    request = Request(**{**REQUEST._asdict(), **other})
    assert (until(limit(**given), use(NOW), request=request) is not None) is counts


def test_the_cap_that_holds_longest_is_named() -> None:
    caps = [limit(), limit(rolling="7d")._replace(cap_id=8), limit(rolling="1h")._replace(cap_id=9)]
    assert blocked(caps, REQUEST, [use(NOW)], (), UTC, NOW) == Blocked(8, NOW + 7 * DAY)


def test_what_a_lane_has_kept_is_not_for_others() -> None:
    cap = limit(most=3, rolling="7d", kept={Lane.JOURNEY: 1})
    campaigns = [use(NOW - 3 * HOUR), use(NOW - 2 * HOUR)]
    journey = Request("email", "marketing", "general", "journey")
    assert until(cap, *campaigns) == NOW - 3 * HOUR + 7 * DAY
    assert until(cap, *campaigns, request=journey) is None
    assert until(cap, use(NOW, lane="journey"), campaigns[0]) is None  # it has been used: the others have the rest
    full = [*campaigns, use(NOW - HOUR, lane="journey")]
    assert until(cap, *full, request=journey) == NOW - 3 * HOUR + 7 * DAY
    # The slot that the journey's gives back is kept for the next one of a journey.
    assert until(cap, use(NOW - 4 * HOUR, lane="journey"), *campaigns) == NOW - 3 * HOUR + 7 * DAY


def test_what_is_kept_whole_or_forbidden_is_never_free() -> None:
    assert blocked([limit(kept={Lane.JOURNEY: 1})], REQUEST, [], (), UTC, NOW) == Blocked(7, None)
    for never in (limit(most=0), limit(most=0, rolling=None, calendar="week")):
        assert blocked([never], REQUEST, [], (), UTC, NOW) == Blocked(7, None)
        assert blocked([never], REQUEST, [use(NOW)], (), UTC, NOW) == Blocked(7, None)


def test_the_first_tier_that_somebody_is_in_holds() -> None:
    cap = limit(most=2, tiers=(Tier(5, 1), Tier(6, 3), Tier(7, 0)))
    two = [use(NOW - HOUR), use(NOW - 2 * HOUR)]
    assert [tier_of(cap, those) for those in ((), (6, 5), (6,), (9,))] == [0, 5, 6, 0]
    assert until(cap, two[0], segments=(6, 5)) == NOW + 23 * HOUR
    assert until(cap, *two, segments=(6,)) is None
    assert until(cap, *two, segments=(9,)) == NOW + 22 * HOUR
    assert blocked([cap], REQUEST, [], (7,), UTC, NOW) == Blocked(7, None)


def test_what_other_clocks_wrote_for_later_counts() -> None:
    assert until(limit(), use(NOW + MINUTE)) == NOW + MINUTE + DAY
    assert until(limit(rolling=None, calendar="day"), use(NOW + 40 * DAY)) == from_iso("2027-01-05T00:00:00Z")


ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
STEP = 3 * HOUR
BEGIN = from_iso("2026-10-23T00:00:00Z")  # weeks in which the clocks of four of these are set
NOW_IN_STORY = BEGIN + 60 * STEP
LANES = st.sampled_from(["journey", "campaign"])


@st.composite
def caps(draw: st.DrawFn) -> Limit:
    most = draw(st.one_of(st.none(), st.integers(0, 4)))
    window: dict[str, Any] = {"rolling": None, "calendar": None}
    if most is not None:
        window |= draw(st.sampled_from([{"rolling": "6h"}, {"rolling": "2d"}, {"calendar": "day"}, {"calendar": "week"}]))
    gap = draw(st.sampled_from(["3h", "9h"] if most is None else [None, "3h", "9h"]))
    kept = {Lane.JOURNEY: draw(st.integers(0, most))} if most and draw(st.booleans()) else {}
    channels = draw(st.sampled_from([(), ("email",), ("web_push",)]))
    tiers = (Tier(5, draw(st.integers(0, 3))),) if most is not None and draw(st.booleans()) else ()
    return limit(most=most, gap=gap, kept=kept, channels=channels, tiers=tiers, **window)


USES = st.builds(
    use,
    st.integers(-60, 4).map(lambda step: NOW_IN_STORY + step * STEP),
    channel=st.sampled_from(["email", "web_push"]),
    lane=LANES,
)


def passes(cap: Limit, request: Request, used: list[Use], segments: tuple[int, ...], zone: ZoneInfo, t: int) -> bool:
    """The definition: count what lies in the window at this very instant."""
    mine = [each for each in used if not cap.channels or each.channel in cap.channels]
    if cap.channels and request.channel not in cap.channels:
        return True
    if cap.gap and any(each.at + cap.gap > t for each in mine):
        return False
    most = next((most for segment, most in cap.tiers if segment in segments), cap.most)
    if most is None:
        return True
    start = t - cap.window + 1 if cap.window else period_start(cap.calendar, zone, t)
    within = [each for each in mine if each.at >= start]
    unused = {lane: max(0, n - sum(each.lane == lane for each in within)) for lane, n in cap.kept.items() if lane != request.lane}
    return len(within) + sum(unused.values()) < most


@given(
    st.lists(caps(), min_size=1, max_size=4),
    st.lists(USES, max_size=8),
    st.sampled_from(ZONES),
    st.sampled_from([(), (5,)]),
    LANES,
)
def test_it_is_blocked_until_the_first_instant_at_which_all_caps_let_it_pass(
    limits: list[Limit], used: list[Use], zone: str, segments: tuple[int, ...], lane: str
) -> None:
    request, where = Request("email", "marketing", "general", lane), ZoneInfo(zone)
    found = blocked(limits, request, used, segments, where, NOW_IN_STORY)

    def free(t: int) -> bool:
        return all(passes(each, request, used, segments, where, t) for each in limits)

    if found is None:
        assert free(NOW_IN_STORY)
        return
    assert not free(NOW_IN_STORY)
    if found.until is None:
        assert not free(NOW_IN_STORY + 400 * DAY)
        return
    assert free(found.until)
    assert not free(found.until - 1)
    steps = range(NOW_IN_STORY, found.until, 30 * MINUTE)
    assert [t for t in steps if free(t)] == []


@given(st.lists(caps(), max_size=4), st.lists(USES, max_size=8), st.sampled_from(ZONES))
def test_what_lies_further_back_than_all_windows_does_not_matter(limits: list[Limit], used: list[Use], zone: str) -> None:
    where, back = ZoneInfo(zone), NOW_IN_STORY - reaches_back(limits)
    near = [each for each in used if each.at > back]
    assert blocked(limits, REQUEST, near, (), where, NOW_IN_STORY) == blocked(limits, REQUEST, used, (), where, NOW_IN_STORY)


@given(st.integers(0, 4_000 * 24), st.sampled_from(ZONES), st.sampled_from(["day", "week"]))
def test_periods_follow_each_other(hours: int, zone: str, calendar: str) -> None:
    instant, where = from_iso("2020-01-01T00:30:00Z") + hours * HOUR, ZoneInfo(zone)
    start, end = period_start(calendar, where, instant), period_end(calendar, where, instant)
    assert start <= instant < end
    assert period_start(calendar, where, end) == end
    assert period_start(calendar, where, end - 1) == start
