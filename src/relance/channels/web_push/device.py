"""How a browser tells its address: ``context.device.push`` (or ``token``) holds what it calls ``PushSubscription``. Pure."""

from __future__ import annotations

from typing import Any

from relance.channels.kind import DeviceAddress

_KEYS = ("p256dh", "auth")


def from_device(given: Any) -> DeviceAddress | None:
    """The address that a subscription is; None where it is none. Whether it may be posted to is asked at each send."""
    if not isinstance(given, dict):
        return None
    endpoint, keys = given.get("endpoint"), given.get("keys")
    if not isinstance(endpoint, str) or not endpoint.startswith(("https://", "http://")) or not isinstance(keys, dict):
        return None
    secret = {name: keys[name] for name in _KEYS if isinstance(keys.get(name), str)}
    return DeviceAddress(endpoint, secret) if len(secret) == len(_KEYS) else None
