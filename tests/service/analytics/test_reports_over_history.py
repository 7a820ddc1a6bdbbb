"""Reports whose figures come from real history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from relance.analytics.courses import changes_query, read_changes
from relance.analytics.service import Reports, day_of, purchases_query, start_of
from relance.core.encoding import to_json
from relance.events.history_clickhouse import open_on_clickhouse
from relance.events.model import Batch, Event
from relance.events.past import History
from relance.messaging.credit.conversion_records import order_of
from tests.history import lay_history
from tests.unit.analytics.cdnow import SIZES, purchases


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(lay_history(tmp_path), 128)
    yield history
    history.close()


@pytest.fixture(params=["duckdb", "clickhouse"])
def on_each(request: pytest.FixtureRequest, history: History) -> Iterator[History]:
    if request.param == "duckdb":
        yield history
        return
    own = f"reports_{crc32(request.node.name.encode()):x}"  # a database of its own for each test
    opened = open_on_clickhouse(request.getfixturevalue("clickhouse_url"), own)
    yield opened
    opened.close()


def test_rfm_of_the_cdnow_purchases_from_history(history: History) -> None:
    bought = purchases()
    events = [
        Event(1, "track", "Order Completed", f"cdnow-{line}", str(person), "", bought_at, bought_at)
        for line, (person, bought_at, _) in enumerate(bought)
    ]
    # Another app's purchases, and other events of the same people, change nothing.
    beside = [
        Event(2, "track", "Order Completed", "other", "1", "", bought[0][1], bought[0][1]),
        Event(1, "track", "Product Viewed", "seen", "1", "", bought[0][1], bought[0][1]),
    ]
    persons = [person for person, _, _ in bought] + [1, 1]
    history.append(0, Batch(events + beside, persons, [True] * len(persons), 1))
    report = Reports(create_engine("sqlite://"), history).rfm(1)
    assert (report.people, report.purchases) == (23_570, 69_659)
    assert {cell.cell: cell.people for cell in report.cells if cell.people} == SIZES
    assert sum(cell.purchases for cell in report.cells) == 69_659


def test_a_merge_makes_one_buyer_of_two(history: History) -> None:
    events = [Event(1, "track", "Order Completed", f"m{number}", "", "", number, number) for number in range(3)]
    history.append(0, Batch(events, [1, 2, 3], [False] * 3, 1))
    history.merge(1, 1, 3, 4)
    report = Reports(create_engine("sqlite://"), history).rfm(1)
    assert (report.people, report.purchases) == (2, 3)


def test_changes_fall_into_the_interval_that_holds_them_on_both_sides_of_the_start(history: History) -> None:
    instants = [985, 995, 999, 1_000, 1_009, 1_010]
    events = [
        Event(1, "derived", "segment_entered", f"m{instant}", "", "", instant, instant, b'{"segment":7}') for instant in instants
    ]
    history.append(0, Batch(events, [1] * 6, [False] * 6, 1))
    rows = history.run(changes_query(1, 1_000, 10))
    assert sorted(read_changes(rows, 1_000, 10)) == [
        (7, "segment_entered", 980, 1),
        (7, "segment_entered", 990, 2),
        (7, "segment_entered", 1_000, 2),
        (7, "segment_entered", 1_010, 1),
    ]


def test_changes_that_say_whose_they_were_are_counted_with_those_of_their_segment(on_each: History) -> None:
    bodies = [b'{"segment":7}', b'{"segment":7,"person":1}', b'{"segment":7,"person":2}', b'{"segment":71,"person":3}']
    events = [Event(1, "derived", "segment_merged", f"m{place}", "", "", 5, 5, body) for place, body in enumerate(bodies)]
    on_each.append(0, Batch(events, [9] * 4, [False] * 4, 1))
    rows = list(on_each.run(changes_query(1, 0, 10)))
    assert len(rows) == 2  # a row for each segment, however many people
    assert sorted(read_changes(rows, 0, 10)) == [(7, "segment_merged", 0, 3), (71, "segment_merged", 0, 1)]


# Zone, first and last purchase (UTC), how many days of the zone that is, and when the day after the last begins (UTC).
DAYS_OF_ZONES = [
    ("UTC", "2026-03-28T23:30", "2026-10-25T22:30", 212, "2026-10-26T00:00"),
    # The night in which clocks go forward has begun; the evening of the day on which they went back is not over.
    ("Europe/Paris", "2026-03-28T23:30", "2026-10-25T22:30", 211, "2026-10-25T23:00"),
    ("Europe/Paris", "2026-03-28T23:30", "2026-07-31T22:30", 126, "2026-08-01T22:00"),
    ("America/New_York", "2026-03-08T04:30", "2026-11-01T04:30", 240, "2026-11-02T05:00"),  # a day of 25 hours
    ("Australia/Lord_Howe", "2026-03-28T23:30", "2026-10-25T22:30", 212, "2026-10-26T13:00"),  # clocks change by half an hour
]


@pytest.mark.parametrize(("zone", "first", "last", "days", "as_of"), DAYS_OF_ZONES)
def test_the_days_of_rfm_are_those_of_the_zone_over_changes_of_clocks(
    on_each: History, zone: str, first: str, last: str, days: int, as_of: str
) -> None:
    app = 10 + DAYS_OF_ZONES.index((zone, first, last, days, as_of))
    bought = [instant_of(first), instant_of(last)]
    events = [Event(app, "track", "Order Completed", f"d{at}", "", "", at, at) for at in bought]
    on_each.append(0, Batch(events, [1, 2], [False] * 2, 1))
    report = Reports(create_engine("sqlite://"), on_each).rfm(app, zone=zone)
    assert (report.days, report.as_of) == (days, instant_of(as_of))


def instant_of(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)


@given(
    st.sampled_from(["Europe/Paris", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu"]),
    st.integers(instant_of("1995-01-01T00:00"), instant_of("2035-01-01T00:00")),
)
def test_an_instant_lies_in_its_day_of_a_zone(zone: str, instant: int) -> None:
    """Also where a day has no midnight (São Paulo, Beirut) and where one was left out (Apia)."""
    day, start = day_of(zone), start_of(zone)
    assert start(day(instant)) <= instant < start(day(instant) + 1)
    assert day(start(day(instant))) == day(instant)


IDS: list[Any] = [
    *(
        "A1",
        " A1 ",
        "\u00a0A1\n",
        "a1",
        7,
        7.0,
        "7",
        "07",
        "undefined",
        "Null",
        "",
        " ",
        "0",
        0,
        -1,
        "-1",
        True,
        None,
        "{{ order.id }}",
    ),
    *("“undefined”", "'null' ", "<nil>", "<nil>'", "x-0", "00.0", "[object Object]", "%%ID%%", {"id": 1}, [1], "é1", 1.5),
]


@pytest.mark.parametrize("name", ["order_id", "orderId"])
def test_rfm_takes_one_order_for_one_as_credit_does(on_each: History, name: str) -> None:
    bodies = [{name: each} for each in IDS] + [{}, {"order_id": "null", "orderId": "A1"}, {"order_id": "B", "orderId": "A1"}]
    events = [
        Event(1, "track", "Order Completed", "same", f"u{place}", "", 5 + place, 5 + place, to_json(body).encode())
        for place, body in enumerate(bodies)
    ]
    on_each.append(0, Batch(events, [9] * len(events), [False] * len(events), 1))
    orders = [order_of(body) for body in bodies]
    expected = len({order for order in orders if order}) + orders.count("")
    [row] = on_each.run(purchases_query(1, "Order Completed", None))
    assert row[1] == expected
    for place, body in enumerate(bodies):
        alone = Event(2 + place, "track", "Order Completed", "m", "u", "", 5, 5, to_json(body).encode())
        twin = Event(2 + place, "track", "Order Completed", "m2", "u", "", 5, 5, to_json(body).encode())
        on_each.append(0, Batch([alone, twin], [9, 9], [False] * 2, 1_000 + 2 * place))
        [row] = on_each.run(purchases_query(2 + place, "Order Completed", None))
        assert row[1] == (1 if orders[place] else 2), body
