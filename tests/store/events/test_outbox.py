"""The outbox gives back what was put, in order, until it is removed."""

from __future__ import annotations

from array import array

from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.events.service import EventBatch, EventTemplate, put_outbox, remove_outbox, take_outbox
from relance.infra.database import writing
from tests.store.events.builders import make_event


def test_events_come_out_in_order_until_removed(state: Engine) -> None:
    with writing(state) as connection:
        put_outbox(connection, 0, [make_event(1), make_event(2)], 10)
        put_outbox(connection, 0, [], 10)
        put_outbox(connection, 1, [make_event(7)], 10)
        put_outbox(connection, 0, [make_event(3)], 11)
    with writing(state) as connection:
        ids, events, left = take_outbox(connection, 0, 2)
        assert left
        assert [event.message_id for event in events] == ["m1", "m2"]
        ids, events, _ = take_outbox(connection, 0, 1)
        assert len(events) == 2, "a row is taken whole"
        ids, events, _ = take_outbox(connection, 0, 100)
        assert events == [make_event(1), make_event(2), make_event(3)]
        remove_outbox(connection, ids)
        assert take_outbox(connection, 0, 100) == ([], [], False)
        assert len(take_outbox(connection, 1, 100)[1]) == 1


def test_what_is_told_of_many_people_comes_out_as_events_in_its_place(state: Engine) -> None:
    kinds = [
        EventTemplate(7, "segment_entered", "a1", b'{"segment":1}'),
        EventTemplate(8, "segment_left", "b2", b'{"segment":2}'),
    ]
    words, people, instants, flags = (
        array("q", column).tobytes() for column in ((1, 0, 1), (5, 6, 1 << 40), (10, 11, 12), (0, 1, 0))
    )
    batch_of_events = EventBatch(kinds, words, people, instants, flags)
    assert len(batch_of_events) == 3
    with writing(state) as connection:
        put_outbox(
            connection, 0, [make_event(1, app_id=8), make_event(2, app_id=8), batch_of_events, make_event(3, app_id=8)], 10
        )
    with writing(state) as connection:
        _, events, _ = take_outbox(connection, 0, 100)
    assert [event.message_id for event in events if event.app_id == 8] == ["m1", "m2", "b2-5-10", f"b2-{1 << 40}-12", "m3"]
    (of_seven,) = (event for event in events if event.app_id == 7)
    assert of_seven == Event(7, "derived", "segment_entered", "a1-6-11", "", "", 11, 11, b'{"segment":1}', b"{}", 1, 6)
    assert (events[3].name, events[3].person_id, events[3].flags) == ("segment_left", 1 << 40, 0)


def entering(app: int, people: int, first: int = 0) -> EventBatch:
    """That so many people entered a segment."""
    words, persons, instants, flags = (
        array("q", column).tobytes() for column in ([0] * people, range(first, first + people), range(people), [0] * people)
    )
    return EventBatch([EventTemplate(app, "segment_entered", f"t{app}", b"{}")], words, persons, instants, flags)


def test_what_is_derived_of_one_app_keeps_no_other_waiting(state: Engine) -> None:
    with writing(state) as connection:
        put_outbox(connection, 0, [entering(1, 500_000)], 10)
        put_outbox(connection, 0, [entering(2, 3), make_event(7, app_id=3)], 11)
    of_flood: list[int] = []
    for tick in range(3):
        with writing(state) as connection:
            ids, events, left = take_outbox(connection, 0, 10_000, tick)
            remove_outbox(connection, ids)
        if not tick:
            assert len([event for event in events if event.app_id != 1]) == 4
        assert left
        assert 9_000 <= len(events) <= 10_000
        of_flood += [event.person_id for event in events if event.app_id == 1]
    assert of_flood == list(range(len(of_flood))), "in its order"


def test_of_very_many_rows_each_app_has_some_looked_at(state: Engine) -> None:
    with writing(state) as connection:
        for number in range(1_100):
            put_outbox(connection, 0, [make_event(number, app_id=1)], 10)
        put_outbox(connection, 0, [make_event(5_000, app_id=2)], 10)
        put_outbox(connection, 1, [make_event(6_000, app_id=2)], 10)
    with writing(state) as connection:
        _, events, left = take_outbox(connection, 0, 10, 3)
        assert left
        assert [event.message_id for event in events] == [*(f"m{number}" for number in range(9)), "m5000"]
        assert len(take_outbox(connection, 0, 10_000)[0]) >= 101


def test_rows_of_an_older_version_come_first(state: Engine) -> None:
    with writing(state) as connection:
        put_outbox(connection, 0, [make_event(1, app_id=1)], 10)
        put_outbox(connection, 0, [make_event(2, app_id=0)], 10)  # as if written before rows had an app
        put_outbox(connection, 0, [make_event(3, app_id=2)], 10)
    with writing(state) as connection:
        ids, events, left = take_outbox(connection, 0, 100)
        assert ([event.message_id for event in events], left) == (["m2"], True)
        remove_outbox(connection, ids)
        assert [event.message_id for event in take_outbox(connection, 0, 100)[1]] == ["m1", "m3"]
