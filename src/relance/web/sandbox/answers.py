"""The answers for the sandbox page: phones with their pushes, mailboxes with their e-mails. Instants are ms."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.channels.sandbox.model import Arrival, Mail, ShownPush, ShownSms, ShownWebhook


class PushItem(msgspec.Struct, frozen=True):
    """A push as shown on the phone; ``receipts`` are what its worker or app posts to, ``data`` is the whole payload."""

    id: int
    phone: str
    service: str
    title: str
    body: str
    image: str
    url: str
    topic: str
    tag: str
    buttons: list[dict[str, str]]
    receipts: dict[str, str]
    data: dict[str, Any]
    received_at: int
    received_real_at: int
    repeats: int
    is_silent: bool
    kind: str = "push"


class TextItem(msgspec.Struct, frozen=True):
    """A text on a phone; ``way`` is ``to_phone`` or ``from_phone``."""

    id: int
    phone: str
    number: str
    sender: str
    body: str
    parts: int
    encoding: str
    way: str
    received_at: int
    received_real_at: int
    kind: str = "text"


class WebhookItem(msgspec.Struct, frozen=True):
    """A webhook that came; ``is_signed`` is null where its hook knows no secret."""

    id: int
    hook: str
    method: str
    query: str
    headers: dict[str, str]
    body: str
    is_signed: bool | None
    webhook_id: str
    status: int
    received_at: int
    received_real_at: int
    repeats: int
    kind: str = "hook"


class MailItem(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A line of the mailbox."""

    id: int
    address: str
    sender: str
    to: str
    subject: str
    preview: str
    received_at: int
    received_real_at: int
    repeats: int
    kind: str = "mail"


class MailPage(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """An opened e-mail. Its HTML is served separately (``html_url``), in a sandbox; null if it has none."""

    id: int
    address: str
    sender: str
    to: str
    subject: str
    text: str
    html_url: str | None
    message_id: str
    links: list[str]
    images: list[str]
    list_unsubscribe: list[str]
    one_click: bool
    received_at: int
    received_real_at: int


def push_item(push: ShownPush) -> PushItem:
    return PushItem(
        id=push.id,
        phone=push.phone,
        service=push.service,
        title=push.title,
        body=push.body,
        image=push.image,
        url=push.url,
        topic=push.topic,
        tag=push.tag,
        buttons=push.buttons,
        receipts=push.receipts,
        data=push.data,
        received_at=push.received_at,
        received_real_at=push.received_real_at,
        repeats=push.repeats,
        is_silent=push.is_silent,
    )


def text_item(text: ShownSms) -> TextItem:
    return TextItem(
        id=text.id,
        phone=text.phone,
        number=text.number,
        sender=text.sender,
        body=text.body,
        parts=text.parts,
        encoding=text.encoding,
        way=text.way.value,
        received_at=text.received_at,
        received_real_at=text.received_real_at,
    )


def webhook_item(webhook: ShownWebhook) -> WebhookItem:
    return WebhookItem(
        id=webhook.id,
        hook=webhook.hook,
        method=webhook.method,
        query=webhook.query,
        headers=webhook.headers,
        body=webhook.body,
        is_signed=webhook.is_signed,
        webhook_id=webhook.webhook_id,
        status=webhook.status,
        received_at=webhook.received_at,
        received_real_at=webhook.received_real_at,
        repeats=webhook.repeats,
    )


def mail_item(mail: Mail) -> MailItem:
    return MailItem(
        id=mail.id,
        address=mail.address,
        sender=mail.sender,
        to=mail.to,
        subject=mail.subject,
        preview=mail.preview,
        received_at=mail.received_at,
        received_real_at=mail.received_real_at,
        repeats=mail.repeats,
    )


def mail_page(mail: Mail) -> MailPage:
    return MailPage(
        id=mail.id,
        address=mail.address,
        sender=mail.sender,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html_url=f"/sandbox/api/mail/{mail.id}/html" if mail.html else None,
        message_id=mail.message_id,
        links=list(mail.links),
        images=list(mail.images),
        list_unsubscribe=list(mail.list_unsubscribe),
        one_click=mail.one_click,
        received_at=mail.received_at,
        received_real_at=mail.received_real_at,
    )


ArrivalItem = PushItem | MailItem | TextItem | WebhookItem


def arrival_item(arrival: Arrival) -> ArrivalItem:
    if isinstance(arrival, ShownPush):
        return push_item(arrival)
    if isinstance(arrival, ShownSms):
        return text_item(arrival)
    return webhook_item(arrival) if isinstance(arrival, ShownWebhook) else mail_item(arrival)
