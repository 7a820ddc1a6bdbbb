"""Webhook. Another system is told, signed, of everybody who enters or leaves a segment, and asked by a step of a journey, whose
later steps go by what it answers.

Missing: nothing.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typing_extensions import override

from tests.acceptance.shop import HOUR, MINUTE, Shop, did

pytestmark = pytest.mark.xdist_group("stories")

Posted = list[tuple[dict[str, str], bytes]]
SERVICE = {"class": "service"}
POINTS = {"ada": 7, "bob": 2}  # what the other system knows of people; it has never heard of anybody else


@pytest.fixture
def listener() -> Iterator[tuple[str, Posted]]:
    """Another system: its address, and what was posted to it."""
    posted: Posted = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            asked_of = json.loads(body).get("points_of") if body else None
            if asked_of is None:
                self.send_response(204)
                self.end_headers()
                return
            known = POINTS.get(asked_of)
            said = json.dumps({"error": "unknown"} if known is None else {"points": known, "level": {"name": "Gold"}}).encode()
            self.send_response(404 if known is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        @override
        def log_message(self, *_: Any) -> None:
            """Nothing: the test reads what was posted."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
        server.shutdown()
        thread.join()


def test_who_enters_and_leaves_is_told_and_signed(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    lookers = shop.segment(did("Product Viewed", window={"last": "1h"}), "Lookers")
    shop.segment(did("Order Completed"), "Not asked for")
    secret = shop.post("/webhooks", {"url": url, "segments": [lookers]})["secret"]
    shop.track("ada", "Product Viewed")
    shop.track("ada", "Order Completed")
    shop.wait(61 * MINUTE)
    deadline = time.monotonic() + 60
    while len(answer(posted)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer(posted) == [("entered", "Lookers", "ada"), ("left", "Lookers", "ada")]
    for headers, body in posted:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, sha256).digest()
        assert headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"


def answer(posted: Posted) -> list[tuple[str, str, str]]:
    changes = [each for _, body in posted for each in json.loads(body)["data"]["changes"]]
    return [(each["type"], each["segment"]["name"], each["person"]["user_id"]) for each in changes]


SECRET = f"whsec_{b64encode(bytes(range(32))).decode()}"


def webhook(shop: Shop, url: str, **more: Any) -> int:
    """A message that is posted; the app has an account that signs."""
    shop.post("/providers", {"type": "signed_webhooks", "name": "Ours", "settings": {}, "secrets": {"signing_secret": SECRET}})
    body = {"user": "{{ user.id }}", "total": "{{ event.total }}", "note": "Thanks, {{ user.first_name }}"}
    content = {"url": f"{url}/{{{{ event.order_id }}}}", "body": body, "headers": {"X-App": "{{ app.name }}"}}
    made = shop.post("/messages", {"name": "Tell", "channel": "webhook", "class": "service", "content": content, **more})
    return int(made["id"])


def test_a_step_of_a_journey_asks_another_system_about_whoever_has_no_address(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    message = webhook(shop, url)
    shop.journey({"event": "Order Completed"}, {"id": "tell", "kind": "message", "message": message, "next": None})
    shop.identify("ada", {"first_name": 'Ada "A"'})
    shop.track("ada", "Order Completed", {"order_id": "o/7", "total": 12.5})
    shop.server.settle()
    [(headers, body)] = posted
    assert json.loads(body) == {"user": "ada", "total": 12.5, "note": 'Thanks, Ada "A"'}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(bytes(range(32)), signed, sha256).digest()
    assert headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"
    assert shop.deliveries(message) == [("sent", "")]
    shown = shop.post(f"/messages/{message}/preview", {"alias": "user_id:ada", "event": {"order_id": "1", "total": 3}})
    assert (shown["content"]["url"], shown["content"]["body"]["total"]) == (f"{url}/1", 3)


def test_without_an_account_that_signs_nothing_is_posted(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    content = {"url": url, "body": {"user": "{{ user.id }}"}}
    message = shop.post("/messages", {"name": "Tell", "channel": "webhook", "class": "service", "content": content})["id"]
    shop.journey({"event": "Go"}, {"id": "tell", "kind": "message", "message": message, "next": None})
    shop.track("ada", "Go")
    assert (shop.deliveries(message), posted) == ([("skipped", "no_channel")], [])


def test_a_call_of_ones_own_server_posts_one(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    message = webhook(shop, url, **{"class": "transactional"})
    shop.identify("ada", {"first_name": "Ada"})
    shop.post(f"/messages/{message}/send", {"alias": "user_id:ada", "data": {"order_id": "1", "total": 1}})
    shop.server.settle()
    assert [json.loads(body)["total"] for _, body in posted] == [1]


def test_a_cap_holds_a_webhook_as_it_holds_any_message(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    message = webhook(shop, url, **{"class": "marketing", "when_held": "skip"})
    shop.post("/caps", {"name": "One a day", "most": 1, "rolling": "24h"})
    shop.journey({"event": "Go", "reentry": "always"}, {"id": "tell", "kind": "message", "message": message, "next": None})
    for _ in range(2):
        shop.track("ada", "Go", {"order_id": "1", "total": 1})
    assert ([state for state, _ in shop.deliveries(message)], len(posted)) == (["sent", "skipped"], 1)


def asking(shop: Shop, url: str) -> int:
    """A journey that asks for somebody's points, and goes by the answer."""
    shop.post("/providers", {"type": "signed_webhooks", "name": "Ours", "settings": {}, "secrets": {"signing_secret": SECRET}})
    content = {"url": url, "body": {"points_of": "{{ user.id }}"}}
    ask = shop.post("/messages", {"name": "Ask", "channel": "webhook", "class": "service", "content": content})["id"]
    points = "{{ journey.score.body.points }} points: {{ journey.score.body.level.name }}"
    say, nobody = shop.mail(points, **SERVICE), shop.mail("Who are you? {{ journey.score.status }}", **SERVICE)
    passed = {"kind": "answer", "property": "score.body.points", "is": ">", "value": 5}
    return shop.journey(
        {"event": "Order Completed"},
        {"id": "ask", "kind": "send_and_wait", "message": ask, "up_to": "1h", "keep": "score", "then": "high", "else": "nobody"},
        {"id": "high", "kind": "branch", "if": [passed], "then": "wait", "else": None},
        {"id": "wait", "kind": "delay", "for": "1d", "next": "say"},
        {"id": "say", "kind": "message", "message": say, "next": None},
        {"id": "nobody", "kind": "message", "message": nobody, "next": None},
    )


def test_later_steps_go_by_what_it_answers_and_say_it(shop: Shop, listener: tuple[str, Posted]) -> None:
    url, posted = listener
    journey = asking(shop, url)
    for user in ("ada", "bob", "eve"):
        shop.identify(user, {"email": shop.address(user)})
        shop.track(user, "Order Completed")
    assert sorted(json.loads(body)["points_of"] for _, body in posted) == ["ada", "bob", "eve"]
    shop.wait(25 * HOUR)
    assert {user: shop.subjects(user) for user in ("ada", "bob", "eve")} == {
        "ada": ["7 points: Gold"],
        "bob": [],
        "eve": ["Who are you? 404"],
    }
    runs = {each["answers"]["score"]["status"] for each in shop.items(f"/journeys/{journey}/runs")}
    assert runs == {200, 404}
