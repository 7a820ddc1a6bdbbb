"""Runs come out the same however the log is cut into ticks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Batch, Event, Kind
from relance.infra.database import STATE, open_engine, writing
from relance.journeys.model import JourneyState
from relance.journeys.service import Engine as JourneyEngine
from relance.journeys.service import Journeys
from relance.messaging.service import Messages
from tests.conftest import declare_tables
from tests.service.world import START

GRAPH: dict[str, Any] = {
    "entry": {"event": "add", "key": "cart"},
    "exits": [{"event": "buy", "match": "cart"}],
    "start": "w",
    "nodes": [
        {"id": "w", "kind": "wait_for", "event": "look", "up_to": "10m", "then": "b", "else": "one"},
        {"id": "b", "kind": "branch", "if": [{"property": "total", "is": ">", "value": 5}], "then": "d", "else": "one"},
        {"id": "d", "kind": "delay", "for": "30s", "next": "w2"},
        {"id": "one", "kind": "message", "message": 0, "next": "w2"},
        {"id": "w2", "kind": "wait_for", "event": "look", "up_to": "1h", "then": "w", "else": "two"},
        {"id": "two", "kind": "message", "message": 0, "next": None},
    ],
}

happening = st.tuples(
    st.sampled_from(["add", "add", "look", "buy", "noise"]),
    st.integers(1, 2),  # person
    st.sampled_from(["a", "b"]),  # cart
    st.integers(0, 9),  # total
    st.sampled_from([0, 1, 1_000, MINUTE, 10 * MINUTE, 15 * MINUTE, HOUR]),  # received so long after the one before
    st.sampled_from([0, 0, 1_000, 5 * MINUTE, 2 * HOUR]),  # and so long after it happened
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    declare_tables()
    folder: Path = tmp_path_factory.mktemp("cuts")
    made = open_engine(f"sqlite:///{folder}/state.db")
    STATE.create_all(made)
    return made


class Telling:
    """One app with one journey, told a log in one way of cutting it."""

    apps = 0

    def __init__(self, engine: Engine) -> None:
        Telling.apps += 1
        self.app, self.engine = Telling.apps, engine
        message = Messages(engine).create(self.app, "m", "web_push", {"title": "x"}, START)
        nodes = [{**node, "message": message.id} if "message" in node else node for node in GRAPH["nodes"]]
        self.definitions = Journeys(engine)
        self.journey = self.definitions.create(self.app, "j", {**GRAPH, "nodes": nodes}, START).id
        self.definitions.publish(self.app, self.journey, START)
        self.intents: list[tuple[Any, ...]] = []
        self.derived: list[tuple[Any, ...]] = []

    def tell(self, log: list[tuple[Any, ...]], cuts: list[int], *, restarts: bool) -> Any:
        events = self.events(log)
        journeys = self.open()
        for start, end in pairwise([0, *cuts, len(events)]):
            if restarts:
                journeys = self.open()
            some = events[start:end]
            upto = max((each.received_at for each in events[:end]), default=START)
            with writing(self.engine) as connection:
                batch = Batch(some, [each.person_id for each in some], [e.received_at - e.occurred_at > HOUR for e in some], 1)
                for moved in (journeys.advance(connection, batch), journeys.wake(connection, upto)):
                    self.note(moved)
        with writing(self.engine) as connection:
            self.note(journeys.wake(connection, START + 3 * DAY))
        return self.outcome()

    def open(self) -> JourneyEngine:
        journeys = JourneyEngine()
        with writing(self.engine) as connection:
            journeys.load(connection)
        return journeys

    def events(self, log: list[tuple[Any, ...]]) -> list[Event]:
        now, made = START, []
        for number, (name, person, cart, total, gap, delay) in enumerate(log):
            now += gap
            body = msgspec.json.encode({"cart": cart, "total": total})
            made.append(Event(self.app, Kind.TRACK, name, f"m{number}", "", "", now - delay, now, body, b"{}", 0, person))
        return made

    def note(self, moved: Any) -> None:
        self.intents += [(each.person_id, each.node, each.created_at, each.event_body) for each in moved.intents]
        self.derived += [(each.person_id, each.name, each.occurred_at) for each in moved.derived]

    def outcome(self) -> Any:
        runs = self.definitions.runs(self.app, self.journey, limit=1_000)
        ways = sorted(
            (
                *(
                    run.person_id,
                    run.run_key,
                    run.state,
                    run.reason,
                    run.node,
                    run.wake_at,
                    run.entered_at,
                    run.moved_at,
                    run.data,
                ),
                tuple((step.seq, step.node, step.via, step.occurred_at) for step in self.definitions.steps(self.app, run.id)),
            )
            for run in runs
        )
        counts = self.definitions.counts(self.app, self.journey)
        for count in counts:
            resting = sum(run.node == count.node and run.state == "waiting" for run in runs)
            assert count.waiting == resting
        assert self.definitions.archive(self.app, self.journey, START).state is JourneyState.ARCHIVED
        return ways, sorted(self.intents), sorted(self.derived), counts


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=st.lists(happening, min_size=1, max_size=14), data=st.data())
def test_ticks_may_be_cut_anywhere(engine: Engine, log: list[tuple[Any, ...]], data: st.DataObject) -> None:
    at_once = Telling(engine).tell(log, [], restarts=False)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(log)))))
    assert Telling(engine).tell(log, cuts, restarts=data.draw(st.booleans())) == at_once
    one_by_one = Telling(engine).tell(log, list(range(1, len(log))), restarts=False)
    assert one_by_one == at_once
