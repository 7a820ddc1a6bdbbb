"""The outbox gives back what was put, in order, until it is removed."""

from __future__ import annotations

from array import array

from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.events.service import Told, Word, put_outbox, remove_outbox, take_outbox
from relance.infra.database import writing
from tests.store.events.builders import make_event


def test_events_come_out_in_order_until_removed(state: Engine) -> None:
    with writing(state) as connection:
        put_outbox(connection, 0, [make_event(1), make_event(2)], 10)
        put_outbox(connection, 0, [], 10)
        put_outbox(connection, 1, [make_event(7)], 10)
        put_outbox(connection, 0, [make_event(3)], 11)
    with writing(state) as connection:
        ids, events = take_outbox(connection, 0, 2)
        assert [event.message_id for event in events] == ["m1", "m2"]
        ids, events = take_outbox(connection, 0, 1)
        assert len(events) == 2, "a row is taken whole"
        ids, events = take_outbox(connection, 0, 100)
        assert events == [make_event(1), make_event(2), make_event(3)]
        remove_outbox(connection, ids)
        assert take_outbox(connection, 0, 100) == ([], [])
        assert len(take_outbox(connection, 1, 100)[1]) == 1


def test_what_is_told_of_many_people_comes_out_as_events_in_its_place(state: Engine) -> None:
    kinds = [Word(7, "segment_entered", "a1", b'{"segment":1}'), Word(8, "segment_left", "b2", b'{"segment":2}')]
    words, people, instants, flags = (
        array("q", column).tobytes() for column in ((1, 0, 1), (5, 6, 1 << 40), (10, 11, 12), (0, 1, 0))
    )
    told = Told(kinds, words, people, instants, flags)
    assert len(told) == 3
    with writing(state) as connection:
        put_outbox(connection, 0, [make_event(1), make_event(2), told, make_event(3)], 10)
    with writing(state) as connection:
        _, events = take_outbox(connection, 0, 100)
    assert [event.message_id for event in events] == ["m1", "m2", "b2-5-10", "a1-6-11", f"b2-{1 << 40}-12", "m3"]
    assert events[3] == Event(7, "derived", "segment_entered", "a1-6-11", "", "", 11, 11, b'{"segment":1}', b"{}", 1, 6)
    assert (events[4].name, events[4].person_id, events[4].flags) == ("segment_left", 1 << 40, 0)
