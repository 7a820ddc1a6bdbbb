"""How a browser tells its address: ``context.device.push`` (or ``token``) holds what it calls ``PushSubscription``. Pure."""

from __future__ import annotations

import re
from typing import Any

from relance.channels.kind import DeviceAddress
from relance.channels.transport import KEY

_KEYS = ("p256dh", "auth")
_PUBLIC_KEY = re.compile(r"[A-Za-z0-9_-]{87}")  # 65 bytes in base64url


def from_device(given: Any) -> DeviceAddress | None:
    """The address that a subscription is; None where it is none. Whether it may be posted to is asked at each send.

    ``applicationServerKey`` is the key that it was made with, where that is not the server's.
    """
    if not isinstance(given, dict):
        return None
    endpoint, keys = given.get("endpoint"), given.get("keys")
    if not isinstance(endpoint, str) or not endpoint.startswith(("https://", "http://")) or not isinstance(keys, dict):
        return None
    secret = {name: keys[name] for name in _KEYS if isinstance(keys.get(name), str)}
    if len(secret) != len(_KEYS):
        return None
    made_with = given.get("applicationServerKey")
    named = made_with.strip().rstrip("=").replace("+", "-").replace("/", "_") if isinstance(made_with, str) else ""
    if _PUBLIC_KEY.fullmatch(named):
        secret[KEY] = named
    return DeviceAddress(endpoint, secret)
