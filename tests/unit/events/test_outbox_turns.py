"""Turns in the outbox: order within an app, nothing lost, nobody starved, and the same for the same rows and tick."""

from __future__ import annotations

from array import array
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.events.event_batch import EventBatch, EventTemplate
from relance.events.outbox_turns import Row, in_turns

MOST = 100
LARGEST = 40

rows = st.lists(st.tuples(st.integers(1, 5), st.integers(1, LARGEST)), max_size=80).map(
    lambda pairs: [Row(number, app, events) for number, (app, events) in enumerate(pairs, 1)]
)


def drained(waiting: list[Row]) -> list[list[Row]]:
    """Tick after tick until nothing is left."""
    ticks: list[list[Row]] = []
    left = list(waiting)
    while left:
        ids = in_turns(left, MOST, len(ticks))
        assert ids == sorted(ids)
        assert ids == in_turns(left, MOST, len(ticks))
        assert ids
        taken = [row for row in left if row.id in set(ids)]
        ticks.append(taken)
        left = [row for row in left if row.id not in set(ids)]
    return ticks


@given(rows)
def test_all_are_taken_each_apps_in_their_order_and_no_tick_too_much(waiting: list[Row]) -> None:
    ticks = drained(waiting)
    taken = [row for tick in ticks for row in tick]
    assert sorted(taken) == waiting
    for app in range(1, 6):
        assert [row for row in taken if row.app_id == app] == [row for row in waiting if row.app_id == app]
    for tick in ticks:
        assert sum(row.events for row in tick) <= MOST or len(tick) == 1


@given(rows)
def test_whoever_has_more_left_was_given_about_as_much_as_any_other(waiting: list[Row]) -> None:
    """By less than two rows: its next one did not fit, or comes next."""
    given: Counter[int] = Counter()
    ids = set(in_turns(waiting, MOST, 0))
    for row in waiting:
        if row.id in ids:
            given[row.app_id] += row.events
    for hungry in {row.app_id for row in waiting if row.id not in ids}:
        room = MOST - sum(given.values())
        first = next(row for row in waiting if row.app_id == hungry and row.id not in ids)
        assert first.events > room or not ids
        assert max(given.values()) - given[hungry] < 2 * LARGEST + LARGEST


def test_of_more_apps_than_have_room_others_are_first_in_each_tick() -> None:
    left = [Row(number, 1 + number % 7, MOST) for number in range(70)]
    found: list[int] = []
    for tick in range(7):
        (chosen,) = in_turns(left, MOST, tick)
        found += [row.app_id for row in left if row.id == chosen]
        left = [row for row in left if row.id != chosen]
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7]


def test_rows_of_an_older_version_come_before_all_others() -> None:
    assert in_turns([Row(1, 3, 5), Row(2, 0, 5), Row(3, 0, 5), Row(4, 1, 5)], MOST, 0) == [2, 3]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=60), st.integers(1, 7), st.sampled_from([2, 6]))
def test_what_is_told_of_many_is_parted_by_app_without_a_change(pairs: list[tuple[int, int]], most: int, each: int) -> None:
    kinds = [EventTemplate(word // each, "segment_entered", f"b{word}", b"{}") for word in range(6)]
    numbers = range(len(pairs))
    columns = ([word for word, _ in pairs], [person for _, person in pairs], numbers, [number % 2 for number in numbers])
    whole = EventBatch(kinds, *(array("q", column).tobytes() for column in columns))
    parts = list(whole.parts(most))
    assert all(len(part) <= most for _, part in parts)
    assert all(
        len(part.kinds) == len({event.message_id[:2] for event in part.events()}) for _, part in parts if len(whole) > most
    )
    for app in range(3):
        mine = [event for owner, part in parts if owner == app for event in part.events()]
        assert mine == [event for event in whole.events() if event.app_id == app]
