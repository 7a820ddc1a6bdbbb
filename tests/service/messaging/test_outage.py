"""A provider that is down: it is left alone, what waits for it stays, and what is still valid leaves when it is back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.channels.transport import LaneRoom
from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.infra.database import reading, writing
from relance.messaging import service as messaging
from relance.messaging.circuit import TRIPS_AT
from relance.messaging.model import DeliveryState, SkipReason
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases

REFUSED = SendResult(SendState.RETRY, "connection refused", is_outage=True)
IN_DOUBT = SendResult(SendState.RETRY, "connection reset", uncertain=True, is_outage=True)
PEOPLE = 40


@pytest.fixture
def world(state: Engine) -> World:
    found = World(state)
    found.mail.room = found.push.room = LaneRoom(4, waiting=4)
    for number in range(1, PEOPLE + 1):
        found.person(number, email=f"p{number}@example.com", push=f"https://push.example/{number}", consent=True)
    return found


def enqueue(world: World, channel: str = "email", **about: Any) -> int:
    content = {"subject": "Hi", "text": "Hi"} if channel == "email" else {"title": "Hi"}
    message = world.messages.create(APP, f"offer {about}", channel, content, START, **about)
    with writing(world.engine) as connection:
        messaging.enqueue(connection, message, BitMap64(range(1, PEOPLE + 1)), world.clock.instant)
    return message.id


def states(world: World, message: int) -> Counter[tuple[str, str]]:
    found = [each for each in world.deliveries.page(APP, limit=1_000) if each.message_id == message]
    return Counter((each.state, each.reason) for each in found)


def queued(world: World) -> int:
    with reading(world.engine) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM queued")).scalar_one())


async def test_a_provider_that_is_down_for_a_day_gets_what_is_still_valid_afterwards(world: World) -> None:
    short, lasting = enqueue(world, valid_for="1h"), enqueue(world)
    code = world.messages.create(APP, "code", "email", {"subject": "1", "text": "1"}, START, message_class="transactional")
    world.mail.down, sender = REFUSED, world.dispatcher()
    for minute in range(24 * 60):
        if minute == 600:
            world.messages.send(APP, code.id, 7, world.clock.instant)
        await sender.run_due(world.clock.instant)
        world.clock.instant += MINUTE
    tries = len(world.mail.sent)
    assert tries <= 24 * 60 / 5 + 20, "it is not left alone"
    assert queued(world) <= 2 * PEOPLE + 1
    [paused] = sender.down()
    assert (paused["service"], paused["detail"]) == ("e-mail", "connection refused")
    assert paused["since"] < START + 10 * MINUTE
    assert world.clock.instant <= paused["next_try"] <= world.clock.instant + 5 * MINUTE
    assert not {state for state, _ in states(world, lasting)} - {DeliveryState.PENDING.value}

    world.mail.down = None
    for _ in range(75):
        await sender.run_due(world.clock.instant)
        world.clock.instant += MINUTE
    world.check_queue()
    assert not sender.down()
    assert states(world, lasting) == {(DeliveryState.SENT, ""): PEOPLE}
    assert states(world, short) == {(DeliveryState.SKIPPED, SkipReason.EXPIRED): PEOPLE}
    assert states(world, code.id) == {(DeliveryState.SENT, ""): 1}
    arrived = Counter(address for _, address, mail in world.mail.sent[tries:])
    assert set(arrived.values()) <= {1, 2}  # the code and the offer
    assert queued(world) == 0


async def test_the_first_that_is_taken_lets_all_others_leave_at_once(world: World) -> None:
    message = enqueue(world)
    world.mail.down, sender = REFUSED, world.dispatcher()
    await sender.run_due(START)
    world.mail.down = None
    world.clock.instant += 31 * SECOND  # the first pause
    await sender.run_due(world.clock.instant)
    assert sender.down() == []
    world.clock.instant += 30 * SECOND  # those that were under way when it went down are tried again by now
    await sender.run_due(world.clock.instant)
    assert states(world, message) == {(DeliveryState.SENT, ""): PEOPLE}


async def test_whoever_mends_a_provider_is_not_made_to_wait_for_the_next_try(world: World) -> None:
    world.own.add((APP, "email"))
    message = enqueue(world)
    world.mail.down, sender = REFUSED, world.dispatcher()
    for _ in range(2):  # all there are, and one try
        await sender.run_due(world.clock.instant)
        world.clock.instant += 31 * SECOND
    world.mail.down = None
    await sender.run_due(world.clock.instant)
    assert not states(world, message)[DeliveryState.SENT, ""]
    world.versions[APP] = 2
    await sender.run_due(world.clock.instant)
    assert states(world, message)[DeliveryState.SENT, ""] == PEOPLE - 1  # that one has its own next attempt
    assert not sender.down()


async def test_it_is_not_tried_for_ever(world: World) -> None:
    message = enqueue(world)
    world.mail.down, sender = REFUSED, world.dispatcher()
    await sender.run_due(START)
    while world.clock.instant < START + 20 * DAY and queued(world):
        world.clock.instant += HOUR
        await sender.run_due(world.clock.instant)
    assert states(world, message) == {(DeliveryState.FAILED, ""): PEOPLE}
    assert world.clock.instant > START + 3 * DAY


async def test_mail_in_doubt_stays_in_doubt_and_a_push_is_repeated(world: World) -> None:
    mail, push = enqueue(world), enqueue(world, "web_push")
    world.mail.down = world.push.down = IN_DOUBT
    sender = world.dispatcher()
    await sender.run_due(START)
    doubtful = states(world, mail)[DeliveryState.UNKNOWN, ""]
    assert TRIPS_AT <= doubtful < TRIPS_AT + world.mail.room.size, "as many as were under way when it was found to be down"
    world.mail.down = world.push.down = None
    for _ in range(10):
        world.clock.instant += MINUTE
        await sender.run_due(world.clock.instant)
    assert states(world, mail) == {(DeliveryState.UNKNOWN, ""): doubtful, (DeliveryState.SENT, ""): PEOPLE - doubtful}
    assert states(world, push) == {(DeliveryState.SENT, ""): PEOPLE}


async def test_one_push_service_that_is_down_holds_up_no_other(world: World) -> None:
    for number in range(PEOPLE + 1, PEOPLE + 11):
        world.person(number, push=f"https://down.example/{number}")
        world.push.refusing[f"https://down.example/{number}"] = REFUSED
    message = world.messages.create(APP, "offer", "web_push", {"title": "Hi"}, START)
    world.push.room = LaneRoom(16, waiting=16, is_shared=True)
    sender = world.dispatcher()
    with writing(world.engine) as connection:
        messaging.enqueue(connection, message, BitMap64(range(1, PEOPLE + 11)), START)
    await sender.run_due(START)
    assert states(world, message.id)[DeliveryState.SENT, ""] == PEOPLE
    assert [each["service"] for each in sender.down()] == ["https://down.example/"]
    before = len(world.push.sent)
    await sender.run_due(START)
    assert len(world.push.sent) == before
    world.push.refusing.clear()
    for _ in range(4):
        world.clock.instant += MINUTE
        await sender.run_due(world.clock.instant)
    assert states(world, message.id) == {(DeliveryState.SENT, ""): PEOPLE + 10}
