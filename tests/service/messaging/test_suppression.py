"""What is on the suppression list is sent nothing, whatever its class and however its subscription stands."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from relance.events.model import Name
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, DeliveryState, Intent, MessageClass
from relance.users.suppression.model import NewSuppression
from relance.users.suppression.service import Suppressions
from tests.service.world import APP, START, World

MAIL = "lea@example.com"


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def wanted(world: World, cause: str = "c", *, is_test: bool = False) -> Delivery:
    content = {"subject": "Receipt", "text": "Thank you"}
    message = world.messages.create(APP, cause, "email", content, START, message_class=MessageClass.TRANSACTIONAL)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, message.id, cause, START, is_test=is_test)])
    return world.deliveries.page(APP, message_id=message.id)[0]


@pytest.mark.both_databases
@pytest.mark.parametrize("is_test", [False, True])
async def test_a_receipt_is_not_sent_and_says_why(world: World, *, is_test: bool) -> None:
    world.person(1, email=MAIL)
    delivery = wanted(world, is_test=is_test)
    Suppressions(world.engine).add(APP, {("email", MAIL): NewSuppression("imported", START)})  # when it waits already
    await world.send()
    found = world.deliveries.get(APP, delivery.id)
    assert (found.state, found.reason, found.detail) == (DeliveryState.SKIPPED, "suppressed", "imported")
    assert "suppression list" in found.why
    assert world.mail.sent == []


@pytest.mark.both_databases
async def test_a_bounce_is_listed_in_the_tick_that_hears_it(world: World) -> None:
    world.person(1, email=MAIL)
    delivery = wanted(world)
    await world.send()
    event = world.engagement(Name.MESSAGE_BOUNCED, delivery, START + 1)
    world.tick([event])
    [entry] = Suppressions(world.engine).page(APP)
    assert (entry.address, entry.reason, entry.added_at, entry.delivery_id) == (MAIL, "bounced", START + 1, delivery.id)
    world.tick([event])
    assert len(Suppressions(world.engine).page(APP)) == 1
    again = wanted(world, "d")
    await world.send()
    assert world.deliveries.get(APP, again.id).reason == "suppressed"
