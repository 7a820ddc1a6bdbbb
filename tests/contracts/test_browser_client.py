"""@segment/analytics-next in Chromium, on a page of another origin, with only its host (``cdnURL``) changed."""

from __future__ import annotations

import functools
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
import msgspec
from playwright.sync_api import sync_playwright
from typing_extensions import override

from relance.events.model import Event, Flag
from tests.http.ingest.server import Place

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGE = """<!doctype html><title>Shop</title><script src="/index.js"></script><script>
  window.sdk = AnalyticsNext.AnalyticsBrowser.load({writeKey: "%s", cdnURL: "%s"}, %s)
</script>"""
SIGNING = """
  window.sdk.addSourceMiddleware(({payload, next}) => {
    payload.obj.context = {...payload.obj.context, identity_token: "%s"}
    next(payload)
  })
</script>"""
CALLS = """async () => {
  await window.sdk.ready()
  await window.sdk.page('Docs', 'Home')
  await window.sdk.track('Product Viewed', {sku: 'A-1', note: 'Zoë 🎈'})
  await window.sdk.alias('web-user')  // before identify: the library overwrites userId with a known user's
  await window.sdk.identify('web-user', {email: 'zoe@example.com'})
  await window.sdk.track('Order Completed', {total: 12.5}, {context: {device: {token: 'push-token', type: 'web'}}})
  await window.sdk.group('g-1', {employees: 3})
  const user = await window.sdk.user()
  return user.anonymousId()
}"""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the library's files and the page."""

    page = b""

    @override
    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def shop(files: Path, page: str) -> Iterator[str]:
    """A shop's site on a port, that is an origin, of its own."""
    handler = type("Handler", (QuietHandler,), {"page": page.encode()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(files)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page_of(place: Place, options: str, *, signed: bool) -> str:
    """The shop's page, with the server's key or with the browser's and a token for who signs in there."""
    if not signed:
        return PAGE % (place.key, place.url, options)
    token = jwt.encode({"sub": "web-user", "exp": int(time.time()) + 600}, place.identity_secret, algorithm="HS256")
    return (PAGE % (place.browser_key, place.url, options)).replace("\n</script>", SIGNING % token)


def visit(place: Place, files: Path, options: str, *, signed: bool = False) -> tuple[str, list[str], list[Event]]:
    """Play the calls on the shop's page; return the visitor's anonymous id, what the browser complained of, and the events."""
    complaints: list[str] = []
    with shop(files, page_of(place, options, signed=signed)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        anonymous_id: str = page.evaluate(CALLS)
        for _ in range(200):
            if len(place.events()) >= 6:
                break
            time.sleep(0.1)
        browser.close()
    return anonymous_id, [text for text in complaints if "favicon" not in text and "404" not in text], place.events()


def check(place: Place, anonymous_id: str, complaints: list[str], events: list[Event]) -> None:
    assert complaints == []
    assert place.rejected() == []
    by_name = {event.name: event for event in events}
    assert set(by_name) == {"page", "Product Viewed", "identify", "Order Completed", "group", "alias"}
    assert len(events) == 6
    assert len({event.message_id for event in events}) == 6
    assert (by_name["Product Viewed"].user_id, by_name["Product Viewed"].anonymous_id) == ("", anonymous_id)
    assert msgspec.json.decode(by_name["Product Viewed"].body) == {"sku": "A-1", "note": "Zoë 🎈"}
    page = msgspec.json.decode(by_name["page"].body)
    assert (page["name"], page["category"], page["title"]) == ("Home", "Docs", "Shop")
    assert (by_name["identify"].user_id, by_name["identify"].anonymous_id) == ("web-user", anonymous_id)
    assert msgspec.json.decode(by_name["identify"].body) == {"email": "zoe@example.com"}
    order = by_name["Order Completed"]
    assert (order.user_id, msgspec.json.decode(order.body)) == ("web-user", {"total": 12.5})
    context = msgspec.json.decode(order.context)
    assert context["device"] == {"token": "push-token", "type": "web"}
    assert context["library"]["name"].startswith("analytics")
    assert msgspec.json.decode(by_name["group"].body)["group_id"] == "g-1"
    assert by_name["alias"].user_id == "web-user"
    assert msgspec.json.decode(by_name["alias"].body) == {"previous_id": anonymous_id}
    for event in events:
        assert 0 <= event.received_at - event.occurred_at < 60_000


def test_what_a_page_sends_arrives(place: Place, node_modules: Path) -> None:
    files = node_modules / "@segment" / "analytics-next" / "dist" / "umd"
    assert (files / "index.js").is_file()
    check(place, *visit(place, files, "{}"))


def test_what_a_page_sends_with_a_token_arrives_signed(place: Place, node_modules: Path) -> None:
    files = node_modules / "@segment" / "analytics-next" / "dist" / "umd"
    anonymous_id, complaints, events = visit(place, files, "{}", signed=True)
    check(place, anonymous_id, complaints, events)
    named = {bool(event.user_id): event.flags for event in events}
    assert named == {False: Flag.UNSIGNED, True: Flag.SIGNED}
    assert not any(b"identity_token" in event.context for event in events)


def test_what_a_page_sends_in_batches_arrives(place: Place, node_modules: Path) -> None:
    files = node_modules / "@segment" / "analytics-next" / "dist" / "umd"
    batching = "{integrations: {'Segment.io': {deliveryStrategy: {strategy: 'batching', config: {size: 3, timeout: 500}}}}}"
    check(place, *visit(place, files, batching))
