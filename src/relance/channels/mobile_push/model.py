"""A finished push message to a phone, and the address it goes to."""

from __future__ import annotations

import secrets
from enum import StrEnum

import msgspec


class PushService(StrEnum):
    """Who carries messages to a device."""

    APNS = "apns"
    FCM = "fcm"


class InterruptionLevel(StrEnum):
    """How much an iPhone lets a message disturb (Apple's ``UNNotificationInterruptionLevel``)."""

    PASSIVE = "passive"
    ACTIVE = "active"
    TIME_SENSITIVE = "time-sensitive"
    CRITICAL = "critical"


class PushButton(msgspec.Struct, frozen=True):
    """A button, and where it leads: a web address or the app's own scheme."""

    title: str
    url: str


class MobilePush(msgspec.Struct, frozen=True, kw_only=True):
    """One finished message. ``ttl`` is in seconds; ``collapse_id`` is at most 64 bytes and makes a later message of the same id
    take this one's place. The app may post to ``receipts`` with ``/delivered``, ``/clicked`` or ``/dismissed`` at its end.
    """

    delivery_id: str
    title: str = ""
    subtitle: str = ""
    body: str = ""
    image: str = ""
    url: str = ""
    buttons: tuple[PushButton, ...] = ()
    data: dict[str, str] = {}
    receipts: str = ""
    collapse_id: str = ""
    ttl: int = 0
    badge: int | None = None
    sound: str = ""
    thread: str = ""
    category: str = ""
    android_channel: str = ""
    interruption_level: str = ""
    analytics_label: str = ""
    is_urgent: bool = True  # shown at once, even by a device that sleeps
    is_silent: bool = False  # nothing is shown: the app alone gets ``data``


def sample_push() -> MobilePush:
    """What a test of a provider's settings sends."""
    return MobilePush(
        delivery_id=secrets.token_hex(16),
        title="Relance",
        body="Test message: this provider works.",
        ttl=60,
        sound="default",
    )
