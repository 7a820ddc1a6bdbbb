"""Whom mail reaches, over HTTP: a mailbox that does not exist, an address that comes late, a button that is pressed again."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from typing_extensions import override

from tests.acceptance.shop import DAY, SECOND, Server, Shop, follow, say

pytestmark = pytest.mark.xdist_group("program")


class Relay(socketserver.ThreadingTCPServer):
    """An SMTP server where mailboxes that begin with ``gone`` do not exist."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.mails: dict[str, list[Message]] = {}
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    server: Relay

    @override
    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._answer()

    def _answer(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        recipient = ""
        while line := self.rfile.readline():
            verb, answer = line[:4].upper(), b"250 ok\r\n"
            if verb == b"RCPT":
                [recipient] = re.findall(r"<(.+?)>", line.decode())
                self.server.asked.append(recipient)
                answer = b"550 5.1.1 no such user\r\n" if recipient.startswith("gone") else answer
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part)
                self.server.mails.setdefault(recipient, []).append(message_from_bytes(b"".join(lines)))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else answer)


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    made = Relay()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Shop]:
    made = Server(tmp_path_factory.mktemp("reach"))
    made.program.settings |= {"smtp_host": "127.0.0.1", "smtp_port": relay.server_address[1], "smtp_security": "none"}
    made.program.settings["email_from"] = "Shop <shop@example.org>"
    try:
        made.start()
        yield made.new_shop("Shop")
    finally:
        made.program.kill()


def mailing(shop: Shop, event: str, **more: Any) -> int:
    """A journey that mails at once whoever does the event, each time; returns the message."""
    message = shop.mail(event, **more)
    shop.journey({"event": event, "key": "cart"}, say("mail", message))
    return message


def whole(shop: Shop, user: str) -> dict[str, Any]:
    person: dict[str, Any] = shop.get(f"/people/{shop.person(user)['id']}")
    return person


def test_a_mailbox_that_does_not_exist_is_not_written_to_again_until_it_is_allowed_again(shop: Shop, relay: Relay) -> None:
    message = mailing(shop, "Asked", **{"class": "transactional"})
    shop.identify("zoe", {"email": "gone.zoe@example.com"})
    shop.track("zoe", "Asked", {"cart": "first"})
    assert shop.deliveries(message) == [("failed", "bounced")]
    person = whole(shop, "zoe")
    [address] = person["subscriptions"]
    assert (address["state"], address["reason"]) == ("suppressed", "bounced")
    assert "message_bounced" in {each["event"] for each in shop.items(f"/people/{person['id']}/timeline")}
    shop.identify("zoe", {"email": "gone.zoe@example.com"})  # SDKs repeat it: that lifts nothing
    shop.track("zoe", "Asked", {"cart": "second"})
    assert shop.deliveries(message) == [("failed", "bounced"), ("skipped", "suppressed")]
    assert relay.asked.count("gone.zoe@example.com") == 1
    allow = {"version": whole(shop, "zoe")["version"], "subscriptions": [{"id": address["id"], "state": "subscribed"}]}
    assert shop.refusal("PATCH", f"/people/{person['id']}", allow)["reason"] == "operators_only"
    shop.server.as_operator("PATCH", f"{shop.api}/people/{person['id']}", allow)
    shop.track("zoe", "Asked", {"cart": "third"})
    assert relay.asked.count("gone.zoe@example.com") == 2


def test_an_address_that_arrives_two_seconds_after_the_event_gets_the_message(shop: Shop, relay: Relay) -> None:
    message = mailing(shop, "Joined", **{"class": "transactional"})
    shop.track("ivo", "Joined", {"cart": "c"})
    assert shop.deliveries(message) == [("pending", "no_subscription")]
    shop.wait(2 * SECOND)
    shop.identify("ivo", {"email": "ivo@example.com"})
    assert shop.deliveries(message) == [("sent", "")]
    assert [mail["Subject"] for mail in relay.mails["ivo@example.com"]] == ["Joined"]


def test_pressing_the_mailboxs_button_again_writes_nothing_new(shop: Shop, relay: Relay) -> None:
    message = mailing(shop, "Looked")
    shop.identify("una", {"email": "una@example.com", "consent": {"email": True}})
    shop.track("una", "Looked", {"cart": "first"})
    [mail] = relay.mails["una@example.com"]
    link = re.findall(r"<(http[^>]+)>", mail["List-Unsubscribe"].replace("\r\n ", ""))[0]
    person = whole(shop, "una")["id"]

    def press(body: bytes = b"List-Unsubscribe=One-Click") -> tuple[list[Any], list[Any]]:
        follow(link, body)
        shop.server.settle()
        return shop.items(f"/people/{person}/consents"), shop.items(f"/people/{person}/timeline?limit=200")

    records, timeline = press()
    no = [(each["granted"], each["explicit"], each["source"]) for each in records if each["explicit"]]
    assert no == [(False, True, "unsubscribe")]
    assert [each["event"] for each in timeline].count("message_unsubscribed") == 1
    for body in (b"List-Unsubscribe=One-Click", b"", b"List-Unsubscribe=One-Click\r\n"):
        assert press(body) == (records, timeline)
    shop.wait(DAY)
    assert press() == (records, timeline)
    shop.identify("una", {"email": "una@example.com", "consent": {"email": True}})
    shop.track("una", "Looked", {"cart": "second"})
    assert shop.deliveries(message) == [("sent", ""), ("skipped", "unsubscribed")]
