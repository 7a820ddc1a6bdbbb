"""What a phone shows of what its services brought: notifications and texts. Pure."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from relance.channels.sandbox.model import ShownPush, ShownSms, TextWay
from relance.channels.sms.parts import count_parts

RECEIPTS = ("delivered", "clicked", "dismissed")


def shown_by_iphone(phone: str, token: str, headers: Mapping[str, str], payload: Mapping[str, Any]) -> ShownPush:
    """A notification as an iPhone shows it; ``aps`` is Apple's, the rest the app's."""
    aps = payload.get("aps", {})
    alert = aps.get("alert", {})
    lines = [_text(alert, "subtitle"), _text(alert, "body")]
    expires = headers.get("apns-expiration", "0")
    return ShownPush(
        phone=phone,
        push_id=token,
        service="apns",
        title=_text(alert, "title"),
        body="\n".join(each for each in lines if each),
        image=_text(payload, "image"),
        url=_text(payload, "url"),
        topic=headers.get("apns-collapse-id", ""),
        urgency="high" if headers.get("apns-priority", "10") == "10" else "normal",
        ttl=max(0, int(expires[:12]) - int(time.time())) if int(expires[:12]) else 0,
        buttons=_buttons(payload.get("buttons")),
        receipts=_receipts(_text(payload, "receipts")),
        data=dict(payload),
        is_silent=headers.get("apns-push-type") == "background",
    )


def shown_by_android(phone: str, token: str, message: Mapping[str, Any]) -> ShownPush:
    """A message as an Android phone shows it; the app reads its buttons from ``data``."""
    notification, data, android = (message.get(name, {}) for name in ("notification", "data", "android"))
    try:
        buttons = json.loads(data.get("buttons", "[]"))
    except ValueError:
        buttons = []
    return ShownPush(
        phone=phone,
        push_id=token,
        service="fcm",
        title=_text(notification, "title"),
        body=_text(notification, "body"),
        image=_text(notification, "image"),
        url=_text(data, "url"),
        topic=_text(android, "collapse_key"),
        urgency="high" if android.get("priority") == "HIGH" else "normal",
        ttl=int(_text(android, "ttl").removesuffix("s") or 0),
        buttons=_buttons(buttons),
        receipts=_receipts(_text(data, "receipts")),
        data=dict(data),
        is_silent=not notification,
    )


def shown_text(phone: str, form: Mapping[str, str]) -> ShownSms:
    """A text that Twilio's API was given."""
    body = form["Body"]
    counted = count_parts(body)
    return ShownSms(
        phone=phone,
        number=form["To"],
        sender=form.get("From") or form.get("MessagingServiceSid", ""),
        body=body,
        parts=counted.parts,
        encoding=counted.encoding.value,
        sid=form["sid"],
        callback=form.get("StatusCallback", ""),
    )


def answered_text(text: ShownSms, body: str, sid: str) -> ShownSms:
    """What a person wrote back."""
    counted = count_parts(body)
    return ShownSms(
        phone=text.phone,
        number=text.number,
        sender=text.sender,
        body=body,
        parts=counted.parts,
        encoding=counted.encoding.value,
        sid=sid,
        callback=text.callback,
        way=TextWay.FROM_PHONE,
    )


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _buttons(given: Any) -> list[dict[str, str]]:
    return [{"title": _text(each, "title"), "url": _text(each, "url")} for each in given] if isinstance(given, list) else []


def _receipts(root: str) -> dict[str, str]:
    return {name: f"{root}/{name}" for name in RECEIPTS} if root else {}
