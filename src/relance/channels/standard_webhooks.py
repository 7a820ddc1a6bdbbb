"""Signatures as the Standard Webhooks specification (v1) has them, so that receivers need no code of ours to check them."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """A secret, in the spelling that receivers' libraries take."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message. ``timestamp`` is real time in seconds, of this attempt."""
    key = b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, b"%s.%d.%s" % (message_id.encode(), timestamp, body), sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
