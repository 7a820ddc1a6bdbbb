"""What short codes stand for: kept once, and gone with the delivery or its person."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from relance.infra.database import reading, writing
from relance.links.short import ShortLink
from relance.links.signing import LinkKind
from relance.messaging import service as messaging
from relance.messaging.model import Intent
from relance.messaging.short_links import service as short_links
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases


def link_of(delivery: str, code: str) -> ShortLink:
    return ShortLink(code, delivery, LinkKind.CLICK, "https://shop.example/cart")


def test_a_code_is_kept_once_and_gone_with_its_delivery_or_its_person(state: Engine) -> None:
    world = World(state)
    for person in (1, 2):
        world.person(person, email=f"p{person}@example.com")
    message = world.messages.create(APP, "m", "email", {"subject": "s", "text": "t"}, START, message_class="transactional")
    with writing(state) as connection:
        messaging.intend(connection, [Intent(APP, person, message.id, "c", START) for person in (1, 2)])
    mine, theirs = (world.deliveries.page(APP, person_id=person)[0].id for person in (1, 2))
    links = [link_of(mine, "a" * 10), link_of(theirs, "b" * 10)]
    for _ in range(2):  # an attempt, and the next one
        short_links.keep(state, links)
    short_links.keep(state, [])
    assert [short_links.find(state, each.code) for each in links] == links
    assert [short_links.find(state, code) for code in ("c" * 10, "a", "", "a" * 11, "%" * 10)] == [None] * 5
    with writing(state) as connection:
        messaging.forget(connection, APP, 1)
    assert [short_links.find(state, each.code) for each in links] == [None, links[1]]
    no = ShortLink("d" * 10, theirs, LinkKind.UNSUBSCRIBE)
    short_links.keep(state, [no])
    with writing(state) as connection:
        short_links.remove(connection, [theirs])  # trimmed
    assert [short_links.find(state, each.code) for each in (links[1], no)] == [None, no]
    with writing(state) as connection:
        messaging.forget(connection, APP, 2)
    with reading(state) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM short_links").scalar_one() == 0
