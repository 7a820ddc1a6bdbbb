"""What was sent can be shown again, word for word, for a set time; it goes with the person."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR
from relance.infra.database import reading, writing
from relance.messaging import service as messaging
from relance.messaging.errors import ContentNotKeptError
from relance.messaging.model import Delivery, MessageClass
from relance.messaging.render import Recipient
from relance.messaging.sent.values import LONGEST, pack, recipient_again, unpack, values_of
from relance.messaging.service import SenderSettings
from relance.templates.dates import reader
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases
SENDING = SenderSettings("https://relance.example", "Other <other@example.com>")
MAIL = {
    "subject": "{{ event.order }} for {{ user.first_name }}",
    "text": "On {{ 'now' | date: 'full' }} see https://shop.example/o/{{ event.order }} {{ unsubscribe_url }}",
}


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


async def receipt(world: World, person: int = 1, key: str = "k", order: str = "A1") -> Delivery:
    mail = world.messages.page(APP) or [
        world.messages.create(APP, "receipt", "email", MAIL, START, message_class=MessageClass.TRANSACTIONAL)
    ]
    body = b'{"order":"' + order.encode() + b'"}'
    [made] = world.messages.send(APP, mail[0].id, person, world.clock.instant, key=key, event_body=body)
    await world.send()
    return made


def shown(world: World, delivery: Delivery, days: int = 30) -> dict[str, Any]:
    found = world.deliveries.content(APP, delivery.id, days, world.clock.instant, SENDING)
    assert found.shown.unsendable is None
    return found.shown.content


def rows(world: World) -> int:
    with reading(world.engine) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM sent_values")).scalar_one())


async def test_it_is_as_it_was_whatever_changed_since(world: World) -> None:
    world.person(1, email="ada@example.com", first_name="Ada", language="fr")
    delivery = await receipt(world)
    [(_, _, rendered)] = world.mail.sent
    before = shown(world, delivery)
    assert before["subject"] == rendered.subject == "A1 for Ada"
    assert "https://shop.example/o/A1" in before["text"]
    assert "/t/u/preview" in before["text"], "what was signed for the reader is not shown"
    message = world.messages.get(APP, delivery.message_id)
    world.messages.update(APP, message.id, message.version, {"content": {"subject": "New", "text": "New"}}, START + HOUR)
    world.edit(1, traits={"first_name": "Eve"})
    world.clock.instant += 29 * DAY
    assert shown(world, delivery) == before
    again = await receipt(world, key="l")
    assert shown(world, again)["subject"] == "New"


async def test_it_follows_a_merge_and_goes_with_the_person(world: World) -> None:
    world.person(1, email="ada@example.com", first_name="Ada")
    world.person(2, email="bob@example.com", first_name="Bob")
    ada, bob = await receipt(world), await receipt(world, 2, order="B1")
    with writing(world.engine) as connection:
        messaging.follow_merge(connection, APP, 1, 2)
    assert shown(world, ada)["subject"] == "A1 for Ada"
    with writing(world.engine) as connection:
        messaging.forget(connection, APP, 2)
    assert rows(world) == 0
    for each in (ada, bob):
        with pytest.raises(ContentNotKeptError) as error:
            shown(world, each)
        assert error.value.text.reason == "content_erased"


async def test_after_its_time_it_is_gone_and_so_are_versions_that_nothing_needs(world: World) -> None:
    world.person(1, email="ada@example.com", first_name="Ada")
    delivery = await receipt(world)
    message = world.messages.get(APP, delivery.message_id)
    world.messages.update(APP, message.id, 1, {"name": "other"}, START + HOUR)
    world.clock.instant += 31 * DAY
    later = await receipt(world, key="l")
    assert rows(world) == 2
    with writing(world.engine) as connection:
        assert messaging.trim_sent(connection, world.clock.instant - 30 * DAY) == 1
    assert rows(world) == 1
    assert [each["version"] for each in world.rows("message_versions")] == [2]
    assert shown(world, later)["subject"] == "A1 for Ada"
    with pytest.raises(ContentNotKeptError) as error:
        shown(world, delivery)
    assert error.value.text.reason == "content_too_old"


async def test_what_was_not_sent_has_nothing_to_show(world: World) -> None:
    world.person(1, first_name="Ada")
    delivery = await receipt(world)
    with pytest.raises(ContentNotKeptError) as error:
        shown(world, delivery)
    assert error.value.text.reason == "content_not_sent"
    assert rows(world) == 0


async def test_of_a_person_of_whom_too_much_is_known_only_that_is_said(world: World) -> None:
    world.person(1, email="ada@example.com", first_name="Ada", story="x" * LONGEST)
    delivery = await receipt(world)
    with pytest.raises(ContentNotKeptError) as error:
        shown(world, delivery)
    assert error.value.text.reason == "content_too_large"


@given(
    user=st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=200), st.integers(), st.booleans()), max_size=9),
    zone=st.sampled_from(["UTC", "Europe/Paris", "no such"]),
)
def test_values_come_out_as_they_went_in(user: dict[str, Any], zone: str) -> None:
    recipient = Recipient(user, {"a": [1]}, {"id": 1, "name": "Shop"}, "a@b.example", reader(zone, "fr", START))
    filled = {"one": values_of(recipient, 3, zone, "fr", "me"), "two": values_of(recipient, 4, "UTC", "en", "you")}
    kept = unpack(pack(filled))
    assert kept == filled
    assert recipient_again(kept["one"], '{"a":[1]}', "a@b.example", START) == (recipient, "me")
