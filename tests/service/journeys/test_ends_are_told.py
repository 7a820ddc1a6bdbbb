"""Every run that ends is told of once for each way in which it turns out to have ended, so that journeys can start on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relance.core.time import DAY, MINUTE
from relance.events.model import Kind
from relance.journeys.model import LeaveReason
from tests.service.pipeline.rig import START, Rig
from tests.service.pipeline.test_arrival import did, publish
from tests.service.pipeline.test_partitions import rigs

WAITS: dict[str, Any] = {
    "entry": {"event": "Add", "key": "id"},
    "exits": [{"event": "Buy", "match": "id"}],
    "start": "wait",
    "nodes": [{"id": "wait", "kind": "delay", "for": "20d", "next": None}],
}


@pytest.fixture(params=[1, 4])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with rigs(request.param) as (made,):
        yield made


def archived(rig: Rig, journey: int) -> None:
    rig.journeys.archive(rig.app, journey, START + 2 * MINUTE)
    rig.definitions_changed()


def archived_in_a_pause(rig: Rig, journey: int) -> None:
    rig.journeys.pause(rig.app, journey, START + MINUTE)
    rig.definitions_changed()
    rig.settle(MINUTE)
    archived(rig, journey)


def bought(rig: Rig, journey: int) -> None:
    rig.write(*(did(rig, "Buy", 2 * MINUTE, 2 * MINUTE, user_id=f"u{number}") for number in range(4)))


def waited(rig: Rig, journey: int) -> None:
    rig.settle(21 * DAY)


def merged(rig: Rig, journey: int) -> None:
    for number in range(1, 4):
        rig.write(rig.event(Kind.ALIAS, "", 2 * MINUTE, {"previous_id": f"u{number}"}, user_id="u0"))


def superseded(rig: Rig, journey: int) -> None:
    rig.write(*(did(rig, "Add", -MINUTE, 2 * MINUTE, user_id=f"u{number}") for number in range(4)))


ENDS: dict[LeaveReason, list[tuple[Callable[[Rig, int], None], int]]] = {
    LeaveReason.ARCHIVED: [(archived, 4), (archived_in_a_pause, 4)],
    LeaveReason.EXIT_EVENT: [(bought, 4)],
    LeaveReason.COMPLETED: [(waited, 4)],
    LeaveReason.MERGED: [(merged, 3)],
    LeaveReason.SUPERSEDED: [(superseded, 4)],
}
NOT_EMITTED = {LeaveReason.DELETED, LeaveReason.TOO_MANY_STEPS}  # of nobody; and no graph that is checked has it


def test_each_way_to_end_is_here() -> None:
    assert set(ENDS) | NOT_EMITTED == set(LeaveReason)


@pytest.mark.parametrize(("reason", "end", "count"), [(reason, *each) for reason, found in ENDS.items() for each in found])
def test_the_end_of_a_run_starts_the_journeys_that_wait_for_it(
    rig: Rig, reason: LeaveReason, end: Callable[[Rig, int], None], count: int
) -> None:
    journey = publish(rig, WAITS)
    entry = {"event": "journey_left", "key": "run", "where": [{"property": "reason", "is": "=", "value": reason.value}]}
    listening = rig.journeys.create(rig.app, "after", {**WAITS, "entry": entry, "exits": []}, START).id
    rig.journeys.publish(rig.app, listening, START)
    rig.definitions_changed()
    rig.write(*(did(rig, "Add", number, number, user_id=f"u{number}") for number in range(4)))
    rig.settle(MINUTE)
    end(rig, journey)
    rig.settle(21 * DAY if end is waited else 3 * MINUTE)
    over = {run.id for run in rig.journeys.runs(rig.app, journey) if run.reason == reason}
    assert len(over) == count
    assert {run.run_key for run in rig.journeys.runs(rig.app, listening)} == over
    assert len(rig.history("journey_left")) == count
