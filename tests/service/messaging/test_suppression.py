"""What is on the suppression list is sent nothing, whatever its class and however its subscription stands."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from relance.events.model import Kind, Name
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, DeliveryState, Intent, MessageClass
from relance.users.service import Directory
from relance.users.suppressing import refuse_complained
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


@pytest.mark.parametrize(
    ("listed", "brought"),
    [
        ("idn@b\u00fccher.example", "idn@xn--bcher-kva.example"),
        ("wide@wide.example", "wide@\uff57\uff49\uff44\uff45.example"),
        ("dot@wide.example", "dot@wide.example."),
        ("zo\u00e9@x.example", "zoe\u0301@x.example"),
        ("zoe\u0301@x.example", "zo\u00e9@x.example"),
        ("caf\u00e9@x.example", "CAF\u00c9@x.example"),
    ],
)
async def test_no_spelling_of_an_address_reaches_a_suppressed_mailbox(world: World, listed: str, brought: str) -> None:
    for each in (listed, brought):
        Suppressions(world.engine).add(APP, {("email", each): NewSuppression("imported", START)})
    assert len(Suppressions(world.engine).page(APP)) == 1
    world.person(1, email=brought)
    await world.send()
    delivery = wanted(world)
    await world.send()
    assert world.deliveries.get(APP, delivery.id).reason == "suppressed"
    assert world.mail.sent == []


async def test_who_complained_before_they_came_gets_no_marketing_once_they_are_allowed(world: World) -> None:
    refuse_complained(world.engine, APP, {("email", MAIL): NewSuppression("complained", START)})
    world.person(1, email=MAIL, consent=True)
    message = world.messages.create(APP, "news", "email", {"subject": "News", "text": "x"}, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, message.id, "c", START)])
    receipt = wanted(world)
    await world.send()
    [news] = world.deliveries.page(APP, message_id=message.id)
    assert news.reason == "unsubscribed"
    assert world.deliveries.get(APP, receipt.id).state is DeliveryState.SENT


async def test_a_complaint_after_a_bounce_of_the_same_delivery_is_told_apart(world: World) -> None:
    world.person(1, email=MAIL)
    delivery = wanted(world)
    await world.send()
    for number, name in enumerate((Name.MESSAGE_BOUNCED, Name.MESSAGE_COMPLAINED)):
        world.tick([world.engagement(name, delivery, START + 1 + number)])
    world.tick()
    edits = [each for each in world.emitted if each.kind == Kind.EDIT]
    assert len({each.message_id for each in edits}) == len(edits) == 2
    world.people(edits)
    [shown] = Directory(world.engine).holders(APP, [("email", MAIL)])
    assert (shown.state, shown.reason) == ("suppressed", "complained")


async def test_who_is_suppressed_when_it_is_wanted_is_told_with_why(world: World) -> None:
    world.person(1, email=MAIL)
    world.edit(1, subscription={"channel": "email", "address": MAIL, "state": "suppressed", "reason": "manual"})
    delivery = wanted(world)
    assert (delivery.state, delivery.reason, delivery.detail) == (DeliveryState.SKIPPED, "suppressed", "manual")
