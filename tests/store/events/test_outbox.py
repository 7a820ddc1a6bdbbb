"""The outbox gives back what was put, in order, until it is removed."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.events.service import put_outbox, remove_outbox, take_outbox
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
