"""Writing, publishing, pausing and archiving journeys, and what that does to runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Connection, Engine

from relance.core.errors import ConflictError
from relance.core.progress import StalledError
from relance.core.time import DAY, HOUR, MINUTE
from relance.infra.database import reading, writing
from relance.journeys import engine as journey_engine
from relance.journeys.errors import (
    GraphError,
    JourneyInUseError,
    JourneyNotFoundError,
    JourneyStateError,
    RunChangedError,
    StaleJourneyError,
)
from relance.journeys.model import JourneyState
from relance.journeys.run_writer import RunWriter
from relance.journeys.service import dependents_of_segment, held_runs
from relance.messaging.model import SkipReason
from relance.segments.model import SegmentState
from relance.segments.service import Segments
from tests.journey_graphs import CART
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases

DELAY: dict[str, Any] = {
    "entry": {"event": "x"},
    "start": "d",
    "nodes": [{"id": "d", "kind": "delay", "for": "1h", "next": None}],
}


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def test_a_draft_is_edited_by_whoever_saw_it_last(world: World) -> None:
    made = world.definitions.create(APP, "j", DELAY, START)
    edited = world.definitions.update(APP, made.id, 1, START + 1, name="k")
    assert (edited.version, edited.name, edited.updated_at) == (2, "k", START + 1)
    with pytest.raises(StaleJourneyError) as caught:
        world.definitions.update(APP, made.id, 1, START + 2, name="l")
    assert caught.value.data == {"version": 2}
    assert world.definitions.get(APP, made.id) == edited
    with pytest.raises(GraphError):
        world.definitions.update(APP, made.id, 2, START, graph={})


def test_another_app_sees_nothing(world: World) -> None:
    made = world.definitions.create(APP, "j", DELAY, START)
    for ask in (world.definitions.get, world.definitions.counts, world.definitions.runs, world.definitions.versions):
        with pytest.raises(JourneyNotFoundError):
            ask(APP + 1, made.id)
    assert world.definitions.page(APP + 1) == []
    with pytest.raises(JourneyNotFoundError):
        world.definitions.publish(APP + 1, made.id, START)


def test_a_message_of_another_app_cannot_be_published(world: World) -> None:
    theirs = world.messages.create(APP + 1, "m", "web_push", {"title": "x"}, START)
    graph = {**DELAY, "nodes": [{"id": "d", "kind": "message", "message": theirs.id, "next": None}]}
    made = world.definitions.create(APP, "j", graph, START)
    with pytest.raises(GraphError) as caught:
        world.definitions.publish(APP, made.id, START)
    assert caught.value.data["path"] == "nodes[0].message"


def test_runs_under_way_keep_their_version(world: World) -> None:
    journey = world.publish(DELAY)
    for person in (1, 2):
        world.person(person)
    world.tick([world.event("x", 1, START)])
    made = world.definitions.get(APP, journey)
    longer = {**DELAY, "nodes": [{"id": "d", "kind": "delay", "for": "5h", "next": None}]}
    world.definitions.update(APP, journey, made.version, START, graph=longer)
    world.definitions.publish(APP, journey, START)
    world.reload()
    world.tick([world.event("x", 2, START)])
    world.tick(now=START + HOUR)
    runs = {run.person_id: (run.version, run.state) for run in world.definitions.runs(APP, journey)}
    assert runs == {1: (1, "done"), 2: (2, "waiting")}
    assert [each.version for each in world.definitions.versions(APP, journey)] == [1, 2]


def test_a_paused_journey_lets_nobody_in_and_time_stand_still(world: World) -> None:
    journey = world.cart_journey()
    world.person(1, push="https://push.example/1")
    world.tick([world.event("Product Added", 1, START, cart_id="c1"), world.event("Product Added", 1, START, cart_id="c2")])
    world.definitions.pause(APP, journey, START + HOUR)
    world.reload()
    world.tick([world.event("Product Added", 1, START + HOUR, cart_id="c3")])
    world.tick([world.event("Order Completed", 1, START + HOUR, cart_id="c2")])
    world.tick(now=START + DAY)
    assert sorted((run.run_key, run.state) for run in world.definitions.runs(APP, journey)) == [("c1", "waiting"), ("c2", "left")]
    assert world.next_due() is None
    world.definitions.resume(APP, journey, START + DAY + HOUR)
    world.reload()
    world.tick(now=START + DAY + HOUR)
    runs = {run.run_key: run for run in world.definitions.runs(APP, journey)}
    assert (runs["c1"].node, runs["c1"].moved_at, runs["c1"].wake_at) == ("wait2", START + 2 * HOUR, START + 26 * HOUR)


def test_a_wait_that_was_over_in_the_pause_may_be_ended_at_an_instant_before_the_resumption(world: World) -> None:
    """Where the log is read in pieces time goes on to the receipt of what was read: it may be before the resumption."""
    journey = world.publish(DELAY)
    world.person(1)
    world.tick([world.event("x", 1, START)])
    world.definitions.pause(APP, journey, START + MINUTE)
    world.definitions.resume(APP, journey, START + DAY)
    world.reload()
    world.tick(now=START + 2 * HOUR)
    [run] = world.definitions.runs(APP, journey)
    assert (run.state, run.moved_at) == ("done", START + HOUR)


async def test_what_was_worth_sending_during_a_pause_is_not_sent_after_it(world: World) -> None:
    flash = world.messages.create(APP, "flash", "web_push", {"title": "Now"}, START, valid_for="2h")
    later = world.messages.create(APP, "later", "web_push", {"title": "Later"}, START, valid_for="2h")
    nodes = [
        {"id": "d", "kind": "delay", "for": "1h", "next": "flash"},
        {"id": "flash", "kind": "message", "message": flash.id, "next": "e"},
        {"id": "e", "kind": "delay", "for": "10h", "next": "later"},
        {"id": "later", "kind": "message", "message": later.id, "next": None},
    ]
    journey = world.publish({**DELAY, "nodes": nodes})
    world.person(1, push="https://push.example/1")
    world.tick([world.event("x", 1, START)])
    world.definitions.pause(APP, journey, START + MINUTE)
    world.reload()
    await world.pass_to(START + 10 * HOUR)
    world.definitions.resume(APP, journey, START + 10 * HOUR)
    world.reload()
    await world.pass_to(START + DAY)
    [expired] = world.deliveries.page(APP, message_id=flash.id)
    assert (expired.reason, expired.created_at) == (SkipReason.EXPIRED, START + HOUR)
    assert [sent[0] for sent in world.push.sent] == [START + 11 * HOUR]
    assert world.emitted[-1].name == "message_sent"
    assert "message_skipped" in [event.name for event in world.emitted]


def test_waking_that_moves_nothing_is_an_error_that_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish(DELAY)
    world.person(1)
    world.tick([world.event("x", 1, START)])
    monkeypatch.setattr(journey_engine, "wake_until", lambda *_: None)
    with writing(world.engine) as connection, pytest.raises(StalledError) as caught:
        world.journeys.wake(connection, START + HOUR)
    assert caught.value.data["what"] == "Waking runs"


async def test_what_waits_when_its_journey_is_paused_waits_on(world: World) -> None:
    journey = world.cart_journey()
    world.person(1, push="https://push.example/1")
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    world.tick(now=START + 2 * HOUR)
    world.definitions.pause(APP, journey, START + 2 * HOUR)
    await world.send()
    assert [(each.state, each.reason) for each in world.deliveries.page(APP)] == [("pending", SkipReason.JOURNEY_PAUSED)]
    assert world.push.sent == []


def test_states_follow_one_another(world: World) -> None:
    made = world.definitions.create(APP, "j", DELAY, START)
    with pytest.raises(JourneyStateError):
        world.definitions.pause(APP, made.id, START)
    assert world.definitions.publish(APP, made.id, START).state is JourneyState.LIVE
    with pytest.raises(JourneyStateError):
        world.definitions.resume(APP, made.id, START)
    assert world.definitions.pause(APP, made.id, START).state is JourneyState.PAUSED
    assert world.definitions.publish(APP, made.id, START).state is JourneyState.PAUSED
    assert world.definitions.archive(APP, made.id, START).state is JourneyState.ARCHIVED
    with pytest.raises(JourneyStateError):
        world.definitions.update(APP, made.id, 5, START, name="x")
    with pytest.raises(JourneyStateError):
        world.definitions.publish(APP, made.id, START)


def test_archiving_ends_the_runs(world: World) -> None:
    journey = world.publish(DELAY)
    world.person(1)
    world.tick([world.event("x", 1, START)])
    world.definitions.archive(APP, journey, START + MINUTE)
    world.reload()
    world.tick([world.event("x", 1, START + 2 * MINUTE)], now=START + DAY)
    [run] = world.definitions.runs(APP, journey)
    assert (run.state, run.reason) == ("left", "archived")
    assert [count.waiting for count in world.definitions.counts(APP, journey)] == [0]
    with reading(world.engine) as connection:
        assert held_runs(connection, [run.id, "never was"])[:2] == ({run.id, "never was"}, set())


def test_a_run_that_was_ended_behind_the_ticks_back_makes_it_start_again(world: World) -> None:
    """The tick reads runs, the operator archives, the tick writes: its transaction must not bring the run back."""
    journey = world.publish(DELAY)
    world.person(1)
    world.tick([world.event("x", 1, START)])
    if world.engine.dialect.name != "postgresql":
        return  # one writer at a time: it cannot happen
    write = world.journeys._write

    def archived_meanwhile(connection: Connection, writer: RunWriter) -> None:
        world.definitions.archive(APP, journey, START)
        write(connection, writer)

    world.journeys._write = archived_meanwhile  # type: ignore[method-assign]
    with writing(world.engine) as connection, pytest.raises(RunChangedError):
        world.journeys.wake(connection, START + HOUR)
    assert [run.state for run in world.definitions.runs(APP, journey)] == ["left"]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at once, each on its own connection; what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(calls)), []

    def one(call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            outcomes.append(call())
        except ConflictError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_edits_at_once_one_is_refused(world: World) -> None:
    made = world.definitions.create(APP, "j", DELAY, START)
    outcomes = together(*(lambda n=n: world.definitions.update(APP, made.id, 1, START, name=n) for n in ("a", "b")))
    assert sorted(type(each).__name__ for each in outcomes) == ["Journey", "StaleJourneyError"]


def test_two_publications_at_once_are_two_versions(world: World) -> None:
    made = world.definitions.create(APP, "j", DELAY, START)
    outcomes = together(*[lambda: world.definitions.publish(APP, made.id, START)] * 2)
    assert sorted(each.published for each in outcomes) == [1, 2]
    assert world.definitions.get(APP, made.id).version == 3


def test_runs_follow_a_merge_and_of_two_with_one_key_the_older_stays(world: World) -> None:
    journey = world.cart_journey()
    for person in (1, 2):
        world.person(person, push=f"https://push.example/{person}")
    carts = [(1, "a", 0), (2, "a", 1), (2, "b", 2)]
    world.tick([world.event("Product Added", person, START + after, cart_id=cart) for person, cart, after in carts])
    with writing(world.engine) as connection:
        [left] = world.journeys.follow_merge(connection, APP, 2, 1)
    assert (left.name, left.person_id) == ("journey_left", 1)
    runs = world.definitions.runs_of_person(APP, 1)
    assert sorted((run.run_key, run.state, run.entered_at) for run in runs) == [
        ("a", "left", START + 1),
        ("a", "waiting", START),
        ("b", "waiting", START + 2),
    ]
    assert {count.node: count.waiting for count in world.definitions.counts(APP, journey)} == {"wait": 2}
    world.tick([world.event("Order Completed", 1, START + HOUR, cart_id="b")])
    assert sum(run.state == "waiting" for run in world.definitions.runs_of_person(APP, 1)) == 1


async def test_nothing_is_left_of_the_runs_of_a_deleted_person(world: World) -> None:
    journey = world.cart_journey()
    world.person(1, push="https://push.example/1")
    world.tick([world.event("Product Added", 1, START, cart_id="a")])
    with writing(world.engine) as connection:
        world.journeys.forget(connection, APP, 1)
    assert (world.rows("runs"), world.rows("run_steps")) == ([], [])
    assert [(count.arrived, count.waiting) for count in world.definitions.counts(APP, journey)] == [(1, 0)]
    await world.pass_to(START + DAY)
    assert world.deliveries.page(APP) == []


def test_the_same_entry_event_again_starts_nothing(world: World) -> None:
    journey = world.publish(DELAY)
    world.person(1)
    entry = world.event("x", 1, START)
    world.tick([entry])
    world.tick(now=START + HOUR)
    world.tick([entry])
    assert len(world.definitions.runs(APP, journey)) == 1
    world.tick([world.event("x", 1, START + 2 * HOUR)])
    assert len(world.definitions.runs(APP, journey)) == 2


def test_once_means_once_per_key(world: World) -> None:
    journey = world.publish({**DELAY, "entry": {"event": "x", "key": "k", "reentry": "once"}})
    world.person(1)
    for hour, key in enumerate(["a", "b", "a", "b", "c"]):
        world.tick([world.event("x", 1, START + 2 * hour * HOUR, k=key)])
    assert sorted(run.run_key for run in world.definitions.runs(APP, journey)) == ["a", "b", "c"]


def test_a_branch_reads_traits_as_they_are_then(world: World) -> None:
    pro = {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}
    nodes = [
        {"id": "d", "kind": "delay", "for": "1h", "next": "b"},
        {
            "id": "b",
            "kind": "branch",
            "if": [pro],
            "then": "y",
            "else": "n",
        },
        {"id": "y", "kind": "exit"},
        {"id": "n", "kind": "exit"},
    ]
    journey = world.publish({**DELAY, "nodes": nodes})
    world.person(1, plan="pro")
    world.person(2)
    world.tick([world.event("x", person, START) for person in (1, 2)])
    world.tick(now=START + HOUR)
    assert {run.person_id: run.node for run in world.definitions.runs(APP, journey)} == {1: "y", 2: "n"}


def test_pages_of_runs_follow_one_another(world: World) -> None:
    journey = world.publish({**DELAY, "entry": {"event": "x", "key": "k"}})
    world.person(1)
    world.tick([world.event("x", 1, START + number // 2, k=str(number)) for number in range(5)])
    seen, before = [], None
    while page := world.definitions.runs(APP, journey, before=before, limit=2):
        seen += [run.id for run in page]
        before = (page[-1].entered_at, page[-1].id)
    assert len(set(seen)) == len(seen) == 5


def test_the_cart_graph_can_be_drafted(world: World) -> None:
    assert world.definitions.create(APP, "cart", CART, START).state is JourneyState.DRAFT


def test_properties_that_cannot_be_read_are_none(world: World) -> None:
    journey = world.publish(DELAY)
    world.person(1)
    broken = world.event("x", 1, START)
    broken.body = b'{"a":"\\ud800"}'
    world.tick([broken])
    world.tick(now=START + HOUR)
    assert [(run.state, run.data) for run in world.definitions.runs(APP, journey)] == [("done", "{}")]


def test_of_archiving_a_segment_and_publishing_a_journey_on_it_one_comes_first(state: Engine) -> None:
    """Both at once, again and again: whoever comes second sees the other, no live journey waits on an archived segment."""
    world, segments = World(state), Segments(state)
    for number in range(8):
        rule = {"kind": "behaviour", "event": f"e{number}", "window": {"last": "1d"}}
        segment = segments.create(APP, f"s{number}", rule, START)
        where = [{"property": "segment", "is": "=", "value": segment.id}]
        plain = world.definitions.create(APP, f"j{number}", DELAY, START)
        barrier, refused = threading.Barrier(2), list[str]()

        def publish(journey: int = plain.id, tests: Any = where) -> None:
            graph = {**DELAY, "entry": {"event": "segment_entered", "where": tests}}
            world.definitions.update(APP, journey, 1, START, graph=graph)
            world.definitions.publish(APP, journey, START)

        def archive(found: Any = segment) -> None:
            segments.archive(
                APP, found.id, found.version, START, others=lambda connection: dependents_of_segment(connection, APP, found.id)
            )

        acts = [threading.Thread(target=_at_once, args=(act, barrier, refused)) for act in (publish, archive)]
        for thread in acts:
            thread.start()
        for thread in acts:
            thread.join()
        assert len(refused) == 1, refused
        is_live = world.definitions.get(APP, plain.id).state is JourneyState.LIVE
        assert is_live is (segments.get(APP, segment.id).state is SegmentState.ACTIVE)


def _at_once(act: Callable[[], Any], barrier: threading.Barrier, refused: list[str]) -> None:
    barrier.wait()
    try:
        act()
    except (ConflictError, GraphError) as error:
        refused.append(f"{act.__name__}: {error}")


IN_NINE: dict[str, Callable[[int], dict[str, Any]]] = {
    "journey, by entry": lambda number: {"entry": {"event": "journey_left", "where": _is(number)}},
    "journey, by what becomes of messages": lambda number: {"entry": {"event": "message_clicked", "where": _is(str(number))}},
    "message": lambda number: {"kind": "message", "did": "clicked", "journey": number},
    "unopened": lambda number: {"kind": "unopened", "last": 3, "journey": number},
    "behaviour": lambda number: {"kind": "behaviour", "event": "journey_left", "where": _is(number)},
    "within": lambda number: {"any": [{"not": {"kind": "behaviour", "event": "message_sent", "where": _is([5, number])}}]},
}


def _is(value: Any) -> list[dict[str, Any]]:
    return [{"property": "journey", "is": "in" if isinstance(value, list) else "=", "value": value}]


@pytest.mark.parametrize("how", IN_NINE)
def test_a_journey_that_something_names_is_not_deleted(world: World, how: str) -> None:
    named, free = (world.definitions.create(APP, name, DELAY, START).id for name in ("named", "free"))
    segments = Segments(world.engine)
    made = IN_NINE[how](named)
    if "entry" in made:
        user = world.definitions.create(APP, "user", {**DELAY, **made}, START)
    else:
        held = segments.create(APP, "user", made, START)
    with pytest.raises(JourneyInUseError) as refused:
        world.definitions.delete(APP, named)
    kind = "journey" if "entry" in made else "segment"
    assert [(each["kind"], each["name"]) for each in refused.value.data["dependents"]] == [(kind, "user")]
    world.definitions.delete(APP, free)
    if "entry" in made:
        world.definitions.archive(APP, user.id, START)
    else:
        segments.archive(APP, held.id, held.version, START)
    world.definitions.delete(APP, named)


def test_a_journey_that_names_itself_can_be_deleted(world: World) -> None:
    own = world.definitions.create(APP, "own", DELAY, START)
    graph = {**DELAY, "entry": {"event": "journey_left", "where": _is([own.id, 99])}}
    world.definitions.update(APP, own.id, own.version, START, graph=graph)
    world.definitions.delete(APP, own.id)
