"""What another system answers to a step of a journey is at hand in later steps, whatever happens in between."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.channels.model import SendResult, SendState
from relance.channels.registry import Channel
from relance.channels.transport import SendAddress, Transport
from relance.core.encoding import from_json
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Event, Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import MessageClass
from tests.service.world import APP, START, NotedTransport, World, take

pytestmark = pytest.mark.both_databases
HIGH = {"status": 200, "body": {"points": 7}}
LOW = {"status": 200, "body": {"points": 1}}
NO = {"status": 404, "body": "unknown"}
SCORED = "score"


class AskingWorld(World):
    """With another system that answers webhooks."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.other = NotedTransport()

    @override
    def transports(self) -> dict[Channel, Transport]:
        return {**super().transports(), Channel("webhook"): self.other}

    def answers(self, *answers: dict[str, Any]) -> None:
        states = (SendState.SENT if each["status"] < 300 else SendState.FAILED for each in answers)
        self.other.answers = [SendResult(state, answer=each) for state, each in zip(states, answers, strict=True)]

    def message(self, channel: str, content: dict[str, Any], **more: Any) -> int:
        made = self.messages.create(APP, channel, channel, content, START, message_class=MessageClass.TRANSACTIONAL, **more)
        return made.id

    def kept(self, journey: int) -> dict[str, Any]:
        [run] = self.definitions.runs(APP, journey)
        return from_json(run.answers) if run.answers else {}

    def at(self, journey: int) -> str:
        [run] = self.definitions.runs(APP, journey)
        return f"{run.node} {run.state}"

    def said(self) -> list[str]:
        return [from_json(rendered.payload)["notification"]["title"] for _, _, rendered in self.push.sent]


@pytest.fixture
def world(state: Engine) -> AskingWorld:
    return AskingWorld(state)


def publish(world: AskingWorld, **changes: Any) -> int:
    """Ask for a score; those with a high one are told it after a day, the others are let go."""
    ask = world.message("webhook", {"url": "https://crm.example/score", "body": {"user": "{{ user.id }}"}})
    say = world.message("web_push", {"title": "{{ journey.score.body.points }} points, {{ event.c }}"})
    high = {"kind": "answer", "property": "score.body.points", "is": ">", "value": 5}
    nodes = [
        {"id": "ask", "kind": "send_and_wait", "message": ask, "up_to": "1h", "keep": SCORED, "then": "high", "else": "rest"},
        {"id": "high", "kind": "branch", "if": [high], "then": "wait", "else": "rest"},
        {"id": "wait", "kind": "delay", "for": "1d", "next": "say"},
        {"id": "say", "kind": "message", "message": say, "next": "rest"},
        {"id": "rest", "kind": "delay", "for": "9d", "next": None},
    ]
    entry = {"event": "Add", "key": "c"}
    graph = {"entry": entry, "exits": [{"event": "Buy", "match": "c"}], "start": "ask", "nodes": nodes}
    return world.publish({**graph, **changes})


def add(world: World, person: int = 1) -> None:
    world.tick([world.event("Add", person, START, c="1")])


async def to(world: World, instant: int) -> None:
    await world.pass_to(START + instant)


async def test_it_decides_the_way_and_is_said_a_day_later(world: AskingWorld) -> None:
    world.person(1, push="https://push.example/1")
    world.answers(HIGH)
    journey = publish(world)
    add(world)
    await to(world, MINUTE)
    assert (world.at(journey), world.kept(journey)) == ("wait waiting", {SCORED: HIGH})
    await to(world, 2 * DAY)
    assert (world.at(journey), world.said()) == ("rest waiting", ["7 points, 1"])
    [told] = [each for each in world.emitted if each.name == "message_sent" and b'"answer"' in each.body]
    assert from_json(told.body)["answer"] == HIGH


@pytest.mark.parametrize("answer", [LOW, NO])
async def test_another_answer_leads_another_way_and_is_kept_as_well(world: AskingWorld, answer: dict[str, Any]) -> None:
    world.person(1, push="https://push.example/1")
    world.answers(answer)
    journey = publish(world)
    add(world)
    await to(world, MINUTE)
    assert (world.at(journey), world.kept(journey)) == ("rest waiting", {SCORED: answer})


