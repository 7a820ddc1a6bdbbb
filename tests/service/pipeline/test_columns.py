"""What rules read becomes columns beside the ticks, and the answers stay what they were."""

from __future__ import annotations

import time

import pytest

from relance.events.service import PropertyUse
from relance.infra.database import reading
from relance.segments.membership import preview_rule, properties_read
from relance.users.service import PeopleReader
from relance.worker.column_backfill import ColumnThread
from tests.service.pipeline.rig import START, Rig, counted

PRICE = {"property": "price", "is": ">", "value": 15}


def test_the_most_read_property_comes_first_then_the_oldest(rig: Rig) -> None:
    one = {**counted("Bought", ">=", 1, "1d"), "where": [{"property": "colour", "is": "=", "value": "red"}, PRICE]}
    two = {"kind": "behaviour", "event": "Added", "aggregate": "sum", "property": "price", "value": 20}
    rig.segments.create(rig.app, "One", one, START)
    gone = rig.segments.create(rig.app, "Two", two, START)
    with reading(rig.parts.state) as connection:
        assert properties_read(connection) == [
            PropertyUse("price", rig.app, "Bought"),
            PropertyUse("price", rig.app, "Added"),
            PropertyUse("colour", rig.app, "Bought"),
        ]
    rig.segments.archive(rig.app, gone.id, gone.version, START)
    with reading(rig.parts.state) as connection:
        assert [each.path for each in properties_read(connection)] == ["colour", "price"]


@pytest.mark.both_databases
def test_columns_are_filled_while_ticks_go_on(rig: Rig) -> None:
    rig.write(*(rig.track(f"p{number}", "Bought", 10 + number, price=number) for number in range(30)))
    rig.settle(60)
    rule = {**counted("Bought", ">=", 1, "1d"), "where": [PRICE]}
    rig.segments.create(rig.app, "Spenders", rule, START + 60)
    rig.tick.definitions_changed()
    thread = ColumnThread(rig.parts)
    thread.start()
    try:
        for number in range(30, 40):
            rig.write(rig.track(f"p{number}", "Bought", 30 + number, price=number))
            rig.settle(80)
        until = time.monotonic() + 120
        while rig.parts.history.columns.of(rig.app, "Bought", "price") is None:
            assert time.monotonic() < until
            time.sleep(0.01)
        archived = rig.segments.create(rig.app, "Reds", {**rule, "where": [{"property": "colour", "is": "exists"}]}, START + 80)
        thread.wake()
        while rig.parts.history.columns.of(rig.app, "Bought", "colour") is None:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert archived.id
    finally:
        thread.stop()
    with reading(rig.parts.state) as connection:
        found = preview_rule(rule, rig.app, connection, rig.parts.history, PeopleReader(connection, rig.app), START + 80)
    assert found.count == 24
    assert rig.parts.live.size(rig.app, 1) == 24
