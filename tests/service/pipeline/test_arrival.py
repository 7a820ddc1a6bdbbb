"""A journey stops at what has already happened since its entry, whatever came first over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relance.core.time import HOUR, MINUTE
from relance.events.model import Event, Flag, Kind
from tests.service.pipeline.rig import START, Rig
from tests.service.pipeline.test_partitions import rigs

NOW = 30 * MINUTE
CART: dict[str, Any] = {
    "entry": {"event": "Add", "key": "id"},
    "exits": [{"event": "Buy", "match": "id"}],
    "start": "wait",
    "nodes": [
        {"id": "wait", "kind": "delay", "for": "20m", "next": "mail"},
        {"id": "mail", "kind": "message", "message": 0, "next": None},
    ],
}


@pytest.fixture(params=[1, 4])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with rigs(request.param) as (made,):
        yield made


def publish(rig: Rig, graph: dict[str, Any] = CART) -> int:
    content = {"subject": "Your cart", "text": "Hi"}
    message = rig.messages.create(rig.app, "m", "email", content, START, message_class="transactional")
    nodes = [{**node, "message": message.id} if "message" in node else node for node in graph["nodes"]]
    journey = rig.journeys.create(rig.app, "Cart", {**graph, "nodes": nodes}, START).id
    rig.journeys.publish(rig.app, journey, START)
    rig.definitions_changed()
    rig.write(*(rig.identify(f"u{number}", 0, email=f"u{number}@example.com") for number in range(4)))
    rig.settle(0)
    return journey


def did(rig: Rig, name: str, at: int, received: int = NOW, **who: Any) -> Event:
    """Something with cart 1 that happened at one time and was received at another."""
    ids = who or {"user_id": "u1"}
    return rig.event(Kind.TRACK, name, at, {"id": 1}, **{"received_at": START + received, **ids})


def outcome(rig: Rig, journey: int) -> tuple[list[tuple[str, str, int, int]], list[tuple[str, str]]]:
    """The runs that began (state, reason, entered, ended), and what became of their messages."""
    runs = [run for run in rig.journeys.runs(rig.app, journey) if run.reason not in ("superseded", "merged")]
    return (
        sorted((run.state, run.reason, run.entered_at - START, run.moved_at - START) for run in runs),
        [(each.state.value, each.reason) for each in rig.deliveries.page(rig.app)],
    )


STOPPED = [("left", "exit_event", 0, 5 * MINUTE)]


def in_one_batch(rig: Rig) -> None:
    rig.write(did(rig, "Buy", 5 * MINUTE), did(rig, "Add", 0))
    rig.settle(NOW)


def in_order_in_one_batch(rig: Rig) -> None:
    rig.write(did(rig, "Add", 0), did(rig, "Buy", 5 * MINUTE))
    rig.settle(NOW)


def the_purchase_first(rig: Rig) -> None:
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.write(did(rig, "Add", 0))
    rig.settle(NOW)


def the_purchase_first_and_a_restart(rig: Rig) -> None:
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.stop()
    rig.start()
    rig.write(did(rig, "Add", 0))
    rig.settle(NOW)


def the_purchase_an_hour_late(rig: Rig) -> None:
    """The wait is over, and the message waits to be sent."""
    rig.write(did(rig, "Add", 0, 0))
    rig.settle(20 * MINUTE)
    assert [each.state for each in rig.deliveries.page(rig.app)] == ["pending"]
    rig.write(did(rig, "Buy", 5 * MINUTE, 2 * HOUR))
    rig.settle(2 * HOUR)


def imported(rig: Rig) -> None:
    rig.write(did(rig, "Add", 0, 0))
    rig.settle(10 * MINUTE)
    rig.write(did(rig, "Buy", 5 * MINUTE, 12 * MINUTE, user_id="u1", flags=Flag.IMPORTED.value))
    rig.settle(NOW)


def by_somebody_who_turns_out_to_be_the_same(rig: Rig) -> None:
    rig.write(did(rig, "Add", 0, 0, anonymous_id="a9"))
    rig.settle(0)
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.write(rig.identify("u1", 6 * MINUTE, "a9"))
    rig.settle(6 * MINUTE)
    rig.settle(NOW)


def by_a_known_person_who_is_merged(rig: Rig) -> None:
    rig.write(did(rig, "Add", 0, 0, user_id="u2"))
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.write(rig.event(Kind.ALIAS, "", 6 * MINUTE, {"previous_id": "u2"}, user_id="u1"))
    rig.settle(6 * MINUTE)
    rig.settle(NOW)


def merged_when_the_wait_was_over(rig: Rig) -> None:
    rig.write(did(rig, "Add", 0, 0, user_id="u3"))
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE, user_id="u0"))
    rig.settle(25 * MINUTE)
    rig.write(rig.event(Kind.ALIAS, "", 26 * MINUTE, {"previous_id": "u3"}, user_id="u0"))
    rig.settle(NOW)


@pytest.mark.parametrize(
    "arrive",
    [
        in_one_batch,
        in_order_in_one_batch,
        the_purchase_first,
        the_purchase_first_and_a_restart,
        the_purchase_an_hour_late,
        imported,
        by_somebody_who_turns_out_to_be_the_same,
        by_a_known_person_who_is_merged,
        merged_when_the_wait_was_over,
    ],
)
def test_nobody_who_bought_is_reminded(rig: Rig, arrive: Callable[[Rig], None]) -> None:
    journey = publish(rig)
    arrive(rig)
    runs, deliveries = outcome(rig, journey)
    assert runs == STOPPED
    assert all(each == ("skipped", "journey_stopped") for each in deliveries)


def test_what_was_imported_starts_nothing(rig: Rig) -> None:
    journey = publish(rig)
    rig.write(did(rig, "Add", 0, MINUTE, user_id="u1", flags=Flag.IMPORTED.value), did(rig, "Buy", 5 * MINUTE, 6 * MINUTE))
    rig.settle(NOW)
    assert outcome(rig, journey) == ([], [])


def test_a_purchase_before_the_entry_stops_nothing(rig: Rig) -> None:
    journey = publish(rig)
    rig.write(did(rig, "Buy", 5 * MINUTE), did(rig, "Add", 6 * MINUTE))
    rig.settle(NOW)
    assert outcome(rig, journey) == ([("done", "completed", 6 * MINUTE, 26 * MINUTE)], [("pending", "")])


def test_the_earlier_of_two_entries_is_the_one_that_counts(rig: Rig) -> None:
    journey = publish(rig)
    rig.write(did(rig, "Add", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.write(did(rig, "Add", 0, 6 * MINUTE))
    rig.settle(NOW)
    assert outcome(rig, journey)[0] == [("done", "completed", 0, 20 * MINUTE)]
    assert sorted(each.created_at - START for each in rig.deliveries.page(rig.app)) == [20 * MINUTE]
    assert [run.reason for run in rig.journeys.runs(rig.app, journey)] == ["superseded", "completed"]
    counts = {count.node: (count.arrived, count.waiting) for count in rig.journeys.counts(rig.app, journey)}
    assert counts == {"wait": (1, 0), "mail": (1, 0)}  # a run that never began counts nowhere


def test_after_the_message_has_left_a_late_event_changes_nothing_before_it(rig: Rig) -> None:
    """The wait's other way would send another message: the person has the first already."""
    nodes: list[dict[str, Any]] = [
        {"id": "w", "kind": "wait_for", "event": "Look", "up_to": "20m", "then": "thanks", "else": "mail"},
        {"id": "mail", "kind": "message", "message": 0, "next": "d"},
        {"id": "thanks", "kind": "message", "message": 0, "next": "d"},
        {"id": "d", "kind": "delay", "for": "1d", "next": None},
    ]
    journey = publish(rig, {**CART, "start": "w", "nodes": nodes})
    rig.write(did(rig, "Add", 0, 0))
    rig.settle(20 * MINUTE)
    mark_sent(rig)
    rig.write(did(rig, "Look", 5 * MINUTE, NOW))
    rig.settle(NOW)
    assert outcome(rig, journey)[0] == [("waiting", "", 0, 20 * MINUTE)]
    assert [each.node for each in rig.deliveries.page(rig.app)] == ["mail"]
    rig.write(did(rig, "Buy", 6 * MINUTE, NOW + MINUTE))
    rig.settle(NOW + MINUTE)
    assert outcome(rig, journey)[0] == [("left", "exit_event", 0, 20 * MINUTE)]


