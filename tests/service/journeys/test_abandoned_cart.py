"""The abandoned cart from end to end: events in, messages out, with a clock moved by hand."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.engine import Engine

from relance.channels.web_push.model import Push
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Name
from relance.messaging.model import DeliveryState, SkipReason
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def ada(world: World, consent: bool | None = True) -> int:
    return world.person(1, push="https://push.example/ada", email="ada@example.com", consent=consent, first_name="Ada")


async def test_the_push_goes_out_after_two_hours_and_the_mail_a_day_later(world: World) -> None:
    journey = world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id="c1", name="Tea")])
    await world.pass_to(START + 2 * HOUR - 1)
    assert world.push.sent == []
    await world.pass_to(START + 3 * DAY)
    [(pushed_at, address, rendered)] = world.push.sent
    assert (pushed_at, address) == (START + 2 * HOUR, "https://push.example/ada")
    assert isinstance(rendered, Push)
    assert json.loads(rendered.payload)["notification"]["title"] == "Your Tea"
    assert [sent[0] for sent in world.mail.sent] == [START + 26 * HOUR]
    [run] = world.definitions.runs(APP, journey)
    assert (run.state, run.reason, run.entered_at, run.moved_at) == ("done", "completed", START, START + 26 * HOUR)
    assert [(step.node, step.via) for step in world.definitions.steps(APP, run.id)] == [
        ("wait", "start"),
        ("push", "else"),
        ("wait2", "next"),
        ("mail", "else"),
        ("done", "next"),
    ]
    assert {count.node: (count.arrived, count.waiting) for count in world.definitions.counts(APP, journey)} == {
        "wait": (1, 0),
        "push": (1, 0),
        "wait2": (1, 0),
        "mail": (1, 0),
        "done": (1, 0),
    }
    assert [event.name for event in world.emitted] == [
        Name.JOURNEY_ENTERED,
        Name.MESSAGE_SENT,
        Name.JOURNEY_LEFT,
        Name.MESSAGE_SENT,
    ]


@pytest.mark.parametrize(
    ("bought_at", "pushes", "mails"), [(HOUR, 0, 0), (2 * HOUR - 1, 0, 0), (2 * HOUR, 0, 0), (5 * HOUR, 1, 0)]
)
async def test_a_purchase_stops_it_at_once(world: World, bought_at: int, pushes: int, mails: int) -> None:
    journey = world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + bought_at - 1)
    world.tick([world.event("Order Completed", 1, START + bought_at, cart_id="c1", total=40)])
    await world.pass_to(START + 3 * DAY)
    assert (len(world.push.sent), len(world.mail.sent)) == (pushes, mails)
    [run] = world.definitions.runs(APP, journey)
    assert (run.state, run.reason, run.moved_at) == ("left", "exit_event", START + bought_at)
    assert sum(count.stopped for count in world.definitions.counts(APP, journey)) == 1


async def test_a_purchase_between_the_timer_and_the_sending_keeps_the_message_back(world: World) -> None:
    world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    world.tick(now=START + 2 * HOUR)  # the push is intended but not yet sent
    world.tick([world.event("Order Completed", 1, START + 2 * HOUR + 1, cart_id="c1")])
    await world.send()
    assert world.push.sent == []
    [delivery] = world.deliveries.page(APP)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, SkipReason.JOURNEY_STOPPED)
    assert delivery.why.startswith("The run was ended")


async def test_two_carts_are_two_runs(world: World) -> None:
    journey = world.cart_journey()
    ada(world)
    world.tick(
        [
            world.event("Product Added", 1, START, cart_id="c1"),
            world.event("Product Added", 1, START + MINUTE, cart_id="c2"),
            world.event("Product Added", 1, START + 2 * MINUTE, cart_id="c1"),  # the same cart again: no second run
        ]
    )
    world.tick([world.event("Order Completed", 1, START + HOUR, cart_id="c1")])
    await world.pass_to(START + 3 * HOUR)
    assert [sent[0] for sent in world.push.sent] == [START + MINUTE + 2 * HOUR]
    assert sorted((run.run_key, run.state) for run in world.definitions.runs(APP, journey)) == [("c1", "left"), ("c2", "waiting")]


async def test_a_click_on_the_push_spares_the_mail(world: World) -> None:
    world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + 3 * HOUR)
    [delivery] = world.deliveries.page(APP)
    world.tick([world.engagement("message_clicked", delivery, START + 4 * HOUR)])
    await world.pass_to(START + 3 * DAY)
    assert world.mail.sent == []
    assert world.deliveries.get(APP, delivery.id).clicked_at == START + 4 * HOUR


async def test_a_click_on_one_carts_push_does_not_spare_the_other_carts_mail(world: World) -> None:
    world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id=cart) for cart in ("c1", "c2")])
    await world.pass_to(START + 3 * HOUR)
    one, other = world.deliveries.page(APP)
    world.tick([world.engagement("message_clicked", one, START + 4 * HOUR)])
    await world.pass_to(START + 3 * DAY)
    [mail] = world.deliveries.page(APP, channel="email")
    assert (mail.run_id, mail.state) == (other.run_id, DeliveryState.SENT)


@pytest.mark.parametrize(("message", "stopped"), [(None, [True, False]), ("first", [True, False]), ("*", [True, True])])
async def test_an_exit_on_engagement_means_the_runs_own_messages(world: World, message: str | None, stopped: list[bool]) -> None:
    push = world.messages.create(APP, "m", "web_push", {"title": "Hi"}, START)
    nodes = [
        {"id": "first", "kind": "message", "message": push.id, "next": "wait"},
        {"id": "wait", "kind": "delay", "for": "1h", "next": "second"},
        {"id": "second", "kind": "message", "message": push.id, "next": "rest"},
        {"id": "rest", "kind": "delay", "for": "1d", "next": None},
    ]
    ends = [{"event": "message_clicked", **({} if message is None else {"message": message})}]
    journey = world.publish({"entry": {"event": "x", "key": "k"}, "exits": ends, "start": "first", "nodes": nodes})
    ada(world)
    world.tick([world.event("x", 1, START, k="a"), world.event("x", 1, START, k="b")])
    await world.pass_to(START + 2 * HOUR)
    keys = {run.id: run.run_key for run in world.definitions.runs(APP, journey)}
    [clicked] = [each for each in world.deliveries.page(APP) if keys[each.run_id] == "a" and each.node == "first"]
    world.tick([world.engagement("message_clicked", clicked, START + 3 * HOUR)])
    runs = sorted(world.definitions.runs(APP, journey), key=lambda run: run.run_key)
    assert [run.state == "left" for run in runs] == stopped


async def test_another_node_of_the_run_is_not_the_one_that_is_waited_for(world: World) -> None:
    push = world.messages.create(APP, "m", "web_push", {"title": "Hi"}, START)
    nodes = [
        {"id": "first", "kind": "message", "message": push.id, "next": "second"},
        {"id": "second", "kind": "message", "message": push.id, "next": "click"},
        {
            "id": "click",
            "kind": "wait_for",
            "event": "message_clicked",
            "message": "second",
            "up_to": "1d",
            "then": None,
            "else": None,
        },
    ]
    journey = world.publish({"entry": {"event": "x"}, "start": "first", "nodes": nodes})
    ada(world)
    world.tick([world.event("x", 1, START)])
    await world.pass_to(START + HOUR)
    sent = {each.node: each for each in world.deliveries.page(APP)}
    world.tick([world.engagement("message_clicked", sent["first"], START + 2 * HOUR)])
    assert [run.state for run in world.definitions.runs(APP, journey)] == ["waiting"]
    world.tick([world.engagement("message_clicked", sent["second"], START + 3 * HOUR)])
    assert [(run.state, run.moved_at) for run in world.definitions.runs(APP, journey)] == [("done", START + 3 * HOUR)]


@pytest.mark.parametrize(("consent", "reason"), [(None, SkipReason.NO_CONSENT), (False, SkipReason.UNSUBSCRIBED)])
async def test_without_consent_there_is_a_reason_instead_of_a_mail(
    world: World, consent: bool | None, reason: SkipReason
) -> None:
    journey = world.cart_journey()
    ada(world, consent=consent)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + 2 * DAY)
    assert (len(world.push.sent), world.mail.sent) == (1, [])
    [delivery] = world.deliveries.page(APP, person_id=1, journey_id=journey, channel="email")
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, reason)
    assert delivery.why.endswith(".")
    assert [(each.reason, each.count) for each in world.deliveries.skipped(APP)] == [(reason, 1)]
    assert world.emitted[-1].name == Name.MESSAGE_SKIPPED


async def test_who_has_no_address_is_told_of_with_a_reason(world: World) -> None:
    world.cart_journey()
    world.person(1)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + 2 * DAY)
    assert [(each.channel, each.reason) for each in world.deliveries.page(APP)] == [
        ("email", SkipReason.NO_SUBSCRIPTION),
        ("web_push", SkipReason.NO_SUBSCRIPTION),
    ]


@pytest.mark.parametrize("hour", [2, 15])
async def test_the_welcome_needs_no_consent_at_any_hour(world: World, hour: int) -> None:
    world.welcome_journey()
    world.person(1, email="ada@example.com", consent=False)
    signed_up = START - START % DAY + DAY + hour * HOUR
    world.tick([world.event("Signed Up", 1, signed_up)])
    await world.pass_to(signed_up)
    assert [sent[0] for sent in world.mail.sent] == [signed_up]
    world.tick([world.event("Signed Up", 1, signed_up + DAY)])  # once is once
    await world.pass_to(signed_up + 2 * DAY)
    assert len(world.mail.sent) == 1


async def test_late_and_imported_events_start_nothing_but_stop_runs(world: World) -> None:
    journey = world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START - 2 * HOUR, received_at=START, cart_id="old")])
    assert world.definitions.runs(APP, journey) == []
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    before = world.event("Order Completed", 1, START - 1, received_at=START + MINUTE, cart_id="c1")
    world.tick([before])  # bought before the cart was filled: about something else
    assert [run.state for run in world.definitions.runs(APP, journey)] == ["waiting"]
    world.tick([world.event("Order Completed", 1, START + MINUTE, received_at=START + 100 * MINUTE, cart_id="c1")])
    assert [run.state for run in world.definitions.runs(APP, journey)] == ["left"]


async def test_a_message_that_waited_too_long_is_not_sent(world: World) -> None:
    world.cart_journey()
    ada(world)
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    world.tick(now=START + 2 * HOUR)
    world.clock.instant = START + 15 * HOUR
    await world.send()
    assert [each.reason for each in world.deliveries.page(APP)] == [SkipReason.EXPIRED]


async def test_the_switch_stops_all_sending(world: World) -> None:
    world.cart_journey()
    ada(world)
    world.paused = True
    world.tick([world.event("Product Added", 1, START, cart_id="c1")])
    await world.pass_to(START + 3 * HOUR)
    assert world.push.sent == []
    assert [each.reason for each in world.deliveries.page(APP)] == [SkipReason.SENDING_PAUSED]
