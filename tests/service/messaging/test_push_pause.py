"""A push service that refuses: all of them is the key's fault and pauses, one among others that go through has ended."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.channels.model import SendResult
from relance.channels.registry import Channel
from relance.channels.transport import Transport
from relance.channels.web_push.answer import read_answer
from relance.channels.web_push.model import PushSubscription, Urgency
from relance.channels.web_push.transport import PushTransport
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import DeliveryState, Intent
from relance.users.service import Directory
from tests.service.world import APP, START, World

WEB_PUSH = Channel("web_push")

PEOPLE = 20


class Service:
    """Answers 403 to whom it is told to, or to all; ``taken`` counts what it took, by endpoint."""

    connections = 8

    def __init__(self) -> None:
        self.refuses_all = False
        self.refused: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()

    async def send(
        self,
        subscription: PushSubscription,
        payload: bytes,  # noqa: ARG002
        ttl: int,  # noqa: ARG002
        urgency: Urgency | str,  # noqa: ARG002
        topic: str,  # noqa: ARG002
    ) -> SendResult:
        self.asked[subscription.endpoint] += 1
        if self.refuses_all or subscription.endpoint in self.refused:
            return read_answer(403, {}, b"the key is not the one", 0)
        self.taken[subscription.endpoint] += 1
        return read_answer(201, {}, b"", 0)


class PushWorld(World):
    """One whose pushes go by the real transport."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.service = Service()
        self.transport = PushTransport(self.service)
        self.endpoints = {number: f"https://push.example/{number}" for number in range(1, PEOPLE + 1)}
        for number, endpoint in self.endpoints.items():
            self.person(number, push=endpoint)

    @override
    def transports(self) -> dict[Channel, Transport]:
        return {**super().transports(), WEB_PUSH: self.transport}

    def push_to(self, *people: int) -> None:
        message = self.messages.create(APP, "m", "web_push", {"title": "Hi"}, START, message_class="transactional")
        with writing(self.engine) as connection:
            messaging.intend(
                connection, [Intent(APP, person, message.id, f"c{message.id}", self.clock.now()) for person in people]
            )

    def states(self) -> Counter[tuple[str, str]]:
        return Counter((each.state.value, each.reason) for each in self.deliveries.page(APP, limit=200))

    def ended(self) -> set[str]:
        """Addresses that are no more, once the commands about them have settled."""
        self.people([event for event in self.emitted if event.kind == Kind.EDIT])
        found: set[str] = set()
        for person in self.endpoints:
            found.update(each.address for each in Directory(self.engine).subscriptions(APP, person) if each.state == "gone")
        return found


@pytest.fixture
def world(state: Engine) -> PushWorld:
    return PushWorld(state)


async def test_where_all_are_refused_nobody_is_ended_and_all_of_it_is_sent_once_the_key_is_taken(world: PushWorld) -> None:
    world.service.refuses_all = True
    world.push_to(*world.endpoints)
    await world.pass_to(START + HOUR)
    assert {state for state, _ in world.states()} == {DeliveryState.PENDING}
    assert world.ended() == set()
    [paused] = world.transport.paused()
    assert (paused["service"], paused["detail"]) == ("push.example", "403 the key is not the one")
    assert START <= paused["since"] < START + MINUTE
    assert START + HOUR < paused["next_try"] <= START + HOUR + 10 * MINUTE
    assert world.service.asked.total() < 2 * PEOPLE, "a service that refuses is asked now and then, not with everything"
    world.service.refuses_all = False
    await world.pass_to(START + 2 * HOUR)
    assert world.states() == {("sent", ""): PEOPLE}
    assert world.service.taken == dict.fromkeys(world.endpoints.values(), 1)
    assert world.transport.paused() == []
    assert world.ended() == set()


async def test_what_comes_in_a_pause_waits_and_is_not_tried_for_nothing(world: PushWorld) -> None:
    world.service.refuses_all = True
    world.push_to(1, 2, 3)
    await world.pass_to(START + MINUTE)
    asked = world.service.asked.total()
    world.push_to(*range(4, PEOPLE + 1))
    await world.send()
    assert world.service.asked.total() <= asked + 1
    world.service.refuses_all = False
    await world.pass_to(START + HOUR)
    assert world.states() == {("sent", ""): PEOPLE}


async def test_those_that_are_refused_while_others_go_through_have_ended(world: PushWorld) -> None:
    world.push_to(*world.endpoints)
    await world.pass_to(START + MINUTE)
    world.service.refused = {world.endpoints[7], world.endpoints[13]}
    world.push_to(*world.endpoints)
    await world.pass_to(START + HOUR)
    assert world.transport.paused() == []
    assert world.states() == {("sent", ""): 2 * PEOPLE - 2, ("failed", "gone"): 2}
    assert world.ended() == world.service.refused


async def test_one_that_is_refused_first_of_all_ends_once_others_went_through(world: PushWorld) -> None:
    world.service.refused = {world.endpoints[1]}
    world.push_to(1)
    await world.send()
    assert world.ended() == set()  # nothing is known of the key yet
    world.push_to(2, 3)
    await world.pass_to(START + DAY)
    assert world.ended() == {world.endpoints[1]}
    assert world.states() == {("sent", ""): 2, ("failed", "gone"): 1}
