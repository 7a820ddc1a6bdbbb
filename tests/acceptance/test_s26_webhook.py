"""Webhook. Another system is told, signed, of everybody who enters or leaves a segment.

Missing: a webhook as a message or a step of a journey.
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

from tests.acceptance.shop import MINUTE, Shop, did

pytestmark = pytest.mark.xdist_group("stories")

Posted = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def listener() -> Iterator[tuple[str, Posted]]:
    """Another system: its address, and what was posted to it."""
    posted: Posted = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

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