def test_before_it_has_left_the_run_takes_the_other_way(rig: Rig) -> None:
    nodes: list[dict[str, Any]] = [
        {"id": "w", "kind": "wait_for", "event": "Look", "up_to": "20m", "then": "thanks", "else": "mail"},
        {"id": "mail", "kind": "message", "message": 0, "next": None},
        {"id": "thanks", "kind": "message", "message": 0, "next": None},
    ]
    journey = publish(rig, {**CART, "start": "w", "nodes": nodes})
    rig.write(did(rig, "Add", 0, 0))
    rig.settle(20 * MINUTE)
    rig.write(did(rig, "Look", 5 * MINUTE, NOW))
    rig.settle(NOW)
    assert outcome(rig, journey)[0] == [("done", "completed", 0, 5 * MINUTE)]
    found = sorted((each.node, each.state.value, each.reason, each.created_at - START) for each in rig.deliveries.page(rig.app))
    assert found == [("mail", "skipped", "journey_stopped", 20 * MINUTE), ("thanks", "pending", "", 5 * MINUTE)]


def mark_sent(rig: Rig) -> None:
    with rig.state.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'sent', sent_at = created_at")


def test_a_link_that_is_told_in_a_pause_stops_the_run_too(rig: Rig) -> None:
    journey = publish(rig)
    rig.write(did(rig, "Add", 0, 0, anonymous_id="browser"))
    rig.settle(MINUTE)
    rig.journeys.pause(rig.app, journey, START + MINUTE)
    rig.definitions_changed()
    rig.write(did(rig, "Buy", 5 * MINUTE, 5 * MINUTE))
    rig.settle(5 * MINUTE)
    rig.write(rig.identify("u1", NOW, "browser"))
    rig.settle(NOW)
    rig.settle(NOW)
    rig.journeys.resume(rig.app, journey, START + NOW)
    rig.definitions_changed()
    rig.settle(2 * HOUR)
    assert outcome(rig, journey) == (STOPPED, [])


