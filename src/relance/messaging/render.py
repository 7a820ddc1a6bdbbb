"""From a message and what is known of a person to what a channel is handed: finished, or an error naming the field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.channels.content import Content, MessageEnvelope
from relance.channels.filling import Filling, Missing
from relance.channels.registry import KINDS
from relance.links.signing import LinkKind
from relance.links.tracked import Links, with_links
from relance.messaging.model import Message, MessageClass
from relance.messaging.translations import reader_of
from relance.templates.dates import Reader

NOTHING_MORE: Mapping[str, Any] = {}


class Recipient(msgspec.Struct, frozen=True):
    """What a template may say about who gets the message, and why. ``event`` holds the entry event's properties, ``known`` what
    else the message names (``context``): variables, among them ``journey``, and members of ``app`` and ``subscription``.
    """

    user: Mapping[str, Any]
    event: Mapping[str, Any]
    app: Mapping[str, Any]
    address: str
    reader: Reader = Reader()
    known: Mapping[str, Any] = {}


def render(
    message: Message,
    recipient: Recipient,
    links: Links,
    sender: str,
    life: int | None,
    *,
    link_hosts: tuple[str, ...] = (),
) -> Any:
    """The message for one recipient, as its kind's transport takes it. ``life``: ms it stays valid, None = for good.

    The message is in one language (``translations.in_language``).

    Raises ``TemplateError``, or ``ValueMissingError`` where the person lacks a value that the message requires. ``link_hosts``
    are those that values may lead tracked links to (the app's setting).
    """
    content = content_of(message)
    return rendered(message, content, filling_of(message, recipient, links), recipient.address, links, sender, life, link_hosts)


def content_of(message: Message) -> Content:
    """What its author wrote. Raises ``ContentInvalidError`` naming the field."""
    return KINDS[message.channel].content.read(message.content)


def rendered(
    message: Message,
    content: Content,
    filling: Filling,
    address: str,
    links: Links,
    sender: str,
    life: int | None,
    link_hosts: tuple[str, ...],
) -> Any:
    """The same, of what was read and is filled in already."""
    sources = (*(template.source for template in content.templates()), *message.snippets.values())
    links = with_links(links, sources, link_hosts)
    is_marketing = message.message_class is MessageClass.MARKETING
    leave = links.to(LinkKind.UNSUBSCRIBE) if is_marketing else ""
    choose = links.to(LinkKind.PREFERENCES) if is_marketing else ""
    return content.render(filling, links, MessageEnvelope(address, sender, leave, life, choose))


def filling_of(
    message: Message,
    recipient: Recipient,
    links: Links,
    *,
    all_required: bool | None = None,
    missing: list[Missing] | None = None,
) -> Filling:
    """What its fields are filled with. ``all_required``: as the message says, if not given."""
    known = recipient.known
    values = {
        **known,
        "user": recipient.user,
        "event": recipient.event,
        "app": {**known.get("app", NOTHING_MORE), **recipient.app},
        "message": {"id": message.id, "name": message.name},
        "subscription": {
            **known.get("subscription", NOTHING_MORE),
            "channel": message.channel.value,
            "address": recipient.address,
        },
        "unsubscribe_url": links.to(LinkKind.UNSUBSCRIBE),
        "preferences_url": links.to(LinkKind.PREFERENCES),
    }
    return Filling(
        values,
        reader_of(message, recipient.reader),
        message.require_values if all_required is None else all_required,
        missing,
        message.snippets,
    )
