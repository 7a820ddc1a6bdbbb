"""Webhooks are told of every change of membership once, in order, whatever fails on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.channels.webhook_sender import WebhookSender
from relance.events.model import Kind
from relance.infra.database import reading, writing
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.webhooks import store
from relance.webhooks.feed import Feed
from relance.webhooks.model import Webhook, WebhookState
from relance.webhooks.service import Webhooks
from tests.service.pipeline.rig import START, Rig, counted
from tests.service.webhooks.receiver import Receiver

pytestmark = pytest.mark.both_databases

SEALING = Sealing(b"s" * 32, WEBHOOK_SECRETS)


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", state, log_engine)
    yield made
    made.close()


class WebhookRig:
    """A rig with one webhook that a receiver answers."""

    def __init__(self, rig: Rig, receiver: Receiver) -> None:
        self.rig, self.receiver = rig, receiver
        self.webhooks = Webhooks(rig.state, SEALING, private=True)
        self.sender = WebhookSender(private=True, open_secret=SEALING.open)
        self.keen = self._segment("Keen", "Product Viewed")
        self.buyers = self._segment("Buyers", "Order Completed")
        rig.settle()

    def _segment(self, name: str, event: str) -> int:
        made = self.rig.segments.create(self.rig.app, name, counted(event, ">=", 1, "1h"), START).id
        self.rig.tick.definitions_changed()
        return made

    def feed(self) -> Feed:
        tick = self.rig.tick
        return Feed(self.rig.state, self.rig.parts.history, self.sender, 0, lambda: tick.cursor.position)

    async def make(self, *segments: int) -> tuple[Feed, Webhook]:
        made = self.webhooks.create(self.rig.app, self.receiver.url, segments, START)
        self.receiver.secret = made.secret
        feed = self.feed()
        await feed.changed()
        return feed, made

    def happen(self, user: str, name: str, at: int) -> None:
        self.rig.write(self.rig.track(user, name, at))
        self.rig.settle(at)

    def due_now(self, number: int) -> None:
        with writing(self.rig.state) as connection:
            store.retry_places(connection, number)


@pytest.fixture
async def hooks(rig: Rig) -> AsyncIterator[WebhookRig]:
    async with Receiver() as receiver:
        made = WebhookRig(rig, receiver)
        yield made
        await made.sender.close()


async def test_each_change_is_told_once_and_in_order(rig: Rig, hooks: WebhookRig) -> None:
    hooks.happen("before", "Product Viewed", 0)
    feed, _ = await hooks.make()
    hooks.happen("ada", "Product Viewed", 1_000)
    hooks.happen("bob", "Order Completed", 2_000)
    await feed.settle()
    hooks.happen("ada", "Order Completed", 3_000)
    await feed.settle()
    await feed.settle()
    expected = [("entered", hooks.keen, "ada"), ("entered", hooks.buyers, "bob"), ("entered", hooks.buyers, "ada")]
    assert hooks.receiver.changes == expected
    rig.settle(3_600_000)  # the hour of the first view is over
    await feed.settle()
    assert hooks.receiver.changes == [*expected, ("left", hooks.keen, "before")]
    assert hooks.receiver.taken[-1]["data"]["changes"][0]["segment"]["name"] == "Keen"
    assert len(set(hooks.receiver.ids)) == len(hooks.receiver.ids) == len(hooks.receiver.taken)


async def test_only_the_segments_asked_for_are_told(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make(hooks.buyers)
    hooks.happen("ada", "Product Viewed", 1_000)
    await feed.settle()
    assert hooks.receiver.ids == []
    [place] = hooks.webhooks.places(made.id)
    assert place.position == rig.tick.cursor.position  # what is not for it does not wait
    hooks.happen("ada", "Order Completed", 2_000)
    await feed.settle()
    assert hooks.receiver.changes == [("entered", hooks.buyers, "ada")]


async def test_a_failure_is_repeated_as_the_same_message_and_nothing_overtakes_it(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    hooks.receiver.answers = [500, 302]
    hooks.happen("ada", "Product Viewed", 1_000)
    await feed.settle()
    [place] = hooks.webhooks.places(made.id)
    assert (place.attempts, place.detail) == (1, "500 said so")
    hooks.happen("bob", "Product Viewed", 2_000)
    await feed.settle()  # not due yet
    assert len(hooks.receiver.ids) == 1
    hooks.due_now(made.id)
    await feed.changed()
    await feed.settle()  # the redirection is not followed
    hooks.due_now(made.id)
    feed = hooks.feed()  # another process goes on
    await feed.settle()
    assert hooks.receiver.changes == [("entered", hooks.keen, "ada"), ("entered", hooks.keen, "bob")]
    assert hooks.receiver.ids[0] == hooks.receiver.ids[1] == hooks.receiver.ids[2] != hooks.receiver.ids[3]
    [place] = hooks.webhooks.places(made.id)
    assert (place.attempts, place.failing_since) == (0, 0)


async def test_a_crash_between_the_post_and_its_record_repeats_the_message_under_its_id(
    hooks: WebhookRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, _ = await hooks.make()
    hooks.happen("ada", "Product Viewed", 1_000)
    posted = threading.Event()

    def crash(*_: object) -> None:
        posted.set()
        raise OSError("crashed")

    monkeypatch.setattr(feed, "_end", crash)
    monkeypatch.setattr("relance.webhooks.feed.PAUSE", 0)
    await feed.look()
    assert await asyncio.to_thread(posted.wait, 60)
    hooks.happen("bob", "Product Viewed", 2_000)
    await hooks.feed().settle()
    assert hooks.receiver.changes == [
        ("entered", hooks.keen, "ada"),
        ("entered", hooks.keen, "ada"),
        ("entered", hooks.keen, "bob"),
    ]
    assert hooks.receiver.ids[0] == hooks.receiver.ids[1] != hooks.receiver.ids[2]


async def test_an_address_that_says_gone_is_stopped_until_an_operator_lets_it_go_on(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    hooks.receiver.answers = [410]
    hooks.happen("ada", "Product Viewed", 1_000)
    await feed.settle()
    assert hooks.webhooks.get(rig.app, made.id).state is WebhookState.STOPPED
    hooks.happen("bob", "Product Viewed", 2_000)
    await feed.settle()
    assert len(hooks.receiver.ids) == 1
    hooks.webhooks.change(rig.app, made.id, paused=False)
    await feed.changed()
    await feed.settle()
    assert hooks.receiver.changes == [("entered", hooks.keen, "ada"), ("entered", hooks.keen, "bob")]


async def test_an_operator_may_skip_what_was_not_told(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    hooks.webhooks.change(rig.app, made.id, paused=True)
    await feed.changed()
    hooks.happen("ada", "Product Viewed", 1_000)
    await feed.settle()
    assert hooks.receiver.ids == []
    hooks.webhooks.skip(rig.app, made.id)
    await feed.changed()
    hooks.happen("bob", "Product Viewed", 2_000)
    await feed.settle()
    assert hooks.receiver.changes == [("entered", hooks.keen, "bob")]


async def test_a_person_who_was_deleted_meanwhile_is_not_told_of(rig: Rig, hooks: WebhookRig) -> None:
    feed, _ = await hooks.make()
    hooks.happen("ada", "Product Viewed", 1_000)
    hooks.happen("bob", "Product Viewed", 2_000)
    ada = rig.people.find(rig.app, "user_id", "ada")
    assert ada is not None
    rig.write(rig.event(Kind.DELETE, "", 3_000, {"person": ada.id}))
    rig.settle(3_000)
    await feed.settle()
    assert hooks.receiver.changes == [("entered", hooks.keen, "bob")]


async def test_a_member_who_becomes_part_of_another_is_told_of_under_the_former_id(rig: Rig, hooks: WebhookRig) -> None:
    feed, _ = await hooks.make()
    hooks.happen("ada", "Order Completed", 1_000)
    rig.write(*(rig.event(Kind.TRACK, name, 2_000, {}, anonymous_id="phone") for name in ("Order Completed", "Product Viewed")))
    rig.settle(2_000)
    await feed.settle()
    ada, phone = 1, 2
    assert hooks.receiver.listed == {(hooks.buyers, ada), (hooks.buyers, phone), (hooks.keen, phone)}
    rig.write(rig.identify("ada", 3_000, "phone"))
    rig.settle(3_000)
    await feed.settle()
    changes = [change for body in hooks.receiver.taken for change in body["data"]["changes"]][3:]
    assert {(each["type"], each["segment"]["id"], each["person"]["id"], each["former_id"]) for each in changes} == {
        ("merged", hooks.buyers, ada, phone),
        ("merged", hooks.keen, ada, phone),
        ("entered", hooks.keen, ada, None),
    }
    assert {each["person"]["user_id"] for each in changes} == {"ada"}
    assert hooks.receiver.listed == {(hooks.buyers, ada), (hooks.keen, ada)}


async def test_a_member_who_becomes_part_of_another_is_told_of_under_the_former_user_id(rig: Rig, hooks: WebhookRig) -> None:
    feed, _ = await hooks.make(hooks.buyers)
    for user in ("ada", "bob", "eve"):
        hooks.happen(user, "Order Completed", 1_000)
    for at, (user, former) in enumerate([("bob", "eve"), ("ada", "bob")], 2):
        rig.write(rig.event(Kind.ALIAS, "", at * 1_000, {"previous_id": former}, user_id=user))
        rig.settle(at * 1_000)
    await feed.settle()
    changes = [change for body in hooks.receiver.taken for change in body["data"]["changes"]]
    ids = {"ada": 1, "bob": 2, "eve": 3}
    assert {(each["type"], each["former_id"], each["former_user_id"]) for each in changes if each["former_id"]} == {
        *(("merged", ids[user], user) for user in ("bob", "eve")),
        *(("entered", ids[user], user) for user in ("bob", "eve")),
    }
    assert {each["person"]["user_id"] for each in changes} == {"ada"}
    assert hooks.receiver.listed == {(hooks.buyers, 1)}


@pytest.mark.parametrize("look_between", [True, False])
async def test_a_list_kept_by_what_is_told_is_right_however_soon_after_entering_one_becomes_part_of_another(
    rig: Rig, hooks: WebhookRig, look_between: bool
) -> None:
    feed, _ = await hooks.make(hooks.keen)
    hooks.happen("ada", "Order Completed", 1_000)
    rig.write(rig.event(Kind.TRACK, "Product Viewed", 2_000, {}, anonymous_id="phone"))
    rig.clock.advance(START + 2_000)
    rig.tick.run()  # its entering waits in the outbox when the two become one
    if look_between:
        rig.settle()
    rig.write(rig.identify("ada", 3_000, "phone"))
    rig.settle(3_000)
    await feed.settle()
    assert [(each["type"], each["former_id"]) for body in hooks.receiver.taken for each in body["data"]["changes"]] == [
        ("entered", 2),
        ("merged", 2),
        ("entered", None),
    ]
    assert hooks.receiver.listed == {(hooks.keen, 1)}
    rig.settle(3_602_000)
    await feed.settle()
    assert hooks.receiver.listed == set()


async def test_another_secret_signs_from_now_on_and_a_test_message_tells_what_came_of_it(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    assert (await feed.test(rig.app, made.id, START)).detail == "204"
    rotated = hooks.webhooks.rotate(rig.app, made.id)
    answer = await feed.test(rig.app, made.id, START)
    assert answer.detail == "401 wrong signature"
    hooks.receiver.secret = rotated.secret
    assert (await feed.test(rig.app, made.id, START)).detail == "204"


async def test_a_secret_is_kept_sealed_and_one_kept_in_clear_is_sealed_at_the_next_start(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    assert made.secret.startswith("whsec_")
    with writing(rig.state) as connection:
        kept = connection.execute(sa.text("SELECT secret FROM webhooks")).scalar_one()
        assert made.secret not in kept
        connection.execute(sa.text("UPDATE webhooks SET secret = :it"), {"it": made.secret})
    for _ in range(2):
        hooks.webhooks.seal_all()
        await feed.changed()
        assert (await feed.test(rig.app, made.id, START)).detail == "204"
    with reading(rig.state) as connection:
        again = connection.execute(sa.text("SELECT secret FROM webhooks")).scalar_one()
    assert SEALING.open(again) == made.secret
    assert again.startswith("sealed:")


async def test_a_secret_sealed_by_another_server_is_said_and_not_raised(rig: Rig, hooks: WebhookRig) -> None:
    feed, made = await hooks.make()
    with writing(rig.state) as connection:
        foreign = Sealing(b"o" * 32, WEBHOOK_SECRETS).seal(made.secret)
        connection.execute(sa.text("UPDATE webhooks SET secret = :it"), {"it": foreign})
    await feed.changed()
    assert "replace it" in (await feed.test(rig.app, made.id, START)).detail
