"""Read what a browser calls ``PushSubscription`` and decide where a push may be posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from relance.channels.addresses import is_public_host, read_url
from relance.channels.web_push.model import PushSubscription
from relance.channels.web_push.vapid import from_base64url
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

ENDPOINT_LIMIT = 2_048  # characters


def read_subscription(value: str | bytes | Mapping[str, Any]) -> PushSubscription:
    """From ``{"endpoint": url, "keys": {"p256dh": base64url, "auth": base64url}}``, as an object or as its JSON text.

    Raises ``InvalidError`` naming the field. Whether the endpoint may be posted to is asked at each send.
    """
    fields = _fields(value)
    endpoint, keys = fields.get("endpoint"), fields.get("keys")
    if not isinstance(endpoint, str) or not 0 < len(endpoint) <= ENDPOINT_LIMIT:
        raise InvalidError(ErrorText("subscription_endpoint_missing", "A push subscription needs an endpoint."), path="endpoint")
    if not isinstance(keys, Mapping):
        raise InvalidError(ErrorText("subscription_keys_missing", "A push subscription needs its keys."), path="keys")
    p256dh, auth = _key(keys, "p256dh", 65), _key(keys, "auth", 16)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except ValueError:
        raise InvalidError(
            ErrorText("subscription_point", "The key p256dh is not a point on the curve P-256."), path="keys.p256dh"
        ) from None
    return PushSubscription(endpoint, p256dh, auth)


def _fields(value: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(value, str | bytes):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError):
            raise InvalidError(ErrorText("subscription_object", "A push subscription is a JSON object."), path="") from None
    if not isinstance(value, Mapping):
        raise InvalidError(ErrorText("subscription_object", "A push subscription is a JSON object."), path="")
    return value


def _key(keys: Mapping[str, Any], name: str, size: int) -> bytes:
    text = keys.get(name)
    try:
        data = from_base64url(text) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if len(data) != size:
        raise InvalidError(
            ErrorText(
                "subscription_key_size",
                "Key {name} must be {size} bytes in base64url (got {got:,}).",
                name=name,
                size=size,
                got=len(data),
            ),
            path=f"keys.{name}",
        )
    return data


def check_endpoint(endpoint: str, trusted_prefixes: tuple[str, ...] = ()) -> URL:
    """The endpoint as a URL that may be posted to. Raises ``InvalidError``.

    Endpoints come from whoever holds a write key, so a push must never reach into the operator's own network: only
    https, no address by number that is not public, no name and password. Names are looked up by a resolver that
    leaves out private addresses. What starts with one of the ``trusted_prefixes`` (the built-in sandbox's) is exempt.
    """
    try:
        url = read_url(endpoint)
    except ValueError:
        raise InvalidError(
            ErrorText("endpoint_host", "A push endpoint must be an https URL that names a host."), path="endpoint"
        ) from None
    if str(url).startswith(trusted_prefixes):
        return url
    if url.scheme != "https":
        raise InvalidError(ErrorText("endpoint_url", "A push endpoint must be an https URL."), path="endpoint")
    if url.user is not None or url.password is not None:
        raise InvalidError(
            ErrorText("endpoint_credentials", "A push endpoint must not contain a name or a password."), path="endpoint"
        )
    if not is_public_host(url.raw_host or ""):
        raise InvalidError(ErrorText("endpoint_private", "A push endpoint must be a public address."), path="endpoint")
    return url
