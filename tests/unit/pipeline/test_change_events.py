"""What is told of who entered and left, and of sessions."""

from __future__ import annotations

from relance.core.encoding import from_json
from relance.events.model import Event, Flag, Kind
from relance.events.service import EventBatch
from relance.pipeline.change_events import membership_events, session_events
from relance.segments.membership import MembershipChanges
from relance.segments.model import Change
from relance.users.model import PersonSession

CHANGES = [
    Change(1, 3, 10, True, 1_000),
    Change(1, 3, 11, False, 1_001),
    Change(2, 3, 10, True, 1_001, late=True),
    Change(1, 4, 10, True, 1_002),
    Change(1, 3, 12, False, 1_002, merged=True),
    Change(1, 3, 10, True, 1_003),
]


def test_each_change_is_one_event_in_its_place() -> None:
    events = membership_events(MembershipChanges.of(CHANGES)).events()
    names = {True: "segment_entered", False: "segment_left"}
    for change, event in zip(CHANGES, events, strict=True):
        assert event.name == ("segment_merged" if change.merged else names[change.entered])
        assert (event.app_id, event.person_id, event.occurred_at) == (change.app_id, change.person_id, change.occurred_at)
        assert from_json(event.body) == {"segment": change.segment_id}
        assert bool(event.flags & Flag.IMPORTED) is change.late
    assert len({event.message_id for event in events}) == len(CHANGES)


def test_a_replay_tells_the_same_whatever_it_is_told_together_with() -> None:
    together = membership_events(MembershipChanges.of(CHANGES)).events()
    assert together == [event for change in CHANGES for event in membership_events(MembershipChanges.of([change])).events()]


def events_of(sessions: list[PersonSession]) -> list[Event]:
    found: list[Event] = []
    for each in session_events(sessions):
        found += each.events() if isinstance(each, EventBatch) else [each]
    return found


def test_each_session_is_one_event_in_its_place_however_many_there_are() -> None:
    sessions = [
        PersonSession(1 + person % 2, person, 1_000 + person, "sdk" if person % 5 == 0 else "") for person in range(1, 60)
    ]
    events = events_of(sessions)
    for session, event in zip(sessions, events, strict=True):
        assert (event.kind, event.name) == (Kind.DERIVED, "session_started")
        assert (event.app_id, event.person_id) == (session.app_id, session.person_id)
        assert event.occurred_at == event.received_at == session.occurred_at
        assert from_json(event.body) == ({"session": session.key} if session.key else {})
    assert len({event.message_id for event in events}) == len(sessions)
    assert events == [event for session in sessions for event in events_of([session])]
    assert len(session_events(sessions)) == 1
    assert session_events([]) == []
