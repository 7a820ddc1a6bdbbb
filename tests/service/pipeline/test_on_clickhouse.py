"""The same worker with history on ClickHouse: people enter and leave, and whatever was not committed is replayed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR
from relance.pipeline.tick import Tick
from tests.service.pipeline.rig import START, Rig, counted
from tests.service.pipeline.test_arrival import by_a_known_person_who_is_merged, publish, the_purchase_first


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine, clickhouse_url: str) -> Rig:
    database = f"worker_{state.dialect.name}"
    return Rig(tmp_path / "worker", state, log_engine, history_url=clickhouse_url, history_database=database)


def test_the_loop_runs_on_clickhouse(rig: Rig) -> None:
    rig.write(rig.track("lea", "Product Added", 10, price=30), rig.track("noe", "Product Added", 20, price=5))
    rig.settle(30)
    lately = rig.segments.create(rig.app, "Lately", counted("Product Added", ">=", 1, "1d"), START + 30)
    spent = {"kind": "behaviour", "event": "Product Added", "aggregate": "sum", "property": "price", "value": 20}
    spenders = rig.segments.create(rig.app, "Spenders", spent, START + 30)
    rig.tick.definitions_changed()
    rig.settle(40)
    live = rig.parts.live
    assert (live.size(rig.app, lately.id), live.members(rig.app, spenders.id)) == (2, [1])
    rig.write(rig.track("noe", "Product Added", HOUR, price=15.5))
    rig.settle(DAY + 15)
    assert live.size(rig.app, lately.id) == 1  # lea left when her day was over; noe came back after an hour
    assert live.members(rig.app, spenders.id) == [1, 2]
    assert rig.history("segment_left") == [(1, DAY + 10)]
    assert rig.history("Product Added") == [(1, 10), (2, 20), (2, HOUR)]


@pytest.mark.parametrize("arrive", [the_purchase_first, by_a_known_person_who_is_merged])
def test_a_journey_looks_into_history_there_as_well(rig: Rig, arrive: Callable[[Rig], None]) -> None:
    journey = publish(rig)
    arrive(rig)
    assert [run.reason for run in rig.journeys.runs(rig.app, journey)] == ["exit_event"]


def test_what_was_appended_and_not_committed_is_there_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.write(rig.track("lea", "Product Added", 10))
    rig.settle(20)
    rig.write(rig.track("lea", "Product Added", 30), rig.track("noe", "Product Added", 40))
    with monkeypatch.context() as broken:
        broken.setattr("relance.pipeline.tick.move_cursor", _fail)
        with pytest.raises(OSError, match="disk"):
            rig.settle(50)
    rig.tick = Tick(rig.parts, rig.lease, rig.tick.cursor)
    rig.settle(50)
    assert rig.history("Product Added") == [(1, 10), (1, 30), (2, 40)]


def _fail(*_: object) -> None:
    raise OSError("disk full")
