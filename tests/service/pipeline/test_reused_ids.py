"""Another event under a message id that was used before is another event in all that comes of it; a repeat is none in any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from relance.events.model import Event, Kind
from tests.service.pipeline.rig import START, Rig
from tests.service.pipeline.test_partitions import rigs

USED = "order-1001"


@pytest.fixture(params=[1, 4])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with rigs(request.param) as (made,):
        yield made


def publish(rig: Rig, event: str) -> int:
    graph: dict[str, Any] = {
        "entry": {"event": event},
        "start": "d",
        "nodes": [{"id": "d", "kind": "delay", "for": "1d", "next": None}],
    }
    journey = rig.journeys.create(rig.app, event, graph, START).id
    rig.journeys.publish(rig.app, journey, START)
    rig.definitions_changed()
    return journey


def order(rig: Rig, at: int, name: str = "Order Completed", **ids: str) -> Event:
    return rig.event(Kind.TRACK, name, at, {"total": at}, message_id=USED, **ids)


@pytest.mark.parametrize("cut", ["one batch", "a tick each", "a restart each"])
def test_each_event_under_a_used_id_starts_its_run_and_no_repeat_does(rig: Rig, cut: str) -> None:
    orders, receipts = publish(rig, "Order Completed"), publish(rig, "Receipt Wanted")
    reported = [
        order(rig, 1, user_id="u1"),
        order(rig, 2, user_id="u2"),
        order(rig, 3, anonymous_id="u1"),
        order(rig, 4, user_id="u3", anonymous_id="a3"),
        order(rig, 5, "Receipt Wanted", user_id="u1"),
    ]
    for event in [*reported, *reported]:
        rig.write(event)
        if cut != "one batch":
            rig.settle(10)
        if cut == "a restart each":
            rig.stop()
            rig.start()
    rig.settle(10)
    assert sorted(run.entered_at - START for run in rig.journeys.runs(rig.app, orders)) == [1, 2, 3, 4]
    assert [run.entered_at - START for run in rig.journeys.runs(rig.app, receipts)] == [5]
    assert sorted(at for _, at in rig.history("Order Completed")) == [1, 2, 3, 4]


def test_a_run_begun_under_a_used_id_is_found_again_when_it_is_played_again(rig: Rig) -> None:
    journey = publish(rig, "Order Completed")
    rig.write(order(rig, 5, user_id="u1"), order(rig, 6, anonymous_id="browser"))
    rig.settle(10)
    rig.write(rig.identify("u1", 20, "browser"))
    rig.settle(20)
    rig.settle(21)
    runs = [run for run in rig.journeys.runs(rig.app, journey) if run.reason not in ("superseded", "merged")]
    assert [(run.state, run.entered_at - START) for run in runs] == [("waiting", 5)]


def test_what_two_events_under_one_id_say_of_consent_is_kept_of_both(rig: Rig) -> None:
    said = [
        rig.event(Kind.IDENTIFY, "", 1, {"consent": {"email": True}}, message_id=USED, user_id="u1", anonymous_id="phone"),
        rig.event(Kind.IDENTIFY, "", 2, {"consent": {"email": False}}, message_id=USED, user_id="u1", anonymous_id="laptop"),
    ]
    for event in [*said, *said]:
        rig.write(event)
        rig.settle(event.occurred_at - START)
    person = rig.people.find(rig.app, "user_id", "u1")
    assert person is not None
    records = rig.people.statements(rig.app, person.id)
    assert sorted((each.occurred_at - START, each.granted) for each in records) == [(1, True), (2, False)]
