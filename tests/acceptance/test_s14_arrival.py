"""S14, S27: who bought is not reminded and each cart is its own, in whatever order events arrive; told over HTTP."""

from __future__ import annotations

import html
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.process import Program

pytestmark = pytest.mark.xdist_group("program")
MINUTE, HOUR = 60_000, 3_600_000


class Shop:
    """An app on a running program whose clock the test moves."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder, clock="story")
        settings = Settings(data=str(folder / "data"))
        settings.folder.mkdir(mode=0o700)
        state, log = open_stores(settings)
        made = Accounts(state).create_app("Shop", time.time_ns() // 1_000_000)
        state.dispose()
        log.dispose()
        self.api, self.write, self.key = f"/api/v1/apps/{made.app.id}", f"basic:{made.write_key.text}", made.api_key.text
        self.people = 0

    def post(self, path: str, body: Any = None) -> Any:
        return self.program.call("POST", self.api + path, body or {}, self.key)

    def get(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.program.get(self.api + path, self.key)["items"]
        return found

    @property
    def now(self) -> int:
        return int(self.program.get("/story/clock")["now"])

    def send(self, *events: dict[str, Any], path: str = "/v1/batch") -> None:
        """One request; ``at`` is when an event happened (ms)."""
        batch = [{**each, "timestamp": datetime.fromtimestamp(each["at"] / 1000, UTC).isoformat()} for each in events]
        answer = self.program.call("POST", path, {"batch": batch}, self.write)
        assert answer["rejected"] == []
        self.program.call("POST", "/story/quiet")

    def advance(self, to: int) -> None:
        while self.program.call("POST", "/story/advance", {"to": to})["now"] < to:
            pass

    def person(self) -> str:
        """Somebody who can be written to."""
        self.people += 1
        user, traits = f"u{self.people}", {"email": f"u{self.people}@example.com", "consent": {"email": True}}
        self.send({"type": "identify", "userId": user, "traits": traits, "at": self.now})
        return user

    def message(self, name: str, **more: Any) -> int:
        content = {"subject": name, "html": '<a href="https://shop.example/cart">Go</a>'}
        return int(self.post("/messages", {"name": name, "channel": "email", "content": content, **more})["id"])

    def journey(self, entry: str, nodes: list[Any], **more: Any) -> int:
        graph = {"entry": {"event": entry, "key": "cart"}, "start": nodes[0]["id"], "nodes": nodes, **more}
        made = self.post("/journeys", {"name": entry, "graph": graph})["id"]
        self.post(f"/journeys/{made}/publish")
        return int(made)

    def click(self, user: str) -> None:
        """Follow the link in one mail to somebody."""
        mails = self.program.get("/inbox/api/mail")["items"]
        mail = next(each for each in mails if f"{user}@example.com" in str(each))
        with urllib.request.urlopen(f"{self.program.url}/inbox/api/mail/{mail['id']}/html", timeout=30) as answer:
            [link] = re.findall(r'href="([^"]+/c/[^"]+)"', answer.read().decode())
        with pytest.raises(urllib.error.URLError):  # the shop itself is nowhere
            urllib.request.urlopen(html.unescape(link), timeout=30)
        self.program.call("POST", "/story/quiet")

    def deliveries(self, message: int) -> list[tuple[str, str]]:
        return sorted((each["state"], each["reason"]) for each in self.get(f"/deliveries?message={message}"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("shop"))
    made.program.start()
    try:
        made.advance(1_790_000_000_000)
        yield made
    finally:
        made.program.kill()


def did(user: str, event: str, at: int, cart: str = "c", **who: Any) -> dict[str, Any]:
    ids = who or {"userId": user}
    return {"type": "track", "event": event, "properties": {"cart": cart}, "at": at, **ids}


def reminder(shop: Shop, entry: str) -> tuple[int, int]:
    """A journey of 20 minutes and its message."""
    message = shop.message(entry)
    nodes: list[dict[str, Any]] = [
        {"id": "wait", "kind": "delay", "for": "20m", "next": "mail"},
        {"id": "mail", "kind": "message", "message": message, "next": None},
    ]
    return shop.journey(entry, nodes, exits=[{"event": "Bought", "match": "cart"}]), message


def reasons(shop: Shop, journey: int) -> list[str]:
    return [each["reason"] for each in shop.get(f"/journeys/{journey}/runs") if each["reason"] != "superseded"]


def test_an_offline_phone_tells_all_at_once_the_purchase_first(shop: Shop) -> None:
    journey, message = reminder(shop, "Added offline")
    ada, bob = shop.person(), shop.person()
    now = shop.now
    shop.send(did(ada, "Bought", now - 25 * MINUTE), did(ada, "Added offline", now - 30 * MINUTE))
    shop.send(did(bob, "Added offline", now - 30 * MINUTE), did(bob, "Bought", now - 25 * MINUTE))
    shop.advance(now + HOUR)
    assert reasons(shop, journey) == ["exit_event", "exit_event"]
    assert shop.deliveries(message) == []


def test_the_servers_order_comes_before_the_browsers_queue(shop: Shop) -> None:
    journey, message = reminder(shop, "Added late")
    ada, now = shop.person(), shop.now
    shop.advance(now + 4 * MINUTE)
    shop.send(did(ada, "Bought", now + 4 * MINUTE))
    shop.advance(now + 6 * MINUTE)
    shop.send(did(ada, "Added late", now + 2 * MINUTE))
    shop.advance(now + HOUR)
    assert (reasons(shop, journey), shop.deliveries(message)) == (["exit_event"], [])


def test_an_order_by_user_id_stops_what_began_anonymously_once_the_two_are_linked(shop: Shop) -> None:
    journey, message = reminder(shop, "Added anonymously")
    ada, now = shop.person(), shop.now
    shop.send(did("", "Added anonymously", now, anonymousId="browser-1"))
    shop.advance(now + 10 * MINUTE)
    shop.send(did(ada, "Bought", now + 10 * MINUTE))
    shop.advance(now + 11 * MINUTE)
    shop.send({"type": "identify", "userId": ada, "anonymousId": "browser-1", "traits": {}, "at": now + 11 * MINUTE})
    shop.advance(now + HOUR)
    assert (reasons(shop, journey), shop.deliveries(message)) == (["exit_event"], [])


def test_an_imported_purchase_stops_the_reminder_too(shop: Shop) -> None:
    journey, message = reminder(shop, "Added and imported")
    ada, now = shop.person(), shop.now
    shop.send(did(ada, "Added and imported", now))
    shop.advance(now + 10 * MINUTE)
    shop.send(did(ada, "Bought", now + 5 * MINUTE), path="/v1/import")
    shop.advance(now + HOUR)
    assert (reasons(shop, journey), shop.deliveries(message)) == (["exit_event"], [])


def test_a_click_on_one_carts_reminder_says_nothing_of_the_other_cart(shop: Shop) -> None:
    first, second = shop.message("first"), shop.message("second")
    nodes: list[dict[str, Any]] = [
        {"id": "wait", "kind": "delay", "for": "2h", "next": "first"},
        {"id": "first", "kind": "message", "message": first, "next": "click"},
        {"id": "click", "kind": "wait_for", "event": "message_clicked", "up_to": "1d", "then": None, "else": "second"},
        {"id": "second", "kind": "message", "message": second, "next": None},
    ]
    shop.journey("Added two", nodes)
    ada, now = shop.person(), shop.now
    shop.send(did(ada, "Added two", now, "a"), did(ada, "Added two", now, "b"))
    shop.advance(now + 3 * HOUR)
    shop.click(ada)
    shop.advance(now + 40 * HOUR)
    sent = shop.get(f"/deliveries?message={first}")
    assert sorted((each["state"], each["clicked_at"] is None) for each in sent) == [("sent", False), ("sent", True)]
    [mail] = shop.get(f"/deliveries?message={second}")
    [other] = [each["run_id"] for each in sent if each["clicked_at"] is None]
    assert (mail["state"], mail["run_id"]) == ("sent", other)


def test_a_flash_message_is_not_sent_hours_late_after_a_pause(shop: Shop) -> None:
    flash = shop.message("flash", valid_for="2h")
    nodes: list[dict[str, Any]] = [
        {"id": "wait", "kind": "delay", "for": "1h", "next": "flash"},
        {"id": "flash", "kind": "message", "message": flash, "next": None},
    ]
    journey = shop.journey("Flash", nodes)
    ada, now = shop.person(), shop.now
    shop.send(did(ada, "Flash", now))
    shop.post(f"/journeys/{journey}/pause")
    shop.advance(now + 10 * HOUR)
    shop.post(f"/journeys/{journey}/resume")
    shop.advance(now + 11 * HOUR)
    assert shop.deliveries(flash) == [("skipped", "expired")]
