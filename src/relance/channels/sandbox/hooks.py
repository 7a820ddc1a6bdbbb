"""What takes webhooks: whether they are signed as Standard Webhooks has it, and what is kept of them. Pure."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256

from relance.channels.sandbox.model import Hook, ShownWebhook

TOLERANCE = 5 * 60  # seconds that a timestamp may be off, as the specification's libraries have it
BODY_KEPT = 65_536  # bytes
HEADERS_KEPT = 50
VALUE_KEPT = 2_048  # characters of a header


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """By the specification, v1, with symmetric keys. ``now`` is real time in seconds."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
        is_timely = abs(now - int(timestamp[:15])) <= TOLERANCE
    except ValueError:
        return False
    digest = hmac.new(key, message_id.encode() + b"." + timestamp.encode() + b"." + body, sha256).digest()
    wanted = b64encode(digest)
    signatures = [each.partition(",") for each in headers.get("webhook-signature", "").split()]
    return is_timely and any(version == "v1" and hmac.compare_digest(wanted, text.encode()) for version, _, text in signatures)


def open_webhook(hook: Hook, method: str, query: str, headers: Mapping[str, str], body: bytes, now: float) -> ShownWebhook:
    """A webhook as the log shows it. ``headers`` have lower-case names."""
    return ShownWebhook(
        hook=hook.name,
        method=method,
        query=query[:VALUE_KEPT],
        headers={name: value[:VALUE_KEPT] for name, value in list(headers.items())[:HEADERS_KEPT]},
        body=body[:BODY_KEPT].decode("utf-8", "replace"),
        is_signed=is_signed(hook.secret, headers, body, now) if hook.secret else None,
        webhook_id=headers.get("webhook-id", "")[:VALUE_KEPT],
        status=hook.status,
    )
