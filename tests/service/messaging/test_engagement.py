"""Opens, clicks and purchases come back to the deliveries."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR
from relance.events.model import Batch, Flag, Kind, Name
from relance.infra.database import reading, writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, Goal, Intent
from tests.service.world import APP, START, World

ORDER = "Order Completed"


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


async def sent(world: World, person_id: int, at: int, cause: str = "c", goal: Goal | None = None) -> Delivery:
    """A push sent to a person."""
    message = world.messages.create(APP, "m", "web_push", {"title": "x"}, START, goal=goal)
    world.clock.instant = at
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, person_id, message.id, cause, at)])
    await world.send()
    return world.deliveries.page(APP, message_id=message.id)[0]


def conversions(world: World) -> list[dict[str, Any]]:
    world.tick()
    return [json.loads(each.body) for each in world.emitted if each.name == Name.MESSAGE_CONVERTED]


async def test_the_first_of_each_kind_counts(world: World) -> None:
    world.person(1, push="https://push.example/1")
    delivery = await sent(world, 1, START)
    for number, name in enumerate(["delivered", "opened", "clicked", "dismissed", "unsubscribed"], start=1):
        world.tick([world.engagement(f"message_{name}", delivery, START + number * HOUR)])
        world.tick([world.engagement(f"message_{name}", delivery, START + number * HOUR + 1)])
    found = world.deliveries.get(APP, delivery.id)
    instants = (found.delivered_at, found.opened_at, found.clicked_at, found.dismissed_at, found.unsubscribed_at)
    assert instants == tuple(START + number * HOUR for number in range(1, 6))
    [figures] = world.deliveries.figures(APP)
    assert (figures.sent, figures.delivered, figures.opened, figures.clicked, figures.unsubscribed) == (1, 1, 1, 1, 1)


async def test_nobody_opens_anothers_message(world: World) -> None:
    for person in (1, 2):
        world.person(person, push=f"https://push.example/{person}")
    delivery = await sent(world, 1, START)
    world.tick([world.event("message_opened", 2, START + 1, delivery=delivery.id)])
    world.tick([world.event("message_opened", 1, START + 1, delivery="no such")])
    world.tick([world.event("message_opened", 1, START + 1, delivery=3)])
    world.tick([world.event("message_opened", 1, START + 1, app=APP + 1, delivery=delivery.id)])
    assert world.deliveries.get(APP, delivery.id).opened_at is None


async def test_a_bounce_takes_the_address_out_of_use(world: World) -> None:
    world.person(1, push="https://push.example/1")
    delivery = await sent(world, 1, START)
    world.tick([world.engagement("message_bounced", delivery, START + 1)])
    world.tick()
    [edit] = [each for each in world.emitted if each.kind == Kind.EDIT]
    assert b'"state":"suppressed"' in edit.body


async def test_a_purchase_is_credited_once_to_the_last_click(world: World) -> None:
    world.person(1, push="https://push.example/1")
    first, second = await sent(world, 1, START), await sent(world, 1, START + HOUR, "d")
    world.tick(
        [
            world.engagement("message_clicked", first, START + 2 * HOUR),
            world.event(ORDER, 1, START + 3 * HOUR, total=40.5),  # click and purchase in one tick
        ]
    )
    assert conversions(world) == [
        {
            "delivery": first.id,
            "message": first.message_id,
            "channel": "web_push",
            "event": ORDER,
            "direct": True,
            "revenue": 40.5,
        }
    ]
    world.tick([world.event(ORDER, 1, START + 4 * HOUR, revenue=10)])
    found = world.deliveries.get(APP, first.id)
    assert (found.converted_at, found.conversions, found.direct, found.revenue) == (START + 3 * HOUR, 2, True, {"": 505_000})
    assert world.deliveries.get(APP, second.id).converted_at is None
    [figures, _] = world.deliveries.figures(APP)
    assert (figures.converted, figures.direct, figures.revenue) == (1, 1, {"": 505_000})


async def test_without_a_click_the_last_message_seen_influenced_it(world: World) -> None:
    world.person(1, push="https://push.example/1")
    first, second = await sent(world, 1, START), await sent(world, 1, START + HOUR, "d")
    world.tick([world.engagement("message_opened", first, START + 2 * HOUR)])
    world.tick([world.event(ORDER, 1, START + 3 * HOUR, total="40")])
    [credited] = conversions(world)
    assert (credited["delivery"], credited["direct"], credited["revenue"]) == (first.id, False, 40.0)
    assert world.deliveries.get(APP, second.id).conversions == 0


@pytest.mark.parametrize(
    ("after", "event", "flags", "counts"),
    [
        (HOUR, ORDER, 0, True),
        (3 * DAY - 1, ORDER, 0, True),
        (3 * DAY, ORDER, 0, False),
        (HOUR, "Product Added", 0, False),
        (HOUR, ORDER, Flag.IMPORTED, False),
    ],
)
async def test_what_counts_as_a_conversion(world: World, after: int, event: str, flags: int, counts: bool) -> None:
    world.person(1, push="https://push.example/1")
    await sent(world, 1, START)
    world.tick([world.event(event, 1, START + after, flags=flags, total=1)])
    assert len(conversions(world)) == counts


async def test_a_late_purchase_is_still_one(world: World) -> None:
    world.person(1, push="https://push.example/1")
    await sent(world, 1, START)
    world.tick([world.event(ORDER, 1, START + HOUR, received_at=START + 5 * DAY)])
    assert len(conversions(world)) == 1


async def test_a_message_has_a_goal_of_its_own(world: World) -> None:
    world.person(1, push="https://push.example/1")
    delivery = await sent(world, 1, START, goal=Goal("Tour Taken", "1h"))
    world.tick([world.event(ORDER, 1, START + 1), world.event("Tour Taken", 1, START + 2)])
    assert [each["delivery"] for each in conversions(world)] == [delivery.id]


async def test_deliveries_follow_a_merge(world: World) -> None:
    for person in (1, 2):
        world.person(person, push=f"https://push.example/{person}")
    delivery = await sent(world, 2, START)
    with writing(world.engine) as connection:
        messaging.follow_merge(connection, APP, 2, 1)
    world.tick([world.event("message_clicked", 1, START + 1, delivery=delivery.id), world.event(ORDER, 1, START + 2)])
    assert [each["delivery"] for each in conversions(world)] == [delivery.id]


async def test_a_deleted_person_leaves_only_sums(world: World) -> None:
    world.person(1, push="https://push.example/1")
    delivery = await sent(world, 1, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, delivery.message_id, "later", START, event_body=b'{"secret":1}')])
        messaging.forget(connection, APP, 1)
    assert world.deliveries.page(APP, person_id=1) == []
    text = repr(world.rows("deliveries"))
    assert "push.example" not in text
    assert "secret" not in text
    [figures] = world.deliveries.figures(APP)
    assert (figures.sent, figures.skipped) == (1, 1)
    assert await world.send() == 0


def test_where_nothing_was_ever_sent_a_purchase_costs_two_looks(world: World) -> None:
    statements: list[str] = []
    sa.event.listen(world.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with reading(world.engine) as connection:
        statements.clear()
        batch = Batch([world.event(ORDER, 1, START)] * 100, [1] * 100, [False] * 100, 1)
        assert messaging.observe(connection, batch) == []
    assert len([each for each in statements if "SELECT" in each]) == 2, "for goals, and for what messages name"
