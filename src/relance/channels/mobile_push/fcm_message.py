"""A message as Firebase Cloud Messaging takes it (HTTP v1, ``projects.messages``). Pure."""

from __future__ import annotations

import re
from typing import Any

from relance.channels.mobile_push.model import MobilePush
from relance.core.encoding import to_json

PAYLOAD_LIMIT = 4096  # bytes of notification and data, keys and values
_INSTALLATION = re.compile(r"[c-f][A-Za-z0-9_-]{21}")  # a Firebase installation id; registration tokens are far longer


def fcm_message(push: MobilePush, token: str) -> dict[str, Any]:
    """The body of ``messages:send``. Newer apps register by installation id (``fid``), older ones by token."""
    target = "fid" if _INSTALLATION.fullmatch(token) else "token"
    message: dict[str, Any] = {target: token, **fcm_payload(push), "android": _android(push)}
    if push.analytics_label:
        message["fcm_options"] = {"analytics_label": push.analytics_label}
    return {"message": message}


def fcm_payload(push: MobilePush) -> dict[str, Any]:
    """What counts against ``PAYLOAD_LIMIT``. The app reads links and buttons from ``data``, whose values are text."""
    ours = {"delivery_id": push.delivery_id, "receipts": push.receipts, "url": push.url}
    data = push.data | {name: text for name, text in ours.items() if text}
    if push.buttons:
        data["buttons"] = to_json([{"title": each.title, "url": each.url} for each in push.buttons])
    if push.is_silent:
        return {"data": data}
    shown = {"title": push.title, "body": push.body, "image": push.image}
    return {"notification": {name: text for name, text in shown.items() if text}, "data": data}


def fcm_size(push: MobilePush) -> int:
    """Bytes that count against ``PAYLOAD_LIMIT``."""
    return len(to_json(fcm_payload(push)).encode())


def _android(push: MobilePush) -> dict[str, Any]:
    android: dict[str, Any] = {"priority": "HIGH" if push.is_urgent else "NORMAL", "ttl": f"{push.ttl}s"}
    if push.collapse_id:
        android["collapse_key"] = push.collapse_id
    if push.is_silent:
        return android
    shown: dict[str, Any] = {
        "channel_id": push.android_channel,
        "sound": push.sound,
        "tag": push.collapse_id,  # a repeat takes its place on the screen too
    }
    shown = {name: text for name, text in shown.items() if text}
    if push.badge is not None:
        shown["notification_count"] = push.badge
    return android | ({"notification": shown} if shown else {})
