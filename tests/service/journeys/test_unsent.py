"""Whoever did what ends a run is not reminded: also where the run has come to its end, and only its last message has not left.

And a message of a journey that is paused waits for it to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.core.progress import StalledError
from relance.core.time import DAY, HOUR, MINUTE, SECOND
from relance.events.model import Event
from relance.messaging import dispatch
from relance.messaging.model import DeliveryState
from tests.service.world import APP, START, NotedTransport, World

DUE = 2 * HOUR
LAST: list[dict[str, Any]] = [
    {"id": "d", "kind": "delay", "for": "2h", "next": "m"},
    {"id": "m", "kind": "message", "message": 0, "next": None},
]
AT_AN_EXIT: list[dict[str, Any]] = [LAST[0], {**LAST[1], "next": "end"}, {"id": "end", "kind": "exit"}]
AFTER_A_WAIT: list[dict[str, Any]] = [
    {"id": "d", "kind": "wait_for", "event": "Look", "up_to": "2h", "then": "end", "else": "m"},
    *AT_AN_EXIT[1:],
]
Make = Callable[[World], None]


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def publish(world: World, nodes: list[dict[str, Any]] = LAST, channel: str = "email", **more: Any) -> int:
    content = {"subject": "Your cart", "text": "Hi"} if channel == "email" else {"title": "Your cart"}
    message = world.messages.create(APP, "m", channel, content, START, **more).id
    made = [{**node, "message": message} if "message" in node else node for node in nodes]
    return world.publish(
        {"entry": {"event": "Add", "key": "c"}, "exits": [{"event": "Buy", "match": "c"}], "start": "d", "nodes": made}
    )


def add(world: World) -> Event:
    return world.event("Add", 1, START, c="1")


def buy(world: World, at: int, **more: Any) -> Event:
    return world.event("Buy", 1, START + at, c=1.0, **more)


async def come_to_the_end(world: World) -> None:
    """Up to the instant at which the message is due, and a try to send it."""
    world.tick([add(world)])
    world.tick(now=START + DUE)
    await world.send()


def outcome(world: World, journey: int) -> tuple[list[tuple[str, str, int]], list[tuple[str, str]], int]:
    return (
        [(run.state, run.reason, run.moved_at - START) for run in world.definitions.runs(APP, journey)],
        [(each.state.value, each.reason) for each in world.deliveries.page(APP)],
        len(left(world.mail)) + len(left(world.push)),
    )


def left(transport: NotedTransport) -> list[int]:
    """When something was taken: the first tries are answered as told."""
    return [at for at, _, _ in transport.sent if at > START + DUE]


def by_retry(world: World) -> None:
    world.mail.answers = [SendResult(SendState.RETRY, "451 greylisted")]


def by_a_rest_of_the_channel(world: World) -> None:
    world.mail.answers = [SendResult(SendState.HELD, "resting", retry_after_ms=60_000)]


def by_the_wait_for_a_consent(world: World) -> None:
    world.patience = 120 * SECOND


WAYS: list[Make] = [by_retry, by_a_rest_of_the_channel, by_the_wait_for_a_consent]


@pytest.mark.parametrize("nodes", [LAST, AT_AN_EXIT, AFTER_A_WAIT], ids=["last", "exit", "else"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_purchase_before_the_last_message_has_left_stops_it(world: World, way: Make, nodes: list[dict[str, Any]]) -> None:
    journey = publish(world, nodes)
    world.person(1, email="ada@example.com", consent=None if way is by_the_wait_for_a_consent else True)
    way(world)
    await come_to_the_end(world)
    assert [run.state for run in world.definitions.runs(APP, journey)] == ["done"]
    world.tick([buy(world, DUE + 9 * SECOND)])
    world.people([consenting(world)])
    await world.pass_to(START + DAY)
    assert outcome(world, journey) == ([("left", "exit_event", DUE + 9 * SECOND)], [("skipped", "journey_stopped")], 0)
    figures = world.definitions.figures(APP, journey)
    assert (figures.totals.completed, [(each.event, each.runs) for each in figures.totals.exits]) == (0, [("Buy", 1)])


def consenting(world: World) -> Event:
    reported = world.event("", 0, START + DUE + 20 * SECOND, kind="identify", consent={"email": True})
    reported.user_id = "u1"
    return reported


@pytest.mark.parametrize("pieces", ["one tick", "two ticks", "with the entry"])
async def test_a_purchase_at_the_very_instant_stops_it_too(world: World, pieces: str) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    if pieces == "with the entry":
        world.tick([add(world), buy(world, DUE)], now=START + DUE)
    else:
        world.tick([add(world)])
        if pieces == "two ticks":
            world.tick(now=START + DUE)
        world.tick([buy(world, DUE)])
    await world.pass_to(START + DAY)
    assert outcome(world, journey) == ([("left", "exit_event", DUE)], [("skipped", "journey_stopped")], 0)


@pytest.mark.both_databases
@pytest.mark.parametrize("at", [HOUR, DUE, DUE + 5 * SECOND])
async def test_a_purchase_that_is_told_late_stops_what_has_not_left(world: World, at: int) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    by_retry(world)
    await come_to_the_end(world)
    world.tick([world.event("Look", 1, START + DUE + 6 * SECOND)])
    world.tick([buy(world, at, received_at=START + DUE + 9 * SECOND)])
    await world.pass_to(START + DAY)
    assert outcome(world, journey) == ([("left", "exit_event", at)], [("skipped", "journey_stopped")], 0)


async def test_what_has_left_has_left(world: World) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    await come_to_the_end(world)
    world.tick([buy(world, DUE + 9 * SECOND)])
    world.tick([world.event("Buy", 1, START + HOUR, c="another", received_at=START + DUE + 10 * SECOND)])
    await world.pass_to(START + DAY)
    assert outcome(world, journey)[:2] == ([("done", "completed", DUE)], [("sent", "")])


async def test_another_cart_stops_nothing(world: World) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    by_retry(world)
    await come_to_the_end(world)
    world.tick([world.event("Buy", 1, START + DUE + 9 * SECOND, c="2")])
    await world.pass_to(START + DAY)
    assert outcome(world, journey)[:2] == ([("done", "completed", DUE)], [("sent", "")])


async def test_of_two_devices_the_one_that_waits_is_spared(world: World) -> None:
    journey = publish(world, channel="web_push")
    world.person(1, push="https://push.example/1")
    second = world.event("", 0, START, kind="identify")
    second.user_id, second.context = (
        "u1",
        b'{"device":{"token":{"endpoint":"https://push.example/2","keys":{"p256dh":"x","auth":"y"}}}}',
    )
    world.people([second])
    world.push.answers = [SendResult(SendState.SENT), SendResult(SendState.RETRY, "503")]
    await come_to_the_end(world)
    world.tick([buy(world, DUE + 9 * SECOND)])
    await world.pass_to(START + DAY)
    world.tick([buy(world, HOUR, received_at=START + DAY)])  # played again: what has left is a fact
    runs, deliveries, sent = outcome(world, journey)
    assert (runs, sorted(deliveries), sent) == (
        [("left", "exit_event", DUE + 9 * SECOND)],
        [("sent", ""), ("skipped", "journey_stopped")],
        0,
    )


async def test_a_purchase_while_a_try_is_under_way_stops_the_next(world: World) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    by_retry(world)
    world.tick([add(world)])
    world.tick(now=START + DUE)
    transport_send = world.mail.send

    async def bought_meanwhile(*given: Any) -> SendResult:
        answer = await transport_send(*given)
        if world.clock.instant == START + DUE:
            world.tick([buy(world, DUE + SECOND)])
        return answer

    world.mail.send = bought_meanwhile  # type: ignore[method-assign,assignment]
    await world.send()
    await world.pass_to(START + DAY)
    assert outcome(world, journey) == ([("left", "exit_event", DUE + SECOND)], [("skipped", "journey_stopped")], 0)


# -- pauses --------------------------------------------------------------------------------------------------------------


def pause(world: World, journey: int, at: int) -> None:
    world.clock.instant = START + at
    world.definitions.pause(APP, journey, START + at)
    world.reload()


def resume(world: World, journey: int, at: int) -> None:
    world.clock.instant = START + at
    world.definitions.resume(APP, journey, START + at)
    world.reload()
    world.tick(now=START + at)


@pytest.mark.parametrize("is_retried", [False, True])
@pytest.mark.parametrize("valid_for", [None, "12h"])
@pytest.mark.parametrize(("paused_at", "resumed_at"), [(HOUR, 3 * HOUR), (DUE, DUE + MINUTE), (DUE, 13 * HOUR), (DUE, 20 * HOUR)])
async def test_a_pause_keeps_a_message_as_long_as_it_is_valid(
    world: World, paused_at: int, resumed_at: int, valid_for: str | None, is_retried: bool
) -> None:
    journey = publish(world, valid_for=valid_for)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    await world.pass_to(START + min(paused_at, DUE - 1))
    world.tick(now=START + paused_at)
    if is_retried and paused_at == DUE:
        by_retry(world)
        await world.send()
    pause(world, journey, paused_at)
    await world.pass_to(START + resumed_at)
    if valid_for is None or resumed_at <= DUE + 12 * HOUR:
        assert [each.reason for each in world.deliveries.page(APP)] == (["journey_paused"] if paused_at == DUE else [])
    resume(world, journey, resumed_at)
    await world.pass_to(START + 2 * DAY)
    is_valid = valid_for is None or resumed_at <= DUE + 12 * HOUR
    assert [(each.state.value, each.reason) for each in world.deliveries.page(APP)] == [
        ("sent", "") if is_valid else ("skipped", "expired")
    ]
    assert len(left(world.mail)) == is_valid


async def test_what_ends_a_run_in_a_pause_stops_the_message_that_waits(world: World) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    world.tick(now=START + DUE)
    pause(world, journey, DUE)
    await world.pass_to(START + DUE + HOUR)
    world.tick([buy(world, DUE + HOUR)])
    resume(world, journey, DUE + 2 * HOUR)
    await world.pass_to(START + DAY)
    assert outcome(world, journey) == ([("left", "exit_event", DUE + HOUR)], [("skipped", "journey_stopped")], 0)


async def test_archiving_lets_go_of_what_a_pause_keeps(world: World) -> None:
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    world.tick(now=START + DUE)
    pause(world, journey, DUE)
    await world.pass_to(START + 3 * HOUR)
    world.definitions.archive(APP, journey, START + 3 * HOUR)
    world.reload()
    await world.pass_to(START + 3 * HOUR)
    assert outcome(world, journey)[1:] == ([("skipped", "journey_stopped")], 0)


async def test_who_resumes_while_a_message_is_put_back_finds_it_sent(world: World) -> None:
    """The sender found the journey paused; before it writes that down the journey goes on, and nobody would look again."""
    journey = publish(world)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    world.tick(now=START + DUE)
    pause(world, journey, DUE)
    dispatcher = world.dispatcher()
    record = dispatcher._record

    def resumed_meanwhile(outcomes: Any) -> None:
        if world.definitions.get(APP, journey).state == "paused":
            world.definitions.resume(APP, journey, START + DUE)
        record(outcomes)

    dispatcher._record = resumed_meanwhile  # type: ignore[method-assign]
    await dispatcher.run_due(START + DUE)
    assert [each.state for each in world.deliveries.page(APP)] == [DeliveryState.SENT]


LOOKS: list[dict[str, Any]] = [
    {"id": "d", "kind": "wait_for", "event": "Look", "up_to": "30m", "then": "y", "else": "n"},
    {"id": "y", "kind": "delay", "for": "10d", "next": "m"},
    {"id": "n", "kind": "wait_for", "event": "Look", "up_to": "1h", "then": "y", "else": "m"},
    {"id": "m", "kind": "message", "message": 0, "next": None},
]
FIRST = ("d", "start", 0)


@pytest.mark.parametrize("also", [None, "other", "restart"])
@pytest.mark.parametrize(
    ("pause_at", "looks", "way"),
    [
        (MINUTE, [(10 * MINUTE, 10 * MINUTE)], [FIRST, ("y", "then", 10)]),
        (MINUTE, [(30 * MINUTE, 30 * MINUTE)], [FIRST, ("n", "else", 30), ("y", "then", 30)]),
        (MINUTE, [(60 * MINUTE, 60 * MINUTE)], [FIRST, ("n", "else", 30), ("y", "then", 60)]),
        (MINUTE, [(95 * MINUTE, 95 * MINUTE)], [FIRST, ("n", "else", 30), ("m", "else", 90)]),
        (MINUTE, [(100 * MINUTE, 100 * MINUTE), (40 * MINUTE, 101 * MINUTE)], [FIRST, ("n", "else", 30), ("y", "then", 40)]),
        (45 * MINUTE, [(5 * MINUTE, 50 * MINUTE)], [FIRST, ("y", "then", 5)]),
        (45 * MINUTE, [(35 * MINUTE, 110 * MINUTE)], [FIRST, ("n", "else", 30), ("y", "then", 35)]),
        (95 * MINUTE, [(40 * MINUTE, 100 * MINUTE)], [FIRST, ("n", "else", 30), ("y", "then", 40)]),
    ],
)
async def test_a_pause_moves_no_wait(
    world: World, pause_at: int, looks: list[tuple[int, int]], way: list[tuple[str, str, int]], also: str | None
) -> None:
    """(when it happened, when it was told): told in the pause, it moves the run as it would have without one."""
    journey = publish(world, LOOKS)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    world.tick(now=START + pause_at)
    pause(world, journey, pause_at)
    for at, received in sorted(looks, key=lambda each: each[1]):
        world.tick([world.event("Look", 1, START + at, received_at=START + received)])
    if also == "restart":
        world.reload()
    world.definitions.resume(APP, journey, START + 2 * HOUR)
    world.reload()
    if also == "other":  # the first that the journey hears after the pause
        world.tick([world.event("Look", 1, START + 130 * MINUTE)])
    world.tick(now=START + 2 * HOUR)
    world.tick(now=START + 3 * HOUR)
    [run] = world.definitions.runs(APP, journey)
    steps = world.definitions.steps(APP, run.id)
    assert [(step.node, step.via, (step.occurred_at - START) // MINUTE) for step in steps] == way
    counted = {each.node: each.arrived for each in world.definitions.counts(APP, journey) if each.arrived}
    assert counted == {node: 1 for node, _, _ in way}


EVERY_SECOND_LOOK: list[dict[str, Any]] = [
    {"id": "d", "kind": "wait_for", "event": "Look", "up_to": "10h", "then": "w", "else": None},
    {"id": "w", "kind": "wait_for", "event": "Look", "up_to": "10h", "then": "m", "else": None},
    {"id": "m", "kind": "message", "message": 0, "next": "d"},
]


@pytest.mark.parametrize("valid_for", [None, "12h"])
async def test_what_a_pause_held_and_was_withdrawn_is_sent_after_the_pause_if_it_is_wanted_again(
    world: World, valid_for: str | None
) -> None:
    """Of looks that are told late the first makes the message be wanted sooner, and the second at its own time again."""
    journey = publish(world, EVERY_SECOND_LOOK, valid_for=valid_for)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world), *(world.event("Look", 1, START + at * MINUTE) for at in (60, 70))])
    pause(world, journey, 71 * MINUTE)
    await world.send()
    told = []
    for at in (50, 40):
        world.tick([world.event("Look", 1, START + at * MINUTE, received_at=START + 2 * HOUR)])
        told.append(waiting(world))
        await world.send()
    assert told == [{60: ""}, {50: "", 70: ""}]
    assert waiting(world) == {50: "journey_paused", 70: "journey_paused"}
    resume(world, journey, 3 * HOUR)
    await world.pass_to(START + 4 * HOUR)
    assert [each.state.value for each in world.deliveries.page(APP) if each.reason != "journey_stopped"] == ["sent", "sent"]


def waiting(world: World) -> dict[int, str]:
    """The minute at which what waits was wanted → why it waits."""
    made = [each for each in world.deliveries.page(APP) if each.state == DeliveryState.PENDING]
    return {(each.created_at - START) // MINUTE: each.reason for each in made}


async def test_sending_what_is_due_does_not_go_on_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_PATIENCE", 20)
    publish(world)
    world.person(1, email="ada@example.com", consent=True)
    world.tick([add(world)])
    world.tick(now=START + DUE)
    dispatcher = world.dispatcher()
    dispatcher._record = lambda outcomes: dispatcher._release([each.row for each in outcomes])  # type: ignore[method-assign]
    with pytest.raises(StalledError):
        await dispatcher.run_due(START + DUE)
