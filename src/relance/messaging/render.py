"""From a message and what is known of a person to what a channel is handed: finished, or an error naming the field. Pure.

Nothing half-rendered leaves here: every field is filled before the result is put together.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from relance.channels.model import Email
from relance.core.encoding import to_json
from relance.core.time import DAY, SECOND
from relance.messaging.content import EmailContent, PushContent, read_content
from relance.messaging.errors import TemplateError
from relance.messaging.model import Message, MessageClass
from relance.messaging.plain import plain_text
from relance.messaging.templates import fill
from relance.messaging.tracking import LinkKind, sign

PUSH_LIFE = DAY  # how long a push service keeps a message that has no validity of its own
_ANCHOR = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BODY_OPENS = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_BODY_CLOSES = re.compile(r"</body\s*>", re.IGNORECASE)


class Push(msgspec.Struct, frozen=True):
    """A finished web push: the payload to encrypt, how long it lives (seconds), and the topic that makes it unique.

    The topic is the delivery's id, so that the same push sent twice is shown once.
    """

    payload: bytes
    ttl: int
    topic: str


Rendered = Push | Email


class Links(msgspec.Struct, frozen=True):
    """Makes the tracking links of one delivery. ``base`` has no slash at its end."""

    base: str
    secret: bytes
    delivery_id: str

    def to(self, kind: LinkKind, target: str = "") -> str:
        return f"{self.base}/t/{kind.value}/{sign(self.secret, self.delivery_id, kind, target)}"


class Recipient(msgspec.Struct, frozen=True):
    """What a template may say about who gets the message, and why. ``event`` holds the entry event's properties."""

    user: Mapping[str, Any]
    event: Mapping[str, Any]
    app: Mapping[str, Any]
    address: str


def render(message: Message, recipient: Recipient, links: Links, sender: str, life: int | None) -> Rendered:
    """The message for one recipient. ``life``: ms it stays valid, None = for good. Raises ``TemplateError``."""
    context = {
        "user": recipient.user,
        "event": recipient.event,
        "app": recipient.app,
        "message": {"id": message.id, "name": message.name},
        "unsubscribe_url": links.to(LinkKind.UNSUBSCRIBE),
    }
    content = read_content(message.channel, message.content)
    if isinstance(content, PushContent):
        return _push(content, context, links, life)
    marketing = message.message_class is MessageClass.MARKETING
    return _email(content, context, links, recipient.address, sender, marketing=marketing)


def _field(path: str, source: str, context: Mapping[str, Any], *, as_html: bool = False) -> str:
    try:
        return fill(source, context, html=as_html)
    except TemplateError as error:
        raise TemplateError(f"{path}: {error.message}", path=f"content.{path}") from None


def _line(path: str, source: str, context: Mapping[str, Any]) -> str:
    """A field of one line: white space runs together, so that no value can add a header."""
    return " ".join(_field(path, source, context).split())


def _link(path: str, source: str, context: Mapping[str, Any]) -> str:
    url = _field(path, source, context).strip()
    if url and not _is_web(url):
        raise TemplateError(f"{path}: {url[:100]!r} is no http(s) address", path=f"content.{path}")
    return url


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()


# -- web push ----------------------------------------------------------------------------------------------------------


def _push(content: PushContent, context: Mapping[str, Any], links: Links, life: int | None) -> Push:
    url = _link("url", content.url, context)
    receipts = links.to(LinkKind.PUSH)
    payload = {
        "title": _line("title", content.title, context),
        "body": _field("body", content.body, context).strip(),
        "image": _link("image", content.image, context),
        "url": links.to(LinkKind.CLICK, url) if url else "",
        "buttons": [
            {"title": _line(f"buttons.{number}.title", button.title, context), "url": _button(number, button.url, context, links)}
            for number, button in enumerate(content.buttons)
        ],
        "tag": _line("tag", content.tag, context) or links.delivery_id,
        "receipts": {name: f"{receipts}/{name}" for name in ("delivered", "clicked", "dismissed")},
    }
    if not payload["title"]:
        raise TemplateError("title: nothing is left of it for this person", path="content.title")
    ttl = max(0, (PUSH_LIFE if life is None else life) // SECOND)
    return Push(to_json({name: value for name, value in payload.items() if value}).encode(), ttl, links.delivery_id)


def _button(number: int, source: str, context: Mapping[str, Any], links: Links) -> str:
    url = _link(f"buttons.{number}.url", source, context)
    return links.to(LinkKind.CLICK, url) if url else ""


# -- e-mail ------------------------------------------------------------------------------------------------------------


def _email(content: EmailContent, context: Mapping[str, Any], links: Links, to: str, sender: str, *, marketing: bool) -> Email:
    subject = _line("subject", content.subject, context)
    if not subject:
        raise TemplateError("subject: nothing is left of it for this person", path="content.subject")
    leave = str(context["unsubscribe_url"])
    page = _field("html", content.html, context, as_html=True)
    text = _field("text", content.text, context).strip()
    if page:
        page = _with_preheader(page, _line("preheader", content.preheader, context))
        page = _with_way_out(page, leave) if marketing else page
        text = text or plain_text(page)
        page = _tracked(page, links, leave)
    if text and marketing and leave not in text:
        text = f"{text}\n\n--\nUnsubscribe: {leave}"
    return Email(
        sender=_line("from", content.sender, context) or sender,
        to=to,
        subject=subject,
        message_id=links.delivery_id,
        html=page,
        text=text,
        list_unsubscribe=leave if marketing else "",
    )


def _with_preheader(page: str, preheader: str) -> str:
    """The line mailboxes show beside the subject, hidden in the page itself."""
    if not preheader:
        return page
    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(preheader)}</div>'
    opens = _BODY_OPENS.search(page)
    cut = opens.end() if opens else 0
    return page[:cut] + hidden + page[cut:]


def _with_way_out(page: str, leave: str) -> str:
    """Marketing never leaves without a link to unsubscribe; where the author put none, it stands at the end."""
    if leave in page:
        return page
    return _before_the_end(page, f'<p style="font-size:12px;color:#666"><a href="{leave}">Unsubscribe</a></p>')


def _tracked(page: str, links: Links, leave: str) -> str:
    """Links lead through ours, and an image of one pixel tells of the opening."""

    def through_ours(found: re.Match[str]) -> str:
        target = html.unescape(found[2] if found[2] is not None else found[3]).strip()
        if target == leave or not _is_web(target):
            return found[0]
        return f'{found[1]}"{links.to(LinkKind.CLICK, target)}"'

    pixel = f'<img src="{links.to(LinkKind.OPEN)}" width="1" height="1" alt="" style="display:none">'
    return _before_the_end(_ANCHOR.sub(through_ours, page), pixel)


def _before_the_end(page: str, addition: str) -> str:
    closes = list(_BODY_CLOSES.finditer(page))
    cut = closes[-1].start() if closes else len(page)
    return page[:cut] + addition + page[cut:]
