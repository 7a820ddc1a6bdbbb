"""Messages: written, edited, read; and why a person did not get one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.errors import InvalidError
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.errors import (
    DeliveryNotFoundError,
    MessageInvalidError,
    MessageNotFoundError,
    MessageSentError,
    StaleMessageError,
)
from relance.messaging.model import DESCRIPTIONS, Goal, Intent, Message, MessageClass, SkipReason
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases

PUSH = {"title": "Hi {{ user.first_name }}"}


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def test_a_message_is_kept_as_written(world: World) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START, topic="offers", valid_for="12h", goal=Goal("x", "2d"))
    assert world.messages.get(APP, made.id) == made
    assert (made.message_class, made.validity, made.version) == (MessageClass.MARKETING, 12 * 3_600_000, 1)
    assert world.messages.page(APP) == [made]
    assert world.messages.page(APP, after=made.id) == []


def test_another_app_sees_nothing(world: World) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    with pytest.raises(MessageNotFoundError):
        world.messages.get(APP + 1, made.id)
    with pytest.raises(MessageNotFoundError):
        world.messages.update(APP + 1, made.id, 1, {"name": "x"}, START)
    with pytest.raises(MessageNotFoundError):
        world.messages.send_test(APP + 1, made.id, 1, START)
    world.person(1, push="https://push.example/1")
    [delivery] = world.messages.send_test(APP, made.id, 1, START)
    with pytest.raises(DeliveryNotFoundError):
        world.deliveries.get(APP + 1, delivery.id)


def test_an_edit_needs_the_version_it_was_made_from(world: World) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    edited = world.messages.update(APP, made.id, 1, {"name": "n", "message_class": "transactional"}, START + 1)
    assert (edited.version, edited.message_class) == (2, MessageClass.TRANSACTIONAL)
    with pytest.raises(StaleMessageError) as caught:
        world.messages.update(APP, made.id, 1, {"name": "o"}, START + 2)
    assert caught.value.data == {"version": 2}
    assert world.messages.get(APP, made.id) == edited


def test_of_two_edits_at_once_one_is_refused(world: World) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    barrier = threading.Barrier(2)
    outcomes: list[Message | StaleMessageError] = []

    def edit(name: str) -> None:
        barrier.wait()
        try:
            outcomes.append(world.messages.update(APP, made.id, 1, {"name": name}, START))
        except StaleMessageError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=edit, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(each, Message) for each in outcomes) == [False, True]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"topic": "x" * 300}, "topic"),
        ({"name": "a\x00b"}, "content"),
        ({"content": {"title": "a\x00b"}}, "content"),
        ({"content": {}}, "content"),
        ({"content": {"title": "{{"}}, "content.title"),
        ({"valid_for": "tomorrow"}, "valid_for"),
        ({"goal": Goal("", "3d")}, "goal.event"),
        ({"message_class": "spam"}, "class"),
        ({"channel": "email"}, "channel"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(world: World, changes: dict[str, Any], path: str) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    with pytest.raises(InvalidError) as caught:
        world.messages.update(APP, made.id, 1, changes, START)
    assert caught.value.data["path"] == path
    assert world.messages.get(APP, made.id) == made


def test_a_channel_there_is_none_of_is_refused(world: World) -> None:
    with pytest.raises(MessageInvalidError):
        world.messages.create(APP, "m", "telex", PUSH, START)


async def test_why_a_person_did_not_get_a_message_is_one_question(world: World) -> None:
    world.person(1, push="https://push.example/1")
    world.edit(1, subscription={"channel": "web_push", "address": "https://push.example/1", "state": "suppressed"})
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    with writing(world.engine) as connection:
        reported = messaging.intend(connection, [Intent(APP, 1, made.id, "c", START)])
    assert [event.name for event in reported.events] == ["message_skipped"]
    [delivery] = world.deliveries.page(APP, person_id=1, message_id=made.id)
    assert (delivery.reason, delivery.why) == (SkipReason.SUPPRESSED, DESCRIPTIONS[SkipReason.SUPPRESSED])


def test_a_message_that_is_none_of_the_apps_is_not_sent(world: World) -> None:
    world.person(1, push="https://push.example/1")
    theirs = world.messages.create(APP + 1, "m", "web_push", PUSH, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, theirs.id, "c", START)])
    assert [each.reason for each in world.deliveries.page(APP)] == [SkipReason.MESSAGE_MISSING]


def test_pages_of_deliveries_follow_one_another(world: World) -> None:
    world.person(1, push="https://push.example/1")
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, made.id, f"c{number}", START + number // 2) for number in range(5)])
    seen, before = [], None
    while page := world.deliveries.page(APP, before=before, limit=2):
        seen += [each.id for each in page]
        before = (page[-1].created_at, page[-1].id)
    assert len(set(seen)) == len(seen) == 5
    with pytest.raises(InvalidError):
        world.deliveries.page(APP, colour="red")


@pytest.mark.parametrize("is_sent", [True, False])
async def test_a_message_of_which_only_a_test_was_sent_can_be_deleted_with_it(world: World, is_sent: bool) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    other = world.messages.create(APP, "n", "web_push", PUSH, START)
    world.person(1, push="https://push.example/1")
    for each in (made, other):
        world.messages.send_test(APP, each.id, 1, START)
    if is_sent:
        await world.send()
    world.definitions.delete_message(APP, made.id)
    await world.send()
    assert [each.message_id for each in world.deliveries.page(APP)] == [other.id]
    with pytest.raises(MessageNotFoundError):
        world.messages.get(APP, made.id)


async def test_a_message_that_was_meant_for_somebody_stays_whatever_tests_there_are(world: World) -> None:
    made = world.messages.create(APP, "m", "web_push", PUSH, START)
    world.person(1, push="https://push.example/1")
    world.messages.send_test(APP, made.id, 1, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 1, made.id, "c", START)])
    with pytest.raises(MessageSentError):
        world.definitions.delete_message(APP, made.id)
    assert len(world.deliveries.page(APP)) == 2
