"""What history keeps under the person of now says who it was about."""

from __future__ import annotations

from relance.events.model import Batch, Event
from relance.pipeline.tick_transaction import with_former


def event(name: str, person: int, kind: str = "derived") -> Event:
    return Event(1, kind, name, f"{name}{person}", person_id=person, body=b'{"segment":7}')


def test_a_change_of_membership_says_whose_it_was_where_that_person_became_part_of_another() -> None:
    names = ("segment_entered", "segment_left", "segment_merged")
    events = [event(name, person) for name in names for person in (2, 3)]
    found = with_former(Batch(events, [1, 3] * 3, [False] * 6, 10), range(6)).events
    assert [each.body for each in found] == [b'{"segment":7,"person":2}', b'{"segment":7}'] * 3
    assert [each.person_id for each in found] == [2, 3] * 3
    assert {each.body for each in events} == {b'{"segment":7}'}  # what is in the outbox stays what it is


def test_nothing_else_is_changed() -> None:
    events = [event("segment_entered", 0, "track"), event("message_sent", 2), event("", 2, "edit")]
    assert [each.body for each in with_former(Batch(events, [1, 1, 1], [False] * 3, 10), (1, 2)).events] == [b'{"segment":7}'] * 3