def test_a_link_that_is_told_in_a_pause_ends_no_wait_and_begins_no_run(rig: Rig) -> None:
    journey = publish(rig)
    rig.write(did(rig, "Add", 0, 0))
    rig.settle(MINUTE)
    rig.journeys.pause(rig.app, journey, START + MINUTE)
    rig.definitions_changed()
    other = rig.event(Kind.TRACK, "Add", 25 * MINUTE, {"id": 2}, received_at=START + 25 * MINUTE, anonymous_id="browser")
    rig.write(did(rig, "Add", 25 * MINUTE, 25 * MINUTE, anonymous_id="browser"), other)
    rig.settle(25 * MINUTE)
    rig.write(rig.identify("u1", NOW, "browser"))
    rig.settle(NOW)
    rig.settle(NOW)
    assert outcome(rig, journey) == ([("waiting", "", 0, 0)], [])
    rig.journeys.resume(rig.app, journey, START + NOW)
    rig.definitions_changed()
    rig.settle(2 * HOUR)
    assert outcome(rig, journey) == ([("done", "completed", 0, 20 * MINUTE)], [("pending", "")])


STORIES = [
    (joins, bought, queued, number, known)
    for joins in ("identify", "alias", "merge")
    for bought in ("device", "account")
    for queued in ("device", "account")
    for number in range(3)
    for known in (True, False)
]


@pytest.mark.parametrize("then", ["at_once", "later", "restarted"])
def test_what_was_queued_and_comes_after_a_link_finds_what_either_did(rig: Rig, then: str) -> None:
    """Bought at 30, linked at 31, and an entry of 25 that comes last: whichever of the two did either, wherever they live."""
    journey = publish(rig)
    buyers, queues, links = [], [], []
    for joins, bought, queued, number, known in STORIES:
        name = f"{joins}-{bought}-{queued}-{number}-{known}"
        first = {"user_id": f"former-{name}"} if joins == "merge" else {"anonymous_id": f"phone-{name}"}
        who = {"device": first, "account": {"user_id": name}}
        if known:
            rig.write(rig.track(name, "Look", 0))
        buyers.append(did(rig, "Buy", 30 * MINUTE, 30 * MINUTE, **who[bought]))
        queues.append(did(rig, "Add", 25 * MINUTE, 32 * MINUTE, **who[queued]))
        previous = {"previous_id": next(iter(first.values()))}
        links.append(
            rig.identify(name, 31 * MINUTE, first["anonymous_id"])
            if joins == "identify"
            else rig.event(Kind.ALIAS, "", 31 * MINUTE, previous, user_id=name)
        )
    rig.write(*buyers)
    rig.settle(30 * MINUTE)
    rig.write(*links)
    if then != "at_once":
        rig.settle(31 * MINUTE)
    if then == "restarted":
        rig.stop()
        rig.start()
    rig.write(*queues)
    rig.settle(32 * MINUTE)
    rig.settle(HOUR)
    assert outcome(rig, journey) == ([("left", "exit_event", 25 * MINUTE, 30 * MINUTE)] * len(STORIES), [])
