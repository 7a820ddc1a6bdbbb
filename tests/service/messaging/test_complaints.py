"""Complaints and bounces that are told: suppressed addresses, rows of soft bounces, and domains whose marketing stops."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.channels.callback import Fate, FateReport
from relance.core.time import HOUR
from relance.infra.database import writing
from relance.links.return_address import is_recipient, read_return
from relance.messaging import service as messaging
from relance.messaging.complaints.errors import DomainNotStoppedError
from relance.messaging.complaints.service import Complaints
from relance.messaging.model import Delivery, DeliveryState, Intent, MessageClass
from relance.messaging.store import DELIVERIES
from relance.users.suppression.service import Suppressions
from relance.web.callbacks.effects import events_of_fate
from tests.service.world import APP, SECRET, START, World

MAIL = "lea@example.com"
DOMAIN = "example.com"  # of ``World``'s sender


@pytest.fixture
def world(state: Engine) -> World:
    world = World(state)
    world.person(1, email=MAIL, consent=True)
    return world


async def sent(world: World, number: int, message_class: MessageClass = MessageClass.MARKETING, person: int = 1) -> Delivery:
    message = world.messages.create(APP, f"m{number}", "email", {"subject": "S", "text": "T"}, START, message_class=message_class)
    world.clock.instant += HOUR
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, person, message.id, f"c{number}", world.clock.instant)])
    await world.send()
    return world.deliveries.page(APP, message_id=message.id)[0]


def tell(world: World, delivery: Delivery, fate: Fate, after: int = 1) -> None:
    world.tick(events_of_fate(FateReport(delivery.id, fate, "said"), delivery, world.clock.instant + after))


def listed(world: World) -> list[tuple[str, str]]:
    return [(each.address, each.reason.value) for each in Suppressions(world.engine).page(APP)]


@pytest.mark.both_databases
async def test_five_soft_bounces_in_a_row_suppress_an_address(world: World) -> None:
    deliveries = [await sent(world, number) for number in range(5)]
    for place in (4, 0, 2, 1):  # notices come in any order, and twice
        tell(world, deliveries[place], Fate.UNDELIVERED)
        tell(world, deliveries[place], Fate.UNDELIVERED)
        assert listed(world) == []
    tell(world, deliveries[3], Fate.UNDELIVERED)
    assert listed(world) == [(MAIL, "bounced")]
    found = world.deliveries.get(APP, deliveries[3].id)
    assert (found.bounce_type, found.bounced_at is not None) == ("soft", True)


@pytest.mark.both_databases
@pytest.mark.parametrize("between", [None, Fate.DELIVERED])
async def test_what_arrives_in_between_begins_a_new_row(world: World, between: Fate | None) -> None:
    for number in range(6):
        delivery = await sent(world, number)
        if number != 3:
            tell(world, delivery, Fate.UNDELIVERED)
        elif between is not None:
            tell(world, delivery, between)
    assert listed(world) == []


async def test_faults_of_the_sender_suppress_nobody(world: World) -> None:
    for number in range(8):
        delivery = await sent(world, number)
        tell(world, delivery, Fate.SENDER_AT_FAULT)
    assert listed(world) == []
    assert world.deliveries.get(APP, delivery.id).bounce_type == "sender"


async def test_a_bounce_for_good_counts_whatever_was_told_before_or_after(world: World) -> None:
    delivery = await sent(world, 1)
    tell(world, delivery, Fate.SENDER_AT_FAULT)
    tell(world, delivery, Fate.UNDELIVERED)
    tell(world, delivery, Fate.NO_SUCH_ADDRESS)
    tell(world, delivery, Fate.DELIVERED)  # which came late
    tell(world, delivery, Fate.UNDELIVERED)
    found = world.deliveries.get(APP, delivery.id)
    assert (found.bounce_type, found.delivered_at is not None, listed(world)) == ("hard", True, [(MAIL, "bounced")])


@pytest.mark.both_databases
async def test_a_complaint_suppresses_and_is_a_no(world: World) -> None:
    delivery = await sent(world, 1)
    events = events_of_fate(FateReport(delivery.id, Fate.COMPLAINED, "abuse"), delivery, world.clock.instant)
    world.tick(events)
    world.people([each for each in events if each.kind == "edit"])
    assert listed(world) == [(MAIL, "complained")]
    assert world.deliveries.get(APP, delivery.id).complained_at == world.clock.instant
    [entry] = Suppressions(world.engine).page(APP)
    Suppressions(world.engine).remove(APP, entry.id, lifts_complaint=True)
    assert (await sent(world, 2)).reason == "unsubscribed"
    assert (await sent(world, 3, MessageClass.TRANSACTIONAL)).state is DeliveryState.SENT


def copies(world: World, like: Delivery, count: int, **changes: Any) -> None:
    """So many more deliveries like one."""
    with writing(world.engine) as connection:
        row = dict(connection.execute(sa.select(DELIVERIES).where(DELIVERIES.c.id == like.id)).mappings().one())
        rows = [{**row, **changes, "id": f"{changes.get('id', 'copy')}-{number}"} for number in range(count)]
        connection.execute(DELIVERIES.insert(), rows)


@pytest.mark.both_databases
async def test_marketing_of_a_domain_stops_at_three_complaints_in_a_thousand(world: World) -> None:
    for person in (2, 3, 4):
        world.person(person, email=f"p{person}@example.org", consent=True)
    first = [await sent(world, person, person=person) for person in (1, 2, 3)]
    copies(world, first[0], 1_000 - len(first))
    copies(world, first[0], 300, id="other", sending_domain="other.example")
    copies(world, first[0], 5, id="test", is_test=True, complained_at=world.clock.instant)
    complaints = Complaints(world.engine)
    for delivery in first[:2]:
        tell(world, delivery, Fate.COMPLAINED)
        tell(world, delivery, Fate.COMPLAINED)
    assert [each.stopped_at for each in complaints.domains(APP, world.clock.instant)] == [None, None]
    tell(world, first[2], Fate.COMPLAINED)
    mine, other = complaints.domains(APP, world.clock.instant)
    assert (mine.domain, mine.delivered, mine.complained, mine.stopped_with) == (DOMAIN, 1_000, 3, (1_000, 3))
    assert (mine.stopped_at, other.stopped_at) == (world.clock.instant, None)

    held = await sent(world, 10, person=4)
    assert (held.state, held.reason, held.detail) == (DeliveryState.SKIPPED, "complaints", DOMAIN)
    assert (await sent(world, 11, MessageClass.TRANSACTIONAL, person=4)).state is DeliveryState.SENT

    complaints.resume(APP, DOMAIN, world.clock.instant)
    with pytest.raises(DomainNotStoppedError):
        complaints.resume(APP, DOMAIN, world.clock.instant)
    delivery = await sent(world, 12, person=4)
    assert delivery.state is DeliveryState.SENT
    tell(world, delivery, Fate.COMPLAINED)
    assert complaints.domains(APP, world.clock.instant)[0].stopped_at is None, "what came before is not counted again"


async def test_mails_leave_with_an_address_that_names_their_delivery(world: World) -> None:
    delivery = await sent(world, 1)
    [(_, _, mail)] = world.mail.sent
    assert mail.return_path == "", "as long as nothing is set"
    world.return_domain = "bounces.example"
    delivery = await sent(world, 2)
    mail = world.mail.sent[-1][2]
    token = read_return(SECRET, mail.return_path, "bounces.example", world.clock.instant)
    assert token is not None
    assert (token.delivery_id, is_recipient(SECRET, token, MAIL), mail.sender) == (delivery.id, True, "Shop <shop@example.com>")
