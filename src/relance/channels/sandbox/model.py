"""What the sandbox holds. ``received_at`` is the program's clock, ``received_real_at`` real time, both ms."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class PhoneSubscription(msgspec.Struct, frozen=True):
    """One phone's push subscription, as the sandbox keeps it; the private key is in a file of its own."""

    push_id: str
    phone: str
    server_key: str = ""  # base64url; where set, only this application server may post
    ended: bool = False


class PhoneDevice(msgspec.Struct, frozen=True):
    """An address of a phone that is no browser's: a token of APNs or FCM, or a number. ``ended_at`` is 0 while it is in use."""

    address: str
    phone: str
    service: str  # apns | fcm | number
    ended_at: int = 0


class Phone(msgspec.Struct, frozen=True):
    """A phone and what came to it. ``services`` are those by which it is reached, besides its browser."""

    name: str
    subscriptions: int
    pushes: int
    last_received_at: int  # 0 = nothing yet
    texts: int = 0
    services: list[str] = []


class ShownPush(msgspec.Struct, frozen=True, tag_field="kind", tag="push", kw_only=True):
    """A push as the phone shows it; ``data`` is the whole payload where that is a JSON object."""

    id: int = 0
    phone: str
    push_id: str  # of a phone's own: its token
    service: str = "browser"  # apns | fcm
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
    is_silent: bool = False  # it is for the app alone
    received_at: int = 0
    received_real_at: int = 0
    repeats: int = 0  # how often the very same push came again


class TextWay(StrEnum):
    """Which way a text goes."""

    TO_PHONE = "to_phone"
    FROM_PHONE = "from_phone"


class ShownSms(msgspec.Struct, frozen=True, tag_field="kind", tag="text", kw_only=True):
    """A text on a phone. ``number`` is the phone's, ``sender`` the other side's; ``callback`` is where its fate is reported."""

    id: int = 0
    phone: str
    number: str
    sender: str
    body: str
    parts: int
    encoding: str
    sid: str
    callback: str = ""
    way: TextWay = TextWay.TO_PHONE
    received_at: int = 0
    received_real_at: int = 0
    repeats: int = 0


class Hook(msgspec.Struct, frozen=True):
    """An address that takes webhooks. ``secret`` is what they should be signed with, where that is known."""

    token: str
    name: str
    secret: str = ""
    status: int = 200
    answer: str = ""


class ShownWebhook(msgspec.Struct, frozen=True, tag_field="kind", tag="hook", kw_only=True):
    """A webhook that came. ``is_signed`` is None where the hook knows no secret; ``status`` is what it was answered with."""

    id: int = 0
    hook: str
    method: str
    query: str = ""
    headers: dict[str, str]
    body: str
    is_signed: bool | None = None
    webhook_id: str = ""
    status: int = 200
    received_at: int = 0
    received_real_at: int = 0
    repeats: int = 0


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


Arrival = ShownPush | Mail | ShownSms | ShownWebhook


class PushAnswer(msgspec.Struct, frozen=True):
    """What the push service answers (RFC 8030): a status, why, and the message's own address where it was taken."""

    status: int
    detail: str = ""
    location: str = ""
