"""What people decided themselves at the moment of sending: their own quiet hours and limit, beside the app's."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, from_iso, to_iso
from relance.events.model import Event, Kind
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.model import Delivery, DeliveryState, Intent, SkipReason
from relance.restraint.service import AllQuietHours, Caps
from relance.users.model import OwnLimit, OwnQuietHours, Preferences
from relance.users.service import Directory
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases

SENT, SKIPPED, PENDING = DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.PENDING
NIGHT = OwnQuietHours("22:00", "08:00")
USUAL: dict[str, Any] = {"name": "cap", "calendar": None, "gap": None, "kept": {}, "tiers": ()} | dict.fromkeys(
    ("channels", "classes", "topics"), ()
)


@pytest.fixture
def world(state: Engine) -> World:
    made = World(state)
    made.person(1, push="https://push.example/1", email="ada@example.com", consent=True, timezone="Europe/Paris")
    return made


def decide(world: World, person: int = 1, language: str | None = None, **given: Any) -> None:
    """The person decides, by a page or through an operator."""
    change = {name: None if value is None else msgspec.to_builtins(value) for name, value in given.items()}
    change |= {"source": "preference page"} | ({} if language is None else {"language": language})
    body = msgspec.json.encode({"preferences": change})
    now = world.clock.instant
    world.people([Event(APP, Kind.EDIT, "", f"{person}-{now}-{given}", "", "", now, now, body, person_id=person)])


def message(world: World, channel: str = "web_push", **more: Any) -> int:
    content = {"title": "Hi"} if channel == "web_push" else {"subject": "Hi", "text": "Hi"}
    return world.messages.create(APP, "m", channel, content, START, **more).id


async def sent(world: World, number: int, cause: str = "c") -> Delivery:
    """What became of a message that is wanted now, a millisecond after whatever was before."""
    world.clock.instant += 1
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, number, cause, world.clock.instant)])
    await world.send()
    return world.deliveries.page(APP, message_id=number)[0]


async def test_marketing_waits_for_the_end_of_the_persons_own_night_and_says_so(world: World) -> None:
    decide(world, quiet_hours=NIGHT)
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    held = await sent(world, message(world, obeys_quiet_hours=False))  # whatever the message says
    assert (held.state, held.reason, held.held_by) == (PENDING, SkipReason.QUIET_HOURS, "own_quiet_hours")
    assert to_iso(held.due_at) == "2026-11-26T07:00:00.000Z"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-03-29T01:30:00+01:00", "2026-03-29T01:00:00.000Z"),  # 2:30 is left out that night: it is three already
        ("2026-10-25T02:10:00+02:00", "2026-10-25T00:30:00.000Z"),  # summer time's 2:30 comes first …
        ("2026-10-25T02:10:00+01:00", "2026-10-25T01:30:00.000Z"),  # … and winter time's an hour later
    ],
)
async def test_their_own_hours_are_exact_in_the_nights_on_which_clocks_are_set(world: World, at: str, due: str) -> None:
    decide(world, quiet_hours=OwnQuietHours("01:00", "02:30"))
    world.clock.instant = from_iso(at)
    assert to_iso((await sent(world, message(world))).due_at) == due


async def test_the_tighter_of_the_apps_and_their_own_hours_holds(world: World) -> None:
    AllQuietHours(world.engine).create(APP, {"start": "20:00", "end": "07:00", "channel": "", "weekdays": ()}, START)
    decide(world, quiet_hours=NIGHT)
    world.clock.instant = from_iso("2026-11-25T20:30:00+01:00")
    held = await sent(world, message(world))
    assert (held.held_by, to_iso(held.due_at)) == ("own_quiet_hours", "2026-11-26T07:00:00.000Z")  # which end last


async def test_hours_that_together_leave_none_are_said_so(world: World) -> None:
    number = AllQuietHours(world.engine).create(APP, {"start": "20:00", "end": "12:00", "channel": "", "weekdays": ()}, START).id
    decide(world, quiet_hours=OwnQuietHours("12:00", "20:00"))
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    skipped = await sent(world, message(world, when_held="until_window_ends"))
    assert (skipped.state, skipped.reason, skipped.held_by) == (SKIPPED, SkipReason.NO_OPEN_HOUR, f"quiet_hours:{number}")
    assert "no hour" in skipped.why
    skips = await sent(world, message(world, when_held="skip"))
    assert (skips.state, skips.reason) == (SKIPPED, SkipReason.QUIET_HOURS)  # it would not have waited anyway


async def test_what_is_said_of_waiting_is_said_of_what_waits(world: World) -> None:
    decide(world, quiet_hours=NIGHT)
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    waits, skipped = [await sent(world, message(world, when_held=each)) for each in ("until_window_ends", "skip")]
    assert (waits.state, "The message waits" in waits.why) == (PENDING, True)
    assert (skipped.state, "waits" in skipped.why) == (SKIPPED, False)


async def test_a_cap_that_lasts_longer_than_the_night_is_what_it_waits_for(world: World) -> None:
    number = Caps(world.engine).create(APP, {**USUAL, "most": 1, "rolling": "24h"}, START).id
    decide(world, quiet_hours=OwnQuietHours("22:00", "08:00"))
    world.clock.instant = from_iso("2026-11-25T15:00:00+01:00")
    assert (await sent(world, message(world))).state is SENT
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    held = await sent(world, message(world, when_held="until_window_ends"), "later")
    assert (held.reason, held.held_by, to_iso(held.due_at)) == (
        SkipReason.CAPPED,
        f"cap:{number}",
        "2026-11-26T14:00:00.001Z",
    )


@pytest.mark.parametrize(
    ("about", "becomes"),
    [
        ({"message_class": "service"}, PENDING),
        ({"message_class": "service", "obeys_quiet_hours": False}, SENT),
        ({"message_class": "transactional"}, SENT),
    ],
)
async def test_what_is_no_marketing_keeps_their_hours_as_it_keeps_the_apps(
    world: World, about: dict[str, Any], becomes: DeliveryState
) -> None:
    decide(world, quiet_hours=NIGHT)
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    assert (await sent(world, message(world, **about))).state is becomes


async def test_fewer_messages_is_a_limit_over_all_channels_and_of_marketing_alone(world: World) -> None:
    decide(world, limit=OwnLimit(1, "7d"))
    assert (await sent(world, message(world, counts_toward_caps=False))).state is SENT  # it counts to the person
    held = await sent(world, message(world, "email", obeys_caps=False))
    assert (held.state, held.reason, held.held_by) == (SKIPPED, SkipReason.CAPPED, "own_limit")
    assert (await sent(world, message(world, message_class="service"))).state is SENT
    world.clock.instant = START + 7 * DAY
    assert (await sent(world, message(world), "later")).state is SENT


async def test_the_tighter_of_the_apps_cap_and_their_own_limit_holds(world: World) -> None:
    number = Caps(world.engine).create(APP, {**USUAL, "most": 1, "rolling": "24h"}, START).id
    decide(world, limit=OwnLimit(2, "7d"))
    news = message(world)
    assert (await sent(world, news, "1")).state is SENT
    assert (await sent(world, news, "2")).held_by == f"cap:{number}"
    world.clock.instant = START + DAY
    assert (await sent(world, news, "3")).state is SENT
    world.clock.instant = START + 2 * DAY
    assert (await sent(world, news, "4")).held_by == "own_limit"


async def test_what_waits_is_decided_anew_when_they_change_their_hours(world: World) -> None:
    decide(world, quiet_hours=NIGHT)
    world.clock.instant = from_iso("2026-11-25T23:00:00+01:00")
    news = message(world)
    assert (await sent(world, news)).state is PENDING
    world.clock.instant += HOUR
    decide(world, quiet_hours=None)
    assert world.deliveries.decide_anew(APP, world.clock.instant, 2) == 0  # another person's
    assert world.deliveries.decide_anew(APP, world.clock.instant, 1) == 1
    await world.send()
    assert world.deliveries.page(APP, message_id=news)[0].state is SENT


async def test_of_two_people_who_turn_out_to_be_one_the_later_decision_holds(world: World) -> None:
    directory = Directory(world.engine)
    world.person(2, email="bob@example.com")
    decide(world, 1, quiet_hours=NIGHT)
    world.clock.instant += HOUR
    decide(world, 2, limit=OwnLimit(3, "7d"))
    now = world.clock.instant
    world.people([Event(APP, Kind.MERGE, "", "merge", "", "", now, now, b'{"from": 2, "into": 1}', person_id=2)])
    assert directory.get(APP, 1).preferences == Preferences(None, OwnLimit(3, "7d"), now, "preference page")
    assert "$preferences" not in directory.get(APP, 1).traits


async def test_the_language_they_chose_outlasts_what_browsers_and_traits_report(world: World) -> None:
    directory = Directory(world.engine)
    decide(world, language="fr", quiet_hours=None)
    world.clock.instant += HOUR
    now = world.clock.instant
    context = b'{"locale": "en-GB"}'
    world.people([Event(APP, Kind.IDENTIFY, "", "again", "u1", "", now, now, b'{"language": "de"}', context)])
    assert directory.get(APP, 1).language == "fr"
    decide(world, language="", quiet_hours=None)
    world.clock.instant += HOUR
    world.people([Event(APP, Kind.IDENTIFY, "", "anew", "u1", "", now + HOUR, now + HOUR, b'{"language": "de"}')])
    assert directory.get(APP, 1).language == "de"


async def test_no_sender_sets_them_as_a_trait(world: World) -> None:
    now = world.clock.instant
    forged = b'{"$preferences": {"limit": {"most": 1, "rolling": "7d"}}, "plan": "pro"}'
    world.people([Event(APP, Kind.IDENTIFY, "", "forged", "u1", "", now, now, forged)])
    found = Directory(world.engine).get(APP, 1)
    assert (found.preferences, found.traits["plan"]) == (Preferences(), "pro")
