"""Sending: attempts, answers, and what a crash leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.channels.email.model import Email
from relance.channels.model import SendResult, SendState
from relance.channels.transport import LaneRoom
from relance.channels.web_push.model import Push
from relance.core.time import MINUTE, SECOND
from relance.events.model import Flag, Kind, Name
from relance.infra.database import reading, writing
from relance.journeys.errors import GraphError
from relance.messaging import dispatch
from relance.messaging import service as messaging
from relance.messaging.lanes import ProviderKey
from relance.messaging.model import DeliveryState, Intent, SkipReason
from relance.web.tracking.engagement import clicks, unsubscribed
from tests.service.world import APP, START, NotedTransport, World, take

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def intend(world: World, person_id: int, channel: str = "web_push", cause: str = "c", **content: Any) -> int:
    """Want a new message sent to a person; returns the message's id."""
    usual = {"title": "Hi"} if channel == "web_push" else {"subject": "Hi", "text": "Hi"}
    message = world.messages.create(APP, "m", channel, {**usual, **content}, START, message_class="transactional")
    want(world, Intent(APP, person_id, message.id, cause, START))
    return message.id


def want(world: World, *intents: Intent) -> None:
    with writing(world.engine) as connection:
        messaging.intend(connection, intents)


@pytest.mark.parametrize(
    ("channel", "begun", "ends", "repeats"),
    [
        ("email", True, DeliveryState.UNKNOWN, 0),
        ("email", False, DeliveryState.SENT, 1),
        ("web_push", True, DeliveryState.SENT, 1),
        ("web_push", False, DeliveryState.SENT, 1),
    ],
)
async def test_a_crash_before_what_became_of_it_is_recorded(
    world: World, channel: str, begun: bool, ends: DeliveryState, repeats: int
) -> None:
    world.person(1, push="https://push.example/1", email="ada@example.com")
    intend(world, 1, channel)
    first = world.dispatcher()
    [claimed] = await asyncio.to_thread(take, first, START, channel)
    if begun:
        await first._marks.put(claimed.row["id"], claimed.row["attempts"])
    # the program ends here
    assert await world.send() == 0  # somebody holds it
    with writing(world.engine) as connection:
        assert messaging.unfinished(connection, START) == 1
    again = world.dispatcher()
    assert await again.recover() == 0  # the lease has not ended
    assert await again.recover(alone=True) == 1
    await again.run_due(START)
    assert len([*world.push.sent, *world.mail.sent]) == repeats
    [delivery] = world.deliveries.page(APP)
    assert delivery.state is ends
    assert delivery.attempts == (2 if channel == "web_push" else 1)
    world.tick()
    assert [event.name for event in world.emitted] == [Name.MESSAGE_SENT if repeats else Name.MESSAGE_FAILED]


async def test_a_repeated_push_carries_the_same_topic_and_tag(world: World) -> None:
    world.person(1, push="https://push.example/1")
    intend(world, 1)
    first = world.dispatcher()
    [lost] = await asyncio.to_thread(take, first, START, "web_push")
    again = world.dispatcher()
    await again.recover(alone=True)
    await again.run_due(START)
    [(_, _, rendered)] = world.push.sent
    assert isinstance(rendered, Push)
    assert isinstance(lost.rendered, Push)
    assert (rendered.topic, rendered.payload) == (lost.rendered.topic, lost.rendered.payload)


async def test_a_late_dispatcher_writes_nothing_over_the_recovery(world: World) -> None:
    world.person(1, email="ada@example.com")
    intend(world, 1, "email")
    late, again = world.dispatcher(), world.dispatcher()
    world.mail.gate = asyncio.Event()
    await late._launch(START)
    while not world.mail.sent:
        await asyncio.sleep(0.01)
    await again.recover(alone=True)
    world.mail.gate.set()
    await late._some_landed()
    assert len(await late._land()) == 1
    [delivery] = world.deliveries.page(APP)
    assert delivery.state is DeliveryState.UNKNOWN
    assert len(world.mail.sent) == 1


