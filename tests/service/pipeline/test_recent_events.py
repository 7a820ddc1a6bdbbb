"""What messages name of a person's past: the same whatever came late, twice or by a merge, and gone with the person."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from relance.accounts.model import ShopEvents
from relance.accounts.service import Accounts
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Batch, Flag, Kind
from relance.infra.database import reading, writing
from relance.journeys.service import held_runs
from relance.messaging.model import MessageClass, SkipReason
from relance.messaging.recent import service as recent
from relance.messaging.service import Dispatcher, Preparation, SenderSettings
from relance.worker.recent_events import RecentEventsThread
from tests.service.pipeline.rig import START, Rig
from tests.service.world import EMAIL, SECRET, NotedTransport

pytestmark = pytest.mark.both_databases
SENDING = SenderSettings("https://relance.example", "Shop <shop@example.com>")
NEWS = (
    "{{ since_last_visit['Connection Made'].count }}"
    "{% if since_last_visit['Connection Made'].last %} by {{ since_last_visit['Connection Made'].last.by }}{% endif %}"
)
CART = "{{ last_cart.products | map: 'title' | join: ', ' }}|{{ last_viewed.title }}|{{ last_viewed.at | date: '%H:%M' }}"


class Ticks:
    """Rounds of ticks at the instant of the rig's clock."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def wake(self) -> int:
        return 1

    def wait(self, ticket: int, timeout: float) -> bool:
        self.rig.settle()
        return bool(ticket and timeout)


