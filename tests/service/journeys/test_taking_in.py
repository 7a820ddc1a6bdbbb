"""Publishing a journey on a segment takes in those who are in it, once, where the entry says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import MINUTE
from relance.events.model import Kind
from relance.journeys import taking_in
from relance.pipeline.errors import FencedError
from tests.service.pipeline.rig import START, Rig, counted


@pytest.fixture(params=[1, 3], ids=["one partition", "three"])
def rig(request: pytest.FixtureRequest, tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    rig = Rig(tmp_path / "rig", state, log_engine, partitions=request.param)
    yield rig
    rig.close()


def segment(rig: Rig) -> int:
    return rig.segments.create(rig.app, "bought", counted("Bought", ">=", 1, None), START).id


def journey(rig: Rig, segment: int, **entry: Any) -> int:
    message = rig.messages.create(rig.app, "hello", "email", {"subject": "a", "text": "b"}, START).id
    where = [{"property": "segment", "is": "=", "value": segment}]
    graph = {
        "entry": {"event": "segment_entered", "where": where, **entry},
        "start": "m",
        "nodes": [{"id": "m", "kind": "message", "message": message, "next": None}],
    }
    return rig.journeys.create(rig.app, "journey", graph, START).id


def publish(rig: Rig, journey: int, at: int) -> None:
    rig.journeys.publish(rig.app, journey, START + at)
    rig.definitions_changed()
    rig.settle(at)


def people_in(rig: Rig, journey: int) -> list[int]:
    return sorted(run.person_id for run in rig.journeys.runs(rig.app, journey, limit=1_000))


def test_members_are_taken_in_piece_by_piece_and_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "AT_ONCE", 3)
    bought = segment(rig)
    rig.write(*(rig.track(f"u{number}", "Bought", MINUTE) for number in range(20)), rig.track("other", "Looked", MINUTE))
    rig.settle(2 * MINUTE)
    members = rig.members(bought)
    assert len(members) == 20
    made = journey(rig, bought, present=True)
    publish(rig, made, 3 * MINUTE)
    assert people_in(rig, made) == members
    assert {run.data for run in rig.journeys.runs(rig.app, made)} == {f'{{"segment":{bought}}}'}
    publish(rig, made, 4 * MINUTE)  # again: nobody twice
    rig.write(rig.track("late", "Bought", 5 * MINUTE))
    rig.settle(6 * MINUTE)
    assert people_in(rig, made) == sorted({*members, *rig.members(bought)})
    assert len(people_in(rig, made)) == 21


def test_by_default_nobody_is(rig: Rig) -> None:
    bought = segment(rig)
    rig.write(rig.track("ada", "Bought", MINUTE))
    rig.settle(2 * MINUTE)
    made = journey(rig, bought)
    publish(rig, made, 3 * MINUTE)
    rig.write(rig.track("bob", "Bought", 4 * MINUTE))
    rig.settle(5 * MINUTE)
    assert len(people_in(rig, made)) == 1


def test_who_enters_at_that_very_moment_is_not_doubled(rig: Rig) -> None:
    bought = segment(rig)
    rig.settle(MINUTE)
    made = journey(rig, bought, present=True)
    rig.write(rig.track("ada", "Bought", 2 * MINUTE))
    rig.clock.advance(START + 2 * MINUTE)
    for tick in rig.ticks:
        tick.run()  # ada is in; that she has entered waits in the outbox
    publish(rig, made, 3 * MINUTE)
    assert len(people_in(rig, made)) == 1


def test_a_segment_that_is_new_is_waited_for(rig: Rig) -> None:
    rig.write(rig.track("ada", "Bought", MINUTE))
    rig.settle(2 * MINUTE)
    bought = segment(rig)
    made = journey(rig, bought, present=True)
    publish(rig, made, 3 * MINUTE)
    for number in range(5):
        rig.settle(4 * MINUTE + number)
    assert len(people_in(rig, made)) == len(rig.members(bought))


def test_a_crash_neither_loses_nor_doubles_anybody(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "AT_ONCE", 4)
    bought = segment(rig)
    rig.write(*(rig.track(f"u{number}", "Bought", MINUTE) for number in range(20)))
    rig.settle(2 * MINUTE)
    made = journey(rig, bought, present=True)
    rig.journeys.publish(rig.app, made, START + 3 * MINUTE)
    rig.definitions_changed()
    rig.clock.advance(START + 3 * MINUTE)
    with monkeypatch.context() as patched:
        patched.setattr("relance.pipeline.tick.move_cursor", lambda *_: False)
        with pytest.raises(FencedError):
            rig.tick.run()
    for tick in rig.ticks:
        tick.run()
    rig.stop()
    rig.start()
    rig.settle(4 * MINUTE)
    assert people_in(rig, made) == rig.members(bought)


def test_a_paused_journey_takes_in_when_it_goes_on_and_an_archived_one_never(rig: Rig) -> None:
    bought = segment(rig)
    rig.write(rig.track("ada", "Bought", MINUTE))
    rig.settle(2 * MINUTE)
    paused, archived = journey(rig, bought, present=True), journey(rig, bought, present=True)
    for each in (paused, archived):
        rig.journeys.publish(rig.app, each, START + 3 * MINUTE)
    rig.journeys.pause(rig.app, paused, START + 3 * MINUTE)
    rig.journeys.archive(rig.app, archived, START + 3 * MINUTE)
    rig.definitions_changed()
    rig.settle(4 * MINUTE)
    assert [people_in(rig, each) for each in (paused, archived)] == [[], []]
    rig.journeys.resume(rig.app, paused, START + 5 * MINUTE)
    rig.definitions_changed()
    rig.settle(6 * MINUTE)
    assert [len(people_in(rig, each)) for each in (paused, archived)] == [1, 0]


def test_merged_and_deleted_members(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "AT_ONCE", 1)
    bought = segment(rig)
    rig.write(*(rig.track(name, "Bought", MINUTE) for name in ("ada", "bob", "cyd")))
    rig.settle(2 * MINUTE)
    made = journey(rig, bought, present=True)
    rig.journeys.publish(rig.app, made, START + 3 * MINUTE)
    rig.definitions_changed()
    rig.write(rig.event(Kind.ALIAS, "", 3 * MINUTE, {"previous_id": "bob"}, user_id="ada"))
    rig.settle(4 * MINUTE)
    assert len(people_in(rig, made)) == len(set(people_in(rig, made))) == 2
