"""From a message and what is known of a person to what a channel is handed: finished, or an error naming the field. Pure.

Nothing half-rendered leaves here: every field is filled before the result is put together.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from relance.channels.email.page import Edit, HtmlPage, read_page, spliced
from relance.channels.email.plain import plain_text
from relance.channels.model import Email
from relance.channels.webpush.encryption import PAYLOAD_LIMIT
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.time import DAY, SECOND
from relance.core.urls import WebAddress, web_address
from relance.messaging.content import SUBJECT_LIMIT, EmailContent, PushContent, read_content, templates
from relance.messaging.errors import TemplateError, ValueMissingError
from relance.messaging.linking import Links, has_link_to, tracked, with_links
from relance.messaging.model import Message, MessageClass
from relance.messaging.templates import fill
from relance.messaging.templating.dates import Reader
from relance.messaging.tracking import LinkKind

PUSH_LIFE = DAY  # how long a push service keeps a message that has no validity of its own
_SHOWN = 150  # characters that mailboxes show beside the subject at most
_FILLER = "&#847;&zwnj;&nbsp;"  # takes room there, and is not seen


class Push(msgspec.Struct, frozen=True):
    """A finished web push: the payload to encrypt, how long it lives (seconds), and the topic that makes it unique.

    The topic is the delivery's id, so that the same push sent twice is shown once.
    """

    payload: bytes
    ttl: int
    topic: str


Rendered = Push | Email


_NOTHING = ErrorText("rendered_empty", "it renders to nothing for this person")


def in_field(field: str, why: ErrorText) -> ErrorText:
    """What is wrong with a field of the content."""
    return ErrorText("rendered_field", "{field}: {why}", field=field, why=why)


class Recipient(msgspec.Struct, frozen=True):
    """What a template may say about who gets the message, and why. ``event`` holds the entry event's properties."""

    user: Mapping[str, Any]
    event: Mapping[str, Any]
    app: Mapping[str, Any]
    address: str
    reader: Reader = Reader()


class Missing(NamedTuple):
    """A variable with nothing to say, and the field that puts it in."""

    path: str
    variable: str


class _Filling(msgspec.Struct, frozen=True):
    """What all fields of one message are filled with."""

    values: Mapping[str, Any]
    reader: Reader
    all_required: bool
    missing: list[Missing] | None

    def field(self, path: str, source: str, *, as_html: bool = False) -> str:
        names: list[str] | None = None if self.missing is None else []
        try:
            return fill(source, self.values, html=as_html, reader=self.reader, all_required=self.all_required, missing=names)
        except (TemplateError, ValueMissingError) as error:
            raise type(error)(in_field(path, error.text), path=f"content.{path}") from None
        finally:
            if self.missing is not None:
                self.missing.extend(Missing(f"content.{path}", name) for name in dict.fromkeys(names or ()))

    def line(self, path: str, source: str) -> str:
        """A field of one line: white space runs together, so that no value can add a header."""
        return " ".join(self.field(path, source).split())

    def link(self, path: str, source: str) -> WebAddress | None:
        url = self.field(path, source).strip()
        address = web_address(url)
        if url and address is None:
            raise TemplateError(
                in_field(path, ErrorText("rendered_link", "{link!r} is not an http(s) address.", link=url)),
                path=f"content.{path}",
            )
        return address


def render(
    message: Message,
    recipient: Recipient,
    links: Links,
    sender: str,
    life: int | None,
    *,
    link_hosts: tuple[str, ...] = (),
    missing: list[Missing] | None = None,
) -> Rendered:
    """The message for one recipient. ``life``: ms it stays valid, None = for good. Raises ``TemplateError``, or
    ``ValueMissingError`` where the person lacks a value that the message requires.

    ``link_hosts`` are those that values may lead tracked links to (the app's setting). ``missing``, if given, is told the
    variables with nothing to say, as far as the rendering came.
    """
    content = read_content(message.channel, message.content)
    filling = _filling(message, recipient, links, missing)
    links = with_links(links, (source for _, source, _ in templates(content)), link_hosts)
    if isinstance(content, PushContent):
        return _push(content, filling, links, life)
    leave = links.to(LinkKind.UNSUBSCRIBE) if message.message_class is MessageClass.MARKETING else ""
    return _email(content, filling, links, recipient.address, sender, leave)


def line(message: Message, recipient: Recipient, links: Links, path: str, source: str) -> str:
    """One field of one line, as the message would have it for this recipient. Raises as ``render`` does."""
    return _filling(message, recipient, links, None).line(path, source)


def _filling(message: Message, recipient: Recipient, links: Links, missing: list[Missing] | None) -> _Filling:
    values = {
        "user": recipient.user,
        "event": recipient.event,
        "app": recipient.app,
        "message": {"id": message.id, "name": message.name},
        "unsubscribe_url": links.to(LinkKind.UNSUBSCRIBE),
    }
    return _Filling(values, recipient.reader, message.require_values, missing)


# -- web push ----------------------------------------------------------------------------------------------------------