async def test_a_late_dispatcher_begins_nothing_that_was_taken_from_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person(1, email="ada@example.com")
    intend(world, 1, "email")
    late, again = world.dispatcher(), world.dispatcher()
    gate, put = asyncio.Event(), late._marks.put

    async def put_late(delivery: str, attempt: int) -> None:
        await gate.wait()
        await put(delivery, attempt)

    monkeypatch.setattr(late._marks, "put", put_late)
    await late._launch(START)
    await again.recover(alone=True)
    gate.set()
    await late._some_landed()
    assert await late._land() == []
    assert world.mail.sent == []
    assert await again.run_due(START) == 1
    assert len(world.mail.sent) == 1


async def test_what_found_no_place_in_time_waits_again_untried(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "PLACE_TIMEOUT", 0.05)
    world.mail.room = LaneRoom(1, waiting=7)
    world.mail.gate = asyncio.Event()
    for number in range(4):
        world.person(number + 1, email=f"p{number}@example.com")
        intend(world, number + 1, "email")
    sender = world.dispatcher()
    assert await sender._launch(START)
    assert len(sender._flights) == 4
    for _ in range(3_000):
        await asyncio.sleep(0.02)
        await sender._land()
        if len(pending := world.deliveries.page(APP, state="pending")) == 3:
            break
    assert [each.attempts for each in pending] == [0, 0, 0]
    monkeypatch.setattr(
        dispatch, "PLACE_TIMEOUT", 60
    )  # seconds: from now on there is a place, however late a busy machine sees it
    world.mail.gate.set()
    await sender.run_due(START)
    assert {(each.state, each.attempts) for each in world.deliveries.page(APP)} == {(DeliveryState.SENT, 1)}
    assert len(world.mail.sent) == 4


async def test_a_mark_that_cannot_be_written_leaves_no_doubt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person(1, email="ada@example.com")
    intend(world, 1, "email")
    sender = world.dispatcher()

    def fail(*_: object) -> set[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sender._marks, "_commit", fail)
    await sender.run_due(START)
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, world.mail.sent) == (DeliveryState.PENDING, [])


async def test_each_app_has_its_turn(world: World) -> None:
    """One app's campaign of hundreds does not hold up the one message of another."""
    world.person(1, email="ada@example.com")
    many = world.messages.create(APP, "many", "email", {"subject": "x", "text": "x"}, START, message_class="transactional")
    want(world, *(Intent(APP, 1, many.id, f"c{number}", START) for number in range(300)))
    world.person(1, email="bob@example.com", app=2)
    one = world.messages.create(2, "one", "email", {"subject": "y", "text": "y"}, START, message_class="transactional")
    want(world, Intent(2, 1, one.id, "c", START + 1))
    world.mail.room = LaneRoom(8, waiting=56)
    prepared = await asyncio.to_thread(take, world.dispatcher(), START + 1, "email")
    assert len(prepared) == 48  # the rest is kept for journeys and campaigns
    assert sum(each.row["app_id"] == 2 for each in prepared) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is held up is a lane, and no query
