"""A message as the Apple Push Notification service takes it: headers and payload. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relance.channels.mobile_push.model import MobilePush
from relance.core.encoding import to_json

PAYLOAD_LIMIT = 4096  # bytes


def apns_payload(push: MobilePush) -> dict[str, Any]:
    """``aps`` is Apple's, the rest is read by the app; its notification service extension fetches the picture."""
    texts = {"delivery_id": push.delivery_id, "receipts": push.receipts, "url": push.url}
    ours: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if push.is_silent:
        return {**push.data, **ours, "aps": {"content-available": 1}}
    if push.image:
        ours["image"] = push.image
    if push.buttons:
        ours["buttons"] = [{"title": each.title, "url": each.url} for each in push.buttons]
    alert = {"title": push.title, "subtitle": push.subtitle, "body": push.body}
    aps: dict[str, Any] = {
        "alert": {name: text for name, text in alert.items() if text},
        "sound": push.sound,
        "thread-id": push.thread,
        "category": push.category,
        "interruption-level": push.interruption_level,
    }
    aps = {name: value for name, value in aps.items() if value}
    if push.badge is not None:
        aps["badge"] = push.badge
    if push.image or push.buttons:
        aps["mutable-content"] = 1
    return {**push.data, **ours, "aps": aps}


def apns_size(push: MobilePush) -> int:
    """Bytes that count against ``PAYLOAD_LIMIT``."""
    return len(to_json(apns_payload(push)).encode())


def apns_id(delivery_id: str) -> str:
    """The notification's id: the same for every attempt. A delivery's id is 32 hexadecimal digits."""
    return str(UUID(delivery_id))


def apns_headers(push: MobilePush, topic: str, now: int) -> list[str]:
    """All headers but the authorization. ``now`` is real time in seconds: APNs drops what has expired by its own clock."""
    headers = [
        f"apns-id: {apns_id(push.delivery_id)}",
        f"apns-topic: {topic}",
        f"apns-push-type: {'background' if push.is_silent else 'alert'}",
        f"apns-priority: {10 if push.is_urgent and not push.is_silent else 5}",  # a silent message must not have 10
        f"apns-expiration: {now + push.ttl if push.ttl else 0}",
    ]
    if push.collapse_id:
        headers.append(f"apns-collapse-id: {push.collapse_id}")
    return headers
