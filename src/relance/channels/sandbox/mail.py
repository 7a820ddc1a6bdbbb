"""Open an e-mail as a mailbox would: decode it, find its links and pictures, read its unsubscribe headers."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import NamedTuple

from relance.channels.sandbox.model import Mail
from relance.markup.parts import PartKind, attribute, parts
from relance.markup.references import in_text

PREVIEW = 140
_WEB = re.compile(r"https?://[^\s<>\"]+")
_BRACKETED = re.compile(r"<([^<>\s]+)>")
_TARGETS = {"a": "href", "img": "src"}
_SPACE = re.compile(r"\s+")
#: What the standard parser raises for some broken headers; comments in comments it reads by calling itself.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError)


class _Page(NamedTuple):
    """The links, pictures and words of a page."""

    links: list[str]
    images: list[str]
    words: list[str]


def _read(html: str) -> _Page:
    """Read a page in one pass: whoever sends it chooses what it costs the server that the sandbox is part of."""
    page = _Page([], [], [])
    for part in parts(html):
        if part.kind is PartKind.TEXT:
            page.words.append(in_text(html[part.start : part.end]))
        elif part.kind is PartKind.OPENS and part.name in _TARGETS:
            target = attribute(html, part, _TARGETS[part.name])
            if target is not None and target.text:
                (page.links if part.name == "a" else page.images).append(target.text)
    return page


def open_mail(raw: bytes, address: str) -> Mail:
    """Open the e-mail that came for ``address``; what cannot be read stays empty, never an error."""
    message = message_from_bytes(raw, policy=policy.default)
    text, html = _content(message, "plain"), _content(message, "html")
    page = _read(html)
    links = page.links if html else _WEB.findall(text)
    words = text or " ".join(page.words)
    return Mail(
        address=address.lower(),
        sender=_header(message, "From"),
        to=_header(message, "To"),
        subject=_header(message, "Subject"),
        preview=_SPACE.sub(" ", words).strip()[:PREVIEW],
        text=text,
        html=html,
        message_id=_header(message, "Message-ID"),
        list_unsubscribe=tuple(_BRACKETED.findall(_header(message, "List-Unsubscribe"))),
        one_click=_header(message, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click",
        links=tuple(dict.fromkeys(links)),
        images=tuple(dict.fromkeys(page.images)),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "")).strip()
    except _BROKEN:
        return ""


def _content(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        content = part.get_content() if part is not None else ""
    except _BROKEN:
        return ""
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
