"""The payload of a web push: declarative where it can be, so that a browser shows it without a worker of the site's. Pure.

The shape is that of the Push API's declarative messages (W3C, https://w3c.github.io/push-api/#declarative-push-message): browsers
that know it show ``notification`` themselves and open ``navigate``; in others the site's worker shows the same object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from relance.channels.content import json_size
from relance.channels.push_limits import cut_body
from relance.channels.web_push.encryption import PAYLOAD_LIMIT
from relance.core.encoding import from_json, to_json

DECLARATIVE = 8030  # by which browsers tell such a message (RFC 8030 is web push)
_FIELDS = {"title": "title", "body": "body", "image": "image", "navigate": "url", "tag": "tag"}


class Notification(msgspec.Struct, frozen=True):
    """What is shown. ``buttons`` are (title, address); ``receipts`` are what a worker posts to, by what happened."""

    title: str
    body: str = ""
    image: str = ""
    url: str = ""
    tag: str = ""
    buttons: Sequence[tuple[str, str]] = ()
    receipts: Mapping[str, str] = {}


def payload_of(shown: Notification) -> dict[str, Any]:
    """Members without a value are left out. A message that leads nowhere is not declarative: browsers require ``navigate``.

    ``mutable``: where the site has a worker it is told first, so that it can post receipts; it need not show anything.
    """
    actions = [
        _without_gaps({"action": str(number), "title": title, "navigate": url})
        for number, (title, url) in enumerate(shown.buttons)
    ]
    about = {"title": shown.title, "navigate": shown.url, "body": shown.body, "image": shown.image, "tag": shown.tag}
    data = {"receipts": dict(shown.receipts)} if shown.receipts else None
    notification = _without_gaps({**about, "actions": actions, "data": data})
    if not shown.url:
        return {"notification": notification}
    return {"web_push": DECLARATIVE, **({"mutable": True} if data else {}), "notification": notification}


def fitted(shown: Notification) -> bytes:
    """The payload as bytes, its body cut where a value made the whole longer than push services take."""
    data = to_json(payload_of(shown)).encode()
    if len(data) <= PAYLOAD_LIMIT:
        return data
    room = PAYLOAD_LIMIT - json_size(payload_of(msgspec.structs.replace(shown, body="…")))
    body = cut_body(shown.body, room, len(data), PAYLOAD_LIMIT)
    return to_json(payload_of(msgspec.structs.replace(shown, body=body))).encode()


def shown_of(payload: bytes) -> dict[str, Any]:
    """What a payload shows, under the names of the content's fields."""
    notification = from_json(payload)["notification"]
    found = {field: notification[name] for name, field in _FIELDS.items() if notification.get(name)}
    buttons = [{"title": each.get("title", ""), "url": each.get("navigate", "")} for each in notification.get("actions", ())]
    return {**found, "buttons": buttons} if buttons else found


def _without_gaps(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
