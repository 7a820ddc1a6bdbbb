"""What the transports are given and what they answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """The kinds of medium a message can take."""

    WEB_PUSH = "web_push"
    EMAIL = "email"


class SendState(StrEnum):
    """What became of one attempt."""

    SENT = "sent"  # the other side took it
    FAILED = "failed"  # it will never take this one; another message may do better
    GONE = "gone"  # the address has ended: nothing may be sent to it again
    BOUNCED = "bounced"  # the mailbox does not exist or takes no mail: nothing may be sent to it until somebody says otherwise
    REFUSED = "refused"  # the service does not accept the subscription or our key: which of them, others tell
    HELD = "held"  # nothing was tried: sending there pauses
    RETRY = "retry"  # not now; the same message may be tried again


class SendResult(msgspec.Struct, frozen=True):
    """The outcome of one attempt.

    ``uncertain`` goes with ``retry``: the connection broke after the message was handed over, so it may have arrived.
    A repeat carries the same topic or Message-ID, by which the receiving side can tell.
    """

    state: SendState
    detail: str = ""  # what the other side said, for the operator; at most a few hundred characters
    provider_id: str = ""  # the name the other side gave the message
    retry_after_ms: int = 0  # shortest wait the other side asked for; 0 = it asked for none
    uncertain: bool = False


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


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """One finished e-mail to one address.

    ``sender`` and ``to`` are ``address`` or ``Name <address>``. ``message_id`` is the same for every attempt; where it
    has no ``@`` the sender's domain completes it. ``list_unsubscribe`` is the one-click address (RFC 8058), posted to
    by the mailbox, never by us.
    """

    sender: str
    to: str
    subject: str
    message_id: str
    html: str = ""
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    list_unsubscribe: str = ""  # an http(s) URL
    list_unsubscribe_mailto: str = ""  # an address
