"""What the sandbox holds. ``received_at`` is the program's clock, ``received_real_at`` real time, both ms."""

from __future__ import annotations

from typing import Any

import msgspec


class PhoneSubscription(msgspec.Struct, frozen=True):
    """One phone's push subscription, as the sandbox keeps it; the private key is in a file of its own."""

    push_id: str
    phone: str
    server_key: str = ""  # base64url; where set, only this application server may post
    ended: bool = False


class Phone(msgspec.Struct, frozen=True):
    """A phone and what came to it."""

    name: str
    subscriptions: int
    pushes: int
    last_received_at: int  # 0 = nothing yet


class ShownPush(msgspec.Struct, frozen=True, tag_field="kind", tag="push", kw_only=True):
    """A push as the phone shows it; ``data`` is the whole payload where that is a JSON object."""

    id: int = 0
    phone: str
    push_id: str
    title: str = ""
    body: str = ""
    image: str = ""
    url: str = ""
    topic: str = ""
    urgency: str = "normal"
    ttl: int = 0
    tag: str = ""
    buttons: list[dict[str, str]] = []  # each with its title and where it leads
    receipts: dict[str, str] = {}
    data: dict[str, Any] = {}
    received_at: int = 0
    received_real_at: int = 0
    repeats: int = 0  # how often the very same push came again


class Mail(msgspec.Struct, frozen=True, tag_field="kind", tag="mail", kw_only=True):
    """An e-mail in the mailbox of ``address``, opened up."""

    id: int = 0
    address: str
    sender: str = msgspec.field(default="", name="from")
    to: str = ""
    subject: str = ""
    preview: str = ""
    text: str = ""
    html: str = ""
    message_id: str = ""
    list_unsubscribe: tuple[str, ...] = ()
    one_click: bool = False  # RFC 8058
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    received_at: int = 0
    received_real_at: int = 0
    repeats: int = 0


Arrival = ShownPush | Mail


class PushAnswer(msgspec.Struct, frozen=True):
    """What the push service answers (RFC 8030): a status, why, and the message's own address where it was taken."""

    status: int
    detail: str = ""
    location: str = ""
