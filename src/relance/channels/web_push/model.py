"""A finished web push, and where it goes."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Push(msgspec.Struct, frozen=True):
    """A finished web push: the payload to encrypt, how long it lives (seconds), and its topic.

    The topic is the delivery's id, so that the same push sent twice is shown once, or what its author says it is about: then a
    later one of that takes its place while a device is away.
    """

    payload: bytes
    ttl: int
    topic: str


class PushSubscription(msgspec.Struct, frozen=True):
    """A browser's address for push messages: where to post, and the keys to encrypt with (RFC 8291)."""

    endpoint: str
    p256dh: bytes  # 65 bytes, an uncompressed point on P-256
    auth: bytes  # 16 bytes


class Urgency(StrEnum):
    """How much of a device's battery a push is worth (RFC 8030, 5.3)."""

    VERY_LOW = "very-low"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
