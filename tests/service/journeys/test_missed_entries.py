"""Every event that could start a run and starts none leaves a record with a reason; what is late enters where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Flag, Kind
from relance.journeys.missed import KEPT_FOR, MISSES, MissReason
from relance.messaging.model import MessageClass
from tests.service.pipeline.rig import Rig, counted
from tests.service.world import APP, START, World

LATE = 2 * HOUR


@pytest.fixture
def world(state: Engine) -> World:
    world = World(state)
    world.person(1, email="ada@example.com", consent=True)
    return world


def journey(world: World, *, kind: MessageClass = MessageClass.MARKETING, valid_for: str | None = None, **entry: Any) -> int:
    content = {"subject": "a", "text": "b"}
    message = world.messages.create(APP, "hello", "email", content, START, message_class=kind, valid_for=valid_for)
    nodes = [
        {"id": "m", "kind": "message", "message": message.id, "next": "w"},
        {"id": "w", "kind": "delay", "for": "1d", "next": None},
    ]
    return world.publish({"entry": {"event": "Ordered", **entry}, "start": "m", "nodes": nodes})


def misses(world: World) -> list[tuple[str, str, int]]:
    return sorted((each.reason, each.run_key, each.times) for each in world.definitions.missed(APP, 1))


def test_every_reason_has_a_sentence() -> None:
    assert set(MISSES) == set(MissReason)


def test_key_missing_and_run_under_way(world: World) -> None:
    journey(world, key="order", where=[{"property": "total", "is": ">", "value": 10}])
    world.tick([
        world.event("Ordered", 1, START, order=7, total=20),
        world.event("Ordered", 1, START + 1, order="7", total=20),
        world.event("Ordered", 1, START + 2, order=7.0, total=20),
        world.event("Ordered", 1, START + 3, total=20),
        world.event("Ordered", 1, START + 4, order=[7], total=20),
        world.event("Ordered", 1, START + 5, order=8, total=5),  # no entry event
    ])  # fmt: skip
    assert misses(world) == [("key_missing", "", 2), ("run_under_way", "7", 2)]
    world.tick([world.event("Ordered", 1, START + HOUR, order="7", total=20)])
    assert misses(world) == [("key_missing", "", 2), ("run_under_way", "7", 3)]


async def test_once_already_and_paused(world: World) -> None:
    key = journey(world, reentry="once")
    world.tick([world.event("Ordered", 1, START)])
    await world.pass_to(START + 2 * DAY)
    world.tick([world.event("Ordered", 1, START + 2 * DAY)])
    assert misses(world) == [("once_already", "", 1)]
    world.definitions.pause(APP, key, START + 3 * DAY)
    world.reload()
    world.tick([world.event("Ordered", 1, START + 3 * DAY)])
    assert misses(world) == [("journey_paused", "", 1), ("once_already", "", 1)]


@pytest.mark.parametrize(
    ("kind", "late", "enters"),
    [
        (MessageClass.MARKETING, None, False),
        (MessageClass.MARKETING, "enter", True),
        (MessageClass.TRANSACTIONAL, None, True),
        (MessageClass.TRANSACTIONAL, "skip", False),
    ],
)
async def test_late_events(world: World, kind: MessageClass, late: str | None, enters: bool) -> None:
    key = journey(world, kind=kind, **({} if late is None else {"late": late}))
    world.tick([world.event("Ordered", 1, START, received_at=START + LATE)])
    await world.send()
    assert [run.entered_at for run in world.definitions.runs(APP, key)] == ([START] if enters else [])
    assert len(world.mail.sent) == enters
    assert misses(world) == ([] if enters else [("late", "", 1)])
    await world.pass_to(START + DAY)
    assert [run.moved_at for run in world.definitions.runs(APP, key)] == ([START + DAY] if enters else [])


async def test_an_hour_is_not_late_and_what_is_no_longer_valid_is_skipped(world: World) -> None:
    journey(world, kind=MessageClass.TRANSACTIONAL, valid_for="90m", key="order")
    world.tick([world.event("Ordered", 1, START, received_at=START + HOUR, order=1)])
    await world.send()
    assert len(world.mail.sent) == 1
    world.tick([world.event("Ordered", 1, START, received_at=START + LATE, order=2)])
    await world.send()
    assert len(world.mail.sent) == 1
    assert [each.reason for each in world.deliveries.page(APP)].count("expired") == 1


def test_an_import_never_enters_and_fills_no_record(world: World) -> None:
    key = journey(world, kind=MessageClass.TRANSACTIONAL, late="enter")
    world.tick([world.event("Ordered", 1, START, received_at=START + LATE, flags=Flag.IMPORTED)])
    assert world.definitions.runs(APP, key) == []
    assert misses(world) == []


def test_records_are_bounded_and_trimmed(world: World) -> None:
    journey(world, key="order", late="skip")
    world.tick([world.event("Ordered", 1, START, received_at=START + LATE, order=number) for number in range(500)])
    assert 0 < len(misses(world)) <= 16
    with world.engine.begin() as connection:
        world.journeys.tidy(connection, START + LATE + KEPT_FOR)
        assert misses(world)
        world.journeys.tidy(connection, START + LATE + KEPT_FOR + 1)
    assert misses(world) == []


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    rig = Rig(tmp_path / "rig", state, log_engine)
    yield rig
    rig.close()


def on_segment(rig: Rig, **entry: Any) -> int:
    bought = rig.segments.create(rig.app, "bought", counted("Ordered", ">=", 1, None), START)
    message = rig.messages.create(rig.app, "hello", "email", {"subject": "a", "text": "b"}, START).id
    where = [{"property": "segment", "is": "=", "value": bought.id}]
    nodes = [{"id": "m", "kind": "message", "message": message, "next": None}]
    made = rig.journeys.create(
        rig.app, "journey", {"entry": {"event": "segment_entered", "where": where, **entry}, "start": "m", "nodes": nodes}, START
    )
    rig.journeys.publish(rig.app, made.id, START)
    rig.definitions_changed()
    return made.id


@pytest.mark.parametrize("late", ["skip", "enter"])
def test_who_enters_a_segment_late_is_told_of(rig: Rig, late: str) -> None:
    journey = on_segment(rig, late=late)
    rig.write(rig.event(Kind.TRACK, "Ordered", MINUTE, {}, user_id="ada", received_at=START + MINUTE + LATE))
    rig.settle(MINUTE + LATE)
    assert [run.entered_at - START for run in rig.journeys.runs(rig.app, journey)] == ([MINUTE] if late == "enter" else [])
    assert [each.reason for each in rig.journeys.missed(rig.app, 1)] == ([] if late == "enter" else ["late"])


def test_who_enters_a_segment_by_an_import_does_not_enter(rig: Rig) -> None:
    journey = on_segment(rig, late="enter")
    rig.write(rig.track("ada", "Ordered", MINUTE))
    imported = rig.track("bob", "Ordered", MINUTE)
    imported.flags = Flag.IMPORTED.value
    rig.write(imported)
    rig.settle(2 * MINUTE)
    assert [run.person_id for run in rig.journeys.runs(rig.app, journey)] == [1]
    assert rig.journeys.missed(rig.app, 2) == []


def test_a_merge_moves_them_and_a_deletion_takes_them_away(rig: Rig) -> None:
    on_segment(rig)
    message = rig.messages.create(rig.app, "other", "email", {"subject": "a", "text": "b"}, START).id
    nodes = [{"id": "m", "kind": "message", "message": message, "next": None}]
    made = rig.journeys.create(
        rig.app, "keyed", {"entry": {"event": "Added", "key": "cart"}, "start": "m", "nodes": nodes}, START
    )
    rig.journeys.publish(rig.app, made.id, START)
    rig.definitions_changed()
    rig.write(rig.track("ada", "Added", MINUTE), rig.track("bob", "Added", MINUTE))
    rig.settle(2 * MINUTE)
    rig.write(rig.event(Kind.ALIAS, "", 3 * MINUTE, {"previous_id": "bob"}, user_id="ada"))
    rig.settle(4 * MINUTE)
    found = {person: [(each.reason, each.times) for each in rig.journeys.missed(rig.app, person)] for person in (1, 2)}
    assert sorted(found.values()) == [[], [("key_missing", 2)]]
    (left,) = [person for person, those in found.items() if those]
    rig.write(rig.event(Kind.DELETE, "", 5 * MINUTE, {"person": left}, person_id=left))
    rig.settle(6 * MINUTE)
    assert rig.journeys.missed(rig.app, left) == []
