"""Runs come out the same in whatever order events arrive, from whatever source, however the log is cut, whenever people merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Batch, Event, Kind
from relance.infra.database import STATE, reading, writing
from relance.journeys.model import JourneyState, Run, RunStep
from relance.journeys.recall import SettledEvent
from relance.journeys.service import Engine as JourneyEngine
from relance.journeys.service import Journeys
from relance.messaging import service as messaging
from relance.messaging.service import Messages
from relance.users.service import People
from tests.conftest import declare_tables, open_hasty
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
# All that it hears is of one cart: an event is as late as it is in its cart.
BY_CART: dict[str, Any] = {
    **GRAPH,
    "nodes": [{**node, "match": "cart"} if node["kind"] == "wait_for" else node for node in GRAPH["nodes"]],
}
END = START + 3 * DAY


class StoryEvent(NamedTuple):
    """An event: what, whose (1 or 2, who may be one person), of which cart, when it happened, when it was received."""

    name: str
    person: int
    cart: str
    total: int
    happened: int
    received: int


def story_event(name: str, person: int, cart: str, total: int, happened: int, delay: int) -> StoryEvent:
    return StoryEvent(name, person, cart, total, happened, happened + min(delay, HOUR if name == "add" else 2 * DAY))


events = st.builds(
    story_event,
    st.sampled_from(["add", "add", "look", "look", "buy", "noise"]),
    st.integers(1, 2),
    st.sampled_from(["a", "b"]),
    st.integers(0, 9),
    st.integers(0, 40).map(lambda step: step * 157_001),  # a time of no node's, so that nothing happens just when a wait ends
    st.sampled_from([0, 0, 1_000, 5 * MINUTE, 20 * MINUTE, HOUR, 5 * HOUR]),
)
ONCE, ONCE_BY_CART = ({**each, "entry": {**each["entry"], "reentry": "once"}} for each in (GRAPH, BY_CART))
graphs = st.sampled_from([GRAPH, BY_CART, ONCE, ONCE_BY_CART])
stories = st.lists(events, min_size=1, max_size=12, unique_by=lambda each: each.happened)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    declare_tables()
    folder: Path = tmp_path_factory.mktemp("cuts")
    made = open_hasty(f"sqlite:///{folder}/state.db")
    STATE.create_all(made)
    return made


class Playback:
    """One app with one journey, told a story in one way. Persons 1 and 2 become one where ``joins_at`` events were told."""

    apps = 0

    def __init__(self, engine: Engine, graph: Mapping[str, Any] = GRAPH) -> None:
        Playback.apps += 1
        self.app, self.engine = Playback.apps, engine
        message = Messages(engine).create(self.app, "m", "web_push", {"title": "x"}, START)
        nodes = [{**node, "message": message.id} if "message" in node else node for node in graph["nodes"]]
        self.definitions = Journeys(engine)
        self.journey = self.definitions.create(self.app, "j", {**graph, "nodes": nodes}, START).id
        self.definitions.publish(self.app, self.journey, START)
        self.past: list[tuple[Event, bool]] = []
        self.is_joined = False
        self.subscribe()

    def subscribe(self) -> None:
        """Both can be reached, so that what is wanted of them waits."""
        people, made = People(), []
        for person in (1, 2):
            device = {"token": {"endpoint": f"https://push.example/{person}", "keys": {"p256dh": "x", "auth": "y"}}}
            context = msgspec.json.encode({"device": device})
            made.append(Event(self.app, Kind.IDENTIFY, "", f"i{person}", f"u{person}", "", START, START, b"{}", context))
        with writing(self.engine) as connection:
            people.begin(connection, START)
            people.fold(made, people.resolve(made).persons, [False] * len(made))
            people.flush()

    def recall(self, app_id: int, persons: Collection[int], names: Collection[str], since: int) -> dict[int, list[SettledEvent]]:
        found: dict[int, list[SettledEvent]] = {}
        for event, late in self.past:
            person = 1 if self.is_joined else event.person_id
            if event.app_id == app_id and person in persons and event.name in names and event.occurred_at >= since:
                past = SettledEvent(event.name, event.key, event.occurred_at, late, event.body.decode())
                found.setdefault(person, []).append(past)
        return found

    def play(
        self, story: Sequence[StoryEvent], cuts: Sequence[int] = (), *, restarts: bool = False, joins_at: int | None = None
    ) -> Any:
        """In the order given; each piece is a tick, which lets time pass to the newest receipt so far."""
        made = self.events(story)
        upto, journeys = START, self.open(START)
        for start, end in pairwise(sorted({0, *cuts, len(made), *([] if joins_at is None else [joins_at])})):
            if joins_at == start:
                self.join(journeys)
            if restarts:
                journeys = self.open(upto)
            some = made[start:end]
            upto = max(upto, *(each.received_at for each in some))
            self.tick(journeys, some, upto)
        if joins_at == len(made):
            self.join(journeys)
        self.tick(journeys, [], END)
        return self.outcome()

    def tick(self, journeys: JourneyEngine, some: Sequence[Event], now: int) -> None:
        persons = [1 if self.is_joined else each.person_id for each in some]
        late = [each.received_at - each.occurred_at > HOUR for each in some]
        self.past += zip(some, late, strict=True)
        with writing(self.engine) as connection:
            for moved in (journeys.advance(connection, Batch(list(some), persons, late, 1)), journeys.wake(connection, now)):
                messaging.intend(connection, moved.intents)

    def join(self, journeys: JourneyEngine) -> None:
        self.is_joined = True
        with writing(self.engine) as connection:
            journeys.follow_merge(connection, self.app, 2, 1)
            messaging.follow_merge(connection, self.app, 2, 1)
            journeys.joined(self.app, 1)

    def open(self, settled_until: int) -> JourneyEngine:
        journeys = JourneyEngine(recall=self.recall)
        if self.is_joined:
            journeys.joined(self.app, 1)
        with writing(self.engine) as connection:
            journeys.load(connection, settled_until)
        if self.is_joined:
            journeys.joined(self.app, 1)
        return journeys

    def events(self, story: Sequence[StoryEvent]) -> list[Event]:
        return [
            Event(
                app_id=self.app,
                kind=Kind.TRACK,
                name=each.name,
                message_id=f"m{each.happened}",
                occurred_at=START + each.happened,
                received_at=START + each.received,
                body=msgspec.json.encode({"cart": each.cart, "total": each.total}),
                person_id=each.person,
            )
            for each in story
        ]

    def recount(self, runs: Sequence[Run], steps: Mapping[str, Sequence[RunStep]]) -> None:
        """Counts of edges are what runs and their steps say, however often these were played again."""
        graph = {node["id"]: node for node in GRAPH["nodes"]}
        counted: Counter[tuple[str, str, str | None, str]] = Counter()
        for run in runs:
            if run.reason == "superseded":
                continue
            at = ""
            for each in steps[run.id]:
                if each.via != "exit_event":
                    counted[at, each.via, each.node, ""] += 1
                    assert each.node == (graph[at][each.via] if at else GRAPH["start"])
                at = each.node
            if run.state == "done":
                assert graph[at][run.left_by] is None
                counted[at, run.left_by, None, ""] += 1
            elif run.state == "left":
                assert run.left_by == ("buy" if run.reason == "exit_event" else "")
                counted[at, run.reason, None, run.left_by] += 1
        figures = self.definitions.figures(self.app, self.journey)
        assert {(each.node, each.way, each.to, each.event): each.runs for each in figures.edges} == dict(counted)
        by_reason = Counter(run.reason for run in runs if run.reason != "superseded")
        totals = figures.totals
        assert totals.entered == sum(by_reason.values())
        assert (totals.waiting, totals.completed) == (by_reason[""], by_reason["completed"])
        assert {each.event: each.runs for each in totals.exits} == (
            {"buy": by_reason["exit_event"]} if by_reason["exit_event"] else {}
        )
        assert {each.reason: each.runs for each in totals.otherwise} == (
            {"merged": by_reason["merged"]} if by_reason["merged"] else {}
        )

    def outcome(self) -> Any:
        """How runs went, and what is still to be sent; runs that turned out never to have begun are left out."""
        runs = self.definitions.runs(self.app, self.journey, limit=1_000)
        steps = {run.id: self.definitions.steps(self.app, run.id) for run in runs}
        self.recount(runs, steps)
        for count in self.definitions.counts(self.app, self.journey):
            assert count.waiting == sum(run.node == count.node and run.state == "waiting" for run in runs)
            began = [run.id for run in runs if run.reason != "superseded"]
            came = [each for run in began for each in steps[run] if each.node == count.node]
            assert count.arrived == sum(each.via != "exit_event" for each in came)
            assert count.stopped == sum(each.via == "exit_event" for each in came)
        with reading(self.engine) as connection:
            query = sa.text("SELECT run_id, node, created_at FROM deliveries WHERE app_id = :app AND state = 'pending'")
            wanted = sorted(tuple(row) for row in connection.execute(query, {"app": self.app}))
        real = [run for run in runs if run.reason not in ("superseded", "merged")]
        ways = sorted(
            (
                (run.run_key, run.state, run.reason, run.node, run.entered_at, run.moved_at, run.data, run.seq),
                tuple((step.seq, step.node, step.via, step.occurred_at) for step in steps[run.id]),
                tuple((node, at) for run_id, node, at in wanted if run_id == run.id and run.state != "left"),
            )
            for run in real
        )
        assert not [each for each in wanted if each[0] in {run.id for run in runs if run.reason == "superseded"}]
        assert self.definitions.archive(self.app, self.journey, START).state is JourneyState.ARCHIVED
        return ways


def in_order(story: Sequence[StoryEvent]) -> list[StoryEvent]:
    return [each._replace(received=each.happened) for each in sorted(story, key=lambda each: each.happened)]


def one_by_one(story: Sequence[StoryEvent]) -> list[int]:
    return list(range(1, len(story)))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs, story=stories, data=st.data())
def test_events_may_arrive_in_any_order(
    engine: Engine, graph: Mapping[str, Any], story: list[StoryEvent], data: st.DataObject
) -> None:
    ordered = in_order(story)
    truth = Playback(engine, graph).play(ordered, one_by_one(ordered))
    assert Playback(engine, graph).play(ordered) == truth
    arrived = sorted(story, key=lambda each: each.received)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(story)))))
    assert Playback(engine, graph).play(arrived, cuts, restarts=data.draw(st.booleans())) == truth
    mixed = data.draw(st.permutations([each._replace(received=max(one.received for one in story)) for each in story]))
    if all(each.received - each.happened <= HOUR for each in mixed if each.name == "add"):
        assert Playback(engine, graph).play(mixed) == truth


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs, story=stories, data=st.data())
def test_two_who_turn_out_to_be_one_may_be_joined_at_any_time(
    engine: Engine, graph: Mapping[str, Any], story: list[StoryEvent], data: st.DataObject
) -> None:
    ordered = in_order(story)
    truth = Playback(engine, graph).play(ordered, one_by_one(ordered), joins_at=0)
    arrived = sorted(story, key=lambda each: each.received)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(story)))))
    assert Playback(engine, graph).play(arrived, cuts, joins_at=data.draw(st.integers(0, len(story)))) == truth


def test_a_message_that_was_withdrawn_is_wanted_again_when_its_time_comes(engine: Engine) -> None:
    """Each look that arrives late takes the run another way: the last of them back to where it was before, where it waits. The
    message at the end of that wait was withdrawn by the look before, and the wait's end wants it again.
    """
    looks = [(6_123_039, 0), (3_611_023, 5 * HOUR), (5_809_037, 5 * HOUR), (5_966_038, 5 * HOUR)]
    story = [story_event("add", 1, "a", 0, 0, 0), *(story_event("look", 1, "a", 0, happened, delay) for happened, delay in looks)]
    ordered = in_order(story)
    truth = Playback(engine).play(ordered, one_by_one(ordered))
    assert Playback(engine).play(story, one_by_one(story)) == truth
    [(_, _, wanted)] = truth
    assert wanted[-1] == ("two", START + 6_123_039 + 10 * MINUTE + HOUR)


def test_who_may_enter_once_does_not_begin_again_when_a_late_event_is_played(engine: Engine) -> None:
    """Two turn out to be one: the later of their runs never began. It stays so when an event comes that belongs between them, and
    the earlier run, which was over by then, is not played again.
    """
    adds = [(2, 314_002, 0), (1, 5_338_034, 0), (1, 5_809_037, 0), (1, 4_867_031, HOUR)]
    story = [story_event("add", person, "a", 0, happened, delay) for person, happened, delay in adds]
    ordered = in_order(story)
    for graph in (ONCE, ONCE_BY_CART):
        truth = Playback(engine, graph).play(ordered, one_by_one(ordered), joins_at=0)
        assert [way[0][4] for way in truth] == [START + 314_002]
        for joins_at in range(len(story) + 1):
            assert Playback(engine, graph).play(story, one_by_one(story), joins_at=joins_at) == truth