class Reader:
    """One app whose mails name the past, and a dispatcher."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.mail = rig, NotedTransport()
        preparation = Preparation(Accounts(rig.state).app, held_runs, [EMAIL], SENDING.base_url, SECRET, SENDING.sender)
        self.sender = Dispatcher(rig.state, rig.log, rig.clock, {EMAIL: self.mail}, preparation, lambda: None)
        self.thread = RecentEventsThread(rig.parts, Ticks(rig))

    def message(self, subject: str) -> int:
        content = {"subject": subject, "text": "…"}
        made = self.rig.messages.create(self.rig.app, "news", "email", content, START, message_class=MessageClass.TRANSACTIONAL)
        return made.id

    def person(self, user: str, at: int = 0, **more: Any) -> int:
        self.rig.write(self.rig.identify(user, at, email=f"{user}@example.com", **more))
        self.rig.settle(at)
        found = self.rig.people.find(self.rig.app, "user_id", user)
        assert found is not None
        return found.id

    def background(self, user: str, name: str, at: int, received_at: int | None = None, **body: Any) -> None:
        """Something that is told of a person who is elsewhere."""
        more = {"flags": Flag.BACKGROUND.value, "received_at": START + (at if received_at is None else received_at)}
        self.rig.write(self.rig.event(Kind.TRACK, name, at, body, user_id=user, **more))

    def preview(self, message: int, person: int) -> str:
        app = Accounts(self.rig.state).app(self.rig.app)
        [shown] = self.rig.messages.preview(app, message, person, self.rig.clock.now(), SENDING)
        return str(shown.content.get("subject", shown.unsendable))

    def send(self, message: int, person: int) -> str:
        """What leaves; the preview says the same."""
        before = len(self.mail.sent)
        said = self.preview(message, person)
        self.rig.messages.send(self.rig.app, message, person, self.rig.clock.now())
        asyncio.run(self.sender.run_due(self.rig.clock.now()))
        [(_, _, rendered)] = self.mail.sent[before:]
        assert rendered.subject == said
        return said

    def rows(self, table: str) -> int:
        with reading(self.rig.state) as connection:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def shop(rig: Rig) -> Reader:
    return Reader(rig)


def test_three_new_connections_since_the_last_visit_those_before_the_message_and_after_it(shop: Reader) -> None:
    ada = shop.person("ada")
    shop.rig.write(shop.rig.track("ada", "App Opened", HOUR))
    shop.background("ada", "Connection Made", MINUTE, by="Before")
    shop.background("ada", "Connection Made", 2 * HOUR, by="Bob")
    shop.rig.settle(3 * HOUR)
    news = shop.message(NEWS)
    shop.thread.bring_in_line()
    assert shop.send(news, ada) == "1 by Bob", "what history had"
    shop.background("ada", "Connection Made", 4 * HOUR, by="Eve")
    shop.background("ada", "Connection Made", 5 * HOUR, by="Hal")
    shop.rig.settle(6 * HOUR)
    assert shop.send(news, ada) == "3 by Hal"
    shop.rig.write(shop.rig.track("ada", "App Opened", 7 * HOUR))
    shop.rig.settle(7 * HOUR)
    assert shop.send(news, ada) == "0"


def test_late_events_and_late_visits_count_by_when_they_happened(shop: Reader) -> None:
    ada = shop.person("ada")
    news = shop.message(NEWS)
    shop.thread.bring_in_line()
    shop.background("ada", "Connection Made", 5 * HOUR, by="Hal")
    shop.rig.settle(6 * HOUR)
    shop.background("ada", "Connection Made", 4 * HOUR, 8 * HOUR, by="Bob")
    shop.rig.settle(8 * HOUR)
    assert shop.send(news, ada) == "2 by Hal", "the newest is the last that happened, not the last that came"
    visit = shop.rig.event(Kind.TRACK, "App Opened", 4 * HOUR + MINUTE, {}, user_id="ada", received_at=START + 9 * HOUR)
    shop.rig.write(visit)
    shop.rig.settle(9 * HOUR)
    assert shop.send(news, ada) == "1 by Hal"


def test_what_came_twice_counts_once_and_reading_history_again_changes_nothing(shop: Reader) -> None:
    ada = shop.person("ada")
    twice = shop.rig.event(Kind.TRACK, "Connection Made", HOUR, {"by": "Bob"}, user_id="ada", flags=Flag.BACKGROUND.value)
    shop.rig.write(twice, twice)
    shop.rig.settle(2 * HOUR)
    news = shop.message(NEWS)
    shop.thread.bring_in_line()
    with shop.rig.state.begin() as connection:
        connection.execute(sa.text("UPDATE kept_events SET filled_to = 0, fill_to = NULL"))
    shop.rig.write(twice)
    shop.thread.bring_in_line()
    assert shop.send(news, ada) == "1 by Bob"


def test_two_who_become_one_have_both_pasts(shop: Reader) -> None:
    ada, bob = shop.person("ada"), shop.person("bob")
    news, cart = shop.message(NEWS), shop.message(CART)
    shop.thread.bring_in_line()
    shop.background("ada", "Connection Made", HOUR, by="Eve")
    shop.background("bob", "Connection Made", 2 * HOUR, by="Hal")
    shop.background("bob", "Product Viewed", 2 * HOUR, title="Shoe")
    shop.rig.settle(3 * HOUR)
    shop.rig.write(shop.rig.event(Kind.MERGE, "", 3 * HOUR, {"into": ada, "from": bob}, person_id=ada))
    shop.rig.settle(3 * HOUR)
    assert (shop.send(news, ada), shop.send(cart, ada)) == ("2 by Hal", "|Shoe|16:13")
    with shop.rig.state.begin() as connection:
        connection.execute(sa.text("DELETE FROM recent_events"))
        connection.execute(sa.text("UPDATE kept_events SET filled_to = 0, fill_to = NULL"))
    shop.thread.bring_in_line()
    assert shop.send(news, ada) == "2 by Hal", "history tells it of the two by who they are today"


def test_whoever_is_deleted_leaves_nothing_behind_and_history_brings_nothing_back(shop: Reader) -> None:
    ada, _ = shop.person("ada"), shop.person("bob")
    shop.message(NEWS)
    shop.thread.bring_in_line()
    for user in ("ada", "bob"):
        shop.background(user, "Connection Made", HOUR, by="Eve")
    shop.rig.settle(2 * HOUR)
    assert shop.rows("recent_events") == 2
    shop.rig.write(shop.rig.event(Kind.DELETE, "", 2 * HOUR, {"person": ada}, person_id=ada))
    shop.rig.settle(2 * HOUR)
    assert shop.rows("recent_events") == 1
    with shop.rig.state.begin() as connection:
        connection.execute(sa.text("UPDATE kept_events SET filled_to = 0, fill_to = NULL"))
    shop.thread.bring_in_line()
    assert shop.rows("recent_events") == 1


def test_a_message_waits_until_history_is_read_and_its_preview_shows_a_gap(shop: Reader) -> None:
    ada = shop.person("ada")
    shop.background("ada", "Connection Made", HOUR, by="Eve")
    shop.rig.settle(2 * HOUR)
    news = shop.message(NEWS)
    app = Accounts(shop.rig.state).app(shop.rig.app)
    [shown] = shop.rig.messages.preview(app, news, ada, shop.rig.clock.now(), SENDING)
    assert [each.variable for each in shown.missing] == ["since_last_visit"], "not a count of what was read so far"
    [delivery] = shop.rig.messages.send(shop.rig.app, news, ada, shop.rig.clock.now())
    asyncio.run(shop.sender.run_due(shop.rig.clock.now()))
    waiting = shop.rig.deliveries.get(shop.rig.app, delivery.id)
    assert (waiting.state, waiting.reason, shop.mail.sent) == ("pending", SkipReason.HISTORY_READ, [])
    shop.thread.bring_in_line()
    shop.rig.settle(2 * HOUR + MINUTE)
    asyncio.run(shop.sender.run_due(shop.rig.clock.now()))
    [(_, _, rendered)] = shop.mail.sent
    assert rendered.subject == "1 by Eve"


def test_the_cart_is_the_last_one_and_none_once_it_is_bought_whichever_came_first(shop: Reader) -> None:
    ada = shop.person("ada")
    cart = shop.message(CART)
    shop.thread.bring_in_line()
    shop.rig.write(shop.rig.track("ada", "Product Viewed", HOUR, title="Shoe"))
    shop.rig.write(shop.rig.track("ada", "Cart Updated", 2 * HOUR, products=[{"title": "Shoe"}, {"title": "Hat"}]))
    shop.rig.settle(3 * HOUR)
    assert shop.send(cart, ada) == "Shoe, Hat|Shoe|15:13"
    bought = shop.rig.event(Kind.TRACK, "Order Completed", 4 * HOUR, {}, user_id="ada", received_at=START + 6 * HOUR)
    shop.rig.write(shop.rig.track("ada", "Cart Updated", 5 * HOUR, products=[{"title": "Belt"}]), bought)
    shop.rig.settle(6 * HOUR)
    assert shop.send(cart, ada) == "Belt|Shoe|15:13", "the order was of the cart before"
    shop.rig.write(shop.rig.track("ada", "Order Completed", 7 * HOUR))
    shop.rig.settle(7 * HOUR)
    assert shop.send(cart, ada) == "|Shoe|15:13"


def test_an_app_with_other_names_says_them(shop: Reader) -> None:
    ada = shop.person("ada")
    shop.rig.write(shop.rig.track("ada", "seen", HOUR, title="Flat"), shop.rig.track("ada", "Product Viewed", HOUR, title="Shoe"))
    shop.rig.settle(2 * HOUR)
    accounts, cart = Accounts(shop.rig.state), shop.message(CART)
    shop.thread.bring_in_line()
    assert shop.send(cart, ada) == "|Shoe|15:13"
    accounts.update_app(shop.rig.app, START, version=1, shop_events=ShopEvents(viewed=("seen",), cart=(), cart_over=()))
    shop.thread.bring_in_line()
    assert shop.send(cart, ada) == "|Flat|15:13"
    with reading(shop.rig.state) as connection:
        assert list(connection.execute(sa.text("SELECT DISTINCT event FROM recent_events")).scalars()) == ["seen"]


def test_what_no_message_names_is_not_kept(shop: Reader) -> None:
    shop.person("ada")
    news = shop.message(NEWS)
    shop.thread.bring_in_line()
    shop.background("ada", "Connection Made", HOUR, by="Eve")
    shop.rig.settle(2 * HOUR)
    assert (shop.rows("kept_events"), shop.rows("recent_events")) == (1, 1)
    shop.rig.messages.update(shop.rig.app, news, 1, {"content": {"subject": "Hi", "text": "Hi"}}, START)
    shop.thread.bring_in_line()
    assert (shop.rows("kept_events"), shop.rows("recent_events")) == (0, 0)
    shop.background("ada", "Connection Made", 3 * HOUR, by="Hal")
    shop.rig.settle(3 * HOUR)
    assert shop.rows("recent_events") == 0


def test_facts_the_device_the_segment_and_the_apps_settings(shop: Reader) -> None:
    context = {
        "locale": "fr-BE",
        "location": {"city": "Lille", "country": "BE"},
        "device": {"type": "ios", "model": "iPhone 17"},
        "os": {"name": "iOS", "version": "20.1"},
    }
    ada = shop.person("ada", context=context)
    segment = shop.rig.segments.create(
        shop.rig.app, "Regulars", {"kind": "trait", "name": "email", "is": "exists"}, START, author="t"
    )
    accounts = Accounts(shop.rig.state)
    accounts.update_app(shop.rig.app, START, version=1, site="https://shop.example", currency="EUR")
    text = (
        "{{ facts.city }} {{ facts.country }} {{ facts.language }} {{ facts.device_type }} {{ facts.os }}"
        " {{ facts.device_model }} {{ app.site }} {{ app.currency }} {{ app.name }} {{ segment.name }} {{ subscription.channel }}"
    )
    message = shop.message(text)
    name = accounts.app(shop.rig.app).name
    facts = "Lille BE fr mobile iOS iPhone 17 https://shop.example EUR"
    assert shop.send(message, ada) == f"{facts} {name} email"
    app = accounts.app(shop.rig.app)
    body = b'{"segment":%d}' % segment.id
    [shown] = shop.rig.messages.preview(app, message, ada, START + DAY, SENDING, event_body=body)
    assert shown.content["subject"] == f"{facts} {name} Regulars email"
    body = b'{"segment":%d,"total":3}' % segment.id
    [shown] = shop.rig.messages.preview(app, message, ada, START + DAY, SENDING, event_body=body)
    assert shown.content["subject"] == f"{facts} {name} email", "an event of theirs that happens to have such a property"


def test_two_that_write_about_one_person_at_once_lose_nothing(shop: Reader) -> None:
    ada = shop.person("ada")
    shop.message(NEWS)
    shop.thread.bring_in_line()
    together = threading.Barrier(2, timeout=30)

    def keep(first: int) -> None:
        for number in range(first, first + 40, 2):
            event = shop.rig.event(Kind.TRACK, "Connection Made", number, {}, user_id="ada", message_id=f"at {number}")
            together.wait()
            with writing(shop.rig.state) as connection:
                recent.observe(connection, Batch([event], [ada], [False], 1))

    threads = [threading.Thread(target=keep, args=(first,)) for first in (1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with reading(shop.rig.state) as connection:
        [kept] = recent.read(connection, shop.rig.app, ["Connection Made"], [ada]).values()
    assert [at - START for at, _ in kept.instants] == [*range(40, 0, -1)]
