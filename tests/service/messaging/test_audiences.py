"""A message for many people at once: they enter the queue bit by bit, and their deliveries are made when it is their turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from relance.channels.transport import LaneRoom
from relance.core.time import HOUR
from relance.events.model import Name
from relance.infra.database import reading, writing
from relance.messaging import dispatch
from relance.messaging import service as messaging
from relance.messaging.audiences import service as audiences
from relance.messaging.model import DeliveryState, Intent, SkipReason
from relance.restraint.service import Caps
from tests.service.world import APP, START, World, take

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def people(world: World, count: int, app: int = APP) -> None:
    for number in range(1, count + 1):
        world.person(number, push=f"https://push.example/{app}/{number}", app=app)


def enqueue(world: World, persons: Any, app: int = APP, **about: Any) -> int:
    message = world.messages.create(app, "offer", "web_push", {"title": "x"}, START, **about)
    with writing(world.engine) as connection:
        return messaging.enqueue(connection, message, BitMap64(persons), world.clock.instant)


def waiting(world: World) -> int:
    with reading(world.engine) as connection:
        return messaging.unfinished(connection, world.clock.instant)


def addresses(world: World) -> list[str]:
    return sorted(each[1] for each in world.push.sent)


async def test_everybody_gets_it_once(world: World) -> None:
    people(world, 30)
    enqueue(world, range(1, 31))
    assert waiting(world) == 30
    await world.send()
    assert addresses(world) == sorted(f"https://push.example/1/{number}" for number in range(1, 31))
    assert waiting(world) == 0
    world.tick()
    assert {each.name for each in world.emitted} == {Name.MESSAGE_SENT}
    assert {(each.lane, each.state) for each in world.deliveries.page(APP)} == {("campaign", DeliveryState.SENT)}
    with reading(world.engine) as connection:
        assert connection.execute(sa.text("SELECT length(people) FROM audiences")).scalar() == 0  # nobody is kept


async def test_it_enters_while_there_is_room_and_goes_on_after_a_crash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people(world, 25)
    monkeypatch.setattr(audiences, "PIECE", 4)
    enqueue(world, range(1, 26))
    sizes = []
    for _ in range(10):
        audiences.enter(world.engine, room=10)
        with reading(world.engine) as connection:
            sizes.append(connection.execute(sa.text("SELECT count(*) FROM queued")).scalar())
    assert sizes == [4, 8, 12, *[12] * 7]
    assert waiting(world) == 25  # those who have not entered among them
    await world.send()  # of another dispatcher: nothing was kept in memory
    assert len(set(addresses(world))) == len(addresses(world)) == 25


async def test_who_turned_out_to_be_one_gets_one_and_who_was_deleted_gets_none(world: World) -> None:
    people(world, 4)
    enqueue(world, [1, 2, 3, 4, 99])
    audiences.enter(world.engine)
    with writing(world.engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO merged_users (app_id, from_id, into_id, root_id, cause, message_id, merged_at)"
                " VALUES (1, 2, 1, 1, 'identify', 'm', 0)"
            )
        )
        connection.execute(sa.text("UPDATE subscriptions SET person_id = 1 WHERE person_id = 2"))
        for table in ("users", "traits"):
            column = "id" if table == "users" else "person_id"
            connection.execute(sa.text(f"DELETE FROM {table} WHERE {column} IN (2, 3)"))
        connection.execute(sa.text("DELETE FROM subscriptions WHERE person_id = 3"))
    await world.send()
    assert addresses(world) == [f"https://push.example/1/{number}" for number in (1, 2, 4)]  # the first has two devices now
    assert {each.person_id for each in world.deliveries.page(APP)} == {1, 4}


async def test_who_cannot_be_reached_is_told_with_the_reason(world: World) -> None:
    people(world, 2)
    world.person(3, email="cleo@example.com")
    enqueue(world, [1, 2, 3])
    await world.send()
    world.tick()
    [skipped] = world.deliveries.page(APP, state="skipped")
    assert (skipped.person_id, skipped.reason) == (3, SkipReason.NO_SUBSCRIPTION)
    assert [each.name for each in world.emitted].count(Name.MESSAGE_SKIPPED) == 1


async def test_what_was_claimed_when_the_program_ended_is_sent_after_it(world: World) -> None:
    people(world, 10)
    enqueue(world, range(1, 11))
    audiences.enter(world.engine)
    assert len(await asyncio.to_thread(take, world.dispatcher(), START, "web_push", 6)) == 6
    world.check_queue()
    assert await world.dispatcher().recover(alone=True) == 6
    await world.send()
    assert len(set(addresses(world))) == len(addresses(world)) == 10


async def test_it_is_valid_from_when_it_was_wanted(world: World) -> None:
    people(world, 1)
    enqueue(world, [1], valid_for="1h")
    world.clock.instant += 2 * HOUR
    await world.send()
    assert world.deliveries.page(APP)[0].reason == SkipReason.EXPIRED


async def test_two_at_once_never_pass_a_cap(world: World) -> None:
    people(world, 20)
    Caps(world.engine).create(APP, {"name": "one", **CAP}, START)
    for _ in range(3):
        enqueue(world, range(1, 21))
    audiences.enter(world.engine)
    dispatchers = [world.dispatcher() for _ in range(3)]

    async def drain(index: int) -> None:
        while await asyncio.to_thread(take, dispatchers[index], START, "web_push", 7):
            pass

    await asyncio.gather(*map(drain, range(3)))
    with reading(world.engine) as connection:
        rows = connection.execute(sa.text("SELECT person_id, count(reserved_at) FROM deliveries GROUP BY person_id")).all()
    assert [tuple(row) for row in sorted(rows)] == [(number, 1) for number in range(1, 21)]


CAP: dict[str, Any] = {
    **dict.fromkeys(("rolling", "gap")),
    **dict.fromkeys(("channels", "classes", "topics", "tiers"), ()),
    "most": 1,
    "calendar": "day",
    "kept": {},
}


async def test_audiences_of_an_app_take_turns_and_a_message_by_call_waits_for_none(world: World) -> None:
    people(world, 200)
    first, second = enqueue(world, range(1, 201)), enqueue(world, range(1, 201))
    audiences.enter(world.engine)
    call = world.messages.create(APP, "code", "web_push", {"title": "1234"}, START, message_class="transactional")
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 7, call.id, "call", START)])
    world.push.room = LaneRoom(32, waiting=32)
    claimed = await asyncio.to_thread(take, world.dispatcher(), START, "web_push")
    by_message: dict[int, int] = {}
    for each in claimed:
        by_message[each.row["message_id"]] = by_message.get(each.row["message_id"], 0) + 1
    assert by_message.pop(call.id) == 1
    assert sorted(by_message.values()) == [24, 24]  # of 64; the rest is kept for calls and journeys
    assert first != second


async def test_many_audiences_at_once_are_looked_for_one_by_one_and_read_together(world: World) -> None:
    people(world, 6)

    def statements_of_a_claim() -> int:
        audiences.enter(world.engine)
        counted: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            counted.append(statement)

        sa.event.listen(world.engine, "before_cursor_execute", count)
        assert take(world.dispatcher(), START, "web_push")
        sa.event.remove(world.engine, "before_cursor_execute", count)
        return len(counted)

    enqueue(world, range(1, 7))
    of_one = statements_of_a_claim()
    for number in range(6):
        enqueue(world, [number + 1])
    assert statements_of_a_claim() <= of_one + 2 * 5


async def test_who_calls_in_the_middle_of_a_round_is_next_and_rounds_are_short_from_then_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(world, 200)
    people(world, 20, app=2)
    enqueue(world, range(1, 201))
    enqueue(world, range(1, 21), app=2)
    world.own.add((2, "web_push"))  # so that a round claims twice
    world.push.room = LaneRoom(128, waiting=128)
    call = world.messages.create(APP, "code", "web_push", {"title": "1234"}, START, message_class="transactional")
    sender = world.dispatcher()
    claims: list[list[str]] = []
    claim = sender._take

    def claimed(*given: Any) -> Any:
        if not claims:
            with writing(world.engine) as connection:
                messaging.intend(connection, [Intent(APP, 7, call.id, "call", START)])
            sender.wake()
        found = claim(*given)
        claims.append([each.row["lane"] for each in found[0]])
        return found

    monkeypatch.setattr(sender, "_take", claimed)
    assert await sender.run_due(START) == 221
    assert len(claims[0]) > dispatch.SHORT_ROUND
    assert claims[1] == ["transactional"]
    assert all(len(each) <= dispatch.SHORT_ROUND for each in claims[2:])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is held up is a room, and no query
async def test_a_provider_that_answers_nothing_stalls_only_its_own_apps(world: World) -> None:
    people(world, 100)
    people(world, 100, app=2)
    world.push.room = LaneRoom(16, waiting=16)
    world.push.slow, world.push.gate = "https://push.example/2/", asyncio.Event()
    world.own.add((2, "web_push"))
    enqueue(world, range(1, 101), app=2)
    enqueue(world, range(1, 101))
    sender = world.dispatcher()
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(60):
        while sum("/1/" in each for each in addresses(world)) < 100:
            await asyncio.sleep(0.02)
    world.push.gate.set()
    sender.stop()
    await running
