"""Open an e-mail as a mailbox would: decode it, find its links and pictures, read its unsubscribe headers."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from typing_extensions import override

from relance.channels.inbox.model import Mail

PREVIEW = 140
_WEB = re.compile(r"https?://[^\s<>\"]+")
_BRACKETED = re.compile(r"<([^<>\s]+)>")
_SPACE = re.compile(r"\s+")


class _Page(HTMLParser):
    """Collects links, pictures and the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.images: list[str] = []
        self.words: list[str] = []
        self._hidden = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "title"):
            self._hidden += 1
        values = dict(attrs)
        link, image = values.get("href"), values.get("src")
        if tag == "a" and link:
            self.links.append(link)
        if tag == "img" and image:
            self.images.append(image)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "title") and self._hidden:
            self._hidden -= 1

    @override
    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def open_mail(raw: bytes, address: str) -> Mail:
    """Open the e-mail that came for ``address``; what cannot be read stays empty, never an error."""
    message = message_from_bytes(raw, policy=policy.default)
    text, html = _content(message, "plain"), _content(message, "html")
    page = _Page()
    page.feed(html)
    page.close()
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
    except (ValueError, LookupError, TypeError, AttributeError):  # the standard parser trips over some broken headers
        return ""


def _content(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        content = part.get_content() if part is not None else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
