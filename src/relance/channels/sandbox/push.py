"""The push service's checks, as strict as the real ones: who posts (RFC 8292), how (RFC 8030), and what (RFC 8291)."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import http_ece
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from relance.channels.sandbox.model import PhoneSubscription, ShownPush

BODY_LIMIT = 4_096
TOKEN_SECONDS = 24 * 3600
URGENCIES = ("very-low", "low", "normal", "high")


class RefusedPushError(Exception):
    """The push service refuses: the status to answer and why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class _Claims(msgspec.Struct, frozen=True):
    aud: str
    exp: float
    sub: str = ""


class _TokenHeader(msgspec.Struct):
    alg: str


def check_sender(authorization: str, origin: str, server_key: str, now: float) -> None:
    """Check the VAPID token. ``now`` is real time in seconds. Raises ``RefusedPushError`` (401 without one, else 403)."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() != "vapid":
        raise RefusedPushError(401, "A push must carry a VAPID token.")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    token, key = fields.get("t", ""), fields.get("k", "")
    if server_key and key.rstrip("=") != server_key.rstrip("="):
        raise RefusedPushError(403, "This subscription belongs to another application server.")
    try:
        claims = _verify(token, key)
    except (ValueError, InvalidSignature, msgspec.MsgspecError) as error:
        raise RefusedPushError(403, "The VAPID token is not signed by the key it names.") from error
    if claims.aud != origin:
        raise RefusedPushError(403, f"The VAPID token is for {claims.aud[:100]}, this is {origin}.")
    if not now < claims.exp <= now + TOKEN_SECONDS:
        raise RefusedPushError(403, "The VAPID token has expired, or lasts more than 24 hours.")


@lru_cache(maxsize=256)  # senders use a token for hours; its times are checked at every push
def _verify(token: str, key: str) -> _Claims:
    signed, _, signature = token.rpartition(".")
    head, _, claims = signed.partition(".")
    if msgspec.json.decode(_unbase64(head), type=_TokenHeader).alg != "ES256":
        raise ValueError("alg")
    raw = _unbase64(signature)
    if len(raw) != 64:
        raise ValueError("signature")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unbase64(key))
    encoded = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(encoded, signed.encode(), ec.ECDSA(hashes.SHA256()))
    return msgspec.json.decode(_unbase64(claims), type=_Claims)


def _unbase64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_post(headers: Mapping[str, str], body: bytes) -> int:
    """Check the request itself; the TTL in seconds. Raises ``RefusedPushError``."""
    if len(body) > BODY_LIMIT:
        raise RefusedPushError(413, f"A push is at most {BODY_LIMIT} bytes.")
    ttl = headers.get("ttl", "")
    if not (ttl.isascii() and ttl.isdigit() and len(ttl) < 12):
        raise RefusedPushError(400, "A push carries a TTL header, in seconds.")
    if headers.get("content-encoding", "").lower() != "aes128gcm":
        raise RefusedPushError(415, "A push is encoded as aes128gcm.")
    if headers.get("urgency", "normal") not in URGENCIES:
        raise RefusedPushError(400, "Urgency is very-low, low, normal or high.")
    topic = headers.get("topic", "")
    if len(topic) > 32 or not all(one.isascii() and (one.isalnum() or one in "-_") for one in topic):
        raise RefusedPushError(400, "A topic is at most 32 characters of base64url.")
    return int(ttl)


def decrypt(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Decrypt by a library that shares no code with the sender. Raises ``RefusedPushError``."""
    try:
        payload: bytes = http_ece.decrypt(body, private_key=private, auth_secret=auth, version="aes128gcm")
    except (http_ece.ECEException, ValueError, IndexError, TypeError) as error:
        raise RefusedPushError(400, "The push cannot be decrypted with this subscription's keys.") from error
    return payload


def open_push(subscription: PhoneSubscription, headers: Mapping[str, str], ttl: int, payload: bytes) -> ShownPush:
    """The push as a phone shows it: the usual fields of a JSON payload, or its text as the body."""
    try:
        data = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        data = None
    fields: dict[str, Any] = data if isinstance(data, dict) else {"body": payload.decode("utf-8", "replace")}
    notification = fields.get("notification")
    shown: dict[str, Any] = notification if isinstance(notification, dict) else fields

    def text(name: str) -> str:
        value = shown.get(name)
        return value if isinstance(value, str) else ""

    return ShownPush(
        phone=subscription.phone,
        push_id=subscription.push_id,
        title=text("title"),
        body=text("body"),
        image=text("image"),
        url=text("navigate") or text("url"),
        tag=text("tag"),
        buttons=_buttons(shown),
        receipts=_receipts(shown),
        topic=headers.get("topic", ""),
        urgency=headers.get("urgency", "normal"),
        ttl=ttl,
        data=fields if isinstance(data, dict) else {},
    )


def _buttons(shown: Mapping[str, Any]) -> list[dict[str, str]]:
    given = shown.get("actions")
    actions = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    return [{"title": str(each.get("title", "")), "url": str(each.get("navigate", ""))} for each in actions]


def _receipts(shown: Mapping[str, Any]) -> dict[str, str]:
    data = shown.get("data")
    given = data.get("receipts") if isinstance(data, dict) else None
    return {str(name): str(url) for name, url in given.items()} if isinstance(given, dict) else {}
