"""Several partitions at work in one process: one thread, and one answer over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from relance.core.partitions import of_name, of_person
from relance.events.model import Kind
from relance.pipeline.settle_partitions import PartitionRound
from relance.worker.calls import Calls
from relance.worker.latency import Latencies
from relance.worker.ticking import TickThread
from tests.service.pipeline.rig import START, Rig, counted

NAMES = [f"u{number}" for number in range(12)]


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", state, log_engine, partitions=4)
    yield made
    made.close()


@pytest.mark.both_databases
def test_answers_are_over_all_partitions(rig: Rig) -> None:
    segment = rig.segments.create(rig.app, "Lookers", counted("viewed", ">=", 2, "1h"), START).id
    ticking = TickThread(PartitionRound(rig.ticks), Latencies(), lambda _settled: None, lambda: None)
    calls = Calls(rig.every, ticking)
    # Everybody is met on a device first, most of which lead to another partition than the user id.
    first = [rig.event(Kind.TRACK, "viewed", 0, {}, anonymous_id=f"phone of {name}") for name in NAMES]
    rig.write(*first)
    ticking.start()
    offset = rig.writer.append_now([rig.identify(name, 0, f"phone of {name}") for name in NAMES])
    last = rig.writer.append_now([rig.track(name, "viewed", 0) for name in NAMES])
    assert ticking.wait_for_offset(last, 30.0)
    ticking.stop()
    assert last > offset
    people = {person.external_id: person.id for person in rig.people.list(rig.app)}
    assert people.keys() == set(NAMES)
    assert len({of_person(person, 4) for person in people.values()}) > 1
    assert any(of_person(people[name], 4) != of_name(rig.app, name, 4) for name in NAMES)
    found: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        page = calls.answer("members", {"app": rig.app, "segment": segment, "cursor": cursor, "limit": 5})
        assert page["size"] == len(NAMES)
        found += page["persons"]
        cursor = page["next"]
    assert found == sorted(people.values())
    assert calls.answer("segment_sizes", {"app": rig.app}) == [(segment, len(NAMES))]
    assert all(calls.answer("memberships", {"app": rig.app, "person": person}) == [segment] for person in found)
    assert calls.answer("health", {})["behind"] == 0
    assert calls.answer("freshness", {"app": rig.app})["waiting"] == 0
    assert calls.stats()["settled_events"] >= 3 * len(NAMES)
    everybody = calls.answer("preview", {"app": rig.app, "rule": counted("viewed", ">=", 2, "1h")})
    assert everybody["count"] == len(NAMES)


def test_a_partition_that_fails_does_not_hold_up_the_others(rig: Rig) -> None:
    rounds = PartitionRound(rig.ticks)
    rounds.load()
    rig.write(*(rig.identify(name, 0) for name in NAMES))

    broken = rig.ticks[2]
    before, broken.parts.history = broken.parts.history, None  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        rounds.run()
    elsewhere = [name for name in NAMES if of_name(rig.app, name, 4) != 2]
    assert {person.external_id for person in rig.people.list(rig.app)} == set(elsewhere)
    broken.parts.history = before
    settled = rounds.run()
    assert settled.events == len(NAMES)  # those of the round that failed among them
    assert rounds.settled_to == rounds.log_end() > 0


def test_a_deletion_waits_for_what_was_acknowledged_before_it_in_other_partitions(rig: Rig) -> None:
    rounds = PartitionRound(rig.ticks)
    rounds.load()
    # She lives where her phone led to, in the first partition; what names her user id is read in the last one.
    phone = next(name for number in range(99) if of_name(rig.app, name := f"phone {number}", 4) == 0)
    she, other = [name for name in NAMES if of_name(rig.app, name, 4) == 3][:2]
    rig.write(rig.event(Kind.TRACK, "viewed", 0, {}, anonymous_id=phone))
    rounds.run()
    rig.write(rig.identify(she, 1, phone), rig.identify(other, 1))
    rounds.run()
    rig.write(rig.event(Kind.ALIAS, "", 2, {"previous_id": other}, user_id=she))
    her = rig.people.find(rig.app, "user_id", she)
    assert her is not None
    assert of_person(her.id, 4) == 0
    rig.write(rig.event(Kind.DELETE, "", 3, {"person": her.id}))
    rounds.run()
    assert not rig.people.list(rig.app)
    rig.settle(4)
    assert not rig.parts.history.events(rig.app)
