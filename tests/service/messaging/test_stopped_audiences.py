"""An audience whose messages fail stops, keeps what waits, and is resumed or cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from relance.core.time import HOUR
from relance.infra.database import reading, writing
from relance.messaging import service as messaging
from relance.messaging.audiences import faults
from relance.messaging.audiences import service as audiences
from relance.messaging.audiences.errors import AudienceNotFoundError, AudienceStateError
from relance.messaging.audiences.model import Audience
from relance.messaging.audiences.service import Audiences
from relance.messaging.model import DeliveryState, SkipReason
from tests.service.world import APP, START, World, take

pytestmark = pytest.mark.both_databases
FRAGILE = {"title": "{% if user.broken %}{{ 1 | divided_by: 0 }}{% endif %}Hi"}


@pytest.fixture
def world(state: Engine, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(faults, "LEAST_RENDERED", 10)
    monkeypatch.setattr(audiences, "PIECE", 10)
    return World(state)


def people(world: World, count: int, broken: range = range(0)) -> None:
    for number in range(1, count + 1):
        traits: dict[str, Any] = {"broken": True} if number in broken else {}
        world.person(number, push=f"https://push.example/{number}", **traits)


def enqueue(world: World, count: int, **about: Any) -> int:
    message = world.messages.create(APP, "offer", "web_push", FRAGILE, START, **about)
    with writing(world.engine) as connection:
        return messaging.enqueue(connection, message, BitMap64(range(1, count + 1)), world.clock.instant)


def audience(world: World, number: int) -> Audience:
    return next(each for each in Audiences(world.engine).page(APP) if each.id == number)


def unfinished(world: World) -> int:
    with reading(world.engine) as connection:
        return messaging.unfinished(connection, world.clock.instant)


def states(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in world.deliveries.page(APP):
        found[each.reason or each.state] = found.get(each.reason or each.state, 0) + 1
    return found


async def test_it_stops_when_too_many_fail_and_keeps_who_waits(world: World) -> None:
    people(world, 40, broken=range(1, 11))
    number = enqueue(world, 40)
    await world.send()
    found = audience(world, number)
    assert (found.rendered, found.failed, found.stopped_at) == (10, 10, START)
    assert states(world) == {SkipReason.RENDER_ERROR: 10}
    assert {each.audience_id for each in world.deliveries.page(APP)} == {number}
    assert unfinished(world) == 0, "nothing is waited for that will not come"
    await world.send()  # another dispatcher knows, too
    assert states(world) == {SkipReason.RENDER_ERROR: 10}
    assert [each.id for each in Audiences(world.engine).stopped(APP)] == [number]


async def test_resumed_it_goes_on_where_it_was_and_counts_anew(world: World) -> None:
    people(world, 40, broken=range(1, 11))
    number = enqueue(world, 40)
    await world.send()
    found = Audiences(world.engine).resume(APP, number)
    assert (found.rendered, found.failed, found.stopped_at) == (0, 0, None)
    await world.send()
    assert states(world) == {SkipReason.RENDER_ERROR: 10, DeliveryState.SENT: 30}
    assert unfinished(world) == 0
    with pytest.raises(AudienceStateError):
        Audiences(world.engine).resume(APP, number)


async def test_cancelled_it_leaves_out_who_waits(world: World) -> None:
    people(world, 40, broken=range(1, 11))
    number = enqueue(world, 40)
    await world.send()
    audiences.enter(world.engine)
    found = Audiences(world.engine).cancel(APP, number, START + HOUR)
    assert found.cancelled_at == START + HOUR
    await world.send()
    assert states(world) == {SkipReason.RENDER_ERROR: 10}
    assert (unfinished(world), world.rows("queued")) == (0, [])
    assert Audiences(world.engine).stopped(APP) == []
    with pytest.raises(AudienceStateError):
        Audiences(world.engine).cancel(APP, number, START)
    with pytest.raises(AudienceStateError):
        Audiences(world.engine).resume(APP, number)


async def test_what_waits_for_another_attempt_waits_with_its_audience_and_is_skipped_when_it_is_cancelled(world: World) -> None:
    people(world, 5)
    number = enqueue(world, 5)
    audiences.enter(world.engine)
    taken = await asyncio.to_thread(take, world.dispatcher(), START, "web_push", 5)
    assert len(taken) == 5
    await world.dispatcher().recover(alone=True)  # they were in somebody's hands, and wait again
    with reading(world.engine) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM queued WHERE delivery_id IS NOT NULL")) == 5
    Audiences(world.engine).cancel(APP, number, START)
    await world.send()
    assert states(world) == {SkipReason.AUDIENCE_CANCELLED: 5}
    assert "cancelled" in world.deliveries.page(APP)[0].why


async def test_a_few_failures_stop_nothing_and_those_of_many_rounds_add_up(world: World) -> None:
    world.settings["render_error_percent"] = 20.0
    people(world, 40, broken=range(1, 41, 10))  # one in ten
    number = enqueue(world, 40)
    await world.send()
    assert states(world) == {SkipReason.RENDER_ERROR: 4, DeliveryState.SENT: 36}
    found = audience(world, number)
    assert (found.failed, found.stopped_at) == (4, None)
    assert found.rendered >= 31, "what was rendered without a failure counts as soon as there is one"


async def test_without_failures_nothing_is_written_of_it(world: World) -> None:
    people(world, 20)
    number = enqueue(world, 20)
    await world.send()
    assert (audience(world, number).rendered, audience(world, number).failed) == (0, 0)


async def test_the_app_says_how_many_may_fail(world: World) -> None:
    world.settings["render_error_percent"] = 100.0
    people(world, 30, broken=range(1, 31))
    number = enqueue(world, 30)
    await world.send()
    assert (states(world), audience(world, number).stopped_at) == ({SkipReason.RENDER_ERROR: 30}, None)


async def test_one_that_is_stopped_holds_up_nobody_else(world: World) -> None:
    people(world, 30, broken=range(1, 11))
    enqueue(world, 30)
    other = world.messages.create(APP, "other", "web_push", {"title": "x"}, START)
    with writing(world.engine) as connection:
        messaging.enqueue(connection, other, BitMap64(range(1, 31)), START)
    await world.send()
    assert len(world.deliveries.page(APP, message_id=other.id, state="sent")) == 30
    await world.pass_to(START + HOUR)  # and time passes


def test_an_audience_of_another_app_is_not_there(world: World) -> None:
    people(world, 1)
    number = enqueue(world, 1)
    with pytest.raises(AudienceNotFoundError):
        Audiences(world.engine).resume(APP + 1, number)
    with pytest.raises(AudienceNotFoundError):
        Audiences(world.engine).cancel(APP + 1, number, 0)


async def test_of_two_audiences_of_a_message_one_stops(world: World) -> None:
    people(world, 20, broken=range(1, 11))
    first = enqueue(world, 10)
    second = world.messages.create(APP, "b", "web_push", FRAGILE, START)
    with writing(world.engine) as connection:
        number = messaging.enqueue(connection, second, BitMap64(range(11, 21)), START)
    await world.send()
    assert audience(world, first).stopped_at == START
    assert audience(world, number).stopped_at is None
