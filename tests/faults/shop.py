"""The shop that the fault tests load: one app, live segments with short windows, a journey with short waits, some phones."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from relance.accounts.service import Accounts
from relance.channels.registry import Channel
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.journeys.service import Journeys
from relance.messaging.model import MessageClass
from relance.messaging.service import Messages
from relance.segments.service import Segments

WEB_PUSH = Channel("web_push")

WAIT = "1s"


def behaviour(event: str, value: int, last: str | None, compare: str = ">=") -> dict[str, Any]:
    window = None if last is None else {"last": last}
    return {"kind": "behaviour", "event": event, "aggregate": "count", "compare": compare, "value": value, "window": window}


#: Windows that close during the test, one that stays open, and one that asks for traits.
RULES: dict[str, Any] = {
    "Looks around": behaviour("Product Viewed", 2, "2s"),
    "Cart left behind": {"all": [behaviour("Product Added", 1, "10s"), {"not": behaviour("Order Completed", 1, "10s")}]},
    "Buyers on the gold plan": {
        "all": [{"kind": "trait", "name": "plan", "is": "=", "value": "gold"}, behaviour("Order Completed", 1, None)]
    },
    "Three views in a day": behaviour("Product Viewed", 3, "1d"),
}
PUSH = {
    "title": "{{ event.name }} is waiting",
    "body": "Cart {{ event.cart_id }}",
    "url": "https://shop.example/{{ event.cart_id }}",
}


def cart_graph(message: int) -> dict[str, Any]:
    """Each cart is a run: a second to buy, a push, another second, the end; an emptied cart ends it at once."""
    return {
        "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
        "exits": [{"event": "Cart Emptied", "match": "cart_id"}],
        "goal": {"event": "Order Completed", "within": "1h"},
        "nodes": [
            {
                "id": "wait",
                "kind": "wait_for",
                "event": "Order Completed",
                "match": "cart_id",
                "up_to": WAIT,
                "then": "bought",
                "else": "remind",
            },
            {"id": "remind", "kind": "message", "message": message, "next": "pause"},
            {"id": "pause", "kind": "delay", "for": WAIT, "next": "over"},
            {"id": "bought", "kind": "exit"},
            {"id": "over", "kind": "exit"},
        ],
        "start": "wait",
    }


#: Every way a run may go: (node, via) in order. A run may be ended by an event wherever it waits, and at its end while its push
#: has not left.
WAYS = (
    (("wait", "start"), ("bought", "then")),
    (("wait", "start"), ("wait", "exit_event")),
    (("wait", "start"), ("remind", "else"), ("pause", "next"), ("over", "next")),
    (("wait", "start"), ("remind", "else"), ("pause", "next"), ("pause", "exit_event")),
    (("wait", "start"), ("remind", "else"), ("pause", "next"), ("over", "next"), ("over", "exit_event")),
)


class Shop(NamedTuple):
    """Ids and keys of what was made."""

    app: int
    write_key: str
    api_key: str
    segments: dict[str, int]
    journey: int
    message: int


def open_shop(data: Path, state_url: str = "", partitions: int = 1) -> Shop:
    """Make the shop in the stores of a data folder, while no program runs."""
    data.mkdir(parents=True, exist_ok=True)
    state, log = open_stores(Settings(data=str(data), state_url=state_url, partitions=partitions))
    now = time.time_ns() // 1_000_000
    made = Accounts(state).create_app("Shop", now)
    app = made.app.id
    segments = {name: Segments(state).create(app, name, rule, now).id for name, rule in RULES.items()}
    message = Messages(state).create(app, "Reminder", WEB_PUSH, PUSH, now, message_class=MessageClass.TRANSACTIONAL).id
    journeys = Journeys(state)
    journey = journeys.create(app, "Cart", cart_graph(message), now).id
    journeys.publish(app, journey, now)
    state.dispose()
    log.dispose()
    return Shop(app, made.write_key.text, made.api_key.text, segments, journey, message)
