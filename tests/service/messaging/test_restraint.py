"""Caps and quiet hours at the moment of sending: who is held back, until when, and that no slot leaks or is taken twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.core.time import DAY, HOUR, MINUTE, from_iso, to_iso
from relance.events.model import Event, Kind, Name
from relance.infra.database import reading, writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, DeliveryState, Intent, SkipReason
from relance.restraint.model import Lane, Tier
from relance.restraint.service import AllQuietHours, Caps
from relance.segments.service import Segments
from tests.service.world import APP, KEYS, START, World, take

pytestmark = pytest.mark.both_databases

SENT, SKIPPED, PENDING = DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.PENDING


@pytest.fixture
def world(state: Engine) -> World:
    made = World(state)
    made.person(1, push="https://push.example/1", email="ada@example.com", consent=True)
    return made


def cap(world: World, **given: Any) -> int:
    """One in a rolling day, of everything, but for what is given."""
    usual: dict[str, Any] = {"name": "cap", "most": 1, "rolling": "24h", "calendar": None, "gap": None, "kept": {}, "tiers": ()}
    usual |= {"channels": (), "classes": (), "topics": ()}
    return Caps(world.engine).create(APP, {**usual, **given}, START).id


def quiet(world: World, start: str, end: str, channel: str = "") -> int:
    given = {"start": start, "end": end, "channel": channel, "weekdays": ()}
    return AllQuietHours(world.engine).create(APP, given, START).id


def message(world: World, channel: str = "web_push", **more: Any) -> int:
    content = {"title": "Hi"} if channel == "web_push" else {"subject": "Hi", "text": "Hi"}
    return world.messages.create(APP, "m", channel, content, START, **more).id


def want(world: World, number: int, cause: str = "c", person: int = 1, **more: Any) -> None:
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, person, number, cause, world.clock.instant, **more)])


async def sent(world: World, number: int, cause: str = "c", **more: Any) -> Delivery:
    """What became of a message that is wanted now."""
    want(world, number, cause, **more)
    await world.send()
    return of(world, number)


def of(world: World, number: int) -> Delivery:
    """The newest delivery of a message."""
    return world.deliveries.page(APP, message_id=number)[0]


def at(world: World, later: int) -> None:
    world.clock.instant = START + later


async def test_what_is_above_a_cap_is_skipped_and_says_by_which(world: World) -> None:
    number = cap(world)
    first, second = message(world), message(world, "email")
    assert (await sent(world, first)).state is SENT
    held = await sent(world, second)
    assert (held.state, held.reason, held.held_by) == (SKIPPED, SkipReason.CAPPED, f"cap:{number}")
    world.tick()
    told = [each for each in world.emitted if each.name == Name.MESSAGE_SKIPPED]
    assert [b'"reason":"capped"' in each.body for each in told] == [True]
    at(world, DAY - 1)
    assert (await sent(world, second, "later")).state is SKIPPED
    at(world, DAY)
    assert (await sent(world, second, "at last")).state is SENT


async def test_classes_are_presets_of_three_switches(world: World) -> None:
    cap(world)
    number = {each: message(world, message_class=each) for each in ("marketing", "service", "transactional")}
    assert (await sent(world, number["transactional"])).state is SENT  # neither obeys nor counts
    assert (await sent(world, number["service"])).state is SENT  # does not obey
    assert (await sent(world, number["service"], "again")).state is SENT
    assert (await sent(world, number["marketing"])).reason == SkipReason.CAPPED  # the service message was counted


async def test_a_switch_of_the_message_outweighs_its_class(world: World) -> None:
    cap(world)
    quietly = message(world, counts_toward_caps=False)
    assert (await sent(world, quietly)).state is SENT
    assert (await sent(world, message(world))).state is SENT
    assert (await sent(world, quietly, "again")).reason == SkipReason.CAPPED
    assert (await sent(world, message(world, obeys_caps=False))).state is SENT


async def test_service_messages_need_no_consent_and_marketing_does(world: World) -> None:
    world.person(2, email="bob@example.com", consent=False)
    service = message(world, "email", message_class="service")
    assert (await sent(world, service, person=2)).state is SENT
    assert (await sent(world, message(world, "email"), person=2)).reason == SkipReason.UNSUBSCRIBED


async def test_several_devices_are_one_dispatch(world: World) -> None:
    second = Event(APP, Kind.IDENTIFY, "", "second device", "u1", "", START, START)
    second.context = to_json({"device": {"token": {"endpoint": "https://push.example/2", "keys": KEYS}}}).encode()
    assert world.people([second]) == [1]
    cap(world, most=2)
    push = message(world)
    want(world, push)
    await world.send()
    assert Counter(each.state for each in world.deliveries.page(APP, message_id=push)) == {SENT: 2}
    assert (await sent(world, message(world))).state is SENT
    assert (await sent(world, message(world))).state is SKIPPED


async def test_the_same_intent_twice_takes_one_slot(world: World) -> None:
    cap(world, most=2)
    number = message(world)
    for _ in range(3):
        want(world, number, "the same")
        await world.send()
    assert (await sent(world, message(world))).state is SENT
    assert (await sent(world, message(world))).state is SKIPPED


async def test_what_waits_leaves_when_a_slot_is_free_and_holds_none_until_then(world: World) -> None:
    number = cap(world)
    patient = message(world, when_held="until_window_ends")
    await sent(world, message(world))
    held = await sent(world, patient)
    assert (held.state, held.reason, held.held_by, held.due_at, held.attempts) == (
        PENDING,
        SkipReason.CAPPED,
        f"cap:{number}",
        START + DAY,
        0,
    )
    at(world, DAY - 1)
    await world.send()
    assert of(world, patient).state is PENDING
    at(world, DAY)
    await world.send()
    left = of(world, patient)
    assert (left.state, left.reason, left.held_by) == (SENT, "", "")


@pytest.mark.parametrize(
    ("more", "becomes"),
    [
        ({"when_held": "skip"}, SKIPPED),
        ({"when_held": "wait", "wait_at_most": "25h"}, PENDING),
        ({"when_held": "wait", "wait_at_most": "24h"}, PENDING),
        ({"when_held": "wait", "wait_at_most": "23h"}, SKIPPED),
        ({"when_held": "until_window_ends", "valid_for": "23h"}, SKIPPED),
        ({"when_held": "next_day_same_hour"}, PENDING),
        ({}, SKIPPED),
    ],
)
async def test_what_would_not_be_over_in_time_is_skipped_at_once(world: World, more: dict[str, Any], becomes: Any) -> None:
    cap(world)
    await sent(world, message(world))
    held = await sent(world, message(world, **more))
    assert (held.state, held.reason) == (becomes, SkipReason.CAPPED)


async def test_no_wait_is_longer_than_three_days(world: World) -> None:
    cap(world, rolling="4d")
    patient = message(world, when_held="until_window_ends")
    await sent(world, message(world))
    at(world, DAY - 1)
    assert (await sent(world, patient)).state is SKIPPED
    at(world, DAY)
    assert (await sent(world, patient, "again")).state is PENDING


async def test_quiet_hours_are_waited_for_and_hold_what_says_nothing_else(world: World) -> None:
    hour = int(to_iso(START)[11:13])
    number = quiet(world, f"{hour:02d}:00", f"{(hour + 2) % 24:02d}:30")
    end = START - START % HOUR + 2 * HOUR + 30 * MINUTE
    kept, urgent, service = message(world), message(world, message_class="transactional"), message(world, message_class="service")
    held = await sent(world, kept)
    assert (held.state, held.reason, held.held_by, held.due_at) == (PENDING, SkipReason.QUIET_HOURS, f"quiet_hours:{number}", end)
    assert (await sent(world, service)).reason == SkipReason.QUIET_HOURS
    assert (await sent(world, urgent)).state is SENT
    assert (await sent(world, message(world, obeys_quiet_hours=False))).state is SENT
    assert (await sent(world, message(world, when_held="skip"))).state is SKIPPED
    world.clock.instant = end
    await world.send()
    assert of(world, kept).state is SENT


async def test_quiet_hours_are_those_where_the_person_is(world: World) -> None:
    world.settings["timezone"] = "Pacific/Auckland"
    there = int(to_iso(START)[11:13]) + 12
    quiet(world, f"{there % 24:02d}:00", f"{(there + 1) % 24:02d}:00")
    assert (await sent(world, message(world))).reason == SkipReason.QUIET_HOURS
    with writing(world.engine) as connection:
        connection.execute(sa.text("UPDATE users SET timezone = 'UTC'"))
    assert (await sent(world, message(world))).state is SENT


async def test_rules_that_are_lifted_let_go_at_once(world: World) -> None:
    number = cap(world)
    await sent(world, message(world))
    patient = message(world, when_held="until_window_ends")
    await sent(world, patient)
    Caps(world.engine).delete(APP, number)
    assert world.deliveries.decide_anew(APP, world.clock.instant) == 1
    await world.send()
    assert of(world, patient).state is SENT


async def test_a_consent_or_an_address_wakes_nothing_that_is_held_back(world: World) -> None:
    cap(world)
    await sent(world, message(world))
    patient = message(world, when_held="until_window_ends")
    await sent(world, patient)
    with writing(world.engine) as connection:
        assert messaging.awaken(connection, APP, [1], START).deliveries == 0
    assert of(world, patient).due_at == START + DAY


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (SendResult(SendState.SENT), True),
        (SendResult(SendState.FAILED, "no"), False),
        (SendResult(SendState.GONE), False),
        (SendResult(SendState.BOUNCED), False),
        (SendResult(SendState.RETRY, "later"), False),
        (SendResult(SendState.RETRY, "broke off", uncertain=True), True),
        (SendResult(SendState.HELD, retry_after_ms=HOUR), False),
    ],
)
async def test_a_slot_is_given_back_if_the_message_never_left(world: World, answer: SendResult, *, kept: bool) -> None:
    cap(world)
    world.push.answers.append(answer)
    first = message(world)
    await sent(world, first)
    assert ((await sent(world, message(world))).state is SKIPPED) is kept


async def test_what_cannot_be_rendered_takes_no_slot(world: World) -> None:
    cap(world)
    broken = world.messages.create(APP, "m", "web_push", {"title": "Hi", "body": "{{ 1 | divided_by: user.nothing }}"}, START).id
    assert (await sent(world, broken)).reason == SkipReason.RENDER_ERROR
    assert (await sent(world, message(world))).state is SENT


async def test_what_is_repeated_keeps_its_slot_and_takes_no_second(world: World) -> None:
    cap(world, most=2)
    world.push.answers.append(SendResult(SendState.RETRY, "broke off", uncertain=True))
    first = message(world)
    await sent(world, first)
    assert (await sent(world, message(world))).state is SENT
    at(world, MINUTE)
    await world.send()
    assert of(world, first).state is SENT  # both slots are taken, and one of them is its own
    assert (await sent(world, message(world))).state is SKIPPED


@pytest.mark.parametrize(("channel", "kept"), [("email", False), ("web_push", True)])
async def test_a_crash_between_reserving_and_recording_leaks_no_slot(world: World, channel: str, *, kept: bool) -> None:
    cap(world)
    first = message(world, channel)
    want(world, first)
    assert len(await asyncio.to_thread(take, world.dispatcher(), START, channel)) == 1
    other = world.dispatcher()
    assert await other.recover(alone=True) == 1
    with reading(world.engine) as connection:
        held = connection.execute(sa.text("SELECT count(*) FROM deliveries WHERE reserved_at IS NOT NULL")).scalar()
    assert held == int(kept)  # a push may have left, and its repeat will share the slot
    await world.send()
    assert of(world, first).state is SENT
    assert (await sent(world, message(world))).state is SKIPPED


async def test_a_merge_brings_its_slots_and_a_deletion_takes_them(world: World) -> None:
    cap(world)
    world.person(2, push="https://push.example/2", email="bob@example.com", consent=True)
    await sent(world, message(world), person=2)
    with writing(world.engine) as connection:
        messaging.follow_merge(connection, APP, 2, 1)
    assert (await sent(world, message(world))).reason == SkipReason.CAPPED
    with writing(world.engine) as connection:
        messaging.forget(connection, APP, 1)
        left = connection.execute(sa.text("SELECT count(*) FROM deliveries WHERE reserved_at IS NOT NULL")).scalar()
    assert left == 0


async def test_of_those_due_together_the_higher_priority_is_decided_first(world: World) -> None:
    cap(world)
    low, high, mail = message(world), message(world, priority=5), message(world, "email", priority=10)
    want(world, low)
    at(world, 1)
    want(world, high)
    want(world, mail)
    await world.send()
    assert [of(world, each).state for each in (low, high, mail)] == [SKIPPED, SKIPPED, SENT]


async def test_a_share_is_kept_for_journeys(world: World) -> None:
    cap(world, most=2, kept={Lane.JOURNEY: 1})
    assert (await sent(world, message(world))).state is SENT
    assert (await sent(world, message(world))).state is SKIPPED
    in_journey = await sent(world, message(world), journey_id=7)
    assert (in_journey.state, in_journey.lane) == (SENT, Lane.JOURNEY)
    assert (await sent(world, message(world), journey_id=7)).state is SKIPPED


async def test_a_tier_is_the_limit_of_its_segment_and_is_kept_with_the_slot(world: World) -> None:
    rule = {"kind": "person", "name": "country", "is": "=", "value": "FR"}
    segment = Segments(world.engine).create(APP, "French", rule, START).id
    number = cap(world, tiers=(Tier(segment, 3),))
    world.memberships[1] = {segment}
    states = [(await sent(world, message(world))).state for _ in range(4)]
    assert states == [SENT, SENT, SENT, SKIPPED]
    with reading(world.engine) as connection:
        tiers = connection.execute(sa.text("SELECT DISTINCT tiers FROM deliveries WHERE reserved_at IS NOT NULL")).scalars().all()
    assert tiers == [f'{{"{number}":{segment}}}']


async def test_a_cap_counts_the_class_and_topic_of_when_it_was_wanted(world: World) -> None:
    cap(world, topics=("offers",))
    offer = message(world, topic="offers")
    await sent(world, offer)
    world.messages.update(APP, offer, 1, {"topic": "general"}, START)
    assert (await sent(world, message(world, topic="offers"))).reason == SkipReason.CAPPED
    assert (await sent(world, offer, "as general")).state is SENT


async def test_a_test_obeys_and_counts_nothing(world: World) -> None:
    cap(world)
    hour = int(to_iso(START)[11:13])
    first = message(world, obeys_quiet_hours=False)
    quiet(world, f"{hour:02d}:00", f"{(hour + 2) % 24:02d}:00")
    for _ in range(2):
        world.messages.send_test(APP, first, 1, START)
        await world.send()
    assert of(world, first).state is SENT
    assert (await sent(world, first)).state is SENT
    world.messages.send_test(APP, first, 1, START)
    await world.send()
    assert {each.state for each in world.deliveries.page(APP, is_test=True)} == {SENT}


async def test_who_is_held_out_gets_no_marketing(world: World) -> None:
    for number in range(2, 41):
        world.person(number, push=f"https://push.example/{number}")
    world.settings["hold_out_percent"] = 50.0
    news, order = message(world), message(world, message_class="service")
    for person in range(1, 41):
        want(world, news, person=person)
        want(world, order, person=person)
    await world.send()
    found = Counter((each.state, each.reason) for each in world.deliveries.page(APP, message_id=news, limit=100))
    assert set(found) == {(SENT, ""), (SKIPPED, SkipReason.HOLD_OUT)}
    assert 8 < found[SENT, ""] < 32
    assert {each.state for each in world.deliveries.page(APP, message_id=order, limit=100)} == {SENT}


@pytest.mark.parametrize("most", [1, 3])
async def test_dispatchers_at_once_never_pass_a_cap_and_never_refuse_below_it(world: World, most: int) -> None:
    for number in range(2, 21):
        world.person(number, push=f"https://push.example/{number}")
    cap(world, most=most)
    news = message(world)
    for wave in range(6):
        for person in range(1, 21):
            want(world, news, f"c{wave}", person=person)
    dispatchers = [world.dispatcher() for _ in range(4)]

    async def drain(index: int) -> None:
        while await asyncio.to_thread(take, dispatchers[index], START, "web_push", 7):
            pass

    await asyncio.gather(*(drain(index) for index in range(4)))
    with reading(world.engine) as connection:
        rows = connection.execute(sa.text("SELECT person_id, count(reserved_at) FROM deliveries GROUP BY person_id")).all()
    assert {tuple(row)[1] for row in rows} == {most}
    assert len(rows) == 20


async def test_where_no_zone_is_known_the_address_may_show_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the app's, and after the person's own."""
    monkeypatch.setitem(KINDS, "web_push", replace(KINDS["web_push"], zone_of=lambda _: "Asia/Tokyo"))
    world.settings["timezone"] = "Europe/Paris"
    quiet(world, start="22:00", end="08:00")
    world.clock.instant = from_iso("2026-10-31T14:30:00Z")  # 23:30 in Tokyo
    news, mail = message(world), message(world, "email")
    held = await sent(world, news)
    assert (held.state, to_iso(held.due_at)) == (PENDING, "2026-10-31T23:00:00.000Z")
    assert (await sent(world, mail)).state is SENT


async def test_a_countrys_hours_hold_for_marketing_on_some_channels(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the law says, whatever the message does; the country is the one that the address shows."""
    kind = replace(KINDS["web_push"], keeps_country_hours=True, country_of=lambda address: "FR" if "push" in address else None)
    monkeypatch.setitem(KINDS, "web_push", kind)
    world.settings["timezone"] = "Europe/Paris"
    world.clock.instant = from_iso("2026-10-31T20:30:00+01:00")  # a Saturday, before Sunday and All Saints' Day
    news, order, mail = message(world, obeys_quiet_hours=False), message(world, message_class="service"), message(world, "email")
    held = await sent(world, news)
    assert (held.state, held.held_by, to_iso(held.due_at)) == (PENDING, "country:FR", "2026-11-02T07:00:00.000Z")
    assert (await sent(world, order)).state is SENT
    assert (await sent(world, mail)).state is SENT
    world.clock.instant = held.due_at
    await world.send()
    assert of(world, news).state is SENT
