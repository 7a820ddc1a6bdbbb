"""The fields of a message's content by channel, checked when it is written and read when it is rendered. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from relance.channels.model import Channel
from relance.core.errors import InvalidError
from relance.messaging.errors import MessageInvalidError, TemplateError
from relance.messaging.templates import check

BUTTON_LIMIT = 2  # what browsers show
TEMPLATE_LIMIT = 200_000  # characters of one template


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button of a push message and where it leads."""

    title: str
    url: str = ""


class PushContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a web push says. ``tag``: a later message of the same tag takes its place on the screen."""

    title: str
    body: str = ""
    image: str = ""
    url: str = ""
    buttons: list[Button] = msgspec.field(default_factory=list)
    tag: str = ""


class EmailContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    """What an e-mail says. An empty ``text`` is made from ``html``; an empty ``from`` is the server's sender."""

    subject: str
    html: str = ""
    text: str = ""
    preheader: str = ""
    sender: str = ""


Content = PushContent | EmailContent
_KINDS: dict[Channel, type[PushContent] | type[EmailContent]] = {Channel.WEB_PUSH: PushContent, Channel.EMAIL: EmailContent}


def read_content(channel: Channel, content: dict[str, Any]) -> Content:
    """The content as its struct. Raises ``MessageInvalidError`` naming the field."""
    try:
        return msgspec.convert(content, _KINDS[channel])
    except msgspec.ValidationError as error:
        raise MessageInvalidError(f"The content is wrong: {error}.", path="content") from None


def check_content(channel: Channel, content: dict[str, Any]) -> None:
    """Refuse content that could not be sent: fields missing or unknown, templates that do not parse."""
    read = read_content(channel, content)
    if isinstance(read, EmailContent) and not (read.html or read.text):
        raise MessageInvalidError("An e-mail needs html or text.", path="content.html")
    if isinstance(read, PushContent) and len(read.buttons) > BUTTON_LIMIT:
        raise MessageInvalidError(f"A push has at most {BUTTON_LIMIT} buttons.", path="content.buttons")
    if not (read.title if isinstance(read, PushContent) else read.subject).strip():
        field = "title" if isinstance(read, PushContent) else "subject"
        raise MessageInvalidError(f"The {field} is empty.", path=f"content.{field}")
    for path, source, html in templates(read):
        if len(source) > TEMPLATE_LIMIT:
            raise MessageInvalidError(f"A template has at most {TEMPLATE_LIMIT} characters.", path=f"content.{path}")
        try:
            check(source, html)
        except TemplateError as error:
            raise TemplateError(error.message, path=f"content.{path}") from None


def templates(content: Content) -> Iterator[tuple[str, str, bool]]:
    """Each template as (path, source, whether it makes HTML)."""
    if isinstance(content, EmailContent):
        yield "subject", content.subject, False
        yield "html", content.html, True
        yield "text", content.text, False
        yield "preheader", content.preheader, False
        yield "from", content.sender, False
        return
    for name in ("title", "body", "image", "url", "tag"):
        yield name, getattr(content, name), False
    for number, button in enumerate(content.buttons):
        yield f"buttons.{number}.title", button.title, False
        yield f"buttons.{number}.url", button.url, False


def reject_nul(value: object, path: str) -> None:
    """PostgreSQL keeps no NUL in text. Raises ``InvalidError``."""
    if "\\u0000" in msgspec.json.encode(value).decode():
        raise InvalidError("Text may not contain NUL.", path=path)
