"""The fields of a message's content by channel, checked when it is written and read when it is rendered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from relance.channels.email.address import read_address
from relance.channels.email.page import read_page
from relance.channels.model import Channel
from relance.channels.webpush.encryption import PAYLOAD_LIMIT
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mismatch import mismatch
from relance.core.urls import web_address
from relance.messaging.errors import MessageInvalidError, TemplateError
from relance.messaging.templates import beginning, certain_text, check, is_constant

BUTTON_LIMIT = 2  # what browsers show
TEMPLATE_LIMIT = 200_000  # characters of one template
SUBJECT_LIMIT = 500  # characters; mailboxes show some 70, and a header's line ends at 998
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_WEB = re.compile(r"\s*https?:", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


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
        place, text = mismatch(error, content)
        raise MessageInvalidError(text, path=f"content{place}") from None


def check_content(channel: Channel, content: dict[str, Any]) -> None:
    """Refuse content that could never be sent: fields missing or unknown, templates that do not parse, what channels refuse."""
    read = read_content(channel, content)
    if isinstance(read, EmailContent) and not (read.html.strip() or read.text.strip()):
        raise MessageInvalidError(ErrorText("email_empty", "An e-mail needs html or text."), path="content.html")
    if isinstance(read, PushContent) and len(read.buttons) > BUTTON_LIMIT:
        raise MessageInvalidError(
            ErrorText(
                "buttons_limit",
                "A push must have at most {most} buttons (got {got:,}).",
                most=BUTTON_LIMIT,
                got=len(read.buttons),
            ),
            path="content.buttons",
        )
    if not (read.title if isinstance(read, PushContent) else read.subject).strip():
        field = "title" if isinstance(read, PushContent) else "subject"
        raise MessageInvalidError(ErrorText("field_empty", "The {field} is empty.", field=field), path=f"content.{field}")
    for path, source, html in templates(read):
        if len(source) > TEMPLATE_LIMIT:
            raise MessageInvalidError(
                ErrorText(
                    "template_length",
                    "Template must be at most {most:,} characters (got {got:,}).",
                    most=TEMPLATE_LIMIT,
                    got=len(source),
                ),
                path=f"content.{path}",
            )
        try:
            check(source, html)
        except TemplateError as error:
            raise TemplateError(error.text, path=f"content.{path}") from None
    if isinstance(read, EmailContent):
        _check_email(read)
    else:
        _check_push(read)


def _check_email(content: EmailContent) -> None:
    """Sender, subject and links as far as they are the same for everybody."""
    sender = content.sender.strip()
    if sender and is_constant(sender):
        try:
            read_address(" ".join(sender.split()))
        except InvalidError as error:
            raise MessageInvalidError(
                ErrorText("sender", "{sender!r} cannot send e-mails: {why}", sender=sender[:100], why=error.text),
                path="content.from",
            ) from None
    if len(certain_text(content.subject)) > SUBJECT_LIMIT:
        raise MessageInvalidError(
            ErrorText(
                "subject_length",
                "Subject must be at most {most:,} characters (got {got:,}).",
                most=SUBJECT_LIMIT,
                got=len(certain_text(content.subject)),
            ),
            path="content.subject",
        )
    if _CONTROL.search(certain_text(content.subject)):
        raise MessageInvalidError(
            ErrorText("subject_controls", "Subject must not contain control characters."), path="content.subject"
        )
    for link in read_page(content.html).links:
        if _WEB.match(link.text) and "{" not in link.text and web_address(link.text) is None:
            raise MessageInvalidError(
                ErrorText("link_address", "{link!r} is not an address that a browser can open.", link=link.text[:100]),
                path="content.html",
            )


def _check_push(content: PushContent) -> None:
    """Addresses and size as far as they are the same for everybody."""
    links = [("image", content.image), ("url", content.url)]
    links += [(f"buttons.{number}.url", button.url) for number, button in enumerate(content.buttons)]
    for path, source in links:
        _check_link(path, source.strip())
    texts = {path: certain_text(source).strip() for path, source, _ in templates(content)}
    size = len(to_json(texts).encode())
    if size > PAYLOAD_LIMIT:
        longest = max(texts, key=lambda path: len(texts[path].encode()))
        raise MessageInvalidError(
            ErrorText(
                "push_size",
                "Push must be at most {most:,} bytes in all (got more than {got:,} for everybody).",
                most=PAYLOAD_LIMIT,
                got=size,
            ),
            path=f"content.{longest}",
        )


def _check_link(path: str, source: str) -> None:
    """Refuse what is no http(s) address, whatever its variables hold."""
    if not source:
        return
    if is_constant(source):
        fits = web_address(source) is not None
    else:
        start = beginning(source)  # what stands before the first variable
        scheme = _SCHEME.match(start)
        fits = scheme[1].lower() in ("http", "https") if scheme else not start or "http".startswith(start[:4].lower())
    if not fits:
        raise MessageInvalidError(
            ErrorText("push_link", "{link!r} is not an http(s) address; a web push can open nothing else.", link=source[:100]),
            path=f"content.{path}",
        )


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
        raise InvalidError(ErrorText("text_nul", "Text may not contain NUL."), path=path)