async def test_endpoints_that_never_answer_hold_up_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 tarpits, each a host of its own, come first; a known push service and the mail server go on beside them."""
    monkeypatch.setattr(dispatch, "SLOW", 0.3)
    world.push.room = LaneRoom(32, is_shared=True)
    world.push.slow = "https://tarpit"
    world.push.gate = asyncio.Event()
    for number in range(300):
        world.person(number + 1, push=f"https://tarpit{number}.example/1")
        intend(world, number + 1)
    for number in range(300, 310):
        world.person(number + 1, push=f"https://push.example/{number}", email=f"p{number}@example.com")
        intend(world, number + 1, cause="later")
        intend(world, number + 1, "email")
    sender = world.dispatcher()
    for _ in range(30):  # the known one has answered before
        room = sender._claiming.lane(ProviderKey("web_push", 0))
        room.hold("journey", "https://push.example/", START)
        room.over("journey", "https://push.example/", answered=True)
    running = asyncio.create_task(sender.run())
    for _ in range(3_000):  # a minute: whoever is held up stays so
        await asyncio.sleep(0.02)
        if len(world.mail.sent) == 10 and sum("push.example" in each[1] for each in world.push.sent) == 10:
            break
    assert len(world.mail.sent) == 10
    assert sum("push.example" in each[1] for each in world.push.sent) == 10
    assert sum("tarpit" in each[1] for each in world.push.sent) <= 8
    world.push.gate.set()
    sender.stop()
    await running


async def test_what_may_be_tried_again_waits_longer_each_time_and_fails_in_the_end(world: World) -> None:
    world.person(1, push="https://push.example/1")
    intend(world, 1)
    world.push.answers = [SendResult(SendState.RETRY, "503")] * 5
    await world.pass_to(START + 100 * MINUTE)
    gaps = [sent[0] - START for sent in world.push.sent]
    assert gaps == [0, 30 * SECOND, 150 * SECOND, 630 * SECOND, 2550 * SECOND]
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.detail, delivery.attempts) == (DeliveryState.FAILED, "503", 5)
    assert [event.name for event in world.emitted] == [Name.MESSAGE_FAILED]


async def test_an_address_that_is_gone_is_told_to_the_log(world: World) -> None:
    world.person(1, push="https://push.example/1")
    intend(world, 1)
    world.push.answers = [SendResult(SendState.GONE, "410")]
    await world.send()
    world.tick()
    failed, edit = world.emitted
    assert (failed.name, edit.kind) == (Name.MESSAGE_FAILED, Kind.EDIT)
    world.people([edit])
    intend(world, 1, cause="d")
    assert world.deliveries.page(APP, state="skipped")[0].reason == SkipReason.GONE


async def test_a_broken_transport_is_no_broken_dispatcher(world: World) -> None:
    world.person(1, push="https://push.example/1", email="ada@example.com")
    world.push.error = world.mail.error = KeyError("bug")
    intend(world, 1)
    intend(world, 1, "email")
    await world.send()
    states = {each.channel: (each.state, each.detail) for each in world.deliveries.page(APP)}
    assert states == {
        "web_push": (DeliveryState.PENDING, "KeyError: 'bug'"),
        "email": (DeliveryState.UNKNOWN, "KeyError: 'bug'"),
    }


async def test_two_dispatchers_share_the_work_and_nothing_is_sent_twice(world: World) -> None:
    world.person(1, push="https://push.example/1")
    message = world.messages.create(APP, "m", "web_push", {"title": "x"}, START, message_class="transactional")
    want(world, *(Intent(APP, 1, message.id, f"c{number}", START) for number in range(600)))
    first, second = world.dispatcher(), world.dispatcher()
    assert sum(await asyncio.gather(first.run_due(START), second.run_due(START))) == 600
    topics = [sent[2].topic for sent in world.push.sent if isinstance(sent[2], Push)]
    assert len(topics) == len(set(topics)) == 600
    assert {each.attempts for each in world.deliveries.page(APP, limit=1_000)} == {1}


async def test_two_claims_at_once_take_different_rows(world: World) -> None:
    """On PostgreSQL the second passes over what the first is taking; on SQLite it waits for it."""
    world.person(1, push="https://push.example/1")
    message = world.messages.create(APP, "m", "web_push", {"title": "x"}, START)
    want(world, *(Intent(APP, 1, message.id, f"c{number}", START) for number in range(20)))
    taken = await asyncio.gather(*(asyncio.to_thread(take, world.dispatcher(), START, "web_push", 8) for _ in range(3)))
    ids = [each.row["id"] for some in taken for each in some]
    assert len(ids) == len(set(ids)) == 20


async def test_a_template_that_fails_sends_nothing_and_says_why(world: World) -> None:
    world.person(1, push="https://push.example/1")
    intend(world, 1, body="{{ 1 | divided_by: user.nothing }}")
    await world.send()
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, SkipReason.RENDER_ERROR)
    assert delivery.detail.startswith("body: ")
    assert world.push.sent == []


async def test_every_address_gets_it_once(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.people([])
    message = intend(world, 1)
    want(world, Intent(APP, 1, message, "c", START))  # the same intent again
    await world.send()
    assert len(world.push.sent) == 1


async def test_an_operators_test_reaches_without_consent_and_counts_nowhere(world: World) -> None:
    world.person(1, email="ada@example.com", consent=False)
    message = world.messages.create(APP, "m", "email", {"subject": "Hi", "text": "Hi"}, START)
    [delivery] = world.messages.send_test(APP, message.id, 1, START)
    assert (delivery.state, delivery.is_test) == (DeliveryState.PENDING, True)
    await world.send()
    assert len(world.mail.sent) == 1
    assert world.deliveries.figures(APP) == []
    assert len(world.messages.send_test(APP, message.id, 1, START)) == 1
    assert await world.send() == 1


async def test_a_test_to_somebody_without_address_says_so(world: World) -> None:
    world.person(1)
    message = world.messages.create(APP, "m", "email", {"subject": "Hi", "text": "Hi"}, START)
    [delivery] = world.messages.send_test(APP, message.id, 1, START)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, SkipReason.NO_SUBSCRIPTION)


async def test_it_runs_until_it_is_stopped_and_wakes_when_told(world: World) -> None:
    world.person(1, push="https://push.example/1")
    dispatcher = world.dispatcher()
    running = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(0.1)
    await asyncio.to_thread(intend, world, 1)
    dispatcher.wake()
    for _ in range(3_000):
        if world.push.sent:
            break
        await asyncio.sleep(0.02)
    dispatcher.stop()
    await asyncio.wait_for(running, 60)
    assert [each.state for each in world.deliveries.page(APP)] == [DeliveryState.SENT]


async def test_what_was_claimed_but_not_tried_goes_back(world: World) -> None:
    world.person(1, email="ada@example.com")
    intend(world, 1, "email")

    dispatcher = world.dispatcher()

    def fails(app_id: int) -> Any:
        raise ConnectionError(app_id)

    dispatcher._preparation._apps = fails
    with pytest.raises(ConnectionError):
        await dispatcher.run_due(START)
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert await world.send() == 1


async def test_a_row_nobody_foresaw_does_not_hold_up_the_others(world: World) -> None:
    world.person(1, push="https://push.example/1")
    good, bad = intend(world, 1), intend(world, 1)
    with writing(world.engine) as connection:
        connection.execute(sa.text("UPDATE deliveries SET data = '{' WHERE message_id = :bad"), {"bad": bad})
    await world.send()
    assert [each.reason for each in world.deliveries.page(APP, message_id=bad)] == [SkipReason.RENDER_ERROR]
    assert [each.state for each in world.deliveries.page(APP, message_id=good)] == [DeliveryState.SENT]


async def test_what_becomes_of_a_test_is_told_under_a_name_of_its_own_and_moves_nobody(world: World) -> None:
    """No rule and no journey can take it for a message: neither sent, nor opened, clicked or unsubscribed."""
    world.person(1, email="ada@example.com", consent=True)
    message = world.messages.create(APP, "m", "email", {"subject": "Hi {{ event.name }}", "text": "Hi"}, START)
    nodes = [{"id": "mail", "kind": "message", "message": message.id, "next": None}]
    names = [f"message_{each}" for each in ("sent", "opened", "clicked", "unsubscribed")]
    for name in names:
        world.publish({"entry": {"event": name}, "start": "mail", "nodes": nodes})
    with pytest.raises(GraphError):
        world.publish({"entry": {"event": "message_tested"}, "start": "mail", "nodes": nodes})
    [delivery] = world.messages.send_test(APP, message.id, 1, START, event_body=b'{"name": "lamp"}')
    await world.send()
    assert world.mail.sent[0][2].subject == "Hi lamp"
    found = world.deliveries.get(APP, delivery.id)
    for emitted in (*clicks(found, START + 5, "https://shop.example/"), *unsubscribed(found, START + 6)):
        world.tick([emitted])
    world.tick()
    own = [each for each in world.emitted if each.kind == "derived"]
    assert {(each.name, each.flags) for each in own} == {("message_tested", Flag.SYNTHETIC)}
    found = world.deliveries.get(APP, delivery.id)
    assert (found.opened_at, found.clicked_at, found.unsubscribed_at) == (START + 5, START + 5, START + 6)
    assert world.rows("runs") == []
    assert world.deliveries.figures(APP) == []


async def test_what_is_over_is_in_no_queue_and_what_is_tried_again_waits_apart(world: World) -> None:
    for number in range(1, 5):
        world.person(number, push=f"https://push.example/{number}")
        intend(world, number)
    world.push.refusing = {
        "https://push.example/2": SendResult(SendState.RETRY, "503"),
        "https://push.example/3": SendResult(SendState.GONE, "410"),
        "https://push.example/4": SendResult(SendState.HELD, "paused", retry_after_ms=MINUTE),
    }
    await world.send()
    with reading(world.engine) as connection:
        lanes = connection.execute(
            sa.text("SELECT q.lane, w.due_at FROM queued AS w JOIN send_queues AS q ON q.id = w.queue_id ORDER BY w.due_at")
        ).all()
    assert [tuple(row) for row in lanes] == [("retry", START + 30 * SECOND), ("transactional", START + MINUTE)]


async def test_queues_in_which_nothing_is_are_removed(world: World) -> None:
    world.person(1, push="https://push.example/1")
    intend(world, 1)
    sender = world.dispatcher()
    await sender.recover()
    assert queues(world) == 1
    await sender.run_due(START)
    await sender.recover()
    assert queues(world) == 0
    intend(world, 1, cause="again")
    assert await world.send() == 1


def queues(world: World) -> int:
    with reading(world.engine) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM send_queues")).scalar_one())


async def test_a_queue_to_which_somebody_is_adding_is_not_removed(world: World) -> None:
    world.person(1, push="https://push.example/1")
    message = world.messages.create(APP, "m", "web_push", {"title": "x"}, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, message.id, "c", START)])
        removing = asyncio.create_task(world.dispatcher().recover())
        await asyncio.sleep(0.3)
    await removing
    assert await world.send() == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what waits is a pace, and no query
async def test_the_servers_pace_waits_for_no_provider_that_is_silent(world: World) -> None:
    for app in (1, 2):
        for number in range(1, 21):
            world.person(number, push=f"https://push.example/{app}/{number}", app=app)
        message = world.messages.create(app, "m", "web_push", {"title": "x"}, START, message_class="transactional")
        want(world, *(Intent(app, number, message.id, "c", START) for number in range(1, 21)))
    world.own.add((2, "web_push"))
    world.push.slow, world.push.gate = "https://push.example/2/", asyncio.Event()
    sender = world.dispatcher(sends_per_second=20)
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(30):
        while sum("/1/" in each[1] for each in world.push.sent) < 20:
            await asyncio.sleep(0.02)
    world.push.gate.set()
    sender.stop()
    await running


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what waits is a pace, and no query
async def test_an_apps_provider_is_written_to_at_its_pace_and_another_apps_at_once(world: World) -> None:
    for app in (1, 2):
        for number in range(1, 21):
            world.person(number, push=f"https://push.example/{app}/{number}", app=app)
        message = world.messages.create(app, "m", "web_push", {"title": "x"}, START, message_class="transactional")
        want(world, *(Intent(app, number, message.id, "c", START) for number in range(1, 21)))
    world.own, world.paces = {(2, "web_push")}, {2: 20}
    began, left = time.monotonic(), dict[int, list[float]]()
    world.push.noted = lambda address: left.setdefault(2 if "/2/" in address else 1, []).append(time.monotonic() - began)
    await world.send()
    assert len(left[1]) == len(left[2]) == 20
    assert left[2][-1] - left[2][0] >= 0.9  # 20 of them, 50 ms apart
    assert left[1][-1] < left[2][-1]


class FetchingTransport(NotedTransport):
    """One place, and mails whose attachments are fetched first: one of them comes only after the gate, another never."""

    def __init__(self) -> None:
        super().__init__()
        self.room = LaneRoom(1, waiting=9)
        self.arrives = asyncio.Event()

    @asynccontextmanager
    async def complete(self, rendered: Any, app_id: int) -> AsyncIterator[Any]:
        if isinstance(rendered, Email) and rendered.wanted:
            if "none" in rendered.wanted[0].url:
                yield SendResult(SendState.FAILED, "The attachment is not there.")
                return
            assert app_id == APP
            await self.arrives.wait()
        yield rendered


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what waits is a fetch, and no query
async def test_attachments_on_their_way_keep_no_place_of_others(world: World) -> None:
    world.mail = mail = FetchingTransport()
    for number in (1, 2, 3):
        world.person(number, email=f"p{number}@example.com")
    intend(world, 1, "email", attachments=[{"url": "https://a.example/slow.pdf"}])
    intend(world, 2, "email", attachments=[{"url": "https://a.example/none.pdf"}])
    intend(world, 3, "email")
    sender = world.dispatcher()
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(30):
        while [each[1] for each in mail.sent] != ["p3@example.com"]:
            await asyncio.sleep(0.02)
        mail.arrives.set()
        while len(mail.sent) < 2:
            await asyncio.sleep(0.02)
    sender.stop()
    await running
    found = {each.person_id: (each.state, each.detail) for each in world.deliveries.page(APP)}
    assert found[1][0] is found[3][0] is DeliveryState.SENT
    assert found[2] == (DeliveryState.FAILED, "The attachment is not there.")
