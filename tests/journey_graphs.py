"""Journeys that several suites walk through. Message 1 is the push, message 2 the e-mail."""

from __future__ import annotations

from typing import Any

CART: dict[str, Any] = {
    "entry": {"event": "Product Added", "key": "cart_id"},
    "exits": [{"event": "Order Completed", "match": "cart_id"}],
    "goal": {"event": "Order Completed", "within": "3d"},
    "start": "wait",
    "nodes": [
        {
            "id": "wait",
            "kind": "wait_for",
            "event": "Order Completed",
            "match": "cart_id",
            "up_to": "2h",
            "then": "done",
            "else": "push",
        },
        {"id": "push", "kind": "message", "message": 1, "next": "wait2"},
        {"id": "wait2", "kind": "wait_for", "event": "message_clicked", "up_to": "1d", "then": "done", "else": "mail"},
        {"id": "mail", "kind": "message", "message": 2, "next": "done"},
        {"id": "done", "kind": "exit"},
    ],
}


def with_messages(push: int, mail: int) -> dict[str, Any]:
    """The same journey with an app's own messages."""
    ids = {"push": push, "mail": mail}
    return {**CART, "nodes": [{**node, "message": ids[node["id"]]} if node["id"] in ids else node for node in CART["nodes"]]}