async def test_without_an_answer_nothing_is_kept(world: AskingWorld) -> None:
    world.person(1)
    world.other.down = SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)
    journey = publish(world)
    add(world)
    await to(world, 90 * MINUTE)
    assert (world.at(journey), world.kept(journey)) == ("rest waiting", {})


async def test_after_a_failure_the_answer_to_the_next_attempt_counts(world: AskingWorld) -> None:
    world.person(1)
    world.other.answers = [
        SendResult(SendState.RETRY, "503", answer={"status": 503}),
        SendResult(SendState.SENT, answer=HIGH),
    ]
    journey = publish(world)
    add(world)
    await to(world, MINUTE)
    assert world.kept(journey) == {SCORED: HIGH}


async def test_what_was_asked_when_the_program_died_is_asked_again_and_answered_once(world: AskingWorld) -> None:
    """Nobody recorded the first answer: the second is the one that counts, and the other system tells the repeat by its id."""
    world.person(1)
    journey = publish(world)
    add(world)
    died = world.dispatcher()
    [taken] = take(died, world.clock.instant, "webhook")
    world.answers(LOW, HIGH)
    await world.other.send(taken.rendered, SendAddress("", {}, APP, 0), START, _begun)
    assert await world.dispatcher().recover(alone=True) == 1
    await to(world, MINUTE)
    assert world.kept(journey) == {SCORED: HIGH}
    first, second = (rendered for _, _, rendered in world.other.sent)
    assert first.delivery == second.delivery


async def _begun() -> None:
    """Nothing more is asked of what is sent."""


async def test_told_twice_and_after_a_merge_it_is_kept_once(world: AskingWorld) -> None:
    world.person(1, push="https://push.example/1")
    world.person(2, push="https://push.example/2")
    world.answers(HIGH)
    journey = publish(world)
    add(world)
    join = world.event("", 2, START, kind=Kind.MERGE, **{"into": 2, "from": 1})
    world.people([join])
    with writing(world.engine) as connection:
        world.journeys.follow_merge(connection, APP, 1, 2)
        messaging.follow_merge(connection, APP, 1, 2)
    await to(world, MINUTE)
    [told] = [each for each in world.emitted if each.name == "message_sent"]
    world.tick([told])
    assert (world.at(journey), world.kept(journey)) == ("wait waiting", {SCORED: HIGH})
    [run] = world.definitions.runs(APP, journey)
    assert run.person_id == 2
    await to(world, 2 * DAY)
    assert "7 points, 1" in world.said()


async def test_who_has_left_before_is_answered_nothing_any_more(world: AskingWorld) -> None:
    world.person(1)
    world.answers(HIGH)
    journey = publish(world)
    add(world)
    await world.send()  # it was asked, and what was answered is not settled yet
    world.tick([world.event("Buy", 1, START, c="1")])
    world.tick()
    assert (world.at(journey), world.kept(journey)) == ("ask left", {})


async def test_while_the_journey_is_paused_it_is_kept_and_said_when_it_goes_on(world: AskingWorld) -> None:
    world.person(1, push="https://push.example/1")
    world.answers(HIGH)
    journey = publish(world)
    add(world)
    await world.send()
    world.definitions.pause(APP, journey, START)
    world.reload()
    await to(world, MINUTE)
    assert world.kept(journey) == {SCORED: HIGH}
    await to(world, 3 * DAY)
    assert world.said() == []
    world.definitions.resume(APP, journey, START + 3 * DAY)
    world.reload()
    await to(world, 3 * DAY + MINUTE)
    assert world.said() == ["7 points, 1"]


async def test_a_run_keeps_to_the_version_that_it_entered(world: AskingWorld) -> None:
    world.person(1, push="https://push.example/1")
    world.answers(HIGH)
    journey = publish(world)
    add(world)
    draft = world.definitions.get(APP, journey)
    graph = {**draft.graph, "nodes": [{"id": "rest", "kind": "delay", "for": "9d", "next": None}], "start": "rest"}
    world.definitions.update(APP, journey, draft.version, START, graph=graph)
    world.definitions.publish(APP, journey, START)
    world.reload()
    await to(world, 2 * DAY)
    assert world.said() == ["7 points, 1"]


