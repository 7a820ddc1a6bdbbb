"""What one tick does with what the log holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from relance.core.encoding import from_json
from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.events.model import Event, Flag, Kind, Name
from relance.events.names import EventNames
from relance.events.service import list_rejected
from relance.infra.database import reading, writing
from relance.pipeline.errors import FencedError
from relance.pipeline.lease import Lease
from relance.pipeline.store import move_cursor, read_cursor, take_cursor
from tests.service.pipeline.rig import START, Rig, counted

pytestmark = pytest.mark.both_databases


def test_an_event_given_twice_counts_once_and_other_content_is_set_aside(rig: Rig) -> None:
    first = rig.track("ada", "Order Completed", 0, total=5)
    other = rig.track("ada", "Order Completed", 0, total=9)
    other.message_id = first.message_id
    rig.write(first, first)
    rig.write(first)
    rig.write(other)
    settled = rig.settle()
    assert sum(each.duplicates for each in settled) == 2
    assert rig.history("Order Completed") == [(1, 0)]
    with reading(rig.log) as connection:
        [aside] = list_rejected(connection, rig.app)
    assert (aside.reason, aside.message_id) == ("duplicate_id", first.message_id)


def test_what_is_set_aside_as_it_settles_is_kept_as_it_was_sent_but_nothing_of_the_deleted(rig: Rig) -> None:
    context = b'{"page":{"url":"https://shop.example/"}}'
    first = rig.event(Kind.TRACK, "Bought", 0, {"total": 5}, user_id="ada", anonymous_id="phone")
    again = rig.event(Kind.TRACK, "Bought", 0, {"total": 9}, user_id="ada", anonymous_id="phone", context=context)
    again.message_id = first.message_id
    names = rig.parts.names = EventNames(rig.parts.history, most=1)
    names.refused([first])
    odd = rig.event(Kind.TRACK, "Viewed 4711", 1, {"sku": "k-7"}, anonymous_id="phone", context=context)
    rig.write(first, again, odd)
    rig.settle()
    person = rig.people.find(rig.app, "user_id", "ada")
    assert person is not None
    rig.write(rig.event(Kind.DELETE, "", 5, {"person": person.id}))
    rig.settle(5)
    rig.write(rig.event(Kind.TRACK, "Bought", 2, {"total": 77}, received_at=START + 6, user_id="ada"))
    rig.settle(6)
    with reading(rig.log) as connection:
        found = {each.reason: from_json(each.payload) for each in list_rejected(connection, rig.app)}
    assert found.keys() == {"duplicate_id", "too_many_names", "deleted_person"}
    who = {"type": "track", "userId": "", "anonymousId": "phone", "context": from_json(context)}
    wanted = {**who, "event": "Viewed 4711", "messageId": odd.message_id, "properties": {"sku": "k-7"}}
    assert found["too_many_names"] == wanted
    assert (found["duplicate_id"]["properties"], found["duplicate_id"]["context"]) == ({"total": 9}, from_json(context))
    assert "properties" not in found["deleted_person"]


def test_an_id_with_other_ids_or_another_name_is_another_event_and_noted(rig: Rig) -> None:
    forged = rig.track("mallory", "Order Completed", 0)
    real = rig.track("ada", "Order Completed", 0, total=5)
    other = rig.track("ada", "Order Refunded", 0, total=5)
    real.message_id = other.message_id = forged.message_id
    rig.write(forged)
    rig.settle()
    rig.write(real, other, real)
    rig.write(forged)
    settled = rig.settle()
    assert sum(each.duplicates for each in settled) == 2
    assert len(rig.history("Order Completed")) == 2
    assert len(rig.history("Order Refunded")) == 1
    with reading(rig.log) as connection:
        noted = list_rejected(connection, rig.app)
    assert [(one.reason, one.message_id, "ada" in one.payload.decode()) for one in noted] == [
        ("reused_id", forged.message_id, True),
        ("reused_id", forged.message_id, True),
    ]


def test_an_old_id_with_other_ids_is_another_event(rig: Rig) -> None:
    old = rig.track("ada", "Order Completed", -30 * DAY)
    old.received_at = START
    rig.write(old)
    rig.settle()
    rig.clock.advance(START + 20 * DAY)
    other = rig.track("lea", "Order Completed", -30 * DAY)
    other.message_id, other.received_at = old.message_id, START + 20 * DAY
    rig.write(old, other)
    rig.settle()
    assert len(rig.history("Order Completed")) == 2
    with reading(rig.log) as connection:
        assert [one.reason for one in list_rejected(connection, rig.app)] == ["reused_id"]


def test_an_old_event_is_not_counted_again_after_the_seen_ids_are_forgotten(rig: Rig) -> None:
    old = rig.track("ada", "Order Completed", -30 * DAY)
    old.received_at = START
    rig.write(old)
    rig.settle()
    rig.clock.advance(START + 20 * DAY)
    rig.write(old)
    rig.settle()
    assert len(rig.history("Order Completed")) == 1


def test_people_enter_and_leave_at_the_instant_it_becomes_true(rig: Rig) -> None:
    segment = rig.segments.create(rig.app, "Recent", counted("Product Viewed", ">=", 2, "1h"), START).id
    rig.tick.definitions_changed()
    rig.write(rig.track("ada", "Product Viewed", 0), rig.track("ada", "Product Viewed", 5 * MINUTE))
    rig.settle(5 * MINUTE)
    assert rig.parts.live.members(rig.app, segment) == [1]
    rig.settle(HOUR - 1)
    assert rig.parts.live.members(rig.app, segment) == [1]
    rig.settle(HOUR)
    assert rig.parts.live.members(rig.app, segment) == []
    assert rig.history(Name.SEGMENT_ENTERED) == [(1, 5 * MINUTE)]
    assert rig.history(Name.SEGMENT_LEFT) == [(1, HOUR)]


def test_a_merge_keeps_the_past_and_the_membership(rig: Rig) -> None:
    segment = rig.segments.create(rig.app, "Lookers", counted("Product Viewed", ">=", 2, "1d"), START).id
    rig.tick.definitions_changed()
    rig.write(rig.identify("ada", 0))
    rig.write(rig.event(Kind.TRACK, "Product Viewed", 1, {}, anonymous_id="phone"))
    rig.write(rig.event(Kind.TRACK, "Product Viewed", 2, {}, anonymous_id="laptop"))
    rig.settle(SECOND)
    assert rig.parts.live.members(rig.app, segment) == []
    rig.write(rig.identify("ada", 2 * SECOND, "phone"), rig.identify("ada", 3 * SECOND, "laptop"))
    rig.settle(3 * SECOND)
    assert rig.parts.live.members(rig.app, segment) == [1]
    assert [person for person, _ in rig.history("Product Viewed")] == [1, 1]


def test_what_entered_less_what_left_and_merged_is_the_size(rig: Rig) -> None:
    segment = rig.segments.create(rig.app, "Lookers", counted("Product Viewed", ">=", 2, "1d"), START).id
    rig.tick.definitions_changed()
    rig.write(rig.identify("ada", 0), rig.identify("bob", 0))
    for number, who in enumerate(("phone", "phone", "laptop", "laptop", "tablet")):
        rig.write(rig.event(Kind.TRACK, "Product Viewed", number + 1, {}, anonymous_id=who))
    rig.settle(SECOND)
    assert len(rig.history(Name.SEGMENT_ENTERED)) == 2  # the phone and the laptop
    # ada becomes a member by the phone; the laptop is one member more that becomes part of her; bob's tablet was none.
    rig.write(rig.identify("ada", 2 * SECOND, "phone"), rig.identify("ada", 3 * SECOND, "laptop"))
    rig.write(rig.identify("bob", 4 * SECOND, "tablet"))
    rig.settle(5 * SECOND)
    rig.settle(6 * SECOND)
    assert rig.parts.live.members(rig.app, segment) == [1]
    assert {person for person, _ in rig.history(Name.SEGMENT_MERGED)} == {1}
    assert (len(rig.history(Name.SEGMENT_ENTERED)), len(rig.history(Name.SEGMENT_MERGED))) == (3, 2)
    assert rig.history(Name.SEGMENT_LEFT) == []
    rig.settle(2 * DAY)
    rig.settle(2 * DAY + 1)
    assert (rig.parts.live.size(rig.app, segment), len(rig.history(Name.SEGMENT_LEFT))) == (0, 1)


def test_a_deleted_person_leaves_nothing_and_comes_back_as_somebody_new(rig: Rig) -> None:
    rig.write(rig.identify("ada", 0, email="ada@example.com"), rig.track("ada", "Order Completed", 1))
    rig.settle(SECOND)
    rig.write(rig.event(Kind.DELETE, "", 2 * SECOND, {"person": 1}, person_id=1))
    late = rig.track("ada", "Order Completed", SECOND)
    late.received_at = START + 3 * SECOND
    rig.write(late, rig.track("ada", "Order Completed", 4 * SECOND))
    rig.settle(4 * SECOND)
    assert rig.history("Order Completed") == [(2, 4 * SECOND)]
    assert rig.people.get(rig.app, 2).traits == {}
    with reading(rig.log) as connection:
        assert [each.reason for each in list_rejected(connection, rig.app)] == ["deleted_person"]


def test_late_and_imported_events_start_nothing(rig: Rig) -> None:
    message = rig.messages.create(rig.app, "Hello", "email", {"subject": "Hello", "text": "Hello"}, START)
    graph = {
        "entry": {"event": "Signed Up", "key": None, "where": [], "reentry": "always"},
        "exits": [],
        "nodes": [{"id": "m", "kind": "message", "message": message.id, "next": "x"}, {"id": "x", "kind": "exit"}],
        "start": "m",
    }
    journey = rig.journeys.create(rig.app, "Hello", graph, START)
    rig.journeys.publish(rig.app, journey.id, START)
    rig.tick.definitions_changed()
    late, imported = rig.track("ada", "Signed Up", -2 * HOUR), rig.track("bo", "Signed Up", 0)
    late.received_at = START
    imported.flags = Flag.IMPORTED.value
    rig.write(late, imported, rig.track("cy", "Signed Up", 0))
    assert sum(each.intents for each in rig.settle()) == 1
    assert len(rig.history("Signed Up")) == 3


def test_an_event_is_late_when_it_comes_more_than_an_hour_after_it_happened(rig: Rig) -> None:
    made = rig.segments.create(rig.app, "buyers", counted("Order Completed", ">=", 1, None), START)
    rig.definitions_changed()
    for person, after in (("ada", HOUR - 1), ("bo", HOUR), ("cy", HOUR + 1)):
        event = rig.track(person, "Order Completed", 0)
        event.received_at = START + after
        rig.write(event)
    rig.settle(HOUR + 1)
    assert rig.members(made.id) == [1, 2, 3]
    entered = rig.parts.history.events(rig.app, Name.SEGMENT_ENTERED, limit=10)
    assert {each.person_id: each.late for each in entered} == {1: False, 2: False, 3: True}


def test_a_change_bears_the_time_of_what_the_rule_listens_to_whatever_else_came_with_it(rig: Rig) -> None:
    bought, opened = counted("Order Completed", ">=", 1, None), counted("App Opened", ">=", 1, None)
    adult = {"kind": "trait", "name": "age", "is": ">=", "value": 18}
    rules = {"bought": bought, "opened": opened, "both": {"all": [bought, opened]}, "adult": adult}
    names = {rig.segments.create(rig.app, name, rule, START).id: name for name, rule in rules.items()}
    rig.tick.definitions_changed()
    rig.settle(4 * HOUR)
    rig.write(_received_late(rig, "ada"), _received_late(rig, "bo"), rig.track("ada", "App Opened", 4 * HOUR))
    rig.write(rig.identify("ada", 4 * HOUR, age=20))
    rig.settle()
    entered = rig.parts.history.events(rig.app, Name.SEGMENT_ENTERED, limit=10)
    received = {
        (names[from_json(each.properties)["segment"]], each.person_id): (each.occurred_at - START, each.late) for each in entered
    }
    assert received == {
        ("bought", 1): (0, True),
        ("bought", 2): (0, True),
        ("opened", 1): (4 * HOUR, False),
        ("both", 1): (4 * HOUR, False),
        ("adult", 1): (4 * HOUR, False),
    }


def _received_late(rig: Rig, who: str) -> Event:
    """A purchase of the start that is told four hours later."""
    event = rig.track(who, "Order Completed", 0)
    event.received_at = START + 4 * HOUR
    return event


@pytest.mark.parametrize("tick_events", [1, 7, 10_000])
def test_cutting_the_log_into_other_ticks_changes_nothing(
    tick_events: int, tmp_path: Path, state: Engine, log_engine: Engine
) -> None:
    """The same log, settled at once, by sevens and an event at a time, ends in the same people and history."""
    rig = Rig(tmp_path / "data", state, log_engine, tick_events=tick_events)
    segment = rig.segments.create(rig.app, "Thrice", counted("Product Viewed", ">=", 3, "1d"), START).id
    rig.tick.definitions_changed()
    for number in range(40):
        rig.write(rig.event(Kind.TRACK, "Product Viewed", number, {}, anonymous_id=f"a{number % 7}"))
        if number % 5 == 0:
            rig.write(rig.identify(f"u{number % 3}", number, f"a{number % 7}"))
    rig.settle(MINUTE)
    people = [each.external_id for each in rig.people.list(rig.app)]
    assert people == ["u0", "u1", "u2"]
    # a0, a1, a2 are u0's, a3 and a4 u1's, a5 and a6 u2's: by the claims above, in log order.
    assert rig.parts.live.members(rig.app, segment) == [1, 4, 6]
    assert [person for person, _ in rig.history("Product Viewed")] == [1] * 18 + [4] * 12 + [6] * 10
    rig.close()


def test_a_tick_that_fails_is_repeated_as_if_it_had_never_begun(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = rig.segments.create(rig.app, "Buyers", counted("Order Completed", ">=", 1, None), START).id
    rig.tick.definitions_changed()
    rig.write(rig.track("ada", "Order Completed", 0), rig.track("bo", "Order Completed", 1))
    with monkeypatch.context() as patched:
        patched.setattr("relance.pipeline.tick.move_cursor", _fail)
        with pytest.raises(OSError, match="disk full"):
            rig.tick.run()
    rig.settle(SECOND)
    assert rig.history("Order Completed") == [(1, 0), (2, 1)]
    assert rig.parts.live.members(rig.app, segment) == [1, 2]
    assert rig.history(Name.SEGMENT_ENTERED) == [(1, 0), (2, 1)]


def _fail(*_: object) -> bool:
    raise OSError("disk full")


def test_a_worker_whose_partition_was_taken_commits_nothing(rig: Rig) -> None:
    rig.write(rig.track("ada", "Order Completed", 0))
    with reading(rig.state) as connection:
        seen = read_cursor(connection, 0)
    assert seen is not None
    with writing(rig.state) as connection:
        assert take_cursor(connection, seen, "another worker", 1 << 60)
    with pytest.raises(FencedError):
        rig.tick.run()
    assert rig.people.count(rig.app) == 0


def test_two_takers_of_one_partition_get_one_epoch(state: Engine, tmp_path: Path) -> None:
    """Both read the same cursor; only the first compare-and-set counts."""
    lease = Lease(state, tmp_path, 0, 15)
    first = lease.take()
    with reading(state) as one, reading(state) as two:
        seen_by_one, seen_by_two = read_cursor(one, 0), read_cursor(two, 0)
    assert seen_by_one is not None
    assert seen_by_two is not None
    with writing(state) as connection:
        assert take_cursor(connection, seen_by_one, "one", 1)
    with writing(state) as connection:
        assert not take_cursor(connection, seen_by_two, "two", 1)
        assert not move_cursor(connection, first)
    lease.release()


def test_a_journey_resumed_while_older_events_wait_goes_on(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    """A full tick reads what came before the resumption: the waits that are over by then end, and the tick with them."""
    rig = Rig(tmp_path / "data", state, log_engine, tick_events=2)
    graph = {"entry": {"event": "x"}, "start": "d", "nodes": [{"id": "d", "kind": "delay", "for": "1m", "next": None}]}
    journey = rig.journeys.create(rig.app, "j", graph, START).id
    rig.journeys.publish(rig.app, journey, START)
    rig.definitions_changed()
    rig.write(rig.track("u1", "x", 0))
    rig.settle(0)
    rig.journeys.pause(rig.app, journey, START + 1)
    rig.definitions_changed()
    rig.settle(10 * MINUTE)
    for minute in range(2, 6):
        rig.write(rig.track(f"u{minute}", "y", minute * MINUTE))
    rig.journeys.resume(rig.app, journey, START + 10 * MINUTE)
    rig.definitions_changed()
    rig.settle()
    [run] = rig.journeys.runs(rig.app, journey)
    assert (run.state, run.moved_at) == ("done", START + MINUTE)
    rig.close()
