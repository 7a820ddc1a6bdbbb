"""Tracking links over HTTP: what counts, what does not, and that no link leads anywhere but where it was made to lead."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from relance.accounts.store import APPS
from relance.channels.registry import KINDS
from relance.events.model import Event, Flag
from relance.events.service import LogWriter, read_log
from relance.infra.database import reading, writing
from relance.links.signing import LinkKind, sign
from relance.messaging.store import DELIVERIES
from relance.web.tracking import handlers, routes
from relance.web.tracking.pages import Text, page
from tests.http.sandbox.server import StillClock, make_app
from tests.http.styled import look_at_styles

SECRET = b"s" * 32
DELIVERY = "0a" * 16
TEST_DELIVERY = "0b" * 16
TRIMMED = "0c" * 16
TARGET = "https://shop.example/cart?id=1&utm_source=relance#top"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}

Read = Callable[[], list[Event]]


def delivery_row(delivery_id: str, *, is_test: bool = False) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None if column.nullable else "" for column in DELIVERIES.columns}
    numbers = {
        "subscription_id": 4,
        "goal_length": 0,
        "created_at": 1,
        "due_at": 1,
        "attempts": 1,
        "conversions": 0,
    }
    about = {"id": delivery_id, "app_id": 3, "person_id": 7, "message_id": 9, "journey_id": 2, "channel": "email", "node": "mail"}
    return row | numbers | about | {"state": "sent", "is_test": is_test, "direct": False, "data": "{}"}


class Historian:
    """A worker whose history knows one delivery that is on the record no more."""

    async def call(self, name: str, *, delivery: str) -> dict[str, Any] | None:
        assert name == "past_delivery"
        return {"app": 3, "person": 7, "message": 9, "channel": "email"} if delivery == TRIMMED else None


@pytest.fixture
def log(log_engine: Engine) -> Iterator[LogWriter]:
    writer = LogWriter(log_engine, clock=StillClock())
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def client(state: Engine, log: LogWriter) -> Iterator[TestClient[Any]]:
    with writing(state) as connection:
        app_row = {"id": 3, "name": "Moonlight & Co", "slug": "moonlight", "settings": "{}", "created_at": 1, "version": 1}
        connection.execute(APPS.insert(), app_row)
        connection.execute(DELIVERIES.insert(), [delivery_row(DELIVERY), delivery_row(TEST_DELIVERY, is_test=True)])
    app = make_app(handlers, state=state, log=log, clock=StillClock(), secret=SECRET, worker=Historian())
    with TestClient(app, base_url="https://relance.example", raise_server_exceptions=False) as found:
        found.follow_redirects = False
        yield look_at_styles(found)


@pytest.fixture
def events(log_engine: Engine) -> Read:
    def read() -> list[Event]:
        with reading(log_engine) as connection:
            return [event for batch in read_log(connection, 0, 0, 1_000) for event in batch.events]

    return read


def link(kind: LinkKind, target: str = "", *, delivery: str = DELIVERY, secret: bytes = SECRET) -> str:
    return f"/t/{kind.value}/{sign(secret, delivery, kind, target)}"


def tampered(url: str) -> str:
    last = url[-9]
    return f"{url[:-9]}{'A' if last != 'A' else 'B'}{url[-8:]}"


def test_a_picture_that_is_loaded_is_an_opening_once(client: TestClient[Any], events: Read) -> None:
    for _ in range(2):
        answer = client.get(link(LinkKind.OPEN))
        assert (answer.status_code, answer.headers["content-type"], answer.content[:6]) == (200, "image/gif", b"GIF89a")
        assert "no-store" in answer.headers["cache-control"]
    first, second = events()
    assert (first.kind, first.name, first.app_id, first.person_id) == ("derived", "message_opened", 3, 7)
    assert (first.occurred_at, first.received_at) == (1_000, 1_000)
    assert msgspec.json.decode(first.body) == {
        "delivery": DELIVERY,
        "message": 9,
        "channel": "email",
        "journey": 2,
        "node": "mail",
    }
    assert (first.message_id, first.body) == (second.message_id, second.body)


def test_a_click_is_noted_and_leads_to_the_signed_target(client: TestClient[Any], events: Read) -> None:
    answer = client.get(link(LinkKind.CLICK, TARGET))
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    client.get(link(LinkKind.CLICK, "https://shop.example/other"))
    opened, first, _, second = events()
    assert (first.name, msgspec.json.decode(first.body)["url"]) == ("message_clicked", TARGET)
    assert first.message_id != second.message_id
    assert (opened.name, opened.flags) == ("message_opened", 0)


def test_each_later_click_is_an_event_and_the_mail_is_opened_once(client: TestClient[Any], state: Engine, events: Read) -> None:
    for instant in (1_000, 2_000, 2_000):
        client.app.state.context.clock.instant = instant
        client.get(link(LinkKind.CLICK, TARGET))
    clicks = [each for each in events() if each.name == "message_clicked"]
    assert len({each.message_id for each in clicks}) == 2
    opened = [each for each in events() if each.name == "message_opened"]
    assert len({(each.message_id, each.body) for each in opened}) == 1
    with writing(state) as connection:  # a day later it is known to be open
        connection.execute(DELIVERIES.update().where(DELIVERIES.c.id == DELIVERY).values(opened_at=1))
    before = len(events())
    client.get(link(LinkKind.CLICK, TARGET))
    assert [each.name for each in events()[before:]] == ["message_clicked"]


WHERE_THEY_LEAD = {
    "https://shop.example/été?q=a b%20c": "https://shop.example/%C3%A9t%C3%A9?q=a%20b%20c",
    "https://bücher.example/#ü": "https://xn--bcher-kva.example/#%C3%BC",
    "https:\\\\shop.example\\a?b\\c": "https://shop.example/a?b\\c",
    "https://a\\@b": "https://a/@b",
    "https://shop.example/a\r\nX: y": "https://shop.example/aX:%20y",
    "https://shop.example/?" + "x" * 6_000: "https://shop.example/?" + "x" * 6_000,
}


def test_a_target_beyond_ascii_is_encoded(client: TestClient[Any]) -> None:
    for target, location in WHERE_THEY_LEAD.items():
        assert client.get(link(LinkKind.CLICK, target)).headers["location"] == location


NO_WEB_ADDRESSES = (
    *("", "javascript:alert(1)", "//evil.example", "/local", "data:text/html,x", "https://", "https://a\r\nX: y"),
    *("https:evil.example", "ftp://a/b", "https://[x", "https://a b/"),
)


def test_a_signed_target_that_is_no_web_address_is_not_followed(client: TestClient[Any], events: Read) -> None:
    for target in NO_WEB_ADDRESSES:
        answer = client.get(link(LinkKind.CLICK, target))
        assert (answer.status_code, "location" in answer.headers) == (404, False), target
    assert events() == []


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_link_of_another_secret_kind_or_shape_is_refused(client: TestClient[Any], events: Read, kind: LinkKind) -> None:
    end = "/clicked" if kind is LinkKind.PUSH else ""
    other = LinkKind.OPEN if kind is not LinkKind.OPEN else LinkKind.CLICK
    bad = [
        link(kind, TARGET, secret=b"x" * 32),
        tampered(link(kind, TARGET)),
        link(other, TARGET).replace(f"/t/{other.value}/", f"/t/{kind.value}/"),
        f"/t/{kind.value}/x",
        f"/t/{kind.value}/%00",
        f"/t/{kind.value}/%C3%A9",
        f"/t/{kind.value}/{'A' * 9_000}",
    ]
    for url in bad:
        answer = client.post(url + end, data=ONE_CLICK) if kind is LinkKind.PUSH else client.get(url)
        assert answer.status_code in (400, 404), url
        assert "location" not in answer.headers
        if kind is LinkKind.UNSUBSCRIBE:
            assert client.post(url, data=ONE_CLICK).status_code == 404
    assert events() == []


NOBODY: tuple[dict[str, str], ...] = (
    {"Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"X-Moz": "prefetch"},
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"User-Agent": "Proofpoint URL Defense"},
)


def test_a_prefetch_or_a_scanner_is_led_on_and_not_counted(client: TestClient[Any], events: Read) -> None:
    for headers in NOBODY:
        assert client.get(link(LinkKind.CLICK, TARGET), headers=headers).status_code == 302
        assert client.get(link(LinkKind.OPEN), headers=headers).status_code == 200
    assert events() == []


def test_a_head_is_not_counted_and_a_phone_of_an_odd_name_is(client: TestClient[Any], events: Read) -> None:
    assert client.head(link(LinkKind.CLICK, TARGET)).headers["location"] == TARGET
    assert client.head(link(LinkKind.OPEN)).status_code == 200
    assert events() == []
    client.get(link(LinkKind.CLICK, TARGET), headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/100"})
    assert [each.name for each in events()] == ["message_opened", "message_clicked"]


def test_looking_at_the_unsubscribe_page_changes_nothing(client: TestClient[Any], events: Read) -> None:
    answer = client.get(link(LinkKind.UNSUBSCRIBE))
    assert answer.status_code == 200
    assert '<form method="post">' in answer.text
    assert '<html lang="en">' in answer.text
    assert "Unsubscribe from messages of Moonlight &amp; Co by e-mail?" in answer.text
    assert client.head(link(LinkKind.UNSUBSCRIBE)).status_code == 200
    assert events() == []


def test_the_page_speaks_french_and_its_policy_allows_its_own_style_only(client: TestClient[Any]) -> None:
    answer = client.get(link(LinkKind.UNSUBSCRIBE), headers={"Accept-Language": "de, fr-FR;q=0.8, en;q=0.5"})
    assert '<html lang="fr">' in answer.text
    assert "Me désabonner" in answer.text
    assert "Ne plus recevoir de messages de Moonlight &amp; Co par e-mail ?" in answer.text
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy + answer.text


@pytest.mark.parametrize("form", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}])
def test_one_post_unsubscribes_and_takes_the_consent_back(client: TestClient[Any], events: Read, form: dict[str, Any]) -> None:
    answer = client.post(link(LinkKind.UNSUBSCRIBE), **form)
    assert answer.status_code == 200
    assert "unsubscribed" in answer.text
    assert "Moonlight &amp; Co will send you no more messages of this kind by e-mail" in answer.text
    happened, command = events()
    assert (happened.kind, happened.name, happened.person_id) == ("derived", "message_unsubscribed", 7)
    assert (command.kind, command.app_id, command.person_id) == ("edit", 3, 7)
    assert msgspec.json.decode(command.body) == {
        "consent": {
            "channel": "email",
            "topic": "general",
            "granted": False,
            "source": "unsubscribe",
            "proof": {"delivery": DELIVERY, "message": 9, "by": "one_click"},
        }
    }


def test_the_link_of_a_delivery_that_was_trimmed_unsubscribes_and_changes_no_figure(
    client: TestClient[Any], events: Read
) -> None:
    assert client.get(link(LinkKind.UNSUBSCRIBE, delivery=TRIMMED)).status_code == 200
    answer = client.post(link(LinkKind.UNSUBSCRIBE, delivery=TRIMMED), data=ONE_CLICK)
    assert answer.status_code == 200
    [command] = events()
    assert (command.kind, command.app_id, command.person_id) == ("edit", 3, 7)
    assert msgspec.json.decode(command.body)["consent"]["granted"] is False
    assert client.get(link(LinkKind.UNSUBSCRIBE, delivery="0d" * 16)).status_code == 404


BODIES_OF_MAILBOXES = (
    (b"", None),
    (b"", "application/x-www-form-urlencoded"),
    (b"List-Unsubscribe=One-Click\r\n", "application/x-www-form-urlencoded"),
    (b"List-Unsubscribe=One-Click\n\n", "application/x-www-form-urlencoded; charset=utf-8"),
    (b"list-unsubscribe=one-click", "application/x-www-form-urlencoded"),
    (b"List-Unsubscribe=One-Click", "text/plain"),
    (b"List-Unsubscribe=One-Click", None),
    (b"\xff\xfe", "application/x-www-form-urlencoded"),
    (b"garbage", "multipart/form-data"),
    (b"garbage", "multipart/form-data; boundary=x"),
    (b"{}", "application/json"),
    (b"{", "application/json"),
)


@pytest.mark.parametrize(("content", "kind"), BODIES_OF_MAILBOXES)
def test_whatever_a_mailbox_posts_unsubscribes(client: TestClient[Any], events: Read, content: bytes, kind: str | None) -> None:
    answer = client.post(link(LinkKind.UNSUBSCRIBE), content=content, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 200
    assert [event.kind for event in events()] == ["derived", "edit"]


def test_a_body_that_is_too_large_is_refused(client: TestClient[Any], events: Read) -> None:
    large = b"List-Unsubscribe=One-Click&x=" + b"x" * 20_000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(link(LinkKind.UNSUBSCRIBE), content=large, headers=headers).status_code == 413
    assert events() == []


def test_a_phone_tells_what_became_of_a_push(client: TestClient[Any], events: Read) -> None:
    for action in ("delivered", "clicked", "dismissed", "delivered"):
        answer = client.post(f"{link(LinkKind.PUSH)}/{action}")
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert [event.name for event in events()] == [
        "message_delivered",
        "message_clicked",
        "message_dismissed",
        "message_delivered",
    ]
    assert len({event.message_id for event in events()}) == 3
    assert client.post(f"{link(LinkKind.PUSH)}/eaten").status_code == 404
    assert client.get(f"{link(LinkKind.PUSH)}/delivered").status_code == 405


def test_a_delivery_that_is_forgotten_leads_on_and_is_not_noted(client: TestClient[Any], events: Read) -> None:
    gone = "ff" * 16
    assert client.get(link(LinkKind.OPEN, delivery=gone)).status_code == 200
    assert client.get(link(LinkKind.CLICK, TARGET, delivery=gone)).headers["location"] == TARGET
    assert client.get(link(LinkKind.UNSUBSCRIBE, delivery=gone)).status_code == 404
    assert client.post(link(LinkKind.UNSUBSCRIBE, delivery=gone), data=ONE_CLICK).status_code == 404
    assert client.post(f"{link(LinkKind.PUSH, delivery=gone)}/clicked").status_code == 404
    assert events() == []


def test_what_is_done_with_a_test_send_is_marked(client: TestClient[Any], events: Read) -> None:
    client.get(link(LinkKind.OPEN, delivery=TEST_DELIVERY))
    [event] = events()
    assert (event.flags, event.name, msgspec.json.decode(event.body)["what"]) == (Flag.SYNTHETIC, "message_tested", "opened")


def test_who_unsubscribes_by_a_tests_link_has_unsubscribed_and_counts_nowhere(client: TestClient[Any], events: Read) -> None:
    client.post(link(LinkKind.UNSUBSCRIBE, delivery=TEST_DELIVERY), data=ONE_CLICK)
    answered, *others = events()
    assert (answered.name, msgspec.json.decode(answered.body)["what"]) == ("message_tested", "unsubscribed")
    assert [each.kind for each in others] == ["edit"]


def test_while_the_log_cannot_be_written_links_lead_on_and_unsubscribing_says_so(client: TestClient[Any], log: LogWriter) -> None:
    log.stop()
    assert client.get(link(LinkKind.CLICK, TARGET)).headers["location"] == TARGET
    assert client.get(link(LinkKind.OPEN)).status_code == 200
    assert client.post(link(LinkKind.UNSUBSCRIBE), data=ONE_CLICK).status_code == 503


class Dead:
    """A store, or a log, that fails or does not answer before it is let go."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error
        self.asked = 0
        self.let_go = threading.Event()

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        if self._error is not None:
            raise self._error
        self.let_go.wait(60)
        raise OSError(name)


