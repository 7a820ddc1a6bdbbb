"""Messages of a kind that has no addresses: one for each person, who is asked nothing and needs no address."""

from __future__ import annotations

from typing import Any

import pytest
from pyroaring import BitMap64
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.channels.registry import Channel
from relance.channels.transport import Transport
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import SkipReason
from tests.service.world import APP, START, NotedTransport, World

pytestmark = pytest.mark.both_databases

CONTENT = {"url": "https://api.example.com/{{ user.id }}", "body": {"name": "{{ user.first_name }}"}}


class Hooked(World):
    """A world whose webhooks are noted."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.posted = NotedTransport()

    @override
    def transports(self) -> dict[Channel, Transport]:
        return {**super().transports(), Channel("webhook"): self.posted}

    def enqueue(self, *persons: int, **about: Any) -> None:
        message = self.messages.create(APP, "tell", "webhook", CONTENT, START, **about)
        with writing(self.engine) as connection:
            messaging.enqueue(connection, message, BitMap64(persons), self.clock.instant)

    def urls(self) -> list[str]:
        return sorted(rendered.url for *_, rendered in self.posted.sent)


@pytest.fixture
def world(state: Engine) -> Hooked:
    return Hooked(state)


async def test_everybody_gets_one_with_or_without_addresses_of_other_kinds(world: Hooked) -> None:
    world.person(1, first_name="Ada")
    world.person(2, email="bob@example.com", push="https://push.example/1/2")
    world.person(3, email="eve@example.com", consent=False)  # of e-mail
    world.enqueue(1, 2, 3)
    await world.send()
    assert world.urls() == [f"https://api.example.com/u{number}" for number in (1, 2, 3)]
    assert {(each.state, each.address) for each in world.deliveries.page(APP)} == {("sent", "")}
    await world.send()
    assert len(world.posted.sent) == 3


async def test_marketing_asks_for_no_consent(world: Hooked) -> None:
    world.person(1)
    world.enqueue(1, message_class="marketing")
    await world.send()
    assert len(world.posted.sent) == 1


async def test_what_is_paused_or_over_is_skipped_with_its_reason(world: Hooked) -> None:
    world.person(1)
    world.paused = True
    world.enqueue(1)
    await world.send()
    [delivery] = world.deliveries.page(APP)
    assert (delivery.reason, world.posted.sent) == (SkipReason.SENDING_PAUSED, [])


async def test_an_address_that_comes_later_changes_nothing(world: Hooked) -> None:
    world.patience = 60_000
    world.person(1)
    world.enqueue(1)
    world.edit(1, traits={"email": "ada@example.com"})
    await world.send()
    world.tick()
    await world.send()
    assert len(world.posted.sent) == 1