def other_exit(world: AskingWorld) -> Event:
    """Something late that concerns the run and does not end it: its key is played again."""
    return world.event("Add", 1, START + 30 * MINUTE, received_at=START + 2 * HOUR, c="1")


@pytest.mark.parametrize("answer", [HIGH, LOW, NO])
async def test_played_again_the_run_has_kept_the_same(world: AskingWorld, answer: dict[str, Any]) -> None:
    world.person(1, push="https://push.example/1")
    world.answers(answer)
    journey = publish(world)
    add(world)
    await to(world, HOUR)
    before = world.rows("runs"), world.rows("run_steps")
    world.tick([other_exit(world)])
    assert (world.rows("runs"), world.rows("run_steps")) == before
    await to(world, 2 * DAY)
    assert world.kept(journey) == {SCORED: answer}
    assert world.said() == (["7 points, 1"] if answer == HIGH else [])
    assert len(world.other.sent) == 1


@pytest.mark.parametrize("first", [LOW, NO])
async def test_asked_again_in_a_loop_each_answer_takes_the_place_of_the_one_before(
    world: AskingWorld, first: dict[str, Any]
) -> None:
    """And where the loop is played again from its last message, what was kept by then is known without the row."""
    world.person(1)
    ask = world.message("webhook", {"url": "https://crm.example/score"})
    high = {"kind": "answer", "property": "score.body.points", "is": ">", "value": 5}
    nodes = [
        {"id": "ask", "kind": "send_and_wait", "message": ask, "up_to": "1h", "keep": SCORED, "then": "high", "else": "again"},
        {"id": "high", "kind": "branch", "if": [high], "then": "rest", "else": "again"},
        {"id": "again", "kind": "delay", "for": "2h", "next": "ask"},
        {"id": "rest", "kind": "delay", "for": "9d", "next": None},
    ]
    entry = {"event": "Add", "key": "c"}
    journey = world.publish({"entry": entry, "exits": [{"event": "Buy", "match": "c"}], "start": "ask", "nodes": nodes})
    world.answers(LOW, first, LOW, HIGH)
    add(world)
    await to(world, 3 * HOUR)
    assert (world.at(journey), world.kept(journey)) == ("again waiting", {SCORED: first})
    before = world.rows("runs"), world.rows("run_steps")
    world.tick([other_exit(world)])
    assert (world.rows("runs"), world.rows("run_steps")) == before
    await to(world, 5 * HOUR)
    assert world.kept(journey) == {SCORED: LOW}
    await to(world, 9 * HOUR)
    assert (world.at(journey), world.kept(journey)) == ("rest waiting", {SCORED: HIGH})
    assert len(world.other.sent) == 4


async def test_an_exit_told_late_brings_back_what_was_kept_by_then(world: AskingWorld) -> None:
    """The second time nobody answered; played again, the run ended before it asked a second time."""
    world.person(1, push="https://push.example/1")
    ask = world.message("webhook", {"url": "https://crm.example/score"})
    say = world.message("web_push", {"title": "Hi"})
    nodes = [
        {"id": "ask", "kind": "send_and_wait", "message": ask, "up_to": "1h", "keep": SCORED, "then": "say", "else": "rest"},
        {"id": "say", "kind": "message", "message": say, "next": "pause"},
        {"id": "pause", "kind": "delay", "for": "2h", "next": "ask"},
        {"id": "rest", "kind": "delay", "for": "9d", "next": None},
    ]
    entry = {"event": "Add", "key": "c"}
    journey = world.publish({"entry": entry, "exits": [{"event": "Buy", "match": "c"}], "start": "ask", "nodes": nodes})
    world.answers(HIGH)
    add(world)
    await to(world, MINUTE)
    world.other.down = SendResult(SendState.HELD, "later", retry_after_ms=2 * HOUR)
    await to(world, 4 * HOUR)
    assert (world.at(journey), world.kept(journey)) == ("rest waiting", {})
    world.tick([world.event("Buy", 1, START + HOUR, received_at=START + 4 * HOUR, c="1")])
    assert (world.at(journey), world.kept(journey)) == ("pause left", {SCORED: HIGH})
