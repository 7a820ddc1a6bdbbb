"""What a web push says, and the payload it becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, MessageSize, is_web_link, json_size, require_text
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.channels.push_limits import check_buttons, check_certain_size
from relance.channels.web_push.encryption import PAYLOAD_LIMIT
from relance.channels.web_push.model import Push
from relance.channels.web_push.payload import Notification, fitted, payload_of, shown_of
from relance.channels.web_push.vapid import to_base64url
from relance.core.error_text import ErrorText
from relance.core.time import DAY, SECOND
from relance.core.urls import WebAddress
from relance.links.signing import LinkKind
from relance.links.tracked import Links
from relance.templates.engine import certain_text

BUTTON_LIMIT = 2  # what browsers show
PUSH_LIFE = DAY  # how long a push service keeps a message that has no validity of its own
_TOPIC_BYTES = 24  # 32 characters of base64url
_OVERHEAD = json_size(payload_of(Notification("")))  # what the shortest payload has beside its texts


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button of a push message and where it leads."""

    title: str
    url: str = ""


class PushContent(Content, frozen=True, forbid_unknown_fields=True):
    """What a web push says.

    ``tag``: a later message of the same tag takes its place on the screen. A later message of the same ``collapse_id`` takes its
    place also at the push service, so that a device that was away gets only the last one; without a tag it is the tag, too.
    """

    title: str
    body: str = ""
    image: str = ""
    url: str = ""
    buttons: list[Button] = msgspec.field(default_factory=list)
    tag: str = ""
    collapse_id: str = ""

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        for name in ("title", "body", "image", "url", "tag", "collapse_id"):
            yield ContentTemplate(name, getattr(self, name))
        for number, button in enumerate(self.buttons):
            yield ContentTemplate(f"buttons.{number}.title", button.title)
            yield ContentTemplate(f"buttons.{number}.url", button.url)

    @override
    def check(self) -> None:
        check_buttons(self.buttons, BUTTON_LIMIT)
        require_text("title", self.title)
        for path, source, _ in self.templates():
            if path.rpartition(".")[2] in ("image", "url") and not is_web_link(source):
                raise ContentInvalidError(
                    ErrorText(
                        "push_link",
                        "{link!r} is not an http(s) address; a web push can open nothing else.",
                        link=source.strip()[:100],
                    ),
                    path=f"content.{path}",
                )
        self._check_size()

    def _check_size(self) -> None:
        """As far as it is the same for everybody."""
        texts = {path: certain_text(source).strip() for path, source, _ in self.templates() if path != "collapse_id"}
        size = json_size([text for text in texts.values() if text])
        check_certain_size(texts, size + _OVERHEAD, PAYLOAD_LIMIT)

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> Push:
        receipts = links.to(LinkKind.PUSH)
        topic = topic_of(filling.line("collapse_id", self.collapse_id))
        shown = Notification(
            title=filling.required_line("title", self.title),
            body=filling.field("body", self.body).strip(),
            image=_plain(filling.link("image", self.image)),
            url=_through(filling.link("url", self.url), links),
            tag=filling.line("tag", self.tag) or topic or links.delivery_id,
            buttons=[
                (
                    filling.line(f"buttons.{number}.title", button.title),
                    _through(filling.link(f"buttons.{number}.url", button.url), links),
                )
                for number, button in enumerate(self.buttons)
            ],
            receipts={name: f"{receipts}/{name}" for name in ("delivered", "clicked", "dismissed")} if links.tracks else {},
        )
        ttl = max(0, (PUSH_LIFE if envelope.life is None else envelope.life) // SECOND)
        return Push(fitted(shown), ttl, topic or links.delivery_id)

    @override
    def size(self, rendered: Push) -> MessageSize:
        return MessageSize(len(rendered.payload), PAYLOAD_LIMIT)

    @override
    def shown(self, rendered: Push, filling: Filling) -> dict[str, Any]:
        return shown_of(rendered.payload)


def topic_of(collapse_id: str) -> str:
    """What stands for a collapse id on the way: a topic has 32 characters of base64url at most (RFC 8030, 5.4)."""
    if not collapse_id:
        return ""
    return to_base64url(sha256(collapse_id.encode()).digest()[:_TOPIC_BYTES])


def _plain(address: WebAddress | None) -> str:
    return "" if address is None else address.href


def _through(address: WebAddress | None, links: Links) -> str:
    return "" if address is None else links.through(address) or address.href