def _push(content: PushContent, filling: _Filling, links: Links, life: int | None) -> Push:
    receipts = links.to(LinkKind.PUSH)
    payload = {
        "title": filling.line("title", content.title),
        "body": filling.field("body", content.body).strip(),
        "image": _plain(filling.link("image", content.image)),
        "url": _through(filling.link("url", content.url), links),
        "buttons": [
            {
                "title": filling.line(f"buttons.{number}.title", button.title),
                "url": _through(filling.link(f"buttons.{number}.url", button.url), links),
            }
            for number, button in enumerate(content.buttons)
        ],
        "tag": filling.line("tag", content.tag) or links.delivery_id,
        "receipts": {name: f"{receipts}/{name}" for name in ("delivered", "clicked", "dismissed")} if links.tracks else None,
    }
    if not payload["title"]:
        raise TemplateError(in_field("title", _NOTHING), path="content.title")
    ttl = max(0, (PUSH_LIFE if life is None else life) // SECOND)
    return Push(_fitted({name: value for name, value in payload.items() if value}), ttl, links.delivery_id)


def _plain(address: WebAddress | None) -> str:
    return "" if address is None else address.href


def _through(address: WebAddress | None, links: Links) -> str:
    return "" if address is None else links.through(address) or address.href


def _fitted(payload: dict[str, Any]) -> bytes:
    """The payload as bytes, its body cut where a value made the whole longer than push services take."""
    data = to_json(payload).encode()
    if len(data) <= PAYLOAD_LIMIT:
        return data
    body = payload.get("body", "")
    room = PAYLOAD_LIMIT - len(to_json({**payload, "body": "…"}).encode())
    if room < 0 or not body:
        raise TemplateError(
            in_field(
                "body",
                ErrorText(
                    "rendered_push_size", "Push must be at most {most:,} bytes (got {got:,}).", most=PAYLOAD_LIMIT, got=len(data)
                ),
            ),
            path="content.body",
        )
    cut = body[:room]
    while len(to_json(cut).encode()) - 2 > room:  # quotes, and what JSON escapes
        cut = cut[: min(len(cut) - 1, len(cut) * room // len(to_json(cut).encode()))]
    return to_json({**payload, "body": cut.rstrip() + "…"}).encode()


# -- e-mail ------------------------------------------------------------------------------------------------------------


def _email(content: EmailContent, filling: _Filling, links: Links, to: str, sender: str, leave: str) -> Email:
    """``leave``: where to unsubscribe, of marketing alone."""
    subject = filling.line("subject", content.subject)
    if not subject:
        raise TemplateError(in_field("subject", _NOTHING), path="content.subject")
    if len(subject) > SUBJECT_LIMIT:
        raise TemplateError(
            in_field(
                "subject",
                ErrorText(
                    "subject_length",
                    "Subject must be at most {most:,} characters (got {got:,}).",
                    most=SUBJECT_LIMIT,
                    got=len(subject),
                ),
            ),
            path="content.subject",
        )
    page = filling.field("html", content.html, as_html=True)
    text = filling.field("text", content.text).strip()
    if not page.strip():
        page = ""  # a part that shows nothing would hide the text
        if not text:
            raise TemplateError(
                in_field(
                    "html",
                    ErrorText("rendered_html_empty", "it renders to nothing for this person, and there is no text either"),
                ),
                path="content.html",
            )
    if page:
        text = text or plain_text(page)
        preheader = filling.line("preheader", content.preheader)
        page = _dressed(page, read_page(page), links, preheader, leave)
    if text and leave and leave not in text:
        text = f"{text}\n\n--\nUnsubscribe: {leave}"
    return Email(
        sender=filling.line("from", content.sender) or sender,
        to=to,
        subject=subject,
        message_id=links.delivery_id,
        html=page,
        text=text,
        list_unsubscribe=leave,
    )


def _dressed(html_page: str, page: HtmlPage, links: Links, preheader: str, leave: str) -> str:
    """The page as it is sent, spliced and otherwise as it was written.

    Links lead through ours, the preheader stands first in the body, and at its end the way out, where marketing's author
    put none, and an image of one pixel that tells of the opening.
    """
    edits = tracked(page, links)
    if preheader:
        edits.append(Edit(page.body_starts, page.body_starts, _hidden(preheader)))
    if leave and not has_link_to(page, leave):
        way_out = f'<p style="font-size:12px;color:#666"><a href="{html.escape(leave)}">Unsubscribe</a></p>'
        edits.append(Edit(page.body_ends, page.body_ends, way_out))
    if not links.tracks:
        return spliced(html_page, edits)
    pixel = f'<img src="{html.escape(links.to(LinkKind.OPEN))}" width="1" height="1" alt="" style="display:none">'
    edits.append(Edit(page.body_ends, page.body_ends, pixel))
    return spliced(html_page, edits)


def _hidden(preheader: str) -> str:
    """The line mailboxes show beside the subject, not seen in the page itself, and room so that nothing else is shown there."""
    padding = _FILLER * max(0, _SHOWN - len(preheader))
    style = "display:none;max-height:0;overflow:hidden;mso-hide:all"
    return f'<div style="{style}">{html.escape(preheader)}{padding}</div>'