@pytest.mark.parametrize(
    "error", [OperationalError("select", {}, Exception("gone")), OSError("no space"), None], ids=["db", "disk", "hangs"]
)
def test_whoever_follows_a_link_gets_there_whatever_is_wrong_with_the_store(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.2)
    dead = Dead(error)
    app = make_app(handlers, state=dead, log=dead, clock=StillClock(), secret=SECRET)
    with TestClient(app, base_url="https://relance.example", raise_server_exceptions=False) as found:
        found.follow_redirects = False
        began = time.monotonic()
        answer = found.get(link(LinkKind.CLICK, TARGET))
        assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
        assert found.get(link(LinkKind.OPEN)).status_code == 200
        assert time.monotonic() - began < 50  # the store that hangs does so for 60
        assert dead.asked
        monkeypatch.setattr(routes, "MOST_PENDING", 0)
        asked = dead.asked
        assert found.get(link(LinkKind.CLICK, TARGET)).status_code == 302
        assert dead.asked == asked
        dead.let_go.set()


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(("language", "by"), [("en", "by"), ("fr", "par")])
def test_the_unsubscribe_page_names_the_channel_that_the_message_came_by(kind: str, language: str, by: str) -> None:
    for text in (Text.ASK, Text.DONE):
        said = page(text, language, "Shop", channel=kind).decode()
        assert f"{by} {KINDS[kind].labels[language]}" in said
        assert "{" not in said.partition("</style>")[2]
        assert ("mail" in said) is (kind == "email")
